//! Divisors and bits of integers.

use crate::interpret::Value;

pub(super) fn greatest_divisor(left: i64, right: i64) -> Option<Value> {
    integer(divisor(size(left), size(right)))
}

pub(super) fn least_multiple(left: i64, right: i64) -> Option<Value> {
    match divisor(size(left), size(right)) {
        0 => Some(Value::Integer(0)),
        shared => integer(size(left) * size(right) / shared),
    }
}

/// Euclid's way.
fn divisor(left: u128, right: u128) -> u128 {
    if right == 0 { left } else { divisor(right, left % right) }
}

fn size(number: i64) -> u128 {
    u128::from(number.unsigned_abs())
}

fn integer(number: u128) -> Option<Value> {
    i64::try_from(number).ok().map(Value::Integer)
}

pub(super) fn is_even(number: i64) -> bool {
    number.to_string().ends_with(['0', '2', '4', '6', '8'])
}

/// The integer each of whose bits, in two's complement, is made of those at the same place.
pub(super) fn bit_by_bit(left: i64, right: i64, bit: impl Fn(bool, bool) -> bool) -> Option<Value> {
    let (left, right) = (format!("{left:064b}"), format!("{right:064b}"));
    let bits = left.chars().zip(right.chars());
    let bits: String = bits.map(|(left, right)| if bit(left == '1', right == '1') { '1' } else { '0' }).collect();
    Some(Value::Integer(u64::from_str_radix(&bits, 2).ok()?.cast_signed()))
}
