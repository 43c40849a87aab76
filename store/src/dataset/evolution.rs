//! What files of earlier versions say about themselves once a version has more or wider columns.

use std::collections::HashMap;

use arrow::datatypes::{DataType, Field, Schema};

use crate::error::{Error, ErrorKind, Result};
use crate::manifest::{ColumnStats, DataFile};

/// Refuses columns that files of the columns before cannot be read as.
pub(super) fn check_evolution(from: &Schema, to: &Schema) -> Result<()> {
    let refuse = |message: &str, field: &Field| {
        Err(Error::new(ErrorKind::InvalidInput, message).with_context("column", field.name().escape_debug()))
    };
    let before: HashMap<&str, &Field> =
        from.fields().iter().map(|field| (field.name().as_str(), field.as_ref())).collect();
    for field in to.fields() {
        match before.get(field.name().as_str()) {
            None if !field.is_nullable() => return refuse("a new column must take NULL, which older rows have", field),
            Some(old) if old.is_nullable() && !field.is_nullable() => {
                return refuse("a column that takes NULL cannot cease to, because older rows may have it", field);
            }
            Some(old) if !widens(old.data_type(), field.data_type()) => {
                return refuse("a column cannot change to a type that does not hold all of its values", field);
            }
            _ => {}
        }
    }
    match from.fields().iter().find(|field| to.field_with_name(field.name()).is_err()) {
        None => Ok(()),
        Some(missing) => refuse("a column of older rows is missing", missing),
    }
}

/// Puts what is known about the columns of a file in terms of other columns, for which
/// [`check_evolution`] found nothing to refuse.
pub(super) fn restate(file: &mut DataFile, from: &Schema, to: &Schema) {
    let mut known: HashMap<String, ColumnStats> =
        file.columns.drain(..).map(|stats| (stats.name.clone(), stats)).collect();
    let rows = file.rows;
    let restated = to.fields().iter().map(|field| {
        let old = from.field_with_name(field.name()).ok().zip(known.remove(field.name()));
        match old {
            Some((old, stats)) => rescale(stats, old.data_type(), field.data_type()),
            None => all_null(field, rows),
        }
    });
    file.columns = restated.collect();
}

/// A column a file lacks.
pub(super) fn all_null(field: &Field, rows: u64) -> ColumnStats {
    ColumnStats {
        name: field.name().clone(),
        null_count: rows,
        min: None,
        max: None,
        min_exact: false,
        max_exact: false,
        sum: scale(field.data_type()).map(|_| "0".to_owned()),
    }
}

/// Decimals are told by their unscaled integers, so these grow with the scale.
pub(super) fn rescale(mut stats: ColumnStats, from: &DataType, to: &DataType) -> ColumnStats {
    let (Some(old), Some(new)) = (scale(from), scale(to)) else { return stats };
    let zeros = usize::try_from(i16::from(new) - i16::from(old)).unwrap_or(0);
    if zeros > 0 {
        let widen = |text: String| if text == "0" { text } else { text + &"0".repeat(zeros) };
        stats.min = stats.min.map(widen);
        stats.max = stats.max.map(widen);
        stats.sum = stats.sum.map(widen).filter(|sum| sum.parse::<i128>().is_ok());
    }
    stats
}

/// How many digits of the integer that stands for a number are behind the point.
fn scale(data_type: &DataType) -> Option<i8> {
    match data_type {
        DataType::Dictionary(_, value) => scale(value),
        other if other.is_integer() => Some(0),
        other => decimal(other).map(|(_, scale)| scale),
    }
}

fn decimal(data_type: &DataType) -> Option<(u8, i8)> {
    match data_type {
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => Some((*precision, *scale)),
        _ => None,
    }
}

/// Whether every value of one type is one of the other, and means the same.
fn widens(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (DataType::Null, _) => true,
        (DataType::Dictionary(key, value), DataType::Dictionary(wider_key, wider)) => {
            widens(key, wider_key) && widens(value, wider)
        }
        (DataType::Dictionary(_, value), _) => widens(value, to),
        _ => {
            from == to
                || (is_text(from) && is_text(to))
                || (is_binary(from) && is_binary(to))
                || float_bits(from).zip(float_bits(to)).is_some_and(|(bits, wider)| bits <= wider)
                || holds_integers(from, to)
                || decimal(from).zip(decimal(to)).is_some_and(|(narrow, wide)| holds_decimals(narrow, wide))
        }
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn is_binary(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

fn float_bits(data_type: &DataType) -> Option<u8> {
    match data_type {
        DataType::Float16 => Some(16),
        DataType::Float32 => Some(32),
        DataType::Float64 => Some(64),
        _ => None,
    }
}

/// Whether there is a sign, the bits, and the decimal digits of an integer type.
fn integer(data_type: &DataType) -> Option<(bool, u8, u8)> {
    match data_type {
        DataType::Int8 => Some((true, 8, 3)),
        DataType::Int16 => Some((true, 16, 5)),
        DataType::Int32 => Some((true, 32, 10)),
        DataType::Int64 => Some((true, 64, 19)),
        DataType::UInt8 => Some((false, 8, 3)),
        DataType::UInt16 => Some((false, 16, 5)),
        DataType::UInt32 => Some((false, 32, 10)),
        DataType::UInt64 => Some((false, 64, 20)),
        _ => None,
    }
}

fn holds_integers(from: &DataType, to: &DataType) -> bool {
    let Some((signed, bits, digits)) = integer(from) else { return false };
    match (integer(to), decimal(to)) {
        (Some((true, wider, _)), _) => bits < wider || (signed && bits == wider),
        (Some((false, wider, _)), _) => bits <= wider && !signed,
        (None, Some(wide)) => holds_decimals((digits, 0), wide),
        (None, None) => false,
    }
}

/// Both are precision and scale.
fn holds_decimals(narrow: (u8, i8), wide: (u8, i8)) -> bool {
    let before_the_point = |(precision, scale): (u8, i8)| i16::from(precision) - i16::from(scale);
    narrow.1 <= wide.1 && before_the_point(narrow) <= before_the_point(wide)
}

#[cfg(test)]
mod tests {
    use super::{ColumnStats, DataFile, DataType, ErrorKind, Field, Schema, check_evolution, restate, widens};
    use arrow::datatypes::TimeUnit;
    use serde_json::json;

    #[test]
    fn only_types_that_hold_all_values_are_wider() {
        let dictionary = |key: DataType, value: DataType| DataType::Dictionary(Box::new(key), Box::new(value));
        let at = |unit: TimeUnit, zone: Option<&str>| DataType::Timestamp(unit, zone.map(Into::into));
        let wider = [
            (DataType::Int32, DataType::Int32),
            (DataType::Int8, DataType::Int64),
            (DataType::UInt32, DataType::Int64),
            (DataType::Int64, DataType::Decimal128(19, 0)),
            (DataType::Int16, DataType::Decimal64(7, 2)),
            (DataType::UInt64, DataType::Decimal256(40, 20)),
            (DataType::Decimal64(10, 2), DataType::Decimal128(20, 4)),
            (DataType::Decimal128(10, -2), DataType::Decimal128(12, 0)),
            (DataType::Float32, DataType::Float64),
            (DataType::Utf8, DataType::Utf8View),
            (DataType::Null, DataType::Date32),
            (dictionary(DataType::Int8, DataType::Utf8), dictionary(DataType::Int32, DataType::Utf8)),
            (dictionary(DataType::Int8, DataType::Utf8), DataType::LargeUtf8),
        ];
        for (from, to) in &wider {
            assert!(widens(from, to), "{from} to {to}");
            assert_eq!(widens(to, from), from == to || to == &DataType::Utf8View, "{to} to {from}");
        }
        for (from, to) in [
            (DataType::Int64, DataType::Float64),
            (DataType::Int64, DataType::UInt64),
            (DataType::UInt64, DataType::Int64),
            (DataType::Int64, DataType::Decimal128(18, 0)),
            (DataType::Int64, DataType::Decimal128(20, 2)),
            (DataType::Decimal128(10, 4), DataType::Decimal128(18, 2)),
            (DataType::Decimal128(10, 0), DataType::Decimal128(10, 2)),
            (DataType::Int32, DataType::Date32),
            (DataType::Date32, at(TimeUnit::Microsecond, None)),
            (at(TimeUnit::Microsecond, None), at(TimeUnit::Microsecond, Some("UTC"))),
            (at(TimeUnit::Second, None), at(TimeUnit::Microsecond, None)),
            (DataType::Utf8, dictionary(DataType::Int8, DataType::Utf8)),
            (DataType::Utf8, DataType::Binary),
        ] {
            assert!(!widens(&from, &to), "{from} to {to}");
        }
    }

    #[test]
    fn columns_come_and_widen_and_nothing_else() {
        let old = Schema::new(vec![Field::new("a", DataType::Int32, false), Field::new("b", DataType::Utf8, true)]);
        let check = |fields: &[(&str, DataType, bool)]| {
            let fields: Vec<Field> =
                fields.iter().map(|(name, kind, nullable)| Field::new(*name, kind.clone(), *nullable)).collect();
            check_evolution(&old, &Schema::new(fields)).map_err(|error| error.kind())
        };
        let (a, b) = (("a", DataType::Int64, true), ("b", DataType::Utf8, true));
        let refused = Err(ErrorKind::InvalidInput);
        assert_eq!(check(&[a.clone(), b.clone()]), Ok(()));
        assert_eq!(check(&[b.clone(), ("new", DataType::Date32, true), a.clone()]), Ok(()));
        assert_eq!(check(&[a.clone(), b.clone(), ("new", DataType::Date32, false)]), refused, "has NULLs");
        assert_eq!(check(&[a.clone(), ("b", DataType::Utf8, false)]), refused, "may have NULLs");
        assert_eq!(check(std::slice::from_ref(&a)), refused, "missing");
        assert_eq!(check(&[("a", DataType::Int16, false), b]), refused, "narrower");
    }

    #[test]
    fn what_is_known_of_older_files_is_told_in_the_new_types() {
        let stats = |name: &str, min: Option<&str>, max: &str, sum: Option<&str>| ColumnStats {
            name: name.to_owned(),
            null_count: 1,
            min: min.map(str::to_owned),
            max: Some(max.to_owned()),
            min_exact: true,
            max_exact: true,
            sum: sum.map(str::to_owned),
        };
        let file = json!({
            "path": "p", "size": 1, "rows": 3, "row_groups": 1, "footer_bytes": 1, "columns": [],
            "digest": {"kind": "whole", "digest": "99aa06d3014798d86001c324468d497f"},
        });
        let mut file: DataFile = serde_json::from_value(file).unwrap();
        let huge = i128::MAX.to_string();
        file.columns = vec![
            stats("price", Some("-125"), "0", Some("-250")),
            stats("count", None, "7", Some(&huge)),
            stats("name", Some("a"), "b", None),
        ];
        let field = |name: &str, kind: DataType| Field::new(name, kind, true);
        let old = Schema::new(vec![
            field("price", DataType::Decimal64(10, 2)),
            field("count", DataType::Int64),
            field("name", DataType::Utf8),
        ]);
        let new = Schema::new(vec![
            field("name", DataType::Utf8View),
            field("added", DataType::Int64),
            field("price", DataType::Decimal128(20, 4)),
            field("count", DataType::Decimal128(21, 2)),
            field("when", DataType::Date32),
        ]);
        assert!(check_evolution(&old, &new).is_ok());
        restate(&mut file, &old, &new);
        let missing = |name: &str, sum: Option<&str>| ColumnStats {
            null_count: 3,
            min_exact: false,
            max_exact: false,
            max: None,
            ..stats(name, None, "", sum)
        };
        let expected = [
            stats("name", Some("a"), "b", None),
            missing("added", Some("0")),
            stats("price", Some("-12500"), "0", Some("-25000")),
            stats("count", None, "700", None),
            missing("when", None),
        ];
        assert_eq!(file.columns, expected);
    }
}
