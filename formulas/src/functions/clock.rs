//! Functions between dates, times and texts.

use crate::registry::{functions, required};
use crate::{Entry, Kind, Parameter, ResultType, Type};

const DATE: ResultType = ResultType::Always(Type::Date);
const DATETIME: ResultType = ResultType::Always(Type::Datetime);
const LOCAL_DATETIME: ResultType = ResultType::Always(Type::LocalDatetime);
const INTEGER: ResultType = ResultType::Always(Type::Integer);
const TEXT: ResultType = ResultType::Always(Type::Text);
/// Seconds with all microseconds that an instant can have.
const SECONDS: ResultType = ResultType::Always(Type::Decimal { precision: 19, scale: 6 });

const INSTANT: &[Parameter] = &[required("instant", Kind::Instant)];
const INSTANT_AND_ZONE: &[Parameter] = &[required("instant", Kind::Instant), required("zone", Kind::Zone)];
const TEXT_AND_FORMAT: &[Parameter] = &[required("text", Kind::Text), required("format", Kind::DateFormat)];

functions! {
    /// Functions between dates, times and texts.
    ///
    /// They know the years 1 to 9999: a date or time outside of them counts as NULL, and a result outside is NULL. Only
    /// the functions from an instant to Unix time know all instants.
    ClockFunction {
        Now => Entry::new("NOW", DATETIME, "the instant at which the query is asked, the same in every row")
            .aliases(&["CURRENT_TIMESTAMP", "GETDATE"]),
        Today => Entry::new("TODAY", DATE, "the day of NOW() in the zone of the query").aliases(&["CURRENT_DATE"]),
        Wall => Entry::new("AT_ZONE", LOCAL_DATETIME, "what the wall clock of the zone shows at the instant")
            .aliases(&["TO_ZONE"])
            .takes(INSTANT_AND_ZONE)
            .examples(&[
                ("AT_ZONE(@2024-07-01T12:00Z, 'Europe/Brussels')", "2024-07-01T14:00:00"),
                ("AT_ZONE(@2024-03-31T01:00Z, 'Europe/Brussels')", "2024-03-31T03:00:00"),
                ("AT_ZONE(NULL, 'UTC')", "null"),
            ]),
        Instant => Entry::new(
            "FROM_ZONE",
            DATETIME,
            "the earliest instant at which the wall clock of the zone shows that time or a later one: the first of two \
             where the clock is set back, the end of the gap where it is put forward",
        )
        .takes(&[required("time", Kind::WallTime), required("zone", Kind::Zone)])
        .examples(&[
            ("FROM_ZONE(@2024-07-01T14:00, 'Europe/Brussels')", "2024-07-01T12:00:00Z"),
            ("FROM_ZONE(@2024-03-31T02:30, 'Europe/Brussels')", "2024-03-31T01:00:00Z"),
            ("FROM_ZONE(@2024-10-27T02:30, 'Europe/Brussels')", "2024-10-27T00:30:00Z"),
        ]),
        ZoneOffset => Entry::new(
            "ZONE_OFFSET",
            INTEGER,
            "the seconds by which the wall clock of the zone is ahead of UTC at the instant; negative if it is behind",
        )
        .aliases(&["UTC_OFFSET"])
        .takes(INSTANT_AND_ZONE)
        .examples(&[
            ("ZONE_OFFSET(@2024-07-01T12:00Z, 'Europe/Brussels')", "7200"),
            ("ZONE_OFFSET(@2024-01-01T00:00Z, 'America/St_Johns')", "-12600"),
            ("ZONE_OFFSET(@1890-01-01T00:00Z, 'Europe/Brussels')", "1050"),
        ]),
        MakeDate => Entry::new("MAKE_DATE", DATE, "the date of a year, month and day; NULL if there is no such date")
            .aliases(&["MAKEDATE", "DATE", "DATE_FROM_PARTS", "DATEFROMPARTS"])
            .takes(&[required("year", Kind::Integer), required("month", Kind::Integer), required("day", Kind::Integer)])
            .examples(&[("MAKE_DATE(2024, 2, 29)", "2024-02-29"), ("MAKE_DATE(2023, 2, 29)", "null")]),
        MakeDatetime => Entry::new(
            "MAKE_DATETIME",
            LOCAL_DATETIME,
            "the wall clock time of a date and a time of day (hours 0 to 23, seconds 0 to 59); NULL if there is none",
        )
        .aliases(&["MAKE_TIMESTAMP", "TIMESTAMP_FROM_PARTS"])
        .takes(&[
            required("year", Kind::Integer),
            required("month", Kind::Integer),
            required("day", Kind::Integer),
            required("hour", Kind::Integer),
            required("minute", Kind::Integer),
            required("second", Kind::Integer),
        ])
        .examples(&[
            ("MAKE_DATETIME(2024, 3, 1, 10, 30, 0)", "2024-03-01T10:30:00"),
            ("MAKE_DATETIME(2024, 3, 1, 24, 0, 0)", "null"),
        ]),
        DateOf => Entry::new(
            "DATE_OF",
            DATE,
            "the day of the time; of an instant, the day on the wall clock of the query's zone",
        )
        .takes(&[required("time", Kind::Date)])
        .examples(&[("DATE_OF(@2024-03-01T10:30)", "2024-03-01"), ("DATE_OF(NULL)", "null")]),
        TimeOfDay => Entry::new(
            "TIME_OF_DAY",
            TEXT,
            "the time of day as the text HH:MM:SS, with a fraction behind a point where there is one; of an instant, \
             on the wall clock of the query's zone",
        )
        .takes(&[required("time", Kind::WallTime)])
        .examples(&[
            ("TIME_OF_DAY(@2024-03-01T09:05)", "09:05:00"),
            ("TIME_OF_DAY(@2024-03-01T09:05:30.250)", "09:05:30.25"),
            ("TIME_OF_DAY(@2024-03-01)", "00:00:00"),
        ]),
        ParseDate => Entry::new(
            "PARSE_DATE",
            DATE,
            "the date that the text shows in the format; NULL if it is not in that form from end to end or names a \
             date or time that does not exist",
        )
        .aliases(&["TO_DATE"])
        .takes(TEXT_AND_FORMAT)
        .examples(&[
            ("PARSE_DATE('01-03-2024', 'DD-MM-YYYY')", "2024-03-01"),
            ("PARSE_DATE('Q2 2024', '''Q''Q YYYY')", "2024-04-01"),
            ("PARSE_DATE('31-02-2024', 'DD-MM-YYYY')", "null"),
            ("PARSE_DATE('1-3-2024', 'DD-MM-YYYY')", "null"),
        ]),
        ParseDatetime => Entry::new(
            "PARSE_DATETIME",
            LOCAL_DATETIME,
            "the wall clock time that the text shows in the format, where a time that is not shown is midnight; NULL \
             if it is not in that form from end to end or names a date or time that does not exist",
        )
        .aliases(&["TO_TIMESTAMP"])
        .takes(TEXT_AND_FORMAT)
        .examples(&[
            ("PARSE_DATETIME('2024-03-01 10:30:15.250', 'YYYY-MM-DD HH:mm:ss.SSS')", "2024-03-01T10:30:15.25"),
            ("PARSE_DATETIME('mar 1, 2024 1:05 pm', 'MMM D, YYYY h:mm A')", "2024-03-01T13:05:00"),
            ("PARSE_DATETIME('2024-03-01 24:00', 'YYYY-MM-DD HH:mm')", "null"),
        ]),
        FormatDate => Entry::new(
            "FORMAT_DATE",
            TEXT,
            "the date or time in the format; a date is its midnight, an instant is shown by the wall clock of the \
             query's zone",
        )
        .aliases(&["DATE_FORMAT", "TO_CHAR"])
        .takes(&[required("time", Kind::Wall), required("format", Kind::DateFormat)])
        .examples(&[
            ("FORMAT_DATE(@2024-03-01T13:05, 'EEE D MMMM YYYY, h:mm a')", "Fri 1 March 2024, 1:05 pm"),
            ("FORMAT_DATE(@2024-12-30, 'GGGG-''W''WW')", "2025-W01"),
            ("FORMAT_DATE(NULL, 'YYYY')", "null"),
        ]),
        FromUnix => Entry::new(
            "FROM_UNIX",
            DATETIME,
            "the instant so many seconds after 1970-01-01T00:00Z; what is finer than a microsecond goes to the one \
             before, on the shortest form of a float",
        )
        .aliases(&["FROM_UNIXTIME", "TIMESTAMP_SECONDS"])
        .takes(&[required("seconds", Kind::Number)])
        .examples(&[
            ("FROM_UNIX(1709289000)", "2024-03-01T10:30:00Z"),
            ("FROM_UNIX(-0.5)", "1969-12-31T23:59:59.5Z"),
            ("FROM_UNIX(0.3e0)", "1970-01-01T00:00:00.3Z"),
            ("FROM_UNIX(1e15)", "null"),
        ]),
        FromUnixMillis => Entry::new(
            "FROM_UNIX_MILLIS",
            DATETIME,
            "the instant so many milliseconds after 1970-01-01T00:00Z",
        )
        .aliases(&["TIMESTAMP_MILLIS"])
        .takes(&[required("milliseconds", Kind::Integer)])
        .examples(&[
            ("FROM_UNIX_MILLIS(1709289000250)", "2024-03-01T10:30:00.25Z"),
            ("FROM_UNIX_MILLIS(9223372036854775807)", "null"),
        ]),
        ToUnix => Entry::new(
            "TO_UNIX",
            SECONDS,
            "the seconds from 1970-01-01T00:00Z to the instant, with six digits behind the point; negative before",
        )
        .aliases(&["UNIX_TIMESTAMP", "UNIX_SECONDS", "EPOCH"])
        .takes(INSTANT)
        .examples(&[
            ("TO_UNIX(@2024-03-01T10:30Z)", "1709289000.000000"),
            ("TO_UNIX(@1969-12-31T23:59:59Z)", "-1.000000"),
        ]),
        ToUnixMillis => Entry::new(
            "TO_UNIX_MILLIS",
            INTEGER,
            "the milliseconds from 1970-01-01T00:00Z to the instant, rounded down to a whole number; negative before",
        )
        .aliases(&["UNIX_MILLIS", "EPOCH_MS"])
        .takes(INSTANT)
        .examples(&[
            ("TO_UNIX_MILLIS(@2024-03-01T10:30Z)", "1709289000000"),
            ("TO_UNIX_MILLIS(FROM_UNIX(-0.0001))", "-1"),
        ]),
        DurationText => Entry::new(
            "DURATION_TEXT",
            TEXT,
            "so many seconds as the text H:MM:SS, rounded to whole ones half away from zero; hours go on beyond 24; \
             NULL beyond 64 bits",
        )
        .aliases(&["FORMAT_DURATION"])
        .takes(&[required("seconds", Kind::Number)])
        .examples(&[
            ("DURATION_TEXT(3723)", "1:02:03"),
            ("DURATION_TEXT(-90000)", "-25:00:00"),
            ("DURATION_TEXT(59.5)", "0:01:00"),
            ("DURATION_TEXT(1e300)", "null"),
        ]),
    }
}
