//! From the canonical type that a source has to the one that was declared: without loss, or not at all.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, TimestampMicrosecondArray};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::Place;
use crate::error::{Error, Result};
use crate::model::ColumnType;
use crate::source::builder::ColumnBuilder;
use crate::source::moment::DateFormat;
use crate::source::number::significant_digits;
use crate::source::zone::LocalZone;

/// Every integer up to here is a float.
const FLOAT_INTEGERS: u64 = 1 << 53;

/// A decimal of so many digits is told apart from all others as a float.
const FLOAT_DIGITS: usize = 15;

/// The array as the declared type of its column. Instants and wall clocks become each other in the zone of the column;
/// all else goes by way of its text, so that a column means the same whether its file holds text or types.
pub(super) fn convert(array: &ArrayRef, found: ColumnType, place: &Place<'_>) -> Result<ArrayRef> {
    let declared = place.column.column_type;
    match (found, declared) {
        (ColumnType::LocalDatetime, ColumnType::Datetime) => instants(array, place),
        (ColumnType::Datetime, ColumnType::LocalDatetime) => wall_clocks(array, place),
        // An instant is a date if it is midnight where the column lives.
        (ColumnType::Datetime, ColumnType::Date) => through_text(&wall_clocks(array, place)?, place, None),
        (ColumnType::Integer, ColumnType::Float) => {
            for (index, value) in array.as_primitive::<Int64Type>().iter().enumerate() {
                if value.is_some_and(|value| value.unsigned_abs() > FLOAT_INTEGERS) {
                    return Err(place.error(index, "is an integer that no float can hold"));
                }
            }
            through_text(array, place, None)
        }
        (ColumnType::Decimal { .. }, ColumnType::Float) => through_text(array, place, Some(FLOAT_DIGITS)),
        _ => through_text(array, place, None),
    }
}

fn instants(array: &ArrayRef, place: &Place<'_>) -> Result<ArrayRef> {
    let walls = array.as_primitive::<TimestampMicrosecondType>();
    let mut zone = LocalZone::of(place.column)?;
    let instants: TimestampMicrosecondArray = if zone.is_utc() {
        walls.clone()
    } else {
        walls.iter().map(|wall| wall.and_then(|wall| zone.instant(wall))).collect()
    };
    place.nothing_lost(walls, &instants)?;
    Ok(Arc::new(instants.with_timezone("UTC")))
}

fn wall_clocks(array: &ArrayRef, place: &Place<'_>) -> Result<ArrayRef> {
    let instants = array.as_primitive::<TimestampMicrosecondType>();
    let zone = LocalZone::of(place.column)?;
    let walls: TimestampMicrosecondArray = if zone.is_utc() {
        instants.clone().with_timezone_opt(None::<Arc<str>>)
    } else {
        instants.iter().map(|instant| instant.and_then(|instant| zone.wall(instant))).collect()
    };
    place.nothing_lost(instants, &walls)?;
    Ok(Arc::new(walls))
}

/// Writes every value and reads it as the declared type; at most so many digits of it may count.
fn through_text(array: &ArrayRef, place: &Place<'_>, digits: Option<usize>) -> Result<ArrayRef> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options).map_err(|error| {
        let (name, found) = (&place.column.source_name, array.data_type());
        Error::internal(format!("column `{name}` of type {found} cannot be written as text")).with_source(error)
    })?;
    let mut builder = ColumnBuilder::new(place.column, DateFormat::Iso)?;
    let mut text = String::new();
    for index in 0..array.len() {
        if array.is_null(index) {
            builder.append_null();
            continue;
        }
        text.clear();
        if formatter.value(index).write(&mut text).is_err() {
            return Err(place.error(index, "is beyond the years that can be written"));
        }
        if digits.is_some_and(|most| significant_digits(&text) > most) {
            return Err(place.error(index, "has more digits than a float can hold"));
        }
        builder.append_text(text.as_bytes()).map_err(|mismatch| place.error(index, builder.reason(mismatch)))?;
    }
    Ok(builder.finish())
}
