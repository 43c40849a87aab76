//! The files of snapshots in use, kept open with their footers, so that a query neither opens nor parses anything again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use drillcore_store::{Snapshot, VerifiedFile};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use uuid::Uuid;

use crate::error::Result;

/// The open files of the newest snapshot of each dataset.
#[derive(Debug, Default)]
pub(crate) struct OpenSnapshots {
    by_dataset: Mutex<HashMap<Uuid, Arc<OpenFiles>>>,
}

/// The open files of one snapshot.
#[derive(Debug)]
pub(crate) struct OpenFiles {
    version: u64,
    pub(crate) files: Vec<OpenFile>,
}

/// A data file that is open, and its footer.
#[derive(Debug, Clone)]
pub(crate) struct OpenFile {
    pub(crate) file: VerifiedFile,
    pub(crate) footer: Arc<ParquetMetaData>,
}

impl OpenSnapshots {
    /// The open files of a snapshot. Files that an older snapshot of the dataset had too stay open.
    pub(crate) fn open(&self, snapshot: &Snapshot) -> Result<Arc<OpenFiles>> {
        let dataset = snapshot.dataset();
        let known = self.by_dataset.lock().unwrap_or_else(PoisonError::into_inner).get(&dataset).cloned();
        if let Some(known) = &known
            && known.version == snapshot.version()
        {
            return Ok(Arc::clone(known));
        }
        let mut files = Vec::with_capacity(snapshot.files().len());
        for index in 0..snapshot.files().len() {
            let file = snapshot.open_file(index)?;
            let open = known.as_ref().and_then(|known| known.files.iter().find(|open| open.file.path() == file.path()));
            files.push(match open {
                Some(open) => open.clone(),
                None => {
                    let footer = file.read_metadata(PageIndexPolicy::Optional)?;
                    OpenFile { file, footer: Arc::new(footer) }
                }
            });
        }
        let opened = Arc::new(OpenFiles { version: snapshot.version(), files });
        let mut by_dataset = self.by_dataset.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = by_dataset.entry(dataset).or_insert_with(|| Arc::clone(&opened));
        if newest.version < opened.version {
            *newest = Arc::clone(&opened);
        }
        Ok(opened)
    }
}
