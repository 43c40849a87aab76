//! Typed formulas as expressions. Every node has a total meaning, so no data makes an expression fail.

use std::ops::Not as _;

use arrow::datatypes::i256;
use datafusion::common::DataFusionError;
use datafusion::error::Result;
use datafusion::logical_expr::expr::Case;
use datafusion::logical_expr::{Expr, lit};
use datafusion::scalar::ScalarValue;
use drillcore_formulas::{Comparison, Constant, Node, Type, Typed};

use crate::functions::{arithmetic_expr, concat_expr, convert_expr, first_present_expr, negate_expr, scalar_expr};
use crate::model::column_type;

/// The expression of a formula, whose Arrow type is that in which the engine holds the formula's type. `leaf` gives the
/// expressions of names, of such a type too.
///
/// # Errors
///
/// Those of `leaf`; an internal one for a tree that is not well typed.
pub(super) fn formula<L>(tree: &Typed<L>, leaf: &mut impl FnMut(&L) -> Result<Expr>) -> Result<Expr> {
    let result = column_type(tree.value_type);
    Ok(match &tree.node {
        Node::Constant(value) => lit(constant(value, tree.value_type)?),
        Node::Leaf(name) => leaf(name)?,
        Node::Convert(inner) if inner.value_type == tree.value_type => formula(inner, leaf)?,
        Node::Convert(inner) => convert_expr(formula(inner, leaf)?, result),
        Node::Negate(inner) => negate_expr(formula(inner, leaf)?, result),
        Node::Arithmetic(operation, left, right) => {
            arithmetic_expr(*operation, formula(left, leaf)?, formula(right, leaf)?, result)
        }
        Node::Compare(comparison, left, right) => {
            let (left, right) = (formula(left, leaf)?, formula(right, leaf)?);
            match comparison {
                Comparison::Equal => left.eq(right),
                Comparison::NotEqual => left.not_eq(right),
                Comparison::Less => left.lt(right),
                Comparison::LessOrEqual => left.lt_eq(right),
                Comparison::Greater => left.gt(right),
                Comparison::GreaterOrEqual => left.gt_eq(right),
            }
        }
        Node::And(parts) => joined(parts, leaf, true, Expr::and)?,
        Node::Or(parts) => joined(parts, leaf, false, Expr::or)?,
        Node::Not(inner) => formula(inner, leaf)?.not(),
        Node::IsNull(inner) => formula(inner, leaf)?.is_null(),
        Node::Case { branches, otherwise } => {
            let otherwise = match otherwise {
                Some(otherwise) => formula(otherwise, leaf)?,
                None => lit(ScalarValue::try_new_null(&result.arrow())?),
            };
            if branches.is_empty() {
                return Ok(otherwise);
            }
            let mut cases = Vec::with_capacity(branches.len());
            for (condition, value) in branches {
                cases.push((Box::new(formula(condition, leaf)?), Box::new(formula(value, leaf)?)));
            }
            Expr::Case(Case::new(None, cases, Some(Box::new(otherwise))))
        }
        Node::Concat(left, right) => concat_expr(formula(left, leaf)?, formula(right, leaf)?),
        Node::Call(function, arguments) => {
            let arguments = arguments.iter().map(|argument| formula(argument, leaf)).collect::<Result<Vec<_>>>()?;
            scalar_expr(*function, arguments, result)
        }
        Node::Coalesce(parts) => {
            let parts = parts.iter().map(|part| formula(part, leaf)).collect::<Result<Vec<_>>>()?;
            first_present_expr(parts, result)
        }
        _ => return Err(DataFusionError::Internal("a formula has a node that cannot be computed".into())),
    })
}

/// Joins many conditions as a tree of little depth, because plans are walked recursively.
fn joined<L>(
    parts: &[Typed<L>],
    leaf: &mut impl FnMut(&L) -> Result<Expr>,
    of_none: bool,
    join: fn(Expr, Expr) -> Expr,
) -> Result<Expr> {
    match parts {
        [] => Ok(lit(of_none)),
        [one] => formula(one, leaf),
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            Ok(join(joined(left, leaf, of_none, join)?, joined(right, leaf, of_none, join)?))
        }
    }
}

fn constant(value: &Constant, value_type: Type) -> Result<ScalarValue> {
    Ok(match (value, value_type) {
        (Constant::Null, _) => ScalarValue::try_new_null(&column_type(value_type).arrow())?,
        (Constant::Boolean(value), Type::Boolean) => ScalarValue::Boolean(Some(*value)),
        (Constant::Integer(value), Type::Integer) => ScalarValue::Int64(Some(*value)),
        (Constant::Decimal(unscaled), Type::Decimal { precision, scale }) if precision <= 38 => {
            ScalarValue::Decimal128(Some(*unscaled), precision, scale)
        }
        (Constant::Decimal(unscaled), Type::Decimal { precision, scale }) => {
            ScalarValue::Decimal256(Some(i256::from_i128(*unscaled)), precision, scale)
        }
        (Constant::Float(bits), Type::Float) => ScalarValue::Float64(Some(f64::from_bits(*bits))),
        (Constant::Text(text), Type::Text) => ScalarValue::Utf8View(Some(text.clone())),
        (Constant::Date(days), Type::Date) => ScalarValue::Date32(Some(*days)),
        (Constant::Datetime(micros), Type::Datetime) => {
            ScalarValue::TimestampMicrosecond(Some(*micros), Some("UTC".into()))
        }
        (Constant::LocalDatetime(micros), Type::LocalDatetime) => {
            ScalarValue::TimestampMicrosecond(Some(*micros), None)
        }
        _ => return Err(DataFusionError::Internal(format!("a constant in a formula is not of type {value_type}"))),
    })
}

#[cfg(test)]
mod tests;
