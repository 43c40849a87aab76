//! What is written is read back, for any tree.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use super::by_id;
use crate::luzmo::{Imported, export, export_updates, import, import_updates};
use crate::{Color, Element, Localized, apply};

const IDS: [&str; 12] =
    ["\"", "null", "é😀", "a/b~c", "\\", " ", "_$roots", "[\"\"]", "0", "\u{fffd}\u{202e}", "A", "a"];

const ORDERS: [f64; 8] = [0.0, -0.0, 1.0, 0.1, -1.0 / 3.0, 5e-324, f64::MAX, f64::MIN];

fn names() -> impl Strategy<Value = Localized> {
    let entry = (select(vec!["en", "nl", "pt-BR", "", "a/b"]), select(vec!["", "null", "Ö\u{0}\n\"", "name"]));
    prop::collection::vec(entry, 0..3).prop_map(|entries| {
        entries.into_iter().fold(Localized::default(), |name, (locale, text)| name.with(locale, text))
    })
}

fn orders() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![Just(None), select(ORDERS.to_vec()).prop_map(Some), (-1e9..1e9_f64).prop_map(Some)]
}

/// Trees of up to 40 members, in any order.
fn trees() -> impl Strategy<Value = Vec<Element>> {
    let color = prop::option::of(any::<[u8; 3]>());
    let member = (prop::option::of(any::<Index>()), names(), color, orders(), any::<bool>());
    let tree = prop::collection::vec(member, 0..40).prop_map(|members| {
        let mut elements: Vec<Element> = Vec::new();
        for (number, (parent, name, color, order, is_virtual)) in members.into_iter().enumerate() {
            let id =
                IDS.get(number).map_or_else(|| format!("{}{number}", IDS[number % IDS.len()]), |id| (*id).to_owned());
            // Only members before it, so that there are no circles.
            let parent = parent.filter(|_| number > 0).map(|parent| parent.get(&elements).id.clone());
            let color = color.map(|[red, green, blue]| Color::new(red, green, blue));
            elements.push(Element { id, parent, name, color, order, is_virtual });
        }
        elements
    });
    tree.prop_shuffle()
}

/// The ids of the children of every node that is written, by its id.
fn written(node: &Value, children: &mut BTreeMap<String, Vec<String>>) {
    let id = |node: &Value| node["id"].as_str().unwrap().to_owned();
    let below = node["children"].as_array().unwrap();
    children.insert(id(node), below.iter().map(id).collect());
    for node in below {
        written(node, children);
    }
}

fn sorted_children(elements: &[Element], parent: Option<&str>) -> Vec<String> {
    let mut children: Vec<&Element> = elements.iter().filter(|element| element.parent.as_deref() == parent).collect();
    children.sort_by(|left, right| left.id.cmp(&right.id));
    let (mut first, last): (Vec<&Element>, Vec<&Element>) =
        children.into_iter().partition(|child| child.order.is_some());
    first.sort_by(|left, right| left.order.partial_cmp(&right.order).unwrap());
    first.into_iter().chain(last).map(|element| element.id.clone()).collect()
}

proptest! {
    #[test]
    fn a_tree_that_is_written_is_read_back(elements in trees(), all in names()) {
        let tree = import(&export(&elements, &all).to_string()).unwrap();
        let tree = Imported { elements: by_id(tree.elements), all: tree.all };
        prop_assert_eq!(tree, Imported { elements: by_id(elements), all });
    }

    #[test]
    fn siblings_are_written_in_their_order(elements in trees()) {
        let tree = export(&elements, &Localized::default());
        let mut children = BTreeMap::new();
        written(&tree[0], &mut children);
        prop_assert_eq!(children.len(), elements.len() + 1);
        for (id, children) in children {
            let parent = if id.is_empty() { None } else { Some(id.as_str()) };
            prop_assert_eq!(children, sorted_children(&elements, parent));
        }
    }

    #[test]
    fn updates_make_the_tree_from_nothing_and_do_not_change_it(elements in trees()) {
        let text = export_updates(&elements).to_string();
        let expected = by_id(elements.clone());
        let made = apply(&[], &import_updates(&text, &[]).unwrap()).unwrap();
        prop_assert_eq!(&by_id(made), &expected);
        let same = apply(&elements, &import_updates(&text, &elements).unwrap()).unwrap();
        prop_assert_eq!(&by_id(same), &expected);
    }

    #[test]
    fn updates_overwrite_all_that_members_have(elements in trees(), others in trees()) {
        // Every member is there, all below the root and with the looks of others.
        let mut looks = others.into_iter().cycle();
        let before: Vec<Element> = elements
            .iter()
            .map(|element| {
                let look = looks.next().unwrap_or_else(|| Element::group("x").colored(Color::new(1, 2, 3)).ordered(4.0));
                Element { id: element.id.clone(), parent: None, ..look }
            })
            .collect();
        let edits = import_updates(&export_updates(&elements).to_string(), &before).unwrap();
        prop_assert_eq!(by_id(apply(&before, &edits).unwrap()), by_id(elements));
    }
}
