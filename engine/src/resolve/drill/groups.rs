//! The finest groups that a cell stands for, where that depends on all groups of the answer.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::scalar::ScalarValue;

/// The labels of buckets of a compared date that have no counterpart in the present, by dimension.
pub(crate) type LostLabels = BTreeMap<usize, BTreeSet<i64>>;

/// What is known of the groups of a cell.
#[derive(Debug)]
pub(crate) struct CellGroups {
    /// The groups of the cell, among those that share its members.
    pub(crate) taken: GroupSet,
    /// Whether it has none.
    pub(crate) is_empty: bool,
    /// By cumulative aggregate: the combinations of the dimensions besides its date that left the answer.
    pub(crate) left: BTreeMap<usize, GroupSet>,
    pub(crate) lost: LostLabels,
}

/// Some groups, or all but some.
#[derive(Debug)]
pub(crate) struct GroupSet {
    /// Whether these are the groups that are not meant.
    pub(crate) excluded: bool,
    pub(crate) tuples: Vec<GroupTuples>,
}

/// Groups that differ in one dimension at most.
#[derive(Debug)]
pub(crate) struct GroupTuples {
    /// The members that they share, by dimension.
    pub(crate) fixed: Vec<(usize, ScalarValue)>,
    /// The dimension in which they differ, and its members.
    pub(crate) listed: Option<(usize, Vec<ScalarValue>)>,
}
