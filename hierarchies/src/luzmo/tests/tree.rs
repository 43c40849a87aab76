//! The tree shape.

use serde_json::{Value, json};

use super::{airports, by_id};
use crate::luzmo::{Imported, export, import};
use crate::{Color, Element, Fault, Localized, MOST_DEPTH};

/// A tree as the service gives it, with the fields that it adds.
const GIVEN: &str = r##"[{
    "id": "", "name": {"en": "All", "nl": "Alle"}, "color": "#ccc", "virtual": true, "children": [
        {"id": "Boats", "name": {"en": "Boats"}, "color": null, "virtual": false, "children": [],
         "order_index": null, "tree_order_index": 0.5, "trace": ["", "Boats"], "cardinality": 3},
        {"id": "7c0f", "name": {"en": "Things"}, "virtual": true, "extra": {"children": [{"id": "x"}]}, "children": [
            {"id": "Cups", "name": {"en": "Cups", "nl": "Kopjes"}, "color": "#FF8000", "virtual": false, "children": [],
             "order_index": 4, "tree_order_index": 1, "trace": ["", "7c0f", "Cups"]}
        ]}
    ]
}]"##;

fn things() -> Imported {
    Imported {
        elements: vec![
            Element::value("Boats").named("Boats").ordered(0.5),
            Element::group("7c0f").named("Things"),
            Element::value("Cups")
                .under("7c0f")
                .named(Localized::new("Cups").with("nl", "Kopjes"))
                .colored(Color::new(255, 128, 0))
                .ordered(4.0),
        ],
        all: Localized::new("All").with("nl", "Alle"),
    }
}

#[track_caller]
fn check(text: &str, elements: &[Element], all: &Localized) {
    let imported = import(text).unwrap();
    assert_eq!(imported.elements, elements, "{text}");
    assert_eq!(&imported.all, all, "{text}");
}

#[track_caller]
fn check_faults(text: &str, faults: &[Fault]) {
    assert_eq!(import(text).unwrap_err().faults(), faults, "{text}");
}

#[track_caller]
fn check_wrong(text: &str, at: &str, message: &str) {
    let error = import(text).unwrap_err();
    assert_eq!(error.at(), Some(at), "{text}: {error}");
    assert!(error.to_string().contains(message), "{text}: {error}");
}

fn id(id: &str) -> String {
    id.to_owned()
}

#[test]
fn a_tree_of_the_service_is_read() {
    assert_eq!(import(GIVEN), Ok(things()));
}

#[test]
fn a_tree_is_written_with_siblings_in_their_order() {
    let leaf = |id: &str, order: Value, trace: Value| {
        json!({"id": id, "name": {}, "color": null, "virtual": false, "children": [],
               "order_index": null, "tree_order_index": order, "trace": trace})
    };
    let mut nyc = leaf("NYC", json!(2.0), json!(["", "NYC"]));
    nyc["children"] = json!([leaf("JFK", Value::Null, json!(["", "NYC", "JFK"]))]);
    let west = json!({"id": "west", "name": {"en": "West", "nl": "Westen"}, "color": "#0080ff", "virtual": true,
        "children": [
            leaf("LAX", json!(0.5), json!(["", "west", "LAX"])),
            leaf("SFO", Value::Null, json!(["", "west", "SFO"])),
        ],
        "order_index": null, "tree_order_index": null, "trace": ["", "west"]});
    let anc = leaf("ANC", Value::Null, json!(["", "ANC"]));
    let root =
        json!([{"id": "", "name": {"en": "World"}, "color": null, "virtual": true, "children": [nyc, anc, west]}]);
    assert_eq!(export(&airports(), &Localized::new("World")), root);
}

#[test]
fn no_members_are_a_root_alone() {
    let root = json!([{"id": "", "name": {}, "color": null, "virtual": true, "children": []}]);
    assert_eq!(export(&[], &Localized::default()), root);
    assert_eq!(import(&root.to_string()), Ok(Imported::default()));
}

#[test]
fn the_root_may_be_alone_or_left_out() {
    let none = Localized::default();
    let members = [Element::value("a"), Element::value("b").under("a"), Element::value("c")];
    let nodes = r#"{"id":"a","children":[{"id":"b"}]},{"id":"c"}"#;
    check("[]", &[], &none);
    check(&format!("[{nodes}]"), &members, &none);
    check(&format!(r#"[{{"id":"","children":[{nodes}]}}]"#), &members, &none);
    check(&format!(r#"{{"id":"_$root","name":"All","children":[{nodes}]}}"#), &members, &Localized::new("All"));
    check(r#"[{"id":"a","children":[{"id":"b"}]},{"id":"","children":[{"id":"c"}]}]"#, &members, &none);
    check(r#"{"id":"c"}"#, &[Element::value("c")], &none);
    check(
        r#"{"children":[{"id":"c"}],"name":{"nl":"Alle"},"id":""}"#,
        &[Element::value("c")],
        &none.with("nl", "Alle"),
    );
}

#[test]
fn ids_are_texts_of_any_kind() {
    for id in ["\"", "null", "é😀", "a/b~c", "\\", " ", "$root", "[\"\",\"a\"]", "0", "\u{202e}"] {
        let elements = vec![Element::value(id).named(id), Element::group("x").under(id)];
        let all = Localized::new(id);
        let text = export(&elements, &all).to_string();
        assert_eq!(import(&text), Ok(Imported { elements, all }), "{text}");
    }
}

#[test]
fn traces_have_to_be_the_way() {
    let tree =
        |trace: &str| format!(r#"[{{"id":"","children":[{{"id":"a","children":[{{"id":"b","trace":{trace}}}]}}]}}]"#);
    assert!(import(&tree(r#"["","a","b"]"#)).is_ok());
    assert!(import(&tree(r#"["_$root","a","b"]"#)).is_ok());
    let at = "/0/children/0/children/0/trace";
    check_wrong(&tree(r#"["","b"]"#), at, "expected the way from the root to here");
    check_wrong(&tree(r#"["","x","b"]"#), at, "expected the way from the root to here");
    check_wrong(&tree(r#"["","a","a","b"]"#), at, "expected the way from the root to here");
    check_wrong(&tree(r#"["","a"]"#), at, "expected the id of the member as the last");
    check_wrong(&tree(r#"["a","b"]"#), &format!("{at}/0"), "expected the root");
}

#[test]
fn every_fault_is_listed() {
    check_faults(
        r#"[{"id":"a","level":1,"children":[{"id":"b","level":1},{"id":"c","level":4}]}]"#,
        &[
            Fault::LevelGap { id: id("b"), level: 1, expected: 2 },
            Fault::LevelGap { id: id("c"), level: 4, expected: 2 },
        ],
    );
    check_faults(
        r#"{"id":"","level":0,"children":[{"id":"a","level":1,"children":[{"id":"b","level":2}]},{"id":"b"}]}"#,
        &[Fault::TwoParents { id: id("b"), parents: vec![id("a"), String::new()] }],
    );
    let error = import(r#"[{"id":"a","level":7},{"id":"a"},{"id":"b\u0000"},{"id":"c","children":[{"id":""}]}]"#);
    let error = error.unwrap_err();
    let has = |fault: &Fault| error.faults().contains(fault);
    assert!(has(&Fault::LevelGap { id: id("a"), level: 7, expected: 1 }), "{error}");
    assert!(has(&Fault::Duplicate { id: id("a") }), "{error}");
    assert!(has(&Fault::ControlCharacter { id: id("b\0") }), "{error}");
    assert!(has(&Fault::EmptyId), "{error}");
    let error = import(r#"[{"id":"a","children":[{"id":"_$root"}]}]"#).unwrap_err();
    assert_eq!(error.faults(), [Fault::Reserved { id: id("_$root") }]);
}

#[test]
fn wrong_fields_are_listed_with_their_places() {
    check_wrong(r#"[{"id":"a"},{"id":"b","children":[{"name":"c"}]}]"#, "/1/children/0/id", "expected an id");
    check_wrong(r#"{"id":"","children":[{"id":1}]}"#, "/children/0/id", "expected a text");
    check_wrong(r#"[{"id":""},{"id":"a"},{"id":"_$root"}]"#, "/2/id", "expected no second root");
    let message = import(r#"[{"id":"a","color":1},[],{"id":"b","virtual":0}]"#).unwrap_err().to_string();
    for place in ["/0/color", "/1", "/2/virtual"] {
        assert!(message.contains(&format!("at {place}: expected ")), "{message}");
    }
}

#[test]
fn what_is_no_json_is_refused_with_the_byte() {
    assert_eq!(import("[{\"id\":\"a\"},").unwrap_err().offset(), Some(12));
    assert_eq!(import("\"a\"").unwrap_err().offset(), Some(0));
}

/// A chain of members, each under the one before.
fn chain(members: usize) -> Vec<Element> {
    let member = |number: usize| {
        let element = Element::value(format!("m{number}"));
        if number == 1 { element } else { element.under(format!("m{}", number - 1)) }
    };
    (1..=members).map(member).collect()
}

#[test]
fn the_deepest_tree_is_read_and_a_deeper_one_refused() {
    let text = export(&chain(MOST_DEPTH), &Localized::default()).to_string();
    assert_eq!(import(&text).map(|tree| by_id(tree.elements)), Ok(by_id(chain(MOST_DEPTH))));

    let text = format!("[{}{}]", r#"{"id":"ID","children":["#.repeat(MOST_DEPTH + 1), "]}".repeat(MOST_DEPTH + 1));
    let text: String = text.split("ID").enumerate().map(|(number, part)| format!("m{number}{part}")).collect();
    let text = text.replacen("m0", "", 1);
    let fault = Fault::TooDeep { id: format!("m{}", MOST_DEPTH + 1), depth: MOST_DEPTH + 1, most: MOST_DEPTH };
    check_faults(&text, &[fault]);
}

#[test]
fn what_hangs_on_no_root_or_too_deep_is_not_written() {
    let ids = |elements: &[Element]| -> Vec<String> {
        let elements = import(&export(elements, &Localized::default()).to_string()).unwrap().elements;
        elements.into_iter().map(|element| element.id).collect()
    };
    let (a, b) = (Element::value("a").under("b"), Element::value("b").under("a"));
    assert_eq!(ids(&[a, b, Element::value("c").under("x"), Element::value("d")]), ["d"]);
    assert_eq!(ids(&chain(100_000)).len(), MOST_DEPTH);

    // With their children written under both, these would be 2 to the power of 41 nodes.
    let twice: Vec<Element> = chain(40).into_iter().flat_map(|element| [element.clone(), element]).collect();
    let tree = export(&twice, &Localized::default()).to_string();
    assert_eq!(tree.matches("\"id\"").count(), 1 + twice.len());
}
