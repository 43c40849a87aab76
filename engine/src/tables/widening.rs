//! Whether a snapshot can be read as columns that have changed since it was made.

use arrow::datatypes::{DataType, FieldRef};
use drillcore_store::Snapshot;

use crate::error::{Error, ErrorKind, Result};

/// Accepts columns that the snapshot does not have, which are NULL on all its rows, and those that it holds with the
/// same type or a narrower one.
///
/// # Errors
///
/// `NotSupported` with the name of the first other column.
pub(crate) fn check_readable<'f>(pinned: &Snapshot, wanted: impl IntoIterator<Item = &'f FieldRef>) -> Result<()> {
    for field in wanted {
        let held = pinned.schema().field_with_name(field.name());
        if held.is_ok_and(|held| !is_widened(held.data_type(), field.data_type())) {
            let (version, name) = (pinned.version(), field.name());
            let message = format!("version {version} holds column `{name}` with values of another type");
            return Err(Error::new(ErrorKind::NotSupported, message));
        }
    }
    Ok(())
}

/// Whether every value of one type is one of another.
fn is_widened(held: &DataType, wanted: &DataType) -> bool {
    match (digits(held), digits(wanted)) {
        _ if held == wanted => true,
        (Some((before, behind)), Some((room_before, room_behind))) => {
            *wanted != DataType::Int64 && before <= room_before && behind <= room_behind
        }
        _ => false,
    }
}

/// How many digits an exact number has before and behind the point.
fn digits(held: &DataType) -> Option<(i16, i16)> {
    match held {
        DataType::Int64 => Some((19, 0)),
        DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
            Some((i16::from(*precision) - i16::from(*scale), i16::from(*scale)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_widened;
    use crate::model::ColumnType;

    #[track_caller]
    fn check(held: ColumnType, wanted: ColumnType, expected: bool) {
        assert_eq!(is_widened(&held.arrow(), &wanted.arrow()), expected, "{} as {}", held.name(), wanted.name());
    }

    #[test]
    fn nothing_may_be_lost() {
        let decimal = |precision, scale| ColumnType::Decimal { precision, scale };
        for same in [ColumnType::Text, ColumnType::Datetime, ColumnType::Integer, decimal(10, 2)] {
            check(same, same, true);
        }
        check(ColumnType::Integer, decimal(19, 0), true);
        check(ColumnType::Integer, decimal(21, 2), true);
        check(ColumnType::Integer, decimal(20, 2), false);
        check(decimal(10, 2), decimal(12, 4), true);
        check(decimal(10, 2), decimal(12, 1), false);
        check(decimal(10, 2), decimal(10, 3), false);
        check(decimal(30, 2), decimal(60, 20), true);
        check(decimal(18, 0), ColumnType::Integer, false);
        check(ColumnType::Integer, ColumnType::Float, false);
        check(ColumnType::Date, ColumnType::Datetime, false);
        check(ColumnType::LocalDatetime, ColumnType::Datetime, false);
        check(ColumnType::Text, ColumnType::Integer, false);
    }
}
