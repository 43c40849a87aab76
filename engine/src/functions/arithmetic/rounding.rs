//! The ways to round.

use std::cmp::Ordering;

/// Where a number goes that lies between two that a result can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// To the nearer one, from halfway to the one farther from zero.
    HalfAway,
    /// To the nearer one, from halfway to the even one.
    HalfEven,
    /// To the lower one.
    Floor,
    /// To the upper one.
    Ceiling,
    /// To the one nearer to zero.
    TowardZero,
}

impl Rounding {
    /// Whether a magnitude that is cut off goes up to the next one. `lost`, which is more than nothing, is what was cut
    /// off, held against a half; `odd` says whether what is left is odd.
    pub(super) fn goes_up(self, negative: bool, lost: Ordering, odd: impl FnOnce() -> bool) -> bool {
        match self {
            Self::HalfAway => lost.is_ge(),
            Self::HalfEven => lost.is_gt() || (lost.is_eq() && odd()),
            Self::Floor => negative,
            Self::Ceiling => !negative,
            Self::TowardZero => false,
        }
    }
}
