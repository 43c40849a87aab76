//! Tests of the shapes as a whole.

mod laws;
mod page;
mod tree;
mod updates;

use crate::{Color, Element, Localized};

/// A category with two values, a value with a value below it, and one right below the root.
fn airports() -> Vec<Element> {
    vec![
        Element::value("SFO").under("west"),
        Element::group("west").named(Localized::new("West").with("nl", "Westen")).colored(Color::new(0, 128, 255)),
        Element::value("LAX").under("west").ordered(0.5),
        Element::value("JFK").under("NYC"),
        Element::value("NYC").ordered(2.0),
        Element::value("ANC"),
    ]
}

fn by_id(mut elements: Vec<Element>) -> Vec<Element> {
    elements.sort_by(|left, right| left.id.cmp(&right.id));
    elements
}
