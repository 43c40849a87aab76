//! Comparison with an earlier period.

use super::Reference;
use crate::model::Level;

/// Compares each group with the same group of an earlier period.
///
/// The one range that the query's `where` puts on the column is shifted. For each measure that is compared the answer
/// gets `.._previous`, `.._change` and `.._change_ratio`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Compare {
    /// The date or datetime that is shifted.
    pub reference: Reference,
    /// How far.
    pub shift: Shift,
    /// The names of the measures that are compared; none: all.
    pub measures: Vec<String>,
    /// Whether the earlier period is cut at the same elapsed part where the present one is still running.
    pub trim_running: bool,
}

impl Compare {
    /// A comparison over a date.
    #[must_use]
    pub fn new(reference: impl Into<Reference>, shift: Shift) -> Self {
        Self { reference: reference.into(), shift, measures: Vec::new(), trim_running: false }
    }
}

/// How far a comparison reaches back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shift {
    /// So many units.
    By {
        /// How many; at least 1.
        quantity: u32,
        /// Of what.
        unit: Level,
    },
    /// As long as the range itself, just before it: `"previous_period"`.
    PreviousPeriod,
}
