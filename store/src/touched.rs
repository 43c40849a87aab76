//! On which days a version changed something, so that answers about other days stay right.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use roaring::RoaringBitmap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What of a time column a version touched: the values of rows that came and of rows that went.
///
/// ```
/// use drillcore_store::{DaySet, Touched};
///
/// let touched = Touched::days(DaySet::from_days([20_600, 20_601]));
/// assert!(touched.contains(20_601) && !touched.contains(20_602) && !touched.contains_null());
/// assert_eq!(touched.union(&Touched::All), Touched::All);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Touched {
    /// Values on these days, and possibly rows without a value.
    Days {
        /// The days, in UTC.
        days: DaySet,
        /// Whether there were rows in which the column is NULL.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        null: bool,
    },
    /// Possibly everything. What newer builds write and this one does not know counts as this.
    #[serde(other)]
    All,
}

impl Touched {
    /// Nothing at all.
    #[must_use]
    pub fn nothing() -> Self {
        Self::days(DaySet::default())
    }

    /// Values on these days, and no NULLs.
    #[must_use]
    pub fn days(days: DaySet) -> Self {
        Self::Days { days, null: false }
    }

    /// Whether a value on this day (since 1970-01-01, in UTC) may have been touched.
    #[must_use]
    pub fn contains(&self, day: i32) -> bool {
        match self {
            Self::All => true,
            Self::Days { days, .. } => days.contains(day),
        }
    }

    /// Whether a value on any of these days may have been touched.
    #[must_use]
    pub fn overlaps(&self, range: RangeInclusive<i32>) -> bool {
        match self {
            Self::All => true,
            Self::Days { days, .. } => days.overlaps(range),
        }
    }

    /// Whether rows may have been touched in which the column is NULL.
    #[must_use]
    pub fn contains_null(&self) -> bool {
        match self {
            Self::All => true,
            Self::Days { null, .. } => *null,
        }
    }

    /// Whether certainly nothing was touched.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Days { days, null: false } if days.is_empty())
    }

    /// What either touched.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Days { days, null }, Self::Days { days: more, null: other_null }) => {
                Self::Days { days: days.union(more), null: *null || *other_null }
            }
            _ => Self::All,
        }
    }
}

/// Days since 1970-01-01, in UTC; days before that are negative.
///
/// As text: single days and ranges `first/last`, in order and separated by spaces, such as `-1 20600/20605 20610`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaySet {
    /// Shifted, so that the order of the bits is that of the days.
    days: RoaringBitmap,
}

/// The text is not a set of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySetParseError;

fn bit_of(day: i32) -> u32 {
    day.cast_unsigned() ^ (1 << 31)
}

fn day_of(bit: u32) -> i32 {
    (bit ^ (1 << 31)).cast_signed()
}

impl DaySet {
    /// The given days, in whatever order and however often.
    #[must_use]
    pub fn from_days(days: impl IntoIterator<Item = i32>) -> Self {
        Self { days: days.into_iter().map(bit_of).collect() }
    }

    /// Adds a day; `false` if it was there before.
    pub fn insert(&mut self, day: i32) -> bool {
        self.days.insert(bit_of(day))
    }

    /// Adds all days of a range.
    pub fn insert_range(&mut self, range: RangeInclusive<i32>) {
        self.days.insert_range(bit_of(*range.start())..=bit_of(*range.end()));
    }

    /// Whether the day is among them.
    #[must_use]
    pub fn contains(&self, day: i32) -> bool {
        self.days.contains(bit_of(day))
    }

    /// Whether any day of a range is among them.
    #[must_use]
    pub fn overlaps(&self, range: RangeInclusive<i32>) -> bool {
        self.days.range_cardinality(bit_of(*range.start())..=bit_of(*range.end())) > 0
    }

    /// How many days there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.days.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// The days in order.
    pub fn iter(&self) -> impl Iterator<Item = i32> + '_ {
        self.days.iter().map(day_of)
    }

    /// The days that are in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self { days: &self.days | &other.days }
    }
}

impl fmt::Display for DaySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ranges = self.days.iter();
        let mut space = "";
        while let Some(range) = ranges.next_range() {
            let (first, last) = (day_of(*range.start()), day_of(*range.end()));
            if first == last {
                write!(f, "{space}{first}")?;
            } else {
                write!(f, "{space}{first}/{last}")?;
            }
            space = " ";
        }
        Ok(())
    }
}

impl FromStr for DaySet {
    type Err = DaySetParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = |text: &str| text.parse::<i32>().map_err(|_| DaySetParseError);
        let mut set = Self::default();
        for part in text.split(' ').filter(|_| !text.is_empty()) {
            let (first, last) = part.split_once('/').unwrap_or((part, part));
            let (first, last) = (day(first)?, day(last)?);
            if first > last {
                return Err(DaySetParseError);
            }
            set.insert_range(first..=last);
        }
        Ok(set)
    }
}

impl fmt::Display for DaySetParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a set of days is numbers and ranges of numbers, separated by spaces")
    }
}

impl std::error::Error for DaySetParseError {}

impl Serialize for DaySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DaySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::btree_set;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, prop_oneof, proptest};
    use serde_json::json;

    use super::{DaySet, Touched};

    proptest! {
        #[test]
        fn days_survive_their_text_and_behave_like_a_set(
            one in prop_oneof![btree_set(-40_i32..40, 0..60), btree_set(any::<i32>(), 0..20)],
            other in btree_set(-40_i32..40, 0..60),
            first in -50_i32..50,
            more in 0_i32..20,
        ) {
            let (left, right) =
                (DaySet::from_days(one.iter().copied()), DaySet::from_days(other.iter().copied()));
            prop_assert!(left.iter().eq(one.iter().copied()));
            prop_assert_eq!(left.to_string().parse(), Ok(left.clone()));
            prop_assert!(left.union(&right).iter().eq(one.union(&other).copied()));
            prop_assert!(other.iter().all(|day| left.contains(*day) == one.contains(day)));
            let range = first..=first + more;
            prop_assert_eq!(left.overlaps(range.clone()), one.range(range).next().is_some());
        }
    }

    #[test]
    fn the_text_has_ranges_in_order_of_time() {
        let days: BTreeSet<i32> = [i32::MIN, -1, 0, 1, 5, i32::MAX - 1, i32::MAX].into();
        let set = DaySet::from_days(days);
        assert_eq!(set.to_string(), "-2147483648 -1/1 5 2147483646/2147483647");
        assert_eq!("".parse(), Ok(DaySet::default()));
        for strange in [" ", "1 ", "1  2", "2/1", "1/2/3", "x", "1-2", "2147483648", "1.5"] {
            assert!(strange.parse::<DaySet>().is_err(), "{strange}");
        }
    }

    #[test]
    fn touched_days_add_up_and_what_is_unknown_is_everything() {
        let some = Touched::days(DaySet::from_days([3]));
        let null = Touched::Days { days: DaySet::default(), null: true };
        let both = some.union(&null);
        assert!(both.contains(3) && both.contains_null() && !both.contains(4) && both.overlaps(0..=3));
        assert!(Touched::All.contains(9) && Touched::All.contains_null() && Touched::All.overlaps(1..=1));
        assert_eq!(both.union(&Touched::All), Touched::All);
        assert!(
            Touched::nothing().is_nothing() && !null.is_nothing() && !some.is_nothing() && !Touched::All.is_nothing()
        );
        for (touched, text) in [
            (Touched::All, json!({"kind": "all"})),
            (some, json!({"kind": "days", "days": "3"})),
            (null, json!({"kind": "days", "days": "", "null": true})),
        ] {
            assert_eq!(serde_json::to_value(&touched).unwrap(), text);
            assert_eq!(serde_json::from_value::<Touched>(text).unwrap(), touched);
        }
        let newer = json!({"kind": "hours", "hours": [1, 2]});
        assert_eq!(serde_json::from_value::<Touched>(newer).unwrap(), Touched::All);
        assert!(serde_json::from_value::<Touched>(json!({"kind": "days", "days": "soon"})).is_err());
    }
}
