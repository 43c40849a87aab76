//! Queries of every form that `Query::check` accepts.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::model::{Aggregation, CyclicPart, Level, WeekStart};
use crate::query::operator::Right;
use crate::query::{
    DatetimeLevel, Dimension, Field, Filter, Leaf, Limit, Literal, Measure, NullRule, NullsOrder, Operand, Operator,
    Options, Order, OrderKey, Query, Reference, Target,
};

fn id() -> impl Strategy<Value = String> {
    r#"[a-zé][a-z~/"\\. ]{0,5}"#
}

fn level() -> impl Strategy<Value = DatetimeLevel> {
    prop_oneof![
        select(Level::ALL.to_vec()).prop_map(DatetimeLevel::Bucket),
        select(CyclicPart::ALL.to_vec()).prop_map(DatetimeLevel::Cyclic),
    ]
}

fn aggregation() -> impl Strategy<Value = Aggregation> {
    select(Aggregation::ALL.to_vec())
}

fn column() -> impl Strategy<Value = Reference> {
    (option::of(id()), id()).prop_map(|(dataset, column)| Reference { dataset, target: Target::Column(column) })
}

fn field() -> impl Strategy<Value = Field> {
    let reference = prop_oneof![column(), id().prop_map(Reference::name)];
    (reference, option::of(level())).prop_map(|(reference, level)| Field { reference, level })
}

fn scalar() -> BoxedStrategy<Literal> {
    prop_oneof![
        any::<bool>().prop_map(Literal::Boolean),
        any::<i64>().prop_map(Literal::Integer),
        any::<f64>().prop_map(Literal::from),
        r"-?[1-9][0-9]{20,40}\.[0-9]{0,10}[1-9]".prop_map(|digits| Literal::decimal(&digits).unwrap()),
        any::<String>().prop_map(Literal::Text),
    ]
    .boxed()
}

fn scalar_or_null() -> BoxedStrategy<Literal> {
    prop_oneof![4 => scalar(), 1 => Just(Literal::Null)].boxed()
}

fn right(operator: Operator) -> BoxedStrategy<Option<Operand>> {
    let literal = match operator.right() {
        Right::Nothing => return Just(None).boxed(),
        Right::Value { null } => {
            let value = if null { scalar_or_null() } else { scalar() };
            return prop_oneof![value.prop_map(Operand::Literal), field().prop_map(Operand::Field)]
                .prop_map(Some)
                .boxed();
        }
        Right::Pair => (scalar(), scalar()).prop_map(|(low, high)| Literal::List(vec![low, high])).boxed(),
        Right::List => vec(scalar_or_null(), 0..4).prop_map(Literal::List).boxed(),
        Right::Text => any::<String>().prop_map(Literal::Text).boxed(),
    };
    literal.prop_map(|literal| Some(Operand::Literal(literal))).boxed()
}

fn leaf() -> impl Strategy<Value = Leaf> {
    select(Operator::ALL.to_vec()).prop_flat_map(|operator| {
        let rule = option::of(select(NullRule::ALL.to_vec()));
        (field(), right(operator), rule, option::of(any::<bool>())).prop_map(
            move |(left, right, nulls, case_sensitive)| Leaf {
                operator,
                left,
                right,
                nulls,
                case_sensitive,
                context: false,
            },
        )
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    leaf().prop_map(Filter::Leaf).prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Filter::And),
            vec(inner.clone(), 0..3).prop_map(Filter::Or),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

fn top_filter() -> impl Strategy<Value = Filter> {
    prop_oneof![filter(), leaf().prop_map(|leaf| Filter::Leaf(Leaf { context: true, ..leaf }))]
}

fn dimension(grouped: bool) -> impl Strategy<Value = Dimension> {
    (column(), option::of(level()), option::of(aggregation())).prop_map(move |(reference, level, aggregation)| {
        Dimension { reference, level, name: None, aggregation: aggregation.filter(|_| !grouped) }
    })
}

fn measure(grouped: bool) -> impl Strategy<Value = Measure> {
    (column(), option::of(aggregation()), option::of(level()), vec(filter(), 0..2), any::<bool>()).prop_map(
        move |(mut reference, mut aggregation, level, mut filters, rows)| {
            if !grouped {
                filters.clear();
            } else if rows {
                reference.target = Target::Column(Target::ALL_ROWS.to_owned());
                aggregation = aggregation.filter(|aggregation| *aggregation == Aggregation::Count);
            }
            Measure { reference, aggregation, level, filters, name: None }
        },
    )
}

fn order() -> impl Strategy<Value = Order> {
    let key = prop_oneof![
        id().prop_map(OrderKey::By),
        (column(), option::of(level()), option::of(aggregation()))
            .prop_map(|(reference, level, aggregation)| OrderKey::Field { reference, level, aggregation }),
    ];
    (key, any::<bool>(), option::of(select(NullsOrder::ALL.to_vec()))).prop_map(|(key, descending, nulls)| Order {
        key,
        descending,
        nulls,
    })
}

fn limit() -> impl Strategy<Value = Limit> {
    (option::of(any::<u64>()), any::<u64>()).prop_map(|(by, offset)| Limit { by, offset })
}

fn options(rollup_data: bool) -> impl Strategy<Value = Options> {
    let week_start = select(vec![WeekStart::Monday, WeekStart::Wednesday, WeekStart::Sunday]);
    let times = (option::of(1..u64::MAX), option::of(1..u64::MAX));
    (option::of(id()), week_start, 1..=12_u8, option::of(id()), any::<bool>(), times).prop_map(
        move |(timezone_id, week_start, fiscal_year_start, locale_id, case_sensitive, (max_rows, timeout_ms))| {
            Options {
                rollup_data,
                timezone_id,
                week_start,
                fiscal_year_start,
                locale_id,
                case_sensitive,
                max_rows,
                timeout_ms,
            }
        },
    )
}

/// Gives every second column a name that no other has.
fn name_some<'q>(names: impl Iterator<Item = &'q mut Option<String>>, kind: &str) {
    for (index, name) in names.enumerate().step_by(2) {
        *name = Some(format!("{kind} \"{index}\""));
    }
}

pub(super) fn query() -> impl Strategy<Value = Query> {
    any::<bool>().prop_flat_map(|grouped| {
        let columns = (vec(dimension(grouped), 0..3), vec(measure(grouped), 0..3));
        let filters = (vec(top_filter(), 0..3), vec(filter(), 0..2));
        let rest = (vec(order(), 0..3), option::of(limit()), options(grouped));
        (option::of(id()), option::of(id()), columns, filters, rest).prop_map(
            move |(name, dataset, (dimensions, measures), (filters, having), (order, limit, options))| {
                let having = if grouped { having } else { Vec::new() };
                let mut query = Query { name, dataset, dimensions, measures, filters, having, order, limit, options };
                if query.dimensions.is_empty() && query.measures.is_empty() {
                    query.dimensions.push("origin".into());
                }
                name_some(query.dimensions.iter_mut().map(|dimension| &mut dimension.name), "dimension");
                name_some(query.measures.iter_mut().map(|measure| &mut measure.name), "measure");
                query
            },
        )
    })
}
