//! The finer meaning of numbers: money and lengths of time.

use crate::{
    AggregateFunction, AggregateLeaf, Arithmetic, CalendarFunction, ClockFunction, Constant, Node, NumberFunction,
    ScalarFunction, Typed, WindowFunction, WindowLeaf,
};

/// The finer meaning of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subtype {
    /// An amount of money.
    Currency,
    /// A length of time, in seconds.
    Duration,
}

/// What is known of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Zero or NULL, which is as much of everything.
    Any,
    /// A number of nothing in particular.
    Plain,
    Of(Subtype),
}

/// Functions whose value is of what their first argument is.
const OF_FIRST: &[NumberFunction] = &[
    NumberFunction::Absolute,
    NumberFunction::Round,
    NumberFunction::RoundEven,
    NumberFunction::RoundTo,
    NumberFunction::Floor,
    NumberFunction::Ceiling,
    NumberFunction::Truncate,
    NumberFunction::ZeroIfNull,
    NumberFunction::NullIfZero,
];

/// Functions whose value is one of their arguments.
const OF_ALL: &[NumberFunction] = &[NumberFunction::Greatest, NumberFunction::Least, NumberFunction::Clamp];

/// Aggregates whose value is of what they are over.
const OF_ROWS: &[AggregateFunction] = &[
    AggregateFunction::Sum,
    AggregateFunction::Average,
    AggregateFunction::Median,
    AggregateFunction::Percentile,
    AggregateFunction::PercentileDiscrete,
    AggregateFunction::ApproxPercentile,
    AggregateFunction::Min,
    AggregateFunction::Max,
    AggregateFunction::Mode,
    AggregateFunction::First,
    AggregateFunction::Last,
    AggregateFunction::Stddev,
    AggregateFunction::StddevPop,
    AggregateFunction::WeightedAverage,
];

/// Window functions whose value is of what they are over.
const OF_WINDOW: &[WindowFunction] = &[
    WindowFunction::RunningSum,
    WindowFunction::RunningAverage,
    WindowFunction::RunningMin,
    WindowFunction::RunningMax,
    WindowFunction::MovingSum,
    WindowFunction::MovingAverage,
    WindowFunction::MovingMin,
    WindowFunction::MovingMax,
    WindowFunction::Lag,
    WindowFunction::Lead,
    WindowFunction::FirstValue,
    WindowFunction::LastValue,
    WindowFunction::Difference,
    WindowFunction::WindowSum,
    WindowFunction::WindowAverage,
    WindowFunction::WindowMin,
    WindowFunction::WindowMax,
];

/// The finer meaning of a formula's value, if it has one; `leaf` gives those of its names.
///
/// | formula | of what it is |
/// |---|---|
/// | `a + b`, `a - b`, `IF`, `CASE`, `COALESCE`, `GREATEST`, `LEAST`, `CLAMP` | what all of its values are, if they agree; zero and NULL agree with everything |
/// | `a * b` | what one is, if the other is a plain number |
/// | `a / b`, `DIV` | what the first is, if the second is a plain number; nothing if both are the same |
/// | `-a`, `ABS`, `ROUND` and its like, `ZERO_IF_NULL`, `NULL_IF_ZERO`, a cast to another type of number | what the number is |
/// | `ELAPSED` and `DATE_DIFF` in seconds, `SECONDS_OF_DAY`, `ZONE_OFFSET` | a duration |
/// | all else, also constants | nothing |
///
/// ```
/// use drillcore_formulas::{Arithmetic, Constant, Node, Subtype, Type, Typed, infer_subtype};
///
/// let price = Typed { node: Node::Leaf("price"), value_type: Type::Integer };
/// let three = Typed { node: Node::Constant(Constant::Integer(3)), value_type: Type::Integer };
/// let product = Node::Arithmetic(Arithmetic::Multiply, Box::new(price), Box::new(three));
/// let product = Typed { node: product, value_type: Type::Integer };
/// assert_eq!(infer_subtype(&product, &mut |_| Some(Subtype::Currency)), Some(Subtype::Currency));
/// ```
#[must_use]
pub fn infer_subtype<L>(formula: &Typed<L>, leaf: &mut impl FnMut(&L) -> Option<Subtype>) -> Option<Subtype> {
    unit(formula, leaf).subtype()
}

/// The finer meaning of a value of a group; `column` and `measure` give those of names. For the leaves of a formula of
/// aggregate level: sums, averages, least and greatest values and their like are what their rows are, a `RATE` is a
/// division, counts and variances are nothing.
#[must_use]
pub fn aggregate_subtype<C, M>(
    leaf: &AggregateLeaf<C, M>,
    column: &mut dyn FnMut(&C) -> Option<Subtype>,
    measure: &mut dyn FnMut(&M) -> Option<Subtype>,
) -> Option<Subtype> {
    match leaf {
        AggregateLeaf::Measure(name) => measure(name),
        AggregateLeaf::Aggregate(aggregate) => {
            let first = aggregate.argument.as_ref().map(|argument| unit(argument, column));
            let second = aggregate.second.as_ref().map(|second| unit(second, column));
            of_aggregate(aggregate.function, first, second).subtype()
        }
        AggregateLeaf::Nested(nested) => {
            let mut inner = |leaf: &AggregateLeaf<C, M>| aggregate_subtype(leaf, &mut *column, &mut *measure);
            let first = unit(&nested.argument, &mut inner);
            let second = nested.second.as_ref().map(|second| unit(second, &mut inner));
            of_aggregate(nested.function, Some(first), second).subtype()
        }
    }
}

/// The finer meaning of a value of a row of an answer, as [`aggregate_subtype`]; for the leaves of a formula of window
/// level. Ranks, counts and shares are nothing.
#[must_use]
pub fn window_subtype<C, M>(
    leaf: &WindowLeaf<C, M>,
    column: &mut dyn FnMut(&C) -> Option<Subtype>,
    measure: &mut dyn FnMut(&M) -> Option<Subtype>,
) -> Option<Subtype> {
    match leaf {
        WindowLeaf::Group(leaf) => aggregate_subtype(leaf, column, measure),
        WindowLeaf::Window(window) if OF_WINDOW.contains(&window.function) => {
            let mut inner = |leaf: &AggregateLeaf<C, M>| aggregate_subtype(leaf, &mut *column, &mut *measure);
            unit(window.argument.as_ref()?, &mut inner).subtype()
        }
        WindowLeaf::Window(_) => None,
    }
}

fn of_aggregate(function: AggregateFunction, first: Option<Unit>, second: Option<Unit>) -> Unit {
    match (function, first, second) {
        (AggregateFunction::Rate, Some(first), Some(second)) => first.over(second),
        (_, Some(first), _) if OF_ROWS.contains(&function) => first,
        _ => Unit::Plain,
    }
}

fn unit<L>(formula: &Typed<L>, leaf: &mut dyn FnMut(&L) -> Option<Subtype>) -> Unit {
    match &formula.node {
        Node::Constant(constant) if is_nothing(constant) => Unit::Any,
        Node::Leaf(name) => leaf(name).map_or(Unit::Plain, Unit::Of),
        Node::Convert(inner) if formula.value_type.is_number() => match unit(inner, leaf) {
            Unit::Of(_) if !inner.value_type.is_number() => Unit::Plain,
            inner => inner,
        },
        Node::Negate(inner) => unit(inner, leaf),
        Node::Arithmetic(how, left, right) => {
            let (left, right) = (unit(left, leaf), unit(right, leaf));
            match how {
                Arithmetic::Add | Arithmetic::Subtract => left.and(right),
                Arithmetic::Multiply => left.times(right),
                Arithmetic::Divide => left.over(right),
            }
        }
        Node::Case { branches, otherwise } => {
            all(branches.iter().map(|(_, value)| value).chain(otherwise.as_deref()), leaf)
        }
        Node::Coalesce(values) => all(values, leaf),
        Node::Call(function, arguments) => of_call(*function, arguments, leaf),
        _ => Unit::Plain,
    }
}

/// What all of these are.
fn all<'v, L: 'v>(values: impl IntoIterator<Item = &'v Typed<L>>, leaf: &mut dyn FnMut(&L) -> Option<Subtype>) -> Unit {
    values.into_iter().fold(Unit::Any, |so_far, value| so_far.and(unit(value, &mut *leaf)))
}

fn of_call<L>(function: ScalarFunction, arguments: &[Typed<L>], leaf: &mut dyn FnMut(&L) -> Option<Subtype>) -> Unit {
    match (function, arguments) {
        (ScalarFunction::Number(number), [first, ..]) if OF_FIRST.contains(&number) => unit(first, leaf),
        (ScalarFunction::Number(number), _) if OF_ALL.contains(&number) => all(arguments, leaf),
        (ScalarFunction::Number(NumberFunction::Quotient), [left, right]) => {
            let (left, right) = (unit(left, leaf), unit(right, leaf));
            left.over(right)
        }
        (ScalarFunction::Calendar(CalendarFunction::Elapsed | CalendarFunction::DateDiff), [first, ..])
            if is_seconds(first) =>
        {
            Unit::Of(Subtype::Duration)
        }
        (
            ScalarFunction::Calendar(CalendarFunction::SecondsOfDay) | ScalarFunction::Clock(ClockFunction::ZoneOffset),
            _,
        ) => Unit::Of(Subtype::Duration),
        _ => Unit::Plain,
    }
}

impl Unit {
    fn subtype(self) -> Option<Subtype> {
        match self {
            Self::Of(subtype) => Some(subtype),
            Self::Any | Self::Plain => None,
        }
    }

    /// What both are.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any, known) | (known, Self::Any) => known,
            _ if self == other => self,
            _ => Self::Plain,
        }
    }

    fn times(self, other: Self) -> Self {
        match (self, other) {
            (Self::Of(subtype), Self::Any | Self::Plain) | (Self::Any | Self::Plain, Self::Of(subtype)) => {
                Self::Of(subtype)
            }
            (Self::Any, Self::Any) => Self::Any,
            _ => Self::Plain,
        }
    }

    fn over(self, other: Self) -> Self {
        match (self, other) {
            (Self::Of(subtype), Self::Any | Self::Plain) => Self::Of(subtype),
            (Self::Any, _) => Self::Any,
            _ => Self::Plain,
        }
    }
}

/// Whether it is zero or NULL.
fn is_nothing(constant: &Constant) -> bool {
    match constant {
        Constant::Null | Constant::Integer(0) | Constant::Decimal(0) => true,
        Constant::Float(bits) => *bits == 0,
        _ => false,
    }
}

fn is_seconds<L>(unit: &Typed<L>) -> bool {
    matches!(&unit.node, Node::Constant(Constant::Text(word)) if word == "second")
}

#[cfg(test)]
mod tests;
