//! Readers while one thread syncs and another compacts: every answer is that of one version, and no reader ever goes
//! back in time. Money moves between accounts, so that its sum is the same in all versions.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use drillcore::{
    Acceleration, Cell, Dataset, Engine, Error, ErrorKind, Query, QueryResult, Scope, column, count, max, sum,
};
use drillcore_tests::rng::Rng;
use drillcore_tests::sync::{HandClock, Row, Since, Table, TableSource, minute};
use futures::executor::block_on;

use crate::run::setting;

const ACCOUNTS: i64 = 120;
const TOTAL: i64 = 1_000_000;

/// The time of the clock, far behind all versions; each of these has the minute of its number.
const NOW: i64 = 10_000_000;

/// By account: money, and the version of its last change.
type Content = BTreeMap<i64, (i64, i64)>;

/// What threads share.
struct Bank {
    engine: Engine,
    table: Arc<Mutex<Table>>,
    /// What each version holds, known before it is synced.
    expected: Mutex<BTreeMap<i64, Content>>,
    /// The last version whose sync has returned.
    synced: AtomicI64,
    over: AtomicBool,
}

fn money(row: &Row) -> i64 {
    row.number.unwrap_or_default()
}

fn content(table: &Table) -> Content {
    let open = table.rows.iter().filter(|row| row.deleted.is_none());
    open.map(|row| (row.id.unwrap_or_default(), (money(row), row.updated.unwrap_or_default()))).collect()
}

fn account(id: i64, money: i64, version: i64) -> Row {
    let (number, code) = (Some(money), Some(format!("account {id}")));
    Row { id: Some(id), code, created: Some(version), updated: Some(version), number, ..Row::default() }
}

/// Moves money at a version: between accounts, into new ones, out of those that are closed.
fn transfer(table: &mut Table, version: i64, rng: &mut Rng) {
    let next = table.rows.len() as i64;
    table.rows.push(account(next, 0, version));
    for number in 0..rng.between(1, 25) {
        let (from, to) = (rng.below(table.rows.len()), table.rows.len() - 1 - rng.below(20));
        if from == to || table.rows[from].deleted.is_some() || table.rows[to].deleted.is_some() {
            continue;
        }
        let closes = number % 6 == 0 && from < table.rows.len() - 30;
        let moved = if closes { money(&table.rows[from]) } else { rng.between(0, money(&table.rows[from]).max(0)) };
        for (place, change) in [(from, -moved), (to, moved)] {
            let row = &mut table.rows[place];
            row.number = Some(money(row) + change);
            row.updated = Some(version);
        }
        table.rows[from].deleted = closes.then_some(version);
    }
}

impl Bank {
    fn open() -> Self {
        let rows = (0..ACCOUNTS).map(|id| account(id, TOTAL / ACCOUNTS, 0));
        let mut table = Table { rows: rows.collect(), ..Table::default() };
        table.rows[0].number = Some(TOTAL / ACCOUNTS + TOTAL % ACCOUNTS);
        let expected = Mutex::new(BTreeMap::from([(0, content(&table))]));
        let table = Arc::new(Mutex::new(table));
        let clock = Arc::new(HandClock::new(NOW));
        let engine = Engine::builder().threads(2).clock(clock).in_memory().expect("an engine");
        let source = Arc::new(TableSource::new(&table, Since::Rows));
        block_on(engine.create(Dataset::from_source("accounts", source))).expect("a dataset");
        let acceleration = Acceleration::delta("created_at").key(["id"]);
        let acceleration = acceleration.insert_update_delete("updated_at", "deleted_at");
        block_on(engine.accelerate("accounts", acceleration)).expect("an acceleration");
        block_on(engine.sync("accounts")).expect("a first sync");
        let (synced, over) = (AtomicI64::new(0), AtomicBool::new(false));
        Self { engine, table, expected, synced, over }
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// Version after version. Somebody else's commit may come in between; then it is tried again.
    fn sync(&self) -> u64 {
        let (rng, mut version) = (&mut Rng::new(5), 0);
        while !self.is_over() {
            version += 1;
            {
                let mut table = self.table.lock().expect("the table");
                transfer(&mut table, version, rng);
                self.expected.lock().expect("the versions").insert(version, content(&table));
            }
            again(|| block_on(self.engine.sync("accounts")).map(drop));
            self.synced.store(version, Ordering::SeqCst);
        }
        version.unsigned_abs()
    }

    fn compact(&self) -> u64 {
        let mut done = 0;
        while !self.is_over() {
            again(|| block_on(self.engine.compact("accounts")).map(drop));
            if done % 4 == 3 {
                again(|| block_on(self.engine.vacuum(done % 8 == 7)).map(drop));
            }
            done += 1;
        }
        done
    }

    /// Asks until all is over, and gives the number of different versions that were seen.
    fn read(&self, whole: bool) -> u64 {
        let (mut last, mut versions) = (-1, 0);
        while !self.is_over() {
            let least = self.synced.load(Ordering::SeqCst).max(last);
            let version = if whole { self.read_rows() } else { self.read_sums() };
            assert!(version >= least, "version {version} is shown after {least} was there");
            versions += u64::from(version > last);
            last = version;
        }
        versions
    }

    fn ask(&self, query: &Query) -> QueryResult {
        let answer = block_on(self.engine.query(query, &Scope::unrestricted())).expect("an answer");
        assert_eq!(answer.provenance().path.as_str(), "snapshot");
        answer
    }

    fn expected(&self, version: i64) -> Content {
        let expected = self.expected.lock().expect("the versions");
        expected.get(&version).unwrap_or_else(|| panic!("there was no version {version}")).clone()
    }

    fn read_sums(&self) -> i64 {
        let query = Query::on("accounts");
        let query = query.measure(sum("number")).measure(count()).measure(sum("id")).measure(max("updated_at"));
        let answer = self.ask(&query);
        let row = answer.rows().next().expect("a row");
        let version = time(&row[3]);
        let expected = self.expected(version);
        let sums = (TOTAL, expected.len() as i64, expected.keys().sum::<i64>());
        assert_eq!((number(&row[0]), number(&row[1]), number(&row[2])), sums, "the sums of version {version}");
        version
    }

    fn read_rows(&self) -> i64 {
        let query = Query::on("accounts");
        let query = query.dimension(column("id")).dimension(column("number")).dimension(column("updated_at")).rows();
        let answer = self.ask(&query);
        let mut held = Content::new();
        for row in answer.rows() {
            let before = held.insert(number(&row[0]), (number(&row[1]), time(&row[2])));
            assert!(before.is_none(), "account {} is held twice", row[0]);
        }
        let version = held.values().map(|(_, version)| *version).max().expect("an account");
        assert_eq!(held.values().map(|(money, _)| money).sum::<i64>(), TOTAL, "the money of version {version}");
        assert_eq!(held, self.expected(version), "the accounts of version {version}");
        version
    }
}

/// Until nobody else is faster.
fn again(work: impl Fn() -> Result<(), Error>) {
    let started = Instant::now();
    while let Err(error) = work() {
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
        assert!(started.elapsed() < Duration::from_secs(30), "conflicts without end");
    }
}

fn number(cell: &Cell) -> i64 {
    match cell {
        Cell::Integer(number) => i64::try_from(*number).expect("64 bits"),
        other => panic!("{other:?} is no integer"),
    }
}

fn time(cell: &Cell) -> i64 {
    match cell {
        Cell::Datetime(at) => minute(at.timestamp_micros()).expect("a whole minute"),
        other => panic!("{other:?} is no instant"),
    }
}

/// A thread that fails ends the others too.
fn guarded(bank: &Bank, work: impl FnOnce() -> u64) -> u64 {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        bank.over.store(true, Ordering::SeqCst);
        resume_unwind(panic)
    })
}

#[test]
fn every_answer_is_that_of_one_version() {
    let bank = &Bank::open();
    let seconds = setting("DRILLCORE_ISOLATION_SECONDS", 10);
    let seen = &AtomicU64::new(0);
    let (synced, compacted) = thread::scope(|scope| {
        for reader in 0..4 {
            scope.spawn(move || {
                let versions = guarded(bank, || bank.read(reader % 2 == 0));
                seen.fetch_max(versions, Ordering::SeqCst);
            });
        }
        let syncing = scope.spawn(move || guarded(bank, || bank.sync()));
        let compacting = scope.spawn(move || guarded(bank, || bank.compact()));
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(seconds) && !bank.is_over() {
            thread::sleep(Duration::from_millis(20));
        }
        bank.over.store(true, Ordering::SeqCst);
        (syncing.join().expect("syncs"), compacting.join().expect("compactions"))
    });
    let seen = seen.load(Ordering::SeqCst);
    println!("{synced} syncs, {compacted} compactions, up to {seen} versions seen by one reader");
    assert!(synced >= 3 * seconds && compacted >= seconds && seen >= seconds, "hardly anything happened");
}
