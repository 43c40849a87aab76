//! The settings of aggregations: which belong to which, and what they may hold.

use std::collections::HashSet;

use super::bins::check_count;
use super::columns::{check_reference, check_value, not_all_rows, of_rows};
use super::members::no_hierarchy;
use super::names::at_most;
use super::values::{number, one_or_more, positive};
use crate::error::{Error, Result};
use crate::model::Aggregation;
use crate::query::decimal::Digits;
use crate::query::{AggregationSettings, Cumulative, CumulativeSpan, Literal, Query};

/// Errors carry the place inside the aggregation.
pub(super) fn check_aggregation(
    aggregation: Option<Aggregation>,
    settings: &AggregationSettings,
    exact: bool,
) -> Result<()> {
    let Some(aggregation) = aggregation else {
        return if settings.is_empty() { Ok(()) } else { Err(Error::query("settings need an aggregation")) };
    };
    let approximate = matches!(aggregation, Aggregation::ApproxDistinctCount | Aggregation::ApproxPercentile);
    if approximate && exact {
        let message = format!("`{}` needs the option `exact` to be false", aggregation.as_str());
        return Err(Error::query(message));
    }
    if let Some(setting) = given(settings).find(|setting| !takes(aggregation, setting)) {
        let message = format!("`{}` takes no `{setting}`", aggregation.as_str());
        return Err(Error::query(message).at(format!("/{setting}")));
    }
    check_needs(aggregation, settings)?;
    check_parts(settings)?;
    check_latest(settings)?;
    settings.cumulative.as_ref().map_or(Ok(()), |cumulative| {
        if settings.last_by.is_some() {
            return Err(Error::query("an aggregation takes either `last_by` or `cumulative`").at("/cumulative"));
        }
        check_cumulative(cumulative).map_err(|error| error.within("/cumulative"))
    })
}

/// The settings that are there, by their names in JSON.
fn given(settings: &AggregationSettings) -> impl Iterator<Item = &'static str> {
    [
        ("column_id", settings.column.is_some()),
        ("p", settings.p.is_some()),
        ("kind", settings.kind.is_some()),
        ("by", settings.by.is_some()),
        ("separator", settings.separator.is_some()),
        ("distinct", settings.distinct.is_some()),
        ("order", settings.descending.is_some()),
        ("max", settings.max.is_some()),
        ("bins", settings.bins.is_some()),
        ("size", settings.size.is_some()),
        ("last_by", settings.last_by.is_some()),
        ("entity", !settings.entity.is_empty()),
        ("pick", settings.pick.is_some()),
        ("cumulative", settings.cumulative.is_some()),
    ]
    .into_iter()
    .filter_map(|(setting, given)| given.then_some(setting))
}

fn takes(aggregation: Aggregation, setting: &str) -> bool {
    use Aggregation as A;
    match setting {
        "column_id" => matches!(aggregation, A::Rate | A::WeightedAverage),
        "p" => matches!(aggregation, A::Percentile | A::ApproxPercentile),
        "kind" => aggregation == A::Percentile,
        "by" => matches!(aggregation, A::First | A::Last),
        "separator" | "distinct" | "order" | "max" => aggregation == A::StringList,
        "bins" | "size" => aggregation == A::Histogram,
        // Semi-additive and cumulative.
        _ => matches!(
            aggregation,
            A::Sum | A::Count | A::CountValues | A::DistinctCount | A::Average | A::Min | A::Max | A::Median
        ),
    }
}

fn check_needs(aggregation: Aggregation, settings: &AggregationSettings) -> Result<()> {
    use Aggregation as A;
    let (given, what) = match aggregation {
        A::Percentile | A::ApproxPercentile => (settings.p.is_some(), "`p`, a share from 0 to 1"),
        A::Rate => (settings.column.is_some(), "a second `column_id`, the divisor"),
        A::WeightedAverage => (settings.column.is_some(), "a second `column_id`, the weight"),
        A::First | A::Last => (settings.by.is_some(), "`by`, the column that orders the rows"),
        A::Histogram => (settings.bins.is_some() || settings.size.is_some(), "`bins` or `size`"),
        _ => return Ok(()),
    };
    if given { Ok(()) } else { Err(Error::query(format!("`{}` needs {what}", aggregation.as_str()))) }
}

fn check_parts(settings: &AggregationSettings) -> Result<()> {
    if let Some(column) = &settings.column {
        check_value(column, "an aggregation")?;
    }
    if let Some(p) = &settings.p {
        check_share(p).map_err(|error| error.at("/p"))?;
    }
    if let Some(by) = &settings.by {
        check_value(by, "`by`").map_err(|error| error.within("/by"))?;
    }
    one_or_more(settings.max, "/max")?;
    match (settings.bins, &settings.size) {
        (Some(_), Some(_)) => Err(Error::query("expected either `bins` or `size`, found both")),
        (Some(bins), None) => check_count(bins).map_err(|error| error.at("/bins")),
        (None, Some(size)) => positive(size).map_err(|error| error.at("/size")),
        (None, None) => Ok(()),
    }
}

fn check_share(share: &Literal) -> Result<()> {
    let share = number(share)?;
    let bounds = Digits::parse("0").zip(Digits::parse("1"));
    if bounds.is_some_and(|(none, all)| (none..=all).contains(&share)) {
        return Ok(());
    }
    Err(Error::query("expected a number from 0 to 1"))
}

fn check_latest(settings: &AggregationSettings) -> Result<()> {
    let Some(date) = &settings.last_by else {
        let needs = |field: &str| Err(Error::query(format!("`{field}` needs `last_by`")).at(format!("/{field}")));
        return match (settings.entity.is_empty(), settings.pick) {
            (false, _) => needs("entity"),
            (true, Some(_)) => needs("pick"),
            (true, None) => Ok(()),
        };
    };
    check_value(date, "`last_by`").map_err(|error| error.within("/last_by"))?;
    at_most(settings.entity.len(), Query::MAX_ENTITIES, "columns of entities").map_err(|error| error.at("/entity"))?;
    let mut known = HashSet::new();
    for (index, entity) in settings.entity.iter().enumerate() {
        check_value(entity, "`entity`")
            .and_then(|()| if known.insert(entity) { Ok(()) } else { Err(Error::query("this column is listed twice")) })
            .map_err(|error| error.within(&format!("/entity/{index}")))?;
    }
    Ok(())
}

/// The date may be called by the name of a dimension on it.
fn check_cumulative(cumulative: &Cumulative) -> Result<()> {
    check_reference(&cumulative.over)
        .and_then(|()| no_hierarchy(&cumulative.over, "`over`"))
        .and_then(|()| of_rows(&cumulative.over, "`over`"))
        .and_then(|()| not_all_rows(&cumulative.over, "only a count takes it"))
        .map_err(|error| error.within("/over"))?;
    match cumulative.span {
        CumulativeSpan::Window { quantity, .. } => one_or_more(Some(quantity.into()), "/window/quantity"),
        CumulativeSpan::ToDate(_) | CumulativeSpan::All => Ok(()),
    }
}
