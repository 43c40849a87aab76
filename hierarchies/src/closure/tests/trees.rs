//! Trees over the values of a column.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::model::{Branch, check};
use super::told;
use crate::closure::Node;
use crate::{Closure, Element, Localized, NodeKind};

const STARTS: [&str; 6] = ["", "é", "Z", "a", "\"", "null and more than eight bytes "];
const ORDERS: [Option<f64>; 5] = [None, Some(-1.0), Some(0.0), Some(-0.0), Some(2.5)];

type Drawn = (Vec<Element>, Vec<Option<String>>);

/// Elements in any order, and values of which some are elements and some occur more than once.
fn trees() -> impl Strategy<Value = Drawn> {
    let element = (any::<u32>(), any::<u32>(), 0..ORDERS.len(), any::<bool>());
    let elements = proptest::collection::vec(element, 0..24);
    (elements, proptest::collection::vec(any::<u32>(), 0..24)).prop_map(|(drawn, picks)| -> Drawn {
        let ids: Vec<String> = (0..drawn.len()).map(|index| format!("{}{index}", STARTS[index % 6])).collect();
        let mut elements: Vec<(u32, Element)> = Vec::new();
        for (index, (above, place, order, is_virtual)) in drawn.into_iter().enumerate() {
            // The root, or one of the elements before.
            let parent = (above as usize % (index + 1)).checked_sub(1).map(|parent| ids[parent].clone());
            let (id, name, color, order) = (ids[index].clone(), Localized::default(), None, ORDERS[order]);
            elements.push((place, Element { id, parent, name, color, order, is_virtual }));
        }
        elements.sort_by_key(|(place, _)| *place);
        let value = |pick: u32| match pick as usize % (ids.len() + 6) {
            0 => None,
            other @ 1..6 => Some(format!("unknown {other}")),
            other => Some(ids[other - 6].clone()),
        };
        (elements.into_iter().map(|(_, element)| element).collect(), picks.into_iter().map(value).collect())
    })
}

/// The element and all under it.
fn branch(element: &Element, drawn: &Drawn) -> Branch {
    let (elements, values) = drawn;
    let kind = if element.is_virtual { NodeKind::Virtual } else { NodeKind::Member };
    let mut this = Branch::new(kind, Some(&element.id));
    this.order = element.order;
    if !element.is_virtual {
        this.inputs = inputs(values, Some(&element.id));
    }
    let below = elements.iter().filter(|other| other.parent.as_ref() == Some(&element.id));
    this.children = below.map(|child| branch(child, drawn)).collect();
    this
}

fn inputs(values: &[Option<String>], value: Option<&str>) -> Vec<usize> {
    let all = values.iter().enumerate();
    all.filter(|(_, other)| other.as_deref() == value).map(|(index, _)| index).collect()
}

fn tree(drawn: &Drawn) -> Branch {
    let (elements, values) = drawn;
    let mut root = Branch::root();
    let top = elements.iter().filter(|element| element.parent.is_none());
    root.children = top.map(|element| branch(element, drawn)).collect();
    if values.contains(&None) {
        let mut null = Branch::new(NodeKind::Null, None);
        null.inputs = inputs(values, None);
        root.children.push(null);
    }
    let has_place = |value: &str| elements.iter().any(|element| !element.is_virtual && element.id == value);
    let lost: BTreeSet<&str> = values.iter().flatten().map(String::as_str).filter(|value| !has_place(value)).collect();
    if !lost.is_empty() {
        let mut unassigned = Branch::new(NodeKind::Unassigned, Some(""));
        for value in lost {
            let mut member = Branch::new(NodeKind::Member, Some(value));
            member.inputs = inputs(values, Some(value));
            unassigned.children.push(member);
        }
        root.children.push(unassigned);
    }
    root
}

fn closure((elements, values): &Drawn) -> Closure {
    let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
    Closure::of_tree(elements, &values).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_closure_of_a_tree_is_the_tree(
        drawn in trees(),
        open in proptest::collection::vec(any::<usize>(), 0..12),
    ) {
        check(&closure(&drawn), tree(&drawn), drawn.1.len(), &open);
    }
}

#[test]
fn nothing_is_a_root_alone() {
    check(&closure(&(vec![], vec![])), Branch::root(), 0, &[0]);
}

#[test]
fn siblings_own_rows_and_values_without_a_place() {
    let elements = [
        Element::value("LAX").under("west"),
        Element::value("SFO").under("west").ordered(2.0),
        Element::group("west").ordered(9.0),
        Element::value("east"),
        Element::value("JFK").under("east"),
        Element::value("EWR").under("east").ordered(f64::MAX),
        Element::group("closed"),
    ];
    let values = [Some("west"), None, Some("JFK"), Some("east"), Some("BOS"), Some("LAX")];
    let closure = Closure::of_tree(&elements, &values).unwrap();
    let shown: Vec<String> = closure
        .subtree(Node::ROOT)
        .map(|number| {
            let node = closure.node(number).unwrap();
            format!("{}{}", "-".repeat(closure.depth(node)), closure.name(node, "en").unwrap_or("NULL"))
        })
        .collect();
    let expected = ["All -west --SFO --LAX -closed -east --(own)", "--EWR --JFK -NULL -(unassigned) --BOS --west"];
    assert_eq!(shown.join(" "), expected.join(" "));
    assert_eq!(closure.row_nodes(), [12, 9, 8, 6, 11, 3]);
    // The virtual one is at the top of the tree; the value of that name is only found by its id.
    assert_eq!(closure.find(&["west"].into_iter().collect()), closure.node(1));
    assert_eq!(closure.find_id("west"), [1, 12].map(Node));
    assert_eq!(closure.path(Node(6)), closure.path(Node(5)));
    assert_eq!(closure.id(Node(6)), Some("east"));
}

#[test]
fn all_faults_of_elements_are_listed() {
    let elements = [
        Element::value("c").under("b"),
        Element::value("b").under("a"),
        Element::value("a").under("c"),
        Element::value("under the ring").under("b"),
        Element::value("self").under("self"),
        Element::value("good"),
        Element::value("twice").under("good"),
        Element::group("twice").under("good"),
        Element::value("torn").under("self"),
        Element::value("torn"),
        Element::value("torn").under("self"),
        Element::value("lost").under("nobody"),
    ];
    let error = Closure::of_tree(&elements, &[]).unwrap_err();
    let expected = ["twice twice", "torn under self | ", "lost without nobody", "cycle a > c > b", "cycle self"];
    assert_eq!(told(&error), expected);
}
