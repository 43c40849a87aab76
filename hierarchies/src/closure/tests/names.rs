//! Shown names, colours, and what is found by them.

use crate::closure::Node;
use crate::{Closure, Color, Element, HideIf, Localized, Orphans};

const RED: Color = Color::new(200, 0, 0);

/// 0 the root, 1 the virtual west, 2 San Francisco, 3 LAX, 4 the value east, 5 its own rows, 6 Évry, 7 NULL,
/// 8 the unassigned node, 9 a value without a place.
fn tree() -> Closure {
    let elements = [
        Element::group("w").named(Localized::new("West").with("nl", "Westen")).colored(RED).ordered(1.0),
        Element::value("SFO").under("w").named("San Francisco").ordered(1.0),
        Element::value("LAX").under("w"),
        Element::value("east").colored(Color::new(0, 0, 9)),
        Element::value("evry").under("east").named("Évry"),
    ];
    Closure::of_tree(&elements, &[Some("SFO"), Some("east"), Some("evry"), None, Some("Sfax")]).unwrap()
}

#[test]
fn nodes_are_shown_by_name_or_id() {
    let tree = tree();
    let check = |locale: &str, expected: [Option<&str>; 10]| {
        let nodes = (0..).map_while(|number| tree.node(number));
        assert_eq!(nodes.map(|node| tree.name(node, locale)).collect::<Vec<Option<&str>>>(), expected, "{locale}");
    };
    let others = ["San Francisco", "LAX", "east", "(own)", "Évry"].map(Some);
    let shown = |root, west| {
        let [sfo, lax, east, own, evry] = others;
        [Some(root), Some(west), sfo, lax, east, own, evry, None, Some("(unassigned)"), Some("Sfax")]
    };
    check("en", shown("All", "West"));
    check("nl-BE", shown("All", "Westen"));
    check("fr", shown("All", "West"));

    let named = tree.with_root_name(Localized::new("World").with("nl", "Wereld"));
    assert_eq!(named.name(Node::ROOT, "nl"), Some("Wereld"));
    assert_eq!(named.name(Node::ROOT, "fr"), Some("World"));
    assert_eq!(named.with_root_name(Localized::default()).name(Node::ROOT, "nl"), Some("All"));
}

#[test]
fn colours_are_those_of_the_elements() {
    let tree = tree();
    let nodes = (0..).map_while(|number| tree.node(number));
    let colored: Vec<(u32, Color)> = nodes.filter_map(|node| Some((node.number(), tree.color(node)?))).collect();
    assert_eq!(colored, [(1, RED), (4, Color::new(0, 0, 9))]);
}

#[track_caller]
fn check_search(tree: &Closure, (prefix, locale): (&str, &str), expected: &[u32]) {
    let all: Vec<Node> = expected.iter().copied().map(Node).collect();
    assert_eq!(tree.search(prefix, locale, 0, usize::MAX), all, "{prefix}");
    for offset in 0..=all.len() {
        for count in 0..=all.len() {
            let page: Vec<Node> = all.iter().copied().skip(offset).take(count).collect();
            assert_eq!(tree.search(prefix, locale, offset, count), page, "{prefix} from {offset}");
        }
    }
}

#[test]
fn members_are_found_by_the_start_of_name_or_id() {
    let tree = tree();
    check_search(&tree, ("s", "en"), &[2, 9]);
    check_search(&tree, ("SF", "en"), &[2, 9]);
    check_search(&tree, ("san f", "en"), &[2]);
    check_search(&tree, ("westen", "en"), &[]);
    check_search(&tree, ("WESTEN", "nl"), &[1]);
    check_search(&tree, ("éV", "en"), &[6]);
    check_search(&tree, ("EV", "en"), &[6]);
    check_search(&tree, ("", "en"), &[1, 2, 3, 4, 6, 9]);
    check_search(&tree, ("(", "en"), &[]);
    check_search(&tree, ("lax!", "en"), &[]);
}

#[test]
fn members_are_found_by_their_whole_name() {
    let tree = tree();
    let check = |locale: &str, name: &str, expected: &[u32]| {
        let expected: Vec<Node> = expected.iter().copied().map(Node).collect();
        assert_eq!(tree.find_name(locale, name), expected, "{name}");
    };
    check("nl", "Westen", &[1]);
    check("en", "Westen", &[]);
    check("en", "LAX", &[3]);
    check("en", "SFO", &[]);
    check("en", "Sfax", &[9]);
    check("en", "west", &[]);
    check("en", "(own)", &[]);

    let paths = [vec![Some("b"), Some("a")], vec![Some("a"), None]];
    let levels = Closure::of_paths(&paths, HideIf::Never).unwrap();
    assert_eq!(levels.find_name("en", "a"), [1, 4].map(Node));

    let keys = [Some("1"), Some("2"), Some("3")];
    let names = [Some("Ann"), Some(""), Some("Ann")];
    let staff = Closure::of_parents(&keys, &[None, Some("1"), Some("1")], &names, Orphans::Error).unwrap();
    assert_eq!(staff.find_name("en", "Ann"), [1, 4].map(Node));
    assert_eq!(staff.find_name("en", "2"), [3].map(Node));
    assert!(staff.find_name("en", "1").is_empty());
}
