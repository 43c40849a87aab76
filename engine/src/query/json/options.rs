//! The options and the limit of a query, both ways.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};

use super::node::Node;
use super::object::Later;
use super::write::set;
use crate::error::{Error, Result};
use crate::model::WeekStart;
use crate::query::{Limit, Options};

pub(super) const FIELDS: [&str; 13] = [
    "rollup_data",
    "timezone_id",
    "week_start",
    "fiscal_year_start",
    "locale_id",
    "case_sensitive",
    "max_rows",
    "timeout_ms",
    "paging",
    "synchronized",
    "exact",
    "total_rows",
    "as_of",
];
pub(super) const LIMIT: [&str; 2] = ["by", "offset"];
const LATER: &Later = &[("freshness", "freshness is")];
pub(in crate::query) const WEEK_STARTS: [WeekStart; 7] = [
    WeekStart::Monday,
    WeekStart::Tuesday,
    WeekStart::Wednesday,
    WeekStart::Thursday,
    WeekStart::Friday,
    WeekStart::Saturday,
    WeekStart::Sunday,
];

/// The options, and the limit that Luzmo lets stand among them.
pub(super) fn read(node: &Node) -> Result<(Options, Option<Limit>)> {
    let object = node.object("options")?;
    object.only(&FIELDS, &[LATER])?;
    let default = Options::default();
    let options = Options {
        rollup_data: object.boolean("rollup_data")?.unwrap_or(default.rollup_data),
        timezone_id: object.text("timezone_id")?,
        week_start: object
            .read("week_start", |node| node.one_of("day", &WEEK_STARTS, day_name))?
            .unwrap_or(default.week_start),
        fiscal_year_start: object.read("fiscal_year_start", month)?.unwrap_or(default.fiscal_year_start),
        locale_id: object.text("locale_id")?,
        case_sensitive: object.boolean("case_sensitive")?.unwrap_or(default.case_sensitive),
        max_rows: object.whole("max_rows")?,
        timeout_ms: object.whole("timeout_ms")?,
        exact: object.boolean("exact")?.unwrap_or(default.exact),
        total_rows: object.boolean("total_rows")?.unwrap_or(default.total_rows),
        as_of: object.read("as_of", instant)?,
    };
    Ok((options, object.read("paging", limit)?))
}

pub(super) fn limit(node: &Node) -> Result<Limit> {
    let object = node.object("a limit")?;
    object.only(&LIMIT, &[])?;
    Ok(Limit { by: object.whole("by")?, offset: object.whole("offset")?.unwrap_or_default() })
}

fn month(node: &Node) -> Result<u8> {
    u8::try_from(node.whole()?).map_err(|_| Error::query("expected a month from 1 to 12"))
}

pub(super) fn instant(node: &Node) -> Result<DateTime<Utc>> {
    let read = DateTime::parse_from_rfc3339(node.text()?);
    read.map(|instant| instant.with_timezone(&Utc))
        .map_err(|_| Error::query("expected an instant such as 2026-03-18T10:30:00Z"))
}

pub(in crate::query) fn day_name(day: WeekStart) -> &'static str {
    match day {
        WeekStart::Monday => "monday",
        WeekStart::Tuesday => "tuesday",
        WeekStart::Wednesday => "wednesday",
        WeekStart::Thursday => "thursday",
        WeekStart::Friday => "friday",
        WeekStart::Saturday => "saturday",
        WeekStart::Sunday => "sunday",
    }
}

/// The options that differ from their defaults.
pub(super) fn write(options: &Options) -> Map<String, Value> {
    let default = Options::default();
    let mut fields = Map::new();
    let changed = |now: bool, usual: bool| (now != usual).then_some(now);
    set(&mut fields, "rollup_data", changed(options.rollup_data, default.rollup_data));
    set(&mut fields, "timezone_id", options.timezone_id.as_deref());
    let week_start = (options.week_start != default.week_start).then(|| day_name(options.week_start));
    set(&mut fields, "week_start", week_start);
    let month = (options.fiscal_year_start != default.fiscal_year_start).then_some(options.fiscal_year_start);
    set(&mut fields, "fiscal_year_start", month);
    set(&mut fields, "locale_id", options.locale_id.as_deref());
    set(&mut fields, "case_sensitive", changed(options.case_sensitive, default.case_sensitive));
    set(&mut fields, "max_rows", options.max_rows);
    set(&mut fields, "timeout_ms", options.timeout_ms);
    set(&mut fields, "exact", changed(options.exact, default.exact));
    set(&mut fields, "total_rows", changed(options.total_rows, default.total_rows));
    set(&mut fields, "as_of", options.as_of.map(|now| now.to_rfc3339_opts(SecondsFormat::AutoSi, true)));
    fields
}
