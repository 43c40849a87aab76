//! The settings of an engine.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "object-store")]
use datafusion::object_store::ObjectStore;
#[cfg(feature = "object-store")]
use drillcore_store::ObjectStorage;
use drillcore_store::{LocalStorage, MemoryStorage, Storage};
#[cfg(feature = "object-store")]
use tokio::runtime::Handle;

use super::Engine;
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
use crate::resolve::DEFAULT_MAX_ROWS;

/// Memory for the operators of queries, unless said otherwise: 1 GiB.
const DEFAULT_MEMORY_BYTES: usize = 1 << 30;

/// How long the newest version known is believed to be the newest in a bucket, unless said otherwise.
const DEFAULT_REFRESH: Duration = Duration::from_secs(1);

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
    pub(super) refresh: Duration,
    pub(super) clock: Arc<dyn Clock>,
}

impl Default for EngineBuilder {
    fn default() -> Self {
        Self {
            threads: None,
            memory_bytes: DEFAULT_MEMORY_BYTES,
            max_rows: DEFAULT_MAX_ROWS,
            refresh: DEFAULT_REFRESH,
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

    /// How long a query believes that the newest versions this engine knows are the newest, before it asks for what other
    /// engines have committed, on a storage without locks such as a bucket; 1 s by default, 0 asks for every query. What
    /// this engine commits itself is seen at once. In a folder every query looks, because that costs next to nothing.
    #[must_use]
    pub fn refresh(mut self, refresh: Duration) -> Self {
        self.refresh = refresh;
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
        self.storage_made_by(move || Ok(storage)).await
    }

    /// Opens or makes a store below a prefix of a bucket (S3, Google Cloud Storage, Azure), or of anything else that can
    /// create an object only if there is none of its name; that is tried out. Several engines and processes may use one
    /// store.
    ///
    /// The host brings the object store, configured, and the tokio runtime that its requests run on, with I/O and time
    /// enabled, for as long as the engine lives: that of the host will do. The engine waits for requests on threads of its
    /// own. What is different from a folder is in `docs/format.md` of the repository: others' commits are seen after
    /// [`refresh`](Self::refresh), and what has been read for longer than versions are kept, a day at least, may be gone,
    /// which is a `Conflict` to be tried again. Operators that spill still do so into the system's folder for temporary
    /// files.
    ///
    /// # Errors
    ///
    /// `Storage` if the bucket cannot be used, holds something else, or creates what is there; `InvalidInput` for a prefix
    /// that is not a path.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use datafusion::object_store::memory::InMemory;
    /// use drillcore::{Engine, PushMode, Query, Rows, Scope, sum};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    /// runtime.block_on(async {
    ///     let bucket = Arc::new(InMemory::new()); // or what AmazonS3Builder builds
    ///     let engine = Engine::builder().object_store(bucket, "analytics", runtime.handle().clone()).await?;
    ///     engine.push("sales", PushMode::Create, Rows::new(["amount"], vec![vec![30.into()]])).await?;
    ///     let answer = engine.query(&Query::on("sales").measure(sum("amount")), &Scope::unrestricted()).await?;
    ///     assert_eq!(answer.data_json(), "[[30]]");
    ///     Ok(())
    /// })
    /// # }
    /// ```
    #[cfg(feature = "object-store")]
    pub async fn object_store(self, store: Arc<dyn ObjectStore>, prefix: &str, runtime: Handle) -> Result<Engine> {
        let prefix = prefix.to_owned();
        self.storage_made_by(move || Ok(Arc::new(ObjectStorage::open(store, &prefix, runtime)?))).await
    }

    async fn storage_made_by(self, make: impl FnOnce() -> Result<Arc<dyn Storage>> + Send + 'static) -> Result<Engine> {
        // Opening touches the disk a few times; a thread of its own keeps the host's runtime free.
        let (send, receive) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            // A receiver that is gone means that the caller no longer wants the engine.
            let _ = send.send(make().and_then(|storage| Engine::start(self, storage)));
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

#[cfg(test)]
#[cfg(feature = "object-store")]
mod tests {
    use std::future::Future;
    use std::sync::Arc;
    use std::time::Duration;

    use datafusion::object_store::memory::InMemory;
    use tokio::runtime::Builder;

    use crate::{Engine, ErrorKind, PushMode, Query, Rows, Scope, sum};

    fn rows(amounts: &[i64]) -> Rows {
        Rows::new(["amount"], amounts.iter().map(|amount| vec![(*amount).into()]).collect())
    }

    async fn total(engine: &Engine) -> Result<String, ErrorKind> {
        let query = Query::on("sales").measure(sum("amount"));
        let answer = engine.query(&query, &Scope::unrestricted()).await.map_err(|error| error.kind())?;
        Ok(answer.data_json())
    }

    /// Runs a test with a way to open engines on one bucket, on a runtime of one thread: no engine may hold that up.
    fn on_a_bucket<T: Future<Output = ()>>(test: impl FnOnce(Arc<InMemory>, tokio::runtime::Handle) -> T) {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(test(Arc::new(InMemory::new()), runtime.handle().clone()));
    }

    #[test]
    fn engines_share_a_bucket() {
        on_a_bucket(|bucket, handle| async move {
            let open = || {
                let builder = Engine::builder().threads(2).refresh(Duration::ZERO);
                builder.object_store(Arc::clone(&bucket) as _, "stores/one", handle.clone())
            };
            let (one, other) = (open().await.unwrap(), open().await.unwrap());
            one.push("sales", PushMode::Create, rows(&[1, 2])).await.unwrap();
            assert_eq!(total(&other).await, Ok("[[3]]".to_owned()));
            let (here, there) = futures::future::join(
                one.push("sales", PushMode::Append, rows(&[10])),
                other.push("sales", PushMode::Append, rows(&[20, 30])),
            )
            .await;
            assert_eq!(here.unwrap().rows + there.unwrap().rows, 3);
            assert_eq!(total(&one).await, Ok("[[63]]".to_owned()));
            assert_eq!(total(&other).await, Ok("[[63]]".to_owned()));
            assert_eq!(one.versions("sales").await.unwrap().len(), 3);
            other.restore("sales", 1).await.unwrap();
            assert_eq!(total(&one).await, Ok("[[3]]".to_owned()));
            // Whoever lost the race for a number may have left a file, which is too young to be removed.
            let vacuumed = one.vacuum(false).await.unwrap();
            assert!(vacuumed.foreign.is_empty(), "{vacuumed:?}");
            assert_eq!(total(&open().await.unwrap()).await, Ok("[[3]]".to_owned()));
        });
    }

    #[test]
    fn others_are_asked_once_in_a_while() {
        on_a_bucket(|bucket, handle| async move {
            let open = |refresh| {
                let builder = Engine::builder().threads(1).refresh(refresh);
                builder.object_store(Arc::clone(&bucket) as _, "", handle.clone())
            };
            let writer = open(Duration::ZERO).await.unwrap();
            writer.push("sales", PushMode::Create, rows(&[1])).await.unwrap();
            let reader = open(Duration::from_secs(3_600)).await.unwrap();
            // The first answer is asked for, and so is the first question after it.
            for _ in 0..3 {
                assert_eq!(total(&reader).await, Ok("[[1]]".to_owned()));
            }
            writer.push("sales", PushMode::Append, rows(&[2])).await.unwrap();
            assert_eq!(total(&reader).await, Ok("[[1]]".to_owned()), "not asked yet");
            reader.push("sales", PushMode::Append, rows(&[4])).await.unwrap();
            assert_eq!(total(&reader).await, Ok("[[7]]".to_owned()), "own commits are seen, and what they rest on");
        });
    }
}
