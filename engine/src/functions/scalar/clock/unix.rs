//! Instants as numbers of seconds since 1970-01-01T00:00Z.

use arrow::array::{Array as _, ArrayRef, AsArray as _, Decimal128Array};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::common::Result;

use crate::functions::arithmetic::{Digits, Integer, Shortest, Unscaled, decimal_array, known_time, mapped};
use crate::functions::scalar::call::Call;
use crate::time::SECOND;

/// The places of a microsecond.
const PLACES: i64 = 6;

/// The instants so many seconds after the start.
pub(super) fn from_seconds(call: &Call<'_>) -> Result<ArrayRef> {
    let (seconds, _) = call.array(0)?;
    let micros = match seconds.data_type() {
        DataType::Int64 => {
            mapped::<_, Int64Type>(seconds.as_primitive::<Int64Type>(), |value| value.checked_mul(SECOND))
        }
        DataType::Float64 => mapped::<_, Int64Type>(seconds.as_primitive::<Float64Type>(), micros_of_float),
        _ => match Unscaled::of(seconds.as_ref())? {
            (Unscaled::Narrow(values), scale) => {
                mapped::<_, Int64Type>(&values, |value| micros_of(value, scale.into()))
            }
            (Unscaled::Wide(values), scale) => mapped::<_, Int64Type>(&values, |value| micros_of(value, scale.into())),
        },
    };
    call.gather_micros(|row| micros.is_valid(row).then(|| micros.value(row)).and_then(known_time))
}

/// The seconds of instants, with all their microseconds.
pub(super) fn to_seconds(call: &Call<'_>) -> Result<ArrayRef> {
    let instants = call.micros(0)?;
    let micros: Decimal128Array = (0..call.rows()).map(|row| instants.get(row).map(i128::from)).collect();
    decimal_array(micros, 19, 6)
}

/// The last microsecond that is not after `unscaled` / 10^`places` seconds.
fn micros_of<I: Integer>(unscaled: I, places: i64) -> Option<i64> {
    let zero = I::default();
    let lost = places - PLACES;
    let unit = u32::try_from(lost.unsigned_abs()).ok().and_then(I::power_of_ten);
    match unit {
        _ if unscaled == zero => Some(0),
        Some(unit) if lost > 0 => unscaled.floor_divided(unit)?.to_int64(),
        Some(unit) => unscaled.times(unit)?.to_int64(),
        // The unit is larger than any value.
        None if lost > 0 => Some(if unscaled < zero { -1 } else { 0 }),
        None => None,
    }
}

/// The same of the shortest form of a float.
fn micros_of_float(seconds: f64) -> Option<i64> {
    let shortest = Shortest::of(seconds);
    let digits = Digits::parse(shortest.bytes())?;
    micros_of(digits.exact()?, digits.places())
}
