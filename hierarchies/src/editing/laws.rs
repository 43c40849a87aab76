//! Laws of edits, and a plain model of them: a map that is made anew for every edit.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{ChildRule, Edit, apply, validate};
use crate::{Element, Fault, MOST_DEPTH};

type Members = BTreeMap<String, Element>;

fn by_id(elements: &[Element]) -> Members {
    elements.iter().map(|element| (element.id.clone(), element.clone())).collect()
}

/// All ids on the way up that begins with an id, as far as there may be some above a member.
fn way_up(members: &Members, id: Option<&str>) -> Vec<String> {
    let mut way = Vec::new();
    let mut next = id;
    while let Some(id) = next
        && way.len() < MOST_DEPTH
    {
        way.push(id.to_owned());
        next = members.get(id).and_then(|member| member.parent.as_deref());
    }
    way
}

fn is_under(members: &Members, member: &Element, id: &str) -> bool {
    way_up(members, member.parent.as_deref()).iter().any(|above| above == id)
}

/// The members after an edit; nothing if it is refused.
fn step(members: &Members, edit: &Edit) -> Option<Members> {
    let all = || members.values().cloned();
    let next: Vec<Element> = match edit {
        Edit::Upsert(element) => all().filter(|member| member.id != element.id).chain([element.clone()]).collect(),
        Edit::Move { id, parent, order } => {
            let moved = Element { parent: parent.clone(), order: *order, ..members.get(id)?.clone() };
            let way = way_up(members, parent.as_deref());
            if way.contains(id) || way.len() >= MOST_DEPTH {
                return None;
            }
            all().filter(|member| member.id != *id).chain([moved]).collect()
        }
        Edit::Delete { id, children } => {
            let above = members.get(id)?.parent.clone();
            let is_child = |member: &Element| member.parent.as_ref() == Some(id);
            match children {
                ChildRule::Refuse if all().any(|member| is_child(&member)) => return None,
                ChildRule::Refuse => all().filter(|member| member.id != *id).collect(),
                ChildRule::Lift => {
                    let lift = |member: Element| {
                        if is_child(&member) { Element { parent: above.clone(), ..member } } else { member }
                    };
                    all().filter(|member| member.id != *id).map(lift).collect()
                }
                ChildRule::Delete => {
                    all().filter(|member| member.id != *id && !is_under(members, member, id)).collect()
                }
            }
        }
    };
    Some(by_id(&next))
}

/// Whether members are a tree. Their ids and orders are good in these tests.
fn is_tree(members: &Members) -> bool {
    members.values().all(|member| {
        let way = way_up(members, member.parent.as_deref());
        way.len() < MOST_DEPTH && way.iter().all(|id| members.contains_key(id))
    })
}

/// The members after edits; nothing if one of them is refused, or if they are no tree in the end.
fn model(elements: &[Element], edits: &[Edit]) -> Option<Members> {
    let edited = edits.iter().try_fold(by_id(elements), |members, edit| step(&members, edit))?;
    is_tree(&edited).then_some(edited)
}

/// A few ids, so that edits meet what others left.
fn id() -> impl Strategy<Value = String> {
    (0..12_usize).prop_map(|number| format!("m{number}"))
}

fn parent() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(id())
}

fn order() -> impl Strategy<Value = Option<f64>> {
    proptest::option::of(-3.0_f64..3.0)
}

/// Elements whose parents come before them: a tree.
fn tree() -> impl Strategy<Value = Vec<Element>> {
    let member = (any::<prop::sample::Index>(), order(), any::<bool>());
    proptest::collection::vec(member, 0..10).prop_map(|chosen| {
        let element = |(number, (above, order, is_virtual)): (usize, (prop::sample::Index, Option<f64>, bool))| {
            let parent = above.index(number + 1);
            let parent = (parent < number).then(|| format!("m{parent}"));
            let id = format!("m{number}");
            Element { parent, order, is_virtual, ..Element::value(id.as_str()).named(id) }
        };
        chosen.into_iter().enumerate().map(element).collect()
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let rule = prop_oneof![Just(ChildRule::Refuse), Just(ChildRule::Lift), Just(ChildRule::Delete)];
    let upsert = (id(), parent(), order(), any::<bool>()).prop_map(|(id, parent, order, is_virtual)| {
        Edit::Upsert(Element { parent, order, is_virtual, ..Element::value(id) })
    });
    prop_oneof![
        upsert,
        (id(), parent(), order()).prop_map(|(id, parent, order)| Edit::Move { id, parent, order }),
        (id(), rule).prop_map(|(id, children)| Edit::Delete { id, children }),
    ]
}

/// Elements that are seldom a tree: ids may come twice, parents may be missing or form rings.
fn elements() -> impl Strategy<Value = Vec<Element>> {
    let element = (id(), parent()).prop_map(|(id, parent)| Element { parent, ..Element::value(id) });
    proptest::collection::vec(element, 0..14)
}

proptest! {
    #[test]
    fn edits_do_what_the_model_does(tree in tree(), edits in proptest::collection::vec(edit(), 0..6)) {
        let edited = apply(&tree, &edits);
        match model(&tree, &edits) {
            None => prop_assert!(!edited.unwrap_err().faults().is_empty()),
            Some(expected) => {
                let edited = edited.unwrap();
                prop_assert_eq!(edited.len(), expected.len());
                prop_assert_eq!(by_id(&edited), expected);
                prop_assert!(validate(&edited).is_ok());
            }
        }
    }

    #[test]
    fn what_is_under_a_member_is_no_place_for_it(tree in tree(), id in id(), order in order()) {
        let known = by_id(&tree);
        prop_assume!(known.contains_key(&id));
        for target in &tree {
            let edit = Edit::Move { id: id.clone(), parent: Some(target.id.clone()), order };
            let moved = apply(&tree, &[Edit::Upsert(Element::value("new")), edit]);
            if target.id == id || is_under(&known, target, &id) {
                let error = moved.unwrap_err();
                prop_assert_eq!(error.faults(), &[Fault::UnderItself { id: id.clone() }]);
            } else {
                let moved = by_id(&moved.unwrap());
                let mut expected = known.clone();
                expected.insert("new".to_owned(), Element::value("new"));
                let changed = Element { parent: Some(target.id.clone()), order, ..known[&id].clone() };
                expected.insert(id.clone(), changed);
                prop_assert_eq!(moved, expected);
            }
        }
    }

    #[test]
    fn lifting_keeps_all_others_and_what_is_above_them(tree in tree(), id in id()) {
        let before = by_id(&tree);
        prop_assume!(before.contains_key(&id));
        let lifted = apply(&tree, &[Edit::Delete { id: id.clone(), children: ChildRule::Lift }]).unwrap();
        let ids: Vec<&str> = lifted.iter().map(|element| element.id.as_str()).collect();
        let others: Vec<&str> = tree.iter().map(|element| element.id.as_str()).filter(|other| *other != id).collect();
        prop_assert_eq!(ids, others);
        let after = by_id(&lifted);
        for element in &lifted {
            let mut way = way_up(&before, Some(element.id.as_str()));
            way.retain(|above| *above != id);
            prop_assert_eq!(way_up(&after, Some(element.id.as_str())), way);
        }
    }

    #[test]
    fn a_tree_can_be_written_as_upserts_in_any_order((tree, shuffled) in tree().prop_flat_map(|tree| {
        let edits: Vec<Edit> = tree.iter().cloned().map(Edit::Upsert).collect();
        (Just(tree), Just(edits).prop_shuffle())
    })) {
        let made = apply(&[], &shuffled).unwrap();
        prop_assert_eq!(by_id(&made), by_id(&tree));
    }

    #[test]
    fn what_is_no_tree_is_found_out(elements in elements()) {
        let known = by_id(&elements);
        let faults = validate(&elements).map_or_else(|error| error.faults().to_vec(), |()| Vec::new());
        let is_sound = known.len() == elements.len() && is_tree(&known);
        prop_assert_eq!(faults.is_empty(), is_sound);

        // With every id once, there is no doubt about parents.
        if known.len() < elements.len() {
            return Ok(());
        }
        let mut in_rings = BTreeSet::new();
        let mut orphans = BTreeSet::new();
        for fault in &faults {
            match fault {
                Fault::Cycle { members } => {
                    prop_assert_eq!(members.iter().min(), members.first());
                    for (member, parent) in members.iter().zip(members.iter().cycle().skip(1)) {
                        prop_assert_eq!(known[member].parent.as_ref(), Some(parent));
                        prop_assert!(in_rings.insert(member.clone()));
                    }
                }
                Fault::Orphan { id, parent } => {
                    prop_assert_eq!(known[id].parent.as_ref(), Some(parent));
                    prop_assert!(orphans.insert(id.clone()));
                }
                other => return Err(TestCaseError::fail(other.to_string())),
            }
        }
        for (id, element) in &known {
            prop_assert_eq!(in_rings.contains(id), is_under(&known, element, id));
            let is_orphan = element.parent.as_ref().is_some_and(|parent| !known.contains_key(parent));
            prop_assert_eq!(orphans.contains(id), is_orphan);
        }
    }
}
