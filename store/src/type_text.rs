//! Arrow types in words, both ways.

use arrow::datatypes::{DataType, TimeUnit};

/// The words for a type, or `None` if the store does not hold such columns.
pub(crate) fn type_text(data_type: &DataType) -> Option<String> {
    let simple = SIMPLE.iter().find(|(simple, _)| simple == data_type).map(|(_, text)| (*text).to_owned());
    match data_type {
        DataType::Timestamp(unit, None) => Some(format!("timestamp({})", unit_text(*unit))),
        DataType::Timestamp(unit, Some(zone)) => Some(format!("timestamp({}, {zone})", unit_text(*unit))),
        DataType::Time32(unit @ (TimeUnit::Second | TimeUnit::Millisecond)) => {
            Some(format!("time32({})", unit_text(*unit)))
        }
        DataType::Time64(unit @ (TimeUnit::Microsecond | TimeUnit::Nanosecond)) => {
            Some(format!("time64({})", unit_text(*unit)))
        }
        DataType::Duration(unit) => Some(format!("duration({})", unit_text(*unit))),
        DataType::FixedSizeBinary(width) => Some(format!("fixed_size_binary({width})")),
        DataType::Decimal32(precision, scale) => Some(format!("decimal32({precision}, {scale})")),
        DataType::Decimal64(precision, scale) => Some(format!("decimal64({precision}, {scale})")),
        DataType::Decimal128(precision, scale) => Some(format!("decimal128({precision}, {scale})")),
        DataType::Decimal256(precision, scale) => Some(format!("decimal256({precision}, {scale})")),
        DataType::Dictionary(key, value) if key.is_dictionary_key_type() && is_simple(value) => {
            Some(format!("dictionary({}, {})", type_text(key)?, type_text(value)?))
        }
        _ => simple,
    }
}

/// The type some words stand for; `None` if this build does not know them.
pub(crate) fn parse_type(text: &str) -> Option<DataType> {
    if let Some((simple, _)) = SIMPLE.iter().find(|(_, name)| *name == text) {
        return Some(simple.clone());
    }
    let (name, arguments) = text.strip_suffix(')')?.split_once('(')?;
    let pair = arguments.split_once(", ");
    let decimal = || -> Option<(u8, i8)> { Some((pair?.0.parse().ok()?, pair?.1.parse().ok()?)) };
    let parsed = match name {
        "timestamp" => match pair {
            None => DataType::Timestamp(parse_unit(arguments)?, None),
            Some((unit, zone)) => DataType::Timestamp(parse_unit(unit)?, Some(zone.into())),
        },
        "time32" => DataType::Time32(parse_unit(arguments)?),
        "time64" => DataType::Time64(parse_unit(arguments)?),
        "duration" => DataType::Duration(parse_unit(arguments)?),
        "fixed_size_binary" => DataType::FixedSizeBinary(arguments.parse().ok()?),
        "decimal32" => decimal().map(|(precision, scale)| DataType::Decimal32(precision, scale))?,
        "decimal64" => decimal().map(|(precision, scale)| DataType::Decimal64(precision, scale))?,
        "decimal128" => decimal().map(|(precision, scale)| DataType::Decimal128(precision, scale))?,
        "decimal256" => decimal().map(|(precision, scale)| DataType::Decimal256(precision, scale))?,
        "dictionary" => {
            let (key, value) = pair?;
            DataType::Dictionary(Box::new(parse_type(key)?), Box::new(parse_type(value)?))
        }
        _ => return None,
    };
    // Only what can be written is read, so one type has one spelling.
    (type_text(&parsed).as_deref() == Some(text)).then_some(parsed)
}

/// Types without parameters.
static SIMPLE: &[(DataType, &str)] = &[
    (DataType::Null, "null"),
    (DataType::Boolean, "bool"),
    (DataType::Int8, "int8"),
    (DataType::Int16, "int16"),
    (DataType::Int32, "int32"),
    (DataType::Int64, "int64"),
    (DataType::UInt8, "uint8"),
    (DataType::UInt16, "uint16"),
    (DataType::UInt32, "uint32"),
    (DataType::UInt64, "uint64"),
    (DataType::Float16, "float16"),
    (DataType::Float32, "float32"),
    (DataType::Float64, "float64"),
    (DataType::Date32, "date32"),
    (DataType::Date64, "date64"),
    (DataType::Utf8, "utf8"),
    (DataType::LargeUtf8, "large_utf8"),
    (DataType::Utf8View, "utf8_view"),
    (DataType::Binary, "binary"),
    (DataType::LargeBinary, "large_binary"),
    (DataType::BinaryView, "binary_view"),
];

fn is_simple(data_type: &DataType) -> bool {
    SIMPLE.iter().any(|(simple, _)| simple == data_type)
}

fn unit_text(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    }
}

fn parse_unit(text: &str) -> Option<TimeUnit> {
    match text {
        "s" => Some(TimeUnit::Second),
        "ms" => Some(TimeUnit::Millisecond),
        "us" => Some(TimeUnit::Microsecond),
        "ns" => Some(TimeUnit::Nanosecond),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{DataType, SIMPLE, TimeUnit, parse_type, type_text};

    fn dictionary(key: DataType, value: DataType) -> DataType {
        DataType::Dictionary(Box::new(key), Box::new(value))
    }

    #[test]
    fn every_type_survives() {
        let units = [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];
        let zones: [Option<Arc<str>>; 3] = [None, Some("+02:00".into()), Some("a, odd) zone(".into())];
        let timestamps =
            units.iter().flat_map(|unit| zones.iter().map(move |zone| DataType::Timestamp(*unit, zone.clone())));
        let durations = units.iter().map(|unit| DataType::Duration(*unit));
        let others = [
            DataType::Time32(TimeUnit::Second),
            DataType::Time64(TimeUnit::Nanosecond),
            DataType::FixedSizeBinary(16),
            DataType::Decimal32(9, 0),
            DataType::Decimal64(18, 2),
            DataType::Decimal128(38, -4),
            DataType::Decimal256(76, 10),
            dictionary(DataType::Int32, DataType::Utf8),
            dictionary(DataType::UInt8, DataType::LargeUtf8),
        ];
        let simple = SIMPLE.iter().map(|(data_type, _)| data_type.clone());
        for data_type in timestamps.chain(durations).chain(others).chain(simple) {
            let text = type_text(&data_type).unwrap();
            assert_eq!(parse_type(&text), Some(data_type), "{text}");
        }
    }

    #[test]
    fn other_types_and_spellings_are_unknown() {
        for text in ["", "int", "INT64", "timestamp(us,UTC)", "decimal128(+18, 2)", "time32(ns)", "list(int8)"] {
            assert_eq!(parse_type(text), None, "{text}");
        }
        for data_type in [
            DataType::new_list(DataType::Int8, true),
            DataType::Time32(TimeUnit::Nanosecond),
            dictionary(DataType::Int8, dictionary(DataType::Int8, DataType::Utf8)),
        ] {
            assert_eq!(type_text(&data_type), None);
        }
    }
}
