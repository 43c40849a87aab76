//! What the aggregates share that keep single values: how values of any canonical type are held, compared and stored,
//! and the accumulators that hold all the values of a group.
//!
//! Floats that are infinite or NaN count as NULL, and there is one zero, as in the exact sums.

mod canonical;
mod collected;
mod held;
mod numbers;
mod texts;

pub(super) use canonical::{Form, canonical, for_form};
pub(super) use collected::{GroupedValues, SingleValues, Statistic, one_list};
pub(super) use held::{Held, present};
pub(super) use numbers::{Key, float_of};
