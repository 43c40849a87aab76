//! Printing any tree and reading it again gives the tree.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{
    Arithmetic, Call, CastTarget, Comparison, Expr, ExprKind, Function, Grain, GrainKind, Literal, OrderKey, Reference,
    Span, parse,
};

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::at(0) }
}

fn name() -> impl Strategy<Value = String> {
    // Blanks, quotes, colons and braces are what can go wrong.
    prop_oneof!["[a-z .]{1,6}", "[ab\"':{} \\n]{1,6}", "\\PC{1,4}"]
}

fn reference() -> impl Strategy<Value = Reference> {
    (option::of(name()), name()).prop_map(|(dataset, name)| Reference { dataset, name, span: Span::at(0) })
}

/// Times within the years 1 to 9999, in microseconds; many of them round.
fn micros() -> impl Strategy<Value = i64> {
    const DAY: i64 = 86_400_000_000;
    let whole = |unit: i64| (-719_162 * DAY / unit..2_932_897 * DAY / unit).prop_map(move |count| count * unit);
    prop_oneof![whole(1), whole(1_000), whole(1_000_000), whole(60_000_000), whole(DAY)]
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
        (-719_162..=2_932_896).prop_map(Literal::Date),
        micros().prop_map(Literal::Datetime),
        micros().prop_map(Literal::LocalDatetime),
        (0..=i64::MAX).prop_map(Literal::Duration),
        (0_i64..100_000).prop_map(|seconds| Literal::Duration(seconds * 1_000_000)),
    ]
}

fn target() -> impl Strategy<Value = CastTarget> {
    let decimal = (1_u8..=76).prop_flat_map(|precision| {
        let scale = 0..=i8::try_from(precision).unwrap();
        scale.prop_map(move |scale| CastTarget::Decimal { precision, scale })
    });
    let plain = [
        CastTarget::Text,
        CastTarget::Float,
        CastTarget::Integer,
        CastTarget::Boolean,
        CastTarget::Date,
        CastTarget::Datetime,
        CastTarget::LocalDatetime,
    ];
    prop_oneof![3 => select(plain.to_vec()), 1 => decimal]
}

fn grain() -> impl Strategy<Value = Grain> {
    let by = prop_oneof![
        (Just(GrainKind::Full), Just(Vec::<Reference>::new())),
        (Just(GrainKind::Fixed), vec(reference(), 0..3)),
        (select(vec![GrainKind::Include, GrainKind::Exclude]), vec(reference(), 1..3)),
    ];
    by.prop_map(|(kind, by)| Grain { kind, by, span: Span::at(0) })
}

fn key() -> impl Strategy<Value = OrderKey> {
    (reference(), any::<bool>(), any::<bool>()).prop_map(|(by, descending, nulls_first)| OrderKey {
        by,
        descending,
        nulls_first,
    })
}

/// A call with the clauses that its function takes.
fn call(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Call> {
    let filter = option::of(inner.clone().prop_map(Box::new));
    let functions: Vec<Function> = Function::all().collect();
    let clauses = (filter, option::of(grain()), option::of(vec(reference(), 0..3)), vec(key(), 0..3));
    (select(functions), vec(inner, 0..4), clauses).prop_map(
        |(function, arguments, (filter, grain, partition, order))| {
            let bare = Call {
                function,
                name_span: Span::at(0),
                arguments,
                filter: None,
                grain: None,
                partition: None,
                order: Vec::new(),
            };
            match function {
                Function::Aggregate(_) => Call { filter, grain, ..bare },
                Function::Window(_) => Call { partition, order, ..bare },
                Function::Choice(_) | Function::Scalar(_) => bare,
            }
        },
    )
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
            (option::of(one()), vec((inner.clone(), inner.clone()), 1..3), option::of(one()))
                .prop_map(|(subject, branches, otherwise)| ExprKind::Case { subject, branches, otherwise }),
            (one(), target()).prop_map(|(value, target)| ExprKind::Cast { value, target }),
            call(inner.clone()).prop_map(ExprKind::Call),
            call(inner.clone()).prop_map(ExprKind::Call),
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

    #[test]
    fn constants_are_read_as_they_are_printed(literal in literal()) {
        let tree = expr(ExprKind::Literal(literal));
        prop_assert_eq!(parse(&tree.to_string()).map(Expr::without_spans), Ok(tree));
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
        (negate(expr(ExprKind::Literal(Literal::Duration(60_000_000)))), "-@1m"),
        (negate(expr(ExprKind::Literal(Literal::Date(0)))), "-@1970-01-01"),
        (expr(ExprKind::Arithmetic(Arithmetic::Subtract, Box::new(one()), Box::new(negate(one())))), "1 - -(1)"),
    ] {
        assert_eq!(tree.to_string(), printed);
        assert_eq!(parse(printed).unwrap().without_spans(), tree);
    }
}

#[test]
fn constants_that_no_text_has_are_printed_too() {
    for (literal, printed) in [
        (Literal::Duration(-60_000_000), "-@1m"),
        (Literal::Duration(i64::MIN), "-@15250284w3d4h54s775ms808us"),
        (Literal::Date(i32::MAX), "@?"),
        (Literal::LocalDatetime(i64::MIN), "@?T19:59:05.224192"),
    ] {
        assert_eq!(literal.to_string(), printed);
    }
    let negated = expr(ExprKind::Negate(Box::new(expr(ExprKind::Literal(Literal::Duration(-1))))));
    assert_eq!(negated.to_string(), "-(-@1us)");
}
