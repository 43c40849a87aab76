//! Order lines with a key and times: as many as one likes, made when they are read, none of them held.

mod state;
mod values;

use std::iter::{from_fn, once};
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use arrow::array::RecordBatch;
use drillcore::{BatchIter, Column, ReadRequest, Source};

use self::state::State;
use self::values::{batch, columns};

/// Rows in a batch.
const BATCH: usize = 8192;

/// A table with the shape of TPC-H's `lineitem` that can be added to and changed, the same one every time. The columns:
///
/// - `id`: the key, from 0;
/// - `created_at`, `updated_at`: datetimes, the same ones until a row is changed; one of the first rows is made every
///   five seconds from 2010 on;
/// - `status`, `mode`: one of four and of seven texts;
/// - `part`: one of 200,000 integers;
/// - `quantity`, `price`, `discount`: floats with at most two decimals;
/// - `items`: integers from 1 to 7.
///
/// A change gives other values to all but `id` and `created_at`.
#[derive(Debug)]
pub struct Lines {
    /// Whoever reads goes on with what there was when it began.
    state: RwLock<Arc<State>>,
}

/// What happens between two syncs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delta {
    /// Rows all over the table change.
    RandomKeys,
    /// The rows that were made last change.
    NewestKeys,
    /// Rows are added.
    Appended,
}

impl Delta {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::RandomKeys, Self::NewestKeys, Self::Appended];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::RandomKeys => "random keys",
            Self::NewestKeys => "newest keys",
            Self::Appended => "appended rows",
        }
    }
}

impl Lines {
    /// A table of so many rows, a hundred million at most.
    pub fn new(rows: u64) -> Self {
        Self { state: RwLock::new(Arc::new(State::new(rows))) }
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.state().rows
    }

    /// When the latest row was made or changed, in microseconds since 1970.
    pub fn now_us(&self) -> i64 {
        self.state().now_us
    }

    /// Changes or adds so many rows.
    ///
    /// # Panics
    ///
    /// If there are not enough rows to be changed; of those at random there must be twice as many.
    pub fn change(&self, delta: Delta, rows: u64) {
        self.with_state(|state| match delta {
            Delta::RandomKeys => {
                let ids = state.draw(rows);
                state.change(ids, true);
            }
            Delta::NewestKeys => state.change(state.rows - rows..state.rows, true),
            Delta::Appended => state.append(rows),
        });
    }

    /// Gives so many rows at random another `updated_at`, so that they come again with the same values.
    ///
    /// # Panics
    ///
    /// If there are not twice as many rows.
    pub fn touch(&self, rows: u64) {
        self.with_state(|state| {
            let ids = state.draw(rows);
            state.change(ids, false);
        });
    }

    /// All columns of the rows as they are now, or of those made or changed then or later.
    pub fn batches(&self, since_us: Option<i64>) -> impl Iterator<Item = RecordBatch> + Send + use<> {
        let names = columns().into_iter().map(|column| column.source_name).collect();
        self.read_columns(names, since_us, u64::MAX)
    }

    fn read_columns(
        &self,
        columns: Vec<String>,
        since_us: Option<i64>,
        limit: u64,
    ) -> impl Iterator<Item = RecordBatch> + Send + use<> {
        let state = self.state();
        let ranges = match since_us {
            None => once(0..state.rows).collect(),
            Some(at_us) => state.changed_since(at_us),
        };
        let (mut ranges, mut left) = (ranges.into_iter(), limit);
        let mut range: Range<u64> = 0..0;
        from_fn(move || {
            let mut rows = Vec::with_capacity(BATCH);
            while rows.len() < BATCH && left > 0 {
                if range.is_empty() {
                    let Some(next) = ranges.next() else { break };
                    range = next;
                    continue;
                }
                let count = left.min((BATCH - rows.len()) as u64).min(range.end - range.start);
                let ids = range.start..range.start + count;
                (range.start, left) = (ids.end, left - count);
                state.put_rows(ids, &mut rows);
            }
            (!rows.is_empty()).then(|| batch(&columns, &rows))
        })
    }

    fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn with_state(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut state));
    }
}

/// As though it had an index by `updated_at`: rows that have not changed are not looked at.
impl Source for Lines {
    fn describe(&self) -> String {
        format!("order lines ({} rows)", self.rows())
    }

    fn discover(&self) -> drillcore::Result<Vec<Column>> {
        Ok(columns())
    }

    fn read(&self, request: &ReadRequest) -> drillcore::Result<BatchIter> {
        let names = request.columns.iter().map(|column| column.source_name.clone()).collect();
        let since_us = request.since.as_ref().map(|since| since.at_us);
        let limit = request.limit.unwrap_or(u64::MAX);
        Ok(Box::new(self.read_columns(names, since_us, limit).map(Ok)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use arrow::array::{AsArray, RecordBatch};
    use arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType};
    use drillcore::{ReadRequest, Source};

    use super::{Delta, Lines};

    /// When each row was changed, and the bits of its price.
    fn rows(batches: impl Iterator<Item = RecordBatch>) -> BTreeMap<i64, (i64, u64)> {
        let mut rows = BTreeMap::new();
        for batch in batches {
            let ids = batch.column(0).as_primitive::<Int64Type>();
            let updated = batch.column(2).as_primitive::<TimestampMicrosecondType>();
            let prices = batch.column_by_name("price").unwrap().as_primitive::<Float64Type>();
            for row in 0..batch.num_rows() {
                let known = rows.insert(ids.value(row), (updated.value(row), prices.value(row).to_bits()));
                assert!(known.is_none(), "a row comes twice");
            }
        }
        rows
    }

    #[test]
    fn what_comes_since_then_is_what_differs() {
        let lines = Lines::new(20_000);
        let mut before = rows(lines.batches(None));
        assert_eq!(before.len(), 20_000);
        for (delta, count) in [
            (Delta::RandomKeys, 300),
            (Delta::NewestKeys, 200),
            (Delta::Appended, 100),
            (Delta::NewestKeys, 150),
            (Delta::RandomKeys, 300),
        ] {
            let since = lines.now_us() + 1;
            lines.change(delta, count);
            let (now, changed) = (rows(lines.batches(None)), rows(lines.batches(Some(since))));
            assert_eq!(changed.len() as u64, count, "{}", delta.name());
            let differing = now.iter().filter(|(id, row)| before.get(*id) != Some(*row));
            assert!(differing.eq(&changed), "{}", delta.name());
            let values = changed.iter().filter(|(id, row)| before.get(*id).is_none_or(|held| held.1 != row.1));
            assert!(values.count() as u64 > count / 2, "{} have the same values as before", delta.name());
            before = now;
        }
        let since = lines.now_us() + 1;
        lines.touch(400);
        let touched = rows(lines.batches(Some(since)));
        assert_eq!(touched.len(), 400);
        assert!(touched.iter().all(|(id, row)| before[id].1 == row.1 && before[id].0 < row.0));
    }

    #[test]
    fn a_request_may_want_some_columns_and_rows_only() {
        let lines = Lines::new(10_000);
        let mut columns = lines.discover().unwrap();
        columns.retain(|column| ["price", "id"].contains(&column.id.as_str()));
        columns.reverse();
        let counted = |request: &ReadRequest| {
            let batches = lines.read(request).unwrap().map(Result::unwrap);
            batches.map(|batch| (batch.num_columns(), batch.num_rows())).collect::<Vec<_>>()
        };
        assert_eq!(counted(&ReadRequest::new(columns).with_limit(9_000)), [(2, 8192), (2, 808)]);
        assert_eq!(counted(&ReadRequest::new(Vec::new())), [(0, 8192), (0, 1808)]);
    }
}
