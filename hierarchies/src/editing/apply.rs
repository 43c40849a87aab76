//! Edits of a tree, all or none of them.

use super::draft::Draft;
use super::edit::Edit;
use super::validate::{faults, validate};
use crate::Element;
use crate::error::Result;

/// A tree after edits, which are done one after another. Elements keep their places in the list; new ones follow.
///
/// Only the tree in the end has to be [valid](validate): an element may be put under a parent that a later edit adds. A
/// move, however, is refused at once where it would put an element under itself, into its own subtree, or deeper than
/// [`MOST_DEPTH`](crate::MOST_DEPTH).
///
/// It takes time in proportion to the elements and the edits, and to the children that are lifted.
///
/// ```
/// use drillcore_hierarchies::{ChildRule, Edit, Element, apply};
///
/// let tree = [Element::group("west"), Element::value("LAX").under("west"), Element::value("SFO")];
/// let edits = [
///     Edit::Upsert(Element::group("pacific").named("Pacific")),
///     Edit::Move { id: "SFO".into(), parent: Some("pacific".into()), order: None },
///     Edit::Delete { id: "west".into(), children: ChildRule::Lift },
/// ];
/// let tree = apply(&tree, &edits)?;
/// assert_eq!(tree, [
///     Element::value("LAX"),
///     Element::value("SFO").under("pacific"),
///     Element::group("pacific").named("Pacific"),
/// ]);
///
/// let edits = [
///     Edit::Move { id: "pacific".into(), parent: Some("SFO".into()), order: None },
///     Edit::Delete { id: "JFK".into(), children: ChildRule::Refuse },
/// ];
/// let error = apply(&tree, &edits).unwrap_err();
/// let text = "`pacific` cannot be moved under itself or its own subtree; there is no member `JFK`";
/// assert_eq!(error.to_string(), text);
/// # Ok::<(), drillcore_hierarchies::Error>(())
/// ```
///
/// # Errors
///
/// The faults of the given elements, if there are any. Else the faults of all edits, in their order, and after them
/// those of the tree that the other edits give. A single fault refuses everything.
pub fn apply(elements: &[Element], edits: &[Edit]) -> Result<Vec<Element>> {
    validate(elements)?;
    let mut draft = Draft::of(elements);
    let mut found: Vec<_> = edits.iter().filter_map(|edit| draft.edit(edit).err()).collect();
    let edited = draft.elements();
    found.extend(faults(&edited));
    if found.is_empty() { Ok(edited) } else { Err(found.into()) }
}
