//! Members of a dimension, from the form in which an answer shows them back to the values by which rows are grouped.

use datafusion::scalar::ScalarValue;

use super::numbers::{Place, place};
use super::{OutputType, Scalar, dates};
use crate::error::{Error, Result};
use crate::functions::Bins;
use crate::model::{ColumnType, CyclicPart, Kind, WeekStart};
use crate::query::Literal;
use crate::result::{Bin, cell_of};
use crate::time::{Calendar, TimeKind, label_of, parse_interval, part_label};

/// The value of a dimension that a literal stands for; none where the dimension can never have it. NULL is not asked
/// for here.
///
/// - A bucket is named by its start, or by any date or time in it.
/// - A bin is named by its lower border, one between given edges by its label or its place.
/// - A month or weekday is named by its number, or in English.
///
/// # Errors
///
/// `InvalidQuery` for a literal of another type.
pub(crate) fn value(of: &Scalar, literal: &Literal, calendar: &Calendar) -> Result<Option<ScalarValue>> {
    let output_type = of.output_type();
    let column_type = output_type.column_type();
    if column_type.kind() == Kind::Datetime {
        return time(of, literal, column_type, calendar).map(Some);
    }
    let mismatch = || Error::query(format!("a member of this dimension is {}", column_type.name()));
    Ok(match (output_type, column_type, literal) {
        (OutputType::EdgeBin, _, literal) => match of {
            Scalar::Bin { bins, .. } => edge_bin(bins, literal).map_err(|()| mismatch())?,
            _ => None,
        },
        (OutputType::Cyclic(part), _, Literal::Text(name)) => {
            named_part(part, name, calendar.week_start()).map(|number| ScalarValue::Int64(Some(number)))
        }
        (_, ColumnType::Text, Literal::Text(text)) => Some(ScalarValue::Utf8View(Some(text.clone()))),
        (_, ColumnType::Boolean, Literal::Boolean(value)) => Some(ScalarValue::Boolean(Some(*value))),
        (_, ColumnType::Boolean, Literal::Text(text)) if text == "true" || text == "false" => {
            Some(ScalarValue::Boolean(Some(text == "true")))
        }
        (_, column_type, literal) => match place(literal, column_type).ok_or_else(mismatch)? {
            Place::Exact(value) => Some(value),
            Place::Between { .. } => None,
        },
    })
}

/// A date or time, or the start of the bucket that holds it.
fn time(of: &Scalar, literal: &Literal, column_type: ColumnType, calendar: &Calendar) -> Result<ScalarValue> {
    let Literal::Text(text) = literal else {
        return Err(Error::query("a member of this dimension is a date or time as text"));
    };
    let kind = match column_type {
        ColumnType::Date => TimeKind::Date,
        ColumnType::LocalDatetime => TimeKind::Local,
        _ => TimeKind::Datetime,
    };
    let start = parse_interval(text, calendar, None, kind)?.start;
    match of {
        Scalar::Bucket { level, .. } => dates::value(label_of(*level, start, calendar, kind), column_type),
        _ => dates::value(start, column_type),
    }
}

/// The number of a month or weekday that is given by its English name, in any case.
fn named_part(part: CyclicPart, name: &str, week_start: WeekStart) -> Option<i64> {
    (1..=12).find(|number| {
        part_label(part, *number, week_start, "en").is_some_and(|label| label.eq_ignore_ascii_case(name))
    })
}

/// The place of a bin between edges, given by its label or as it is.
fn edge_bin(bins: &Bins, literal: &Literal) -> Result<Option<ScalarValue>, ()> {
    if !matches!(literal, Literal::Text(_) | Literal::Integer(_)) {
        return Err(());
    }
    let mut number = 0;
    loop {
        let (low, high) = bins.border(number);
        let meant = match literal {
            Literal::Text(label) => {
                Bin::new(low.as_ref().map(cell_of), high.as_ref().map(cell_of), number).label() == *label
            }
            other => *other == Literal::Integer(number),
        };
        if meant {
            return Ok(Some(ScalarValue::Int64(Some(number))));
        }
        // The last bin is open above.
        if high.is_none() {
            return Ok(None);
        }
        number += 1;
    }
}
