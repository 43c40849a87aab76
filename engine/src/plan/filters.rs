//! Conditions as expressions. A test whose side is NULL gives NULL here, which a filter takes as false; only where a
//! condition is negated must it be made two-valued, so that complements are exact.

use std::ops::Not as _;

use datafusion::error::Result;
use datafusion::functions::expr_fn::{contains, ends_with, starts_with};
use datafusion::logical_expr::{Expr, lit};
use datafusion::scalar::ScalarValue;
use drillcore_formulas::Comparison as How;

use super::formula::compare;
use super::scalars::Scalars;
use crate::functions::{elapsed_expr, fold_expr, matches_expr};
use crate::resolve::{Bound, Comparison, Predicate, Scalar, Test, TextPart, TextSide};

/// The most values of a list that are looked for one by one, each by its range of a column. Statistics of files decide no
/// longer lists anyway.
const MOST_RANGES: usize = 20;

/// The condition as an expression that is true where the condition is, else false or NULL.
pub(super) fn condition(predicate: &Predicate, scalars: &Scalars<'_>) -> Result<Expr> {
    match predicate {
        Predicate::Constant(value) => Ok(lit(*value)),
        Predicate::And(parts) => balanced(parts, scalars, Expr::and),
        Predicate::Or(parts) => balanced(parts, scalars, Expr::or),
        Predicate::Not(inner) => Ok(match &**inner {
            Predicate::Test(Test::Null(of)) => scalars.expr(of)?.is_not_null(),
            other => condition(other, scalars)?.is_not_true(),
        }),
        Predicate::Test(inner) => test(inner, scalars),
    }
}

/// Joins many parts as a tree of little depth, because plans are walked recursively.
fn balanced(parts: &[Predicate], scalars: &Scalars<'_>, join: fn(Expr, Expr) -> Expr) -> Result<Expr> {
    match parts {
        [] => Ok(lit(true)),
        [one] => condition(one, scalars),
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            Ok(join(balanced(left, scalars, join)?, balanced(right, scalars, join)?))
        }
    }
}

fn test(test: &Test, scalars: &Scalars<'_>) -> Result<Expr> {
    match test {
        Test::Null(of) => Ok(scalars.expr(of)?.is_null()),
        Test::OneOf { of, values, folded } => {
            let expr = side(of, *folded, scalars)?;
            match values.as_slice() {
                [ScalarValue::Boolean(Some(true))] => Ok(expr),
                [ScalarValue::Boolean(Some(false))] => Ok(expr.not()),
                [one] if !*folded => scalars.compared(of, expr, How::Equal, one),
                [one] => Ok(expr.eq(lit(one.clone()))),
                several if !*folded && several.len() <= MOST_RANGES && scalars.has_ranges(of)? => {
                    let each = several.iter().map(|value| scalars.compared(of, expr.clone(), How::Equal, value));
                    let each = each.collect::<Result<Vec<_>>>()?;
                    Ok(each.into_iter().reduce(Expr::or).unwrap_or_else(|| lit(false)))
                }
                several => Ok(expr.in_list(several.iter().cloned().map(lit).collect(), false)),
            }
        }
        Test::Range { of, low, high, folded } => {
            let expr = side(of, *folded, scalars)?;
            let compared = |how: How, bound: &Bound| {
                if *folded {
                    return Ok(compare(how, expr.clone(), lit(bound.value.clone())));
                }
                scalars.compared(of, expr.clone(), how, &bound.value)
            };
            let above =
                |bound: &Bound| compared(if bound.inclusive { How::GreaterOrEqual } else { How::Greater }, bound);
            let below = |bound: &Bound| compared(if bound.inclusive { How::LessOrEqual } else { How::Less }, bound);
            Ok(match (low.as_ref().map(above).transpose()?, high.as_ref().map(below).transpose()?) {
                (Some(low), Some(high)) => low.and(high),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => expr.is_not_null(),
            })
        }
        Test::Text { of, part, text, folded } => {
            let of = side(of, *folded, scalars)?;
            let text = match text {
                TextSide::Literal(text) => lit(ScalarValue::Utf8View(Some(text.clone()))),
                TextSide::Of(other) => side(other, *folded, scalars)?,
            };
            Ok(match part {
                TextPart::Anywhere => contains(of, text),
                TextPart::Start => starts_with(of, text),
                TextPart::End => ends_with(of, text),
            })
        }
        Test::Matches { of, pattern, case_sensitive } => matches_expr(scalars.expr(of)?, pattern, *case_sensitive)
            .map_err(|error| datafusion::error::DataFusionError::External(Box::new(error))),
        Test::Elapsed { of, elapsed } => Ok(elapsed_expr(scalars.expr(of)?, elapsed, scalars.calendar())),
        Test::Holds(of) => scalars.expr(of),
        Test::Compare { left, comparison, right, folded } => {
            let (left, right) = (side(left, *folded, scalars)?, side(right, *folded, scalars)?);
            Ok(match comparison {
                Comparison::Equal => left.eq(right),
                Comparison::Less => left.lt(right),
                Comparison::LessOrEqual => left.lt_eq(right),
                Comparison::Greater => left.gt(right),
                Comparison::GreaterOrEqual => left.gt_eq(right),
            })
        }
    }
}

fn side(of: &Scalar, folded: bool, scalars: &Scalars<'_>) -> Result<Expr> {
    let expr = scalars.expr(of)?;
    Ok(if folded { fold_expr(expr) } else { expr })
}
