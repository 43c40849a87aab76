//! Which rows a cumulative aggregate runs over.

use super::{Compare, Cumulative, Dimension, Scalar};
use crate::error::Result;
use crate::model::Level;
use crate::query::CumulativeSpan;
use crate::time::{Calendar, Displacement, OpenRange, Shift, TimeKind, label_of, label_range};

impl Cumulative {
    /// The dimensions that are buckets of the date, with their levels, the finest first.
    pub(crate) fn dates(&self, dimensions: &[Dimension]) -> Vec<(usize, Level)> {
        let level = |value: &Scalar| match value {
            Scalar::Bucket { of, level } if **of == self.over => Some(*level),
            value if *value == self.over => Some(Level::Day),
            _ => None,
        };
        let dimensions = dimensions.iter().enumerate();
        let mut found: Vec<(usize, Level)> =
            dimensions.filter_map(|(index, dimension)| level(&dimension.value).map(|level| (index, level))).collect();
        found.sort_by_key(|(_, level)| std::cmp::Reverse(*level));
        found
    }

    /// The dimensions that tell rows apart besides the date. Where a bucket of the date is among the dimensions, its
    /// cyclic parts do not.
    pub(crate) fn others(&self, dimensions: &[Dimension]) -> Vec<usize> {
        let dated = !self.dates(dimensions).is_empty();
        let follows = |value: &Scalar| match value {
            Scalar::Bucket { of, .. } => **of == self.over,
            Scalar::Cyclic { of, .. } => dated && **of == self.over,
            value => *value == self.over,
        };
        let dimensions = dimensions.iter().enumerate();
        dimensions.filter(|(_, dimension)| !follows(&dimension.value)).map(|(index, _)| index).collect()
    }

    /// The range of the date that is asked for, or with a comparison that of its base.
    pub(crate) fn range_in(&self, compare: Option<&Compare>) -> OpenRange {
        self.moved(compare).map_or(self.range, |compare| compare.base)
    }

    /// The values of the date that count for a bucket of a level, or without one for everything up to the end of the
    /// range; where that is open, up to the end of the day of the `newest` value. With a comparison those in its base.
    /// None where there is no such period.
    pub(crate) fn window(
        &self,
        bucket: Option<(Level, Option<i64>)>,
        compare: Option<&Compare>,
        newest: Option<i64>,
        calendar: &Calendar,
        kind: TimeKind,
    ) -> Result<Option<OpenRange>> {
        let range = self.range_in(compare);
        let end_of = |level, label| label_range(level, label, calendar, kind).end;
        let behind = |last| end_of(Level::Day, label_of(Level::Day, last, calendar, kind));
        let end = match bucket {
            Some((level, Some(bucket))) => {
                let bucket = match self.moved(compare) {
                    Some(compare) => compare.displacement.base_of(bucket, level, calendar, kind),
                    None => Some(bucket),
                };
                bucket.map(|bucket| {
                    let end = end_of(level, bucket);
                    range.end.map_or(end, |last| last.min(end))
                })
            }
            Some((_, None)) => None,
            None => range.end.or_else(|| newest.map(behind)),
        };
        let Some(end) = end else { return Ok(None) };
        let start = match self.span {
            CumulativeSpan::All => None,
            CumulativeSpan::ToDate(level) => {
                let label = label_of(level, end.saturating_sub(1), calendar, kind);
                Some(label_range(level, label, calendar, kind).start)
            }
            CumulativeSpan::Window { quantity, unit } => {
                let back = Displacement::Calendar(Shift { quantity, unit });
                back.range(OpenRange { start: Some(end), end: None }, None, calendar, kind)?.start
            }
        };
        Ok(Some(OpenRange { start, end: Some(end) }))
    }

    /// The comparison, if it is over the same date.
    fn moved<'a>(&self, compare: Option<&'a Compare>) -> Option<&'a Compare> {
        compare.filter(|compare| compare.date == self.over)
    }
}
