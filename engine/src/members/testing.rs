//! What the tests of members share.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use drillcore_hierarchies::{Element, Hierarchy};

use super::MemberTree;

pub(super) fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringViewArray::from_iter(values.iter().copied()))
}

/// The tree of a hierarchy that can be closed.
pub(super) fn built(definition: Hierarchy, keys: Vec<ArrayRef>, texts: &[ArrayRef]) -> Arc<MemberTree> {
    Arc::new(MemberTree::build(&Arc::new(definition), keys, texts).unwrap())
}

/// The tree of elements over the values of a column of texts.
pub(super) fn tree_of(elements: &[Element], values: ArrayRef) -> Arc<MemberTree> {
    let definition = Hierarchy::tree("regions", "airports", "faa", elements.iter().cloned());
    built(definition, vec![Arc::clone(&values)], &[values])
}
