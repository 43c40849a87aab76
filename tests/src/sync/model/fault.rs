//! Rules that can be broken on purpose, to see that the tests would notice.

use crate::sync::config::{Config, KeyShape, Load, Strategy};

/// A rule that the model breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An older version replaces a newer one.
    StaleWins,
    /// Of two versions with one time the held one stays.
    TiesLose,
    /// Of two versions with one time in one batch the first one wins.
    FirstOfBatchWins,
    /// An older version brings back a row that was deleted.
    DeletesAreForgotten,
    /// Rows that are equal are taken for one.
    DoublesAreLost,
    /// Nothing is fetched that is older than the watermark.
    OverlapIsIgnored,
    /// Rows are fetched as soon as they are there.
    LagIsIgnored,
    /// Old rows stay.
    RetentionIsIgnored,
    /// The watermark is the time of the sync.
    WatermarkIsNow,
    /// Clocks that are ahead move the watermark.
    WatermarkHasNoCap,
    /// No full load comes after the first.
    FullIsForgotten,
    /// A restored version keeps the watermark of the one before.
    RestoreKeepsWatermark,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::StaleWins,
        Self::TiesLose,
        Self::FirstOfBatchWins,
        Self::DeletesAreForgotten,
        Self::DoublesAreLost,
        Self::OverlapIsIgnored,
        Self::LagIsIgnored,
        Self::RetentionIsIgnored,
        Self::WatermarkIsNow,
        Self::WatermarkHasNoCap,
        Self::FullIsForgotten,
        Self::RestoreKeepsWatermark,
    ];

    /// Whether it can show in such a cache.
    #[must_use]
    pub fn concerns(self, config: &Config) -> bool {
        let is_delta = config.load != Load::Full;
        match self {
            Self::StaleWins | Self::TiesLose => is_delta && config.updates() && config.overlap > 0,
            Self::FirstOfBatchWins => config.updates(),
            Self::DeletesAreForgotten => is_delta && config.strategy == Strategy::Delete && config.overlap > 0,
            Self::DoublesAreLost => is_delta && config.key == KeyShape::None && config.period.is_none(),
            Self::OverlapIsIgnored => is_delta && config.overlap > 0,
            Self::LagIsIgnored => config.lag > 0,
            Self::RetentionIsIgnored => config.retention.is_some(),
            Self::WatermarkIsNow | Self::WatermarkHasNoCap | Self::RestoreKeepsWatermark => is_delta,
            Self::FullIsForgotten => matches!(config.load, Load::FullDelta(_)),
        }
    }
}
