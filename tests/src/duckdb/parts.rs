//! From measures to the aggregates they are made of.

use crate::spec::{Aggregation, At, Expr, Filter, Function, Span, Spec};

/// How values become one.
#[derive(Debug, Clone)]
pub(super) enum Aggregate {
    Count,
    Distinct,
    Min,
    Max,
    Mode,
    Sum,
    Average,
    Median,
    /// A variance or standard deviation, by its name in SQL.
    Spread(&'static str),
    /// Between two values, at a share in thousandths.
    Between(u32),
    Discrete(u32),
    Bounds(u32),
    First,
    Last,
    Rate,
    Weighted,
    List {
        separator: String,
        distinct: bool,
        descending: bool,
        most: usize,
    },
    Histogram(i64),
}

/// What is aggregated.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Rows,
    Column(At),
    Formula(Expr),
}

/// Which rows count.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reach<'a> {
    All,
    Latest { date: At, entities: &'a [At] },
    Cumulative { over: At, span: Span },
}

/// One aggregate.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    pub(super) aggregate: Aggregate,
    pub(super) of: Value,
    /// The divisor, the weight, or what orders first and last.
    pub(super) second: Option<Value>,
    /// The filters of the measure.
    pub(super) filters: &'a [Filter],
    /// What stands behind `WHERE` in a formula.
    pub(super) condition: Option<Expr>,
    pub(super) reach: Reach<'a>,
}

/// The aggregates of a query, in the order in which its measures and their formulas need them.
pub(super) fn parts(spec: &Spec) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    (0..spec.measures.len()).for_each(|index| measure(spec, index, &mut parts));
    parts
}

fn measure<'a>(spec: &'a Spec, index: usize, parts: &mut Vec<Part<'a>>) {
    let measure = &spec.measures[index];
    let filters = measure.filter.as_slice();
    let (aggregation, reach) = match &measure.aggregation {
        Aggregation::Formula(formula) => return in_formula(spec, formula, filters, parts),
        Aggregation::Latest { of, date, entities, common } => {
            // With one date for all there is but one entity.
            (&**of, Reach::Latest { date: *date, entities: if *common { &[] } else { entities.as_slice() } })
        }
        Aggregation::Cumulative { of, over, span } => (&**of, Reach::Cumulative { over: *over, span: *span }),
        plain => (plain, Reach::All),
    };
    let second = match aggregation {
        Aggregation::Rate(other)
        | Aggregation::WeightedAverage(other)
        | Aggregation::First(other)
        | Aggregation::Last(other) => Some(Value::Column(*other)),
        _ => None,
    };
    let of = match measure.at {
        Some(at) if *aggregation != Aggregation::Count => Value::Column(at),
        _ => Value::Rows,
    };
    parts.push(Part { aggregate: aggregate(aggregation), of, second, filters, condition: None, reach });
}

fn in_formula<'a>(spec: &'a Spec, formula: &Expr, filters: &'a [Filter], parts: &mut Vec<Part<'a>>) {
    formula.visit(&mut |part| match part {
        Expr::Measure(index) => measure(spec, *index, parts),
        Expr::Aggregate(call) => parts.push(Part {
            aggregate: called(call.function),
            of: call.of.clone().map_or(Value::Rows, Value::Formula),
            second: call.second.clone().map(Value::Formula),
            filters,
            condition: call.filter.clone(),
            reach: Reach::All,
        }),
        _ => {}
    });
}

fn aggregate(aggregation: &Aggregation) -> Aggregate {
    match aggregation {
        Aggregation::Count | Aggregation::CountValues => Aggregate::Count,
        Aggregation::DistinctCount | Aggregation::ApproxDistinctCount => Aggregate::Distinct,
        Aggregation::Sum | Aggregation::CumulativeSum => Aggregate::Sum,
        Aggregation::Average => Aggregate::Average,
        Aggregation::Median => Aggregate::Median,
        Aggregation::Min => Aggregate::Min,
        Aggregation::Max => Aggregate::Max,
        Aggregation::Stddev => Aggregate::Spread("stddev_samp"),
        Aggregation::Variance => Aggregate::Spread("var_samp"),
        Aggregation::StddevPop => Aggregate::Spread("stddev_pop"),
        Aggregation::VariancePop => Aggregate::Spread("var_pop"),
        Aggregation::Mode => Aggregate::Mode,
        Aggregation::Percentile { thousandths, discrete: true } => Aggregate::Discrete(*thousandths),
        Aggregation::Percentile { thousandths, .. } => Aggregate::Between(*thousandths),
        Aggregation::ApproxPercentile { thousandths } => Aggregate::Bounds(*thousandths),
        Aggregation::Rate(_) => Aggregate::Rate,
        Aggregation::WeightedAverage(_) => Aggregate::Weighted,
        Aggregation::First(_) => Aggregate::First,
        Aggregation::Last(_) => Aggregate::Last,
        Aggregation::StringList { separator, distinct, descending, max } => Aggregate::List {
            separator: separator.clone().unwrap_or_else(|| ", ".to_owned()),
            distinct: *distinct,
            descending: *descending,
            most: max.unwrap_or(1000),
        },
        Aggregation::Histogram { size } => Aggregate::Histogram(*size),
        other => panic!("{other:?} is not plain"),
    }
}

fn called(function: Function) -> Aggregate {
    match function {
        Function::Sum => Aggregate::Sum,
        Function::Average => Aggregate::Average,
        Function::Median => Aggregate::Median,
        Function::Count | Function::CountRows => Aggregate::Count,
        Function::CountDistinct => Aggregate::Distinct,
        Function::Min => Aggregate::Min,
        Function::Max => Aggregate::Max,
        Function::Stddev => Aggregate::Spread("stddev_samp"),
        Function::Variance => Aggregate::Spread("var_samp"),
        Function::StddevPop => Aggregate::Spread("stddev_pop"),
        Function::VariancePop => Aggregate::Spread("var_pop"),
        Function::Mode => Aggregate::Mode,
        Function::First => Aggregate::First,
        Function::Last => Aggregate::Last,
        Function::Rate => Aggregate::Rate,
        Function::WeightedAverage => Aggregate::Weighted,
    }
}
