//! Cumulative aggregates: over the rows up to the end of a bucket, those before the range that is asked for included.
//!
//! Their rows are read once, by all other dimensions and by day (or by instant, where windows begin or end within a
//! day). A bucket merges the states of the days in its window.

use arrow::array::{Array, ArrayRef, UInt64Array};
use arrow::compute::concat;

use super::keys::KeyTable;
use super::members::Combinations;
use super::states::States;
use super::table::broken;
use super::times::labels;
use crate::error::{Error, Result};
use crate::execute::{Session, failed};
use crate::model::Level;
use crate::plan::{Pass, Tables, pass_plan};
use crate::query::CumulativeSpan;
use crate::resolve::{Compare, Cumulative, Groups, ResolvedQuery, Scalar};
use crate::time::{Displacement, OpenRange, Shift, TimeKind, label_of, label_range};

/// States that are merged at a time, but for those of a single group.
const MOST_STATES: usize = 1 << 22;

/// The cumulative aggregates of a query.
#[derive(Debug)]
pub(super) struct Cumulated {
    parts: Vec<CumulatedPart>,
    calendar: crate::time::Calendar,
    compare: Option<Compare>,
}

#[derive(Debug)]
struct CumulatedPart {
    /// The place among the aggregates.
    index: usize,
    rule: Cumulative,
    kind: TimeKind,
    /// The dimensions that are buckets of the date, with their levels, the finest first.
    dates: Vec<(usize, Level)>,
    /// The dimensions that tell rows apart besides the date.
    others: Vec<usize>,
    states: States,
    /// The time of each state, as a value of the date; none where the date is NULL.
    times: Vec<Option<i64>>,
    /// The last of these.
    newest: Option<i64>,
}

impl Cumulated {
    pub(super) async fn read(
        query: &ResolvedQuery,
        groups: &Groups,
        tables: &Tables,
        session: &Session,
    ) -> Result<Self> {
        let mut parts = Vec::new();
        for (index, part) in groups.parts.iter().enumerate() {
            let Some(rule) = &part.cumulative else { continue };
            let kind = rule.over.time_kind().ok_or_else(|| Error::internal("a cumulative aggregate has no date"))?;
            let dates = dates(groups, &rule.over);
            let level = dates.first().map(|(_, level)| *level);
            let others: Vec<usize> = others(groups, &rule.over, !dates.is_empty());
            let mut keys: Vec<&Scalar> =
                others.iter().filter_map(|at| groups.dimensions.get(*at)).map(|dimension| &dimension.value).collect();
            let by_day = Scalar::Bucket { of: std::sync::Arc::new(rule.over.clone()), level: Level::Day };
            let whole_days = kind == TimeKind::Date || whole_days(rule, level, kind, query);
            keys.push(if whole_days { &by_day } else { &rule.over });
            let pass = Pass { keys, parts: vec![part], filter: &rule.filter };
            let states = States::read(session, pass_plan(query, tables, &pass).map_err(failed)?).await?;
            let times = states.keys.last().map(labels).transpose()?.unwrap_or_default();
            // A day stands for its first moment: no window begins or ends within it.
            let moment = |day: i64| match (whole_days, kind) {
                (true, TimeKind::Datetime | TimeKind::Local) => {
                    label_range(Level::Day, day, &query.calendar, kind).start
                }
                _ => day,
            };
            let times: Vec<Option<i64>> = times.into_iter().map(|time| time.map(moment)).collect();
            let newest = times.iter().flatten().max().copied();
            parts.push(CumulatedPart { index, rule: rule.clone(), kind, dates, others, states, times, newest });
        }
        Ok(Self { parts, calendar: query.calendar.clone(), compare: groups.steps.compare.clone() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Puts the cumulative aggregates of groups of leaves at their places among the others.
    pub(super) fn fill(
        &self,
        keys: &[ArrayRef],
        group_of: &[Option<usize>],
        count: usize,
        kept: &[usize],
        present: &mut Vec<ArrayRef>,
        base: Option<&mut Vec<ArrayRef>>,
    ) -> Result<()> {
        let mut base = base;
        for part in &self.parts {
            let values = part.merge(keys, group_of, count, kept, &self.calendar, None)?;
            present.insert(part.index.min(present.len()), values);
            if let Some(base) = base.as_deref_mut() {
                let values = part.merge(keys, group_of, count, kept, &self.calendar, self.compare.as_ref())?;
                base.insert(part.index.min(base.len()), values);
            }
        }
        Ok(())
    }
}

impl CumulatedPart {
    fn merge(
        &self,
        keys: &[ArrayRef],
        group_of: &[Option<usize>],
        count: usize,
        kept: &[usize],
        calendar: &crate::time::Calendar,
        compare: Option<&Compare>,
    ) -> Result<ArrayRef> {
        let others: Vec<ArrayRef> = self.others.iter().filter_map(|at| keys.get(*at)).cloned().collect();
        let mut table = KeyTable::new(others.iter().map(|keys| keys.data_type().clone()))?;
        let of_leaf = table.add(&others, group_of.len())?;
        let state_keys = self.states.keys.get(..self.others.len()).unwrap_or_default();
        let of_state = table.add(state_keys, self.states.rows)?;

        // The states of each combination of the other dimensions, in the order of time.
        let mut timeline: Vec<Vec<(i64, u64)>> = vec![Vec::new(); table.len()];
        for ((number, time), state) in of_state.iter().zip(&self.times).zip(0_u64..) {
            if let (Some(time), Some(states)) = (time, timeline.get_mut(*number)) {
                states.push((*time, state));
            }
        }
        timeline.iter_mut().for_each(|states| states.sort_unstable());

        // What each group is made of, and the bucket it ends with.
        let date = self.dates.iter().find(|(dimension, _)| kept.contains(dimension)).copied();
        let level = date.map(|(_, level)| level);
        let buckets = date.and_then(|(dimension, _)| keys.get(dimension)).map(labels).transpose()?;
        let combinations = Combinations { all: &table, of_leaf: &of_leaf, buckets: buckets.as_deref(), group_of };
        let places = self.others.iter().enumerate().filter(|(_, dimension)| kept.contains(dimension));
        let members = combinations.of_groups(count, &places.map(|(place, _)| place).collect::<Vec<_>>())?;
        // Long windows hold most states many times over, so they are merged in pieces.
        let mut found = Vec::new();
        let (mut rows, mut groups, mut begun) = (Vec::new(), Vec::new(), 0);
        for (group, member) in members.iter().enumerate() {
            if let Some(window) = self.window(member.bucket, level, calendar, compare)? {
                for states in member.combinations.iter().filter_map(|number| timeline.get(*number)) {
                    let first = states.partition_point(|(time, _)| window.start.is_some_and(|start| *time < start));
                    let behind = states.partition_point(|(time, _)| window.end.is_none_or(|end| *time < end));
                    for (_, state) in states.get(first..behind).unwrap_or_default() {
                        rows.push(*state);
                        groups.push(group - begun);
                    }
                }
            }
            if rows.len() >= MOST_STATES {
                found.push(self.merged(std::mem::take(&mut rows), &groups, group + 1 - begun)?);
                groups.clear();
                begun = group + 1;
            }
        }
        found.push(self.merged(rows, &groups, count - begun)?);
        let pieces: Vec<&dyn Array> = found.iter().map(AsRef::as_ref).collect();
        concat(&pieces).map_err(broken)
    }

    fn merged(&self, rows: Vec<u64>, groups: &[usize], count: usize) -> Result<ArrayRef> {
        let merged = self.states.merge_rows(&UInt64Array::from(rows), groups, count)?;
        merged.into_iter().next().ok_or_else(|| Error::internal("a cumulative aggregate has no value"))
    }

    /// The values of the date that count for a bucket of a level, or without a level for everything up to the end of
    /// the range. None where there is no such period.
    fn window(
        &self,
        bucket: Option<i64>,
        level: Option<Level>,
        calendar: &crate::time::Calendar,
        compare: Option<&Compare>,
    ) -> Result<Option<OpenRange>> {
        let range = match compare {
            Some(compare) => {
                let grain = compare.shifted.first().map(|(_, level)| *level);
                compare.displacement.range(self.rule.range, grain, calendar, self.kind)?
            }
            None => self.rule.range,
        };
        let end = match (level, bucket) {
            (Some(_), None) => return Ok(None),
            (Some(level), Some(bucket)) => {
                let bucket = match compare.map(|compare| compare.displacement) {
                    Some(displacement) => displacement.base_of(bucket, level, calendar, self.kind),
                    None => Some(bucket),
                };
                let Some(bucket) = bucket else { return Ok(None) };
                let end = label_range(level, bucket, calendar, self.kind).end;
                Some(range.end.map_or(end, |last| last.min(end)))
            }
            (None, _) => range.end.or_else(|| self.newest.map(|last| self.behind(last, calendar))),
        };
        let Some(end) = end else { return Ok(None) };
        let start = match self.rule.span {
            CumulativeSpan::All => None,
            CumulativeSpan::ToDate(level) => {
                let label = label_of(level, end.saturating_sub(1), calendar, self.kind);
                Some(label_range(level, label, calendar, self.kind).start)
            }
            CumulativeSpan::Window { quantity, unit } => {
                let back = Displacement::Calendar(Shift { quantity, unit });
                let side = OpenRange { start: Some(end), end: None };
                back.range(side, None, calendar, self.kind)?.start
            }
        };
        Ok(Some(OpenRange { start, end: Some(end) }))
    }

    /// The end of the day that a time lies in.
    fn behind(&self, time: i64, calendar: &crate::time::Calendar) -> i64 {
        let label = label_of(Level::Day, time, calendar, self.kind);
        label_range(Level::Day, label, calendar, self.kind).end
    }
}

/// The dimensions that are buckets of a date, the finest first.
fn dates(groups: &Groups, over: &Scalar) -> Vec<(usize, Level)> {
    let level = |value: &Scalar| match value {
        Scalar::Bucket { of, level } if **of == *over => Some(*level),
        value if value == over => Some(Level::Day),
        _ => None,
    };
    let dimensions = groups.dimensions.iter().enumerate();
    let mut found: Vec<(usize, Level)> =
        dimensions.filter_map(|(index, dimension)| level(&dimension.value).map(|level| (index, level))).collect();
    found.sort_by_key(|(_, level)| std::cmp::Reverse(*level));
    found
}

/// The dimensions that tell rows apart besides a date. Where a bucket of the date is among the dimensions, its cyclic
/// parts do not.
fn others(groups: &Groups, over: &Scalar, dated: bool) -> Vec<usize> {
    let follows = |value: &Scalar| match value {
        Scalar::Bucket { of, .. } => **of == *over,
        Scalar::Cyclic { of, .. } => dated && **of == *over,
        value => value == over,
    };
    let dimensions = groups.dimensions.iter().enumerate();
    dimensions.filter(|(_, dimension)| !follows(&dimension.value)).map(|(index, _)| index).collect()
}

/// Whether every window begins and ends with a day.
fn whole_days(rule: &Cumulative, level: Option<Level>, kind: TimeKind, query: &ResolvedQuery) -> bool {
    let begins_a_day = |value: Option<i64>| {
        value.is_none_or(|value| {
            let label = label_of(Level::Day, value, &query.calendar, kind);
            label_range(Level::Day, label, &query.calendar, kind).start == value
        })
    };
    let by_days = match rule.span {
        CumulativeSpan::Window { unit, .. } => unit.is_calendar(),
        CumulativeSpan::ToDate(level) => level.is_calendar(),
        CumulativeSpan::All => true,
    };
    let compared_by_days = match query_shift(query) {
        Some(Displacement::Calendar(shift)) => shift.unit.is_calendar(),
        Some(Displacement::Micros(_)) => false,
        None => true,
    };
    let range = rule.range;
    by_days
        && compared_by_days
        && level.is_none_or(Level::is_calendar)
        && begins_a_day(range.start)
        && begins_a_day(range.end)
}

fn query_shift(query: &ResolvedQuery) -> Option<Displacement> {
    match &query.shape {
        crate::resolve::Shape::Grouped(groups) => groups.steps.compare.as_ref().map(|compare| compare.displacement),
        crate::resolve::Shape::Rows { .. } => None,
    }
}
