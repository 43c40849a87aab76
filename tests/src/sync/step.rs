//! What happens to a table and to its cache, one thing at a time. Every step says all that it does, so that a list of
//! them can be played again, also with some of them left out.

use std::fmt;

use drillcore_store::CrashMode;

use super::row::Minute;

/// A row that comes new.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// Rows of one identity have one key.
    pub identity: i64,
    /// Whether a part of the key is NULL instead.
    pub is_null: bool,
    pub created: Option<Minute>,
    pub updated: Option<Minute>,
    pub deleted: Option<Minute>,
    pub number: i64,
}

/// In which way rows come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// In time.
    Fresh,
    /// After later ones.
    Late,
    /// From a clock that is ahead.
    Ahead,
    /// Without any time.
    Timeless,
    /// Without a key.
    Keyless,
    /// Several of one key at once.
    Together,
}

/// Which version a change makes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    Newer,
    Same,
    Older,
}

/// A change of the columns of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    AddExtra,
    AddNote,
    DropNote,
    Widen,
    Narrow,
}

/// A power cut.
#[derive(Debug, Clone, Copy)]
pub struct Crash {
    /// When it comes, in percent of the operations that the work before took.
    pub share: u64,
    /// Whether the operation took effect all the same.
    pub after: bool,
    /// What is left of what was not synced.
    pub mode: CrashMode,
    pub seed: u64,
}

/// What happens. Rows are chosen by their place, counted round and round.
#[derive(Debug, Clone)]
pub enum Step {
    Insert {
        arrival: Arrival,
        rows: Vec<NewRow>,
    },
    /// A row comes again; perhaps with another number.
    Double {
        place: usize,
        is_changed: bool,
    },
    Update {
        place: usize,
        version: Version,
        at: Minute,
        number: i64,
        /// Whether the old version stays in the table.
        keeps_old: bool,
    },
    SoftDelete {
        place: usize,
        at: Minute,
    },
    Revive {
        place: usize,
        at: Minute,
    },
    HardDelete {
        place: usize,
    },
    Columns(Change),
    /// What makes syncs fail is taken out of the source.
    Mend,
    Advance(Minute),
    Sync,
    SyncTwice,
    Reconcile,
    Compact,
    Vacuum,
    Purge,
    /// Goes back to a version that was seen.
    Restore(usize),
    /// Looks at a version that was seen.
    Look(usize),
    Reopen,
    CrashSync(Crash),
    CrashCompact(Crash),
}

impl Step {
    /// What it is called, to be counted.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Insert { arrival, .. } => format!("insert {arrival:?}"),
            Self::Double { is_changed: false, .. } => "double".to_owned(),
            Self::Double { is_changed: true, .. } => "double that is changed".to_owned(),
            Self::Update { version, keeps_old, .. } => {
                format!("update {version:?}{}", if *keeps_old { " beside the old one" } else { "" })
            }
            Self::SoftDelete { .. } => "soft delete".to_owned(),
            Self::Revive { .. } => "revive".to_owned(),
            Self::HardDelete { .. } => "hard delete".to_owned(),
            Self::Columns(change) => format!("{change:?}"),
            Self::Mend => "mend".to_owned(),
            Self::Advance(_) => "advance".to_owned(),
            Self::Sync => "sync".to_owned(),
            Self::SyncTwice => "sync twice".to_owned(),
            Self::Reconcile => "reconcile".to_owned(),
            Self::Compact => "compact".to_owned(),
            Self::Vacuum => "vacuum".to_owned(),
            Self::Purge => "purge".to_owned(),
            Self::Restore(_) => "restore".to_owned(),
            Self::Look(_) => "look".to_owned(),
            Self::Reopen => "reopen".to_owned(),
            Self::CrashSync(_) => "crash in a sync".to_owned(),
            Self::CrashCompact(_) => "crash in a compaction".to_owned(),
        }
    }
}

fn shown(at: Option<Minute>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.to_string())
}

impl fmt::Display for NewRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { identity, is_null, created, updated, deleted, number } = self;
        let key = if *is_null { "NULL".to_owned() } else { format!("#{identity}") };
        let (created, updated, deleted) = (shown(*created), shown(*updated), shown(*deleted));
        write!(f, "({key} created {created} updated {updated} deleted {deleted} number {number})")
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        match self {
            Self::Insert { rows, .. } => rows.iter().try_for_each(|row| write!(f, " {row}")),
            Self::Double { place, .. } | Self::HardDelete { place } => write!(f, " of row {place}"),
            Self::Update { place, at, number, .. } => write!(f, " of row {place} at {at}, number {number}"),
            Self::SoftDelete { place, at } | Self::Revive { place, at } => write!(f, " of row {place} at {at}"),
            Self::Advance(minutes) => write!(f, " by {minutes}"),
            Self::Restore(place) | Self::Look(place) => write!(f, " of version {place}, counted round"),
            Self::CrashSync(crash) | Self::CrashCompact(crash) => {
                let Crash { share, after, mode, seed } = crash;
                let when = if *after { "after" } else { "before" };
                write!(f, " {when} the operation at {share} %, {mode:?}, seed {seed}")
            }
            _ => Ok(()),
        }
    }
}
