//! Functions of floats. Roots and logarithms that are whole are so exactly, whatever the platform rounds.

use std::f64::consts::{E, PI};

use crate::NumberFunction;

/// The mean radius of the earth in kilometres.
const EARTH: f64 = 6371.0088;

/// What is not finite is no value.
pub(super) fn evaluate(function: NumberFunction, numbers: &[f64]) -> Option<f64> {
    Some(match (function, numbers) {
        (NumberFunction::Power, [base, exponent]) => base.powf(*exponent),
        (NumberFunction::SquareRoot, [number]) => number.sqrt(),
        (NumberFunction::CubeRoot, [number]) => cube_root(*number),
        (NumberFunction::Exponential, [number]) => number.exp(),
        (NumberFunction::NaturalLogarithm, [number]) => number.ln(),
        (NumberFunction::Logarithm, [number, base]) => logarithm(*number, *base)?,
        (NumberFunction::Logarithm | NumberFunction::Logarithm10, [number]) => logarithm(*number, 10.0)?,
        (NumberFunction::Logarithm2, [number]) => logarithm(*number, 2.0)?,
        (NumberFunction::Pi, []) => PI,
        (NumberFunction::Euler, []) => E,
        (NumberFunction::Sine, [angle]) => angle.sin(),
        (NumberFunction::Cosine, [angle]) => angle.cos(),
        (NumberFunction::Tangent, [angle]) => angle.tan(),
        (NumberFunction::ArcSine, [number]) => number.asin(),
        (NumberFunction::ArcCosine, [number]) => number.acos(),
        (NumberFunction::ArcTangent, [number]) => number.atan(),
        (NumberFunction::ArcTangent2, [y, x]) => y.atan2(*x),
        (NumberFunction::Degrees, [angle]) => angle.to_degrees(),
        (NumberFunction::Radians, [angle]) => angle.to_radians(),
        (NumberFunction::Hypotenuse, [x, y]) => x.hypot(*y),
        (NumberFunction::Haversine, [latitude, longitude, to_latitude, to_longitude]) => {
            haversine([*latitude, *longitude], [*to_latitude, *to_longitude])?
        }
        _ => return None,
    })
}

fn is_same(left: f64, right: f64) -> bool {
    left.to_bits() == right.to_bits()
}

fn cube_root(number: f64) -> f64 {
    let root = number.cbrt();
    let whole = root.round();
    if is_same(whole * whole * whole, number) { whole } else { root }
}

fn logarithm(number: f64, base: f64) -> Option<f64> {
    if number <= 0.0 || base <= 0.0 {
        return None;
    }
    let logarithm = if is_same(base, 10.0) {
        number.log10()
    } else if is_same(base, 2.0) {
        number.log2()
    } else {
        number.ln() / base.ln()
    };
    let whole = logarithm.round();
    Some(if is_same(base.powf(whole), number) { whole } else { logarithm })
}

fn haversine(from: [f64; 2], to: [f64; 2]) -> Option<f64> {
    let ([from_latitude, from_longitude], [to_latitude, to_longitude]) = (from, to);
    if [from_latitude, to_latitude].iter().any(|latitude| latitude.abs() > 90.0) {
        return None;
    }
    let north = ((to_latitude - from_latitude).to_radians() / 2.0).sin();
    let east = ((to_longitude - from_longitude).to_radians() / 2.0).sin();
    let (from, to) = (from_latitude.to_radians().cos(), to_latitude.to_radians().cos());
    let share = north * north + from * to * (east * east);
    Some(2.0 * EARTH * share.min(1.0).sqrt().asin())
}
