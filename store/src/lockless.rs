//! What stands in for locks and leases on media that have none: time.
//!
//! Whoever commits does so within a bounded time after looking up its base; whoever removes leaves alone what is younger
//! than that. docs/format.md has the argument.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::context::Context;
use crate::options::Retention;

/// Settings for media without locks; see [`StoreOptions`](crate::StoreOptions).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lockless {
    pub(crate) longest_commit: Duration,
    pub(crate) refresh: Duration,
}

impl Default for Lockless {
    fn default() -> Self {
        Self { longest_commit: Duration::from_secs(24 * 60 * 60), refresh: Duration::from_secs(1) }
    }
}

impl Context {
    pub(crate) fn has_locks(&self) -> bool {
        self.storage.has_locks()
    }

    /// What vacuum keeps: where nobody can be asked what is being read, every version for a while after it was the newest.
    pub(crate) fn kept(&self, asked: Retention) -> Retention {
        if self.has_locks() {
            return asked;
        }
        Retention { max_age: asked.max_age.max(self.lockless.longest_commit), ..asked }
    }

    /// How long after looking up its base a writer may still make a version, on media without locks.
    pub(crate) fn commit_limit(&self) -> Duration {
        let longest = self.lockless.longest_commit;
        (self.kept(self.retention).max_age / 4).min(longest - longest / 8)
    }

    /// The moment since which a version must have been the newest to be restored on media without locks: vacuum keeps it
    /// for as long as a commit may take, and only then may come.
    pub(crate) fn restorable_since_us(&self) -> i64 {
        let max_age = self.kept(self.retention).max_age;
        self.env.now_us().saturating_sub(micros(max_age - max_age / 4))
    }

    /// Whether whoever made a file that no version names must have given up on it, on media without locks.
    pub(crate) fn is_abandoned(&self, modified_us: Option<i64>) -> bool {
        let made_before = self.env.now_us().saturating_sub(micros(self.lockless.longest_commit));
        modified_us.is_some_and(|modified_us| modified_us < made_before)
    }
}

/// In whole microseconds.
pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// How lately the medium was asked for a newer version.
#[derive(Debug, Default)]
pub(crate) struct Freshness {
    asked: Mutex<Option<Instant>>,
}

impl Freshness {
    /// Whether the medium need not be asked again yet. If it must be, the question counts from now on: of several callers
    /// at the same moment one asks.
    pub(crate) fn lasts(&self, context: &Context) -> bool {
        if context.has_locks() {
            return false;
        }
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let lasts = asked.is_some_and(|asked| asked.elapsed() < context.lockless.refresh);
        if !lasts {
            *asked = Some(Instant::now());
        }
        lasts
    }

    /// Somebody is known to have committed, or the question failed: the next caller asks.
    pub(crate) fn forget(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Freshness, Lockless};
    use crate::context::Context;
    use crate::env::SeededEnvironment;
    use crate::options::Retention;
    use crate::storage::{MemoryStorage, WithoutLocks};

    const HOUR_US: i64 = 3_600_000_000;

    fn context(max_age_hours: u64, longest_hours: u64, refresh: Duration) -> Context {
        let hours = |hours: u64| Duration::from_secs(hours * 3_600);
        Context {
            storage: Arc::new(WithoutLocks(MemoryStorage::new())),
            env: Arc::new(SeededEnvironment::new(1, 1_000 * HOUR_US)),
            retention: Retention { max_age: hours(max_age_hours), min_versions: 1 },
            lock_timeout: Duration::ZERO,
            key_cache_bytes: 0,
            lockless: Lockless { longest_commit: hours(longest_hours), refresh },
            writer_features: Vec::new(),
        }
    }

    #[track_caller]
    fn check(max_age_hours: u64, longest_hours: u64, kept_hours: u64, limit_minutes: u64) {
        let context = context(max_age_hours, longest_hours, Duration::ZERO);
        assert_eq!(context.kept(context.retention).max_age, Duration::from_secs(kept_hours * 3_600));
        assert_eq!(context.commit_limit(), Duration::from_secs(limit_minutes * 60));
    }

    #[test]
    fn writers_give_up_long_before_what_they_rest_on_may_go() {
        check(7 * 24, 24, 7 * 24, 21 * 60);
        check(0, 24, 24, 6 * 60);
        check(40, 24, 40, 10 * 60);
        check(1_000, 8, 1_000, 7 * 60);
    }

    #[test]
    fn files_are_abandoned_by_age_and_never_without_one() {
        let context = context(0, 24, Duration::ZERO);
        for (age_hours, abandoned) in [(-1, false), (0, false), (24, false), (25, true)] {
            assert_eq!(context.is_abandoned(Some((1_000 - age_hours) * HOUR_US)), abandoned, "{age_hours}");
        }
        assert!(!context.is_abandoned(None));
    }

    #[test]
    fn an_answer_is_believed_for_a_while_and_not_after_news() {
        let context = context(0, 24, Duration::from_secs(3_600));
        let fresh = Freshness::default();
        assert!(!fresh.lasts(&context), "nobody has asked yet");
        assert!(fresh.lasts(&context));
        fresh.forget();
        assert!(!fresh.lasts(&context));
        let always = self::context(0, 24, Duration::ZERO);
        assert!(!fresh.lasts(&always) && !fresh.lasts(&always));
    }
}
