//! Where time and new ids come from, so that a whole run can be repeated byte for byte.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use uuid::{Builder, Uuid};

use crate::rng::SplitMix64;

/// The clock and the source of ids of one store.
///
/// A host that has its own clock wraps it in this trait. Ids must never repeat within one store; commit times come out
/// increasing even when the clock does not.
pub trait Environment: Send + Sync + fmt::Debug + 'static {
    /// The current time in microseconds since 1970-01-01T00:00:00Z.
    fn now_us(&self) -> i64;

    /// An id never given before.
    fn new_id(&self) -> Uuid;
}

/// The clock of the operating system and random ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEnvironment;

impl Environment for SystemEnvironment {
    #[expect(clippy::disallowed_methods, reason = "this is the one place of the store that reads the machine's clock")]
    fn now_us(&self) -> i64 {
        chrono::Utc::now().timestamp_micros()
    }

    fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// A clock that moves only when told to and ids that follow from a seed, for reproducible runs.
///
/// ```
/// use drillcore_store::{Environment, SeededEnvironment};
/// use std::time::Duration;
///
/// let env = SeededEnvironment::new(1, 1_000_000);
/// env.advance(Duration::from_secs(2));
/// assert_eq!(env.now_us(), 3_000_000);
/// assert_eq!(env.new_id(), SeededEnvironment::new(1, 0).new_id());
/// ```
#[derive(Debug)]
pub struct SeededEnvironment {
    state: Mutex<SeededState>,
}

#[derive(Debug)]
struct SeededState {
    now_us: i64,
    ids: SplitMix64,
}

impl SeededEnvironment {
    /// Starts at `now_us` (microseconds since 1970 UTC) with the id sequence of `seed`.
    #[must_use]
    pub fn new(seed: u64, now_us: i64) -> Self {
        Self { state: Mutex::new(SeededState { now_us, ids: SplitMix64::new(seed) }) }
    }

    /// Moves the clock forward, in whole microseconds.
    pub fn advance(&self, by: Duration) {
        let by_us = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now_us = state.now_us.saturating_add(by_us);
    }
}

impl Environment for SeededEnvironment {
    fn now_us(&self) -> i64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).now_us
    }

    fn new_id(&self) -> Uuid {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let high = u128::from(state.ids.next_u64());
        let low = u128::from(state.ids.next_u64());
        Builder::from_random_bytes(((high << 64) | low).to_be_bytes()).into_uuid()
    }
}
