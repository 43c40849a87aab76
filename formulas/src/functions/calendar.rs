//! Functions of dates and times: parts, periods and distances.

use crate::registry::{functions, required};
use crate::{Entry, Kind, Parameter, ResultType, Type};

/// Units that are periods of the calendar.
const PERIODS: Kind = Kind::Word(&["year", "quarter", "month", "week", "day"]);
/// Units below a day.
const CLOCK: Kind = Kind::Word(&["hour", "minute", "second", "millisecond"]);
/// Units that always last the same.
const LENGTHS: Kind = Kind::Word(&["week", "day", "hour", "minute", "second", "millisecond"]);
/// All units.
const UNITS: Kind = Kind::Word(&["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond"]);

const TIME: &[Parameter] = &[required("time", Kind::Wall)];
const PERIOD_OF_TIME: &[Parameter] = &[required("unit", PERIODS), required("time", Kind::Wall)];
const PERIOD_OF_TWO: &[Parameter] =
    &[required("unit", PERIODS), required("from", Kind::Wall), required("to", Kind::Wall)];
const TWO_DATES: &[Parameter] = &[required("from", Kind::Date), required("to", Kind::Date)];
const DATE_AND_COUNT: &[Parameter] = &[required("date", Kind::Date), required("n", Kind::Integer)];
const DATE_AND_WEEKDAY: &[Parameter] = &[required("date", Kind::Date), required("weekday", Kind::Integer)];

const INTEGER: ResultType = ResultType::Always(Type::Integer);
const BOOLEAN: ResultType = ResultType::Always(Type::Boolean);
const TEXT: ResultType = ResultType::Always(Type::Text);
const DATE: ResultType = ResultType::Always(Type::Date);

/// A date with a time of day is a wall clock time.
fn with_time(arguments: &[Type]) -> Type {
    match arguments.first() {
        Some(Type::Datetime) => Type::Datetime,
        _ => Type::LocalDatetime,
    }
}

functions! {
    /// Functions of dates and times: parts, periods and distances.
    ///
    /// They know the years 1 to 9999: a date or time outside of them counts as NULL, and a result outside is NULL.
    CalendarFunction {
        Year => Entry::new("YEAR", INTEGER, "the calendar year")
            .takes(TIME)
            .examples(&[("YEAR(@2024-03-01)", "2024"), ("YEAR(@2024-12-31T23:59:59)", "2024")]),
        Quarter => Entry::new("QUARTER", INTEGER, "the quarter of the calendar year, 1 to 4")
            .takes(TIME)
            .examples(&[("QUARTER(@2024-03-31)", "1"), ("QUARTER(@2024-04-01)", "2")]),
        Month => Entry::new("MONTH", INTEGER, "the month, 1 to 12")
            .takes(TIME)
            .examples(&[("MONTH(@2024-03-01)", "3"), ("MONTH(@2024-12-31T23:59:59)", "12")]),
        Week => Entry::new(
            "WEEK",
            INTEGER,
            "the number of the week, 1 to 53; week 1 holds 4 January, whatever day weeks start on",
        )
        .aliases(&["WEEK_NUMBER", "WEEK_OF_YEAR"])
        .takes(TIME)
        .examples(&[("WEEK(@2024-03-01)", "9"), ("WEEK(@2024-12-30)", "1"), ("WEEK(@2021-01-03)", "53")]),
        Day => Entry::new("DAY", INTEGER, "the day of the month, 1 to 31")
            .aliases(&["DAY_OF_MONTH", "DAYOFMONTH"])
            .takes(TIME)
            .examples(&[("DAY(@2024-03-01)", "1"), ("DAY(@1969-12-31T23:59:59)", "31")]),
        DayOfYear => Entry::new("DAY_OF_YEAR", INTEGER, "the day of the calendar year, 1 to 366")
            .aliases(&["DAYOFYEAR"])
            .takes(TIME)
            .examples(&[("DAY_OF_YEAR(@2023-03-01)", "60"), ("DAY_OF_YEAR(@2024-12-31)", "366")]),
        Weekday => Entry::new(
            "WEEKDAY",
            INTEGER,
            "the number of the weekday, 1 to 7, counted from the day that weeks start on",
        )
        .aliases(&["DAY_OF_WEEK", "DAYOFWEEK"])
        .takes(TIME)
        .examples(&[("WEEKDAY(@2024-03-01)", "5"), ("WEEKDAY(@2024-03-03)", "7")]),
        WeekYear => Entry::new("WEEK_YEAR", INTEGER, "the year to which the week belongs, that of WEEK")
            .aliases(&["YEAR_OF_WEEK"])
            .takes(TIME)
            .examples(&[("WEEK_YEAR(@2024-12-30)", "2025"), ("WEEK_YEAR(@2021-01-03)", "2020")]),
        IsoYear => Entry::new("ISO_YEAR", INTEGER, "the year to which the ISO 8601 week belongs, that of ISO_WEEK")
            .aliases(&["ISO_WEEK_YEAR"])
            .takes(TIME)
            .examples(&[("ISO_YEAR(@2024-12-30)", "2025"), ("ISO_YEAR(@2021-01-03)", "2020")]),
        IsoWeek => Entry::new("ISO_WEEK", INTEGER, "the number of the ISO 8601 week, which starts on Monday, 1 to 53")
            .aliases(&["ISOWEEK", "ISOWEEKNUM"])
            .takes(TIME)
            .examples(&[("ISO_WEEK(@2024-12-30)", "1"), ("ISO_WEEK(@2021-01-03)", "53")]),
        IsoWeekday => Entry::new("ISO_WEEKDAY", INTEGER, "the number of the weekday from Monday, 1, to Sunday, 7")
            .aliases(&["ISO_DAY_OF_WEEK", "ISODOW"])
            .takes(TIME)
            .examples(&[("ISO_WEEKDAY(@2024-03-04)", "1"), ("ISO_WEEKDAY(@2024-03-03)", "7")]),
        FiscalYear => Entry::new(
            "FISCAL_YEAR",
            INTEGER,
            "the fiscal year, named after the calendar year in which it ends",
        )
        .takes(TIME)
        .examples(&[("FISCAL_YEAR(@2024-03-01)", "2024"), ("FISCAL_YEAR(@2023-12-31)", "2023")]),
        FiscalQuarter => Entry::new("FISCAL_QUARTER", INTEGER, "the quarter of the fiscal year, 1 to 4")
            .takes(TIME)
            .examples(&[("FISCAL_QUARTER(@2024-03-31)", "1"), ("FISCAL_QUARTER(@2024-12-01)", "4")]),
        FiscalMonth => Entry::new("FISCAL_MONTH", INTEGER, "the month of the fiscal year, 1 to 12")
            .takes(TIME)
            .examples(&[("FISCAL_MONTH(@2024-03-31)", "3"), ("FISCAL_MONTH(@2024-12-01)", "12")]),
        Hour => Entry::new("HOUR", INTEGER, "the hour on the wall clock, 0 to 23; of a date 0")
            .takes(TIME)
            .examples(&[("HOUR(@2024-03-01T10:30)", "10"), ("HOUR(@2024-03-01)", "0")]),
        Minute => Entry::new("MINUTE", INTEGER, "the minute of the hour, 0 to 59; of a date 0")
            .takes(TIME)
            .examples(&[("MINUTE(@2024-03-01T10:30)", "30"), ("MINUTE(@2024-03-01)", "0")]),
        Second => Entry::new("SECOND", INTEGER, "the whole second of the minute, 0 to 59; of a date 0")
            .takes(TIME)
            .examples(&[("SECOND(@2024-03-01T10:30:59.9)", "59"), ("SECOND(@2024-03-01)", "0")]),
        Millisecond => Entry::new("MILLISECOND", INTEGER, "the whole milliseconds of the second, 0 to 999; of a date 0")
            .takes(TIME)
            .examples(&[("MILLISECOND(@2024-03-01T10:30:59.9876)", "987"), ("MILLISECOND(@2024-03-01)", "0")]),
        Microsecond => Entry::new("MICROSECOND", INTEGER, "the microseconds of the second, 0 to 999999; of a date 0")
            .takes(TIME)
            .examples(&[("MICROSECOND(@2024-03-01T10:30:59.9876)", "987600"), ("MICROSECOND(@2024-03-01)", "0")]),
        SecondsOfDay => Entry::new(
            "SECONDS_OF_DAY",
            INTEGER,
            "the whole seconds since midnight on the wall clock, 0 to 86399; of a date 0",
        )
        .takes(TIME)
        .examples(&[("SECONDS_OF_DAY(@2024-03-01T01:00:30.5)", "3630"), ("SECONDS_OF_DAY(@2024-03-01)", "0")]),
        DayNumber => Entry::new("DAY_NUMBER", INTEGER, "the days since 1970-01-01; before it negative")
            .takes(TIME)
            .examples(&[("DAY_NUMBER(@1970-01-02)", "1"), ("DAY_NUMBER(@1969-12-31T23:00)", "-1")]),
        MonthName => Entry::new("MONTH_NAME", TEXT, "the English name of the month")
            .aliases(&["MONTHNAME"])
            .takes(TIME)
            .examples(&[("MONTH_NAME(@2024-03-01)", "March"), ("MONTH_NAME(@2024-09-30T23:59)", "September")]),
        WeekdayName => Entry::new("WEEKDAY_NAME", TEXT, "the English name of the weekday")
            .aliases(&["WEEKDAYNAME", "DAY_NAME", "DAYNAME"])
            .takes(TIME)
            .examples(&[("WEEKDAY_NAME(@2024-03-01)", "Friday"), ("WEEKDAY_NAME(@1969-12-31T23:59)", "Wednesday")]),
        DaysInMonth => Entry::new("DAYS_IN_MONTH", INTEGER, "the days of the month, 28 to 31")
            .takes(TIME)
            .examples(&[("DAYS_IN_MONTH(@2024-02-10)", "29"), ("DAYS_IN_MONTH(@1900-02-10)", "28")]),
        DaysInYear => Entry::new("DAYS_IN_YEAR", INTEGER, "the days of the calendar year, 365 or 366")
            .takes(TIME)
            .examples(&[("DAYS_IN_YEAR(@2000-06-01)", "366"), ("DAYS_IN_YEAR(@1900-06-01)", "365")]),
        IsLeapYear => Entry::new("IS_LEAP_YEAR", BOOLEAN, "whether the calendar year has 366 days")
            .takes(TIME)
            .examples(&[("IS_LEAP_YEAR(@2024-06-01)", "true"), ("IS_LEAP_YEAR(@1900-06-01)", "false")]),
        IsWeekend => Entry::new("IS_WEEKEND", BOOLEAN, "whether it is a Saturday or a Sunday")
            .takes(TIME)
            .examples(&[("IS_WEEKEND(@2024-03-02)", "true"), ("IS_WEEKEND(@2024-03-01T23:59:59)", "false")]),
        DateTrunc => Entry::new(
            "DATE_TRUNC",
            DATE,
            "the first day of the year, quarter, month, week or day; years and quarters are fiscal ones",
        )
        .aliases(&["DATETRUNC", "FIRST_DAY"])
        .takes(PERIOD_OF_TIME)
        .examples(&[
            ("DATE_TRUNC('month', @2024-03-21T10:30)", "2024-03-01"),
            ("DATE_TRUNC('week', @2024-03-03)", "2024-02-26"),
        ]),
        LastDay => Entry::new(
            "LAST_DAY",
            DATE,
            "the last day of the year, quarter, month, week or day; years and quarters are fiscal ones",
        )
        .takes(PERIOD_OF_TIME)
        .examples(&[
            ("LAST_DAY('month', @2024-02-10)", "2024-02-29"),
            ("LAST_DAY('week', @9999-12-31)", "null"),
        ]),
        IsSame => Entry::new(
            "IS_SAME",
            BOOLEAN,
            "whether both lie in the same year, quarter, month, week or day; years and quarters are fiscal ones",
        )
        .takes(PERIOD_OF_TWO)
        .examples(&[
            ("IS_SAME('month', @2024-03-01, @2024-03-31T23:00)", "true"),
            ("IS_SAME('week', @2024-03-03, @2024-03-04)", "false"),
        ]),
        TimeTrunc => Entry::new(
            "TIME_TRUNC",
            ResultType::Always(Type::LocalDatetime),
            "the start of the hour, minute, second or millisecond on the wall clock",
        )
        .takes(&[required("unit", CLOCK), required("time", Kind::WallTime)])
        .examples(&[
            ("TIME_TRUNC('hour', @2024-03-01T10:45:30)", "2024-03-01T10:00:00"),
            ("TIME_TRUNC('second', @1969-12-31T23:59:59.75)", "1969-12-31T23:59:59"),
        ]),
        TimeTruncIn => Entry::new(
            "TIME_TRUNC_IN",
            ResultType::Always(Type::Datetime),
            "the start of the hour, minute, second or millisecond of an instant on the wall clock of the zone; \
             where the clock is set to another time a new one starts, so an hour that comes twice is two",
        )
        .takes(&[required("unit", CLOCK), required("instant", Kind::Instant), required("zone", Kind::Zone)])
        .examples(&[
            ("TIME_TRUNC_IN('hour', @2024-03-01T10:30Z, 'Asia/Kathmandu')", "2024-03-01T10:15:00Z"),
            ("TIME_TRUNC_IN('hour', @2026-10-25T01:30Z, 'Europe/Brussels')", "2026-10-25T01:00:00Z"),
        ]),
        DateAdd => Entry::new(
            "DATE_ADD",
            ResultType::Of(0),
            "so many years, quarters, months, weeks or days later, earlier if negative, at the same time of day; \
             a day that the month does not have becomes its last",
        )
        .takes(&[required("time", Kind::Wall), required("n", Kind::Integer), required("unit", PERIODS)])
        .examples(&[
            ("DATE_ADD(@2024-03-31, -1, 'month')", "2024-02-29"),
            ("DATE_ADD(@2024-02-29T10:30, 1, 'year')", "2025-02-28T10:30:00"),
            ("DATE_ADD(@9999-12-31, 1, 'day')", "null"),
        ]),
        TimeAdd => Entry::new(
            "TIME_ADD",
            ResultType::From(with_time),
            "so many hours, minutes, seconds or milliseconds later, earlier if negative; a date is its midnight",
        )
        .takes(&[required("time", Kind::Moment), required("n", Kind::Integer), required("unit", CLOCK)])
        .examples(&[
            ("TIME_ADD(@2024-03-01T23:30, 45, 'minute')", "2024-03-02T00:15:00"),
            ("TIME_ADD(@2024-03-01, -1, 'millisecond')", "2024-02-29T23:59:59.999"),
            ("TIME_ADD(@2026-03-29T00:30Z, 1, 'hour')", "2026-03-29T01:30:00Z"),
        ]),
        DateDiff => Entry::new(
            "DATE_DIFF",
            INTEGER,
            "how many starts of a calendar year, quarter, month, week, day, hour, minute, second or millisecond lie \
             between the first and the second on the wall clock; negative if the second is earlier",
        )
        .aliases(&["DATEDIFF"])
        .takes(&[required("unit", UNITS), required("from", Kind::Wall), required("to", Kind::Wall)])
        .examples(&[
            ("DATE_DIFF('year', @2023-12-31, @2024-01-01)", "1"),
            ("DATE_DIFF('hour', @2024-03-01T10:59, @2024-03-01T11:00)", "1"),
            ("DATE_DIFF('day', @2024-03-01, @2024-02-28T23:00)", "-2"),
        ]),
        Elapsed => Entry::new(
            "ELAPSED",
            ResultType::Always(Type::Float),
            "the time from the first to the second in weeks, days of 24 hours, hours, minutes, seconds or \
             milliseconds, with the fraction; negative if the second is earlier",
        )
        .takes(&[required("unit", LENGTHS), required("from", Kind::Moment), required("to", Kind::Moment)])
        .examples(&[
            ("ELAPSED('hour', @2024-03-01T10:00, @2024-03-01T11:30)", "1.5"),
            ("ELAPSED('day', @2024-03-01, @2024-02-28)", "-2.0"),
        ]),
        FullUnits => Entry::new(
            "FULL_UNITS",
            INTEGER,
            "how many complete years, quarters, months, weeks or days of the wall clock lie between both; a month is \
             complete at the same day number and time of day, or with the end of a shorter month; negative if the \
             second is earlier",
        )
        .takes(PERIOD_OF_TWO)
        .examples(&[
            ("FULL_UNITS('month', @2024-01-31, @2024-02-29)", "0"),
            ("FULL_UNITS('month', @2024-01-31, @2024-03-01)", "1"),
            ("FULL_UNITS('day', @2024-03-02T12:00, @2024-03-01T13:00)", "0"),
        ]),
        Age => Entry::new(
            "AGE",
            INTEGER,
            "the complete years from a birthday; one on 29 February is kept on 1 March in other years; negative before \
             birth",
        )
        .takes(&[required("born", Kind::Date), required("at", Kind::Date)])
        .examples(&[("AGE(@2000-02-29, @2023-02-28)", "22"), ("AGE(@2000-02-29, @2023-03-01)", "23")]),
        WorkingDays => Entry::new(
            "WORKING_DAYS",
            INTEGER,
            "how many days from Monday to Friday there are from the first date to before the second; negative if the \
             second is earlier",
        )
        .aliases(&["BUSINESS_DAYS"])
        .takes(TWO_DATES)
        .examples(&[
            ("WORKING_DAYS(@2024-03-01, @2024-03-08)", "5"),
            ("WORKING_DAYS(@2024-03-02, @2024-03-04)", "0"),
            ("WORKING_DAYS(@2024-03-04, @2024-03-01)", "-1"),
        ]),
        AddWorkingDays => Entry::new(
            "ADD_WORKING_DAYS",
            DATE,
            "so many days from Monday to Friday later, earlier if negative; 0 is the date itself, also on a weekend",
        )
        .aliases(&["WORKDAY", "ADD_BUSINESS_DAYS"])
        .takes(DATE_AND_COUNT)
        .examples(&[
            ("ADD_WORKING_DAYS(@2024-03-01, 1)", "2024-03-04"),
            ("ADD_WORKING_DAYS(@2024-03-03, -5)", "2024-02-26"),
            ("ADD_WORKING_DAYS(@2024-03-02, 0)", "2024-03-02"),
        ]),
        NextWeekday => Entry::new(
            "NEXT_WEEKDAY",
            DATE,
            "the first day after the date that is this weekday, from 1, Monday, to 7, Sunday; NULL for other numbers",
        )
        .takes(DATE_AND_WEEKDAY)
        .examples(&[("NEXT_WEEKDAY(@2024-03-01, 5)", "2024-03-08"), ("NEXT_WEEKDAY(@2024-03-01, 8)", "null")]),
        PreviousWeekday => Entry::new(
            "PREVIOUS_WEEKDAY",
            DATE,
            "the last day before the date that is this weekday, from 1, Monday, to 7, Sunday; NULL for other numbers",
        )
        .takes(DATE_AND_WEEKDAY)
        .examples(&[("PREVIOUS_WEEKDAY(@2024-03-01, 5)", "2024-02-23"), ("PREVIOUS_WEEKDAY(@2024-03-01, 0)", "null")]),
    }
}

impl CalendarFunction {
    /// Whether the day that weeks start on stands behind its arguments, as a constant from 0, Monday, to 6, Sunday.
    #[must_use]
    pub fn takes_week_start(self) -> bool {
        matches!(
            self,
            Self::Week
                | Self::Weekday
                | Self::WeekYear
                | Self::DateTrunc
                | Self::LastDay
                | Self::IsSame
                | Self::DateDiff
        )
    }

    /// Whether the month in which fiscal years start stands behind its arguments, and behind the day that weeks start
    /// on, as a constant from 1 to 12.
    #[must_use]
    pub fn takes_fiscal_year_start(self) -> bool {
        matches!(
            self,
            Self::FiscalYear | Self::FiscalQuarter | Self::FiscalMonth | Self::DateTrunc | Self::LastDay | Self::IsSame
        )
    }
}
