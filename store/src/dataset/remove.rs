//! Removing a whole dataset.
//!
//! Manifests go first, so that a removal that was interrupted leaves only files nobody sees; removing again finishes
//! it. As with vacuum, the leases are looked at before and after that. Without locks nobody can be asked but this process:
//! others that still read or write the dataset fail, as they would after waiting for too long.

use super::DatasetInner;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{COMMIT_LOCK, DATA_DIR, DATASETS_DIR, FILE_DIRS, MANIFEST_DIR, WRITING_LOCK, join};
use crate::storage::{LockMode, StorageLock};

impl DatasetInner {
    pub(crate) fn remove(&self) -> Result<()> {
        if self.context.list(&self.dir)?.is_empty() {
            return Ok(());
        }
        let held = self.held().take();
        drop(held);
        let guard = self.log.lock()?;
        let _writing = self.lock_out_writers()?;
        self.refuse_if_read()?;
        self.log.remove_below(&guard, u64::MAX)?;
        self.log.remove_temps(&guard)?;
        self.refuse_if_read()?;
        for file in self.inventory()?.files {
            let path = self.locate(&file.path);
            self.context.remove(&path)?;
        }
        self.remove_emptied();
        self.log.forget_seen();
        self.context
            .storage
            .sync_dir(DATASETS_DIR)
            .map_err(|error| self.poison(Error::io("sync the folder", DATASETS_DIR, error)))
    }

    fn lock_out_writers(&self) -> Result<Option<Box<dyn StorageLock>>> {
        if self.context.list(&self.locate(DATA_DIR))?.is_empty() {
            return Ok(None);
        }
        self.context.lock(&self.locate(&join(DATA_DIR, WRITING_LOCK)), LockMode::Exclusive)
    }

    fn refuse_if_read(&self) -> Result<()> {
        self.pins.advance()?;
        if self.pins.in_use() || self.pins.lowest_known()?.is_some() {
            return Err(Error::new(ErrorKind::Conflict, "the dataset is being read").with_path(&self.dir));
        }
        Ok(())
    }

    /// Folders go if nothing foreign is in them; what stays is in nobody's way.
    fn remove_emptied(&self) {
        for path in [join(DATA_DIR, WRITING_LOCK), join(MANIFEST_DIR, COMMIT_LOCK)] {
            self.context.remove_quietly(&self.locate(&path));
        }
        for dir in FILE_DIRS.into_iter().chain([MANIFEST_DIR]) {
            self.context.remove_quietly(&self.locate(dir));
        }
        self.context.remove_quietly(&self.dir);
    }
}
