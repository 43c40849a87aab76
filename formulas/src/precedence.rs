//! Which operator binds tighter.

use crate::tree::{ExprKind, Literal};
use crate::typed::Arithmetic;

/// How tightly an operator holds its operands, from loose to tight. Operators of one level group from the left, but for
/// comparisons, which need brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Precedence {
    /// `OR`.
    Or,
    /// `AND`.
    And,
    /// `NOT`.
    Not,
    /// `=`, `<`, `IS`, `IN`, `BETWEEN` and the like.
    Compare,
    /// `||`.
    Concat,
    /// `+` and `-`.
    Sum,
    /// `*` and `/`.
    Product,
    /// `-` before a value.
    Negate,
    /// What needs no brackets anywhere.
    Value,
}

impl Precedence {
    /// The next tighter level.
    pub(crate) fn tighter(self) -> Self {
        match self {
            Self::Or => Self::And,
            Self::And => Self::Not,
            Self::Not => Self::Compare,
            Self::Compare => Self::Concat,
            Self::Concat => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product => Self::Negate,
            Self::Negate | Self::Value => Self::Value,
        }
    }
}

impl Arithmetic {
    pub(crate) fn precedence(self) -> Precedence {
        match self {
            Self::Add | Self::Subtract => Precedence::Sum,
            Self::Multiply | Self::Divide => Precedence::Product,
        }
    }
}

impl ExprKind {
    pub(crate) fn precedence(&self) -> Precedence {
        match self {
            Self::Or(_) => Precedence::Or,
            Self::And(_) => Precedence::And,
            Self::Not(_) => Precedence::Not,
            Self::Compare(..) | Self::IsNull { .. } | Self::In { .. } | Self::Between { .. } => Precedence::Compare,
            Self::Concat(..) => Precedence::Concat,
            Self::Arithmetic(how, ..) => how.precedence(),
            Self::Negate(_) => Precedence::Negate,
            Self::Literal(_) | Self::Reference(_) | Self::Case { .. } | Self::Cast { .. } | Self::Call(_) => {
                Precedence::Value
            }
        }
    }

    /// Whether a `-` before it would become part of it, or make a comment of both.
    pub(crate) fn takes_sign(&self) -> bool {
        match self {
            Self::Literal(Literal::Integer(_) | Literal::Decimal { .. } | Literal::Float(_)) => true,
            Self::Literal(Literal::Duration(micros)) => *micros < 0,
            other => matches!(other, Self::Negate(_)),
        }
    }
}
