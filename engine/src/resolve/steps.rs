//! What happens to the groups of an answer once they are aggregated.

use super::answer::Answer;
use super::members::hidden;
use super::outputs::Names;
use super::{Dimension, Groups, Pivot, Resolver, Scalar, SortKey, TieredOrder, Top, Totals, wrong};
use crate::error::Result;
use crate::model::{ColumnType, Kind};
use crate::query;

impl Resolver<'_> {
    /// Members without rows, and the comparison.
    pub(super) fn steps_before_having(&mut self, groups: &mut Groups, names: &mut Names) -> Result<()> {
        self.check_cumulative(groups)?;
        groups.steps.domains = self.domains(&groups.dimensions);
        groups.steps.hidden = hidden(&groups.dimensions);
        groups.steps.expanded = self.expanded(&groups.dimensions)?;
        if let Some(asked) = &self.query.compare {
            groups.steps.compare = Some(self.compared(asked, groups, names)?);
        }
        Ok(())
    }

    /// Top, windows, post, totals, pivot and the order.
    pub(super) fn steps_after_having(&mut self, groups: &mut Groups) -> Result<Vec<SortKey>> {
        let query = self.query;
        if let Some(asked) = &query.top {
            groups.steps.top = Some(top(asked, &answer_of(groups)).map_err(|error| error.within("/top"))?);
        }
        self.windows(groups)?;
        let answer = answer_of(groups);
        let post = self.answer_filters(&query.post, "/post", &answer)?;
        let totals = match &query.totals {
            Some(asked) if !asked.is_empty() => Some(totals(asked, &answer).map_err(|error| error.within("/totals"))?),
            _ => None,
        };
        let pivot = match &query.pivot {
            Some(asked) => Some(pivot(asked, &answer).map_err(|error| error.within("/pivot"))?),
            None => None,
        };
        let (order, asked) = self.grouped_order(query, &answer)?;
        let tiered = self.tiered(&asked, &order, pivot.as_ref(), &groups.dimensions)?;
        let steps = &mut groups.steps;
        if let Some(expanded) = &mut steps.expanded {
            expanded.tiered = query.order.iter().any(|order| order.tiered);
        }
        if post != super::Predicate::Constant(true) {
            steps.post = Some(Box::new(post));
        }
        steps.totals = totals;
        steps.pivot = pivot;
        steps.order = tiered;
        Ok(order)
    }

    /// A cumulative aggregate runs along buckets.
    fn check_cumulative(&self, groups: &Groups) -> Result<()> {
        for rule in self.parts.iter().filter_map(|part| part.cumulative.as_ref()) {
            let on = |dimension: &Dimension| {
                dimension.value == rule.over && dimension.value.output_type().column_type() != ColumnType::Date
            };
            if let Some(index) = groups.dimensions.iter().position(on) {
                let message = "a datetime that a measure is cumulative over needs a level here";
                return Err(wrong(&format!("/dimensions/{index}"), message));
            }
        }
        Ok(())
    }

    /// What an order says besides its keys; none where nothing is tiered and no cell of a pivot is named.
    fn tiered(
        &mut self,
        asked: &[usize],
        order: &[SortKey],
        pivot: Option<&Pivot>,
        dimensions: &[Dimension],
    ) -> Result<Option<TieredOrder>> {
        let given: Vec<Option<&query::Order>> = asked.iter().map(|index| self.query.order.get(*index)).collect();
        let of_key = |key: usize| given.get(key).copied().flatten();
        if !(0..order.len()).filter_map(of_key).any(|order| order.tiered || !order.at.is_empty()) {
            return Ok(None);
        }
        let mut found = TieredOrder { tiered: Vec::new(), at: Vec::new() };
        for (key, sorted) in order.iter().enumerate() {
            let Some(order) = of_key(key) else {
                found.tiered.push(false);
                found.at.push(None);
                continue;
            };
            found.tiered.push(order.tiered);
            let path = format!("/order/{}/at", asked.get(key).copied().unwrap_or_default());
            found.at.push(match (order.at.is_empty(), pivot) {
                (true, _) => None,
                (false, _) if !in_cells(sorted, dimensions.len()) => {
                    return Err(wrong(&path, "the cells of a pivot hold measures and windows, called by name"));
                }
                (false, None) => return Err(wrong(&path, "a cell can only be named where there is a pivot")),
                (false, Some(pivot)) => Some(self.cell(&order.at, pivot, dimensions, &path)?),
            });
        }
        Ok(Some(found))
    }

    /// The members that name a column of a pivot.
    fn cell(
        &mut self,
        at: &query::PivotCell,
        pivot: &Pivot,
        dimensions: &[Dimension],
        path: &str,
    ) -> Result<Vec<datafusion::scalar::ScalarValue>> {
        let mut members = Vec::with_capacity(pivot.columns.len());
        for index in &pivot.columns {
            let Some(dimension) = dimensions.get(*index) else { continue };
            let name = &dimension.output.name;
            let given = at.iter().find(|(named, _)| named == name);
            let (_, literal) = given
                .ok_or_else(|| wrong(path, format!("the cell needs a member of `{name}`, a column of the pivot")))?;
            let place = format!("{path}/{name}");
            members.push(self.member(dimension, literal).map_err(|error| error.at(place))?);
        }
        Ok(members)
    }
}

/// Whether a key is on a column that stands in the cells of a pivot.
fn in_cells(key: &SortKey, dimensions: usize) -> bool {
    matches!(key.of, Scalar::Output { index, .. } if index >= dimensions)
}

/// The columns that a part of the query can name.
pub(super) fn answer_of(groups: &Groups) -> Answer<'_> {
    Answer {
        dimensions: &groups.dimensions,
        measures: &groups.measures,
        others: groups.outputs().skip(groups.dimensions.len() + groups.measures.len()).collect(),
    }
}

fn top(asked: &query::Top, answer: &Answer<'_>) -> Result<Top> {
    let mut per = asked
        .per
        .iter()
        .enumerate()
        .map(|(index, name)| answer.dimension(name, &format!("/per/{index}")))
        .collect::<Result<Vec<_>>>()?;
    let of = match &asked.of {
        Some(name) => answer.dimension(name, "/of")?,
        None => {
            let mut free = (0..answer.dimensions.len()).filter(|index| !per.contains(index));
            match (free.next(), free.next()) {
                (Some(only), None) => only,
                _ => return Err(wrong("/of", "the query has several dimensions; say whose members are ranked")),
            }
        }
    };
    let per_parent = per.contains(&of);
    if per_parent {
        if !matches!(answer.dimensions.get(of).map(|dimension| &dimension.value), Some(Scalar::Node(_))) {
            return Err(wrong("/of", "a dimension cannot be ranked within its own members"));
        }
        if asked.other {
            let message =
                "members that are ranked within those above them have no remainder, which would have no place";
            return Err(wrong("/other", message));
        }
        per.retain(|index| *index != of);
    }
    let by = answer.place(&asked.by, "/by")?;
    let output = answer.outputs().nth(by);
    if by < answer.dimensions.len()
        || output.is_none_or(|output| output.output_type.column_type().kind() == Kind::Hierarchy)
    {
        return Err(wrong("/by", format!("`{}` is no measure with an order", asked.by)));
    }
    Ok(Top { of, n: asked.n, by, ascending: asked.ascending, per, per_parent, other: asked.other })
}

fn totals(asked: &query::Totals, answer: &Answer<'_>) -> Result<Totals> {
    let mut levels = Vec::new();
    if asked.grand {
        levels.push(Vec::new());
    }
    for (index, names) in asked.levels.iter().enumerate() {
        let mut level = names
            .iter()
            .enumerate()
            .map(|(at, name)| answer.dimension(name, &format!("/levels/{index}/{at}")))
            .collect::<Result<Vec<_>>>()?;
        level.sort_unstable();
        level.dedup();
        if !levels.contains(&level) {
            levels.push(level);
        }
    }
    Ok(Totals { levels, over: asked.over })
}

fn pivot(asked: &query::Pivot, answer: &Answer<'_>) -> Result<Pivot> {
    let columns = asked
        .columns
        .iter()
        .enumerate()
        .map(|(index, name)| answer.dimension(name, &format!("/columns/{index}")))
        .collect::<Result<Vec<_>>>()?;
    if answer.outputs().count() == answer.dimensions.len() {
        return Err(wrong("", "a pivot needs a measure for its cells"));
    }
    Ok(Pivot { columns, max_columns: asked.max_columns.unwrap_or(query::Pivot::DEFAULT_MAX_COLUMNS) })
}
