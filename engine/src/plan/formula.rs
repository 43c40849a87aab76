//! Typed formulas as expressions. Every node has a total meaning, so no data makes an expression fail.
//!
//! | file | |
//! |---|---|
//! | `ranges` | comparisons of a function of a column with a constant, as ranges of the column, by which files are pruned |
//! | `chain`, `view` | the functions under which larger values never become smaller ones |
//! | `fold` | what is the same in every row |

mod chain;
mod fold;
mod ranges;
mod view;

use std::ops::Not as _;

use arrow::datatypes::i256;
use datafusion::common::DataFusionError;
use datafusion::error::Result;
use datafusion::logical_expr::expr::Case;
use datafusion::logical_expr::{Expr, lit};
use datafusion::scalar::ScalarValue;
use drillcore_formulas::{Comparison, Constant, Node, ScalarFunction, Type, Typed};

use crate::functions::{
    arithmetic_expr, bucket_expr, concat_expr, convert_expr, first_present_expr, negate_expr, scalar_expr,
};
use crate::model::{ColumnType, column_type};
pub(super) use ranges::{has_ranges, ranged};

/// The largest formula whose comparisons become ranges. Those of a larger one would prune little and cost much to plan.
const MOST_RANGED_NODES: usize = 1_000;

/// What the names in formulas stand for.
pub(super) trait Names<L> {
    /// The expression of a name, of the type in which the engine holds the name's type.
    ///
    /// # Errors
    ///
    /// What the name stands for is not at hand.
    fn leaf(&self, name: &L) -> Result<Expr>;

    /// The formula that a name stands for, if it stands for one.
    fn behind<'t>(&self, name: &'t L) -> Option<&'t Typed<L>>;
}

/// The expression of a formula, whose Arrow type is that in which the engine holds the formula's type.
///
/// # Errors
///
/// Those of `names`; an internal one for a tree that is not well typed.
pub(super) fn formula<L>(tree: &Typed<L>, names: &impl Names<L>) -> Result<Expr> {
    Compiler { names, ranges: tree.node_count() <= MOST_RANGED_NODES }.expr(tree)
}

/// A comparison as it is written.
pub(super) fn compare(how: Comparison, left: Expr, right: Expr) -> Expr {
    match how {
        Comparison::Equal => left.eq(right),
        Comparison::NotEqual => left.not_eq(right),
        Comparison::Less => left.lt(right),
        Comparison::LessOrEqual => left.lt_eq(right),
        Comparison::Greater => left.gt(right),
        Comparison::GreaterOrEqual => left.gt_eq(right),
    }
}

/// Compiles one formula.
struct Compiler<'n, N> {
    names: &'n N,
    /// Whether comparisons become ranges where they can.
    ranges: bool,
}

impl<N> Compiler<'_, N> {
    fn expr<L>(&self, tree: &Typed<L>) -> Result<Expr>
    where
        N: Names<L>,
    {
        let result = column_type(tree.value_type);
        Ok(match &tree.node {
            Node::Constant(value) => lit(constant(value, tree.value_type)?),
            Node::Leaf(name) => self.names.leaf(name)?,
            Node::Convert(inner) if inner.value_type == tree.value_type => self.expr(inner)?,
            Node::Convert(inner) => convert_expr(self.expr(inner)?, result),
            Node::Negate(inner) => negate_expr(self.expr(inner)?, result),
            Node::Arithmetic(operation, left, right) => {
                arithmetic_expr(*operation, self.side(left)?, self.side(right)?, result)
            }
            Node::Compare(how, left, right) => self.comparison(*how, left, right)?,
            Node::And(parts) => self.joined(parts, true, Expr::and)?,
            Node::Or(parts) => self.joined(parts, false, Expr::or)?,
            Node::Not(inner) => self.expr(inner)?.not(),
            Node::IsNull(inner) => self.expr(inner)?.is_null(),
            Node::Case { branches, otherwise } => self.case(branches, otherwise.as_deref(), result)?,
            Node::Concat(left, right) => concat_expr(self.expr(left)?, self.expr(right)?),
            Node::Call(function, arguments) => self.call(*function, arguments, result)?,
            Node::Coalesce(parts) => first_present_expr(self.all(parts)?, result),
            _ => return Err(DataFusionError::Internal("a formula has a node that cannot be computed".into())),
        })
    }

    /// A side of an operation on numbers. On floats it takes integers as they are.
    fn side<L>(&self, tree: &Typed<L>) -> Result<Expr>
    where
        N: Names<L>,
    {
        match &tree.node {
            Node::Convert(inner)
                if column_type(tree.value_type) == ColumnType::Float
                    && column_type(inner.value_type) == ColumnType::Integer =>
            {
                self.expr(inner)
            }
            _ => self.expr(tree),
        }
    }

    // Each level of a formula takes some of the stack. What these need is not part of every level.

    #[inline(never)]
    fn case<L>(
        &self,
        branches: &[(Typed<L>, Typed<L>)],
        otherwise: Option<&Typed<L>>,
        result: ColumnType,
    ) -> Result<Expr>
    where
        N: Names<L>,
    {
        let otherwise = match otherwise {
            Some(otherwise) => self.expr(otherwise)?,
            None => lit(ScalarValue::try_new_null(&result.arrow())?),
        };
        if branches.is_empty() {
            return Ok(otherwise);
        }
        let mut cases = Vec::with_capacity(branches.len());
        for (condition, value) in branches {
            cases.push((Box::new(self.expr(condition)?), Box::new(self.expr(value)?)));
        }
        Ok(Expr::Case(Case::new(None, cases, Some(Box::new(otherwise)))))
    }

    #[inline(never)]
    fn call<L>(&self, function: ScalarFunction, arguments: &[Typed<L>], result: ColumnType) -> Result<Expr>
    where
        N: Names<L>,
    {
        match chain::as_bucket(function, arguments, self.names) {
            Some((time, level, calendar)) => Ok(bucket_expr(self.expr(time)?, level, &calendar)),
            None => Ok(scalar_expr(function, self.all(arguments)?, result)),
        }
    }

    fn all<L>(&self, parts: &[Typed<L>]) -> Result<Vec<Expr>>
    where
        N: Names<L>,
    {
        parts.iter().map(|part| self.expr(part)).collect()
    }

    #[inline(never)]
    fn comparison<L>(&self, how: Comparison, left: &Typed<L>, right: &Typed<L>) -> Result<Expr>
    where
        N: Names<L>,
    {
        let (one, other) = (fold::folded(left, self.expr(left)?), fold::folded(right, self.expr(right)?));
        let constant = match (&one, &other) {
            (_, Expr::Literal(value, _)) => Some((left, how, value.clone())),
            (Expr::Literal(value, _), _) => Some((right, turned(how), value.clone())),
            _ => None,
        };
        let plain = compare(how, one, other);
        match constant {
            Some((tree, how, value)) if self.ranges => ranged(plain, tree, how, &value, self.names),
            _ => Ok(plain),
        }
    }

    /// Joins many conditions as a tree of little depth, because plans are walked recursively.
    fn joined<L>(&self, parts: &[Typed<L>], of_none: bool, join: fn(Expr, Expr) -> Expr) -> Result<Expr>
    where
        N: Names<L>,
    {
        match parts {
            [] => Ok(lit(of_none)),
            [one] => self.expr(one),
            several => {
                let (left, right) = several.split_at(several.len() / 2);
                Ok(join(self.joined(left, of_none, join)?, self.joined(right, of_none, join)?))
            }
        }
    }
}

/// The comparison that holds when the sides change places.
fn turned(how: Comparison) -> Comparison {
    match how {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
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
