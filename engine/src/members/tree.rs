//! The closed tree of a hierarchy over the keys that the data has.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray, new_null_array};
use arrow::datatypes::DataType;
use drillcore_hierarchies::{Closure, HideIf, Hierarchy, Kind};

use super::KnownRows;
use super::faults::unusable;
use super::index::Index;
use super::keys::conformed;
use super::prefix::Prefixes;
use crate::error::{Error, ErrorKind, Result};

/// The members of a hierarchy in one state of the data: the closed tree, and which node each row belongs to.
///
/// Two of them are equal only if they are one and the same.
pub(crate) struct MemberTree {
    /// Tells trees apart in plans.
    stamp: u64,
    definition: Arc<Hierarchy>,
    closure: Closure,
    key_types: Vec<DataType>,
    index: Index,
    /// For members that the first columns of their keys tell.
    prefixes: Option<Prefixes>,
    /// What each node counts to at a level, from the root on, once it was asked for.
    levels: Vec<OnceLock<Arc<[u32]>>>,
    /// The nodes of rows that are kept as long as the tree.
    rows: KnownRows,
    bytes: usize,
}

impl MemberTree {
    /// Closes a hierarchy. `keys` are the different tuples of its key columns, one array per column in the type of the
    /// column; NULL is a value like others. `texts` stand for them as member ids, Utf8View arrays of the same length:
    /// one per level of a level or datetime hierarchy, one of a tree, and of a parent-child hierarchy the key, the
    /// parent, and the name where there is one.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the members are no tree: ids of a definition are named, keys of the data are only counted.
    pub(crate) fn build(definition: &Arc<Hierarchy>, keys: Vec<ArrayRef>, texts: &[ArrayRef]) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let closure = closed(definition, texts)?.with_root_name(definition.all.clone());
        let index = Index::new(&keys, closure.row_nodes())?;
        let bytes = closure.bytes().saturating_add(index.bytes());
        let prefixes = Prefixes::of(definition, &keys);
        let levels = (0..=closure.height()).map(|_| OnceLock::new()).collect();
        Ok(Self {
            stamp: NEXT.fetch_add(1, Ordering::Relaxed),
            definition: Arc::clone(definition),
            closure,
            key_types: keys.into_iter().map(|key| key.data_type().clone()).collect(),
            index,
            prefixes,
            levels,
            rows: KnownRows::default(),
            bytes,
        })
    }

    pub(crate) fn definition(&self) -> &Arc<Hierarchy> {
        &self.definition
    }

    /// What tells it from other trees in this process.
    pub(crate) fn stamp(&self) -> u64 {
        self.stamp
    }

    pub(crate) fn closure(&self) -> &Closure {
        &self.closure
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let of_levels = self.levels.iter().filter_map(OnceLock::get).map(|level| size_of_val(&**level)).sum::<usize>();
        self.bytes + of_levels + self.prefixes.as_ref().map_or(0, Prefixes::bytes) + self.rows.bytes()
    }

    /// The nodes of rows that are kept as long as the tree.
    pub(crate) fn rows(&self) -> &KnownRows {
        &self.rows
    }

    /// How many columns of the key tell which of the members down to a depth a row belongs to.
    pub(crate) fn columns_to(&self, depth: usize) -> usize {
        let all = self.key_types.len();
        if self.prefixes.is_some() { depth.clamp(1, all) } else { all }
    }

    /// What each node counts to at a level.
    pub(crate) fn at_level(&self, level: usize) -> Arc<[u32]> {
        let make = || self.closure.at_level(level).into();
        // Below the last level nodes are themselves, as at it.
        let place = self.levels.get(level).or_else(|| self.levels.last());
        place.map_or_else(make, |place| Arc::clone(place.get_or_init(make)))
    }

    /// The types of the key columns.
    pub(super) fn key_types(&self) -> &[DataType] {
        &self.key_types
    }

    /// Whether so many columns tell a member.
    pub(super) fn is_found_by(&self, columns: usize) -> bool {
        let all = self.key_types.len();
        columns == all || (self.prefixes.is_some() && (1..all).contains(&columns))
    }

    /// The node of each row by its key columns, or by as many of them as [`columns_to`](Self::columns_to) says. A key that is not among those that the tree was built of is on the root:
    /// that of a row which the scope hides, or that came while the data was read.
    pub(crate) fn nodes(&self, keys: &[ArrayRef]) -> Result<Vec<u32>> {
        self.numbers(keys, |node| node)
    }

    /// The same, with what `of` says of each node. With fewer columns the node is the one at that level.
    pub(super) fn numbers<N: Copy>(&self, keys: &[ArrayRef], of: impl Fn(u32) -> N) -> Result<Vec<N>> {
        let (index, types) = match (&self.prefixes, self.key_types.get(..keys.len())) {
            (Some(prefixes), Some(types)) if types.len() < self.key_types.len() => {
                (prefixes.level(types.len(), &self.closure)?, types)
            }
            _ => (&self.index, self.key_types.as_slice()),
        };
        index.find(&conformed(types, keys)?, of)
    }

    /// The node of rows whose keys are all NULL.
    pub(crate) fn null_node(&self) -> Result<u32> {
        let keys: Vec<ArrayRef> = self.key_types.iter().map(|key| new_null_array(key, 1)).collect();
        Ok(self.index.find(&keys, |node| node)?.first().copied().unwrap_or_default())
    }

    /// What is told if rows are on the root all the same, whose members were not there when the tree was built.
    pub(crate) fn has_changed(&self) -> Error {
        let message = format!("the data of hierarchy `{}` changed while it was read", self.definition.id);
        Error::new(ErrorKind::Conflict, message)
    }
}

/// The closed tree of the members that the texts name.
fn closed(definition: &Hierarchy, texts: &[ArrayRef]) -> Result<Closure> {
    let of_another_type = || Error::internal("the members of a hierarchy are no texts");
    let texts = texts.iter().map(|texts| texts.as_string_view_opt().ok_or_else(of_another_type));
    let texts: Vec<&StringViewArray> = texts.collect::<Result<_>>()?;
    let rows = texts.first().map_or(0, |texts| texts.len());
    if texts.iter().any(|texts| texts.len() != rows) {
        return Err(Error::internal("the texts of the members of a hierarchy are not equally many"));
    }
    let closure = match (&definition.kind, texts.as_slice()) {
        (Kind::Levels { levels, hide_if }, texts) if levels.len() == texts.len() => {
            Closure::of_paths(&paths(texts, rows), *hide_if)
        }
        (Kind::Datetime { levels, .. }, texts) if levels.len() == texts.len() => {
            Closure::of_paths(&paths(texts, rows), HideIf::Never)
        }
        (Kind::Tree { elements, .. }, [values]) => Closure::of_tree(elements, &list(values)),
        (Kind::ParentChild { name: None, orphans, .. }, [keys, parents]) => {
            Closure::of_parents(&list(keys), &list(parents), &[], *orphans)
        }
        (Kind::ParentChild { name: Some(_), orphans, .. }, [keys, parents, names]) => {
            Closure::of_parents(&list(keys), &list(parents), &list(names), *orphans)
        }
        _ => return Err(Error::internal("a hierarchy was given members of another kind")),
    };
    closure.map_err(|error| unusable(definition, &error))
}

fn list(texts: &StringViewArray) -> Vec<Option<&str>> {
    texts.iter().collect()
}

/// The texts row by row.
fn paths<'a>(texts: &[&'a StringViewArray], rows: usize) -> Vec<Vec<Option<&'a str>>> {
    let mut levels: Vec<_> = texts.iter().map(|texts| texts.iter()).collect();
    (0..rows).map(|_| levels.iter_mut().map(|level| level.next().flatten()).collect()).collect()
}

impl PartialEq for MemberTree {
    fn eq(&self, other: &Self) -> bool {
        self.stamp == other.stamp
    }
}

impl Eq for MemberTree {}

impl Hash for MemberTree {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.stamp.hash(state);
    }
}

impl fmt::Debug for MemberTree {
    /// Without the members, which are data and may be very many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemberTree")
            .field("stamp", &self.stamp)
            .field("hierarchy", &self.definition.id)
            .field("key_types", &self.key_types)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}
