//! What must hold of a tree.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::ways::{Ways, ways};
use crate::error::Result;
use crate::{Element, Fault, MOST_DEPTH, MOST_ELEMENTS, MOST_ID_BYTES};

/// The id of the root in updates; `""` is its id elsewhere.
const ROOT: &str = "_$root";

/// Checks that elements are a tree: every id once, every parent there, no member under itself, orders that are numbers,
/// and no more or deeper elements than [`MOST_ELEMENTS`] and [`MOST_DEPTH`].
///
/// ```
/// use drillcore_hierarchies::{Element, Fault, validate};
///
/// let faults = validate(&[
///     Element::group("west").under("east"),
///     Element::group("east").under("west"),
///     Element::value("LAX").under("west"),
///     Element::value("LAX"),
/// ]);
/// let error = faults.unwrap_err();
/// let two_parents = Fault::TwoParents { id: "LAX".into(), parents: vec!["west".into(), "".into()] };
/// let cycle = Fault::Cycle { members: vec!["east".into(), "west".into()] };
/// assert_eq!(error.faults(), [two_parents, cycle]);
/// ```
///
/// # Errors
///
/// All faults at once: the number of elements, then ids and orders, ids that are given more than once, parents that do
/// not exist, cycles, and what is too deep; each in the order of the elements, cycles by their least member. Where an
/// id is given more than once, the first of its elements is the one that others are under. A member whose parent does
/// not exist counts as a child of the root.
pub fn validate(elements: &[Element]) -> Result<()> {
    let faults = faults(elements);
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// Everything that is wrong with elements.
pub(super) fn faults(elements: &[Element]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if elements.len() > MOST_ELEMENTS {
        faults.push(Fault::TooMany { members: elements.len(), most: MOST_ELEMENTS });
    }
    for element in elements {
        check_element(element, &mut faults);
    }
    let indexes = check_ids(elements, &mut faults);
    let parents = check_parents(elements, &indexes, &mut faults);
    check_ways(elements, &ways(&parents), &mut faults);
    faults
}

fn check_element(element: &Element, faults: &mut Vec<Fault>) {
    let id = &element.id;
    match id.as_str() {
        "" => faults.push(Fault::EmptyId),
        ROOT => faults.push(Fault::Reserved { id: id.clone() }),
        _ => {}
    }
    if id.len() > MOST_ID_BYTES {
        faults.push(Fault::id_too_long(id));
    }
    if id.chars().any(char::is_control) {
        faults.push(Fault::ControlCharacter { id: id.clone() });
    }
    if element.order.is_some_and(|order| !order.is_finite()) {
        faults.push(Fault::NotFinite { id: id.clone() });
    }
}

/// The index of the first element of every id.
fn check_ids<'e>(elements: &'e [Element], faults: &mut Vec<Fault>) -> HashMap<&'e str, usize> {
    let mut indexes = HashMap::with_capacity(elements.len());
    let mut again: Vec<(usize, &Element)> = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        match indexes.entry(element.id.as_str()) {
            Entry::Vacant(entry) => {
                entry.insert(index);
            }
            Entry::Occupied(entry) => again.push((*entry.get(), element)),
        }
    }
    again.sort_by_key(|(first, _)| *first);
    for same in again.chunk_by(|(left, _), (right, _)| left == right) {
        let Some(first) = same.first().and_then(|(first, _)| elements.get(*first)) else { continue };
        let mut seen = HashSet::new();
        let given = [first].into_iter().chain(same.iter().map(|(_, element)| *element));
        let mut parents: Vec<&str> = given.map(|element| element.parent.as_deref().unwrap_or_default()).collect();
        parents.retain(|parent| seen.insert(*parent));
        let id = first.id.clone();
        faults.push(if parents.len() == 1 {
            Fault::Duplicate { id }
        } else {
            Fault::TwoParents { id, parents: parents.into_iter().map(str::to_owned).collect() }
        });
    }
    indexes
}

/// The index of the parent of every element, nothing for children of the root and for orphans.
fn check_parents(elements: &[Element], indexes: &HashMap<&str, usize>, faults: &mut Vec<Fault>) -> Vec<Option<usize>> {
    let parent = |element: &Element| {
        let parent = element.parent.as_ref()?;
        let index = indexes.get(parent.as_str()).copied();
        if index.is_none() {
            faults.push(Fault::Orphan { id: element.id.clone(), parent: parent.clone() });
        }
        index
    };
    elements.iter().map(parent).collect()
}

fn check_ways(elements: &[Element], ways: &Ways, faults: &mut Vec<Fault>) {
    let id = |index: usize| elements.get(index).map(|element| element.id.clone());
    let mut cycles: Vec<Vec<String>> = Vec::with_capacity(ways.rings.len());
    for ring in &ways.rings {
        let mut members: Vec<String> = ring.iter().copied().filter_map(id).collect();
        let least = members.iter().enumerate().min_by_key(|(_, member)| *member).map_or(0, |(index, _)| index);
        members.rotate_left(least);
        cycles.push(members);
    }
    cycles.sort_unstable();
    faults.extend(cycles.into_iter().map(|members| Fault::Cycle { members }));
    for (element, depth) in elements.iter().zip(&ways.depths) {
        // Those deeper still are under one of these.
        if *depth == Some(MOST_DEPTH + 1) {
            faults.push(Fault::TooDeep { id: element.id.clone(), depth: MOST_DEPTH + 1, most: MOST_DEPTH });
        }
    }
}
