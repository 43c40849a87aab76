//! Vacuum that does not stop at what versions need: purging.

use std::time::Duration;

use super::compact::compact_as;
use super::options::{CompactOptions, VacuumOptions};
use crate::dataset::{DatasetStore, VacuumReport};
use crate::error::Result;
use crate::manifest::Operation;
use crate::options::Retention;

impl DatasetStore {
    /// Removes what [`vacuum`](Self::vacuum) removes and, if the options ask for it, deleted rows themselves: every file
    /// with deleted rows is first rewritten without them, as a version of its own, and then all other versions are
    /// removed whatever their age. Versions that somebody reads stay, and with them their files and all later versions;
    /// a purge that leaves more than one version behind has to be repeated later. Without a reader or writer nothing of
    /// a row deleted before the call is left in any file; hashes of keys stay as long as keys remember deleted rows.
    ///
    /// # Errors
    /// As of [`vacuum`](Self::vacuum) and, for the rewriting, of [`compact`](Self::compact).
    pub fn vacuum_with(&self, options: &VacuumOptions) -> Result<VacuumReport> {
        if !options.purge {
            return self.vacuum();
        }
        // Files without deleted rows stay, however small they are.
        let rewriting = CompactOptions::default()
            .with_layout(options.layout.clone())
            .with_min_small_files(usize::MAX)
            .with_dead_share(0.0);
        compact_as(self, Operation::Purge, &rewriting)?;
        self.inner.vacuum(Retention { max_age: Duration::ZERO, min_versions: 1 })
    }
}
