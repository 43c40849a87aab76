//! Typed nodes, and the constants among them.

use super::number::shape_of_decimal;
use crate::tree::Literal;
use crate::{Constant, Node, Type, Typed};

pub(super) fn typed<L>(node: Node<L>, value_type: Type) -> Typed<L> {
    Typed { node, value_type }
}

pub(super) fn boolean<L>(node: Node<L>) -> Typed<L> {
    typed(node, Type::Boolean)
}

pub(super) fn null<L>(value_type: Type) -> Typed<L> {
    typed(Node::Constant(Constant::Null), value_type)
}

/// Whether it is a constant NULL, which may have any type.
pub(super) fn is_null<L>(value: &Typed<L>) -> bool {
    matches!(value.node, Node::Constant(Constant::Null))
}

/// The value as a type.
pub(super) fn convert<L>(value: Typed<L>, to: Type) -> Typed<L> {
    if value.value_type == to {
        value
    } else if is_null(&value) {
        null(to)
    } else {
        typed(Node::Convert(Box::new(value)), to)
    }
}

/// A number of seconds: whole if it can be.
fn seconds(micros: i64) -> (Constant, Type) {
    const MICROS: i64 = 1_000_000;
    if micros % MICROS == 0 {
        return (Constant::Integer(micros / MICROS), Type::Integer);
    }
    (Constant::Decimal(i128::from(micros)), Type::Decimal { precision: 19, scale: 6 })
}

pub(super) fn text<L>(text: &str) -> Typed<L> {
    typed(Node::Constant(Constant::Text(text.to_owned())), Type::Text)
}

pub(super) fn integer<L>(value: i64) -> Typed<L> {
    typed(Node::Constant(Constant::Integer(value)), Type::Integer)
}

pub(super) fn constant<L>(literal: &Literal) -> Typed<L> {
    let (constant, value_type) = match literal {
        Literal::Null => (Constant::Null, Type::Text),
        Literal::Boolean(value) => (Constant::Boolean(*value), Type::Boolean),
        Literal::Integer(value) => (Constant::Integer(*value), Type::Integer),
        Literal::Decimal { unscaled, scale } => (Constant::Decimal(*unscaled), shape_of_decimal(*unscaled, *scale)),
        Literal::Float(value) => (Constant::Float(value.to_bits()), Type::Float),
        Literal::Text(text) => (Constant::Text(text.clone()), Type::Text),
        Literal::Date(days) => (Constant::Date(*days), Type::Date),
        Literal::Datetime(micros) => (Constant::Datetime(*micros), Type::Datetime),
        Literal::LocalDatetime(micros) => (Constant::LocalDatetime(*micros), Type::LocalDatetime),
        Literal::Duration(micros) => seconds(*micros),
    };
    typed(Node::Constant(constant), value_type)
}
