//! Powers, logarithms, angles and distances: those of the standard library.

use arrow::array::ArrayRef;
use datafusion::common::Result;

use crate::functions::scalar::call::Call;

/// The mean radius of the earth in kilometres.
const EARTH: f64 = 6371.0088;

const TEN: u64 = 10_f64.to_bits();

const TWO: u64 = 2_f64.to_bits();

pub(super) fn unary(call: &Call<'_>, compute: impl Fn(f64) -> f64) -> Result<ArrayRef> {
    let numbers = call.floats(0)?;
    Ok(call.gather_floats(|row| numbers.get(row).map(&compute)))
}

pub(super) fn binary(call: &Call<'_>, compute: impl Fn(f64, f64) -> f64) -> Result<ArrayRef> {
    let (left, right) = (call.floats(0)?, call.floats(1)?);
    Ok(call.gather_floats(|row| Some(compute(left.get(row)?, right.get(row)?))))
}

/// The cube root; exact where it is whole, which the one of the platform need not be.
pub(super) fn cube_root(number: f64) -> f64 {
    let root = number.cbrt();
    let whole = root.round();
    if (whole * whole * whole).to_bits() == number.to_bits() { whole } else { root }
}

/// To the base of the second argument, or to base 10.
pub(super) fn logarithms(call: &Call<'_>) -> Result<ArrayRef> {
    if call.count() > 1 { binary(call, logarithm) } else { unary(call, |number| logarithm(number, 10.0)) }
}

/// The logarithm; exact where it is whole. Only numbers above 0 have one.
pub(super) fn logarithm(number: f64, base: f64) -> f64 {
    if number <= 0.0 || base <= 0.0 {
        return f64::NAN;
    }
    let exponent = match base.to_bits() {
        TEN => number.log10(),
        TWO => number.log2(),
        _ => number.ln() / base.ln(),
    };
    let whole = exponent.round();
    if base.powf(whole).to_bits() == number.to_bits() { whole } else { exponent }
}

/// The length of a great circle between two places, given by latitude and longitude in degrees.
pub(super) fn haversine(call: &Call<'_>) -> Result<ArrayRef> {
    let [from_latitude, from_longitude] = [call.floats(0)?, call.floats(1)?];
    let [to_latitude, to_longitude] = [call.floats(2)?, call.floats(3)?];
    Ok(call.gather_floats(|row| {
        let [from, to] = [from_latitude.get(row)?, to_latitude.get(row)?];
        let east = (to_longitude.get(row)? - from_longitude.get(row)?).to_radians();
        if from.abs() > 90.0 || to.abs() > 90.0 {
            return None;
        }
        let north = (to - from).to_radians();
        let (north, east) = ((north / 2.0).sin(), (east / 2.0).sin());
        let share = north * north + from.to_radians().cos() * to.to_radians().cos() * (east * east);
        Some(2.0 * EARTH * share.min(1.0).sqrt().asin())
    }))
}
