//! Which version of its base a query reads that asks for another one than the newest.
//!
//! Only the rows are those of then. Columns, filters, scopes, links and formulas are those of the catalog as it is now,
//! so that going back shows nothing that is hidden today.

#[cfg(test)]
mod tests;

use drillcore_store::{ErrorKind as StoreErrorKind, Snapshot};

use super::Inner;
use super::derived::held_names;
use super::tables::{Route, Routes};
use crate::catalog::{Catalog, DatasetEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::query::{Query, SnapshotAt};
use crate::resolve;

impl Inner {
    /// Decides where the base of a query is read if the query says of when. What is known of other datasets stays.
    pub(super) fn go_back(&self, query: &Query, catalog: &Catalog, routes: &mut Routes) -> Result<()> {
        let Some(at) = query.at else { return Ok(()) };
        let entry = resolve::base_of(query, catalog)?;
        let known = routes.get(&entry.name);
        if known.is_none_or(|route| !route.serves(at)) {
            let route = self.route_at(&entry, at, known).map_err(|error| error.at("/at"))?;
            routes.insert(entry.name.clone(), route);
        }
        Ok(())
    }

    /// The version that is asked for. Where that is the newest, it is the one that other queries read as well.
    fn route_at(&self, entry: &DatasetEntry, at: SnapshotAt, known: Option<&Route>) -> Result<Route> {
        let newest = match known {
            Some(route) if !route.is_past() => route.clone(),
            _ => self.route(entry)?,
        };
        let Route::Snapshot { pushed, .. } = newest else { return Err(no_versions(&newest, entry)) };
        if newest.serves(at) {
            return Ok(newest);
        }
        let store = self.store.dataset(entry.id);
        let version = match at {
            SnapshotAt::Version(version) => Some(version),
            SnapshotAt::Time(time) => {
                store.version_at(time.timestamp_micros()).map_err(|error| missing(entry, at, error))?
            }
        };
        let Some(version) = version else {
            let message = format!("dataset `{}` had no version yet at {at}", entry.name);
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        let pinned = store.snapshot(version).map_err(|error| missing(entry, at, error))?;
        check_names(&pinned, entry)?;
        Ok(Route::Snapshot { pinned, pushed, past: true })
    }
}

impl Route {
    /// Whether it is what a query wants that says of when its base shall be.
    fn serves(&self, at: SnapshotAt) -> bool {
        match (self, at) {
            (Self::Source { .. }, _) => false,
            (Self::Snapshot { pinned, .. }, SnapshotAt::Version(version)) => pinned.version() == version,
            (Self::Snapshot { past: true, .. }, SnapshotAt::Time(_)) => true,
            (Self::Snapshot { pinned, .. }, SnapshotAt::Time(time)) => {
                pinned.committed_at_us() <= time.timestamp_micros()
            }
        }
    }

    /// Whether it is for one query only, because that asks for a version that is not the newest.
    pub(super) fn is_past(&self) -> bool {
        matches!(self, Self::Snapshot { past: true, .. })
    }

    /// Why a dataset is read there, if it is the base of a query that says of when.
    pub(super) fn reason_at(&self, at: SnapshotAt) -> String {
        match (self, at) {
            (Self::Snapshot { pinned, .. }, SnapshotAt::Version(_)) => {
                format!("version {}, because the query asks for it", pinned.version())
            }
            (Self::Snapshot { pinned, .. }, SnapshotAt::Time(_)) => {
                format!("version {}, the newest one at {at}, because the query asks for that", pinned.version())
            }
            (Self::Source { .. }, _) => self.reason(),
        }
    }
}

/// The refusal of a dataset that is read from its source.
fn no_versions(route: &Route, entry: &DatasetEntry) -> Error {
    let name = &entry.name;
    Error::query(match route {
        Route::Source { accelerated: true, .. } => {
            format!("dataset `{name}` has no versions yet, because it is not synced")
        }
        _ => format!("dataset `{name}` has no versions, because it is not accelerated"),
    })
}

/// The error of a version that cannot be read.
pub(super) fn missing(entry: &DatasetEntry, at: SnapshotAt, error: drillcore_store::Error) -> Error {
    let name = &entry.name;
    let fact = |wanted: &str| {
        // Where there is no version at all, it would be 0.
        let found = error.context().iter().find(|(fact, value)| *fact == wanted && value != "0");
        found.map_or_else(String::new, |(_, value)| format!("; the {wanted} one is version {value}"))
    };
    let message = match error.kind() {
        StoreErrorKind::VersionExpired => format!("dataset `{name}` no longer has {}{}", wanted(at), fact("oldest")),
        StoreErrorKind::InvalidInput => format!("dataset `{name}` has no {at}{}", fact("newest")),
        _ => return error.into(),
    };
    Error::new(ErrorKind::NotFound, message).caused_by(error)
}

fn wanted(at: SnapshotAt) -> String {
    match at {
        SnapshotAt::Version(_) => at.to_string(),
        SnapshotAt::Time(_) => format!("the version of {at}"),
    }
}

/// Refuses a version in which a derived column has the name that a column of the source has now.
pub(super) fn check_names(pinned: &Snapshot, entry: &DatasetEntry) -> Result<()> {
    let taken = held_names(pinned)?.into_iter().find(|name| entry.columns.iter().any(|column| column.id == *name));
    let Some(name) = taken else { return Ok(()) };
    let message = format!("version {} holds column `{name}` with values of another meaning", pinned.version());
    Err(Error::new(ErrorKind::NotSupported, message))
}
