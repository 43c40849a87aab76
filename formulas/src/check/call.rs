//! The meaning of functions of single values.

use super::aggregate::Level;
use super::build::{convert, null, typed};
use super::expression::Checker;
use super::unify::unified;
use crate::tree::{Call, Expr, ExprKind, Literal};
use crate::{Comparison, Error, Function, Node, Typed};

/// The digits that `ROUND` can be asked for.
const DIGITS: std::ops::RangeInclusive<i64> = -38..=38;

impl<V: Level> Checker<'_, V> {
    /// A function that is no aggregate; the number of arguments is right.
    pub(super) fn scalar(&mut self, function: Function, call: &Call) -> Result<Typed<V::Leaf>, Error> {
        match (function, call.arguments.as_slice()) {
            (Function::If, [condition, value, rest @ ..]) => {
                self.case(&[(condition, value)], rest.first(), ("IF", "IF"))
            }
            (Function::Coalesce, values) => self.coalesce(values),
            (Function::NullIf, [value, other]) => self.null_if(value, other, call),
            (Function::Absolute, [number]) => {
                let number = self.number(number, "ABS")?;
                let value_type = number.value_type;
                Ok(typed(Node::Absolute(Box::new(number)), value_type))
            }
            (Function::Round, [number, rest @ ..]) => {
                let number = self.number(number, "ROUND")?;
                let digits = rest.first().map_or(Ok(0), digits)?;
                let value_type = number.value_type;
                Ok(typed(Node::Round(Box::new(number), digits), value_type))
            }
            _ => Err(Error::new(call.name_span, format!("{} cannot be called like this", function.name()))),
        }
    }

    fn coalesce(&mut self, values: &[Expr]) -> Result<Typed<V::Leaf>, Error> {
        let checked = values.iter().map(|value| self.expression(value)).collect::<Result<Vec<_>, _>>()?;
        let value_type = unified(checked.iter().zip(values.iter().map(|value| value.span)), "COALESCE")?;
        let checked = checked.into_iter().map(|value| convert(value, value_type)).collect();
        Ok(typed(Node::Coalesce(checked), value_type))
    }

    /// NULL where both are the same, else the first. Where the other is NULL nothing is the same.
    fn null_if(&mut self, value: &Expr, other: &Expr, call: &Call) -> Result<Typed<V::Leaf>, Error> {
        let place = value.span.to(other.span);
        let (value, other) = (self.expression(value)?, self.expression(other)?);
        let left = self.copy(&value, call.name_span)?;
        let same = self.compare(Comparison::Equal, left, other, place)?;
        let value_type = value.value_type;
        let branches = vec![(same, null(value_type))];
        Ok(typed(Node::Case { branches, otherwise: Some(Box::new(value)) }, value_type))
    }
}

fn digits(expr: &Expr) -> Result<i8, Error> {
    match &expr.kind {
        ExprKind::Literal(Literal::Integer(digits)) if DIGITS.contains(digits) => i8::try_from(*digits).ok(),
        _ => None,
    }
    .ok_or_else(|| Error::new(expr.span, "the digits of ROUND must be a whole number from -38 to 38"))
}
