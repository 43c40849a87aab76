//! Opening a store and looking after it as a whole.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::catalog::Catalog;
use crate::context::Context;
use crate::dataset::{DatasetInner, DatasetStore, VacuumReport, VerifyReport, VerifyScope};
use crate::error::{Error, Result};
use crate::format::open_or_create;
use crate::layout::{
    CATALOG_DIR, COMMIT_LOCK, DATASETS_DIR, FORMAT_FILE, LEASES_DIR, is_temp_name, join, parse_lease_name, parse_uuid,
    parse_version_name,
};
use crate::lockless::Lockless;
use crate::options::StoreOptions;
use crate::pins::sweep_dead;
use crate::storage::{Storage, StorageEntry};

/// An open store; cheap to clone. Everything that a query or a sync needs to survive a crash is in it.
///
/// Clones share what they know. After an error that says "open the store again", call [`Store::open`] anew instead of
/// cloning.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<StoreInner>,
}

#[derive(Debug)]
struct StoreInner {
    context: Arc<Context>,
    store_id: Uuid,
    catalog: Catalog,
    datasets: Mutex<HashMap<Uuid, Arc<DatasetInner>>>,
}

impl Store {
    /// Opens a store, making it in a place that holds none. Opening never deletes anything and needs no repair: what a
    /// crash left behind is invisible until [`vacuum`](Self::vacuum) removes it.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedFormat`](crate::ErrorKind::UnsupportedFormat) if the store asks more than this build
    /// knows, [`ErrorKind::Corruption`](crate::ErrorKind::Corruption) if `format.json` is damaged or missing,
    /// [`ErrorKind::UnsupportedStorage`](crate::ErrorKind::UnsupportedStorage) or
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the medium refuses.
    pub fn open(storage: Arc<dyn Storage>, options: StoreOptions) -> Result<Self> {
        let StoreOptions { retention, lock_timeout, longest_commit, refresh, environment: env, key_cache_bytes } =
            options;
        let (lockless, writer_features) = (Lockless { longest_commit, refresh }, Vec::new());
        let mut context = Context { storage, env, retention, lock_timeout, key_cache_bytes, lockless, writer_features };
        let format = open_or_create(&context)?;
        context.writer_features = format.writer_features;
        let context = Arc::new(context);
        let catalog = Catalog::new(&context);
        let datasets = Mutex::default();
        Ok(Self { inner: Arc::new(StoreInner { context, store_id: format.store_id, catalog, datasets }) })
    }

    /// The id the store got when it was made.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.inner.store_id
    }

    /// A new id for a dataset, from the store's source of ids.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        self.inner.context.env.new_id()
    }

    /// The catalog.
    #[must_use]
    pub fn catalog(&self) -> Catalog {
        self.inner.catalog.clone()
    }

    /// A dataset by its id; it need not exist yet. All handles of one store for the same dataset share what they know.
    #[must_use]
    pub fn dataset(&self, id: Uuid) -> DatasetStore {
        let mut datasets = self.inner.datasets.lock().unwrap_or_else(PoisonError::into_inner);
        let inner = match datasets.entry(id) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(unknown) => Arc::clone(unknown.insert(DatasetInner::new(&self.inner.context, id))),
        };
        DatasetStore::new(inner)
    }

    /// The ids of all datasets that have a folder, in order, whether the catalog names them or not.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the medium fails.
    pub fn dataset_ids(&self) -> Result<Vec<Uuid>> {
        let entries = self.inner.context.list(DATASETS_DIR)?;
        let mut ids: Vec<Uuid> =
            entries.iter().filter(|entry| entry.is_dir).filter_map(|entry| parse_uuid(&entry.name)).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// Removes a dataset with all its versions. Commit a catalog that does not name it first: a removal that is
    /// interrupted leaves nothing or something invisible, and removing again finishes it. Ids are never used again.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if somebody reads or writes it,
    /// [`ErrorKind::Poisoned`](crate::ErrorKind::Poisoned), [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn remove_dataset(&self, id: Uuid) -> Result<()> {
        let dataset = self.dataset(id);
        dataset.remove()?;
        self.inner.datasets.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        Ok(())
    }

    /// Removes, in the catalog and in every dataset, versions past their retention, files that no version needs, and
    /// leases of processes that are gone. Never touches the newest version, what is being read or written, nor
    /// foreign files.
    ///
    /// # Errors
    /// As of [`DatasetStore::vacuum`]; datasets that come after a failing one are not visited.
    pub fn vacuum(&self) -> Result<VacuumReport> {
        let mut report = self.inner.catalog.vacuum()?;
        for id in self.dataset_ids()? {
            report.merge(self.dataset(id).vacuum()?);
        }
        for entry in self.list_root()? {
            // Without locks it may be on its way into a store that is being made.
            let abandoned = self.inner.context.has_locks() || self.inner.context.is_abandoned(entry.modified_us);
            if is_temp_name(&entry.name) && !entry.is_dir && abandoned {
                match self.inner.context.storage.remove(&entry.name) {
                    Ok(()) => report.merge(VacuumReport::of_removed(entry.name, entry.size)),
                    // No lock is held here, so that another vacuum may have come first.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(Error::io("remove the file", &entry.name, error)),
                }
            }
        }
        sweep_dead(&self.inner.context)?;
        report.foreign.extend(self.foreign()?);
        Ok(report)
    }

    /// Reads everything in scope and checks it: digests, structure, row counts, the statistics of columns, presence. Works
    /// on several threads and disturbs nobody.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if folders cannot be listed; what is wrong with files is in the report.
    pub fn verify(&self, scope: VerifyScope) -> Result<VerifyReport> {
        let mut report = self.verify_catalog(scope)?;
        for id in self.dataset_ids()? {
            report.merge(self.dataset(id).verify(scope)?);
        }
        let temps = self.list_root()?.into_iter().filter(|entry| is_temp_name(&entry.name) && !entry.is_dir);
        report.orphans.extend(temps.map(|entry| entry.name));
        report.foreign.extend(self.foreign()?);
        Ok(report)
    }

    fn verify_catalog(&self, scope: VerifyScope) -> Result<VerifyReport> {
        let mut report = VerifyReport::default();
        let log = self.inner.catalog.log();
        let versions = log.versions()?;
        for version in &versions {
            if scope == VerifyScope::Latest && Some(version) != versions.last() {
                continue;
            }
            report.versions_checked += 1;
            if let Err(error) = log.read_raw(*version) {
                report.add_problem(&error, CATALOG_DIR);
            }
        }
        let temps = self.inner.context.list(CATALOG_DIR)?.into_iter().filter(|entry| is_temp_name(&entry.name));
        report.orphans.extend(temps.map(|entry| join(CATALOG_DIR, &entry.name)));
        Ok(report)
    }

    fn list_root(&self) -> Result<Vec<StorageEntry>> {
        self.inner.context.list("")
    }

    /// What this software never made, outside of the folders of datasets.
    fn foreign(&self) -> Result<Vec<String>> {
        let mut foreign = Vec::new();
        let mut add = |dir: &str, known: fn(&StorageEntry) -> bool| -> Result<()> {
            let entries = self.inner.context.list(dir)?;
            foreign.extend(entries.iter().filter(|entry| !known(entry)).map(|entry| join(dir, &entry.name)));
            Ok(())
        };
        add("", |entry| match entry.name.as_str() {
            CATALOG_DIR | DATASETS_DIR | LEASES_DIR => entry.is_dir,
            FORMAT_FILE => !entry.is_dir,
            name => is_temp_name(name) && !entry.is_dir,
        })?;
        add(CATALOG_DIR, |entry| match entry.name.as_str() {
            COMMIT_LOCK => !entry.is_dir,
            name => (is_temp_name(name) || parse_version_name(name).is_some()) && !entry.is_dir,
        })?;
        add(DATASETS_DIR, |entry| entry.is_dir && parse_uuid(&entry.name).is_some())?;
        add(LEASES_DIR, |entry| !entry.is_dir && parse_lease_name(&entry.name).is_some())?;
        Ok(foreign)
    }
}
