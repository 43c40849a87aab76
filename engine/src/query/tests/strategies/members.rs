//! Hierarchies and their members.

use drillcore_hierarchies::MemberPath;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::values::id;
use crate::query::{Expand, Member, MemberLevel, Members, Query, Reference, Target};

fn path() -> impl Strategy<Value = MemberPath> {
    let below = |path: MemberPath, member: Option<String>| match member {
        Some(text) => path.child(text),
        None => path.null_child(),
    };
    vec(option::of(any::<String>()), 0..4).prop_map(move |members| members.into_iter().fold(MemberPath::root(), below))
}

pub(super) fn member() -> BoxedStrategy<Member> {
    prop_oneof![
        any::<String>().prop_map(Member::Id),
        path().prop_map(Member::Path),
        path().prop_map(Member::Own),
        Just(Member::Unassigned),
    ]
    .boxed()
}

fn level() -> impl Strategy<Value = MemberLevel> {
    prop_oneof![(1..=u16::MAX).prop_map(MemberLevel::Number), id().prop_map(MemberLevel::Name)]
}

fn expand() -> impl Strategy<Value = Expand> {
    (0..=Query::MAX_EXPAND_DEPTH, vec(member(), 0..3)).prop_map(|(depth, open)| Expand { depth, open })
}

fn over(dataset: Option<String>, members: Members) -> Reference {
    Reference { dataset, target: Target::Hierarchy(members) }
}

/// A hierarchy as filters name it.
pub(super) fn hierarchy() -> BoxedStrategy<Reference> {
    (option::of(id()), id()).prop_map(|(dataset, id)| over(dataset, Members::new(id))).boxed()
}

/// A hierarchy as orders name it.
pub(super) fn leveled() -> BoxedStrategy<Reference> {
    (option::of(id()), id(), option::of(level()))
        .prop_map(|(dataset, id, level)| over(dataset, Members { level, ..Members::new(id) }))
        .boxed()
}

/// A hierarchy as a dimension has it.
pub(super) fn shown(grouped: bool) -> BoxedStrategy<Reference> {
    (option::of(id()), id(), option::of(level()), option::of(member()), option::of(expand()))
        .prop_map(move |(dataset, id, level, under, expand)| {
            let expand = expand.filter(|_| grouped && level.is_none());
            over(dataset, Members { level, under, expand, ..Members::new(id) })
        })
        .boxed()
}
