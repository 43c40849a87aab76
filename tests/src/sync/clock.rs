//! A clock that a test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use drillcore::Clock;

use super::row::{Minute, instant};

/// Stands still until it is moved. Clones show the same time.
#[derive(Debug, Clone)]
pub struct HandClock(Arc<AtomicI64>);

impl HandClock {
    /// A clock that shows this minute.
    #[must_use]
    pub fn new(at: Minute) -> Self {
        Self(Arc::new(AtomicI64::new(at)))
    }

    /// What it shows.
    #[must_use]
    pub fn minute(&self) -> Minute {
        self.0.load(Ordering::SeqCst)
    }

    /// Moves it on.
    pub fn advance(&self, minutes: Minute) {
        self.0.fetch_add(minutes, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        instant(self.minute())
    }
}
