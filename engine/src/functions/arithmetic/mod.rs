//! Arithmetic, rounding and conversions that are total: where a row has no result, it is NULL, and no data makes them
//! fail.
//!
//! - Integers are checked: past 64 bits is NULL.
//! - Decimals are computed exactly and then rounded, half away from zero, to the scale of the result; more digits than
//!   its precision is NULL.
//! - Floats are those of IEEE 754; what is not finite is NULL, and -0.0 is 0.0.

mod convert;
mod decimal;
mod digits;
mod float;
mod function;
mod integer;
mod kernel;
mod long;
mod moments;
mod present;
mod round;
mod rounding;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use function::{arithmetic_expr, concat_expr, convert_expr, first_present_expr, negate_expr};

pub(super) use convert::convert;
pub(super) use decimal::{Unscaled, decimal_array};
pub(super) use digits::Digits;
pub(super) use float::{Shortest, float_of, nearest, whole};
pub(super) use function::turned;
pub(super) use integer::Integer;
pub(super) use kernel::mapped;
pub(super) use long::Longest;
pub(super) use moments::{day_of_date, known_day, known_time, push_clock, push_padded, read_day, time_of_day};
pub(super) use round::rounded;
pub(super) use rounding::Rounding;
pub(super) use text::push_decimal;
