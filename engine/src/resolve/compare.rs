//! The comparison with an earlier period.

use super::outputs::Names;
use super::{Compare, Compared, Groups, Output, OutputType, Predicate, Resolver, Scalar, dates, wrong};
use crate::error::Result;
use crate::model::{ColumnType, Kind, Level};
use crate::query::{self, Target};
use crate::time::{Displacement, OpenRange, Shift, TimeKind, previous_period};

impl Resolver<'_> {
    pub(super) fn compared(&mut self, asked: &query::Compare, groups: &Groups, names: &mut Names) -> Result<Compare> {
        let path = "/compare";
        let reference = match &asked.reference.target {
            Target::Name(name) => {
                let found = self.query.dimensions.iter().find(|d| d.name.as_deref() == Some(name));
                let message = || format!("the query calls no dimension `{name}`");
                found.map(|d| d.reference.clone()).ok_or_else(|| wrong("/compare/name", message()))?
            }
            _ => asked.reference.clone(),
        };
        let date = self.date(&reference, path)?;
        let kind = date.time_kind().ok_or_else(|| wrong(path, "only a date or datetime can be shifted"))?;
        let Some((range, others)) = self.asked.range_on(&date) else {
            let message = "a filter tests the date otherwise than by one range that all rows must be in, so there is \
                           nothing to shift";
            return Err(wrong(path, message));
        };
        // A filter that no row passes leaves nothing to compare, and no range either.
        let range = match self.asked.all() {
            Predicate::Constant(false) => OpenRange { start: Some(0), end: Some(0) },
            _ => range,
        };
        let buckets = buckets(&date, groups)?;
        let grain = buckets.first().map(|(_, level)| *level);
        let (shifted, displacement) = self.earlier(range, asked, grain, kind)?;
        // Without a range the base has all rows, also those without a date.
        let is_open = shifted.start.is_none() && shifted.end.is_none();
        let inside = if is_open { Predicate::Constant(true) } else { dates::between_raw(&date, shifted)? };
        let filter = Predicate::all([others, inside]);
        let mut measures = Vec::new();
        for index in compared_measures(asked, groups)? {
            measures.push(comparison(index, groups, names, measures.len())?);
        }
        Ok(Compare { filter, displacement, shifted: buckets, measures })
    }

    /// The range of the base, and how it lies to the present one.
    fn earlier(
        &self,
        range: OpenRange,
        asked: &query::Compare,
        grain: Option<Level>,
        kind: TimeKind,
    ) -> Result<(OpenRange, Displacement)> {
        let at = |error: crate::error::Error| error.at("/compare/shift");
        let calendar = &self.calendar;
        let displacement = match asked.shift {
            query::Shift::By { quantity, unit } => Displacement::Calendar(Shift { quantity, unit }),
            query::Shift::PreviousPeriod => {
                previous_period(range, calendar, kind).map(|(_, by)| by).ok_or_else(|| {
                    let message = "the previous period needs a filter that gives the present one a start and an end";
                    wrong("/compare/shift", message)
                })?
            }
        };
        let mut shifted = displacement.range(range, grain, calendar, kind).map_err(at)?;
        if asked.trim_running {
            shifted = displacement.trim_running(shifted, range, self.now, grain, calendar, kind).map_err(at)?;
        }
        Ok((shifted, displacement))
    }
}

/// The measures that are compared, by place.
fn compared_measures(asked: &query::Compare, groups: &Groups) -> Result<Vec<usize>> {
    if asked.measures.is_empty() {
        let numeric = |index: &usize| groups.measures.get(*index).is_some_and(is_number);
        return Ok((0..groups.measures.len()).filter(numeric).collect());
    }
    let mut found = Vec::with_capacity(asked.measures.len());
    for (index, name) in asked.measures.iter().enumerate() {
        let path = format!("/compare/measures/{index}");
        let place = groups.measures.iter().position(|measure| measure.output.name == *name);
        let place = place.ok_or_else(|| {
            let hint = crate::suggest::hint(name, groups.measures.iter().map(|m| m.output.name.as_str()));
            wrong(&path, format!("the query calls no measure `{name}`{hint}"))
        })?;
        if !groups.measures.get(place).is_some_and(is_number) {
            return Err(wrong(&path, format!("`{name}` is no number")));
        }
        found.push(place);
    }
    Ok(found)
}

fn is_number(measure: &super::Measure) -> bool {
    matches!(measure.output.output_type, OutputType::Plain(held) if held.kind() == Kind::Numeric)
}

fn comparison(measure: usize, groups: &Groups, names: &mut Names, before: usize) -> Result<Compared> {
    let output = groups.measures.get(measure).map(|measure| measure.output.clone());
    let output = output.ok_or_else(|| wrong("/compare", "no such measure"))?;
    let first = groups.dimensions.len() + groups.measures.len() + 3 * before;
    let present = Scalar::Output { index: groups.dimensions.len() + measure, output_type: output.output_type };
    let previous = Scalar::Output { index: first, output_type: output.output_type };
    let values = [("now", &present), ("then", &previous)];
    let change_value = Resolver::compose("{now} - {then}", &values)?;
    let ratio_value = Resolver::compose("({now} - {then}) / {then}", &values)?;
    let mut named = |suffix: &str, output_type| {
        let name = names.name(None, || format!("{}_{suffix}", output.name));
        Output { output_type, ..Output::plain(&name, output_type) }
    };
    let previous =
        Output { subtype: output.subtype, format: output.format.clone(), ..named("previous", output.output_type) };
    let change = Output {
        subtype: output.subtype,
        format: output.format.clone(),
        ..named("change", change_value.output_type())
    };
    let ratio = named("change_ratio", OutputType::Plain(ColumnType::Float));
    Ok(Compared { measure, previous, change, ratio, change_value, ratio_value })
}

/// The dimensions whose members move with the date.
fn buckets(date: &Scalar, groups: &Groups) -> Result<Vec<(usize, Level)>> {
    let mut found = Vec::new();
    for (index, dimension) in groups.dimensions.iter().enumerate() {
        match &dimension.value {
            Scalar::Bucket { of, level } if **of == *date => found.push((index, *level)),
            value if value == date => match value.output_type().column_type() {
                ColumnType::Date => found.push((index, Level::Day)),
                _ => {
                    let message = "a compared datetime needs a level here, so that the periods have common members";
                    return Err(wrong(&format!("/dimensions/{index}"), message));
                }
            },
            _ => {}
        }
    }
    Ok(found)
}
