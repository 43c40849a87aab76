//! Tables of several sizes, as they are given on a command line.

use std::fmt::{self, Display, Formatter};

use crate::{Result, grouped};

/// Rows of a delta, unless something else is asked for.
pub const DELTA_KEYS: u64 = 6_000;

/// A table, and how many of its keys a delta changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// The rows of the table.
    pub rows: u64,
    /// The keys of a delta.
    pub keys: u64,
}

impl Case {
    /// `ROWS` or `ROWS:KEYS`.
    ///
    /// # Errors
    ///
    /// If these are no numbers, or if the table is too small for its deltas.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.replace('_', "");
        let (rows, keys) = text.split_once(':').unwrap_or((text.as_str(), ""));
        let keys: u64 = if keys.is_empty() { DELTA_KEYS } else { keys.parse()? };
        let rows: u64 = rows.parse()?;
        if rows < 2 * keys {
            return Err(format!("a table must have {} rows at least", grouped(2 * keys)).into());
        }
        Ok(Self { rows, keys })
    }
}

impl Display for Case {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys on {} rows", grouped(self.keys), grouped(self.rows))
    }
}
