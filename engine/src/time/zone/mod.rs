//! Time zones as tables of spans with one offset each, built once per process.

mod table;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::error::{Error, Result};
use crate::suggest::hint;

pub(crate) use table::Segment;
use table::Table;

/// Every zone asked for so far, by name. There are some 600, so nothing is ever evicted.
static ZONES: LazyLock<Mutex<HashMap<&'static str, Zone>>> = LazyLock::new(Mutex::default);

/// A time zone of the IANA database. Two zones are equal if their names are.
#[derive(Clone)]
pub(crate) struct Zone(Arc<Table>);

impl Zone {
    /// The zone of an IANA name such as `Europe/Brussels`.
    ///
    /// # Errors
    /// `InvalidQuery` for a name that the database does not have, with the nearest one that it has.
    pub(crate) fn named(name: &str) -> Result<Self> {
        name.parse::<Tz>().map(Self::of).map_err(|_| {
            let known = TZ_VARIANTS.iter().map(|zone| zone.name());
            Error::query(format!("there is no time zone `{}`{}", name.escape_debug(), hint(name, known)))
        })
    }

    /// The zone of the query unless it says otherwise.
    pub(crate) fn utc() -> Self {
        Self::of(Tz::UTC)
    }

    fn of(zone: Tz) -> Self {
        let mut zones = ZONES.lock().unwrap_or_else(PoisonError::into_inner);
        zones.entry(zone.name()).or_insert_with(|| Self(Arc::new(Table::of(zone)))).clone()
    }

    /// The IANA name.
    pub(crate) fn name(&self) -> &'static str {
        self.0.name()
    }

    /// The zone as formulas know it.
    pub(crate) fn tz(&self) -> Tz {
        self.name().parse().unwrap_or(Tz::UTC)
    }

    /// The span of one offset that holds an instant.
    pub(crate) fn segment_at(&self, instant: i64) -> Segment {
        *self.0.at(instant)
    }

    /// The earliest instant at which the wall clock shows this local time or a later one: in a gap the end of the gap,
    /// in an overlap the first of the two. It never decreases when the local time increases.
    pub(crate) fn to_instant(&self, local: i64) -> i64 {
        self.0.reaching(local).first_instant_of(local)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name()).finish()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}
