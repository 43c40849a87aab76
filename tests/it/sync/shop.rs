//! One accelerated table, with the requests that its source was asked.

use std::sync::{Arc, Mutex, PoisonError};

use drillcore::{
    Acceleration, BatchIter, Column, Dataset, Engine, Query, QueryResult, ReadRequest, Result, Scope, Source,
    SyncReport, column,
};
use drillcore_tests::sync::{HandClock, Minute, Row, Since, Table, TableSource};
use futures::executor::block_on;

/// Minutes of a day.
pub(super) const DAY: Minute = 1_440;

/// What a source was asked for: how many columns, and from when on.
pub(super) type Asked = (usize, Option<i64>);

/// A table behind a dataset `orders`.
pub(super) struct Shop {
    pub(super) engine: Engine,
    pub(super) clock: HandClock,
    table: Arc<Mutex<Table>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A source that writes down what it is asked for.
#[derive(Debug)]
struct Recorded {
    source: TableSource,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Source for Recorded {
    fn describe(&self) -> String {
        self.source.describe()
    }

    fn discover(&self) -> Result<Vec<Column>> {
        self.source.discover()
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter> {
        let since = request.since.as_ref().map(|since| since.at_us);
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push((request.columns.len(), since));
        self.source.read(request)
    }
}

/// A row whose number says which one it is.
pub(super) fn row(id: i64, created: Minute, updated: Minute, number: i64) -> Row {
    Row { id: Some(id), created: Some(created), updated: Some(updated), number: Some(number), ..Row::default() }
}

impl Shop {
    /// A shop with these rows that was synced once, at that time.
    pub(super) fn open(acceleration: Acceleration, now: Minute, rows: Vec<Row>) -> Self {
        let shop = Self::unsynced(acceleration, now, rows);
        shop.sync();
        shop
    }

    pub(super) fn unsynced(acceleration: Acceleration, now: Minute, rows: Vec<Row>) -> Self {
        let clock = HandClock::new(now);
        let engine = Engine::builder().threads(2).clock(Arc::new(clock.clone())).in_memory().expect("an engine");
        let table = Arc::new(Mutex::new(Table { rows, ..Table::default() }));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let source = Recorded { source: TableSource::new(&table, Since::Ignored), asked: Arc::clone(&asked) };
        block_on(engine.create(Dataset::from_source("orders", Arc::new(source)))).expect("a dataset");
        block_on(engine.accelerate("orders", acceleration)).expect("an acceleration");
        Self { engine, clock, table, asked }
    }

    /// Changes the table.
    pub(super) fn change(&self, change: impl FnOnce(&mut Table)) {
        change(&mut self.table.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn sync(&self) -> SyncReport {
        block_on(self.engine.sync("orders")).expect("a sync")
    }

    /// What the source was asked since the last time.
    pub(super) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn ask(&self, query: &Query) -> QueryResult {
        block_on(self.engine.query(query, &Scope::unrestricted())).expect("an answer")
    }

    /// The ids and numbers of all rows.
    #[track_caller]
    pub(super) fn holds(&self, expected: &[(i64, i64)]) {
        let answer = self.ask(&Query::on("orders").dimension(column("id")).dimension(column("number")));
        let mut found: Vec<(i64, i64)> = serde_json::from_str(&answer.data_json()).expect("pairs of numbers");
        found.sort_unstable();
        assert_eq!(found, expected);
    }
}
