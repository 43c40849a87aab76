//! Expressions against the interpreter, which evaluates one value at a time.

use std::sync::{Arc, LazyLock};

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Float64Array, Int64Array,
    RecordBatch, StringViewArray,
};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Decimal256Type, Float64Type, Int64Type, i256};
use datafusion::common::DFSchema;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use datafusion::prelude::{SessionContext, col};
use drillcore_formulas::{
    Arithmetic, Comparison, Constant, Decimal, Node, NumberFunction, ScalarFunction, Type, Typed, Value, evaluate,
};
use proptest::array::uniform3;
use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
use proptest::prelude::*;

use super::{Names, formula};
use crate::model::column_type;

/// Made once, as it registers many functions.
static CONTEXT: LazyLock<SessionContext> = LazyLock::new(SessionContext::new);

type Tree = Typed<usize>;

/// The columns `c0`, `c1` and so on.
#[derive(Debug)]
struct Columns;

impl Names<usize> for Columns {
    fn leaf(&self, name: &usize) -> Result<Expr, DataFusionError> {
        Ok(col(format!("c{name}")))
    }

    fn behind<'t>(&self, _: &'t usize) -> Option<&'t Tree> {
        None
    }
}

fn leaf(index: usize, value_type: Type) -> Box<Tree> {
    Box::new(Typed { node: Node::Leaf(index), value_type })
}

fn constant(value: Constant, value_type: Type) -> Box<Tree> {
    Box::new(Typed { node: Node::Constant(value), value_type })
}

fn evaluated(tree: &Tree, columns: &[ArrayRef]) -> ArrayRef {
    let named = columns.iter().enumerate().map(|(index, column)| (format!("c{index}"), Arc::clone(column), true));
    let batch = RecordBatch::try_from_iter_with_nullable(named).unwrap();
    let schema = DFSchema::try_from(batch.schema()).unwrap();
    let expr = formula(tree, &Columns).unwrap();
    let expr = CONTEXT.create_physical_expr(expr, &schema).unwrap();
    expr.evaluate(&batch).unwrap().into_array(batch.num_rows()).unwrap()
}

fn values(column: &ArrayRef) -> Vec<Value> {
    fn all<V>(values: impl Iterator<Item = Option<V>>, value: impl Fn(V) -> Value) -> Vec<Value> {
        values.map(|found| found.map_or(Value::Null, &value)).collect()
    }
    match column.data_type() {
        DataType::Boolean => all(column.as_boolean().iter(), Value::Boolean),
        DataType::Int64 => all(column.as_primitive::<Int64Type>().iter(), Value::Integer),
        DataType::Float64 => all(column.as_primitive::<Float64Type>().iter(), Value::Float),
        DataType::Utf8View => all(column.as_string_view().iter(), |text| Value::Text(text.to_owned())),
        DataType::Date32 => all(column.as_primitive::<Date32Type>().iter(), Value::Date),
        DataType::Decimal128(_, scale) => all(column.as_primitive::<Decimal128Type>().iter(), |unscaled| {
            Value::Decimal(Decimal::new(unscaled, *scale))
        }),
        DataType::Decimal256(_, scale) => all(column.as_primitive::<Decimal256Type>().iter(), |unscaled| {
            Value::Decimal(Decimal::from_unscaled(&unscaled.to_string(), *scale).unwrap())
        }),
        other => panic!("no values of {other}"),
    }
}

/// Evaluates a formula in both ways over the same rows.
#[track_caller]
fn check(tree: &Tree, columns: &[ArrayRef]) {
    let found = evaluated(tree, columns);
    assert_eq!(found.data_type(), &column_type(tree.value_type).arrow());
    let leaves: Vec<Vec<Value>> = columns.iter().map(values).collect();
    for (row, found) in values(&found).into_iter().enumerate() {
        let expected = evaluate(tree, &mut |index| leaves[*index][row].clone());
        let inputs: Vec<_> = leaves.iter().map(|leaf| &leaf[row]).collect();
        assert_eq!(found, expected, "{tree:?} of {inputs:?}");
        if let Value::Float(found) = found {
            assert!(found.is_finite() && found.to_bits() != (-0.0_f64).to_bits(), "{tree:?} of {inputs:?}");
        }
    }
}

/// The same for an operation on two columns, and with the first value of either as a constant.
#[track_caller]
fn check_sides(
    node: impl Fn(Box<Tree>, Box<Tree>) -> Node<usize>,
    value_type: Type,
    types: [Type; 2],
    columns: &[ArrayRef; 2],
) {
    let tree = |left, right| Typed { node: node(left, right), value_type };
    let (left, right) = (leaf(0, types[0]), leaf(1, types[1]));
    check(&tree(left.clone(), right.clone()), columns);
    let first = |side: usize| {
        let found = match values(&columns[side]).remove(0) {
            Value::Integer(value) => Constant::Integer(value),
            Value::Float(value) => Constant::Float(value.to_bits()),
            Value::Text(text) => Constant::Text(text),
            Value::Boolean(value) => Constant::Boolean(value),
            Value::Decimal(_) => match columns[side].as_primitive_opt::<Decimal128Type>() {
                Some(narrow) => Constant::Decimal(narrow.value(0)),
                None => Constant::Null,
            },
            _ => Constant::Null,
        };
        constant(found, types[side])
    };
    check(&tree(left, first(1)), columns);
    check(&tree(first(0), right), columns);
    check(&tree(first(0), first(1)), columns);
}

fn integers() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), -1000_i64..1000, Just(i64::MIN), Just(i64::MAX), -4_000_000_000_i64..4_000_000_000]
}

fn floats() -> impl Strategy<Value = f64> {
    let short = (any::<i32>(), 0..9_i32).prop_map(|(digits, places)| f64::from(digits) / 10_f64.powi(places));
    let special = prop_oneof![
        Just(f64::MAX),
        Just(f64::MIN),
        Just(5e-324),
        Just(1e308),
        Just(2.5),
        Just(-9.223_372_036_854_776e18)
    ];
    prop_oneof![short, special, POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO].prop_map(|value| value + 0.0)
}

fn column_of_floats(values: [f64; 3]) -> ArrayRef {
    Arc::new(Float64Array::from(vec![Some(values[0]), None, Some(values[1]), Some(values[2])]))
}

fn column_of_integers(values: [i64; 3]) -> ArrayRef {
    Arc::new(Int64Array::from(vec![Some(values[0]), None, Some(values[1]), Some(values[2])]))
}

fn decimal_types() -> impl Strategy<Value = (u8, i8)> {
    let any_scale = |precision: u8| (Just(precision), -3..=i8::try_from(precision).unwrap());
    prop_oneof![
        (1..=76_u8).prop_flat_map(any_scale),
        (1..=38_u8).prop_flat_map(any_scale),
        Just((76_u8, 0_i8)),
        Just((76_u8, 76_i8))
    ]
}

/// A column of a decimal type: numbers of any length, and the greatest.
fn decimals() -> impl Strategy<Value = (Type, ArrayRef)> {
    decimal_types().prop_flat_map(|(precision, scale)| {
        let digits = format!("-?[0-9]{{1,{precision}}}");
        (proptest::string::string_regex(&digits).unwrap(), proptest::string::string_regex(&digits).unwrap()).prop_map(
            move |(first, second)| {
                let greatest = "9".repeat(usize::from(precision));
                let texts = [Some(first), None, Some(second), Some(greatest)];
                let column: ArrayRef = if precision <= 38 {
                    let numbers = texts.iter().map(|text| text.as_ref().map(|text| text.parse::<i128>().unwrap()));
                    let numbers: Decimal128Array = numbers.collect();
                    Arc::new(numbers.with_precision_and_scale(precision, scale).unwrap())
                } else {
                    let numbers = texts.iter().map(|text| text.as_ref().map(|text| text.parse::<i256>().unwrap()));
                    let numbers: Decimal256Array = numbers.collect();
                    Arc::new(numbers.with_precision_and_scale(precision, scale).unwrap())
                };
                (Type::Decimal { precision, scale }, column)
            },
        )
    })
}

fn unary_nodes(inner: &Tree, digits: i8) -> [Node<usize>; 3] {
    let inner = Box::new(inner.clone());
    let absolute = ScalarFunction::Number(NumberFunction::Absolute);
    let places = *constant(Constant::Integer(i64::from(digits)), Type::Integer);
    let round = ScalarFunction::Number(NumberFunction::Round);
    [Node::Negate(inner.clone()), Node::Call(absolute, vec![(*inner).clone()]), Node::Call(round, vec![*inner, places])]
}

const OPERATIONS: [Arithmetic; 3] = [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply];
const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn integers_agree(left in uniform3(integers()), right in uniform3(integers()), digits in -38_i8..=38) {
        let columns = [column_of_integers(left), column_of_integers(right)];
        for how in OPERATIONS {
            check_sides(|l, r| Node::Arithmetic(how, l, r), Type::Integer, [Type::Integer; 2], &columns);
        }
        for how in COMPARISONS {
            check_sides(|l, r| Node::Compare(how, l, r), Type::Boolean, [Type::Integer; 2], &columns);
        }
        for node in unary_nodes(&leaf(0, Type::Integer), digits) {
            check(&Typed { node, value_type: Type::Integer }, &columns);
        }
        for value_type in [Type::Float, Type::Text, Type::Decimal { precision: 20, scale: 3 }] {
            check(&Typed { node: Node::Convert(leaf(0, Type::Integer)), value_type }, &columns);
        }
    }

    #[test]
    fn floats_agree(left in uniform3(floats()), right in uniform3(floats()), digits in -38_i8..=38) {
        let columns = [column_of_floats(left), column_of_floats(right)];
        for how in OPERATIONS.into_iter().chain([Arithmetic::Divide]) {
            check_sides(|l, r| Node::Arithmetic(how, l, r), Type::Float, [Type::Float; 2], &columns);
        }
        for how in COMPARISONS {
            check_sides(|l, r| Node::Compare(how, l, r), Type::Boolean, [Type::Float; 2], &columns);
        }
        for node in unary_nodes(&leaf(0, Type::Float), digits) {
            check(&Typed { node, value_type: Type::Float }, &columns);
        }
        check(&Typed { node: Node::Convert(leaf(0, Type::Float)), value_type: Type::Integer }, &columns);
    }

    #[test]
    fn decimals_agree(
        left in decimals(),
        right in decimals(),
        (precision, scale) in decimal_types(),
        digits in -38_i8..=38,
    ) {
        let ((left, first), (right, second)) = (left, right);
        let columns = [first, second];
        let result = Type::Decimal { precision, scale };
        for how in OPERATIONS {
            check_sides(|l, r| Node::Arithmetic(how, l, r), result, [left, right], &columns);
        }
        for node in unary_nodes(&leaf(0, left), digits) {
            check(&Typed { node, value_type: left }, &columns);
        }
        for value_type in [Type::Integer, Type::Float, Type::Text, result] {
            check(&Typed { node: Node::Convert(leaf(0, left)), value_type }, &columns);
        }
        let same = [Arc::clone(&columns[0]), Arc::clone(&columns[0])];
        for how in COMPARISONS {
            check_sides(|l, r| Node::Compare(how, l, r), Type::Boolean, [left; 2], &same);
        }
    }
}

/// Three columns that hold every combination of true, false and NULL.
fn truths() -> [ArrayRef; 3] {
    let all = [Some(true), Some(false), None];
    let column = |each: usize| -> ArrayRef {
        let rows: BooleanArray = (0..27).map(|row| all[row / each % 3]).collect();
        Arc::new(rows)
    };
    [column(1), column(3), column(9)]
}

#[test]
fn logic_is_three_valued() {
    let columns = truths();
    let parts = || (0..3).map(|index| *leaf(index, Type::Boolean)).collect::<Vec<_>>();
    let truth = |node| Typed { node, value_type: Type::Boolean };
    check(&truth(Node::And(parts())), &columns);
    check(&truth(Node::Or(parts())), &columns);
    check(&truth(Node::And(Vec::new())), &columns);
    check(&truth(Node::Or(Vec::new())), &columns);
    check(&truth(Node::Not(leaf(0, Type::Boolean))), &columns);
    check(&truth(Node::Not(Box::new(truth(Node::And(parts()))))), &columns);
    check(&truth(Node::IsNull(Box::new(truth(Node::Or(parts()))))), &columns);
    check(&truth(Node::Coalesce(parts())), &columns);
    let null = || *constant(Constant::Null, Type::Boolean);
    check(&truth(Node::And(parts().into_iter().chain([null()]).collect())), &columns);
    check(&truth(Node::Or(parts().into_iter().chain([null()]).collect())), &columns);
    for how in COMPARISONS {
        check(&truth(Node::Compare(how, leaf(0, Type::Boolean), leaf(1, Type::Boolean))), &columns);
    }
    for value_type in [Type::Text, Type::Integer, Type::Float] {
        check(&Typed { node: Node::Convert(leaf(0, Type::Boolean)), value_type }, &columns);
    }
}

#[test]
fn choices_take_the_first_that_holds() {
    let text = |text: &str| *constant(Constant::Text(text.into()), Type::Text);
    let condition = |index| *leaf(index, Type::Boolean);
    let branches = || vec![(condition(0), text("a")), (condition(1), *constant(Constant::Null, Type::Text))];
    let case = |branches, otherwise| Typed { node: Node::Case { branches, otherwise }, value_type: Type::Text };
    check(&case(branches(), None), &truths());
    check(&case(branches(), Some(Box::new(text("z")))), &truths());
    check(&case(Vec::new(), Some(Box::new(text("z")))), &truths());
    check(&case(Vec::new(), None), &truths());
}

#[test]
fn texts_are_joined_compared_and_chosen() {
    let long = "a text that is longer than a view holds";
    let left: ArrayRef = Arc::new(StringViewArray::from(vec![Some("b"), Some(""), None, Some(long), Some("\u{ffff}")]));
    let right: ArrayRef =
        Arc::new(StringViewArray::from(vec![Some("ä"), Some(long), Some("x"), None, Some("\u{10000}")]));
    let columns = [left, right];
    check_sides(Node::Concat, Type::Text, [Type::Text; 2], &columns);
    for how in COMPARISONS {
        check_sides(|l, r| Node::Compare(how, l, r), Type::Boolean, [Type::Text; 2], &columns);
    }
    check_sides(|l, r| Node::Coalesce(vec![*l, *r]), Type::Text, [Type::Text; 2], &columns);
}

#[test]
fn values_that_are_not_null_are_chosen_in_order() {
    let columns: [ArrayRef; 3] = [
        Arc::new(Int64Array::from(vec![Some(1), None, None, None])),
        Arc::new(Int64Array::from(vec![Some(5), Some(2), None, None])),
        Arc::new(Int64Array::from(vec![Some(6), Some(7), Some(3), None])),
    ];
    let parts = |order: &[usize]| order.iter().map(|index| *leaf(*index, Type::Integer)).collect::<Vec<_>>();
    let first = |parts| Typed { node: Node::Coalesce(parts), value_type: Type::Integer };
    check(&first(parts(&[0, 1, 2])), &columns);
    check(&first(parts(&[2, 0])), &columns);
    check(&first(parts(&[1])), &columns);
    let zero = *constant(Constant::Integer(0), Type::Integer);
    check(&first(parts(&[0, 1]).into_iter().chain([zero.clone()]).collect()), &columns);
    check(&first(vec![*constant(Constant::Null, Type::Integer), zero]), &columns);
}

#[test]
fn dates_are_compared() {
    let columns: [ArrayRef; 2] = [
        Arc::new(Date32Array::from(vec![Some(0), Some(-1), None, Some(i32::MAX)])),
        Arc::new(Date32Array::from(vec![Some(0), Some(1), Some(1), Some(i32::MIN)])),
    ];
    for how in COMPARISONS {
        let node = Node::Compare(how, leaf(0, Type::Date), leaf(1, Type::Date));
        check(&Typed { node, value_type: Type::Boolean }, &columns);
    }
}

#[test]
fn a_null_that_was_cast_has_a_type() {
    let columns: [ArrayRef; 1] = [Arc::new(Int64Array::from(vec![1, 2]))];
    for value_type in [Type::Text, Type::Integer, Type::Float, Type::Decimal { precision: 50, scale: 2 }] {
        check(&Typed { node: Node::Convert(constant(Constant::Null, Type::Text)), value_type }, &columns);
    }
}

#[test]
fn a_decimal_of_more_than_38_digits_can_be_a_constant() {
    let value_type = Type::Decimal { precision: 39, scale: 38 };
    let columns: [ArrayRef; 1] = [Arc::new(Int64Array::from(vec![1]))];
    check(&constant(Constant::Decimal(i128::MAX), value_type), &columns);
    check(&Typed { node: Node::Negate(constant(Constant::Decimal(i128::MIN), value_type)), value_type }, &columns);
}

#[test]
fn a_tree_that_is_not_well_typed_is_refused() {
    let tree = constant(Constant::Integer(1), Type::Float);
    assert!(formula(&tree, &Columns).is_err());
}
