//! The syntax tree: a formula as it is written, before its names mean anything.

use crate::typed::{Arithmetic, Comparison};
use crate::{Function, Span};

/// A part of a formula and its place in the text. [`parse`](crate::parse) makes them; printed with
/// [`Display`](std::fmt::Display), one gives a text that parses to the same tree, apart from the places.
///
/// ```
/// use drillcore_formulas::parse;
///
/// let formula = parse("sum( {price}*{pieces} )/* revenue */ / 2")?;
/// assert_eq!(formula.to_string(), "SUM({price} * {pieces}) / 2");
/// assert_eq!(parse(&formula.to_string())?.without_spans(), formula.without_spans());
/// # Ok::<(), drillcore_formulas::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, with the brackets around it.
    pub span: Span,
}

/// What an [`Expr`] is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ExprKind {
    /// A constant.
    Literal(Literal),
    /// `{column}`.
    Reference(Reference),
    /// `-a`.
    Negate(Box<Expr>),
    /// `a + b` and the like.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `a || b`.
    Concat(Box<Expr>, Box<Expr>),
    /// `a = b` and the like.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `a AND b AND c`; at least two.
    And(Vec<Expr>),
    /// `a OR b OR c`; at least two.
    Or(Vec<Expr>),
    /// `NOT a`.
    Not(Box<Expr>),
    /// `a IS NULL`.
    IsNull {
        /// What may be NULL.
        value: Box<Expr>,
        /// `IS NOT NULL`.
        negated: bool,
    },
    /// `a IN (b, c)`.
    In {
        /// What is looked for.
        value: Box<Expr>,
        /// Where; at least one.
        list: Vec<Expr>,
        /// `NOT IN`.
        negated: bool,
    },
    /// `a BETWEEN b AND c`; both ends belong to it.
    Between {
        /// What may lie between.
        value: Box<Expr>,
        /// The lower end.
        low: Box<Expr>,
        /// The upper end.
        high: Box<Expr>,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// `CASE WHEN a THEN b ELSE c END`, or `CASE x WHEN a THEN b END`.
    Case {
        /// What is compared with what stands behind each `WHEN`; without one, conditions stand there.
        subject: Option<Box<Expr>>,
        /// Conditions and values; at least one.
        branches: Vec<(Expr, Expr)>,
        /// What stands behind `ELSE`.
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST(a, type)`.
    Cast {
        /// What is converted.
        value: Box<Expr>,
        /// To what.
        target: CastTarget,
    },
    /// `NAME(a, b WHERE c)`.
    Call(Call),
}

/// A name in braces.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// What stands before the colon: a dataset, or links to one, joined with points.
    pub dataset: Option<String>,
    /// The name itself.
    pub name: String,
    /// Where it stands, with its braces.
    pub span: Span,
}

/// A function and what it is called with. The number of arguments is not checked before the types are.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What is called.
    pub function: Function,
    /// Where its name stands.
    pub name_span: Span,
    /// What stands in brackets, up to `WHERE`.
    pub arguments: Vec<Expr>,
    /// What stands behind `WHERE`; only aggregates have it.
    pub filter: Option<Box<Expr>>,
    /// Over which groups an aggregate is; without one, over those of the query.
    pub grain: Option<Grain>,
    /// What stands behind `PARTITION BY`; only window functions have it. An empty list is the whole answer.
    pub partition: Option<Vec<Reference>>,
    /// What stands behind `ORDER BY`; only window functions have it.
    pub order: Vec<OrderKey>,
}

/// The groups of an aggregate, where they are not those of the query: `SUM({x} FIXED {carrier})`.
#[derive(Debug, Clone, PartialEq)]
pub struct Grain {
    /// How they come about.
    pub kind: GrainKind,
    /// The names behind the word; none behind `FULL`.
    pub by: Vec<Reference>,
    /// Where the word stands.
    pub span: Span,
}

/// How the groups of an aggregate come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GrainKind {
    /// `FULL`: one group of all rows after the filters of the query.
    Full,
    /// `FIXED {a}, {b}`: by these columns alone, over the rows after context filters.
    Fixed,
    /// `INCLUDE {a}, {b}`: by the dimensions of the query and these columns; only inside another aggregate.
    Include,
    /// `EXCLUDE {a}, {b}`: by the dimensions of the query but these.
    Exclude,
}

/// A key of an order: `{x} DESC NULLS FIRST`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// What is ordered by: a dimension or a measure of the query.
    pub by: Reference,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`; else they are last, in both directions.
    pub nulls_first: bool,
}

/// A constant as it is written.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// `NULL`.
    Null,
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// A whole number of 64 bits.
    Integer(i64),
    /// A number with a fraction and no exponent, or a larger whole one; at most 38 digits.
    Decimal {
        /// The digits without the point.
        unscaled: i128,
        /// How many of them are behind the point.
        scale: u8,
    },
    /// A number with an exponent; finite, and never -0.0.
    Float(f64),
    /// A text, without its quotes. A backslash in it is a plain character, so regular expressions stand as they are;
    /// `CHAR(10)` makes a line feed.
    Text(String),
    /// `@2024-03-01`: days since 1970-01-01, in years 1 to 9999.
    Date(i32),
    /// `@2024-03-01T10:30Z`: microseconds since 1970-01-01T00:00Z.
    Datetime(i64),
    /// `@2024-03-01T10:30`: microseconds since 1970-01-01T00:00 on the wall clock of the formula's zone.
    LocalDatetime(i64),
    /// `@1d12h`: microseconds. As a value it is a number of seconds.
    Duration(i64),
}

/// What a `CAST` converts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CastTarget {
    /// `hierarchy` or `text`.
    Text,
    /// `numeric` or `float`.
    Float,
    /// `integer`.
    Integer,
    /// `decimal(precision, scale)`.
    Decimal {
        /// Digits in all, 1 to 76.
        precision: u8,
        /// Digits behind the point, at most the precision.
        scale: i8,
    },
    /// `boolean`.
    Boolean,
    /// `date`.
    Date,
    /// `datetime`.
    Datetime,
    /// `local_datetime`.
    LocalDatetime,
}

impl Expr {
    /// The same tree with empty places, so that two texts of one formula give equal trees.
    #[must_use]
    pub fn without_spans(mut self) -> Self {
        self.clear_spans();
        self
    }

    fn clear_spans(&mut self) {
        let nowhere = Span::at(0);
        self.span = nowhere;
        match &mut self.kind {
            ExprKind::Reference(reference) => reference.span = nowhere,
            ExprKind::Call(call) => {
                call.name_span = nowhere;
                for reference in call.named_mut() {
                    reference.span = nowhere;
                }
                if let Some(grain) = &mut call.grain {
                    grain.span = nowhere;
                }
            }
            _ => {}
        }
        self.for_each_child_mut(&mut Self::clear_spans);
    }

    /// Calls `visit` with the parts that it is made of, in the order of the text.
    pub(crate) fn for_each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match &self.kind {
            ExprKind::Literal(_) | ExprKind::Reference(_) => {}
            ExprKind::Negate(inner)
            | ExprKind::Not(inner)
            | ExprKind::IsNull { value: inner, .. }
            | ExprKind::Cast { value: inner, .. } => visit(inner),
            ExprKind::Arithmetic(_, left, right)
            | ExprKind::Concat(left, right)
            | ExprKind::Compare(_, left, right) => [left, right].into_iter().for_each(|part| visit(part)),
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().for_each(visit),
            ExprKind::In { value, list, .. } => {
                visit(value);
                list.iter().for_each(visit);
            }
            ExprKind::Between { value, low, high, .. } => {
                [value, low, high].into_iter().for_each(|part| visit(part));
            }
            ExprKind::Case { subject, branches, otherwise } => {
                subject.iter().for_each(|part| visit(part));
                for (condition, value) in branches {
                    visit(condition);
                    visit(value);
                }
                otherwise.iter().for_each(|part| visit(part));
            }
            ExprKind::Call(call) => {
                call.arguments.iter().for_each(&mut *visit);
                call.filter.iter().for_each(|part| visit(part));
            }
        }
    }

    fn for_each_child_mut(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        match &mut self.kind {
            ExprKind::Literal(_) | ExprKind::Reference(_) => {}
            ExprKind::Negate(inner)
            | ExprKind::Not(inner)
            | ExprKind::IsNull { value: inner, .. }
            | ExprKind::Cast { value: inner, .. } => visit(inner),
            ExprKind::Arithmetic(_, left, right)
            | ExprKind::Concat(left, right)
            | ExprKind::Compare(_, left, right) => [left, right].into_iter().for_each(|part| visit(part)),
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter_mut().for_each(visit),
            ExprKind::In { value, list, .. } => {
                visit(value);
                list.iter_mut().for_each(visit);
            }
            ExprKind::Between { value, low, high, .. } => {
                [value, low, high].into_iter().for_each(|part| visit(part));
            }
            ExprKind::Case { subject, branches, otherwise } => {
                subject.iter_mut().for_each(|part| visit(part));
                for (condition, value) in branches {
                    visit(condition);
                    visit(value);
                }
                otherwise.iter_mut().for_each(|part| visit(part));
            }
            ExprKind::Call(call) => {
                call.arguments.iter_mut().for_each(&mut *visit);
                call.filter.iter_mut().for_each(|part| visit(part));
            }
        }
    }
}

impl Call {
    /// The names in its clauses: behind the word of a grain, `PARTITION BY` and `ORDER BY`.
    pub fn named(&self) -> impl Iterator<Item = &Reference> {
        let grain = self.grain.iter().flat_map(|grain| &grain.by);
        let order = self.order.iter().map(|key| &key.by);
        grain.chain(self.partition.iter().flatten()).chain(order)
    }

    fn named_mut(&mut self) -> impl Iterator<Item = &mut Reference> {
        let grain = self.grain.iter_mut().flat_map(|grain| &mut grain.by);
        let order = self.order.iter_mut().map(|key| &mut key.by);
        grain.chain(self.partition.iter_mut().flatten()).chain(order)
    }
}

impl std::str::FromStr for Expr {
    type Err = crate::Error;

    /// The same as [`parse`](crate::parse).
    fn from_str(source: &str) -> Result<Self, Self::Err> {
        crate::parse(source)
    }
}
