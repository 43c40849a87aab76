//! What SQLite lacks, as functions and aggregates of its own. Each aggregate collects the values and looks at them
//! at the end.

mod arithmetic;
mod collect;
mod numbers;

use chrono_tz::Tz;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Error, Result};

use super::{calendar, text, wall};
use crate::spec::{Level, Part};

type TextTest = fn(&str, &str) -> bool;

/// Adds everything to a connection.
///
/// # Errors
/// What SQLite reports.
pub fn register(db: &Connection) -> Result<()> {
    times(db)?;
    texts(db)?;
    arithmetic::register(db)?;
    numbers::register(db)?;
    collect::register(db)
}

fn pure() -> FunctionFlags {
    FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC
}

fn times(db: &Connection) -> Result<()> {
    // wall(instant, zone): what the clock shows.
    db.create_scalar_function("wall", 2, pure(), |ctx| {
        let Some(instant) = ctx.get::<Option<i64>>(0)? else { return Ok(None) };
        let zone = ctx.get_raw(1).as_str().ok().and_then(|name| name.parse::<Tz>().ok());
        let zone = zone.ok_or_else(|| Error::UserFunctionError("unknown zone".into()))?;
        Ok(Some(wall::wall(instant, zone)))
    })?;
    // day_of(wall): the days since 1970-01-01.
    db.create_scalar_function("day_of", 1, pure(), |ctx| Ok(ctx.get::<Option<i64>>(0)?.map(wall::day_of)))?;
    // first_day(day, level, week start, fiscal year start): the first day of the bucket.
    db.create_scalar_function("first_day", 4, pure(), |ctx| {
        let Some(day) = ctx.get::<Option<i32>>(0)? else { return Ok(None) };
        Ok(Some(wall::first_day(day, Level(ctx.get(1)?), ctx.get(2)?, ctx.get(3)?)))
    })?;
    // part(wall, part, week start, fiscal year start): a cyclic part's number.
    db.create_scalar_function("part", 4, pure(), |ctx| {
        let Some(wall) = ctx.get::<Option<i64>>(0)? else { return Ok(None) };
        Ok(Some(wall::part(wall, Part(ctx.get(1)?), ctx.get(2)?, ctx.get(3)?)))
    })?;
    // floor_wall(wall, level): the start of the hour, minute, second, millisecond.
    db.create_scalar_function("floor_wall", 2, pure(), |ctx| {
        let Some(wall) = ctx.get::<Option<i64>>(0)? else { return Ok(None) };
        Ok(Some(wall::floor(wall, Level(ctx.get(1)?))))
    })?;
    // within(wall, now, level, week start, fiscal year start): not further into its period than now.
    db.create_scalar_function("within", 5, pure(), |ctx| {
        let Some(wall) = ctx.get::<Option<i64>>(0)? else { return Ok(None) };
        Ok(Some(calendar::within_elapsed(wall, ctx.get(1)?, Level(ctx.get(2)?), ctx.get(3)?, ctx.get(4)?)))
    })
}

fn texts(db: &Connection) -> Result<()> {
    db.create_scalar_function("fold", 1, pure(), |ctx| {
        Ok(ctx.get::<Option<String>>(0)?.map(|value| text::fold(&value)))
    })?;
    let tests: [(&str, TextTest); 3] = [
        ("holds", |value, part| value.contains(part)),
        ("begins", |value, part| value.starts_with(part)),
        ("finishes", |value, part| value.ends_with(part)),
    ];
    for (name, test) in tests {
        db.create_scalar_function(name, 2, pure(), move |ctx| {
            let Some(value) = ctx.get::<Option<String>>(0)? else { return Ok(None) };
            Ok(Some(test(&value, &ctx.get::<String>(1)?)))
        })?;
    }
    Ok(())
}
