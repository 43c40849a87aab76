//! The comparison with an earlier period.

use super::asked::AskedRange;
use super::filters::is_null;
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
        let Some(found) = self.asked.range_on(&date) else {
            let message = "a range of the date stands inside `or`, `not` or a list, so it is unclear what to shift";
            return Err(wrong(path, message));
        };
        // A filter that no row passes may leave no range, and there is nothing to compare then.
        let present = match (self.asked.all(), found.range) {
            (_, range @ OpenRange { start: Some(_), end: Some(_) }) => range,
            (Predicate::Constant(false), _) => OpenRange { start: Some(0), end: Some(0) },
            (_, range) => range,
        };
        let buckets = buckets(&date, groups)?;
        let grain = buckets.first().map(|(_, level)| *level);
        let (base, displacement) = self.earlier(present, asked, grain, kind)?;
        let inside = inside(&date, base, found)?;
        let filter = Predicate::all([self.asked.without_ranges(&[&date]), inside.clone()]);
        // What is cumulative over another date reaches back within the base.
        for rule in self.parts.iter_mut().filter_map(|part| part.cumulative.as_mut()) {
            if rule.over != date {
                let others = self.asked.without_ranges(&[&date, &rule.over]);
                rule.base = Some(Predicate::all([others, inside.clone()]));
            }
        }
        let mut measures = Vec::new();
        for index in compared_measures(asked, groups)? {
            measures.push(comparison(index, groups, names, measures.len())?);
        }
        let context = self.earlier_context(&date, displacement, asked, grain, kind)?;
        Ok(Compare { date, present, base, filter, context, displacement, shifted: buckets, measures })
    }

    /// The context of the base, where its filters bound the date.
    fn earlier_context(
        &self,
        date: &Scalar,
        displacement: Displacement,
        asked: &query::Compare,
        grain: Option<Level>,
        kind: TimeKind,
    ) -> Result<Option<Predicate>> {
        let context = self.asked.context();
        let Some(found) = context.range_on(date).filter(|found| found.bounded) else { return Ok(None) };
        let inside = inside(date, self.moved(found.range, displacement, asked, grain, kind)?, found)?;
        Ok(Some(Predicate::all([context.without_ranges(&[date]), inside])))
    }

    /// The range of the base, and how it lies to the present one.
    fn earlier(
        &self,
        range: OpenRange,
        asked: &query::Compare,
        grain: Option<Level>,
        kind: TimeKind,
    ) -> Result<(OpenRange, Displacement)> {
        let displacement = match asked.shift {
            query::Shift::By { quantity, unit } => Displacement::Calendar(Shift { quantity, unit }),
            query::Shift::PreviousPeriod => {
                previous_period(range, &self.calendar, kind).map(|(_, by)| by).ok_or_else(|| {
                    let message = "the previous period needs a filter that gives the present one a start and an end";
                    wrong("/compare/shift", message)
                })?
            }
        };
        Ok((self.moved(range, displacement, asked, grain, kind)?, displacement))
    }

    /// A range in the base.
    fn moved(
        &self,
        range: OpenRange,
        displacement: Displacement,
        asked: &query::Compare,
        grain: Option<Level>,
        kind: TimeKind,
    ) -> Result<OpenRange> {
        let at = |error: crate::error::Error| error.at("/compare/shift");
        let calendar = &self.calendar;
        let moved = displacement.range(range, grain, calendar, kind).map_err(at)?;
        if asked.trim_running {
            return displacement.trim_running(moved, range, self.now, grain, calendar, kind).map_err(at);
        }
        Ok(moved)
    }
}

/// The test of a row for the range of the base.
fn inside(date: &Scalar, base: OpenRange, asked: AskedRange) -> Result<Predicate> {
    // Without a range the base has all rows, also those without a date.
    if !asked.bounded && base.start.is_none() && base.end.is_none() {
        return Ok(Predicate::Constant(true));
    }
    let dated = dates::between_raw(date, base)?;
    Ok(if asked.bounded && asked.nulls { Predicate::any([dated, is_null(date)]) } else { dated })
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
