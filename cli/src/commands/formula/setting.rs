//! What a formula takes from where it is asked: the zone, the calendar and the clock.

use clap::{Args, ValueEnum};
use drillcore::{Clock, SystemClock};
use drillcore_formulas::{ExprKind, Literal, Setting, parse};
use serde_json::{Value, json};

use super::shown;
use crate::failure::{Failure, Outcome};

/// The arguments of commands that give formulas a meaning.
#[derive(Debug, Args)]
pub(super) struct SettingArgs {
    /// The time zone whose wall clock shows instants.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,
    /// The first day of weeks.
    #[arg(long, value_name = "DAY", value_enum, default_value_t = Day::Monday)]
    week_start: Day,
    /// The first month of fiscal years, 1 to 12.
    #[arg(long, value_name = "MONTH", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=12))]
    fiscal_year_start: u8,
    /// What NOW() gives, such as 2024-03-01T10:30:00Z; the clock of the machine without it.
    #[arg(long, value_name = "INSTANT")]
    now: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    /// Days after Monday, and the name in a query.
    fn place_and_name(self) -> (u8, &'static str) {
        match self {
            Self::Monday => (0, "monday"),
            Self::Tuesday => (1, "tuesday"),
            Self::Wednesday => (2, "wednesday"),
            Self::Thursday => (3, "thursday"),
            Self::Friday => (4, "friday"),
            Self::Saturday => (5, "saturday"),
            Self::Sunday => (6, "sunday"),
        }
    }
}

impl SettingArgs {
    /// The setting of a formula.
    pub(super) fn setting(&self) -> Outcome<Setting> {
        let no_zone = || {
            Failure::usage(format!("there is no time zone `{}`", self.timezone))
                .hint("zones are called as in the IANA database: UTC, Europe/Brussels")
        };
        let zone = self.timezone.parse().map_err(|_| no_zone())?;
        let now = self.now.as_deref().map_or_else(|| Ok(SystemClock.now().timestamp_micros()), instant)?;
        let week_start = self.week_start.place_and_name().0;
        Ok(Setting { zone, week_start, fiscal_year_start: self.fiscal_year_start, now })
    }

    /// The same as options of a query.
    pub(super) fn options(&self, setting: &Setting) -> Value {
        json!({
            "timezone_id": setting.zone.name(),
            "week_start": self.week_start.place_and_name().1,
            "fiscal_year_start": self.fiscal_year_start,
            "as_of": shown::instant(setting.now),
        })
    }
}

/// The microseconds of an instant, as formulas write one behind an `@`.
fn instant(text: &str) -> Outcome<i64> {
    match parse(&format!("@{text}")).map(|formula| formula.kind) {
        Ok(ExprKind::Literal(Literal::Datetime(micros))) => Ok(micros),
        _ => Err(Failure::usage("--now takes an instant with its offset, such as 2024-03-01T10:30:00Z")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Day, SettingArgs, instant};

    #[test]
    fn instants_have_an_offset() {
        assert_eq!(instant("1970-01-01T00:00:01Z").unwrap(), 1_000_000);
        assert_eq!(instant("1970-01-01T02:00+02:00").unwrap(), 0);
        for text in ["", "1970-01-01", "1970-01-01T00:00", "1d", "1970-01-01T00:00Z + 1", "now"] {
            assert!(instant(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_query_and_a_formula_get_the_same() {
        let args = |zone: &str| SettingArgs {
            timezone: zone.to_owned(),
            week_start: Day::Sunday,
            fiscal_year_start: 4,
            now: Some("2024-03-01T10:30+01:00".to_owned()),
        };
        let brussels = args("Europe/Brussels");
        let setting = brussels.setting().unwrap();
        assert_eq!((setting.zone.name(), setting.week_start, setting.fiscal_year_start), ("Europe/Brussels", 6, 4));
        assert_eq!(
            brussels.options(&setting),
            json!({
                "timezone_id": "Europe/Brussels", "week_start": "sunday", "fiscal_year_start": 4,
                "as_of": "2024-03-01T09:30:00Z",
            })
        );
        let refused = args("Europe/Brusels").setting().unwrap_err().render();
        assert!(refused.starts_with("error: there is no time zone `Europe/Brusels`\n  hint: "), "{refused}");
    }
}
