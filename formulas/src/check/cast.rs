//! `CAST`.

use super::build::{convert, is_null, typed};
use super::expression::Checker;
use super::level::Level;
use crate::tree::{CastTarget, Expr};
use crate::{Error, Node, Type, Typed};

impl CastTarget {
    fn value_type(self) -> Type {
        match self {
            Self::Text => Type::Text,
            Self::Float => Type::Float,
            Self::Integer => Type::Integer,
            Self::Decimal { precision, scale } => Type::Decimal { precision, scale },
            Self::Boolean => Type::Boolean,
            Self::Date => Type::Date,
            Self::Datetime => Type::Datetime,
            Self::LocalDatetime => Type::LocalDatetime,
        }
    }
}

impl<V: Level> Checker<'_, V> {
    pub(super) fn cast(&mut self, expr: &Expr, target: CastTarget) -> Result<Typed<V::Leaf>, Error> {
        let value = self.expression(expr)?;
        let to = target.value_type();
        if is_null(&value) {
            // A NULL that was cast has a type from then on.
            return Ok(typed(Node::Convert(Box::new(value)), to));
        }
        let from = value.value_type;
        let is_time = |one| matches!(one, Type::Date | Type::Datetime | Type::LocalDatetime);
        match (is_time(from), is_time(to)) {
            (true, true) => Ok(match to {
                Type::Datetime => self.instant(value),
                Type::Date => self.day(value),
                _ => convert(self.wall(value), Type::LocalDatetime),
            }),
            (true, false) if to != Type::Text => {
                let hint = "; YEAR, TO_UNIX and their like make numbers of times";
                Err(Error::new(expr.span, format!("{from} cannot be cast to {to}{hint}")))
            }
            (false, true) if from != Type::Text => {
                let hint = "; MAKE_DATE, FROM_UNIX and their like make times of numbers";
                Err(Error::new(expr.span, format!("{from} cannot be cast to {to}{hint}")))
            }
            _ => Ok(convert(value, to)),
        }
    }
}
