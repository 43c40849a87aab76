//! Levels.

use proptest::prelude::*;

use super::model::{Branch, check};
use crate::closure::Node;
use crate::{Closure, HideIf, NodeKind};

const MEMBERS: [Option<&str>; 7] =
    [None, Some(""), Some("a"), Some("B"), Some("é"), Some("a long name"), Some("a long namesake")];

type Paths = Vec<Vec<Option<&'static str>>>;

fn any_paths() -> impl Strategy<Value = Paths> {
    let member = proptest::sample::select(MEMBERS.to_vec());
    let path = proptest::collection::vec(member, 0..5);
    proptest::collection::vec(path, 0..30)
}

fn is_left_out(hide_if: HideIf, kept: &[Option<&str>], member: Option<&str>) -> bool {
    match hide_if {
        HideIf::Never => false,
        HideIf::Blank => member.unwrap_or_default().is_empty(),
        HideIf::EqualsParent => kept.last() == Some(&member),
    }
}

fn tree(paths: &Paths, hide_if: HideIf) -> Branch {
    let mut root = Branch::root();
    for (input, path) in paths.iter().enumerate() {
        let mut kept = Vec::new();
        for member in path {
            if !is_left_out(hide_if, &kept, *member) {
                kept.push(*member);
            }
        }
        insert(&mut root, &kept, input);
    }
    root
}

fn insert(branch: &mut Branch, path: &[Option<&str>], input: usize) {
    let Some((member, below)) = path.split_first() else {
        branch.inputs.push(input);
        return;
    };
    let kind = if member.is_some() { NodeKind::Member } else { NodeKind::Null };
    let place = branch.children.iter().position(|child| child.id.as_deref() == *member).unwrap_or_else(|| {
        branch.children.push(Branch::new(kind, *member));
        branch.children.len() - 1
    });
    insert(&mut branch.children[place], below, input);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_closure_of_paths_is_their_tree(
        paths in any_paths(),
        open in proptest::collection::vec(any::<usize>(), 0..12),
    ) {
        for hide_if in [HideIf::Never, HideIf::Blank, HideIf::EqualsParent] {
            let closure = Closure::of_paths(&paths, hide_if).unwrap();
            check(&closure, tree(&paths, hide_if), paths.len(), &open);
        }
    }
}

/// Checks what every path comes to, as the path of its node, with a sign behind own rows.
#[track_caller]
fn check_rows(paths: &Paths, hide_if: HideIf, expected: &[&str]) {
    let closure = Closure::of_paths(paths, hide_if).unwrap();
    let nodes = closure.row_nodes().iter().copied().map(Node);
    let own = |node| if closure.kind(node) == NodeKind::Own { " own" } else { "" };
    let rows: Vec<String> = nodes.map(|node| format!("{}{}", closure.path(node), own(node))).collect();
    assert_eq!(rows, expected);
}

#[test]
fn members_left_out_promote_what_is_under_them() {
    let paths = vec![
        vec![Some("US"), Some("CA"), Some("Davis")],
        vec![Some("MC"), None, Some("Monaco")],
        vec![Some("MC"), Some(""), None],
        vec![Some("SG"), Some("SG"), Some("SG")],
        vec![None, None, Some("Atlantis")],
        vec![None, None, None],
    ];
    check_rows(
        &paths,
        HideIf::Never,
        &[
            r#"["US","CA","Davis"]"#,
            r#"["MC",null,"Monaco"]"#,
            r#"["MC","",null]"#,
            r#"["SG","SG","SG"]"#,
            r#"[null,null,"Atlantis"]"#,
            "[null,null,null]",
        ],
    );
    check_rows(
        &paths,
        HideIf::Blank,
        &[
            r#"["US","CA","Davis"]"#,
            r#"["MC","Monaco"]"#,
            r#"["MC"] own"#,
            r#"["SG","SG","SG"]"#,
            r#"["Atlantis"]"#,
            "[] own",
        ],
    );
    check_rows(
        &paths,
        HideIf::EqualsParent,
        &[
            r#"["US","CA","Davis"]"#,
            r#"["MC",null,"Monaco"]"#,
            r#"["MC","",null]"#,
            r#"["SG"]"#,
            r#"[null,"Atlantis"]"#,
            "[null] own",
        ],
    );
    check_rows(&vec![vec![None, None]], HideIf::Blank, &["[]"]);
}

#[test]
fn a_name_under_two_parents_is_two_members() {
    let paths = vec![vec![Some("FR"), Some("Paris")], vec![Some("US"), Some("Paris")], vec![Some("Paris"), Some("US")]];
    let closure = Closure::of_paths(&paths, HideIf::Never).unwrap();
    assert_eq!(closure.row_nodes(), [2, 6, 4]);
    assert_eq!(closure.find_id("Paris"), [2, 3, 6].map(Node));
    assert_eq!(closure.find(&["US", "Paris"].into_iter().collect()), Some(Node(6)));
    assert_eq!(closure.find(&["FR", "US"].into_iter().collect()), None);
}
