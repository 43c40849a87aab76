//! The members of a tree in the order in which they are written.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::{Element, MOST_DEPTH};

/// A member and where it stands.
#[derive(Debug)]
pub(super) struct Placed<'e> {
    pub(super) element: &'e Element,
    /// The index of its parent in the list; `None` right below the root.
    pub(super) parent: Option<usize>,
    /// How far it is from the root: 1 right below it.
    pub(super) depth: usize,
}

/// The members from the root down, each before what is under it and siblings in their order. What hangs on no root, or
/// deeper than a tree may be, is left out: the values written from here are nested, and must not get too deep.
pub(super) fn outline<'e>(elements: &'e [Element]) -> Vec<Placed<'e>> {
    let mut below: HashMap<Option<&'e str>, Vec<&'e Element>> = HashMap::new();
    for element in elements {
        below.entry(element.parent.as_deref()).or_default().push(element);
    }
    // Taken out of the map: should an id be there twice, its children are still written once.
    let mut children = |of: Option<&'e str>, parent: Option<usize>, depth: usize| {
        let mut siblings = below.remove(&of).unwrap_or_default();
        siblings.sort_by(|left, right| compare(right, left));
        siblings.into_iter().map(move |element| Placed { element, parent, depth })
    };
    let mut list = Vec::with_capacity(elements.len());
    let mut waiting: Vec<Placed<'e>> = children(None, None, 1).collect();
    while let Some(next) = waiting.pop() {
        if next.depth < MOST_DEPTH {
            waiting.extend(children(Some(next.element.id.as_str()), Some(list.len()), next.depth + 1));
        }
        list.push(next);
    }
    list
}

/// The ids from the child of the root to a member of the outline.
pub(super) fn way<'e>(list: &[Placed<'e>], to: &Placed<'e>) -> Vec<&'e str> {
    let mut way = Vec::with_capacity(to.depth);
    way.push(to.element.id.as_str());
    let mut above = to.parent;
    while let Some(placed) = above.and_then(|index| list.get(index)) {
        way.push(placed.element.id.as_str());
        above = placed.parent;
    }
    way.reverse();
    way
}

/// Siblings with an order come first, then the others by id.
fn compare(left: &Element, right: &Element) -> Ordering {
    let by_order = match (left.order, right.order) {
        // Adding zero makes -0.0 the zero it is equal to.
        (Some(left), Some(right)) => (left + 0.0).total_cmp(&(right + 0.0)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    };
    by_order.then_with(|| left.id.cmp(&right.id))
}
