//! Windows that a function of the query document computes, and the running totals that cumulative sums are.

use datafusion::scalar::ScalarValue;
use drillcore_formulas::WindowFunction;

use super::frame::{first_date, frame};
use super::{Window, WindowPart, partition, total};
use crate::answer::window_type;
use crate::error::{Error, Result};
use crate::model::ColumnType;
use crate::query::{self, Literal, WindowFunction as Named, WindowTotal};
use crate::resolve::numbers::{Place, place};
use crate::resolve::order::sort_keys;
use crate::resolve::steps::answer_of;
use crate::resolve::{Groups, Output, OutputType, Scalar, wrong};

/// The function of formulas that a named one is.
fn function_of(named: Named) -> WindowFunction {
    match named {
        Named::RunningTotal => WindowFunction::RunningSum,
        Named::MovingAverage => WindowFunction::MovingAverage,
        Named::PercentOfTotal => WindowFunction::PercentOfTotal,
        Named::PercentChange => WindowFunction::PercentChange,
        Named::Difference => WindowFunction::Difference,
        Named::Lag => WindowFunction::Lag,
        Named::Lead => WindowFunction::Lead,
        Named::FirstValue => WindowFunction::FirstValue,
        Named::LastValue => WindowFunction::LastValue,
        Named::Rank => WindowFunction::Rank,
        Named::DenseRank => WindowFunction::DenseRank,
        Named::RowNumber => WindowFunction::RowNumber,
        Named::Ntile => WindowFunction::Ntile,
    }
}

/// A window that a function computes. Errors carry the place inside the window.
pub(super) fn window(asked: &query::Window, named: Named, groups: &Groups) -> Result<Window> {
    let answer = answer_of(groups);
    let of = asked.of.as_ref().map(|name| answer.by_name(name, "/of")).transpose()?;
    let held = of.as_ref().map(Scalar::output_type);
    if held == Some(OutputType::Node) {
        return Err(wrong("/of", "a window is computed from values, and a member of a hierarchy is none"));
    }
    let column_type = window_type(named, held.map(OutputType::column_type)).map_err(|text| wrong("/of", text))?;
    let output_type = match (named, held) {
        (Named::Lag | Named::Lead | Named::FirstValue | Named::LastValue, Some(held)) => held,
        _ => OutputType::Plain(column_type),
    };
    let function = function_of(named);
    let frame = frame(function, sort_keys(&asked.order_by, &answer)?, partition(asked, &answer)?, &answer);
    let frame = frame
        .ok_or_else(|| wrong("/order_by", "the query has no date among its dimensions, so the order must be given"))?;
    let default = match (&asked.default, held) {
        (Some(literal), Some(held)) => Some(constant(literal, held).ok_or_else(|| {
            wrong("/default", format!("the column is {}, and this is not", held.column_type().name()))
        })?),
        _ => None,
    };
    let reach = match named {
        Named::MovingAverage | Named::Ntile => asked.size,
        _ => asked.offset,
    };
    let place = groups.outputs().count();
    let value = Scalar::Output { index: place, output_type };
    let part = WindowPart {
        function,
        of,
        reach: reach.unwrap_or(1),
        default,
        order: frame.order,
        asked: frame.asked,
        partition: frame.partition,
        output_type,
    };
    let total = total(asked, &value)?;
    let output = Output::plain(&asked.name, output_type);
    Ok(Window { parts: vec![part], place, value, total, output, replaces: None })
}

/// A literal as a value of a column of the answer.
fn constant(literal: &Literal, held: OutputType) -> Option<ScalarValue> {
    let column_type = held.column_type();
    match (column_type, literal) {
        (_, Literal::Null) => ScalarValue::try_from(&column_type.arrow()).ok(),
        (ColumnType::Text, Literal::Text(text)) => Some(ScalarValue::Utf8View(Some(text.clone()))),
        (ColumnType::Boolean, Literal::Boolean(value)) => Some(ScalarValue::Boolean(Some(*value))),
        _ => match place(literal, column_type)? {
            Place::Exact(value) => Some(value),
            Place::Between { .. } => None,
        },
    }
}

/// The running total that a cumulative sum is, by the place of its column.
pub(super) fn cumulative_sum(measure: usize, groups: &Groups, path: &str) -> Result<Window> {
    let answer = answer_of(groups);
    let output = answer.outputs().nth(measure).ok_or_else(|| Error::internal("a cumulative sum is no column"))?;
    // A running total of sums has the type of the sums, as totals of the column are sums too.
    let column_type = output.output_type.column_type();
    window_type(Named::RunningTotal, Some(column_type)).map_err(|text| wrong(path, text))?;
    let key = first_date(answer.dimensions)
        .ok_or_else(|| wrong(path, "a cumulative sum runs along a date, and no dimension of the query is one"))?;
    let frame = frame(WindowFunction::RunningSum, vec![key], None, &answer)
        .ok_or_else(|| Error::internal("a cumulative sum has no order"))?;
    let output_type = OutputType::Plain(column_type);
    let place = groups.outputs().count();
    let part = WindowPart {
        function: WindowFunction::RunningSum,
        of: answer.at(measure),
        reach: 1,
        default: None,
        order: frame.order,
        asked: frame.asked,
        partition: frame.partition,
        output_type,
    };
    Ok(Window {
        parts: vec![part],
        place,
        value: Scalar::Output { index: place, output_type },
        total: WindowTotal::None,
        output: Output::plain(&output.name, output_type),
        replaces: Some(measure),
    })
}

#[cfg(test)]
mod tests {
    use super::{Named, function_of};
    use crate::resolve::windows::frame::{needs_given_order, within_rest};

    #[test]
    fn a_function_of_formulas_has_the_rules_of_the_named_one() {
        for named in Named::ALL {
            let function = function_of(named);
            assert_eq!(within_rest(function), named.partitions_by_rest(), "{}", named.as_str());
            assert_eq!(needs_given_order(function), named.is_rank(), "{}", named.as_str());
        }
    }
}
