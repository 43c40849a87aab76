//! Functions of single numbers: checked integers, exact decimals, floats that are never infinite, bins.

use rusqlite::functions::Context;
use rusqlite::types::Value;
use rusqlite::{Connection, Error, Result};

use super::pure;
use crate::oracle::exact::quotient;
use crate::oracle::value::{sortable, whole};

type IntegerOperation = fn(i64, i64) -> Option<i64>;
type ExactOperation = fn(i128, i128) -> Option<i128>;
type FloatOperation = fn(f64, f64) -> f64;

fn exact(ctx: &Context<'_>, index: usize) -> Result<Option<i128>> {
    Ok(whole(&ctx.get::<Value>(index)?))
}

fn too_great() -> Error {
    Error::UserFunctionError("a number is too great for the oracle".into())
}

/// A float as it may stand in an answer.
pub(super) fn shown(value: f64) -> Option<f64> {
    value.is_finite().then_some(value + 0.0)
}

pub(super) fn register(db: &Connection) -> Result<()> {
    let integers: [(&str, IntegerOperation); 3] =
        [("i_add", i64::checked_add), ("i_sub", i64::checked_sub), ("i_mul", i64::checked_mul)];
    for (name, operation) in integers {
        db.create_scalar_function(name, 2, pure(), move |ctx| {
            let (left, right) = (ctx.get::<Option<i64>>(0)?, ctx.get::<Option<i64>>(1)?);
            Ok(left.zip(right).and_then(|(left, right)| operation(left, right)))
        })?;
    }
    let exacts: [(&str, ExactOperation); 3] =
        [("d_add", i128::checked_add), ("d_sub", i128::checked_sub), ("d_mul", i128::checked_mul)];
    for (name, operation) in exacts {
        db.create_scalar_function(name, 2, pure(), move |ctx| {
            let Some((left, right)) = exact(ctx, 0)?.zip(exact(ctx, 1)?) else { return Ok(None) };
            operation(left, right).map(|value| Some(sortable(value))).ok_or_else(too_great)
        })?;
    }
    let floats: [(&str, FloatOperation); 4] = [
        ("f_add", |left, right| left + right),
        ("f_sub", |left, right| left - right),
        ("f_mul", |left, right| left * right),
        ("f_div", |left, right| left / right),
    ];
    for (name, operation) in floats {
        db.create_scalar_function(name, 2, pure(), move |ctx| {
            let (left, right) = (ctx.get::<Option<f64>>(0)?, ctx.get::<Option<f64>>(1)?);
            Ok(left.zip(right).and_then(|(left, right)| shown(operation(left, right))))
        })?;
    }
    // dec(integer, digits): the number with so many more digits behind the point.
    db.create_scalar_function("dec", 2, pure(), |ctx| {
        let Some(value) = exact(ctx, 0)? else { return Ok(None) };
        let unit = 10_i128.pow(ctx.get::<u32>(1)?);
        value.checked_mul(unit).map(|value| Some(sortable(value))).ok_or_else(too_great)
    })?;
    // units(number): as a plain integer.
    db.create_scalar_function("units", 1, pure(), |ctx| {
        let Some(value) = exact(ctx, 0)? else { return Ok(None) };
        i64::try_from(value).map(Some).map_err(|_| too_great())
    })?;
    // to_f(number, digits): the nearest float.
    db.create_scalar_function("to_f", 2, pure(), |ctx| {
        let unit = 10_i128.pow(ctx.get::<u32>(1)?);
        Ok(exact(ctx, 0)?.map(|value| quotient(value, unit)))
    })?;
    bins(db)
}

fn bins(db: &Connection) -> Result<()> {
    // bin_exact(number, size, origin), all in the same units: the border at or below it.
    db.create_scalar_function("bin_exact", 3, pure(), |ctx| {
        let Some(value) = exact(ctx, 0)? else { return Ok(None) };
        let (size, origin) = (i128::from(ctx.get::<i64>(1)?), i128::from(ctx.get::<i64>(2)?));
        Ok(Some(sortable(origin + (value - origin).div_euclid(size) * size)))
    })?;
    // shorter(number, digits): without so many zeros behind the point.
    db.create_scalar_function("shorter", 2, pure(), |ctx| {
        let unit = 10_i128.pow(ctx.get::<u32>(1)?);
        Ok(exact(ctx, 0)?.map(|value| sortable(value / unit)))
    })?;
    // bin_float(number, size, origin): the same of floats.
    db.create_scalar_function("bin_float", 3, pure(), |ctx| {
        let Some(value) = ctx.get::<Option<f64>>(0)? else { return Ok(None) };
        let (size, origin) = (ctx.get::<f64>(1)?, ctx.get::<f64>(2)?);
        let border = |number: f64| origin + number * size;
        let mut number = ((value - origin) / size).floor();
        while border(number) > value {
            number -= 1.0;
        }
        while border(number + 1.0) <= value {
            number += 1.0;
        }
        Ok(shown(border(number)))
    })?;
    // bin_count(number, least, greatest, bins): the border at or below it; the last bin is closed.
    db.create_scalar_function("bin_count", 4, pure(), |ctx| {
        let Some(value) = ctx.get::<Option<i64>>(0)? else { return Ok(None) };
        let number = |index: usize| ctx.get::<i64>(index).map(i128::from);
        let (least, greatest, bins) = (number(1)?, number(2)?, number(3)?);
        if least == greatest {
            return Ok(Some(least as f64));
        }
        let place = ((i128::from(value) - least) * bins / (greatest - least)).min(bins - 1);
        Ok(Some(quotient(least * bins + place * (greatest - least), bins)))
    })
}
