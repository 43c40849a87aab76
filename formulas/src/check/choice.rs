//! Choices between values, as `CASE`.

use super::build::{boolean, convert, integer, null, typed};
use super::expression::Checker;
use super::level::Level;
use super::unify::unified;
use crate::tree::{Call, Expr};
use crate::{ChoiceFunction, Comparison, Error, Node, Type, Typed};

impl<V: Level> Checker<'_, V> {
    /// A choice; the number of arguments is right.
    pub(super) fn choice(&mut self, function: ChoiceFunction, call: &Call) -> Result<Typed<V::Leaf>, Error> {
        use ChoiceFunction as F;
        match (function, call.arguments.as_slice()) {
            (F::If, [condition, value, rest @ ..]) => self.case(&[(condition, value)], rest.first(), ("IF", "IF")),
            (F::Ifs, values) => {
                let (branches, otherwise) = pairs(values);
                self.case(&branches, otherwise, ("IFS", "IFS"))
            }
            (F::Switch, [subject, values @ ..]) => {
                let (branches, otherwise) = pairs(values);
                self.switch(subject, &branches, otherwise, "SWITCH")
            }
            (F::Choose, [number, values @ ..]) => self.choose(number, values),
            (F::Coalesce, values) => self.coalesce(values),
            (F::NullIf, [value, other]) => self.null_if(value, other, call),
            (F::IsDistinct, [value, other]) => self.is_distinct(value, other, call),
            (F::Xor, [left, right]) => {
                let (left, right) = (self.condition(left, "XOR")?, self.condition(right, "XOR")?);
                Ok(boolean(Node::Compare(Comparison::NotEqual, Box::new(left), Box::new(right))))
            }
            _ => Err(Error::new(call.name_span, format!("{} cannot be called like this", function.entry().name))),
        }
    }

    /// `who` names what takes the conditions and what takes the values.
    pub(super) fn case(
        &mut self,
        branches: &[(&Expr, &Expr)],
        otherwise: Option<&Expr>,
        who: (&str, &str),
    ) -> Result<Typed<V::Leaf>, Error> {
        let mut conditions = Vec::with_capacity(branches.len());
        for (condition, _) in branches {
            conditions.push(self.condition(condition, who.0)?);
        }
        self.chosen(conditions, branches, otherwise, who.1)
    }

    /// The value behind the first of the alternatives that is equal to the subject.
    pub(super) fn switch(
        &mut self,
        subject: &Expr,
        branches: &[(&Expr, &Expr)],
        otherwise: Option<&Expr>,
        who: &str,
    ) -> Result<Typed<V::Leaf>, Error> {
        let found = self.expression(subject)?;
        let mut conditions = Vec::with_capacity(branches.len());
        for (alternative, _) in branches {
            let left = self.copy(&found, alternative.span)?;
            let right = self.expression(alternative)?;
            conditions.push(self.compare(Comparison::Equal, left, right, alternative.span)?);
        }
        self.chosen(conditions, branches, otherwise, who)
    }

    /// The value behind the first condition that is true.
    fn chosen(
        &mut self,
        conditions: Vec<Typed<V::Leaf>>,
        branches: &[(&Expr, &Expr)],
        otherwise: Option<&Expr>,
        who: &str,
    ) -> Result<Typed<V::Leaf>, Error> {
        let mut values = Vec::with_capacity(branches.len());
        for (_, value) in branches {
            values.push(self.expression(value)?);
        }
        let rest = otherwise.map(|otherwise| self.expression(otherwise)).transpose()?;
        let each = values.iter().zip(branches).map(|(value, (_, expr))| (value, expr.span));
        let last = rest.iter().zip(otherwise).map(|(value, expr)| (value, expr.span));
        let value_type = unified(each.chain(last), who)?;
        let values = values.into_iter().map(|value| convert(value, value_type));
        let branches = conditions.into_iter().zip(values).collect();
        let otherwise = rest.map(|value| Box::new(convert(value, value_type)));
        Ok(typed(Node::Case { branches, otherwise }, value_type))
    }

    fn choose(&mut self, number: &Expr, values: &[Expr]) -> Result<Typed<V::Leaf>, Error> {
        let found = self.number(number, "CHOOSE")?;
        let mut conditions = Vec::with_capacity(values.len());
        for (place, value) in (1_i64..).zip(values) {
            let left = self.copy(&found, value.span)?;
            conditions.push(self.compare(Comparison::Equal, left, integer(place), number.span)?);
        }
        let branches: Vec<_> = values.iter().map(|value| (number, value)).collect();
        self.chosen(conditions, &branches, None, "CHOOSE")
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

    /// Not the same, where two NULLs are the same and one NULL is not: never NULL.
    fn is_distinct(&mut self, value: &Expr, other: &Expr, call: &Call) -> Result<Typed<V::Leaf>, Error> {
        let place = value.span.to(other.span);
        let (left, right) = (self.expression(value)?, self.expression(other)?);
        let (one, two) = (self.copy(&left, call.name_span)?, self.copy(&right, call.name_span)?);
        let (one, two) = (boolean(Node::IsNull(Box::new(one))), boolean(Node::IsNull(Box::new(two))));
        let nulls = boolean(Node::Compare(Comparison::NotEqual, Box::new(one), Box::new(two)));
        let differ = self.compare(Comparison::NotEqual, left, right, place)?;
        let differ = boolean(Node::Coalesce(vec![differ, nulls]));
        Ok(typed(differ.node, Type::Boolean))
    }
}

/// Conditions and values in turn; what is left over is for all else.
fn pairs(values: &[Expr]) -> (Vec<(&Expr, &Expr)>, Option<&Expr>) {
    let (pairs, rest) = values.as_chunks::<2>();
    (pairs.iter().map(|[condition, value]| (condition, value)).collect(), rest.first())
}
