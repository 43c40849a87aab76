//! The page on hierarchies keeps its word: its documents are read, and belong together.

use std::path::Path;

use super::by_id;
use crate::luzmo::{Imported, export, import, import_updates};
use crate::{Edit, Element, Hierarchy, Kind, Localized, apply};

/// The blocks of the page that are documents of hierarchies; it may hold queries too.
fn blocks() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/hierarchies.md");
    let page = std::fs::read_to_string(path).unwrap();
    page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

fn block(with: &str) -> String {
    blocks().into_iter().find(|block| block.contains(with)).unwrap_or_else(|| panic!("no block with {with}"))
}

/// The elements of the tree that the page is about.
fn elements() -> Vec<Element> {
    let tree: Hierarchy = serde_json::from_str(&block("\"kind\": \"tree\"")).unwrap();
    let Kind::Tree { elements, .. } = tree.kind else { panic!("another kind") };
    elements
}

#[test]
fn definitions_are_valid() {
    let definitions: Vec<String> = blocks().into_iter().filter(|block| block.contains("\"kind\": ")).collect();
    assert!(definitions.len() >= 4, "{definitions:?}");
    for text in definitions {
        let hierarchy: Hierarchy = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(hierarchy.validate(), Ok(()), "{text}");
    }
}

#[test]
fn the_tree_of_the_service_is_the_tree() {
    let text = block("\"tree_order_index\": 0.5");
    let tree = import(&text).unwrap();
    let all = Localized::new("All");
    assert_eq!(tree, Imported { elements: elements(), all: all.clone() });
    assert_eq!(export(&elements(), &all), serde_json::from_str::<serde_json::Value>(&text).unwrap());
}

#[test]
fn edits_and_updates_are_of_the_tree() {
    let edits: Vec<Edit> = serde_json::from_str(&block("\"edit\": \"move\"")).unwrap();
    let edited = by_id(apply(&elements(), &edits).unwrap());
    let ids: Vec<&str> = edited.iter().map(|element| element.id.as_str()).collect();
    assert_eq!(ids, ["JFK", "NYC", "SEA", "SFO", "west"]);

    let updates = import_updates(&block("\"updates\": ["), &elements()).unwrap();
    let updated = apply(&elements(), &updates).unwrap();
    assert!(updated.contains(&Element::value("SEA").under("west").named("Seattle")));
    let colored =
        Element::value("LAX").under("west").named("Los Angeles").ordered(0.5).colored("#ff8000".parse().unwrap());
    assert!(updated.contains(&colored));
}
