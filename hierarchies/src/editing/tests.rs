//! Single edits, faults of trees, and large trees.

use super::{ChildRule, Edit, apply, validate};
use crate::{Color, Element, Fault, MOST_DEPTH, MOST_ELEMENTS, MOST_ID_BYTES};

fn text(text: &str) -> String {
    text.to_owned()
}

fn element(id: &str, parent: &str) -> Element {
    if parent.is_empty() { Element::value(id) } else { Element::value(id).under(parent) }
}

/// Elements with their parents, `""` for the root.
fn tree(members: &[(&str, &str)]) -> Vec<Element> {
    members.iter().map(|(id, parent)| element(id, parent)).collect()
}

fn upsert(id: &str, parent: &str) -> Edit {
    Edit::Upsert(element(id, parent))
}

fn relocate(id: &str, parent: &str) -> Edit {
    Edit::Move { id: text(id), parent: (!parent.is_empty()).then(|| text(parent)), order: None }
}

fn delete(id: &str, children: ChildRule) -> Edit {
    Edit::Delete { id: text(id), children }
}

/// Two leaves under a chain of two, and one member beside them.
const SMALL: [(&str, &str); 5] = [("a", ""), ("b", "a"), ("c", "b"), ("d", "b"), ("e", "")];

#[track_caller]
fn check(edits: &[Edit], expected: &[(&str, &str)]) {
    assert_eq!(apply(&tree(&SMALL), edits), Ok(tree(expected)));
}

#[track_caller]
fn check_wrong(edits: &[Edit], faults: &[Fault]) {
    let error = apply(&tree(&SMALL), edits).unwrap_err();
    assert_eq!(error.faults(), faults);
}

#[track_caller]
fn check_faults(elements: &[Element], faults: &[Fault]) {
    let found = validate(elements).map_err(|error| error.faults().to_vec());
    assert_eq!(found, if faults.is_empty() { Ok(()) } else { Err(faults.to_vec()) });
}

#[test]
fn elements_keep_their_places_and_new_ones_follow() {
    check(&[], &SMALL);
    check(&[upsert("b", ""), upsert("f", "e")], &[("a", ""), ("b", ""), ("c", "b"), ("d", "b"), ("e", ""), ("f", "e")]);
    check(&[relocate("b", "e")], &[("a", ""), ("b", "e"), ("c", "b"), ("d", "b"), ("e", "")]);
    check(&[delete("c", ChildRule::Refuse)], &[("a", ""), ("b", "a"), ("d", "b"), ("e", "")]);
    check(
        &[delete("e", ChildRule::Refuse), upsert("f", ""), upsert("e", "f")],
        &[("a", ""), ("b", "a"), ("c", "b"), ("d", "b"), ("f", ""), ("e", "f")],
    );
}

#[test]
fn an_upsert_replaces_all_but_the_children() {
    let old = [Element::group("a").named("A").colored(Color::new(1, 2, 3)).ordered(4.0), element("b", "a")];
    let new = Element::value("a").named("B");
    assert_eq!(apply(&old, &[Edit::Upsert(new.clone())]), Ok(vec![new, element("b", "a")]));
}

#[test]
fn a_move_keeps_all_but_the_parent_and_the_order() {
    let old = [Element::group("a").named("A").colored(Color::new(1, 2, 3)).ordered(4.0), Element::group("b")];
    let moved = |parent: Option<&str>, order| Edit::Move { id: text("a"), parent: parent.map(text), order };
    let [a, b] = old.clone();
    let expected = vec![a.clone().under("b").ordered(0.5), b.clone()];
    assert_eq!(apply(&old, &[moved(Some("b"), Some(0.5))]), Ok(expected));
    let expected = vec![Element { order: None, ..a }, b];
    assert_eq!(apply(&old, &[moved(Some("b"), Some(0.5)), moved(None, None)]), Ok(expected));
}

#[test]
fn children_of_what_is_deleted_follow_the_rule() {
    check(&[delete("b", ChildRule::Lift)], &[("a", ""), ("c", "a"), ("d", "a"), ("e", "")]);
    check(&[delete("a", ChildRule::Lift)], &[("b", ""), ("c", "b"), ("d", "b"), ("e", "")]);
    check(&[delete("a", ChildRule::Delete)], &[("e", "")]);
    let has_children = Fault::HasChildren { id: text("b"), children: 2 };
    check_wrong(&[delete("b", ChildRule::Refuse)], &[has_children]);
    // Children that left are no children, and those that came back are there once.
    check(
        &[relocate("c", "e"), delete("b", ChildRule::Delete), delete("a", ChildRule::Refuse)],
        &[("c", "e"), ("e", "")],
    );
    check(
        &[relocate("c", ""), relocate("c", "b"), delete("d", ChildRule::Refuse), delete("b", ChildRule::Lift)],
        &[("a", ""), ("c", "a"), ("e", "")],
    );
    let one = Fault::HasChildren { id: text("b"), children: 1 };
    check_wrong(&[relocate("c", ""), relocate("c", "b"), relocate("d", "e"), delete("b", ChildRule::Refuse)], &[one]);
}

#[test]
fn only_the_tree_in_the_end_has_to_be_whole() {
    check(
        &[upsert("f", "g"), relocate("e", "h"), upsert("h", ""), upsert("g", "h")],
        &[("a", ""), ("b", "a"), ("c", "b"), ("d", "b"), ("e", "h"), ("f", "g"), ("h", ""), ("g", "h")],
    );
    check(&[upsert("a", "b"), upsert("b", "")], &[("a", "b"), ("b", ""), ("c", "b"), ("d", "b"), ("e", "")]);
    check(&[delete("b", ChildRule::Delete), upsert("b", "e")], &[("a", ""), ("e", ""), ("b", "e")]);
}

#[test]
fn nothing_is_moved_under_itself() {
    for target in ["a", "b", "c"] {
        check_wrong(&[upsert("f", ""), relocate("a", target)], &[Fault::UnderItself { id: text("a") }]);
    }
    check_wrong(&[upsert("a", "c")], &[Fault::Cycle { members: vec![text("a"), text("c"), text("b")] }]);
    // A ring that upserts made has no end to be reached.
    check_wrong(
        &[upsert("a", "b"), relocate("e", "a")],
        &[
            Fault::TooDeep { id: text("e"), depth: MOST_DEPTH + 1, most: MOST_DEPTH },
            Fault::Cycle { members: vec![text("a"), text("b")] },
        ],
    );
}

#[test]
fn every_fault_of_every_edit_is_listed() {
    let edits = [
        relocate("x", "a"),
        delete("y", ChildRule::Lift),
        relocate("a", "d"),
        delete("a", ChildRule::Refuse),
        delete("e", ChildRule::Refuse),
        delete("e", ChildRule::Refuse),
        upsert("f", "z"),
        upsert("", ""),
        Edit::Move { id: text("c"), parent: None, order: Some(f64::INFINITY) },
    ];
    check_wrong(
        &edits,
        &[
            Fault::Unknown { id: text("x") },
            Fault::Unknown { id: text("y") },
            Fault::UnderItself { id: text("a") },
            Fault::HasChildren { id: text("a"), children: 1 },
            Fault::Unknown { id: text("e") },
            Fault::NotFinite { id: text("c") },
            Fault::EmptyId,
            Fault::Orphan { id: text("f"), parent: text("z") },
        ],
    );
}

#[test]
fn the_given_elements_have_to_be_a_tree() {
    let error = apply(&tree(&[("a", ""), ("a", "")]), &[delete("x", ChildRule::Refuse)]).unwrap_err();
    assert_eq!(error.faults(), [Fault::Duplicate { id: text("a") }]);
}

#[test]
fn ids_and_orders_are_checked() {
    let id = |id: &str| [Element::value(id)];
    check_faults(&id("null"), &[]);
    check_faults(&id(" "), &[]);
    check_faults(&id(&"é".repeat(MOST_ID_BYTES / 2)), &[]);
    check_faults(&id(""), &[Fault::EmptyId]);
    check_faults(&id("_$root"), &[Fault::Reserved { id: text("_$root") }]);
    check_faults(&id("a\u{7f}"), &[Fault::ControlCharacter { id: text("a\u{7f}") }]);
    let long = "é".repeat(MOST_ID_BYTES / 2) + "\n";
    check_faults(&id(&long), &[Fault::id_too_long(&long), Fault::ControlCharacter { id: long.clone() }]);
    for order in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        check_faults(&[Element::value("a").ordered(order)], &[Fault::NotFinite { id: text("a") }]);
    }
    check_faults(&[Element::value("a").ordered(-0.0)], &[]);
}

#[test]
fn an_id_has_one_place() {
    check_faults(&tree(&[("a", ""), ("b", "a"), ("b", "a"), ("b", "a")]), &[Fault::Duplicate { id: text("b") }]);
    let parents = vec![text("a"), text(""), text("x")];
    check_faults(
        &tree(&[("a", ""), ("c", ""), ("b", "a"), ("c", ""), ("b", ""), ("b", "x"), ("b", "a")]),
        &[
            Fault::Duplicate { id: text("c") },
            Fault::TwoParents { id: text("b"), parents },
            Fault::Orphan { id: text("b"), parent: text("x") },
        ],
    );
}

#[test]
fn cycles_are_given_from_child_to_parent_from_the_least_id() {
    let cycle = |members: &[&str]| Fault::Cycle { members: members.iter().copied().map(text).collect() };
    check_faults(&tree(&[("a", "a")]), &[cycle(&["a"])]);
    check_faults(
        &tree(&[("z", "y"), ("y", "x"), ("x", "z"), ("under", "z"), ("b", "c"), ("c", "b"), ("free", "")]),
        &[cycle(&["b", "c"]), cycle(&["x", "z", "y"])],
    );
}

/// A chain of so many members.
fn chain(members: usize) -> Vec<Element> {
    let id = |number: usize| format!("m{number}");
    let member = |number: usize| {
        if number == 0 { Element::value(id(0)) } else { Element::value(id(number)).under(id(number - 1)) }
    };
    (0..members).map(member).collect()
}

#[test]
fn trees_have_a_greatest_depth() {
    check_faults(&chain(MOST_DEPTH), &[]);
    let too_deep = Fault::TooDeep { id: text("m64"), depth: 65, most: 64 };
    check_faults(&chain(MOST_DEPTH + 1), std::slice::from_ref(&too_deep));
    let mut reversed = chain(MOST_ELEMENTS);
    reversed.reverse();
    check_faults(&reversed, std::slice::from_ref(&too_deep));

    let mut elements = chain(MOST_DEPTH);
    elements.push(Element::value("top"));
    assert!(apply(&elements, &[relocate("top", "m62")]).is_ok());
    let error = apply(&elements, &[relocate("top", "m63")]).unwrap_err();
    assert_eq!(error.faults(), [Fault::TooDeep { id: text("top"), depth: 65, most: 64 }]);
    let error = apply(&elements, &[relocate("m0", "top")]).unwrap_err();
    assert_eq!(error.faults(), [Fault::TooDeep { id: text("m63"), depth: 65, most: 64 }]);
}

#[test]
fn trees_have_a_greatest_number_of_elements() {
    let mut elements: Vec<Element> = (0..MOST_ELEMENTS).map(|number| Element::value(number.to_string())).collect();
    check_faults(&elements, &[]);
    elements.push(Element::value("one more"));
    check_faults(&elements, &[Fault::TooMany { members: MOST_ELEMENTS + 1, most: MOST_ELEMENTS }]);
}

/// What is quadratic in the elements or the edits does not end in a tolerable time here.
#[test]
fn a_large_tree_is_edited() {
    let groups = ["left", "right"].map(Element::group);
    let values = (2..MOST_ELEMENTS).map(|number| Element::value(number.to_string()).under("left"));
    let elements: Vec<Element> = groups.into_iter().chain(values).collect();
    let mut edits = Vec::new();
    for number in 2..5_002 {
        let id = number.to_string();
        edits.push(relocate(&id, "right"));
        edits.push(if number % 2 == 0 { delete(&id, ChildRule::Refuse) } else { relocate(&id, "left") });
    }
    edits.push(delete("left", ChildRule::Lift));
    let edited = apply(&elements, &edits).unwrap();
    assert_eq!(edited.len(), MOST_ELEMENTS - 2_500 - 1);
    assert!(edited.iter().all(|element| element.parent.is_none()));
}

#[test]
fn edits_are_tagged_in_json() {
    #[track_caller]
    fn check(edit: &Edit, json: &str) {
        assert_eq!(serde_json::to_string(edit).unwrap(), json);
        assert_eq!(&serde_json::from_str::<Edit>(json).unwrap(), edit);
    }
    check(&upsert("a", "b"), r#"{"edit":"upsert","id":"a","parent":"b"}"#);
    check(&relocate("a", ""), r#"{"edit":"move","id":"a"}"#);
    check(&delete("a", ChildRule::Lift), r#"{"edit":"delete","id":"a","children":"lift"}"#);
    let read = |json: &str| serde_json::from_str::<Edit>(json);
    let order = read(r#"{"order":3,"id":"a","edit":"move","parent":null}"#).unwrap();
    assert_eq!(order, Edit::Move { id: text("a"), parent: None, order: Some(3.0) });
    assert_eq!(read(r#"{"edit":"delete","id":"a"}"#).unwrap(), delete("a", ChildRule::Refuse));
    for (json, message) in [
        (r#"{"edit":"upsert","id":"a","colour":"red"}"#, "unknown field `colour`"),
        (r#"{"edit":"move","id":"a","name":{}}"#, "unknown field `name`"),
        (r#"{"edit":"move"}"#, "missing field `id`"),
        (r#"{"edit":"swap","id":"a"}"#, "unknown variant `swap`"),
        (r#"{"id":"a"}"#, "missing field `edit`"),
    ] {
        let error = read(json).unwrap_err().to_string();
        assert!(error.contains(message), "{json}: {error}");
    }
}
