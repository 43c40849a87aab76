//! Dimensions and measures.

use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::filters::filter;
use super::members::shown;
use super::values::{column, formula, id, level, named, number, positive, scalar, unit, value};
use crate::model::Aggregation;
use crate::query::{
    AggregationSettings, Cumulative, CumulativeSpan, DatetimeLevel, Dimension, Discretization, Literal, Measure,
    MemberGroup, PercentileKind, Pick, Query, Reference, Target,
};

fn aggregation() -> impl Strategy<Value = Aggregation> {
    select(Aggregation::ALL.to_vec())
}

fn group() -> impl Strategy<Value = Vec<Literal>> {
    vec(scalar(), 0..3)
}

fn discretization() -> BoxedStrategy<Discretization> {
    let width = (positive(), option::of(number())).prop_map(|(size, origin)| Discretization::Width { size, origin });
    let edges = btree_set(any::<i32>(), 1..4)
        .prop_map(|edges| Discretization::Edges(edges.into_iter().map(Literal::from).collect()));
    let groups = (vec(group(), 1..3), any::<bool>()).prop_map(|(groups, rest)| Discretization::Groups {
        groups: groups
            .into_iter()
            .enumerate()
            .map(|(index, members)| MemberGroup { name: format!("group {index}"), members })
            .collect(),
        rest: rest.then(|| "rest".to_owned()),
    });
    prop_oneof![width, (1..=Query::MAX_BINS).prop_map(Discretization::Count), edges, groups].boxed()
}

pub(super) fn dimension(grouped: bool) -> BoxedStrategy<Dimension> {
    let values = (value(), option::of(level()), option::of(discretization()));
    let over_members = shown(grouped).prop_map(|reference| (reference, None::<DatetimeLevel>, None::<Discretization>));
    let over = prop_oneof![4 => values, 1 => over_members];
    let switches = (any::<bool>(), option::of(aggregation()));
    (over, switches)
        .prop_map(move |((reference, level, discretization), (nonoccurring, aggregation))| Dimension {
            reference,
            level,
            discretization: discretization.filter(|_| level.is_none()),
            include_nonoccurring: grouped && nonoccurring,
            name: None,
            aggregation: aggregation.filter(|_| !grouped),
        })
        .boxed()
}

fn share() -> BoxedStrategy<Literal> {
    prop_oneof![(0.0..=1.0_f64).prop_map(Literal::from), (0..=1_i32).prop_map(Literal::from)].boxed()
}

fn span() -> BoxedStrategy<CumulativeSpan> {
    prop_oneof![
        (1..u32::MAX, unit()).prop_map(|(quantity, unit)| CumulativeSpan::Window { quantity, unit }),
        unit().prop_map(CumulativeSpan::ToDate),
        Just(CumulativeSpan::All),
    ]
    .boxed()
}

/// What makes an aggregation semi-additive or cumulative.
fn earlier() -> BoxedStrategy<AggregationSettings> {
    let pick = option::of(select(Pick::ALL.to_vec()));
    let latest = (value(), btree_set(id(), 0..3), pick).prop_map(|(date, entity, pick)| AggregationSettings {
        last_by: Some(date),
        entity: entity.into_iter().map(|id| Reference::column_in("t", id)).collect(),
        pick,
        ..AggregationSettings::default()
    });
    let over = prop_oneof![value(), named()];
    let cumulative = (over, span()).prop_map(|(over, span)| AggregationSettings {
        cumulative: Some(Cumulative { over, span }),
        ..AggregationSettings::default()
    });
    prop_oneof![Just(AggregationSettings::default()), latest, cumulative].boxed()
}

fn settings(aggregation: Aggregation) -> BoxedStrategy<AggregationSettings> {
    use Aggregation as A;
    let none = AggregationSettings::default;
    match aggregation {
        A::Sum | A::Count | A::CountValues | A::DistinctCount | A::Average | A::Min | A::Max | A::Median => earlier(),
        A::Percentile => (share(), option::of(select(PercentileKind::ALL.to_vec())))
            .prop_map(move |(p, kind)| AggregationSettings { p: Some(p), kind, ..none() })
            .boxed(),
        A::ApproxPercentile => share().prop_map(move |p| AggregationSettings { p: Some(p), ..none() }).boxed(),
        A::Rate | A::WeightedAverage => {
            value().prop_map(move |column| AggregationSettings { column: Some(column), ..none() }).boxed()
        }
        A::First | A::Last => value().prop_map(move |by| AggregationSettings { by: Some(by), ..none() }).boxed(),
        A::StringList => {
            let switches = (option::of(any::<bool>()), option::of(any::<bool>()));
            (option::of(any::<String>()), switches, option::of(1..u64::MAX))
                .prop_map(move |(separator, (distinct, descending), max)| AggregationSettings {
                    separator,
                    distinct,
                    descending,
                    max,
                    ..none()
                })
                .boxed()
        }
        A::Histogram => prop_oneof![
            (1..=Query::MAX_BINS).prop_map(move |bins| AggregationSettings { bins: Some(bins), ..none() }),
            positive().prop_map(move |size| AggregationSettings { size: Some(size), ..none() }),
        ]
        .boxed(),
        _ => Just(none()).boxed(),
    }
}

/// An aggregation with settings that go together.
fn aggregated() -> impl Strategy<Value = (Option<Aggregation>, AggregationSettings)> {
    option::of(aggregation()).prop_flat_map(|aggregation| match aggregation {
        Some(aggregation) => settings(aggregation).prop_map(move |settings| (Some(aggregation), settings)).boxed(),
        None => Just((None, AggregationSettings::default())).boxed(),
    })
}

/// A measure whose name is not given yet.
fn plain(reference: Reference) -> Measure {
    Measure {
        reference,
        aggregation: None,
        settings: AggregationSettings::default(),
        level: None,
        filters: Vec::new(),
        name: None,
    }
}

pub(super) fn measure(grouped: bool) -> BoxedStrategy<Measure> {
    let filters = vec(filter(), 0..if grouped { 2 } else { 1 });
    let expression = (option::of(id()), formula())
        .prop_map(|(dataset, text)| Reference { dataset, target: Target::Expression(text) });
    let of = prop_oneof![4 => column(), 1 => expression];
    let aggregate = (of, aggregated(), option::of(level()), filters.clone()).prop_map(
        |(reference, (aggregation, settings), level, filters)| Measure {
            aggregation,
            settings,
            level,
            filters,
            ..plain(reference)
        },
    );
    if !grouped {
        return aggregate.boxed();
    }
    let rows = (option::of(id()), any::<bool>(), filters.clone()).prop_map(|(dataset, count, filters)| Measure {
        aggregation: count.then_some(Aggregation::Count),
        filters,
        ..plain(Reference { dataset, target: Target::Column(Target::ALL_ROWS.to_owned()) })
    });
    let metric = (option::of(id()), formula(), filters).prop_map(|(dataset, text, filters)| Measure {
        filters,
        ..plain(Reference { dataset, target: Target::Formula(text) })
    });
    let stored = (option::of(id()), id(), vec(filter(), 0..2)).prop_map(|(dataset, name, filters)| Measure {
        filters,
        ..plain(Reference { dataset, target: Target::StoredFormula(name) })
    });
    prop_oneof![4 => aggregate, 1 => rows, 1 => metric, 1 => stored].boxed()
}
