//! The settings of an engine.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use drillcore_store::{LocalStorage, MemoryStorage, Storage};

use super::Engine;
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
use crate::resolve::DEFAULT_MAX_ROWS;

/// Memory for the operators of queries, unless said otherwise: 1 GiB.
const DEFAULT_MEMORY_BYTES: usize = 1 << 30;

/// Settings of an [`Engine`].
///
/// ```
/// use drillcore::Engine;
///
/// # fn main() -> Result<(), drillcore::Error> {
/// let engine = Engine::builder().threads(2).memory_bytes(256 << 20).in_memory()?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct EngineBuilder {
    pub(super) threads: Option<usize>,
    pub(super) memory_bytes: usize,
    pub(super) max_rows: u64,
    pub(super) clock: Arc<dyn Clock>,
}

impl Default for EngineBuilder {
    fn default() -> Self {
        Self {
            threads: None,
            memory_bytes: DEFAULT_MEMORY_BYTES,
            max_rows: DEFAULT_MAX_ROWS,
            clock: Arc::new(SystemClock),
        }
    }
}

impl EngineBuilder {
    /// Threads for queries and syncs; by default one per core of the machine. 0 means the default.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Memory for sorting, grouping and the like, over all queries; 1 GiB by default. What is being decoded and the
    /// answers come on top.
    #[must_use]
    pub fn memory_bytes(mut self, memory_bytes: usize) -> Self {
        self.memory_bytes = memory_bytes;
        self
    }

    /// Rows that an answer may have; 100,000 by default. More are an error, never cut. A query can lower the bound for
    /// itself by its `max_rows`; neither that nor its limit raises it.
    #[must_use]
    pub fn max_rows(mut self, max_rows: u64) -> Self {
        self.max_rows = max_rows;
        self
    }

    /// Where the engine takes the time from.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Opens or makes a store in a folder. See [`Engine::open`].
    ///
    /// # Errors
    ///
    /// `Storage` if the folder cannot be used or holds something else.
    pub async fn open(self, dir: impl AsRef<Path>) -> Result<Engine> {
        let storage = LocalStorage::open(dir.as_ref()).map_err(Error::from)?;
        self.storage(Arc::new(storage)).await
    }

    /// An engine that keeps everything in memory. See [`Engine::in_memory`].
    ///
    /// # Errors
    ///
    /// `Internal` if threads cannot be started.
    pub fn in_memory(self) -> Result<Engine> {
        Engine::start(self, Arc::new(MemoryStorage::new()))
    }

    /// An engine on a storage of the caller's. Its calls block, so they are made on threads of the engine.
    ///
    /// # Errors
    ///
    /// `Storage` if the storage cannot be used or holds something else.
    pub async fn storage(self, storage: Arc<dyn Storage>) -> Result<Engine> {
        // Opening touches the disk a few times; a thread of its own keeps the host's runtime free.
        let (send, receive) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            // A receiver that is gone means that the caller no longer wants the engine.
            let _ = send.send(Engine::start(self, storage));
        });
        receive.await.map_err(|_| Error::internal("opening the store ended in a panic; please report it"))?
    }

    pub(super) fn thread_count(&self) -> NonZeroUsize {
        self.threads
            .and_then(NonZeroUsize::new)
            .or_else(|| std::thread::available_parallelism().ok())
            .unwrap_or(NonZeroUsize::MIN)
    }
}
