//! Sums and averages that are exact: no order of the rows, no partitioning and no merge changes a bit of the result.
//!
//! Integers and decimals are summed in wider integers. Floats are summed in fixed point: every finite `f64` is an
//! integer times a power of two, so a sum of them is one too, and only the result is rounded, once. A group keeps an
//! `i128` in units of a grid that suits the data, and a number of any size for the values that the `i128` cannot hold.
//!
//! What the aggregates store between their phases is stable, little-endian and the same for equal sums:
//!
//! - the sum of `Int64` as `Decimal128(38, 0)`, of `Decimal128(p, s)` with p up to 19 as `Decimal128(p + 19, s)`;
//! - of other decimals as `Binary` of 40 bytes in two's complement, `low` (32 bytes) and `carry` (8 bytes): the
//!   unscaled sum is `low + carry * 2^256`;
//! - of `Float64` as `Binary` for `m * 2^e` with an odd integer `m`: two bytes hold the sign in the highest bit and
//!   `e + 1088` in the others, the bytes of `m` follow without zeros at its end; two zero bytes are 0;
//! - NULL is the sum of no value, and an average has the number of its values (`Int64`) behind the sum.

mod accumulate;
mod big;
mod bytes;
mod float;
mod function;
mod grid;
mod narrow;
mod number;
mod presence;
mod round;
mod sums;
#[cfg(test)]
mod tests;
mod wide;

pub(crate) use function::{exact_average, exact_sum};
