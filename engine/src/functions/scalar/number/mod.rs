//! Functions of numbers.
//!
//! | file | functions |
//! |---|---|
//! | `rounding` | signs, rounding to digits |
//! | `multiple` | rounding to multiples |
//! | `division` | whole quotients and remainders |
//! | `floats` | powers, logarithms, angles, distances |
//! | `integers` | divisors, bits |
//! | `alike` | the greatest and the least, limits, zero and NULL |
//! | `bucket` | numbers of buckets |
//! | `operand` | numbers of any type, row by row |

mod alike;
mod bucket;
mod division;
mod floats;
mod integers;
mod multiple;
mod operand;
mod rounding;
#[cfg(test)]
mod tests;

use std::f64::consts::{E, PI};

use arrow::array::ArrayRef;
use datafusion::common::Result;
use drillcore_formulas::NumberFunction;

use super::call::Call;
use crate::functions::arithmetic::Rounding;

pub(super) fn call(function: NumberFunction, call: &Call<'_>) -> Result<ArrayRef> {
    match function {
        NumberFunction::Absolute => rounding::absolute(call),
        NumberFunction::Sign => rounding::sign(call),
        NumberFunction::Round => rounding::rounded(call, Rounding::HalfAway),
        NumberFunction::RoundEven => rounding::rounded(call, Rounding::HalfEven),
        NumberFunction::Floor => rounding::rounded(call, Rounding::Floor),
        NumberFunction::Ceiling => rounding::rounded(call, Rounding::Ceiling),
        NumberFunction::Truncate => rounding::rounded(call, Rounding::TowardZero),
        NumberFunction::RoundTo => multiple::round_to(call),
        NumberFunction::Quotient => division::quotient(call),
        NumberFunction::Remainder => division::remainder(call),
        NumberFunction::PositiveRemainder => division::positive_remainder(call),
        NumberFunction::Power => floats::binary(call, f64::powf),
        NumberFunction::SquareRoot => floats::unary(call, f64::sqrt),
        NumberFunction::CubeRoot => floats::unary(call, floats::cube_root),
        NumberFunction::Exponential => floats::unary(call, f64::exp),
        NumberFunction::NaturalLogarithm => floats::unary(call, f64::ln),
        NumberFunction::Logarithm => floats::logarithms(call),
        NumberFunction::Logarithm10 => floats::unary(call, |number| floats::logarithm(number, 10.0)),
        NumberFunction::Logarithm2 => floats::unary(call, |number| floats::logarithm(number, 2.0)),
        NumberFunction::Pi => Ok(call.gather_floats(|_| Some(PI))),
        NumberFunction::Euler => Ok(call.gather_floats(|_| Some(E))),
        NumberFunction::Sine => floats::unary(call, f64::sin),
        NumberFunction::Cosine => floats::unary(call, f64::cos),
        NumberFunction::Tangent => floats::unary(call, f64::tan),
        NumberFunction::ArcSine => floats::unary(call, f64::asin),
        NumberFunction::ArcCosine => floats::unary(call, f64::acos),
        NumberFunction::ArcTangent => floats::unary(call, f64::atan),
        NumberFunction::ArcTangent2 => floats::binary(call, f64::atan2),
        NumberFunction::Degrees => floats::unary(call, f64::to_degrees),
        NumberFunction::Radians => floats::unary(call, f64::to_radians),
        NumberFunction::Hypotenuse => floats::binary(call, f64::hypot),
        NumberFunction::Haversine => floats::haversine(call),
        NumberFunction::Greatest => alike::extreme(call, true),
        NumberFunction::Least => alike::extreme(call, false),
        NumberFunction::Clamp => alike::clamp(call),
        NumberFunction::ZeroIfNull => alike::zero_if_null(call),
        NumberFunction::NullIfZero => alike::null_if_zero(call),
        NumberFunction::GreatestDivisor => integers::binary(call, integers::greatest_divisor),
        NumberFunction::LeastMultiple => integers::binary(call, integers::least_multiple),
        NumberFunction::IsEven => integers::parity(call, false),
        NumberFunction::IsOdd => integers::parity(call, true),
        NumberFunction::BitAnd => integers::binary(call, |left, right| Some(left & right)),
        NumberFunction::BitOr => integers::binary(call, |left, right| Some(left | right)),
        NumberFunction::BitXor => integers::binary(call, |left, right| Some(left ^ right)),
        NumberFunction::WidthBucket => bucket::width_bucket(call),
    }
}
