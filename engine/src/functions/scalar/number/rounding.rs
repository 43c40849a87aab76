//! Signs, and rounding to digits.

use arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result};

use super::operand::Numbers;
use crate::functions::arithmetic::{self, Rounding, turned};
use crate::functions::scalar::call::Call;

pub(super) fn absolute(call: &Call<'_>) -> Result<ArrayRef> {
    turned(call.array(0)?.0.as_ref(), true)
}

pub(super) fn sign(call: &Call<'_>) -> Result<ArrayRef> {
    Ok(match Numbers::of(call, 0)? {
        Numbers::Integers(values) => call.gather_integers(|row| values.get(row).map(i64::signum)),
        Numbers::Narrow(values, _) => call.gather_integers(|row| sign_of(&values.get(row)?)),
        Numbers::Wide(values, _) => call.gather_integers(|row| sign_of(&values.get(row)?)),
        Numbers::Floats(values) => call.gather_integers(|row| sign_of(&values.get(row)?)),
    })
}

fn sign_of<T: PartialOrd + Default>(value: &T) -> Option<i64> {
    let order = value.partial_cmp(&T::default())?;
    Some(i64::from(order.is_gt()) - i64::from(order.is_lt()))
}

/// The first argument rounded to the digits of the second one, or to whole numbers.
pub(super) fn rounded(call: &Call<'_>, how: Rounding) -> Result<ArrayRef> {
    let places = if call.count() > 1 { call.constant(1)? } else { 0 };
    let places =
        i8::try_from(places).map_err(|_| DataFusionError::Internal(format!("a formula rounds to {places} digits")))?;
    arithmetic::rounded(call.array(0)?.0.as_ref(), places, how, &call.result().arrow())
}
