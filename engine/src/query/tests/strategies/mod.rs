//! Queries of every form that `Query::check` accepts.

mod columns;
mod filters;
mod members;
mod steps;
mod values;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::model::{Aggregation, WeekStart};
use crate::query::{Derived, Limit, Measure, Options, Query, SnapshotAt};
use columns::{dimension, measure};
use filters::{group_filter, post_filter, top_filter};
use steps::{order, steps};
use values::{formula, id, instant};

fn limit() -> impl Strategy<Value = Limit> {
    (option::of(any::<u64>()), any::<u64>()).prop_map(|(by, offset)| Limit { by, offset })
}

fn at() -> impl Strategy<Value = SnapshotAt> {
    prop_oneof![(1..=u64::MAX).prop_map(SnapshotAt::Version), instant().prop_map(SnapshotAt::Time)]
}

fn options(rollup_data: bool) -> impl Strategy<Value = Options> {
    let week_start = select(vec![WeekStart::Monday, WeekStart::Wednesday, WeekStart::Sunday]);
    let times = (option::of(1..u64::MAX), option::of(1..u64::MAX));
    let switches = (any::<bool>(), any::<bool>(), any::<bool>());
    (option::of(id()), week_start, 1..=12_u8, option::of(id()), switches, times, option::of(instant())).prop_map(
        move |(timezone_id, week_start, fiscal_year_start, locale_id, switches, (max_rows, timeout_ms), as_of)| {
            let (case_sensitive, exact, total_rows) = switches;
            Options {
                rollup_data,
                timezone_id,
                week_start,
                fiscal_year_start,
                locale_id,
                case_sensitive,
                max_rows,
                timeout_ms,
                exact,
                total_rows,
                as_of,
            }
        },
    )
}

fn derived() -> impl Strategy<Value = Vec<Derived>> {
    vec(formula(), 0..3).prop_map(|formulas| {
        formulas.into_iter().enumerate().map(|(index, text)| Derived::new(format!("derived {index}"), text)).collect()
    })
}

/// Gives every second column a name that no other has.
fn name_some<'q>(names: impl Iterator<Item = &'q mut Option<String>>, kind: &str) {
    for (index, name) in names.enumerate().step_by(2) {
        *name = Some(format!("{kind} \"{index}\""));
    }
}

fn is_approximate(measure: &Measure) -> bool {
    matches!(measure.aggregation, Some(Aggregation::ApproxDistinctCount | Aggregation::ApproxPercentile))
}

pub(super) fn query() -> impl Strategy<Value = Query> {
    any::<bool>().prop_flat_map(|grouped| {
        let names = (option::of(id()), option::of(id()), option::of(at()), derived());
        let columns = (vec(dimension(grouped), 0..3), vec(measure(grouped), 0..3));
        let filters = (vec(top_filter(), 0..3), vec(group_filter(), 0..2), vec(post_filter(), 0..2));
        let rest = (vec(order(), 0..3), option::of(limit()), options(grouped));
        (names, columns, filters, steps(), rest).prop_map(
            move |((name, dataset, at, derived), (dimensions, measures), filters, steps, (order, limit, options))| {
                let (filters, having, post) = filters;
                let mut query = Query {
                    name,
                    dataset,
                    at,
                    derived,
                    dimensions,
                    measures,
                    filters,
                    order,
                    limit,
                    options,
                    ..Query::default()
                };
                if query.dimensions.is_empty() && query.measures.is_empty() {
                    query.dimensions.push("origin".into());
                }
                name_some(query.dimensions.iter_mut().map(|dimension| &mut dimension.name), "dimension");
                name_some(query.measures.iter_mut().map(|measure| &mut measure.name), "measure");
                query.options.exact &= !query.measures.iter().any(is_approximate);
                if grouped {
                    query.having = having;
                    query.post = post;
                    steps.put_into(&mut query);
                } else {
                    query.order.iter_mut().for_each(|order| order.tiered = false);
                }
                query
            },
        )
    })
}
