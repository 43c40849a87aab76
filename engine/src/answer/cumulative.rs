//! Cumulative aggregates: over the rows up to the end of a bucket, those before the range that is asked for included.
//!
//! Their rows are read once, by all other dimensions and by day (or by instant, where windows begin or end within a
//! day). A bucket merges the states of the days in its window. Where another date is compared, the rows of its base are
//! read too.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, UInt64Array};
use arrow::compute::concat;

use super::compare::present_keys;
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
use crate::resolve::{Compare, Cumulative, Groups, LostLabels, ResolvedQuery, Scalar};
use crate::time::{Calendar, TimeKind, label_of, label_range};

/// States that are merged at a time, but for those of a single group.
const MOST_STATES: usize = 1 << 22;

/// The cumulative aggregates of a query.
#[derive(Debug)]
pub(super) struct Cumulated {
    parts: Vec<CumulatedPart>,
    calendar: Calendar,
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
    present: Timeline,
    /// The rows of the base, where they are others than those of the present.
    base: Option<Timeline>,
}

/// The states of rows by their time.
#[derive(Debug)]
struct Timeline {
    states: States,
    /// The other keys of each state, as they are called in the present.
    keys: Vec<ArrayRef>,
    /// The time of each state, as a value of the date; none where the date is NULL, or in no group of the present.
    times: Vec<Option<i64>>,
    /// The last time of any state.
    newest: Option<i64>,
    lost: LostLabels,
}

impl Cumulated {
    pub(super) async fn read(
        query: &ResolvedQuery,
        groups: &Groups,
        tables: &Tables,
        session: &Session,
    ) -> Result<Self> {
        let compare = groups.steps.compare.as_ref();
        let mut parts = Vec::new();
        for (index, part) in groups.parts.iter().enumerate() {
            let Some(rule) = &part.cumulative else { continue };
            let kind = rule.over.time_kind().ok_or_else(|| Error::internal("a cumulative aggregate has no date"))?;
            let dates = rule.dates(&groups.dimensions);
            let level = dates.first().map(|(_, level)| *level);
            let others = rule.others(&groups.dimensions);
            let mut keys: Vec<&Scalar> =
                others.iter().filter_map(|at| groups.dimensions.get(*at)).map(|dimension| &dimension.value).collect();
            let by_day = Scalar::Bucket { of: Arc::new(rule.over.clone()), level: Level::Day };
            let in_days = kind == TimeKind::Date || whole_days(rule, level, kind, query, compare);
            keys.push(if in_days { &by_day } else { &rule.over });
            let pass = Pass { keys, parts: vec![part], filter: &rule.filter };
            let rows = states(query, tables, session, &pass).await?;
            let present = Timeline::new(rows, in_days, kind, &query.calendar)?;
            let base = match (compare, &rule.base) {
                (Some(compare), Some(filter)) => {
                    let rows = states(query, tables, session, &Pass { filter, ..pass }).await?;
                    let base = Timeline::new(rows, in_days, kind, &query.calendar)?;
                    Some(base.renamed(query, groups, compare, &others)?)
                }
                _ => None,
            };
            parts.push(CumulatedPart { index, rule: rule.clone(), kind, dates, others, present, base });
        }
        Ok(Self { parts, calendar: query.calendar.clone(), compare: compare.cloned() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The labels of bases of their own that have no counterpart in the present.
    pub(super) fn lost(&self) -> LostLabels {
        let mut lost = LostLabels::new();
        for (dimension, labels) in self.parts.iter().filter_map(|part| part.base.as_ref()).flat_map(|base| &base.lost) {
            lost.entry(*dimension).or_default().extend(labels);
        }
        lost
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
        calendar: &Calendar,
        compare: Option<&Compare>,
    ) -> Result<ArrayRef> {
        let rows = compare.and(self.base.as_ref()).unwrap_or(&self.present);
        let others: Vec<ArrayRef> = self.others.iter().filter_map(|at| keys.get(*at)).cloned().collect();
        let mut table = KeyTable::new(others.iter().map(|keys| keys.data_type().clone()))?;
        let of_leaf = table.add(&others, group_of.len())?;
        let of_state = table.add(&rows.keys, rows.states.rows)?;

        // The states of each combination of the other dimensions, in the order of time.
        let mut timeline: Vec<Vec<(i64, u64)>> = vec![Vec::new(); table.len()];
        for ((number, time), state) in of_state.iter().zip(&rows.times).zip(0_u64..) {
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
        let (mut counted, mut groups, mut begun) = (Vec::new(), Vec::new(), 0);
        for (group, member) in members.iter().enumerate() {
            let bucket = level.map(|level| (level, member.bucket));
            if let Some(window) = self.rule.window(bucket, compare, rows.newest, calendar, self.kind)? {
                for states in member.combinations.iter().filter_map(|number| timeline.get(*number)) {
                    let first = states.partition_point(|(time, _)| window.start.is_some_and(|start| *time < start));
                    let behind = states.partition_point(|(time, _)| window.end.is_none_or(|end| *time < end));
                    for (_, state) in states.get(first..behind).unwrap_or_default() {
                        counted.push(*state);
                        groups.push(group - begun);
                    }
                }
            }
            if counted.len() >= MOST_STATES {
                found.push(rows.merged(std::mem::take(&mut counted), &groups, group + 1 - begun)?);
                groups.clear();
                begun = group + 1;
            }
        }
        found.push(rows.merged(counted, &groups, count - begun)?);
        let pieces: Vec<&dyn Array> = found.iter().map(AsRef::as_ref).collect();
        concat(&pieces).map_err(broken)
    }
}

impl Timeline {
    /// The states of rows, the last of whose keys is their day or time.
    fn new(states: States, in_days: bool, kind: TimeKind, calendar: &Calendar) -> Result<Self> {
        let (times, keys) = match states.keys.split_last() {
            Some((times, keys)) => (labels(times)?, keys.to_vec()),
            None => (Vec::new(), Vec::new()),
        };
        // A day stands for its first moment: no window begins or ends within it.
        let moment = |day: i64| match (in_days, kind) {
            (true, TimeKind::Datetime | TimeKind::Local) => label_range(Level::Day, day, calendar, kind).start,
            _ => day,
        };
        let times: Vec<Option<i64>> = times.into_iter().map(|time| time.map(moment)).collect();
        let newest = times.iter().flatten().max().copied();
        Ok(Self { states, keys, times, newest, lost: LostLabels::new() })
    }

    /// The states of a base by the keys of the present.
    fn renamed(self, query: &ResolvedQuery, groups: &Groups, compare: &Compare, others: &[usize]) -> Result<Self> {
        let moved = present_keys(query, groups, compare, others, &self.keys, self.times.len())?;
        let times = self.times.iter().zip(&moved.counts).map(|(time, counts)| time.filter(|_| *counts)).collect();
        Ok(Self { keys: moved.keys, times, lost: moved.lost, ..self })
    }

    fn merged(&self, rows: Vec<u64>, groups: &[usize], count: usize) -> Result<ArrayRef> {
        let merged = self.states.merge_rows(&UInt64Array::from(rows), groups, count)?;
        merged.into_iter().next().ok_or_else(|| Error::internal("a cumulative aggregate has no value"))
    }
}

async fn states(query: &ResolvedQuery, tables: &Tables, session: &Session, pass: &Pass<'_>) -> Result<States> {
    States::read(session, pass_plan(query, tables, pass).map_err(failed)?).await
}

/// Whether every window begins and ends with a day.
fn whole_days(
    rule: &Cumulative,
    level: Option<Level>,
    kind: TimeKind,
    query: &ResolvedQuery,
    compare: Option<&Compare>,
) -> bool {
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
    let ranges = [rule.range, rule.range_in(compare)];
    by_days
        && level.is_none_or(Level::is_calendar)
        && ranges.into_iter().all(|range| begins_a_day(range.start) && begins_a_day(range.end))
}
