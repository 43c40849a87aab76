//! The updates.

use serde_json::{Value, json};

use super::{airports, by_id};
use crate::luzmo::{export_updates, import_updates};
use crate::{Color, Edit, Element, Fault, Localized, apply};

fn text(updates: Value) -> String {
    [("updates", updates)].into_iter().collect::<Value>().to_string()
}

/// Checks what updates make of the airports.
#[track_caller]
fn check(updates: Value, change: impl FnOnce(&mut Vec<Element>)) {
    let text = text(updates);
    let edits = import_updates(&text, &airports()).unwrap();
    let mut expected = airports();
    change(&mut expected);
    assert_eq!(by_id(apply(&airports(), &edits).unwrap()), by_id(expected), "{text}");
}

#[track_caller]
fn check_faults(updates: Value, faults: &[Fault]) {
    let text = text(updates);
    assert_eq!(import_updates(&text, &airports()).unwrap_err().faults(), faults, "{text}");
}

#[track_caller]
fn check_wrong(updates: Value, at: &str, message: &str) {
    let text = text(updates);
    let error = import_updates(&text, &airports()).unwrap_err();
    assert_eq!(error.at(), Some(at), "{text}: {error}");
    assert!(error.to_string().contains(message), "{text}: {error}");
}

fn member<'e>(elements: &'e mut [Element], id: &str) -> &'e mut Element {
    elements.iter_mut().find(|element| element.id == id).unwrap()
}

#[test]
fn all_members_are_written_parents_first() {
    let update = |id: &str, trace: Value, order: Value| {
        let level = trace.as_array().unwrap().len() - 1;
        json!({"id": id, "name": {}, "color": null, "virtual": false, "order_index": null, "tree_order_index": order,
               "trace": trace, "level": level})
    };
    let mut west = update("west", json!(["_$root", "west"]), Value::Null);
    west["name"] = json!({"en": "West", "nl": "Westen"});
    west["color"] = json!("#0080ff");
    west["virtual"] = json!(true);
    let updates = json!({"updates": [
        update("NYC", json!(["_$root", "NYC"]), json!(2.0)),
        update("JFK", json!(["_$root", "NYC", "JFK"]), Value::Null),
        update("ANC", json!(["_$root", "ANC"]), Value::Null),
        west,
        update("LAX", json!(["_$root", "west", "LAX"]), json!(0.5)),
        update("SFO", json!(["_$root", "west", "SFO"]), Value::Null),
    ]});
    assert_eq!(export_updates(&airports()), updates);
    assert_eq!(export_updates(&[]), json!({"updates": []}));
}

#[test]
fn what_is_left_out_stays() {
    check(json!([]), |_| {});
    check(json!([{"id": "LAX"}]), |_| {});
    check(json!([{"id": "west", "name": "W"}]), |all| member(all, "west").name = Localized::new("W"));
    check(json!([{"id": "LAX", "color": "#f00"}]), |all| member(all, "LAX").color = Some(Color::new(255, 0, 0)));
    check(json!([{"id": "west", "color": null}]), |all| member(all, "west").color = None);
    check(json!([{"id": "LAX", "order_index": 7}]), |all| member(all, "LAX").order = Some(7.0));
    check(json!([{"id": "LAX", "tree_order_index": null}]), |all| member(all, "LAX").order = None);
    check(json!([{"id": "NYC", "virtual": true}]), |all| member(all, "NYC").is_virtual = true);
    check(json!([{"id": "LAX", "trace": ["", "LAX"]}]), |all| member(all, "LAX").parent = None);
    check(json!([{"id": "LAX", "level": 2, "subTreeLevel": 9, "other": [{}]}]), |_| {});
}

#[test]
fn updates_follow_each_other() {
    check(json!([{"id": "LAX", "name": "L"}, {"id": "LAX", "color": "#010203"}]), |all| {
        *member(all, "LAX") = Element::value("LAX").under("west").named("L").colored(Color::new(1, 2, 3)).ordered(0.5);
    });
    // A member may come before its parent, and its trace is the one after all updates.
    check(
        json!([{"id": "x", "trace": ["_$root", "NYC", "new", "x"], "level": 3},
               {"id": "new", "trace": ["_$root", "NYC", "new"], "virtual": true}]),
        |all| all.extend([Element::value("x").under("new"), Element::group("new").under("NYC")]),
    );
    check(
        json!([{"id": "SFO", "trace": ["_$root", "NYC", "west", "SFO"], "level": 3},
               {"id": "west", "trace": ["_$root", "NYC", "west"], "level": 2},
               {"id": "LAX", "level": 3}]),
        |all| member(all, "west").parent = Some("NYC".to_owned()),
    );
}

#[test]
fn every_update_is_an_upsert_of_the_whole_member() {
    let edits = import_updates(&text(json!([{"id": "LAX", "name": "L"}])), &airports()).unwrap();
    let [Edit::Upsert(element)] = edits.as_slice() else { panic!("another edit") };
    assert_eq!(element, &Element::value("LAX").under("west").named("L").ordered(0.5));
}

#[test]
fn levels_have_to_be_the_depths() {
    let gap = |id: &str, level: usize, expected: usize| Fault::LevelGap { id: id.to_owned(), level, expected };
    check_faults(
        json!([{"id": "LAX", "level": 1}, {"id": "new", "level": 2, "trace": ["", "new"]}, {"id": "ANC", "level": 1}]),
        &[gap("LAX", 1, 2), gap("new", 2, 1)],
    );
    check_faults(json!([{"id": "SFO", "level": 0}]), &[gap("SFO", 0, 2)]);
}

#[test]
fn the_root_is_not_updated() {
    check_faults(
        json!([{"id": "", "name": "World"}, {"id": "_$root", "name": "World", "trace": ["_$root"], "level": 0}]),
        &[Fault::EmptyId, Fault::Reserved { id: "_$root".to_owned() }],
    );
}

#[test]
fn traces_have_to_be_the_way() {
    let not_the_way = "expected the way from the root to the member";
    check_wrong(json!([{"id": "new", "name": "N"}]), "/updates/0/trace", "expected a trace, since the member is new");
    check_wrong(
        json!([{"id": "ANC"}, {"id": "new", "trace": ["_$root", "ANC", "west", "new"]}]),
        "/updates/1/trace",
        not_the_way,
    );
    check_wrong(json!([{"id": "LAX", "trace": ["_$root", "NYC", "west", "LAX"]}]), "/updates/0/trace", not_the_way);
    check_wrong(
        json!([{"id": "LAX", "trace": ["_$root", "west"]}]),
        "/updates/0/trace",
        "expected the id of the member",
    );
    check_wrong(json!([{"id": "LAX", "trace": ["west", "LAX"]}]), "/updates/0/trace/0", "expected the root");
}

#[test]
fn what_leads_nowhere_is_left_to_the_edits() {
    let edits = |updates: Value| import_updates(&text(updates), &airports()).unwrap();
    let faults = |updates: Value| apply(&airports(), &edits(updates)).unwrap_err().faults().to_vec();
    let orphan = Fault::Orphan { id: "LAX".to_owned(), parent: "south".to_owned() };
    assert_eq!(faults(json!([{"id": "LAX", "trace": ["_$root", "south", "LAX"]}])), [orphan]);
    assert!(!faults(json!([{"id": "west", "trace": ["_$root", "west", "LAX", "west"]}])).is_empty());
}

#[test]
fn wrong_fields_are_listed_with_their_places() {
    check_wrong(json!(null), "/updates", "expected an array of updates");
    check_wrong(json!([{"id": "LAX"}, []]), "/updates/1", "expected an object");
    check_wrong(json!([{"name": "x"}]), "/updates/0/id", "expected an id");
    check_wrong(json!([{"id": "LAX", "name": {"en": 1}}]), "/updates/0/name/en", "expected a text");
    let updates = json!([{"id": "LAX", "color": "blue"}, 3, {"id": "SFO", "virtual": "no"}]);
    let message = import_updates(&text(updates), &airports()).unwrap_err().to_string();
    for place in ["/updates/0/color", "/updates/1", "/updates/2/virtual"] {
        assert!(message.contains(&format!("at {place}: expected ")), "{message}");
    }
    let error = import_updates("{}", &[]).unwrap_err();
    assert_eq!(error.at(), Some("/updates"));
}

#[test]
fn what_is_no_json_is_refused_with_the_byte() {
    let offset = |text: &str| import_updates(text, &[]).unwrap_err().offset();
    assert_eq!(offset("[]"), Some(0));
    assert_eq!(offset(" \n3"), Some(2));
    assert_eq!(offset("{\n \"updates\": x}"), Some(14));
    // Where a text ends too early, the byte is its last or the one behind.
    assert!(offset("{\"updates\":\n[").is_some_and(|offset| (12..=13).contains(&offset)));
    assert_eq!(offset(""), Some(0));
}
