//! The numbers behind dates against `chrono` and the calendar of queries; columns with rows that have no result.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Date32Type, Int64Type, TimestampMicrosecondType};
use chrono::{Datelike, NaiveDate};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ColumnarValue;
use drillcore_formulas::CalendarFunction as F;

use super::date::{Date, KNOWN_DAYS, day_number, days_from_monday, days_into_week, deciding_day};
use super::times::{DAY, HOUR, MINUTE};
use crate::functions::scalar::call::Call;
use crate::model::{ColumnType, CyclicPart, WeekStart};
use crate::time::{Calendar, Zone};

const WEEK_STARTS: [WeekStart; 7] = [
    WeekStart::Monday,
    WeekStart::Tuesday,
    WeekStart::Wednesday,
    WeekStart::Thursday,
    WeekStart::Friday,
    WeekStart::Saturday,
    WeekStart::Sunday,
];

fn day(text: &str) -> i32 {
    text.parse::<NaiveDate>().unwrap().to_epoch_days()
}

fn chrono_date(day: i64) -> NaiveDate {
    NaiveDate::from_epoch_days(i32::try_from(day).unwrap()).unwrap()
}

#[test]
fn every_known_day_is_the_date_that_chrono_gives() {
    for day in KNOWN_DAYS {
        let (date, expected) = (Date::of(day), chrono_date(day));
        let parts = (date.year, date.month, date.day, date.day_of_year, date.leap_day == 1);
        let year = i64::from(expected.year());
        let (month, number) = (i64::from(expected.month()), i64::from(expected.day()));
        assert_eq!(parts, (year, month, number, i64::from(expected.ordinal()), expected.leap_year()), "{expected}");
        assert_eq!(date.month_length(), i64::from(expected.num_days_in_month()), "{expected}");
        assert_eq!(day_number(year, month, number), day, "{expected}");
    }
    assert_eq!(chrono_date(*KNOWN_DAYS.start()), NaiveDate::from_ymd_opt(1, 1, 1).unwrap());
    assert_eq!(chrono_date(*KNOWN_DAYS.end()), NaiveDate::from_ymd_opt(9999, 12, 31).unwrap());
}

#[test]
fn weeks_and_fiscal_quarters_are_those_of_queries() {
    for start in WEEK_STARTS {
        for fiscal in 1..=12 {
            let calendar = Calendar::new(Zone::utc(), start, fiscal).unwrap();
            let from_monday = start.days_from_monday();
            // A few days more than a month apart, so that all days of the month and of the week come up.
            for day in (i64::from(day("1890-01-01"))..i64::from(day("2110-01-01"))).step_by(33) {
                let week = (deciding_day(day, from_monday).day_of_year - 1) / 7 + 1;
                assert_eq!(week, calendar.part_of_day(CyclicPart::WeekNumber, day), "{day}");
                let weekday = days_into_week(day, from_monday) + 1;
                assert_eq!(weekday, calendar.part_of_day(CyclicPart::WeekdayNumber, day), "{day}");
                let quarter = Date::of(day).fiscal_months(i64::from(fiscal)).rem_euclid(12) / 3 + 1;
                assert_eq!(quarter, calendar.part_of_day(CyclicPart::QuarterNumber, day), "{day}");
            }
        }
    }
    // 2024-03-01 was a Friday.
    assert_eq!(days_from_monday(i64::from(day("2024-03-01"))), 4);
}

fn word(text: &str) -> ColumnarValue {
    ColumnarValue::Scalar(ScalarValue::Utf8View(Some(text.to_owned())))
}

fn constant(value: i64) -> ColumnarValue {
    ColumnarValue::Scalar(ScalarValue::Int64(Some(value)))
}

fn column(array: impl Array + 'static) -> ColumnarValue {
    ColumnarValue::Array(Arc::new(array))
}

fn answer(function: F, arguments: &[ColumnarValue], rows: usize, result: ColumnType) -> ArrayRef {
    super::call(function, &Call::new(arguments, rows, result)).unwrap()
}

#[test]
fn rows_without_a_known_date_are_null() {
    let dates = Date32Array::from(vec![Some(day("2024-03-31")), None, Some(i32::MIN), Some(i32::MAX), Some(2_932_896)]);
    let years = answer(F::Year, &[column(dates.clone())], 5, ColumnType::Integer);
    let expected = Int64Array::from(vec![Some(2024), None, None, None, Some(9999)]);
    assert_eq!(years.as_primitive::<Int64Type>(), &expected);
    let counts = Int64Array::from(vec![Some(-1), Some(1), Some(1), Some(-1), Some(i64::MAX)]);
    let given = [column(dates.clone()), column(counts.clone()), word("month")];
    let moved = answer(F::DateAdd, &given, 5, ColumnType::Date);
    let expected = Date32Array::from(vec![Some(day("2024-02-29")), None, None, None, None]);
    assert_eq!(moved.as_primitive::<Date32Type>(), &expected);
    let given = [column(dates), column(counts), word("hour")];
    let moved = answer(F::TimeAdd, &given, 5, ColumnType::LocalDatetime);
    assert_eq!(moved.data_type(), &ColumnType::LocalDatetime.arrow());
    let times = moved.as_primitive::<TimestampMicrosecondType>();
    assert_eq!((times.value(0), times.null_count()), (i64::from(day("2024-03-31")) * DAY - HOUR, 4));
}

#[test]
fn times_keep_their_type_and_time_of_day() {
    let half_past_ten = |text| i64::from(day(text)) * DAY + 10 * HOUR + 30 * MINUTE;
    let times = TimestampMicrosecondArray::from(vec![
        Some(half_past_ten("2024-02-29")),
        Some(half_past_ten("1969-12-31")),
        Some(i64::MIN),
        Some(i64::MAX),
    ]);
    let given = [column(times.clone()), constant(1), word("year")];
    let moved = answer(F::DateAdd, &given, 4, ColumnType::LocalDatetime);
    let expected = vec![Some(half_past_ten("2025-02-28")), Some(half_past_ten("1970-12-31")), None, None];
    assert_eq!(moved.as_primitive::<TimestampMicrosecondType>(), &TimestampMicrosecondArray::from(expected));
    let instants = [word("hour"), column(times.with_timezone("UTC")), word("Asia/Kathmandu")];
    let hours = answer(F::TimeTruncIn, &instants, 4, ColumnType::Datetime);
    assert_eq!(hours.data_type(), &ColumnType::Datetime.arrow());
    assert!(matches!(hours.data_type(), DataType::Timestamp(_, Some(_))));
    let hours = hours.as_primitive::<TimestampMicrosecondType>();
    assert_eq!((hours.value(0), hours.null_count()), (half_past_ten("2024-02-29") - 15 * MINUTE, 2));
}

#[test]
fn working_days_pass_weekends() {
    let check = |from, n, to| {
        let given = [column(Date32Array::from(vec![day(from)])), constant(n)];
        let moved = answer(F::AddWorkingDays, &given, 1, ColumnType::Date);
        assert_eq!(moved.as_primitive::<Date32Type>().value(0), day(to), "{from} {n}");
    };
    check("2024-03-01", 6, "2024-03-11");
    check("2024-03-02", 5, "2024-03-08");
    check("2024-03-03", 6, "2024-03-11");
    check("2024-03-02", -6, "2024-02-23");
    check("2024-03-04", -1, "2024-03-01");
    check("2024-03-08", -5, "2024-03-01");
}
