//! The rows behind a cell: those that one of its aggregates takes.

use super::figure::Figure;
use super::period::Period;
use super::{CellKey, Drill};
use crate::error::{Error, Result};
use crate::resolve::{Cumulative, Grain, Groups, Part, Predicate, Resolver, dates};

impl Resolver<'_> {
    /// Whether a row of the base of the query is behind a cell.
    pub(super) fn behind(&mut self, groups: &Groups, cell: &CellKey, drill: &Drill<'_>) -> Result<Predicate> {
        if cell.is_nowhere || drill.groups.is_some_and(|known| known.is_empty) {
            return Ok(Predicate::Constant(false));
        }
        let figure = Figure::of(drill.measure, groups).map_err(|error| error.at("/measure"))?;
        let calendar = self.calendar.clone();
        let present = Period { groups, cell, known: drill.groups, compare: None, calendar: &calendar };
        let mut found = Vec::new();
        if figure.present {
            self.in_period(&present, &figure, &mut found)?;
        }
        if figure.base {
            let base = Period { compare: groups.steps.compare.as_ref(), ..present };
            self.in_period(&base, &figure, &mut found)?;
        }
        Ok(Predicate::any(found))
    }

    /// Adds the rows of one period.
    fn in_period(&mut self, period: &Period<'_>, figure: &Figure<'_>, found: &mut Vec<Predicate>) -> Result<()> {
        let mut indexes: Vec<usize> = Vec::new();
        if let Some(measure) = figure.measure {
            measure.value.visit_parts(&mut |index| {
                if !indexes.contains(&index) {
                    indexes.push(index);
                }
            });
        }
        let mut filters: Vec<Predicate> = Vec::new();
        for index in &indexes {
            let Some(part) = period.groups.parts.get(*index) else { continue };
            if let Some(rule) = &part.cumulative {
                found.push(self.cumulated(period, *index, part, rule)?);
                continue;
            }
            for filter in own_filters(part)? {
                if !filters.contains(filter) {
                    filters.push(filter.clone());
                }
            }
        }
        if indexes.is_empty() {
            filters.push(Predicate::Constant(true));
        }
        if !filters.is_empty() {
            let rows = period.compare.map_or_else(|| self.asked.all(), |compare| compare.filter.clone());
            found.push(Predicate::all([rows, period.group()?, Predicate::any(filters)]));
        }
        Ok(())
    }

    /// The rows in the window of a cumulative aggregate.
    fn cumulated(&mut self, period: &Period<'_>, index: usize, part: &Part, rule: &Cumulative) -> Result<Predicate> {
        let dimensions = &period.groups.dimensions;
        let kind = rule.over.time_kind().ok_or_else(|| Error::internal("a cumulative aggregate has no date"))?;
        let bucket = rule.dates(dimensions).into_iter().find_map(|(dimension, level)| {
            let member = period.cell.members.get(dimension)?.as_ref()?;
            Some((level, dates::raw(member)))
        });
        let rows = period.compare.and(rule.base.as_ref()).unwrap_or(&rule.filter);
        let newest = if bucket.is_none() && rule.range_in(period.compare).end.is_none() {
            self.extent(&rule.over, rows).and_then(|extent| dates::raw(&extent.greatest))
        } else {
            None
        };
        let window = rule.window(bucket, period.compare, newest, period.calendar, kind)?;
        let Some(window) = window else { return Ok(Predicate::Constant(false)) };
        let others = rule.others(dimensions);
        let left = match period.known.and_then(|known| known.left.get(&index)) {
            Some(left) => period.among(left)?,
            None => Predicate::Constant(true),
        };
        Ok(Predicate::all([
            rows.clone(),
            dates::between_raw(&rule.over, window)?,
            period.shared(|dimension| others.contains(&dimension))?,
            left,
            period.with_counterpart(|dimension| others.contains(&dimension))?,
            part.filter.clone(),
        ]))
    }
}

/// The filters of those rows of a group that an aggregate takes.
///
/// # Errors
///
/// `NotSupported` if it takes rows of other groups too.
fn own_filters(part: &Part) -> Result<Vec<&Predicate>> {
    match &part.grain {
        Grain::Row => Ok(vec![&part.filter]),
        Grain::Finer(finer) if !finer.fixed => Ok(finer.parts.iter().map(|inner| &inner.filter).collect()),
        _ => {
            let what = "finding the rows behind a figure that looks beyond its own group";
            Err(Error::not_supported(what).at("/measure"))
        }
    }
}
