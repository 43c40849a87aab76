//! What the columns of an answer hold, told from the query alone.

use crate::cell::Type;
use crate::ground::Ground;
use crate::spec::{
    Aggregation, At, Bins, Bucket, Call, Dimension, Expr, Function, Measure, Part, Sign, Spec, WindowFunction,
};
use crate::world::World;

/// How a column of an answer is to be compared and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Text.
    Text,
    /// A boolean.
    Boolean,
    /// An integer.
    Integer,
    /// A float, equal in every bit.
    Float,
    /// A decimal with this many digits behind the point.
    Decimal(u32),
    /// A date.
    Day,
    /// An instant, in the query's zone.
    Instant,
    /// A wall clock time.
    Local,
    /// A cyclic part.
    Part(Part),
    /// An exact number of any size with this many digits behind the point: a sum, a formula, the border of a bin.
    Sum(u32),
    /// A quotient, at most one float off.
    Average,
    /// A middle value: the nearest float.
    Median,
    /// A value between two others, one part in 10^12 of the greater off.
    Between,
    /// A variance or standard deviation, one part in a thousand million off.
    Deviation,
    /// A float, one part in 10^12 off.
    Near,
    /// A change around 0, 10^-12 off.
    Change,
    /// A bin between edges: its place.
    Edges,
    /// How many values are in each bin.
    Histogram,
    /// About a number of values.
    About,
    /// A value between two bounds.
    Bounds,
}

impl Shown {
    /// Whether it is a number that both sides compute without any rounding that could differ.
    #[must_use]
    pub fn is_exact_number(self) -> bool {
        matches!(self, Self::Integer | Self::Float | Self::Decimal(_) | Self::Sum(_))
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(self) -> bool {
        !matches!(
            self,
            Self::Text
                | Self::Boolean
                | Self::Day
                | Self::Instant
                | Self::Local
                | Self::Part(_)
                | Self::Edges
                | Self::Histogram
        )
    }

    /// Whether both sides put it in the same order.
    #[must_use]
    pub fn is_orderable(self) -> bool {
        self.is_exact_number() || matches!(self, Self::Text | Self::Boolean | Self::Day | Self::Instant | Self::Local)
    }

    /// Whether windows run along it unless another order is given.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Instant | Self::Local)
    }
}

/// A column as it is.
#[must_use]
pub fn column(ground: Ground<'_>, at: At) -> Shown {
    match ground.column(at).ty {
        Type::Text => Shown::Text,
        Type::Boolean => Shown::Boolean,
        Type::Integer => Shown::Integer,
        Type::Float => Shown::Float,
        Type::Decimal(scale) => Shown::Decimal(scale),
        Type::Date => Shown::Day,
        Type::Datetime => Shown::Instant,
        Type::LocalDatetime => Shown::Local,
    }
}

/// A dimension.
#[must_use]
pub fn dimension(ground: Ground<'_>, dimension: &Dimension) -> Shown {
    let of = column(ground, dimension.at);
    match (&dimension.bins, dimension.bucket) {
        (Some(Bins::Groups { .. }), _) => Shown::Text,
        (Some(Bins::Edges(_)), _) => Shown::Edges,
        (Some(Bins::Count(_)), _) => Shown::Near,
        (Some(Bins::Width { size, origin }), _) => match of {
            Shown::Float => Shown::Float,
            _ => Shown::Sum(size.scale.max(origin.map_or(0, |origin| origin.scale))),
        },
        (None, None) => of,
        (None, Some(Bucket::Part(part))) => Shown::Part(part),
        (None, Some(Bucket::Level { level, .. })) if level.is_calendar() => Shown::Day,
        (None, Some(Bucket::Level { .. })) => of,
    }
}

/// A measure.
#[must_use]
pub fn measure(ground: Ground<'_>, spec: &Spec, measure: &Measure) -> Shown {
    match &measure.aggregation {
        Aggregation::Formula(formula) => of_measures(ground, spec, formula),
        other => aggregated(other, measure.at.map(|at| column(ground, at))),
    }
}

fn aggregated(aggregation: &Aggregation, of: Option<Shown>) -> Shown {
    let Some(of) = of else { return Shown::Integer };
    match aggregation {
        Aggregation::Count | Aggregation::CountValues | Aggregation::DistinctCount => Shown::Integer,
        Aggregation::Sum | Aggregation::CumulativeSum => sum(of),
        Aggregation::Average => Shown::Average,
        Aggregation::Median => Shown::Median,
        Aggregation::Min | Aggregation::Max | Aggregation::Mode | Aggregation::First(_) | Aggregation::Last(_) => of,
        Aggregation::Percentile { discrete: true, .. } => of,
        Aggregation::Percentile { .. } => Shown::Between,
        Aggregation::Stddev | Aggregation::Variance | Aggregation::StddevPop | Aggregation::VariancePop => {
            Shown::Deviation
        }
        Aggregation::Rate(_) | Aggregation::WeightedAverage(_) | Aggregation::Formula(_) => Shown::Near,
        Aggregation::StringList { .. } => Shown::Text,
        Aggregation::Histogram { .. } => Shown::Histogram,
        Aggregation::ApproxDistinctCount => Shown::About,
        Aggregation::ApproxPercentile { .. } => Shown::Bounds,
        Aggregation::Latest { of: inner, .. } | Aggregation::Cumulative { of: inner, .. } => {
            aggregated(inner, Some(of))
        }
    }
}

/// The sum of values.
#[must_use]
pub fn sum(of: Shown) -> Shown {
    match of {
        Shown::Integer => Shown::Sum(0),
        Shown::Decimal(scale) => Shown::Sum(scale),
        other => other,
    }
}

/// A formula of row level: text, boolean, integer, exact number, float, or what a column holds.
#[must_use]
pub fn of_row(ground: Ground<'_>, formula: &Expr) -> Shown {
    expression(formula, &mut |leaf| match leaf {
        Expr::Column(at) => exact(column(ground, *at)),
        other => panic!("{other:?} is no leaf of a row"),
    })
}

/// A formula of aggregate level.
#[must_use]
pub fn of_measures(ground: Ground<'_>, spec: &Spec, formula: &Expr) -> Shown {
    expression(formula, &mut |leaf| match leaf {
        Expr::Measure(index) => exact(measure(ground, spec, &spec.measures[*index])),
        Expr::Aggregate(inner) => exact(call(ground, inner)),
        other => panic!("{other:?} is no leaf of a group"),
    })
}

/// An aggregate in a formula.
#[must_use]
pub fn call(ground: Ground<'_>, call: &Call) -> Shown {
    let of = call.of.as_ref().map_or(Shown::Integer, |of| of_row(ground, of));
    match call.function {
        Function::Count | Function::CountRows | Function::CountDistinct => Shown::Integer,
        Function::Sum => sum(of),
        Function::Average | Function::Rate | Function::WeightedAverage => Shown::Near,
        Function::Median => Shown::Near,
        Function::Min | Function::Max | Function::Mode | Function::First | Function::Last => of,
        Function::Stddev | Function::Variance | Function::StddevPop | Function::VariancePop => Shown::Deviation,
    }
}

/// Decimals as formulas compute with them.
fn exact(shown: Shown) -> Shown {
    match shown {
        Shown::Decimal(scale) => Shown::Sum(scale),
        other => other,
    }
}

fn expression(formula: &Expr, leaf: &mut dyn FnMut(&Expr) -> Shown) -> Shown {
    match formula {
        Expr::Column(_) | Expr::Measure(_) | Expr::Aggregate(_) => leaf(formula),
        Expr::Integer(_) => Shown::Integer,
        Expr::Decimal { scale, .. } => Shown::Sum(*scale),
        Expr::Text(_) | Expr::Concat(..) => Shown::Text,
        Expr::Compare(..) | Expr::And(..) | Expr::Or(..) | Expr::Not(_) | Expr::IsNull(_) => Shown::Boolean,
        Expr::Arithmetic(sign, left, right) => arithmetic(*sign, expression(left, leaf), expression(right, leaf)),
        Expr::If(_, value, None) => expression(value, leaf),
        Expr::If(_, value, Some(otherwise)) => common(expression(value, leaf), expression(otherwise, leaf)),
        Expr::Coalesce(parts) => {
            let mut found: Option<Shown> = None;
            for part in parts {
                let next = expression(part, leaf);
                found = Some(found.map_or(next, |before| common(before, next)));
            }
            found.unwrap_or(Shown::Text)
        }
    }
}

/// The type of an operation.
#[must_use]
pub fn arithmetic(sign: Sign, left: Shown, right: Shown) -> Shown {
    let scale = |shown| match shown {
        Shown::Integer => Some(0),
        Shown::Sum(scale) => Some(scale),
        _ => None,
    };
    match (sign, left, right, scale(left), scale(right)) {
        (Sign::Divide, ..) | (_, _, _, None, _) | (_, _, _, _, None) => float(left, right),
        (_, Shown::Integer, Shown::Integer, ..) => Shown::Integer,
        (Sign::Multiply, _, _, Some(left), Some(right)) => Shown::Sum(left + right),
        (_, _, _, Some(left), Some(right)) => Shown::Sum(left.max(right)),
    }
}

/// Floats stay comparable bit by bit as long as nothing in them was rounded twice.
fn float(left: Shown, right: Shown) -> Shown {
    let exact = |shown| matches!(shown, Shown::Integer | Shown::Sum(_) | Shown::Float);
    if exact(left) && exact(right) { Shown::Float } else { Shown::Near }
}

/// The type of a choice.
#[must_use]
pub fn common(left: Shown, right: Shown) -> Shown {
    match (left, right) {
        (left, right) if left == right => left,
        (Shown::Integer, Shown::Sum(scale)) | (Shown::Sum(scale), Shown::Integer) => Shown::Sum(scale),
        (Shown::Sum(left), Shown::Sum(right)) => Shown::Sum(left.max(right)),
        _ => float(left, right),
    }
}

/// A window over a column.
#[must_use]
pub fn window(function: WindowFunction, of: Option<Shown>) -> Shown {
    let of = of.unwrap_or(Shown::Integer);
    match function {
        WindowFunction::RunningTotal => sum(of),
        WindowFunction::MovingAverage => Shown::Average,
        WindowFunction::PercentOfTotal => Shown::Near,
        WindowFunction::PercentChange => Shown::Change,
        WindowFunction::Difference => exact(of),
        WindowFunction::Lag | WindowFunction::Lead | WindowFunction::FirstValue | WindowFunction::LastValue => of,
        WindowFunction::Rank | WindowFunction::DenseRank | WindowFunction::RowNumber | WindowFunction::Ntile => {
            Shown::Integer
        }
    }
}

/// The columns of an answer that groups: dimensions, then cells.
#[must_use]
pub fn columns(world: &World, spec: &Spec) -> (Vec<Shown>, Vec<Shown>) {
    let ground = Ground::new(world, spec);
    let dimensions = spec.dimensions.iter().map(|one| dimension(ground, one)).collect();
    let mut cells: Vec<Shown> = spec.measures.iter().map(|one| measure(ground, spec, one)).collect();
    if let Some(compare) = &spec.compare {
        for index in &compare.measures {
            let now = cells[*index];
            let change = arithmetic(Sign::Subtract, exact(now), exact(now));
            cells.extend([now, change, Shown::Near]);
        }
    }
    for one in &spec.windows {
        cells.push(window(one.function, one.of.map(|of| cells[of])));
    }
    (dimensions, cells)
}
