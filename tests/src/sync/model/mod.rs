//! What a cache must hold, worked out naively: every row is looked at, every key is searched for, nothing is remembered
//! that the rules do not mention. It shares nothing with the engine.

mod counts;
mod fault;
mod insert;
mod merge;

use std::collections::{BTreeMap, BTreeSet};

use drillcore::ErrorKind;

pub use counts::{Counts, Mode};
pub use fault::Fault;

use super::config::{Config, Key, KeyShape, Load, SchemaRule};
use super::row::{Columns, Minute, Row};
use super::table::Table;

/// A cache. Rows are in the order of their values, so that equal caches are equal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cache {
    /// The columns that the rows were written with.
    pub columns: Columns,
    pub rows: Vec<Row>,
    /// Keys that were deleted, and by which version.
    pub dead: BTreeMap<Key, Option<Minute>>,
    pub watermark: Option<Minute>,
    /// Successful syncs since the last full one.
    pub since_full: u32,
    /// Successful syncs since keys were compared in one, or since the last full one.
    pub since_keys: u32,
}

/// What the engine knows: the columns of the dataset, and its cache once it was synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub columns: Columns,
    /// Whether numbers were widened for a load of everything that has not come yet.
    pub reload_due: bool,
    pub cache: Option<Cache>,
}

/// Why a sync must be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The columns of the source changed in a way that is not allowed.
    Columns,
    /// A row has no key.
    NullKey,
}

impl Refusal {
    /// What the error asks of the caller.
    #[must_use]
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Columns => ErrorKind::InvalidInput,
            Self::NullKey => ErrorKind::SourceError,
        }
    }
}

/// What a sync must do.
#[derive(Debug, Clone)]
pub struct Predicted {
    /// The state after it, and what the report says.
    pub outcome: Result<(State, Counts), Refusal>,
    /// The states that it may be left in when it is cut short, besides the one before it and the one after.
    pub between: Vec<State>,
}

/// The rules for one way to accelerate.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    config: &'a Config,
    fault: Option<Fault>,
}

impl<'a> Model<'a> {
    /// The rules, one of which is broken if there is a fault.
    #[must_use]
    pub fn new(config: &'a Config, fault: Option<Fault>) -> Self {
        Self { config, fault }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// A sync at this time.
    #[must_use]
    pub fn sync(&self, state: &State, table: &Table, now: Minute) -> Predicted {
        let Some(columns) = self.columns(state.columns, table.columns) else {
            return Predicted { outcome: Err(Refusal::Columns), between: Vec::new() };
        };
        let is_taken_over = self.config.schema == SchemaRule::Reload && (columns != state.columns || state.reload_due);
        let is_due = state.cache.as_ref().is_none_or(|cache| self.is_full_due(cache));
        let held = state.cache.as_ref().filter(|cache| !is_taken_over && !is_due && self.fits(cache, columns));
        // Rows without a key cannot be told from those that lack a new column.
        let is_reload = is_taken_over || (!is_due && self.is_keyless() && !columns.has_names_of(state.columns));
        let after = |cache: Cache| State { columns, reload_due: false, cache: Some(Cache { columns, ..cache }) };
        let rows: Vec<Row> = table.rows.iter().map(|row| columns.mask(row)).collect();
        let mut between = Vec::new();
        let outcome = match held {
            None => self.full(&rows, now).map(|(cache, mut counts)| {
                if is_reload && state.cache.is_some() {
                    counts.mode = Mode::Reload;
                }
                (after(cache), counts)
            }),
            Some(cache) => {
                let fetched = self.fetched(cache, &rows, now);
                let mut cleared = cache.clone();
                let expired = self.remove(&mut cleared, |row| self.is_expired(row, now));
                between.push(after(cleared.clone()));
                let compares = self.config.reconcile_every.is_some_and(|every| cache.since_keys + 1 >= every);
                let reconciled = if compares { self.reconcile(&mut cleared, table) } else { 0 };
                between.push(after(cleared.clone()));
                between.extend(self.pieces(&cleared, &fetched, now).into_iter().map(after));
                self.delta(&cleared, &fetched, now).map(|(mut cache, mut counts)| {
                    counts.expired += expired;
                    counts.reconciled = reconciled;
                    cache.since_full += 1;
                    cache.since_keys = if compares { 0 } else { cache.since_keys + 1 };
                    (after(cache), counts)
                })
            }
        };
        if is_taken_over {
            // Wider numbers come before the rows, all else of the columns after them.
            let columns = Columns { wide: columns.wide, ..state.columns };
            let reload_due = state.reload_due || columns != state.columns;
            between.push(State { columns, reload_due, cache: state.cache.clone() });
            if let Ok((State { cache, .. }, _)) = &outcome {
                between.push(State { columns, reload_due, cache: cache.clone() });
            }
        } else {
            // Columns that are added come before the rows.
            between.push(State { columns, reload_due: false, cache: state.cache.clone() });
        }
        Predicted { outcome, between }
    }

    fn is_keyless(&self) -> bool {
        self.config.key == KeyShape::None
    }

    /// Whether rows with these columns can be added to a cache.
    fn fits(&self, cache: &Cache, columns: Columns) -> bool {
        let (held, wanted) = (cache.columns.ids(), columns.ids());
        if self.is_keyless() { held == wanted } else { held.iter().all(|id| wanted.contains(id)) }
    }

    /// The columns that the dataset has after a sync, unless it is refused. Decimals hold integers, so that it is no
    /// change when these come again.
    fn columns(&self, known: Columns, found: Columns) -> Option<Columns> {
        let found = Columns { wide: known.wide | found.wide, ..found };
        match self.config.schema {
            SchemaRule::Fail => (known == found).then_some(known),
            SchemaRule::Add => known.fit_into(found).then_some(found),
            SchemaRule::Reload => Some(found),
        }
    }

    /// Whether the next sync of a cache reads everything.
    fn is_full_due(&self, cache: &Cache) -> bool {
        match self.config.load {
            Load::Full => true,
            Load::Delta => cache.watermark.is_none(),
            Load::FullDelta(every) => {
                let due = cache.since_full + 1 >= every && !self.has(Fault::FullIsForgotten);
                cache.watermark.is_none() || due
            }
        }
    }

    /// Whether a row may be read at this time at all.
    fn is_readable(&self, row: &Row, now: Minute) -> bool {
        let settled = self.config.lag == 0
            || self.has(Fault::LagIsIgnored)
            || self.config.time_of(row).is_none_or(|at| at < now - self.config.lag);
        settled && (!self.is_expired(row, now) || self.expels(row, now))
    }

    /// Whether a row that is too old to be held keeps older versions of it away: it was changed within the time for
    /// which rows are kept.
    fn expels(&self, row: &Row, now: Minute) -> bool {
        let first = self.config.retention.map(|kept| now - kept);
        let is_recent = self.config.time_of(row).zip(first).is_some_and(|(at, first)| at >= first);
        self.config.updates() && is_recent && self.config.key_of(row).is_some()
    }

    /// Those of some rows that are not too old to be held.
    fn held_of(&self, rows: &[Row], now: Minute) -> Vec<Row> {
        rows.iter().filter(|row| !self.is_expired(row, now)).cloned().collect()
    }

    fn is_expired(&self, row: &Row, now: Minute) -> bool {
        let first = self.config.retention.filter(|_| !self.has(Fault::RetentionIsIgnored)).map(|kept| now - kept);
        row.created.zip(first).is_some_and(|(created, first)| created < first)
    }

    /// From where on rows are fetched.
    fn window(&self, cache: &Cache) -> Option<Minute> {
        let overlap = if self.has(Fault::OverlapIsIgnored) { 0 } else { self.config.overlap };
        cache.watermark.map(|watermark| watermark - overlap)
    }

    fn fetched(&self, cache: &Cache, rows: &[Row], now: Minute) -> Vec<Row> {
        let from = self.window(cache);
        let is_recent = |row: &&Row| self.config.time_of(row).zip(from).is_some_and(|(at, from)| at >= from);
        rows.iter().filter(is_recent).filter(|row| self.is_readable(row, now)).cloned().collect()
    }

    fn full(&self, rows: &[Row], now: Minute) -> Result<(Cache, Counts), Refusal> {
        let rows: Vec<Row> = rows.iter().filter(|row| self.is_readable(row, now)).cloned().collect();
        let held = self.held_of(&rows, now);
        let (mut cache, mut counts) = (Cache::default(), Counts::new(Mode::Full, &held));
        self.take(&mut cache, &rows, now, &mut counts)?;
        self.finish(&mut cache, &held, now, &mut counts);
        Ok((cache, counts))
    }

    fn delta(&self, held: &Cache, fetched: &[Row], now: Minute) -> Result<(Cache, Counts), Refusal> {
        let seen = self.held_of(fetched, now);
        let (mut cache, mut counts) = (held.clone(), Counts::new(Mode::Delta, &seen));
        // A version that comes in an earlier piece than a later one is not a duplicate of it.
        counts.is_exact = self.config.period.is_none();
        self.take(&mut cache, &self.in_pieces(held, fetched, now), now, &mut counts)?;
        self.finish(&mut cache, &seen, now, &mut counts);
        Ok((cache, counts))
    }

    fn take(&self, cache: &mut Cache, rows: &[Row], now: Minute, counts: &mut Counts) -> Result<(), Refusal> {
        if self.config.updates() { self.merge(cache, rows, now, counts) } else { self.insert(cache, rows, counts) }
    }

    /// Moves the watermark, and puts the rows in order.
    fn finish(&self, cache: &mut Cache, seen: &[Row], now: Minute, counts: &mut Counts) {
        let is_taken = |row: &&Row| self.is_keyless() || self.config.key_of(row).is_some();
        let cap = if self.has(Fault::WatermarkHasNoCap) { Minute::MAX } else { now + Config::TOLERANCE };
        let times = seen.iter().filter(is_taken).filter_map(|row| self.config.time_of(row));
        let newest = times.filter(|at| *at <= cap).max();
        let newest = if self.has(Fault::WatermarkIsNow) { newest.map(|_| now) } else { newest };
        cache.watermark = cache.watermark.max(newest);
        cache.rows.sort();
        counts.rows = cache.rows.len() as u64;
        counts.watermark = cache.watermark;
    }

    /// The rows in the order in which a delta in pieces comes to them. A piece begins at the first row behind the one
    /// before, and the last one has no end.
    fn in_pieces(&self, held: &Cache, fetched: &[Row], now: Minute) -> Vec<Row> {
        let (Some(period), Some(mut start)) = (self.config.period, held.watermark) else { return fetched.to_vec() };
        let (mut ordered, mut left) = (Vec::new(), fetched.to_vec());
        loop {
            let end = start + period;
            let is_last = end >= now - self.config.lag;
            let is_in = |row: &Row| is_last || self.config.time_of(row).is_some_and(|at| at < end);
            let (piece, later): (Vec<Row>, Vec<Row>) = left.into_iter().partition(is_in);
            ordered.extend(piece);
            match later.iter().filter_map(|row| self.config.time_of(row)).min() {
                Some(next) => (start, left) = (next, later),
                None => return ordered,
            }
        }
    }

    /// The caches that a delta in pieces may leave behind when it is cut short. Only the times of rows are known to be
    /// borders of pieces.
    fn pieces(&self, held: &Cache, fetched: &[Row], now: Minute) -> Vec<Cache> {
        if self.config.period.is_none() {
            return Vec::new();
        }
        let borders: BTreeSet<Minute> = fetched.iter().filter_map(|row| self.config.time_of(row)).collect();
        let before = |border: Minute| {
            let is_before = |row: &&Row| self.config.time_of(row).is_some_and(|at| at < border);
            let rows: Vec<Row> = fetched.iter().filter(is_before).cloned().collect();
            self.delta(held, &rows, now).ok().map(|(cache, _)| cache)
        };
        borders.into_iter().filter_map(before).collect()
    }

    /// Whether there is a cache that the next sync does not have to read anew, so that its keys can be compared.
    #[must_use]
    pub fn can_reconcile(&self, state: &State) -> bool {
        let can = |cache: &Cache| cache.watermark.is_some() && self.fits(cache, state.columns);
        state.cache.as_ref().is_some_and(can)
    }

    /// Deletes what the source no longer has the key of, and says how many rows that were.
    pub fn reconcile(&self, cache: &mut Cache, table: &Table) -> u64 {
        let keys: BTreeSet<Key> = table.rows.iter().filter_map(|row| self.config.key_of(row)).collect();
        self.remove(cache, |row| self.config.key_of(row).is_some_and(|key| !keys.contains(&key)))
    }

    /// Takes rows out, and says how many.
    fn remove(&self, cache: &mut Cache, goes: impl Fn(&Row) -> bool) -> u64 {
        let (gone, rows): (Vec<Row>, Vec<Row>) = std::mem::take(&mut cache.rows).into_iter().partition(goes);
        cache.rows = rows;
        for row in &gone {
            if let Some(key) = self.config.key_of(row) {
                self.bury(cache, key, row);
            }
        }
        gone.len() as u64
    }
}
