//! The catalog: one JSON document of the engine, versioned and committed like manifests.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::context::Context;
use crate::dataset::{VacuumReport, vacuum_log};
use crate::error::{Error, ErrorKind, Result};
use crate::format::unknown_shape;
use crate::layout::{CATALOG_DIR, join, version_name};
use crate::lockless::Freshness;
use crate::log::{CommitHeader, Envelope, Health, NumberedLog, RawVersion};

/// The versions of the catalog; cheap to clone.
///
/// What the document says is the engine's business. JSON numbers beyond 64 bits and floats lose digits, so they belong
/// in strings.
///
/// ```
/// use drillcore_store::{MemoryStorage, Store, StoreOptions};
/// use std::sync::Arc;
///
/// let store = Store::open(Arc::new(MemoryStorage::new()), StoreOptions::default())?;
/// let catalog = store.catalog();
/// assert!(catalog.latest()?.is_none());
/// let first = catalog.commit(0, &vec!["flights"])?;
/// assert_eq!(catalog.latest()?.map(|latest| latest.version()), Some(1));
/// assert_eq!(first.parse::<Vec<String>>()?, ["flights"]);
/// assert!(catalog.commit(0, &vec!["too late"]).is_err_and(|error| error.is_retryable()));
/// # Ok::<(), drillcore_store::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Catalog {
    inner: Arc<CatalogInner>,
}

#[derive(Debug)]
struct CatalogInner {
    context: Arc<Context>,
    log: NumberedLog,
    newest: Mutex<Option<Arc<CatalogVersion>>>,
    fresh: Freshness,
}

/// One version of the catalog.
#[derive(Debug, Clone)]
pub struct CatalogVersion {
    header: CommitHeader,
    json: Bytes,
}

impl CatalogVersion {
    /// The number of the version; the first is 1.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.header.version
    }

    /// Version, commit id and time.
    #[must_use]
    pub fn header(&self) -> &CommitHeader {
        &self.header
    }

    /// Reads the document.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedFormat`] if it does not have the shape of `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        let envelope: Envelope<T> = serde_json::from_slice(&self.json)
            .map_err(|error| unknown_shape(&join(CATALOG_DIR, &version_name(self.version())), error))?;
        Ok(envelope.body)
    }
}

impl From<RawVersion> for CatalogVersion {
    fn from(raw: RawVersion) -> Self {
        Self { header: raw.header, json: raw.json }
    }
}

impl Catalog {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        let log = NumberedLog::new(Arc::clone(context), CATALOG_DIR.to_owned(), Health::default());
        let (context, newest, fresh) = (Arc::clone(context), Mutex::default(), Freshness::default());
        Self { inner: Arc::new(CatalogInner { context, log, newest, fresh }) }
    }

    /// The newest version, or `None` if there is none yet. It is kept, so asking again costs a look at two names, and on a
    /// medium without locks nothing before [`refresh`](crate::StoreOptions::refresh) has passed.
    ///
    /// # Errors
    /// [`ErrorKind::Corruption`] or [`ErrorKind::UnsupportedFormat`] if it cannot be read, [`ErrorKind::Io`] if the
    /// medium fails, [`ErrorKind::Conflict`] if it was removed while it was read.
    pub fn latest(&self) -> Result<Option<Arc<CatalogVersion>>> {
        let held = self.held();
        if held.is_some() && self.inner.fresh.lasts(&self.inner.context) {
            return Ok(held);
        }
        self.latest_now()
    }

    /// [`latest`](Self::latest) without believing an earlier answer: what a change has to begin with.
    ///
    /// # Errors
    /// As of [`latest`](Self::latest).
    pub fn latest_now(&self) -> Result<Option<Arc<CatalogVersion>>> {
        let latest = self.look();
        if latest.is_err() {
            self.inner.fresh.forget();
        }
        latest
    }

    fn look(&self) -> Result<Option<Arc<CatalogVersion>>> {
        let held = self.held();
        let newest = match &held {
            None => self.inner.log.newest()?,
            Some(version) => match self.inner.log.newer_than(version.version())? {
                None => return Ok(held),
                Some(newer) => newer,
            },
        };
        if newest == 0 {
            return Ok(None);
        }
        self.load(newest).map(|version| Some(self.keep(version)))
    }

    /// A version by its number.
    ///
    /// # Errors
    /// [`ErrorKind::VersionExpired`] if it is past its retention, [`ErrorKind::InvalidInput`] if it never was,
    /// otherwise as of [`latest`](Self::latest).
    pub fn read(&self, version: u64) -> Result<Arc<CatalogVersion>> {
        match self.held().filter(|held| held.version() == version) {
            Some(held) => Ok(held),
            None => self.load(version).map(Arc::new),
        }
    }

    /// The numbers of all versions kept, in order.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the medium fails.
    pub fn versions(&self) -> Result<Vec<u64>> {
        self.inner.log.versions()
    }

    /// Commits a document as the version after `base` (0 for the first). When this returns, it is durable.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if `base` is not the newest version or a writer holds the lock,
    /// [`ErrorKind::CommitUnknown`] if it may or may not have happened, [`ErrorKind::Poisoned`] after an earlier failed
    /// sync, [`ErrorKind::InvalidInput`] if the document is not JSON, [`ErrorKind::Io`] if the medium fails.
    pub fn commit<T: Serialize + ?Sized>(&self, base: u64, document: &T) -> Result<Arc<CatalogVersion>> {
        let log = &self.inner.log;
        let document = serde_json::to_value(document).map_err(|error| {
            Error::new(ErrorKind::InvalidInput, "the document cannot be written as JSON").with_source(error)
        })?;
        let guard = log.lock()?;
        // Whoever fails and tries again wants to know what came in between; whoever succeeds knows it.
        self.inner.fresh.forget();
        let newest = log.newest()?;
        if newest != base {
            let error = Error::new(ErrorKind::Conflict, "somebody else committed the catalog in the meantime");
            return Err(error.with_path(log.dir()).with_context("base", base).with_context("newest", newest));
        }
        let previous = match newest {
            0 => None,
            _ => Some(log.read_kept::<IgnoredAny>(newest)?.header),
        };
        let (header, body) = log.commit(&guard, previous.as_ref(), document)?;
        drop(guard);
        let envelope = Envelope { header, body };
        let json = serde_json::to_vec(&envelope).map_err(|error| unknown_shape(CATALOG_DIR, error))?;
        Ok(self.keep(CatalogVersion { header: envelope.header, json: json.into() }))
    }

    fn held(&self) -> Option<Arc<CatalogVersion>> {
        self.inner.newest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn load(&self, version: u64) -> Result<CatalogVersion> {
        match self.inner.log.read_raw(version)? {
            Some(raw) => Ok(raw.into()),
            None => Err(self.inner.log.absent(version)?),
        }
    }

    /// Remembers a version unless a newer one is known.
    fn keep(&self, version: CatalogVersion) -> Arc<CatalogVersion> {
        let version = Arc::new(version);
        let mut newest = self.inner.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.as_ref().is_none_or(|held| held.version() < version.version()) {
            *newest = Some(Arc::clone(&version));
        }
        version
    }

    pub(crate) fn log(&self) -> &NumberedLog {
        &self.inner.log
    }

    pub(crate) fn vacuum(&self) -> Result<VacuumReport> {
        vacuum_log(&self.inner.log, &self.inner.context)
    }
}
