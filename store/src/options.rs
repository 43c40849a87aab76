//! How a store is opened.

use std::sync::Arc;
use std::time::Duration;

use crate::env::{Environment, SystemEnvironment};
use crate::lockless::Lockless;

/// Settings of one open store; the defaults are meant for production.
///
/// ```
/// use drillcore_store::{Retention, StoreOptions};
/// use std::time::Duration;
///
/// let options = StoreOptions::default()
///     .with_retention(Retention { max_age: Duration::from_secs(86_400), min_versions: 3 })
///     .with_lock_timeout(Duration::from_secs(1));
/// # let _ = options;
/// ```
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// What vacuum keeps.
    pub retention: Retention,
    /// How long a writer waits for another one's lock before it fails with a retryable conflict; 0 means not at all.
    /// Default: 10 s.
    pub lock_timeout: Duration,
    /// On media without locks: how long a commit may take from the moment at which its base was looked up. What no
    /// version names is not removed before it is as old as that, and no version earlier than that after it stopped being
    /// the newest, whatever the retention says. A writer gives up when a quarter of the retention or seven eighths of
    /// this have passed, the rest being for requests under way and for clocks that differ. All who use a store must agree
    /// on it. Default: 24 h.
    pub longest_commit: Duration,
    /// On media without locks: how long an answer to "is there a newer version" is believed; 0 asks every time. Default:
    /// 1 s. Own commits are seen at once.
    pub refresh: Duration,
    /// The clock and the source of ids. Default: the operating system's.
    pub environment: Arc<dyn Environment>,
    /// How much memory the key runs of each dataset may take between two uses, in bytes; about 1.4 are needed per key.
    /// Newer runs come first, and those that do not fit are read anew at each use. Default: 256 MiB, which is enough for
    /// 190 million keys; a dataset with fewer keys takes less.
    pub key_cache_bytes: usize,
}

/// Which versions vacuum keeps: the newest ones by number, and every version that was the newest one at some moment
/// within the age. The newest version and whatever is being read are always kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How far back one can go in time; 0 keeps nothing by age. Default: 7 days.
    pub max_age: Duration,
    /// How many versions are kept whatever their age; 0 means 1. Default: 10.
    pub min_versions: usize,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            retention: Retention::default(),
            lock_timeout: Duration::from_secs(10),
            longest_commit: Lockless::default().longest_commit,
            refresh: Lockless::default().refresh,
            environment: Arc::new(SystemEnvironment),
            key_cache_bytes: 256 * 1024 * 1024,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self { max_age: Duration::from_secs(7 * 24 * 60 * 60), min_versions: 10 }
    }
}

impl StoreOptions {
    /// Sets what vacuum keeps.
    #[must_use]
    pub fn with_retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// Sets how long to wait for locks; 0 means not at all.
    #[must_use]
    pub fn with_lock_timeout(mut self, lock_timeout: Duration) -> Self {
        self.lock_timeout = lock_timeout;
        self
    }

    /// Sets how much memory the key runs of each dataset may take between two uses.
    #[must_use]
    pub fn with_key_cache_bytes(mut self, bytes: usize) -> Self {
        self.key_cache_bytes = bytes;
        self
    }

    /// Sets how long a commit may take on media without locks.
    #[must_use]
    pub fn with_longest_commit(mut self, longest_commit: Duration) -> Self {
        self.longest_commit = longest_commit;
        self
    }

    /// Sets how long the newest version known is believed to be the newest on media without locks; 0 asks every time.
    #[must_use]
    pub fn with_refresh(mut self, refresh: Duration) -> Self {
        self.refresh = refresh;
        self
    }

    /// Sets the clock and the source of ids.
    #[must_use]
    pub fn with_environment(mut self, environment: Arc<dyn Environment>) -> Self {
        self.environment = environment;
        self
    }
}
