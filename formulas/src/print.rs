//! Trees as text: one form for each, with as few brackets as it needs.

mod call;
mod constant;
mod name;

use std::fmt::{self, Display, Formatter};

use crate::precedence::Precedence;
use crate::tree::{Expr, ExprKind};
use crate::typed::{Arithmetic, Comparison};

/// A part of a formula in a place that holds it so tightly.
struct In<'a>(&'a Expr, Precedence);

impl Display for In<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(expr, place) = self;
        if expr.kind.precedence() < *place { write!(f, "({expr})") } else { expr.fmt(f) }
    }
}

/// Parts with something between them.
struct Joined<'a>(&'a [Expr], &'static str, Precedence);

impl Display for Joined<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(parts, between, place) = self;
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(between)?;
            }
            In(part, *place).fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Display for ExprKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const COMPARED: Precedence = Precedence::Concat;
        let not = |negated: &bool| if *negated { "NOT " } else { "" };
        match self {
            Self::Literal(literal) => literal.fmt(f),
            Self::Reference(reference) => reference.fmt(f),
            Self::Negate(inner) if inner.kind.takes_sign() => write!(f, "-({inner})"),
            Self::Negate(inner) => write!(f, "-{}", In(inner, Precedence::Negate)),
            Self::Arithmetic(how, left, right) => {
                let place = how.precedence();
                write!(f, "{} {} {}", In(left, place), how.symbol(), In(right, place.tighter()))
            }
            Self::Concat(left, right) => {
                write!(f, "{} || {}", In(left, Precedence::Concat), In(right, Precedence::Sum))
            }
            Self::Compare(how, left, right) => {
                write!(f, "{} {} {}", In(left, COMPARED), how.symbol(), In(right, COMPARED))
            }
            Self::And(parts) => Joined(parts, " AND ", Precedence::Not).fmt(f),
            Self::Or(parts) => Joined(parts, " OR ", Precedence::And).fmt(f),
            Self::Not(inner) => write!(f, "NOT {}", In(inner, Precedence::Not)),
            Self::IsNull { value, negated } => write!(f, "{} IS {}NULL", In(value, COMPARED), not(negated)),
            Self::In { value, list, negated } => {
                write!(f, "{} {}IN ({})", In(value, COMPARED), not(negated), Joined(list, ", ", Precedence::Or))
            }
            Self::Between { value, low, high, negated } => {
                let (low, high) = (In(low, COMPARED), In(high, COMPARED));
                write!(f, "{} {}BETWEEN {low} AND {high}", In(value, COMPARED), not(negated))
            }
            Self::Case { subject, branches, otherwise } => {
                f.write_str("CASE")?;
                if let Some(subject) = subject {
                    write!(f, " {subject}")?;
                }
                for (condition, value) in branches {
                    write!(f, " WHEN {condition} THEN {value}")?;
                }
                if let Some(otherwise) = otherwise {
                    write!(f, " ELSE {otherwise}")?;
                }
                f.write_str(" END")
            }
            Self::Cast { value, target } => write!(f, "CAST({value}, {target})"),
            Self::Call(call) => call.fmt(f),
        }
    }
}

impl Arithmetic {
    /// The sign of the operation.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}

impl Comparison {
    /// The sign of the comparison.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

#[cfg(test)]
mod tests;
