//! Printing any tree and reading it again gives the tree.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{Arithmetic, Call, CastTarget, Comparison, Expr, ExprKind, Function, Literal, Reference, Span, parse};

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::at(0) }
}

fn name() -> impl Strategy<Value = String> {
    // Blanks, quotes, colons and braces are what can go wrong.
    prop_oneof!["[a-z .]{1,6}", "[ab\"':{} \\n]{1,6}", "\\PC{1,4}"]
}

fn reference() -> impl Strategy<Value = Reference> {
    (proptest::option::of(name()), name()).prop_map(|(dataset, name)| Reference { dataset, name, span: Span::at(0) })
}

fn literal() -> impl Strategy<Value = Literal> {
    let decimal = (-(10_i128.pow(38) - 1)..10_i128.pow(38), 1_u8..=38);
    let beyond_integers = (1_i128 << 63)..10_i128.pow(38);
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Boolean),
        any::<i64>().prop_map(Literal::Integer),
        (-9_i64..10).prop_map(Literal::Integer),
        decimal.prop_map(|(unscaled, scale)| Literal::Decimal { unscaled, scale }),
        beyond_integers.prop_map(|unscaled| Literal::Decimal { unscaled, scale: 0 }),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(|value| Literal::Float(value + 0.0)),
        "[a'\" \\n-]{0,6}".prop_map(Literal::Text),
        any::<String>().prop_map(Literal::Text),
    ]
}

fn tree() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![literal().prop_map(ExprKind::Literal), reference().prop_map(ExprKind::Reference)];
    leaf.prop_map(expr).prop_recursive(6, 60, 4, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        let arithmetic = select(vec![Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide]);
        let comparison = select(vec![
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ]);
        let target = select(vec![CastTarget::Text, CastTarget::Float, CastTarget::Integer]);
        let call = (select(Function::ALL.to_vec()), vec(inner.clone(), 0..4), proptest::option::of(one())).prop_map(
            |(function, arguments, filter)| {
                let filter = filter.filter(|_| matches!(function, Function::Aggregate(_)));
                Call { function, name_span: Span::at(0), arguments, filter }
            },
        );
        prop_oneof![
            one().prop_map(ExprKind::Negate),
            one().prop_map(ExprKind::Not),
            (arithmetic, one(), one()).prop_map(|(how, left, right)| ExprKind::Arithmetic(how, left, right)),
            (one(), one()).prop_map(|(left, right)| ExprKind::Concat(left, right)),
            (comparison, one(), one()).prop_map(|(how, left, right)| ExprKind::Compare(how, left, right)),
            vec(inner.clone(), 2..4).prop_map(ExprKind::And),
            vec(inner.clone(), 2..4).prop_map(ExprKind::Or),
            (one(), any::<bool>()).prop_map(|(value, negated)| ExprKind::IsNull { value, negated }),
            (one(), vec(inner.clone(), 1..4), any::<bool>()).prop_map(|(value, list, negated)| ExprKind::In {
                value,
                list,
                negated
            }),
            (one(), one(), one(), any::<bool>()).prop_map(|(value, low, high, negated)| ExprKind::Between {
                value,
                low,
                high,
                negated
            }),
            (vec((inner.clone(), inner.clone()), 1..3), proptest::option::of(one()))
                .prop_map(|(branches, otherwise)| ExprKind::Case { branches, otherwise }),
            (one(), target).prop_map(|(value, target)| ExprKind::Cast { value, target }),
            call.prop_map(ExprKind::Call),
        ]
        .prop_map(expr)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_printed_is_read_as_the_same_tree(tree in tree()) {
        let printed = tree.to_string();
        match parse(&printed) {
            Ok(read) => prop_assert_eq!(read.without_spans(), tree, "{}", printed),
            Err(error) => prop_assert!(false, "{}", error.render(&printed)),
        }
    }
}

#[test]
fn signs_never_become_comments() {
    let one = || expr(ExprKind::Literal(Literal::Integer(1)));
    let negate = |inner| expr(ExprKind::Negate(Box::new(inner)));
    for (tree, printed) in [
        (negate(one()), "-(1)"),
        (negate(negate(one())), "-(-(1))"),
        (negate(expr(ExprKind::Literal(Literal::Float(-2.5)))), "-(-2.5e0)"),
        (expr(ExprKind::Arithmetic(Arithmetic::Subtract, Box::new(one()), Box::new(negate(one())))), "1 - -(1)"),
    ] {
        assert_eq!(tree.to_string(), printed);
        assert_eq!(parse(printed).unwrap().without_spans(), tree);
    }
}
