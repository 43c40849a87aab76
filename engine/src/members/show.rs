//! Nodes as cells of an answer.

use drillcore_hierarchies::{Color, Node, NodeKind};

use super::MemberTree;
use crate::result::{MemberCell, MemberKind};

/// The cell that shows a node in a locale, without what only an expanded answer says. Nothing for the member of rows
/// without any value, which is a NULL cell; NULL below another member is a cell, because its path tells it apart.
pub(crate) fn member_cell(tree: &MemberTree, node: Node, locale: &str) -> Option<MemberCell> {
    let closure = tree.closure();
    let kind = match closure.kind(node) {
        NodeKind::Null if closure.parent(node) == Some(Node::ROOT) => return None,
        NodeKind::Member | NodeKind::Null => MemberKind::Member,
        NodeKind::Virtual => MemberKind::Virtual,
        NodeKind::Own => MemberKind::Own,
        NodeKind::Unassigned => MemberKind::Unassigned,
        NodeKind::Root => MemberKind::All,
    };
    Some(MemberCell {
        id: closure.id(node).map(str::to_owned),
        path: closure.path(node).members().map(|member| member.map(str::to_owned)).collect(),
        name: name(tree, node, locale).map(str::to_owned),
        color: color(tree, node).map(|color| color.to_string()),
        kind,
        ..MemberCell::default()
    })
}

/// The colour of a member, else that of its level.
fn color(tree: &MemberTree, node: Node) -> Option<Color> {
    let closure = tree.closure();
    let is_member = matches!(closure.kind(node), NodeKind::Member | NodeKind::Virtual)
        && closure.unassigned().is_none_or(|top| !closure.contains(top, node));
    let of_level = || tree.definition().level_color(closure.depth(node)).filter(|_| is_member);
    closure.color(node).or_else(of_level)
}

/// The name of a node where it is more than the id. Own rows are named as the member whose rows they are.
fn name<'a>(tree: &'a MemberTree, node: Node, locale: &str) -> Option<&'a str> {
    let closure = tree.closure();
    let named = match closure.kind(node) {
        NodeKind::Root => return closure.name(node, locale),
        NodeKind::Unassigned => return None,
        NodeKind::Own => closure.parent(node).filter(|member| *member != Node::ROOT)?,
        NodeKind::Member | NodeKind::Virtual | NodeKind::Null => node,
    };
    closure.name(named, locale).filter(|name| closure.id(named) != Some(*name))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use drillcore_hierarchies::{Color, Element, Hierarchy, Localized, Node};

    use super::member_cell;
    use crate::members::MemberTree;
    use crate::members::testing::{built, texts};
    use crate::result::{MemberCell, MemberKind};

    /// The cells of all nodes as JSON.
    fn cells(tree: &MemberTree, locale: &str) -> Vec<String> {
        let closure = tree.closure();
        let nodes = (0..).map_while(|number| closure.node(number));
        let cells = nodes.map(|node| member_cell(tree, node, locale));
        cells.map(|cell| serde_json::to_string(&cell).unwrap()).collect()
    }

    #[test]
    fn members_of_trees_are_shown_with_name_and_colour() {
        let elements = [
            Element::group("w").named(Localized::new("West").with("nl", "Westen")).colored(Color::new(0, 255, 1)),
            Element::value("LAX").under("w").named("Los Angeles").ordered(1.0),
            Element::value("T4").under("LAX"),
            Element::value("SEA").under("w").named("SEA"),
        ];
        let definition = Hierarchy::tree("regions", "airports", "faa", elements).all_named("Everywhere");
        let values = texts(&[Some("LAX"), Some("T4"), None, Some("JFK")]);
        let tree = built(definition, vec![Arc::clone(&values)], &[values]);
        let expected = [
            r#"{"id":"","path":[],"name":"Everywhere","all":true}"#,
            r##"{"id":"w","path":["w"],"name":"Westen","color":"#00ff01","virtual":true}"##,
            r#"{"id":"LAX","path":["w","LAX"],"name":"Los Angeles"}"#,
            r#"{"id":"LAX","path":["w","LAX"],"name":"Los Angeles","own":true}"#,
            r#"{"id":"T4","path":["w","LAX","T4"]}"#,
            r#"{"id":"SEA","path":["w","SEA"]}"#,
            "null",
            r#"{"id":"","path":[],"unassigned":true}"#,
            r#"{"id":"JFK","path":["JFK"]}"#,
        ];
        assert_eq!(cells(&tree, "nl-BE"), expected);
        let west = tree.closure().node(1).and_then(|west| member_cell(&tree, west, "fr")).unwrap();
        assert_eq!((west.name.as_deref(), west.kind), (Some("West"), MemberKind::Virtual));
    }

    #[test]
    fn null_below_a_member_is_told_apart_by_its_path() {
        let definition = Hierarchy::levels("geo", "shops", ["country", "city"]);
        let columns = [texts(&[Some("BE"), Some("FR"), None, None]), texts(&[None, None, Some("x"), None])];
        let tree = built(definition, columns.to_vec(), &columns);
        let expected = [
            r#"{"id":"","path":[],"name":"All","all":true}"#,
            r#"{"id":"BE","path":["BE"]}"#,
            r#"{"id":null,"path":["BE",null]}"#,
            r#"{"id":"FR","path":["FR"]}"#,
            r#"{"id":null,"path":["FR",null]}"#,
            "null",
            r#"{"id":"x","path":[null,"x"]}"#,
            r#"{"id":null,"path":[null,null]}"#,
        ];
        assert_eq!(cells(&tree, "en"), expected);
    }

    #[test]
    fn what_only_expanded_answers_say_is_left_out() {
        let values = texts(&[Some("a")]);
        let tree = built(Hierarchy::tree("t", "d", "c", []), vec![Arc::clone(&values)], &[values]);
        let MemberCell { depth, expanded, hidden_children, .. } = member_cell(&tree, Node::ROOT, "en").unwrap();
        assert_eq!((depth, expanded, hidden_children), (None, None, None));
    }
}
