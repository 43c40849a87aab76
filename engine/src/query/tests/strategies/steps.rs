//! What is done with the groups, and the order.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::members::leveled;
use super::values::{formula, id, ids, level, named, scalar, scalar_or_null, unit, value};
use crate::model::Aggregation;
use crate::query::{
    Compare, Literal, NullsOrder, Order, OrderKey, Pivot, Query, Reference, Shift, Target, Top, Totals, TotalsOver,
    Window, WindowFunction, WindowTotal, WindowValue,
};

pub(super) fn order() -> BoxedStrategy<Order> {
    let field = (value(), option::of(level()), option::of(select(Aggregation::ALL.to_vec())))
        .prop_map(|(reference, level, aggregation)| OrderKey::Field { reference, level, aggregation });
    let over_members = leveled().prop_map(|reference| OrderKey::Field { reference, level: None, aggregation: None });
    let key = prop_oneof![3 => id().prop_map(OrderKey::By), 3 => field, 1 => over_members];
    (key, any::<bool>(), option::of(select(NullsOrder::ALL.to_vec())), any::<bool>())
        .prop_map(|(key, descending, nulls, tiered)| Order { key, descending, nulls, tiered, at: Vec::new() })
        .boxed()
}

/// A window without its name.
fn window() -> BoxedStrategy<Window> {
    let order = || {
        vec(order(), 1..3).prop_map(|mut order_by| {
            order_by.iter_mut().for_each(|order| order.tiered = false);
            order_by
        })
    };
    let total = || select(WindowTotal::ALL.to_vec());
    let numbers = (1..u64::MAX, option::of(1..u64::MAX));
    let rest = (option::of(scalar()), order(), option::of(ids(0)), total());
    let by_function = (select(WindowFunction::ALL.to_vec()), id(), numbers, rest, any::<bool>()).prop_map(
        |(function, of, (size, offset), (default, mut order_by, partition_by, total), ordered)| {
            use WindowFunction as F;
            let moves = matches!(function, F::Lag | F::Lead);
            let steps = moves || matches!(function, F::Difference | F::PercentChange);
            if !ordered && !function.is_rank() {
                order_by.clear();
            }
            Window {
                name: String::new(),
                value: WindowValue::Function(function),
                of: (!function.is_rank()).then_some(of),
                size: matches!(function, F::MovingAverage | F::Ntile).then_some(size),
                offset: offset.filter(|_| steps),
                default: default.filter(|_| moves),
                order_by,
                partition_by,
                total,
            }
        },
    );
    let by_formula = (option::of(id()), formula(), option::of(order()), option::of(ids(0)), total()).prop_map(
        |(dataset, text, order_by, partition_by, total)| Window {
            name: String::new(),
            value: WindowValue::Formula(Reference { dataset, target: Target::Formula(text) }),
            of: None,
            size: None,
            offset: None,
            default: None,
            order_by: order_by.unwrap_or_default(),
            partition_by,
            total,
        },
    );
    prop_oneof![3 => by_function, 1 => by_formula].boxed()
}

fn totals() -> impl Strategy<Value = Totals> {
    (any::<bool>(), vec(ids(0), 0..3), select(TotalsOver::ALL.to_vec())).prop_map(|(grand, levels, over)| Totals {
        grand,
        levels,
        over,
    })
}

fn top() -> impl Strategy<Value = Top> {
    (id(), 1..u64::MAX, id(), any::<bool>(), ids(0), any::<bool>()).prop_map(
        |(of, n, by, ascending, mut per, other)| {
            per.retain(|name| *name != of);
            Top { of: Some(of), n, by, ascending, per, other }
        },
    )
}

fn compare() -> impl Strategy<Value = Compare> {
    let shift = prop_oneof![
        (1..u32::MAX, unit()).prop_map(|(quantity, unit)| Shift::By { quantity, unit }),
        Just(Shift::PreviousPeriod),
    ];
    (prop_oneof![value(), named()], shift, ids(0), any::<bool>())
        .prop_map(|(reference, shift, measures, trim_running)| Compare { reference, shift, measures, trim_running })
}

fn pivot() -> impl Strategy<Value = Pivot> {
    (ids(1), option::of(1..u64::MAX)).prop_map(|(columns, max_columns)| Pivot { columns, max_columns })
}

/// What a query that groups may have.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    compare: Option<Compare>,
    top: Option<Top>,
    windows: Vec<Window>,
    totals: Option<Totals>,
    pivot: Option<Pivot>,
    /// Names the cell of a pivot in an order.
    member: Option<Literal>,
}

pub(super) fn steps() -> impl Strategy<Value = Steps> {
    let parts = (option::of(compare()), option::of(top()), vec(window(), 0..3));
    (parts, option::of(totals()), option::of(pivot()), option::of(scalar_or_null())).prop_map(
        |((compare, top, windows), totals, pivot, member)| Steps { compare, top, windows, totals, pivot, member },
    )
}

impl Steps {
    /// Puts in what goes together with the columns of the query.
    pub(super) fn put_into(self, query: &mut Query) {
        query.windows = self.windows;
        for (index, window) in query.windows.iter_mut().enumerate() {
            window.name = format!("window {index}");
        }
        query.compare = self.compare.filter(|_| !query.measures.is_empty());
        query.top = self.top.filter(|_| !query.dimensions.is_empty());
        if let Some(top) = &mut query.top
            && query.dimensions.len() <= top.per.len() + 1
        {
            top.of = None;
        }
        query.totals = self.totals;
        query.pivot = self.pivot.filter(|_| !query.measures.is_empty() || !query.windows.is_empty());
        if let (Some(pivot), Some(member), Some(order)) = (&query.pivot, self.member, query.order.first_mut()) {
            order.at = pivot.columns.iter().map(|column| (column.clone(), member.clone())).collect();
        }
    }
}
