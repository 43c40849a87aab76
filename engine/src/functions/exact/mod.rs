//! What the exact aggregates share: integers of any size, running sums that no order of the rows, no partitioning and
//! no merge changes, how they are stored, and the one rounding at the end.
//!
//! Integers and decimals are summed in wider integers. Floats are summed in fixed point: every finite `f64` is an
//! integer times a power of two, so a sum of them or of products of two is one too. A group keeps a window of fixed
//! size in units of a grid that suits the data, and a number of any size for the values that the window cannot hold.

mod accumulate;
mod big;
mod bytes;
mod counts;
mod divide;
mod float;
mod grid;
mod input;
mod limbs;
mod moments;
mod narrow;
mod number;
mod product_window;
mod round;
mod row;
mod sums;
mod wide;
mod window;

pub(super) use accumulate::{GroupedMoments, SingleMoments};
pub(super) use big::Big;
pub(super) use bytes::{decode, encode_all};
pub(super) use counts::Counts;
pub(super) use float::{FloatProducts, FloatSquares, FloatSums};
pub(super) use grid::split;
pub(super) use input::{Method, coerced, refuse_distinct};
pub(super) use limbs::{low_limb, product};
pub(super) use moments::{Moments, spread};
pub(super) use narrow::NarrowSums;
pub(super) use number::{Number, Power};
pub(super) use round::powers_of_ten;
pub(super) use sums::{
    Direction, Sums, add_each, column, damaged, finite, for_each, is_present, no_such_group, selected,
};
pub(super) use wide::WideSums;
