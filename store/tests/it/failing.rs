//! Media that fail: every operation of a life in turn, in every way in which media fail, once and for good.
//!
//! Whatever failed, the caller is told so with a path; the open store still reads the last version, and writes no more if
//! it was a sync that failed; and when the medium has come to itself and the store is opened again, everything goes on.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use drillcore_store::{Error, ErrorKind, FaultKind, FaultRepeat, Store};

use crate::life::{Life, Opened, print};
use crate::support::{DATASET, in_parallel};

/// A way in which an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// An error of the medium (EIO, which has no kind of its own).
    Broken,
    /// A full disk (ENOSPC).
    Full,
    /// A lack of rights (EACCES).
    Denied,
    /// An error after the operation took effect all the same.
    Late,
    /// An error after half of the bytes were written.
    ShortWrite,
    /// Half of the bytes asked for, and no error.
    ShortRead,
}

/// With which errors operations fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errors {
    /// Each with all of them.
    All,
    /// Each with one, another one from operation to operation.
    InTurn,
}

impl Way {
    pub(crate) const ALL: [Self; 6] =
        [Self::Broken, Self::Full, Self::Denied, Self::Late, Self::ShortWrite, Self::ShortRead];
    const ERRORS: [Self; 3] = [Self::Broken, Self::Full, Self::Denied];

    fn kind(self) -> FaultKind {
        match self {
            Self::Broken => FaultKind::Error(io::ErrorKind::Other),
            Self::Full => FaultKind::Error(io::ErrorKind::StorageFull),
            Self::Denied => FaultKind::Error(io::ErrorKind::PermissionDenied),
            Self::Late => FaultKind::ErrorAfterEffect(io::ErrorKind::TimedOut),
            Self::ShortWrite => FaultKind::ShortWrite(io::ErrorKind::StorageFull),
            Self::ShortRead => FaultKind::ShortRead,
        }
    }

    /// Whether the operation can fail in this way, and that is not the same as to fail with an error.
    fn concerns(self, step: &str) -> bool {
        let operation = step.split(' ').next().unwrap_or_default();
        match self {
            Self::Broken | Self::Full | Self::Denied => true,
            Self::Late => !matches!(operation, "open" | "read" | "list"),
            Self::ShortWrite => operation == "write",
            Self::ShortRead => operation == "read",
        }
    }

    /// What the caller may be told.
    fn told(self) -> [ErrorKind; 2] {
        let kind = if self == Self::ShortRead { ErrorKind::Corruption } else { ErrorKind::Io };
        [kind, ErrorKind::CommitUnknown]
    }
}

/// The ways in which an operation fails.
fn ways(errors: Errors, operation: u64, step: &str) -> Vec<Way> {
    let turn = Way::ERRORS[usize::try_from(operation % 3).unwrap()];
    let is_due = |way: &Way| errors == Errors::All || !Way::ERRORS.contains(way) || *way == turn;
    Way::ALL.into_iter().filter(|way| way.concerns(step) && is_due(way)).collect()
}

/// How often something failed.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    pub(crate) lives: u64,
    /// The operations of all lives.
    pub(crate) operations: u64,
    /// Runs in which an operation, or each from one on, failed in some way.
    pub(crate) runs: BTreeMap<Way, u64>,
    /// Those of them in which it was a sync of a log, so that the open store wrote no more.
    pub(crate) poisoned: u64,
}

impl Failures {
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.lives += other.lives;
        self.operations += other.operations;
        for (way, runs) in other.runs {
            *self.runs.entry(way).or_default() += runs;
        }
        self.poisoned += other.poisoned;
        self
    }

    pub(crate) fn all_runs(&self) -> u64 {
        self.runs.values().sum()
    }

    pub(crate) fn print(&self, what: &str) {
        let Self { operations, runs, poisoned, .. } = self;
        let all = self.all_runs();
        print(&format!(
            "{what}: {all} failures of {operations} operations are told of, and nothing is lost: {runs:?}; {poisoned} of \
             them were of syncs"
        ));
    }
}

/// Lets every operation of a life fail in each way that concerns it, once and for good.
pub(crate) fn fail_everywhere<L: Life>(what: &str, life: &L, errors: Errors) -> Failures {
    let steps = life.rehearse();
    let total = steps.len() as u64;
    let failures = Mutex::new(Failures { lives: 1, operations: total, ..Failures::default() });
    in_parallel(total, |operation| {
        let step = steps[usize::try_from(operation).unwrap() - 1].as_str();
        for way in ways(errors, operation, step) {
            for repeat in [FaultRepeat::Once, FaultRepeat::Persistent] {
                let fault = Fault { operation, step, way, repeat };
                let place = format!("{what}: operation {operation} of {total} ({step}), {way:?}, {repeat:?}");
                let struck = fault.strike(life, &place);
                let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(Struck { poisoned }) = struck {
                    *failures.runs.entry(way).or_default() += 1;
                    failures.poisoned += u64::from(poisoned);
                }
            }
        }
    });
    let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    failures.print(what);
    failures
}

/// What fails in a run.
#[derive(Debug)]
struct Fault<'a> {
    operation: u64,
    /// What the operation was when nothing failed.
    step: &'a str,
    way: Way,
    repeat: FaultRepeat,
}

/// A run in which something did fail.
#[derive(Debug)]
struct Struck {
    /// Whether it was a sync, so that the open store wrote no more.
    poisoned: bool,
}

impl Fault<'_> {
    /// A life in which it strikes; `None` if that life took another way and never came to it.
    fn strike<L: Life>(&self, life: &L, place: &str) -> Option<Struck> {
        let (storage, mut progress) = life.begin();
        storage.fail_at(self.operation, self.repeat, self.way.kind());
        let (opened, failure) = match Opened::on(&storage) {
            Err(error) => (None, Some(error)),
            Ok(opened) => {
                let failure = life.live(&opened, &mut progress).err();
                (Some(opened), failure)
            }
        };
        let strikes = storage.strikes();
        storage.heal();
        self.check_told(failure.as_ref(), strikes, life.is_repeatable(), place);

        let synced = synced(self.step).filter(|_| life.is_repeatable() && opened.is_some());
        if let Some(opened) = opened {
            life.check_newest(&opened.store, &progress, place);
            if let Some(path) = synced {
                assert!(failure.is_some(), "{place}: a sync failed, and nobody was told");
                check_poisoned(&opened.store, path, place);
            }
            if self.repeat == FaultRepeat::Persistent {
                // What fails for good fails also when the store is closed.
                storage.fail_at(storage.operations() + 1, self.repeat, self.way.kind());
            }
        }
        storage.heal();
        life.check(&storage, &progress, place);
        (strikes > 0).then_some(Struck { poisoned: synced.is_some() })
    }

    fn check_told(&self, failure: Option<&Error>, strikes: u64, is_repeatable: bool, place: &str) {
        match failure {
            Some(error) => {
                assert!(strikes > 0, "{place}: nothing failed, and yet: {error}");
                assert!(self.way.told().contains(&error.kind()), "{place}: {error}");
                assert!(error.path().is_some(), "{place}: {error}");
            }
            None if is_repeatable => {
                assert!(strikes > 0, "{place}: nothing failed");
                assert_eq!(self.repeat, FaultRepeat::Once, "{place}: {strikes} failures, and nobody was told");
            }
            None => {}
        }
    }
}

/// The file or folder of the catalog or of a dataset that an operation makes durable.
fn synced(step: &str) -> Option<&str> {
    let (operation, path) = step.split_once(' ')?;
    let is_sync = matches!(operation, "sync" | "sync_dir" | "create_dir");
    (is_sync && (path.starts_with("catalog") || path.starts_with("datasets/"))).then_some(path)
}

/// Once a sync has failed, the open store commits no more to the log it was of.
fn check_poisoned(store: &Store, path: &str, place: &str) {
    let refused = if path.starts_with("catalog") {
        store.catalog().commit(0, "one more").map(drop)
    } else {
        store.dataset(DATASET).writer().map(drop)
    };
    assert_eq!(refused.map_err(|error| error.kind()), Err(ErrorKind::Poisoned), "{place}");
}
