//! Instants and wall clocks.

use arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result};

use crate::functions::argument::Clock;
use crate::functions::arithmetic::known_time;
use crate::functions::scalar::call::Call;
use crate::time::{SECOND, Zone};

/// What the wall clock of the zone shows.
pub(super) fn wall(call: &Call<'_>) -> Result<ArrayRef> {
    let (instants, zone) = (call.micros(0)?, zone(call)?);
    let mut clock = Clock::new(&zone);
    call.gather_micros(|row| {
        let instant = known_time(instants.get(row)?)?;
        known_time(clock.segment(instant).local(instant))
    })
}

/// The earliest instant at which the wall clock of the zone shows a time or a later one.
pub(super) fn instant(call: &Call<'_>) -> Result<ArrayRef> {
    let (times, zone) = (call.micros(0)?, zone(call)?);
    let mut near = zone.segment_at(0);
    call.gather_micros(|row| {
        let time = known_time(times.get(row)?)?;
        let instant = near.unambiguous(time).unwrap_or_else(|| {
            let instant = zone.to_instant(time);
            near = zone.segment_at(instant);
            instant
        });
        known_time(instant)
    })
}

/// The seconds by which the wall clock of the zone is ahead of UTC.
pub(super) fn offset(call: &Call<'_>) -> Result<ArrayRef> {
    let (instants, zone) = (call.micros(0)?, zone(call)?);
    let mut clock = Clock::new(&zone);
    Ok(call.gather_integers(|row| Some(clock.segment(known_time(instants.get(row)?)?).offset_micros / SECOND)))
}

/// The zone of a call, its second argument. The check of formulas made sure that there is one of that name.
fn zone(call: &Call<'_>) -> Result<Zone> {
    Zone::named(&call.word(1)?).map_err(|error| DataFusionError::Internal(error.to_string()))
}
