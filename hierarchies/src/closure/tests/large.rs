//! Many members, and deep ones: what recursion or quadratic work would not survive.

use crate::closure::Node;
use crate::{Closure, Element, Fault, HideIf, MemberPath, NodeKind, Orphans};

#[test]
fn a_hundred_thousand_elements() {
    let name = |number: u32| format!("member {number:06}");
    // Ten children each, the parents behind their children.
    let element = |number: u32| match number {
        0 => Element::value(name(0)),
        number => Element::value(name(number)).under(name((number - 1) / 10)),
    };
    let elements: Vec<Element> = (0..100_000).rev().map(element).collect();
    let values: Vec<String> = (0..150_000).map(name).collect();
    let values: Vec<Option<&str>> = values.iter().map(|value| Some(value.as_str())).collect();
    let closure = Closure::of_tree(&elements, &values).unwrap();

    // 10,000 members have children, and so own rows; 50,000 values have no place.
    assert_eq!(closure.len(), 1 + 100_000 + 10_000 + 1 + 50_000);
    assert_eq!(closure.height(), 6);
    let first = closure.find_id("member 000000");
    assert_eq!(first, [Node(1)]);
    assert_eq!(closure.subtree(Node(1)), 1..110_001);
    assert_eq!(closure.children(Node(1)).count(), 11);
    assert_eq!(closure.unassigned(), Some(Node(110_001)));
    assert_eq!(closure.children(Node(110_001)).count(), 50_000);
    for (value, row) in values.iter().zip(closure.row_nodes()).step_by(97) {
        assert_eq!(closure.id(Node(*row)), *value);
        assert!(closure.is_leaf(Node(*row)));
    }
    let at_two = closure.at_level(2);
    let counts = |above: &Node| at_two.iter().filter(|number| **number == above.number()).count();
    let total: usize = closure.children(Node(1)).map(|child| counts(&child)).sum();
    assert_eq!(total, 109_999);
}

#[test]
fn a_chain_of_two_hundred_thousand() {
    let count = 200_000_u32;
    let keys: Vec<String> = (0..count).map(|number| number.to_string()).collect();
    let keys: Vec<Option<&str>> = keys.iter().map(|key| Some(key.as_str())).collect();
    // Each key is under the one behind it; the last one is at the top.
    let parents: Vec<Option<&str>> = keys.iter().copied().skip(1).collect();
    let closure = Closure::of_parents(&keys, &parents, &[], Orphans::Error).unwrap();

    assert_eq!(closure.height(), 200_000);
    let bottom = closure.row_node(0).unwrap();
    assert_eq!((closure.depth(bottom), closure.kind(bottom)), (200_000, NodeKind::Member));
    let path = closure.path(bottom);
    assert_eq!(path.depth(), 200_000);
    assert_eq!(closure.find(&path), Some(bottom));
    // A member in the middle holds its own rows and all that is behind it.
    let middle = closure.find_id("100000")[0];
    assert!(closure.contains(middle, bottom));
    assert_eq!(closure.own_of(middle).map(Node::number), closure.row_nodes().get(100_000).copied());
    assert_eq!(closure.at_level(100_000)[bottom.number() as usize], middle.number());
    assert_eq!(closure.frontier(100_000, &[])[bottom.number() as usize], middle.number());

    // The same as a ring.
    let mut parents = parents;
    parents.push(Some("0"));
    let error = Closure::of_parents(&keys, &parents, &[], Orphans::Error).unwrap_err();
    assert!(matches!(error.faults(), [Fault::Cycle { members }] if members.len() == 200_000 && members[0] == "0"));
}

#[test]
fn a_path_of_two_hundred_thousand_levels() {
    let path: Vec<Option<&str>> = vec![Some("a"); 200_000];
    let short = path.iter().copied().take(150_000).collect();
    let closure = Closure::of_paths(&[path, short], HideIf::Never).unwrap();
    assert_eq!(closure.len(), 200_002);
    assert_eq!(closure.row_nodes(), [200_001, 150_001]);
    assert_eq!(closure.kind(Node(150_001)), NodeKind::Own);
    let bottom = closure.path(Node(200_001));
    assert_eq!(bottom, std::iter::repeat_n("a", 200_000).collect::<MemberPath>());
    assert_eq!(closure.find(&bottom), Some(Node(200_001)));
}
