//! Comparisons of a formula with a constant as ranges of the column that the formula looks at: files are pruned by the
//! least and greatest values of columns, and a range is computed faster than most formulas.
//!
//! A range must mean the same as the comparison, NULL included. Where that is not known beforehand, for times outside of
//! the years that functions know or while a clock shows an hour once more, the comparison itself decides.

use datafusion::error::Result;
use datafusion::logical_expr::{Expr, lit};
use datafusion::scalar::ScalarValue;
use drillcore_formulas::{Comparison, Type, Typed};

use super::Names;
use super::chain::Chain;
use crate::model::column_type;

/// The comparison of a formula with a constant, by ranges of the column that the formula looks at; `plain` where it is
/// not made of one column so.
///
/// # Errors
///
/// Those of `names`.
pub(in crate::plan) fn ranged<L>(
    plain: Expr,
    tree: &Typed<L>,
    how: Comparison,
    constant: &ScalarValue,
    names: &impl Names<L>,
) -> Result<Expr> {
    let Some((chain, column)) = column_of(tree, names)? else { return Ok(plain) };
    let point = point(constant).filter(|_| constant.data_type() == column_type(tree.value_type).arrow());
    let ranges = point.and_then(|point| Ranges::of(&chain, how, point));
    Ok(match ranges {
        Some(ranges) => ranges.expr(&column, plain),
        None => plain,
    })
}

/// Whether comparisons of a formula with constants are ranges of a column.
///
/// # Errors
///
/// Those of `names`.
pub(in crate::plan) fn has_ranges<L>(tree: &Typed<L>, names: &impl Names<L>) -> Result<bool> {
    Ok(column_of(tree, names)?.is_some())
}

/// The one column that a formula looks at, and how.
fn column_of<'t, L>(tree: &'t Typed<L>, names: &impl Names<L>) -> Result<Option<(Chain<'t, L>, Expr)>> {
    let Some(chain) = Chain::of(tree, names) else { return Ok(None) };
    Ok(match names.leaf(chain.name)? {
        column @ Expr::Column(_) => Some((chain, column)),
        _ => None,
    })
}

/// Where in the values of a column a comparison holds. Both ends belong to a range.
#[derive(Debug)]
struct Ranges {
    /// The column's type, with its least and greatest value.
    line: Line,
    /// Where it holds.
    holds: Vec<(i128, i128)>,
    /// Where it must be looked. In all other ranges it does not hold.
    open: Vec<(i128, i128)>,
}

impl Ranges {
    fn of<L>(chain: &Chain<'_, L>, how: Comparison, constant: i128) -> Option<Self> {
        let line = Line::of(chain.name_type)?;
        let (least, greatest) = chain.domain();
        let (least, greatest) = (least.max(line.least), greatest.min(line.greatest));
        if least > greatest {
            return None;
        }
        let (from, behind) = (chain.edge(constant), chain.edge(constant.checked_add(1)?));
        let below = |edge: i128| (least, edge.saturating_sub(1));
        let (holds, edges) = match how {
            Comparison::GreaterOrEqual => (vec![(from.sure, greatest)], vec![from]),
            Comparison::Greater => (vec![(behind.sure, greatest)], vec![behind]),
            Comparison::Less => (vec![below(from.first)], vec![from]),
            Comparison::LessOrEqual => (vec![below(behind.first)], vec![behind]),
            Comparison::Equal => (vec![(from.sure, behind.first.saturating_sub(1))], vec![from, behind]),
            Comparison::NotEqual => (vec![below(from.first), (behind.sure, greatest)], vec![from, behind]),
        };
        let inside = |(from, to): (i128, i128)| (from.max(least), to.min(greatest));
        let is_some = |range: &(i128, i128)| range.0 <= range.1;
        let outside = [(line.least, least.saturating_sub(1)), (greatest.saturating_add(1), line.greatest)];
        let uncertain = edges.into_iter().map(|edge| inside((edge.first, edge.sure.saturating_sub(1))));
        Some(Self {
            line,
            holds: holds.into_iter().map(inside).filter(is_some).collect(),
            open: outside.into_iter().chain(uncertain).filter(is_some).collect(),
        })
    }

    /// `plain` is the comparison itself.
    fn expr(&self, column: &Expr, plain: Expr) -> Expr {
        let any =
            |ranges: &[(i128, i128)]| ranges.iter().map(|range| self.line.within(column, *range)).reduce(Expr::or);
        // What never holds is still NULL where the column is.
        let holds = any(&self.holds).unwrap_or_else(|| self.line.never(column));
        match any(&self.open) {
            None => holds,
            // Never NULL, so that the comparison is not computed in batches where no row is in the open.
            Some(open) => holds.or(column.clone().is_not_null().and(open).and(plain)),
        }
    }
}

/// A type whose values are points of a line.
#[derive(Debug, Clone, Copy)]
struct Line {
    value_type: Type,
    least: i128,
    greatest: i128,
}

impl Line {
    fn of(value_type: Type) -> Option<Self> {
        let (least, greatest) = match value_type {
            Type::Integer | Type::Datetime | Type::LocalDatetime => (i64::MIN.into(), i64::MAX.into()),
            Type::Date => (i32::MIN.into(), i32::MAX.into()),
            Type::Decimal { precision: precision @ ..=38, .. } => {
                let beyond = 10_i128.pow(precision.into());
                (1 - beyond, beyond - 1)
            }
            _ => return None,
        };
        Some(Self { value_type, least, greatest })
    }

    /// Whether a value lies in a range, which has a point.
    fn within(&self, column: &Expr, (from, to): (i128, i128)) -> Expr {
        let column = || column.clone();
        if from == to {
            return column().eq(self.point(from));
        }
        match (from > self.least, to < self.greatest) {
            (true, true) => column().gt_eq(self.point(from)).and(column().lt_eq(self.point(to))),
            (false, true) => column().lt_eq(self.point(to)),
            (_, false) => column().gt_eq(self.point(from)),
        }
    }

    fn never(&self, column: &Expr) -> Expr {
        column.clone().lt(self.point(self.least))
    }

    /// A point of the line as a constant; the nearest end for one beyond.
    fn point(&self, at: i128) -> Expr {
        let at = at.clamp(self.least, self.greatest);
        let micros = i64::try_from(at).ok();
        lit(match self.value_type {
            Type::Integer => ScalarValue::Int64(micros),
            Type::Date => ScalarValue::Date32(i32::try_from(at).ok()),
            Type::LocalDatetime => ScalarValue::TimestampMicrosecond(micros, None),
            Type::Decimal { precision, scale } => ScalarValue::Decimal128(Some(at), precision, scale),
            _ => ScalarValue::TimestampMicrosecond(micros, Some("UTC".into())),
        })
    }
}

/// A constant as a point of the line of its type.
fn point(constant: &ScalarValue) -> Option<i128> {
    match constant {
        ScalarValue::Int64(value) | ScalarValue::TimestampMicrosecond(value, _) => value.map(i128::from),
        ScalarValue::Date32(day) => day.map(i128::from),
        ScalarValue::Decimal128(unscaled, ..) => *unscaled,
        _ => None,
    }
}

#[cfg(test)]
mod tests;
