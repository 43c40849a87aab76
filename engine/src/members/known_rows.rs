//! The nodes of rows that a tree keeps for later queries: of the rows of snapshots, and of the targets of links.

use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::RowNodes;
use crate::error::Result;
use crate::model::Level;
use crate::resolve::ColumnRef;

/// Versions of one dataset whose rows are kept, those used last.
const MOST_VERSIONS: usize = 2;

/// Different rows and ways to their members that are remembered.
const MOST_KEYS: usize = 16;

/// Targets of links whose nodes are kept.
const MOST_TARGETS: usize = 4;

/// Whose rows, and how they find their member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowKey {
    pub(crate) dataset: Uuid,
    pub(crate) version: u64,
    /// What tells the member: columns, or levels of them. Their lookups are places in `links`.
    pub(crate) keys: Vec<(ColumnRef, Option<Level>)>,
    /// The links on the way: the index of the target, which no other state of it has, and what is looked up in it.
    pub(crate) links: Vec<(u64, Vec<ColumnRef>)>,
}

/// What a query is told that would use the nodes of rows.
#[derive(Debug)]
pub(crate) enum Asked {
    Known(Arc<RowNodes>),
    /// They have been asked for before and should be made.
    Wanted,
    /// They are not there and need not be.
    Unknown,
}

/// The nodes of rows that a tree keeps.
#[derive(Debug, Default)]
pub(crate) struct KnownRows {
    kept: Mutex<Kept>,
}

/// Both lists have what was used last at their end.
#[derive(Debug, Default)]
struct Kept {
    rows: Vec<Entry>,
    targets: Vec<Target>,
}

#[derive(Debug)]
struct Entry {
    key: RowKey,
    asked: u32,
    state: State,
}

#[derive(Debug)]
enum State {
    Unmade,
    /// They cannot be kept.
    Refused,
    Made(Arc<RowNodes>),
}

#[derive(Debug)]
struct Target {
    index: u64,
    columns: Vec<String>,
    nodes: Arc<[u32]>,
}

impl KnownRows {
    /// The nodes of rows for a query that is about to run. It is remembered that they were asked for.
    pub(crate) fn ask(&self, key: &RowKey) -> Asked {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.rows.iter().position(|entry| entry.key == *key);
        let mut entry = match known {
            Some(place) => kept.rows.remove(place),
            None => Entry { key: key.clone(), asked: 0, state: State::Unmade },
        };
        entry.asked = entry.asked.saturating_add(1);
        let answer = match &entry.state {
            State::Made(nodes) => Asked::Known(Arc::clone(nodes)),
            // If it was not brought to an end, it is tried again ever more rarely.
            State::Unmade if entry.asked > 1 && entry.asked.is_power_of_two() => Asked::Wanted,
            State::Unmade | State::Refused => Asked::Unknown,
        };
        kept.rows.push(entry);
        kept.let_go(key.dataset);
        answer
    }

    /// The nodes of rows if they are there, for plans that are not run.
    pub(crate) fn known(&self, key: &RowKey) -> Option<Arc<RowNodes>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.rows.iter().find(|entry| entry.key == *key).and_then(|entry| match &entry.state {
            State::Made(nodes) => Some(Arc::clone(nodes)),
            State::Unmade | State::Refused => None,
        })
    }

    /// Keeps the nodes of rows, or that they cannot be kept.
    pub(crate) fn put(&self, key: &RowKey, nodes: Option<&Arc<RowNodes>>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = kept.rows.iter_mut().find(|entry| entry.key == *key) {
            entry.state = nodes.map_or(State::Refused, |nodes| State::Made(Arc::clone(nodes)));
        }
    }

    /// The nodes of the rows of a link's target by columns of it, made where they are not there.
    pub(crate) fn of_target(
        &self,
        index: u64,
        columns: &[&str],
        make: impl FnOnce() -> Result<Vec<u32>>,
    ) -> Result<Arc<[u32]>> {
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let known = kept.targets.iter().position(|target| target.index == index && target.columns == columns);
            if let Some(place) = known {
                let target = kept.targets.remove(place);
                let nodes = Arc::clone(&target.nodes);
                kept.targets.push(target);
                return Ok(nodes);
            }
        }
        let nodes: Arc<[u32]> = make()?.into();
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.targets.push(Target { index, columns, nodes: Arc::clone(&nodes) });
        let surplus = kept.targets.len().saturating_sub(MOST_TARGETS);
        kept.targets.drain(..surplus);
        Ok(nodes)
    }

    /// Lets go of all nodes.
    pub(super) fn clear(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let of_rows = kept.rows.iter().map(|entry| match &entry.state {
            State::Made(nodes) => nodes.bytes(),
            State::Unmade | State::Refused => 0,
        });
        let of_targets = kept.targets.iter().map(|target| size_of_val(&*target.nodes));
        of_rows.chain(of_targets).sum()
    }
}

impl Kept {
    /// Lets go of the versions of a dataset that were not used for longest, and of what is too much.
    fn let_go(&mut self, dataset: Uuid) {
        let mut versions = Vec::new();
        for entry in self.rows.iter().rev().filter(|entry| entry.key.dataset == dataset) {
            if !versions.contains(&entry.key.version) {
                versions.push(entry.key.version);
            }
        }
        versions.truncate(MOST_VERSIONS);
        self.rows.retain(|entry| entry.key.dataset != dataset || versions.contains(&entry.key.version));
        let surplus = self.rows.len().saturating_sub(MOST_KEYS);
        self.rows.drain(..surplus);
    }
}
