//! How long the stages of a query took.

use serde::Serialize;

/// The time that each stage of a query took, in milliseconds with fractions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Performance {
    /// Reading and checking the query document.
    #[serde(rename = "validating")]
    pub validating_ms: f64,
    /// Resolving names, choosing where to read, planning.
    #[serde(rename = "preparing")]
    pub preparing_ms: f64,
    /// Waiting for a free place to run.
    #[serde(rename = "queuing")]
    pub queuing_ms: f64,
    /// Reading and computing.
    #[serde(rename = "querying")]
    pub querying_ms: f64,
    /// Bringing the rows into the shape of the answer.
    #[serde(rename = "processing")]
    pub processing_ms: f64,
}
