//! Formulas.

use super::At;
use crate::world::Column;

/// A formula. Those of row level hold columns, those of aggregate level measures and aggregates.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A column.
    Column(At),
    /// A measure of the query, by place.
    Measure(usize),
    /// An aggregate.
    Aggregate(Box<Call>),
    /// A whole number.
    Integer(i64),
    /// A number with so many digits behind the point.
    Decimal {
        /// The number without its point.
        units: i64,
        /// Digits behind the point.
        scale: u32,
    },
    /// A text.
    Text(String),
    /// One of the four operations.
    Arithmetic(Sign, Box<Expr>, Box<Expr>),
    /// A comparison.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// Both.
    And(Box<Expr>, Box<Expr>),
    /// At least one.
    Or(Box<Expr>, Box<Expr>),
    /// The opposite; unknown stays unknown.
    Not(Box<Expr>),
    /// Whether there is no value.
    IsNull(Box<Expr>),
    /// `IF`.
    If(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    /// `COALESCE`.
    Coalesce(Vec<Expr>),
    /// `||`.
    Concat(Box<Expr>, Box<Expr>),
}

/// An operation of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
}

impl Sign {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Add, Self::Subtract, Self::Multiply, Self::Divide];

    /// The sign in a formula.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}

/// How two values are compared in a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparison {
    /// `=`.
    Eq,
    /// `<>`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Eq, Self::Ne, Self::Lt, Self::Le, Self::Gt, Self::Ge];

    /// The sign, the same in formulas and in SQL.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "<>",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

/// An aggregate in a formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function.
    pub function: Function,
    /// What is aggregated; nothing for a count of rows.
    pub of: Option<Expr>,
    /// The divisor, the weight, or what orders first and last.
    pub second: Option<Expr>,
    /// What stands behind `WHERE`.
    pub filter: Option<Expr>,
}

/// The aggregates of formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    Sum,
    Average,
    Median,
    Count,
    CountRows,
    CountDistinct,
    Min,
    Max,
    Stddev,
    Variance,
    StddevPop,
    VariancePop,
    Mode,
    First,
    Last,
    Rate,
    WeightedAverage,
}

impl Function {
    /// All of them with their names.
    pub const NAMES: [(Self, &str); 17] = [
        (Self::Sum, "SUM"),
        (Self::Average, "AVG"),
        (Self::Median, "MEDIAN"),
        (Self::Count, "COUNT"),
        (Self::CountRows, "COUNTR"),
        (Self::CountDistinct, "COUNTD"),
        (Self::Min, "MIN"),
        (Self::Max, "MAX"),
        (Self::Stddev, "STDDEV"),
        (Self::Variance, "VARIANCE"),
        (Self::StddevPop, "STDDEV_POP"),
        (Self::VariancePop, "VARIANCE_POP"),
        (Self::Mode, "MODE"),
        (Self::First, "FIRST"),
        (Self::Last, "LAST"),
        (Self::Rate, "RATE"),
        (Self::WeightedAverage, "WEIGHTED_AVG"),
    ];

    /// The name in a formula.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }
}

impl Expr {
    /// Calls `visit` with the formula and all its parts, those of aggregates included.
    pub fn visit(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        match self {
            Self::Column(_) | Self::Measure(_) | Self::Integer(_) | Self::Decimal { .. } | Self::Text(_) => {}
            Self::Aggregate(call) => {
                let parts = call.of.iter().chain(&call.second).chain(&call.filter);
                parts.for_each(|part| part.visit(visit));
            }
            Self::Arithmetic(_, left, right)
            | Self::Compare(_, left, right)
            | Self::And(left, right)
            | Self::Or(left, right)
            | Self::Concat(left, right) => {
                left.visit(visit);
                right.visit(visit);
            }
            Self::Not(inner) | Self::IsNull(inner) => inner.visit(visit),
            Self::If(condition, value, otherwise) => {
                condition.visit(visit);
                value.visit(visit);
                if let Some(otherwise) = otherwise {
                    otherwise.visit(visit);
                }
            }
            Self::Coalesce(parts) => parts.iter().for_each(|part| part.visit(visit)),
        }
    }

    /// The measures that it names.
    #[must_use]
    pub fn measures(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.visit(&mut |part| {
            if let Self::Measure(index) = part {
                found.push(*index);
            }
        });
        found
    }

    /// The columns that it names.
    #[must_use]
    pub fn columns(&self) -> Vec<At> {
        let mut found = Vec::new();
        self.visit(&mut |part| {
            if let Self::Column(at) = part {
                found.push(*at);
            }
        });
        found
    }
}

/// A column that the query adds to the base.
#[derive(Debug, Clone)]
pub struct Derived {
    /// Its name and what it holds.
    pub column: Column,
    /// The formula, of row level. It names no other derived column.
    pub formula: Expr,
}

/// By what they compute; the pool of a column is no part of the query.
impl PartialEq for Derived {
    fn eq(&self, other: &Self) -> bool {
        self.column.id == other.column.id && self.column.ty == other.column.ty && self.formula == other.formula
    }
}
