//! The closure of a tree over the values of a column.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::arena::{Arena, fits};
use super::given::{Given, Linked};
use crate::closure::column::{at, number, put};
use crate::closure::key::Key;
use crate::closure::names::Names;
use crate::closure::{Closure, NodeKind};
use crate::{Color, Element, Localized, Orphans, Result};

impl Closure {
    /// The closure of a tree, given as elements, over the values of a column. The values are the inputs; each is wanted
    /// once, NULL only if there are rows without a value.
    ///
    /// A value that is no element has no place in the tree and comes under the unassigned node. So does a value that is
    /// the id of a virtual element, because a virtual element is no value. An element that is no value is a node
    /// without rows. NULL is a child of the root.
    ///
    /// # Errors
    ///
    /// Every id that is given twice, every parent that does not exist, and every cycle with its members. Ids, orders
    /// and limits of definitions are not looked at.
    pub fn of_tree(elements: &[Element], values: &[Option<&str>]) -> Result<Self> {
        fits(elements.len().saturating_add(values.len()))?;
        let given = elements.iter().map(|element| Given { id: &element.id, parent: element.parent.as_deref() });
        let given: Vec<Given<'_>> = given.collect();
        let linked = Linked::of(&given, Orphans::Error)?;
        let mut arena = Arena::with_capacity(elements.len().saturating_add(values.len()));
        let places = place_elements(&mut arena, elements, &linked);

        let place_of = |value: &str| {
            let index = linked.index.get(value).copied()?;
            elements.get(index as usize).filter(|element| !element.is_virtual).map(|_| at(&places, index))
        };
        let rows = place_values(&mut arena, values, place_of);
        let (mut closure, numbers) = arena.finish(&rows)?;
        let node_of = |place: &u32| at(&numbers, *place);
        closure.name_elements(elements.iter().zip(places.iter().map(node_of)));
        Ok(closure)
    }

    /// Keeps the names and colours of elements, given with their nodes.
    fn name_elements<'e>(&mut self, elements: impl Iterator<Item = (&'e Element, u32)>) {
        let mut names: Vec<(u32, Localized)> = Vec::new();
        let mut colors: Vec<(u32, Color)> = Vec::new();
        for (element, node) in elements {
            if !element.name.is_empty() {
                names.push((node, element.name.clone()));
            }
            colors.extend(element.color.map(|color| (node, color)));
        }
        names.sort_unstable_by_key(|(node, _)| *node);
        colors.sort_unstable_by_key(|(node, _)| *node);
        self.names = if names.is_empty() { Names::Ids } else { Names::Localized(names) };
        self.colors = colors;
    }
}

/// Puts the elements under their parents, siblings in their order, and tells their places.
fn place_elements<'a>(arena: &mut Arena<'a>, elements: &'a [Element], linked: &Linked<'_>) -> Vec<u32> {
    let keys = elements.par_iter().map(|element| (element.order, Key::new(Some(&element.id))));
    let mut sorted: Vec<(Option<f64>, Key<'_>, usize)> =
        keys.enumerate().map(|(index, (order, id))| (order, id, index)).collect();
    sorted.par_sort_unstable_by(|left, right| by_order(left.0, right.0).then_with(|| left.1.cmp(&right.1)));

    let mut places = vec![0_u32; elements.len()];
    // The root has place 0.
    for (place, (_, _, index)) in (1_u32..).zip(&sorted) {
        put(&mut places, number(*index), place);
    }
    for (_, _, index) in &sorted {
        let Some(element) = elements.get(*index) else { continue };
        let parent = linked.above.get(*index).copied().flatten().map_or(0, |parent| at(&places, parent));
        let kind = if element.is_virtual { NodeKind::Virtual } else { NodeKind::Member };
        arena.push(parent, kind, &element.id);
    }
    places
}

/// Elements with an order come first, ascending. The two zeros are the same order.
fn by_order(left: Option<f64>, right: Option<f64>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => (left + 0.0).total_cmp(&(right + 0.0)),
        _ => left.is_none().cmp(&right.is_none()),
    }
}

/// Finds the place of every value, and makes places for NULL and for the values that have none.
fn place_values<'a>(
    arena: &mut Arena<'a>,
    values: &[Option<&'a str>],
    place_of: impl Fn(&str) -> Option<u32> + Sync,
) -> Vec<u32> {
    let found: Vec<Option<u32>> = values.par_iter().map(|value| place_of((*value)?)).collect();
    let lost = values.par_iter().zip(&found).filter(|(_, place)| place.is_none());
    let mut lost: Vec<Key<'a>> = lost.filter_map(|(value, _)| value.map(|text| Key::new(Some(text)))).collect();
    lost.par_sort_unstable();
    lost.dedup();

    let null = if values.contains(&None) { arena.push(0, NodeKind::Null, "") } else { 0 };
    let unassigned = if lost.is_empty() { 0 } else { arena.push(0, NodeKind::Unassigned, "") };
    for text in lost.iter().filter_map(|key| key.text()) {
        arena.push(unassigned, NodeKind::Member, text);
    }
    let row = |(value, place): (&Option<&'a str>, &Option<u32>)| match (value, place) {
        (_, Some(place)) => *place,
        (None, None) => null,
        // Behind the unassigned node, in the same order.
        (Some(text), None) => match lost.binary_search(&Key::new(Some(*text))) {
            Ok(index) | Err(index) => unassigned + 1 + number(index),
        },
    };
    values.par_iter().zip(&found).map(row).collect()
}
