//! What the scripts of a run went through.

use std::collections::BTreeMap;
use std::fmt;

/// How often what happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    counts: BTreeMap<String, u64>,
}

/// What a run of a thousand scripts must have gone through, and how often at least.
const WANTED: [(u64, &[&str]); 3] = [
    (
        200,
        &[
            "insert Fresh",
            "insert Late",
            "update Newer",
            "update Same",
            "soft delete",
            "hard delete",
            "double",
            "advance",
            "mend",
            "sync",
            "sync twice",
            "compact",
            "a sync changes something",
            "a sync changes nothing",
        ],
    ),
    (
        40,
        &[
            "insert Ahead",
            "insert Timeless",
            "insert Keyless",
            "insert Together",
            "double that is changed",
            "update Newer beside the old one",
            "update Older",
            "revive",
            "AddExtra",
            "AddNote",
            "DropNote",
            "Widen",
            "Narrow",
            "reconcile",
            "vacuum",
            "purge",
            "restore",
            "look",
            "reopen",
            "crash in a sync",
            "a crash is survived by the state before",
            "a crash is survived by the state after",
            "a full load",
            "a sync is refused",
            "rows are updated",
            "rows are deleted",
            "duplicates are dropped",
            "conflicts are decided",
            "late rows come",
            "rows expire",
            "strategy Insert",
            "strategy Update",
            "strategy Delete",
            "key None",
            "key Id",
            "key Code",
            "key Both",
            "schema Fail",
            "schema Add",
            "schema Reload",
            "source file",
            "source that gives all",
            "source that leaves out batches",
            "source that leaves out rows",
            "load full",
            "load delta",
            "load full and delta",
            "overlap",
            "no overlap",
            "lag",
            "pieces",
            "retention",
            "reconcile in syncs",
            "null keys dropped",
            "null keys refused",
            "upkeep inline",
            "upkeep manual",
            "clustered",
        ],
    ),
    (
        10,
        &[
            "update Same beside the old one",
            "update Older beside the old one",
            "crash in a compaction",
            "a full load because of columns",
            "null keys are dropped",
            "a row is reconciled",
            "a version is restored",
            "an older version is looked at",
        ],
    ),
];

impl Coverage {
    /// Counts something.
    pub fn add(&mut self, what: impl Into<String>) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    /// Counts something if it is so.
    pub fn add_if(&mut self, is: bool, what: &str) {
        if is {
            self.add(what);
        }
    }

    /// How often it happened.
    #[must_use]
    pub fn count(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or_default()
    }

    /// Adds what another run went through.
    pub fn merge(&mut self, other: &Self) {
        for (what, count) in &other.counts {
            *self.counts.entry(what.clone()).or_default() += count;
        }
    }

    /// What happened less often than it should in so many scripts.
    #[must_use]
    pub fn missing(&self, scripts: u64) -> Vec<String> {
        let mut missing = Vec::new();
        for (least, what) in WANTED {
            for what in what {
                let (found, least) = (self.count(what), least * scripts / 1_000);
                if found < least {
                    missing.push(format!("{what}: {found} of {least}"));
                }
            }
        }
        missing
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts.iter().try_for_each(|(what, count)| writeln!(f, "{what:45} {count:8}"))
    }
}
