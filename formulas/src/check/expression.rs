//! The meaning of operators.

use super::budget::Budget;
use super::build::{boolean, constant, convert, is_null, null, typed};
use super::level::Level;
use super::number::operation;
use crate::tree::{Expr, ExprKind};
use crate::{Arithmetic, Comparison, Error, Node, Setting, Span, Type, Typed};

/// What all levels of a formula share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) budget: Budget,
    /// How many regular expressions there are.
    pub(super) patterns: usize,
    pub(super) setting: Setting,
}

impl Shared {
    pub(super) fn new(setting: &Setting) -> Self {
        Self { budget: Budget::default(), patterns: 0, setting: *setting }
    }
}

/// Checks formulas of one level.
#[derive(Debug)]
pub(super) struct Checker<'b, V> {
    pub(super) level: V,
    pub(super) shared: &'b mut Shared,
}

impl<'b, V: Level> Checker<'b, V> {
    pub(super) fn new(level: V, shared: &'b mut Shared) -> Self {
        Self { level, shared }
    }

    /// A whole formula, which is not larger than it may be.
    pub(super) fn formula(&mut self, expr: &Expr) -> Result<Typed<V::Leaf>, Error> {
        let found = self.expression(expr)?;
        // Conversions are not counted as they are made.
        Budget::default().take(Self::size(&found), expr.span)?;
        Ok(found)
    }

    pub(super) fn expression(&mut self, expr: &Expr) -> Result<Typed<V::Leaf>, Error> {
        self.shared.budget.take(1, expr.span)?;
        match &expr.kind {
            ExprKind::Literal(literal) => Ok(constant(literal)),
            ExprKind::Reference(reference) => self.level.reference(reference),
            ExprKind::Negate(inner) => {
                let inner = self.number(inner, "`-`")?;
                let value_type = inner.value_type;
                Ok(typed(Node::Negate(Box::new(inner)), value_type))
            }
            ExprKind::Arithmetic(how, left, right) => self.arithmetic(*how, left, right),
            ExprKind::Concat(left, right) => {
                let (left, right) = (self.joined(left)?, self.joined(right)?);
                Ok(typed(Node::Concat(Box::new(left), Box::new(right)), Type::Text))
            }
            ExprKind::Compare(how, left, right) => {
                let (left, right) = (self.expression(left)?, self.expression(right)?);
                self.compare(*how, left, right, expr.span)
            }
            ExprKind::And(parts) => self.conditions(parts, "AND").map(|parts| boolean(Node::And(parts))),
            ExprKind::Or(parts) => self.conditions(parts, "OR").map(|parts| boolean(Node::Or(parts))),
            ExprKind::Not(inner) => {
                let inner = self.condition(inner, "NOT")?;
                Ok(boolean(Node::Not(Box::new(inner))))
            }
            ExprKind::IsNull { value, negated } => {
                let value = self.expression(value)?;
                self.negated(boolean(Node::IsNull(Box::new(value))), *negated, expr.span)
            }
            ExprKind::In { value, list, negated } => {
                let found = self.is_in(value, list)?;
                self.negated(found, *negated, expr.span)
            }
            ExprKind::Between { value, low, high, negated } => {
                let found = self.between(value, low, high)?;
                self.negated(found, *negated, expr.span)
            }
            ExprKind::Case { subject, branches, otherwise } => {
                let branches: Vec<_> = branches.iter().map(|branch| (&branch.0, &branch.1)).collect();
                match subject {
                    Some(subject) => self.switch(subject, &branches, otherwise.as_deref(), "CASE"),
                    None => self.case(&branches, otherwise.as_deref(), ("WHEN", "CASE")),
                }
            }
            ExprKind::Cast { value, target } => self.cast(value, *target),
            ExprKind::Call(call) => self.call(call),
        }
    }

    /// A number; a NULL of no type is an integer.
    pub(super) fn number(&mut self, expr: &Expr, taker: &str) -> Result<Typed<V::Leaf>, Error> {
        let value = self.expression(expr)?;
        if is_null(&value) {
            return Ok(null(Type::Integer));
        }
        if value.value_type.is_number() {
            return Ok(value);
        }
        let hint = match (value.value_type, taker) {
            (Type::Text, "`+`") => "; `||` joins texts",
            (Type::Text, _) => "; CAST(.., numeric) reads a number from a text",
            _ => "",
        };
        Err(Error::new(expr.span, format!("{taker} takes numbers, not {}{hint}", value.value_type)))
    }

    /// A condition; a NULL of no type is a boolean.
    pub(super) fn condition(&mut self, expr: &Expr, taker: &str) -> Result<Typed<V::Leaf>, Error> {
        let value = self.expression(expr)?;
        if is_null(&value) {
            return Ok(null(Type::Boolean));
        }
        if value.value_type == Type::Boolean {
            return Ok(value);
        }
        Err(Error::new(expr.span, format!("{taker} takes a condition, not {}", value.value_type)))
    }

    fn conditions(&mut self, parts: &[Expr], taker: &str) -> Result<Vec<Typed<V::Leaf>>, Error> {
        parts.iter().map(|part| self.condition(part, taker)).collect()
    }

    fn arithmetic(&mut self, how: Arithmetic, left: &Expr, right: &Expr) -> Result<Typed<V::Leaf>, Error> {
        let taker = format!("`{}`", how.symbol());
        let (left, right) = (self.number(left, &taker)?, self.number(right, &taker)?);
        let types = operation(how, left.value_type, right.value_type);
        let (left, right) = (convert(left, types.left), convert(right, types.right));
        Ok(typed(Node::Arithmetic(how, Box::new(left), Box::new(right)), types.result))
    }

    pub(super) fn compare(
        &mut self,
        how: Comparison,
        left: Typed<V::Leaf>,
        right: Typed<V::Leaf>,
        span: Span,
    ) -> Result<Typed<V::Leaf>, Error> {
        let (left, right) = self.comparable(left, right, span)?;
        self.shared.budget.take(1, span)?;
        Ok(boolean(Node::Compare(how, Box::new(left), Box::new(right))))
    }

    pub(super) fn negated(
        &mut self,
        found: Typed<V::Leaf>,
        negated: bool,
        span: Span,
    ) -> Result<Typed<V::Leaf>, Error> {
        self.shared.budget.take(1, span)?;
        Ok(if negated { boolean(Node::Not(Box::new(found))) } else { found })
    }

    /// Equal to any of the list, with NULL as in SQL: a NULL in the list makes "not found" unknown.
    fn is_in(&mut self, value: &Expr, list: &[Expr]) -> Result<Typed<V::Leaf>, Error> {
        let left = self.expression(value)?;
        let mut equal = Vec::with_capacity(list.len());
        for item in list {
            let right = self.expression(item)?;
            let left = self.copy(&left, item.span)?;
            equal.push(self.compare(Comparison::Equal, left, right, item.span)?);
        }
        Ok(boolean(Node::Or(equal)))
    }

    fn between(&mut self, value: &Expr, low: &Expr, high: &Expr) -> Result<Typed<V::Leaf>, Error> {
        let first = self.expression(value)?;
        let second = self.copy(&first, value.span)?;
        let low_value = self.expression(low)?;
        let above = self.compare(Comparison::GreaterOrEqual, first, low_value, low.span)?;
        let high_value = self.expression(high)?;
        let below = self.compare(Comparison::LessOrEqual, second, high_value, high.span)?;
        Ok(boolean(Node::And(vec![above, below])))
    }

    /// The same value once more, if there is room for it.
    pub(super) fn copy(&mut self, value: &Typed<V::Leaf>, span: Span) -> Result<Typed<V::Leaf>, Error> {
        self.shared.budget.take(Self::size(value), span)?;
        Ok(value.clone())
    }

    /// A part of a joined text.
    fn joined(&mut self, expr: &Expr) -> Result<Typed<V::Leaf>, Error> {
        Ok(convert(self.expression(expr)?, Type::Text))
    }
}
