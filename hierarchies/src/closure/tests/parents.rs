//! Keys that name their parents.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::model::{Branch, check};
use super::told;
use crate::{Closure, Fault, NodeKind, Orphans};

/// A key and its parent.
type Row = (Option<String>, Option<String>);
type Rows = Vec<Row>;

/// Keys that are unique, some of them NULL, with parents that are keys, missing, or NULL.
fn any_rows() -> impl Strategy<Value = Rows> {
    proptest::collection::vec((any::<u32>(), any::<u32>(), 0..12_u8), 0..20).prop_map(|drawn| -> Rows {
        let key = |index: usize| format!("{}{index}", ["k", "", "a key of many bytes "][index % 3]);
        let count = drawn.len();
        let mut rows: Vec<(u32, Row)> = Vec::new();
        for (index, (above, place, chance)) in drawn.into_iter().enumerate() {
            // Most parents come before; few can close a ring.
            let parent = match (chance, above as usize) {
                (0, _) => None,
                (1, above) => Some(format!("nobody {}", above % 3)),
                (2..4, above) => Some(key(above % count)),
                (_, above) => Some(key(above % (index + 1))),
            };
            rows.push((place, ((chance != 11).then(|| key(index)), parent)));
        }
        rows.sort_by_key(|(place, _)| *place);
        rows.into_iter().map(|(_, row)| row).collect()
    })
}

/// The parent of a key that has one, asked of the rows.
fn parent<'r>(rows: &'r Rows, key: &str) -> Option<&'r str> {
    let row = rows.iter().find(|(other, _)| other.as_deref() == Some(key))?;
    row.1.as_deref().filter(|parent| *parent != key)
}

fn is_key(rows: &Rows, key: &str) -> bool {
    rows.iter().any(|(other, _)| other.as_deref() == Some(key))
}

/// Whether the way up from a key comes back to it.
fn is_in_ring(rows: &Rows, key: &str) -> bool {
    let mut next = parent(rows, key);
    for _ in rows {
        match next {
            Some(above) if above == key => return true,
            Some(above) => next = parent(rows, above),
            None => return false,
        }
    }
    false
}

fn branch(rows: &Rows, key: &str, input: usize) -> Branch {
    let mut branch = Branch::new(NodeKind::Member, Some(key));
    branch.inputs = vec![input];
    branch.children = below(rows, |parent| parent == Some(key));
    branch
}

fn below(rows: &Rows, is_parent: impl Fn(Option<&str>) -> bool) -> Vec<Branch> {
    let keys = rows.iter().enumerate().filter_map(|(input, (key, _))| Some((key.as_deref()?, input)));
    keys.filter(|(key, _)| is_parent(parent(rows, key))).map(|(key, input)| branch(rows, key, input)).collect()
}

fn tree(rows: &Rows) -> Branch {
    let mut root = Branch::root();
    root.children = below(rows, |parent| parent.is_none_or(|parent| !is_key(rows, parent)));
    let nulls: Vec<usize> = (0..rows.len()).filter(|input| rows[*input].0.is_none()).collect();
    if !nulls.is_empty() {
        let mut null = Branch::new(NodeKind::Null, None);
        null.inputs = nulls;
        root.children.push(null);
    }
    root
}

fn closure(rows: &Rows, orphans: Orphans) -> crate::Result<Closure> {
    let keys: Vec<Option<&str>> = rows.iter().map(|(key, _)| key.as_deref()).collect();
    let parents: Vec<Option<&str>> = rows.iter().map(|(_, parent)| parent.as_deref()).collect();
    Closure::of_parents(&keys, &parents, &[], orphans)
}

/// Checks that the faults are all the rings and all the orphans, and nothing else.
fn check_faults(rows: &Rows, faults: &[Fault], orphans: Orphans) {
    let keys = || rows.iter().filter_map(|(key, _)| key.as_deref());
    let mut in_rings: Vec<&str> = Vec::new();
    let mut lost: Vec<(&str, &str)> = Vec::new();
    for fault in faults {
        match fault {
            Fault::Cycle { members } => {
                assert_eq!(members.first(), members.iter().min());
                for (member, above) in members.iter().zip(members.iter().cycle().skip(1)) {
                    assert_eq!(parent(rows, member), Some(above.as_str()));
                }
                in_rings.extend(members.iter().map(String::as_str));
            }
            Fault::Orphan { id, parent } => lost.push((id.as_str(), parent.as_str())),
            other => panic!("another fault: {other}"),
        }
    }
    let rings: BTreeSet<&str> = keys().filter(|key| is_in_ring(rows, key)).collect();
    assert_eq!(in_rings.len(), rings.len());
    assert_eq!(in_rings.into_iter().collect::<BTreeSet<&str>>(), rings);

    let missing = keys().filter_map(|key| Some((key, parent(rows, key).filter(|parent| !is_key(rows, parent))?)));
    let expected: Vec<(&str, &str)> = missing.filter(|_| orphans == Orphans::Error).collect();
    assert_eq!(lost, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_closure_of_keys_is_their_tree_or_all_their_faults(
        rows in any_rows(),
        open in proptest::collection::vec(any::<usize>(), 0..12),
    ) {
        for orphans in [Orphans::Root, Orphans::Error] {
            match closure(&rows, orphans) {
                Ok(closure) => {
                    check_faults(&rows, &[], orphans);
                    check(&closure, tree(&rows), rows.len(), &open);
                }
                Err(error) => {
                    prop_assert!(!error.faults().is_empty());
                    check_faults(&rows, error.faults(), orphans);
                }
            }
        }
    }
}

#[track_caller]
fn check_told(rows: &[(Option<&str>, Option<&str>)], orphans: Orphans, expected: &[&str]) {
    let own = |text: Option<&str>| text.map(str::to_owned);
    let rows: Rows = rows.iter().map(|(key, parent)| (own(*key), own(*parent))).collect();
    assert_eq!(closure(&rows, orphans).map_or_else(|error| told(&error), |_| Vec::new()), expected);
}

#[test]
fn all_faults_of_keys_are_listed() {
    let rows = [
        (Some("1"), Some("9")),
        (Some("2"), Some("2")),
        (Some("2"), None),
        (Some("3"), Some("2")),
        (Some("3"), None),
        (Some("6"), Some("5")),
        (Some("5"), Some("6")),
        (Some("8"), Some("7")),
        (Some("4"), Some("8")),
        (Some("7"), Some("4")),
        (None, Some("9")),
        (None, None),
    ];
    let rings = ["cycle 4 > 8 > 7", "cycle 5 > 6"];
    let twice = ["twice 2", "3 under 2 | "];
    check_told(&rows, Orphans::Root, &[&twice[..], &rings[..]].concat());
    check_told(&rows, Orphans::Error, &[&twice[..], &["1 without 9"][..], &rings[..]].concat());
    check_told(&rows[10..], Orphans::Error, &[]);
    check_told(&[(Some(""), Some("")), (Some("a"), Some(""))], Orphans::Error, &[]);
}

#[test]
fn parents_and_names_may_be_fewer_than_keys() {
    let keys = [Some("a"), None, Some("b"), Some("c")];
    let closure =
        Closure::of_parents(&keys, &[Some("b"), Some("b")], &[Some("Ann"), Some("Nil")], Orphans::Error).unwrap();
    let nodes = closure.row_nodes().iter().filter_map(|number| closure.node(*number));
    let rows: Vec<(u32, Option<&str>)> = nodes.map(|node| (node.number(), closure.name(node, "nl"))).collect();
    assert_eq!(rows, [(3, Some("Ann")), (5, None), (2, Some("(own)")), (4, Some("c"))]);
}
