//! From cells of an answer to cells of Excel.

use std::num::FpCategory;

use super::column::ResultColumn;
use super::exact::float_of;
use super::value::Value;
use crate::model::ColumnType;

const DATE: &str = "yyyy-mm-dd";
const TIME: &str = "yyyy-mm-dd hh:mm:ss";
const TIME_WITH_FRACTION: &str = "yyyy-mm-dd hh:mm:ss.000";

/// Formats of Excel have so many decimals at most.
const MOST_DECIMALS: usize = 30;

/// 1970-01-01 as Excel counts days, and the day that it counts behind a 29th of February 1900 that never was.
const EPOCH: i64 = 25_569;
const MARCH_1900: i64 = 61;
/// 9999-12-31.
const LAST_DAY: i64 = 2_958_465;

/// The least size beyond which Excel holds no numbers.
const TOO_LARGE: f64 = 9.999_999_999_999_99e307;

const DAY_SECONDS: i64 = 86_400;
const SECOND: i64 = 1_000_000;

/// What a cell of Excel holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    Empty,
    Boolean(bool),
    Number(f64),
    /// A date or time as a number of days, and whether the format must show fractions of a second.
    Moment {
        serial: f64,
        fraction: bool,
    },
    /// Never empty.
    Text(String),
}

impl Entry {
    /// The entry of a cell.
    pub(super) fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Empty,
            Value::Boolean(value) => Self::Boolean(value),
            Value::Integer(number) => match i32::try_from(number) {
                Ok(small) => Self::Number(small.into()),
                Err(_) => exact(&number.to_string()),
            },
            Value::Float(number) if held(number) => Self::Number(number),
            Value::Decimal128(..) | Value::Decimal256(..) => exact(&value.to_text()),
            Value::Text(text) => Self::text(text),
            Value::Member(member) => member.text().map_or(Self::Empty, |text| Self::text(&text)),
            Value::Date(days) => moment(days.into(), 0).unwrap_or_else(|| Self::Text(value.to_text())),
            Value::Datetime(micros, offset) => {
                let shown = micros.checked_add(i64::from(offset) * SECOND).and_then(wall_clock);
                shown.unwrap_or_else(|| Self::Text(value.to_text()))
            }
            Value::LocalDatetime(micros) => wall_clock(micros).unwrap_or_else(|| Self::Text(value.to_text())),
            Value::Float(_) | Value::Other | Value::Bins(_) => Self::Text(value.to_text()),
        }
    }

    /// The entry of a text.
    pub(super) fn text(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

/// The formats of the numbers of a column: usually, and where they are times with fractions of a second.
pub(super) fn number_format(column: &ResultColumn) -> (Option<String>, Option<String>) {
    let usual = match column.column_type {
        // Excel's own choice has an exponent from twelve digits on.
        ColumnType::Integer => Some("0".to_owned()),
        ColumnType::Decimal { scale, .. } => match usize::try_from(scale) {
            Ok(decimals @ 1..) => Some(format!("0.{}", "0".repeat(decimals.min(MOST_DECIMALS)))),
            _ => Some("0".to_owned()),
        },
        ColumnType::Date => Some(DATE.to_owned()),
        ColumnType::Datetime | ColumnType::LocalDatetime => Some(TIME.to_owned()),
        ColumnType::Text | ColumnType::Boolean | ColumnType::Float => None,
    };
    (usual, Some(TIME_WITH_FRACTION.to_owned()))
}

/// The number of these digits, or the digits as text where Excel would round them.
fn exact(digits: &str) -> Entry {
    match float_of(digits) {
        Some(number) if held(number) => Entry::Number(number),
        _ => Entry::Text(digits.to_owned()),
    }
}

fn held(number: f64) -> bool {
    number.abs() < TOO_LARGE && number.classify() != FpCategory::Subnormal
}

fn wall_clock(micros: i64) -> Option<Entry> {
    let day = DAY_SECONDS * SECOND;
    moment(micros.div_euclid(day), micros.rem_euclid(day))
}

/// A time so many days after 1970-01-01 and so many microseconds into the day; nothing where Excel has no such date.
fn moment(days: i64, micros: i64) -> Option<Entry> {
    let counted = days.checked_add(EPOCH)?;
    let serial = if counted < MARCH_1900 { counted - 1 } else { counted };
    if !(1..=LAST_DAY).contains(&serial) {
        return None;
    }
    let whole = f64::from(i32::try_from(serial).ok()?);
    let seconds = f64::from(i32::try_from(micros / SECOND).ok()?);
    let rest = f64::from(i32::try_from(micros % SECOND).ok()?) / 1e6;
    let serial = whole + (seconds + rest) / f64::from(i32::try_from(DAY_SECONDS).ok()?);
    Some(Entry::Moment { serial, fraction: micros % SECOND > 0 })
}

#[cfg(test)]
mod tests {
    use super::{Entry, Value};

    #[track_caller]
    fn check(value: Value<'_>, expected: &Entry) {
        assert_eq!(&Entry::of(value), expected, "{value:?}");
    }

    fn text(text: &str) -> Entry {
        Entry::Text(text.to_owned())
    }

    #[test]
    fn numbers_are_numbers_with_all_their_digits_or_text() {
        check(Value::Integer(-7), &Entry::Number(-7.0));
        check(Value::Integer(1 << 53), &Entry::Number(9_007_199_254_740_992.0));
        check(Value::Integer((1 << 53) + 1), &text("9007199254740993"));
        check(Value::Integer(i64::MAX), &text("9223372036854775807"));
        check(Value::Decimal128(150, 2), &Entry::Number(1.5));
        check(Value::Decimal128(10, 2), &Entry::Number(0.1));
        check(Value::Decimal128(12_345_678_901_234_567_890, 2), &text("123456789012345678.90"));
        check(Value::Float(0.1), &Entry::Number(0.1));
        check(Value::Float(1e300), &Entry::Number(1e300));
        check(Value::Float(1.7e308), &text("1.7e+308"));
        check(Value::Float(5e-324), &text("5e-324"));
    }

    #[test]
    fn dates_are_those_of_excel_from_1900_on() {
        let moment = |serial: f64, fraction: bool| Entry::Moment { serial, fraction };
        check(Value::Date(-25_568), &text("1899-12-31"));
        check(Value::Date(-25_567), &moment(1.0, false));
        check(Value::Date(-25_509), &moment(59.0, false));
        check(Value::Date(-25_508), &moment(61.0, false));
        check(Value::Date(0), &moment(25_569.0, false));
        check(Value::Date(2_932_896), &moment(2_958_465.0, false));
        check(Value::Date(2_932_897), &text("+10000-01-01"));
        check(Value::Date(i32::MIN), &text("-5877641-06-23"));
        // 2013-01-01T10:00:00Z in New York.
        check(Value::Datetime(1_357_034_400_000_000, -18_000), &moment(41_275.0 + 5.0 / 24.0, false));
        check(Value::LocalDatetime(1_357_041_600_500_000), &moment(41_275.0 + 43_200.5 / 86_400.0, true));
        check(Value::Datetime(i64::MAX, 3600), &text("+294247-01-10T05:00:54.775807+01:00"));
    }

    #[test]
    fn nothing_and_empty_text_are_empty() {
        check(Value::Null, &Entry::Empty);
        check(Value::Text(""), &Entry::Empty);
        check(Value::Text("=1+1"), &text("=1+1"));
        check(Value::Other, &text("(other)"));
        check(Value::Boolean(true), &Entry::Boolean(true));
    }
}
