use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Date32Array, DictionaryArray, Int64Array, LargeStringArray, NullArray, StringArray, new_null_array,
};
use arrow::datatypes::{DataType, Int32Type};
use drillcore_hierarchies::{Element, HideIf, Hierarchy, MemberPath, Node, Orphans};

use crate::error::{ErrorKind, Result};
use crate::members::MemberTree;
use crate::members::testing::{built, texts, tree_of};

fn integers(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

/// The paths of the nodes of rows, and whether each is the own rows of its path.
fn paths(tree: &MemberTree, keys: &[ArrayRef]) -> Result<Vec<String>> {
    let closure = tree.closure();
    let path = |node| {
        let node = closure.node(node).unwrap();
        let is_own = closure.parent(node).is_some_and(|parent| closure.own_of(parent) == Some(node));
        format!("{}{}", closure.path(node), if is_own { " own" } else { "" })
    };
    Ok(tree.nodes(keys)?.into_iter().map(path).collect())
}

fn airports() -> Arc<MemberTree> {
    let elements = [Element::group("west"), Element::value("LAX").under("west"), Element::value("T4").under("LAX")];
    tree_of(&elements, texts(&[Some("T4"), Some("LAX"), Some("an airport of a long name"), None]))
}

#[test]
fn rows_of_a_tree_belong_to_the_node_of_their_value() {
    let rows = texts(&[None, Some("LAX"), Some("LAX"), Some("T4"), Some("an airport of a long name"), None]);
    let expected = [
        "[null]",
        r#"["west","LAX"] own"#,
        r#"["west","LAX"] own"#,
        r#"["west","LAX","T4"]"#,
        r#"["an airport of a long name"]"#,
        "[null]",
    ];
    assert_eq!(paths(&airports(), &[rows]).unwrap(), expected);
}

#[test]
fn rows_of_levels_belong_to_the_node_of_their_tuple() {
    let definition = Hierarchy::levels("geo", "shops", ["country", "opened"]).hide_if(HideIf::Blank);
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(0), Some(1), None, Some(0)]));
    let countries = texts(&[Some("BE"), Some("BE"), Some("BE"), None]);
    let shown = texts(&[Some("1970-01-01"), Some("1970-01-02"), None, Some("1970-01-01")]);
    let keys = vec![Arc::clone(&countries), days];
    let tree = built(definition, keys.clone(), &[countries, shown]);
    let expected = [r#"["BE","1970-01-01"]"#, r#"["BE","1970-01-02"]"#, r#"["BE"] own"#, r#"["1970-01-01"]"#];
    assert_eq!(paths(&tree, &keys).unwrap(), expected);
    let nodes = tree.nodes(&keys).unwrap();
    assert_eq!(nodes, tree.closure().row_nodes());
}

#[test]
fn rows_of_parents_belong_to_the_node_of_their_key() {
    let definition = Hierarchy::parent_child("org", "staff", "id", "manager").name_column("name").all_named("Staff");
    let keys = integers(&[Some(1), Some(20), Some(-300), None]);
    let ids = texts(&[Some("1"), Some("20"), Some("-300"), None]);
    let managers = texts(&[None, Some("1"), Some("20"), None]);
    let names = texts(&[Some("Ada"), Some("Bob"), None, None]);
    let tree = built(definition, vec![keys], &[ids, managers, names]);
    let rows = integers(&[Some(-300), Some(1), None, Some(20)]);
    let expected = [r#"["1","20","-300"]"#, r#"["1"] own"#, "[null]", r#"["1","20"] own"#];
    assert_eq!(paths(&tree, &[rows]).unwrap(), expected);

    let closure = tree.closure();
    let bob = closure.find(&["1", "20"].into_iter().collect::<MemberPath>()).unwrap();
    assert_eq!(closure.name(bob, "en"), Some("Bob"));
    assert_eq!(closure.node(0).and_then(|root| closure.name(root, "en")), Some("Staff"));
    assert_eq!(tree.definition().id, "org");
    assert!(tree.bytes() > closure.bytes());
}

#[test]
fn rows_of_calendar_levels_belong_to_the_node_of_their_key() {
    let definition = Hierarchy::datetime("when", "flights", "day", ["year", "month"]);
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(31), Some(0), None]));
    let years = texts(&[Some("1970"), Some("1970"), None]);
    let months = texts(&[Some("1970-02"), Some("1970-01"), None]);
    let tree = built(definition, vec![Arc::clone(&days)], &[years, months]);
    let expected = [r#"["1970","1970-02"]"#, r#"["1970","1970-01"]"#, "[null,null]"];
    assert_eq!(paths(&tree, &[days]).unwrap(), expected);
}

#[test]
fn an_unknown_key_is_on_the_root() {
    let root = Node::ROOT.number();
    for unknown in ["ATL", "an airport of another name"] {
        let nodes = airports().nodes(&[texts(&[Some("LAX"), Some(unknown)])]).unwrap();
        assert!(nodes[0] != root && nodes[1] == root);
    }
    let without_null = tree_of(&[], texts(&[Some("a")]));
    assert_eq!(without_null.nodes(&[texts(&[None])]).unwrap(), [root]);
    let error = airports().has_changed();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Conflict, true));
}

#[test]
fn keys_may_have_another_form() {
    let tree = airports();
    let rows = [Some("T4"), None, Some("an airport of a long name"), Some("T4")];
    let expected = tree.nodes(&[texts(&rows)]).unwrap();
    let dictionary: DictionaryArray<Int32Type> = rows.into_iter().collect();
    let forms: [ArrayRef; 3] = [
        Arc::new(StringArray::from(rows.to_vec())),
        Arc::new(LargeStringArray::from(rows.to_vec())),
        Arc::new(dictionary),
    ];
    for form in forms {
        assert_eq!(tree.nodes(&[Arc::clone(&form)]).unwrap(), expected, "{}", form.data_type());
    }
    let nulls = tree.nodes(&[new_null_array(&DataType::Utf8View, 2)]).unwrap();
    assert_eq!(tree.nodes(&[Arc::new(NullArray::new(2))]).unwrap(), nulls);
}

#[test]
fn keys_of_another_type_or_number_are_faults_of_the_engine() {
    let tree = airports();
    let error = |keys: &[ArrayRef]| tree.nodes(keys).unwrap_err();
    let integer = error(&[integers(&[Some(1)])]);
    assert_eq!(integer.kind(), ErrorKind::Internal);
    assert_eq!(integer.message(), "the key of a hierarchy is of type Int64, not Utf8View");
    assert_eq!(error(&[]).kind(), ErrorKind::Internal);
    assert_eq!(error(&[texts(&[None]), texts(&[None])]).kind(), ErrorKind::Internal);
}

#[test]
fn members_that_are_no_tree_are_refused() {
    let definition = Hierarchy::parent_child("org", "staff", "id", "manager").orphans(Orphans::Error);
    let keys = integers(&[Some(1), Some(2), Some(3), Some(4)]);
    let ids = texts(&[Some("1"), Some("2"), Some("3"), Some("4")]);
    let managers = texts(&[Some("2"), Some("1"), Some("99"), Some("98")]);
    let error = MemberTree::build(&Arc::new(definition), vec![keys], &[ids, managers]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let message = "hierarchy `org` cannot be used: ";
    let counts = error.message().strip_prefix(message).unwrap();
    let mut counts: Vec<&str> = counts.split(", ").collect();
    counts.sort_unstable();
    assert_eq!(counts, ["1 cycle", "2 keys whose parent does not exist"]);
}

#[test]
fn members_of_another_kind_are_faults_of_the_engine() {
    let definition = Arc::new(Hierarchy::levels("geo", "shops", ["country", "city"]));
    let one = texts(&[Some("BE")]);
    for given in [vec![], vec![Arc::clone(&one)], vec![Arc::clone(&one), integers(&[Some(1)])]] {
        let error = MemberTree::build(&definition, vec![Arc::clone(&one)], &given).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
    }
    let two = [texts(&[Some("BE")]), texts(&[Some("Ghent"), Some("Bruges")])];
    assert_eq!(MemberTree::build(&definition, two.to_vec(), &two).unwrap_err().kind(), ErrorKind::Internal);
}

#[test]
fn a_tree_is_equal_to_itself_only_and_prints_no_members() {
    let (one, other) = (airports(), airports());
    assert!(one == Arc::clone(&one) && one != other);
    let printed = format!("{one:?}");
    assert!(printed.contains("regions") && !printed.contains("LAX"), "{printed}");
}
