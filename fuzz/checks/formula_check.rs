//! What holds for every formula over any names. The fuzz target and the test that replays its findings share this file.

use drillcore_formulas::{
    Arithmetic, Constant, Error, MAX_TYPED_NODES, Node, Type, Typed, check_aggregate, check_row, check_window, parse,
};

use super::formula_names::asked;

/// Nodes of a checked formula for each that its check counted: it does not count the conversions around a node.
const NODES_PER_COUNTED: usize = 3;

/// Reads bytes as a setting and the text of a formula, and checks that at all three levels: it is refused with an error
/// that has a place, or every node of the tree has the types that it must have, and the tree is not too large. Gives the
/// error of the text, or that of the row level if no level takes it.
pub(crate) fn check(data: &[u8]) -> Option<Error> {
    let (setting, mut names, text) = asked(data);
    let source = String::from_utf8_lossy(text);
    let formula = match parse(&source) {
        Ok(formula) => formula,
        Err(error) => return Some(error),
    };
    let row = check_row(&formula, &setting, &mut names);
    let aggregate = check_aggregate(&formula, &setting, &mut names);
    let window = check_window(&formula, &setting, &mut names);
    assert_eq!(row, check_row(&formula, &setting, &mut names), "a second check says something else");
    if let Ok(tree) = &row {
        tree.visit_leaves(&mut |leaf| assert!(!leaf.name.is_empty(), "a name is empty"));
    }
    // What is computed from measures alone can be computed in the rows of an answer too.
    assert!(aggregate.is_err() || window.is_ok(), "{source}");
    let refused =
        [accepted(&row).err().cloned(), accepted(&aggregate).err().cloned(), accepted(&window).err().cloned()];
    for error in refused.iter().flatten() {
        assert!(error.span().text(&source).is_some(), "{:?} is no place of the text", error.span());
        assert_eq!(error.message().lines().count(), 1, "{:?}", error.message());
    }
    let [row, aggregate, window] = refused;
    row.filter(|_| aggregate.is_some() && window.is_some())
}

fn accepted<L>(checked: &Result<Typed<L>, Error>) -> Result<(), &Error> {
    let tree = checked.as_ref()?;
    assert!(tree.node_count() <= NODES_PER_COUNTED * MAX_TYPED_NODES, "{} nodes", tree.node_count());
    assert!(is_well_typed(tree), "a node has a type that it cannot have");
    Ok(())
}

/// Whether every node is of the type that it must be, over parts of the types that they must be.
pub(crate) fn is_well_typed<L>(tree: &Typed<L>) -> bool {
    let is = |part: &Typed<L>, value_type: Type| part.value_type == value_type && is_well_typed(part);
    let whole = tree.value_type;
    match &tree.node {
        Node::Constant(constant) => matches!(
            (constant, whole),
            (Constant::Null, _)
                | (Constant::Boolean(_), Type::Boolean)
                | (Constant::Integer(_), Type::Integer)
                | (Constant::Decimal(_), Type::Decimal { .. })
                | (Constant::Float(_), Type::Float)
                | (Constant::Text(_), Type::Text)
                | (Constant::Date(_), Type::Date)
                | (Constant::Datetime(_), Type::Datetime)
                | (Constant::LocalDatetime(_), Type::LocalDatetime)
        ),
        Node::Convert(inner) => is_well_typed(inner),
        Node::Negate(inner) => whole.is_number() && is(inner, whole),
        Node::Arithmetic(how, left, right) => {
            let sides = is_well_typed(left) && is_well_typed(right);
            let exact = |part: &Typed<L>| matches!(part.value_type, Type::Integer | Type::Decimal { .. });
            let both = |value_type| left.value_type == value_type && right.value_type == value_type;
            sides
                && match whole {
                    Type::Decimal { .. } => *how != Arithmetic::Divide && exact(left) && exact(right),
                    Type::Integer => *how != Arithmetic::Divide && both(whole),
                    Type::Float => both(whole),
                    _ => false,
                }
        }
        Node::Compare(_, left, right) => whole == Type::Boolean && is_well_typed(left) && is(right, left.value_type),
        Node::And(parts) | Node::Or(parts) => whole == Type::Boolean && parts.iter().all(|part| is(part, whole)),
        Node::Not(inner) => whole == Type::Boolean && is(inner, whole),
        Node::IsNull(inner) => whole == Type::Boolean && is_well_typed(inner),
        Node::Case { branches, otherwise } => {
            branches.iter().all(|(condition, value)| is(condition, Type::Boolean) && is(value, whole))
                && otherwise.iter().all(|otherwise| is(otherwise, whole))
        }
        Node::Concat(left, right) => whole == Type::Text && is(left, whole) && is(right, whole),
        Node::Call(_, arguments) => arguments.iter().all(is_well_typed),
        Node::Coalesce(parts) => !parts.is_empty() && parts.iter().all(|part| is(part, whole)),
        _ => true,
    }
}
