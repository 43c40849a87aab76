//! Where the time comes from. Everything that needs "now" is handed a clock, so that answers can be reproduced.

use std::fmt::Debug;

use chrono::{DateTime, Utc};

/// A source of the current instant.
pub trait Clock: Debug + Send + Sync {
    /// The current instant.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place of the engine that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
