//! From measures to the aggregates they are made of.

use super::formula::{Typed, express};
use crate::ground::Ground;
use crate::shown::{self, Shown};
use crate::spec::{Aggregation, At, Call, Expr, Filter, Function, Span, Spec};

/// How values become one.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Count,
    Distinct,
    Min,
    Max,
    /// An aggregate of numbers, by its name in SQL.
    Number(&'static str),
    Sum,
    Mode,
    First,
    Last,
    Percentile(u32),
    Discrete(u32),
    Bounds(u32),
    Rate,
    Weighted,
    List {
        separator: String,
        distinct: bool,
        descending: bool,
        max: i64,
    },
    Histogram(i64),
}

/// What is aggregated.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    Rows,
    Column(At),
    Formula(&'a Expr),
}

/// Which rows count.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rows<'a> {
    All,
    Latest { date: At, entities: &'a [At], common: bool },
    Cumulative { over: At, span: Span },
}

/// One aggregate.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    pub(super) kind: Kind,
    pub(super) of: Source<'a>,
    pub(super) second: Option<Source<'a>>,
    /// The filters of the measure.
    pub(super) filters: &'a [Filter],
    /// What stands behind `WHERE` in a formula.
    pub(super) condition: Option<&'a Expr>,
    pub(super) rows: Rows<'a>,
}

/// The aggregates of a query, and its measures over them.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// The measures over columns `p0`, `p1`, ..
    pub(super) measures: Vec<Typed>,
}

/// Takes the measures of a query apart.
pub(super) fn plan<'a>(ground: Ground<'a>, spec: &'a Spec) -> Plan<'a> {
    let mut planner = Planner { ground, spec, parts: Vec::new() };
    let measures = (0..spec.measures.len()).map(|index| planner.measure(index)).collect();
    Plan { parts: planner.parts, measures }
}

struct Planner<'a> {
    ground: Ground<'a>,
    spec: &'a Spec,
    parts: Vec<Part<'a>>,
}

impl<'a> Planner<'a> {
    fn add(&mut self, part: Part<'a>, shown: Shown) -> Typed {
        self.parts.push(part);
        Typed::new(format!("p{}", self.parts.len() - 1), shown)
    }

    fn measure(&mut self, index: usize) -> Typed {
        let spec = self.spec;
        let measure = &spec.measures[index];
        let shown = shown::measure(self.ground, spec, measure);
        if let Aggregation::Formula(formula) = &measure.aggregation {
            return self.formula(formula, &measure.filter);
        }
        let of = measure.at.map_or(Source::Rows, Source::Column);
        let (aggregation, rows) = match &measure.aggregation {
            Aggregation::Latest { of, date, entities, common } => {
                (&**of, Rows::Latest { date: *date, entities, common: *common })
            }
            Aggregation::Cumulative { of, over, span } => (&**of, Rows::Cumulative { over: *over, span: *span }),
            plain => (plain, Rows::All),
        };
        let (kind, of, second) = kind(aggregation, of);
        self.add(Part { kind, of, second, filters: &measure.filter, condition: None, rows }, shown)
    }

    fn formula(&mut self, formula: &'a Expr, filters: &'a [Filter]) -> Typed {
        // The leaves of a borrowed formula live as long as the query does; they are told apart by their order.
        let mut leaves: Vec<Typed> = Vec::new();
        let mut found: Vec<&'a Expr> = Vec::new();
        collect(formula, &mut found);
        for leaf in found {
            leaves.push(match leaf {
                Expr::Measure(index) => self.measure(*index),
                Expr::Aggregate(call) => self.call(call, filters),
                other => panic!("{other:?} is no leaf of a group"),
            });
        }
        let mut leaves = leaves.into_iter();
        express(formula, &mut |_| leaves.next().expect("as many leaves as there are"))
    }

    fn call(&mut self, call: &'a Call, filters: &'a [Filter]) -> Typed {
        let shown = shown::call(self.ground, call);
        let kind = match call.function {
            Function::Sum => Kind::Sum,
            Function::Average => Kind::Number("average"),
            Function::Median => Kind::Number("median"),
            Function::Count | Function::CountRows => Kind::Count,
            Function::CountDistinct => Kind::Distinct,
            Function::Min => Kind::Min,
            Function::Max => Kind::Max,
            Function::Stddev => Kind::Number("stddev"),
            Function::Variance => Kind::Number("variance"),
            Function::StddevPop => Kind::Number("stddev_pop"),
            Function::VariancePop => Kind::Number("variance_pop"),
            Function::Mode => Kind::Mode,
            Function::First => Kind::First,
            Function::Last => Kind::Last,
            Function::Rate => Kind::Rate,
            Function::WeightedAverage => Kind::Weighted,
        };
        let part = Part {
            kind,
            of: call.of.as_ref().map_or(Source::Rows, Source::Formula),
            second: call.second.as_ref().map(Source::Formula),
            filters,
            condition: call.filter.as_ref(),
            rows: Rows::All,
        };
        self.add(part, shown)
    }
}

/// The measures and aggregates of a formula, in the order in which they are written down.
fn collect<'a>(formula: &'a Expr, found: &mut Vec<&'a Expr>) {
    match formula {
        Expr::Column(_) | Expr::Measure(_) | Expr::Aggregate(_) => found.push(formula),
        Expr::Integer(_) | Expr::Decimal { .. } | Expr::Text(_) => {}
        Expr::Arithmetic(_, left, right)
        | Expr::Compare(_, left, right)
        | Expr::And(left, right)
        | Expr::Or(left, right)
        | Expr::Concat(left, right) => {
            collect(left, found);
            collect(right, found);
        }
        Expr::Not(inner) | Expr::IsNull(inner) => collect(inner, found),
        Expr::If(condition, value, otherwise) => {
            collect(condition, found);
            collect(value, found);
            if let Some(otherwise) = otherwise {
                collect(otherwise, found);
            }
        }
        Expr::Coalesce(parts) => parts.iter().for_each(|part| collect(part, found)),
    }
}

fn kind<'a>(aggregation: &Aggregation, of: Source<'a>) -> (Kind, Source<'a>, Option<Source<'a>>) {
    let second = match aggregation {
        Aggregation::Rate(other)
        | Aggregation::WeightedAverage(other)
        | Aggregation::First(other)
        | Aggregation::Last(other) => Some(Source::Column(*other)),
        _ => None,
    };
    let kind = match aggregation {
        Aggregation::Count => return (Kind::Count, Source::Rows, None),
        Aggregation::CountValues => Kind::Count,
        Aggregation::DistinctCount | Aggregation::ApproxDistinctCount => Kind::Distinct,
        Aggregation::Sum | Aggregation::CumulativeSum => Kind::Sum,
        Aggregation::Average => Kind::Number("average"),
        Aggregation::Median => Kind::Number("median"),
        Aggregation::Min => Kind::Min,
        Aggregation::Max => Kind::Max,
        Aggregation::Stddev => Kind::Number("stddev"),
        Aggregation::Variance => Kind::Number("variance"),
        Aggregation::StddevPop => Kind::Number("stddev_pop"),
        Aggregation::VariancePop => Kind::Number("variance_pop"),
        Aggregation::Mode => Kind::Mode,
        Aggregation::Percentile { thousandths, discrete: true } => Kind::Discrete(*thousandths),
        Aggregation::Percentile { thousandths, .. } => Kind::Percentile(*thousandths),
        Aggregation::ApproxPercentile { thousandths } => Kind::Bounds(*thousandths),
        Aggregation::Rate(_) => Kind::Rate,
        Aggregation::WeightedAverage(_) => Kind::Weighted,
        Aggregation::First(_) => Kind::First,
        Aggregation::Last(_) => Kind::Last,
        Aggregation::StringList { separator, distinct, descending, max } => Kind::List {
            separator: separator.clone().unwrap_or_else(|| ", ".to_owned()),
            distinct: *distinct,
            descending: *descending,
            max: max.map_or(-1, |max| max as i64),
        },
        Aggregation::Histogram { size } => Kind::Histogram(*size),
        other => panic!("{other:?} is not plain"),
    };
    (kind, of, second)
}

impl Kind {
    /// The aggregate over columns `v` and `w` of that number, whose values are of these types.
    pub(super) fn sql(&self, number: usize, value: Shown, second: Option<Shown>) -> String {
        let (v, w) = (format!("v{number}"), format!("w{number}"));
        let exact = value != Shown::Float && value != Shown::Near;
        let digits = super::value::digits(value);
        let form = if exact { "int" } else { "float" };
        match self {
            Self::Count => format!("COUNT({v})"),
            Self::Distinct => format!("COUNT(DISTINCT {v})"),
            Self::Min => format!("MIN({v})"),
            Self::Max => format!("MAX({v})"),
            Self::Number(name) => format!("{name}_{form}({v}, {digits})"),
            Self::Sum => sum(&v, value),
            Self::Mode => format!("mode({v})"),
            Self::First => format!("first_by({v}, {w})"),
            Self::Last => format!("last_by({v}, {w})"),
            Self::Percentile(share) => format!("percentile_{form}({v}, {digits}, {share})"),
            Self::Discrete(share) => format!("discrete({v}, {share})"),
            Self::Bounds(share) => format!("bounds_{form}({v}, {digits}, {share})"),
            Self::Rate | Self::Weighted => {
                let second = second.expect("a second value");
                let one = Typed::new(sum(&v, value), shown::sum(value));
                let other = Typed::new(sum(&w, second), shown::sum(second));
                format!("f_div({}, {})", one.float(), other.float())
            }
            Self::List { separator, distinct, descending, max } => {
                let separator = separator.replace('\'', "''");
                let flag = |yes: bool| i32::from(yes);
                format!("string_list({v}, '{separator}', {}, {}, {max})", flag(*distinct), flag(*descending))
            }
            Self::Histogram(size) => format!("histogram_{form}({v}, {digits}, {size})"),
        }
    }
}

fn sum(of: &str, shown: Shown) -> String {
    match shown {
        Shown::Float | Shown::Near => format!("sum_float({of}, 0)"),
        exact => format!("sum_int({of}, {})", super::value::digits(exact)),
    }
}
