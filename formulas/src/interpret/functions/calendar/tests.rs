//! What the examples of the functions do not show: every start of a week and of a fiscal year, the ends of the known
//! years, and laws.

use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;

use super::evaluate;
use crate::CalendarFunction as F;
use crate::Type;
use crate::interpret::Value;

fn day(text: &str) -> Value {
    Value::Date(text.parse::<NaiveDate>().unwrap().to_epoch_days())
}

fn local(text: &str) -> Value {
    Value::LocalDatetime(text.parse::<NaiveDateTime>().unwrap().and_utc().timestamp_micros())
}

fn at(text: &str) -> Value {
    Value::Datetime(text.parse::<NaiveDateTime>().unwrap().and_utc().timestamp_micros())
}

fn word(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(value: i64) -> Value {
    Value::Integer(value)
}

fn value(function: F, arguments: &[Value]) -> Option<Value> {
    evaluate(function, arguments, Type::Integer)
}

#[test]
fn weeks_of_every_start_have_4_january_in_week_1() {
    for start in 0..7 {
        for year in 1990..2040 {
            let fourth = day(&format!("{year}-01-04"));
            assert_eq!(value(F::Week, &[fourth.clone(), number(start)]), Some(number(1)));
            assert_eq!(value(F::WeekYear, &[fourth, number(start)]), Some(number(year)));
        }
    }
}

#[test]
fn weeks_may_start_on_any_day() {
    let check = |date, start, week, of, weekday| {
        let given = [day(date), number(start)];
        assert_eq!(value(F::Week, &given), Some(number(week)), "{date} {start}");
        assert_eq!(value(F::WeekYear, &given), Some(number(of)), "{date} {start}");
        assert_eq!(value(F::Weekday, &given), Some(number(weekday)), "{date} {start}");
    };
    // A Sunday.
    check("2023-01-01", 0, 52, 2022, 7);
    check("2023-01-01", 6, 1, 2023, 1);
    check("2023-01-01", 5, 1, 2023, 2);
    // A Thursday.
    check("2026-12-31", 0, 53, 2026, 4);
    check("2026-12-31", 3, 1, 2027, 1);
    check("2026-12-31", 4, 52, 2026, 7);
    check("2026-12-31", 2, 1, 2027, 2);
}

#[test]
fn fiscal_years_are_named_after_their_end() {
    let check = |date, start, year, quarter, month| {
        let given = [day(date), number(start)];
        assert_eq!(value(F::FiscalYear, &given), Some(number(year)), "{date} {start}");
        assert_eq!(value(F::FiscalQuarter, &given), Some(number(quarter)), "{date} {start}");
        assert_eq!(value(F::FiscalMonth, &given), Some(number(month)), "{date} {start}");
    };
    check("2024-03-31", 4, 2024, 4, 12);
    check("2024-04-01", 4, 2025, 1, 1);
    check("2024-12-31", 12, 2025, 1, 1);
    check("2024-11-30", 12, 2024, 4, 12);
    check("2024-12-31", 1, 2024, 4, 12);
    check("2024-07-15", 2, 2025, 2, 6);
}

#[test]
fn periods_follow_the_week_and_the_fiscal_year() {
    let check = |unit, time: Value, week_start, fiscal, first, last| {
        let given = [word(unit), time, number(week_start), number(fiscal)];
        assert_eq!(value(F::DateTrunc, &given), Some(day(first)), "{unit} {first}");
        assert_eq!(value(F::LastDay, &given), Some(day(last)), "{unit} {last}");
    };
    check("year", day("2024-03-21"), 0, 1, "2024-01-01", "2024-12-31");
    check("year", day("2024-03-21"), 0, 4, "2023-04-01", "2024-03-31");
    check("quarter", day("2024-03-21"), 0, 1, "2024-01-01", "2024-03-31");
    check("quarter", day("2024-03-21"), 0, 3, "2024-03-01", "2024-05-31");
    check("quarter", day("2024-01-21"), 0, 12, "2023-12-01", "2024-02-29");
    check("month", local("1969-12-31T23:59:59.999999"), 0, 4, "1969-12-01", "1969-12-31");
    check("week", day("2024-03-03"), 0, 1, "2024-02-26", "2024-03-03");
    check("week", day("2024-03-03"), 6, 1, "2024-03-03", "2024-03-09");
    check("day", local("1969-12-31T00:00:00"), 0, 1, "1969-12-31", "1969-12-31");
    let fiscal = |from, to| value(F::IsSame, &[word("year"), day(from), day(to), number(0), number(4)]);
    assert_eq!(fiscal("2024-03-31", "2024-04-01"), Some(Value::Boolean(false)));
    assert_eq!(fiscal("2023-04-01", "2024-03-31"), Some(Value::Boolean(true)));
}

#[test]
fn only_the_years_1_to_9999_are_known() {
    let none = |function, given: &[Value]| assert_eq!(value(function, given), None, "{function:?}");
    none(F::Year, &[day("0000-12-31")]);
    none(F::Year, &[day("+10000-01-01")]);
    none(F::Hour, &[Value::LocalDatetime(i64::MIN)]);
    none(F::DayNumber, &[Value::Date(i32::MAX)]);
    // The week of Sunday started in the year before.
    none(F::DateTrunc, &[word("week"), day("0001-01-01"), number(6), number(1)]);
    none(F::DateTrunc, &[word("year"), day("0001-01-01"), number(0), number(4)]);
    none(F::LastDay, &[word("year"), day("9999-12-31"), number(0), number(4)]);
    none(F::FiscalYear, &[day("9999-12-31"), number(4)]);
    none(F::WeekYear, &[day("0001-01-01"), number(3)]);
    for unit in ["year", "quarter", "month", "week", "day"] {
        for n in [i64::MIN, i64::MAX, -4_000_000, 4_000_000] {
            none(F::DateAdd, &[day("2024-03-01"), number(n), word(unit)]);
        }
    }
    for unit in ["hour", "minute", "second", "millisecond"] {
        for n in [i64::MIN, i64::MAX] {
            none(F::TimeAdd, &[at("2024-03-01T00:00:00"), number(n), word(unit)]);
        }
    }
    for n in [i64::MIN, i64::MAX, -3_000_000, 3_000_000] {
        none(F::AddWorkingDays, &[day("2024-03-01"), number(n)]);
    }
    none(F::NextWeekday, &[day("9999-12-31"), number(5)]);
    none(F::PreviousWeekday, &[day("0001-01-01"), number(i64::MIN)]);
    assert_eq!(value(F::Year, &[day("0001-01-01")]), Some(number(1)));
    assert_eq!(value(F::Microsecond, &[local("9999-12-31T23:59:59.999999")]), Some(number(999_999)));
    assert_eq!(value(F::DayNumber, &[day("9999-12-31")]), Some(number(2_932_896)));
}

#[test]
fn hours_in_a_zone_end_where_the_clock_is_set() {
    let check = |unit, instant, zone, start| {
        assert_eq!(value(F::TimeTruncIn, &[word(unit), at(instant), word(zone)]), Some(at(start)), "{zone} {instant}");
    };
    // Set back from 02:00 to 01:30: 01:00 to 02:00, then 01:30 to 02:00 once more.
    check("hour", "2025-04-05T14:59:59", "Australia/Lord_Howe", "2025-04-05T14:00:00");
    check("hour", "2025-04-05T15:10:00.5", "Australia/Lord_Howe", "2025-04-05T15:00:00");
    check("hour", "2025-04-05T15:29:59", "Australia/Lord_Howe", "2025-04-05T15:00:00");
    check("hour", "2025-04-05T15:30:00", "Australia/Lord_Howe", "2025-04-05T15:30:00");
    // Set from 02:00 to 02:30.
    check("hour", "2025-10-04T15:45:00", "Australia/Lord_Howe", "2025-10-04T15:30:00");
    // The clocks of Brussels showed 17 minutes and 30 seconds more than UTC.
    check("minute", "1880-01-01T00:00:45", "Europe/Brussels", "1880-01-01T00:00:30");
    check("second", "2026-10-25T01:00:00.25", "Europe/Brussels", "2026-10-25T01:00:00");
    check("millisecond", "1969-12-31T23:59:59.999999", "Europe/Brussels", "1969-12-31T23:59:59.999");
}

#[test]
fn distances_count_borders_or_complete_units() {
    let check = |unit, from: &str, to: &str, borders, complete| {
        let (from, to) = (local(from), local(to));
        let borders_given = [word(unit), from.clone(), to.clone(), number(0)];
        assert_eq!(value(F::DateDiff, &borders_given), Some(number(borders)), "{unit} {borders}");
        assert_eq!(value(F::FullUnits, &[word(unit), from, to]), Some(number(complete)), "{unit} {complete}");
    };
    check("year", "2023-12-31T00:00:00", "2024-01-01T00:00:00", 1, 0);
    check("quarter", "2023-12-31T00:00:00", "2024-06-30T00:00:00", 2, 1);
    check("month", "2024-03-01T00:00:00", "2024-01-31T12:00:00", -2, -1);
    check("month", "2024-01-15T10:30:00", "2024-02-15T10:29:59.999999", 1, 0);
    check("month", "2024-01-15T10:30:00", "2024-02-15T10:30:00", 1, 1);
    check("week", "2024-03-03T00:00:00", "2024-03-04T00:00:00", 1, 0);
    check("day", "2024-03-01T23:00:00", "2024-03-02T22:00:00", 1, 0);
    let sundays = [word("week"), day("2024-03-02"), day("2024-03-03"), number(6)];
    assert_eq!(value(F::DateDiff, &sundays), Some(number(1)));
    let clock = |unit| {
        value(F::DateDiff, &[word(unit), local("1970-01-01T00:00:01"), local("1969-12-31T23:59:59.999"), number(0)])
    };
    assert_eq!(clock("hour"), Some(number(-1)));
    assert_eq!(clock("second"), Some(number(-2)));
    assert_eq!(clock("millisecond"), Some(number(-1_001)));
    let age = |born, at| value(F::Age, &[day(born), day(at)]);
    assert_eq!(age("2000-05-02", "2024-05-01"), Some(number(23)));
    assert_eq!(age("2024-05-01", "2023-05-02"), Some(number(0)));
    assert_eq!(age("2024-05-01", "2023-05-01"), Some(number(-1)));
}

#[test]
fn elapsed_time_has_a_fraction() {
    let check = |unit, from: Value, to: Value, expected| {
        assert_eq!(value(F::Elapsed, &[word(unit), from, to]), Some(Value::Float(expected)), "{unit}");
    };
    check("week", day("2024-03-01"), day("2024-03-04"), 3.0 / 7.0);
    check("day", at("2026-03-28T23:00:00"), at("2026-03-29T22:00:00"), 23.0 / 24.0);
    check("millisecond", local("2024-03-01T00:00:00.000001"), local("2024-03-01T00:00:00"), -0.001);
}

fn known_day() -> impl Strategy<Value = i32> {
    -718_000..2_928_000
}

proptest! {
    #[test]
    fn working_days_are_taken_back(date in known_day(), n in -200_i64..200) {
        let later = value(F::AddWorkingDays, &[Value::Date(date), number(n)]).unwrap();
        let weekend = value(F::IsWeekend, &[Value::Date(date)]) == Some(Value::Boolean(true));
        if !weekend {
            prop_assert_eq!(value(F::WorkingDays, &[Value::Date(date), later.clone()]), Some(number(n)));
            prop_assert_eq!(value(F::AddWorkingDays, &[later, number(-n)]), Some(Value::Date(date)));
        } else if n != 0 {
            prop_assert_eq!(value(F::IsWeekend, &[later]), Some(Value::Boolean(false)));
        }
    }

    #[test]
    fn complete_units_are_not_past_the_end(
        from in known_day(),
        days in 0..4_000,
        unit in prop::sample::select(vec!["year", "quarter", "month", "week", "day"]),
    ) {
        let to = from + days;
        let Some(Value::Integer(units)) = value(F::FullUnits, &[word(unit), Value::Date(from), Value::Date(to)]) else {
            panic!("no units");
        };
        let reached = value(F::DateAdd, &[Value::Date(from), number(units), word(unit)]);
        let Some(Value::Date(reached)) = reached else { panic!("no date") };
        let Some(Value::Date(behind)) = value(F::DateAdd, &[Value::Date(from), number(units + 1), word(unit)]) else {
            panic!("no date");
        };
        prop_assert!(reached <= to);
        // A date that was moved back to the end of its month is reached a day before the month is complete.
        prop_assert!(to <= behind);
        let back = value(F::FullUnits, &[word(unit), Value::Date(to), Value::Date(from)]);
        prop_assert_eq!(back, Some(number(-units)));
    }

    #[test]
    fn a_day_lies_in_its_period(
        date in known_day(),
        unit in prop::sample::select(vec!["year", "quarter", "month", "week", "day"]),
        week_start in 0_i64..7,
        fiscal in 1_i64..=12,
    ) {
        let period = |date| {
            let given = [word(unit), Value::Date(date), number(week_start), number(fiscal)];
            match (value(F::DateTrunc, &given), value(F::LastDay, &given)) {
                (Some(Value::Date(first)), Some(Value::Date(last))) => (first, last),
                other => panic!("{other:?}"),
            }
        };
        let (first, last) = period(date);
        prop_assert!(first <= date && date <= last);
        prop_assert_eq!(period(first), (first, last));
        prop_assert_eq!(period(last), (first, last));
        prop_assert_eq!(period(last + 1).0, last + 1);
    }
}
