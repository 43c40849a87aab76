//! Which versions are being read, and the lease that tells other processes.
//!
//! A lease is an empty, locked file whose name says a dataset and its lowest version in use. It is taken before a
//! version is chosen; whoever removes versions looks at the leases again after removing manifests and before removing
//! data, so a reader that still found its manifest keeps its files. A lease whose lock can be taken belongs to a
//! process that is gone.
//!
//! On a medium without locks there are no leases: vacuum knows the pins of its own process, and leaves others time.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{LEASES_DIR, join, lease_name, parse_lease_name};
use crate::storage::{LockMode, StorageLock};

/// How often a lease is tried whose file was swept away before its lock was held.
const LEASE_ATTEMPTS: usize = 8;
/// A lease may lag behind (it keeps too much then); it is brought up to date no oftener than this.
const REFRESH_US: i64 = 60_000_000;

/// The pins of this process on one dataset.
#[derive(Debug)]
pub(crate) struct Pins {
    context: Arc<Context>,
    dataset: Uuid,
    state: Mutex<PinState>,
}

#[derive(Debug, Default)]
struct PinState {
    readers: BTreeMap<u64, usize>,
    lease: Option<Lease>,
}

#[derive(Debug)]
struct Lease {
    version: u64,
    path: String,
    taken_us: i64,
    lock: Box<dyn StorageLock>,
}

/// Keeps a version from being removed until dropped.
#[derive(Debug)]
pub(crate) struct Pin {
    pins: Arc<Pins>,
    version: u64,
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut state = self.pins.state();
        match state.readers.get_mut(&self.version) {
            Some(readers) if *readers > 1 => *readers -= 1,
            _ => {
                state.readers.remove(&self.version);
            }
        }
    }
}

impl Pins {
    pub(crate) fn new(context: Arc<Context>, dataset: Uuid) -> Arc<Self> {
        Arc::new(Self { context, dataset, state: Mutex::default() })
    }

    /// Pins a version; when this returns, other processes can know. Whether the version still exists has to be checked
    /// afterwards.
    pub(crate) fn pin(self: &Arc<Self>, version: u64) -> Result<Pin> {
        let mut state = self.state();
        let covered = state.lease.as_ref().is_some_and(|lease| lease.version <= version);
        if !covered && self.context.has_locks() {
            let lease = self.take_lease(version)?;
            let outdated = state.lease.replace(lease);
            self.give_up(outdated);
        }
        *state.readers.entry(version).or_default() += 1;
        Ok(Pin { pins: Arc::clone(self), version })
    }

    /// Whether this process reads any version.
    pub(crate) fn in_use(&self) -> bool {
        !self.state().readers.is_empty()
    }

    /// The lowest version known to be read: by any living process, or by this one where others cannot be asked. Sweeps the
    /// leases of dead processes away.
    pub(crate) fn lowest_known(&self) -> Result<Option<u64>> {
        if self.context.has_locks() {
            return lowest_leased(&self.context, self.dataset);
        }
        Ok(self.state().readers.keys().next().copied())
    }

    /// Brings the lease up to what is really in use, so that no more is kept than needed.
    pub(crate) fn advance(&self) -> Result<()> {
        self.advance_locked(&mut self.state())
    }

    /// The same, but only when the lease is old, and without insisting.
    pub(crate) fn advance_if_old(&self) {
        let mut state = self.state();
        let now_us = self.context.env.now_us();
        if state.lease.as_ref().is_some_and(|lease| now_us.saturating_sub(lease.taken_us) >= REFRESH_US) {
            let _lags_behind = self.advance_locked(&mut state);
        }
    }

    fn advance_locked(&self, state: &mut PinState) -> Result<()> {
        let lowest = state.readers.keys().next().copied();
        let recorded = state.lease.as_ref().map(|lease| lease.version);
        if lowest == recorded || !self.context.has_locks() {
            return Ok(());
        }
        let lease = lowest.map(|version| self.take_lease(version)).transpose()?;
        let outdated = std::mem::replace(&mut state.lease, lease);
        self.give_up(outdated);
        Ok(())
    }

    fn take_lease(&self, version: u64) -> Result<Lease> {
        let storage = &self.context.storage;
        for _ in 0..LEASE_ATTEMPTS {
            let path = join(LEASES_DIR, &lease_name(self.dataset, version, self.context.env.new_id()));
            let lock = match storage.try_lock(&path, LockMode::Exclusive) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    storage
                        .create_dir(LEASES_DIR)
                        .map_err(|error| Error::io("make the folder of leases", LEASES_DIR, error))?;
                    continue;
                }
                lock => lock.map_err(|error| Error::io("take the lease", &path, error))?,
            };
            // A vacuum that came between making the file and locking it has removed it again.
            if let Some(lock) = lock
                && self.context.exists(&path)?
            {
                return Ok(Lease { version, path, taken_us: self.context.env.now_us(), lock });
            }
        }
        Err(Error::new(ErrorKind::Conflict, "the lease was swept away again and again").with_path(LEASES_DIR))
    }

    fn give_up(&self, lease: Option<Lease>) {
        if let Some(lease) = lease {
            drop(lease.lock);
            self.context.remove_quietly(&lease.path);
        }
    }

    fn state(&self) -> MutexGuard<'_, PinState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pins {
    fn drop(&mut self) {
        let lease = self.state().lease.take();
        self.give_up(lease);
    }
}

/// The lowest version of a dataset that a living process has a lease on; sweeps the leases of dead ones away.
fn lowest_leased(context: &Context, dataset: Uuid) -> Result<Option<u64>> {
    let mut lowest = None;
    for entry in context.list(LEASES_DIR)? {
        let Some((leased, version)) = parse_lease_name(&entry.name) else { continue };
        if leased == dataset && is_alive(context, &entry.name)? {
            lowest = Some(lowest.map_or(version, |lowest: u64| lowest.min(version)));
        }
    }
    Ok(lowest)
}

/// Sweeps away the leases of dead processes on any dataset, also on removed ones.
pub(crate) fn sweep_dead(context: &Context) -> Result<()> {
    if !context.has_locks() {
        return Ok(());
    }
    for entry in context.list(LEASES_DIR)? {
        if parse_lease_name(&entry.name).is_some() {
            is_alive(context, &entry.name)?;
        }
    }
    Ok(())
}

fn is_alive(context: &Context, name: &str) -> Result<bool> {
    let path = join(LEASES_DIR, name);
    let lock = context.storage.try_lock(&path, LockMode::Exclusive);
    match lock.map_err(|error| Error::io("try the lease", &path, error))? {
        None => Ok(true),
        Some(lock) => {
            context.remove_quietly(&path);
            drop(lock);
            Ok(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Context, Pins, Uuid, lowest_leased};
    use crate::env::SeededEnvironment;
    use crate::lockless::Lockless;
    use crate::options::Retention;
    use crate::storage::{MemoryStorage, Storage};

    const DATASET: Uuid = Uuid::from_u128(5);

    fn context(storage: &MemoryStorage, seed: u64) -> Arc<Context> {
        Arc::new(Context {
            storage: Arc::new(storage.clone()),
            env: Arc::new(SeededEnvironment::new(seed, 0)),
            retention: Retention::default(),
            lock_timeout: Duration::ZERO,
            key_cache_bytes: 0,
            lockless: Lockless::default(),
            writer_features: Vec::new(),
        })
    }

    #[test]
    fn the_lease_covers_the_lowest_pin_and_advances_when_asked() {
        let storage = MemoryStorage::new();
        let context = context(&storage, 1);
        let pins = Pins::new(Arc::clone(&context), DATASET);
        let leased = || lowest_leased(&context, DATASET).unwrap();
        assert_eq!(leased(), None);
        let four = pins.pin(4).unwrap();
        let seven = pins.pin(7).unwrap();
        assert_eq!(leased(), Some(4));
        let two = pins.pin(2).unwrap();
        assert_eq!(leased(), Some(2));
        drop(two);
        assert_eq!(leased(), Some(2), "a lease may lag behind");
        pins.advance().unwrap();
        assert_eq!(leased(), Some(4));
        drop(four);
        pins.advance().unwrap();
        assert_eq!(leased(), Some(7));
        assert!(pins.in_use());
        drop(seven);
        pins.advance().unwrap();
        assert_eq!(leased(), None);
        assert!(storage.paths().is_empty());
    }

    #[test]
    fn leases_of_dead_processes_and_of_other_datasets_do_not_count() {
        let storage = MemoryStorage::new();
        let ours = context(&storage, 1);
        let other_dataset = Pins::new(context(&storage, 2), Uuid::from_u128(6));
        let _pin = other_dataset.pin(1).unwrap();
        // A process that died left the file, but not the lock.
        storage.tamper(
            "leases/00000000-0000-0000-0000-000000000005.00000000000000000003.00000000-0000-0000-0000-000000000009",
            "",
        );
        storage.tamper("leases/notes.txt", "not ours");
        assert_eq!(lowest_leased(&ours, DATASET).unwrap(), None);
        assert_eq!(storage.paths().len(), 2, "the dead lease is gone, the rest stays");
        assert!(storage.open("leases/notes.txt").is_ok());
    }
}
