//! Faults of columns, filters as a whole, options and aggregations.

use serde_json::{Value, json};

use super::{OfQueries, add, is, items, set, without};

pub(super) const ALL: OfQueries = &[
    ("a filter is dropped", |query| query["where"].as_array_mut().is_some_and(|filters| filters.pop().is_some())),
    ("the filter of a measure is dropped", |query| measures(query, &|measure| without(measure, "where"))),
    ("the filter of a measure drops groups", moved_filter),
    ("having is ignored", |query| without(query, "having")),
    ("the limit is off by one", |query| query.get_mut("limit").is_some_and(|limit| add(limit, "by", 1))),
    ("the offset is ignored", |query| {
        query.get_mut("limit").is_some_and(|limit| !limit["offset"].eq(&json!(0)) && without(limit, "offset"))
    }),
    ("descending is ignored", |query| orders(query, &|key| without(key, "order"))),
    ("NULL sorts first", |query| orders(query, &|key| first_nulls(key))),
    ("tiers are ignored", |query| orders(query, &|key| without(key, "tiered"))),
    ("the zone is ignored", |query| without(&mut query["options"], "timezone_id")),
    ("clocks never change", clocks_stand),
    ("the week starts a day later", later_week),
    ("the fiscal year is ignored", |query| without(&mut query["options"], "fiscal_year_start")),
    ("now is half a day later", later_now),
    ("distinct counts NULL", distinct_counts_null),
    ("samples are populations", |query| types(query, &[("stddev", "stddev_pop"), ("variance", "variance_pop")])),
    ("values are rows", |query| types(query, &[("count_values", "count")])),
    ("first is last", |query| types(query, &[("first", "last"), ("last", "first")])),
    ("medians are averages", |query| types(query, &[("median", "average")])),
    ("weights are ignored", |query| {
        aggregations(query, &|fields| {
            is(fields, "type", "weightedaverage") && {
                *fields = json!({"type": "average"});
                true
            }
        })
    }),
    ("a rate is a ratio of averages", averaged_rate),
    ("percentiles are some ranks off", |query| {
        aggregations(query, &|fields| {
            let share = fields.get("p").and_then(Value::as_f64).filter(|_| is(fields, "type", "percentile"));
            share.is_some_and(|p| {
                set(fields, "p", (if p > 0.5 { p - 0.1 } else { p + 0.1 }).into());
                true
            })
        })
    }),
    ("discrete percentiles are continuous", |query| {
        aggregations(query, &|fields| is(fields, "kind", "discrete") && without(fields, "kind"))
    }),
    ("lists keep doubles", |query| aggregations(query, &|fields| without(fields, "distinct"))),
    ("all dates count", |query| {
        aggregations(query, &|fields| {
            without(fields, "entity");
            without(fields, "pick");
            without(fields, "last_by")
        })
    }),
    ("the last date is that of the group", |query| {
        aggregations(query, &|fields| {
            let own = fields.get("entity").is_some() && fields.get("pick").is_none();
            if own {
                set(fields, "pick", "last_common_date".into());
            }
            own
        })
    }),
    ("cumulative windows are a unit longer", |query| {
        aggregations(query, &|fields| {
            let window = fields.get_mut("cumulative").and_then(|cumulative| cumulative.get_mut("window"));
            window.is_some_and(|window| add(window, "quantity", 1))
        })
    }),
    ("running sums are plain", |query| types(query, &[("cumulativesum", "sum")])),
    ("divided by 0 is 0", |query| {
        measures(query, &|measure| {
            let text = measure.get("formula").and_then(Value::as_str).filter(|text| text.contains(" / "));
            let Some(text) = text.map(|text| format!("COALESCE({text}, 0)")) else { return false };
            set(measure, "formula", text.into());
            true
        })
    }),
    ("bins begin at 0", |query| bins(query, &|bins| without(bins, "origin"))),
    ("an edge is in the bin below", |query| {
        bins(query, &|bins| {
            let edges = bins.get_mut("edges").and_then(Value::as_array_mut);
            edges.is_some_and(|edges| {
                // To integers this is the same as edges that belong to the bin below.
                edges.iter_mut().for_each(|edge| *edge = (edge.as_i64().unwrap_or(0) + 1).into());
                true
            })
        })
    }),
    ("the rest stays as it is", |query| bins(query, &|bins| without(bins, "rest"))),
    ("members without rows are missing", |query| {
        let dimensions = items(query, "dimensions").iter_mut();
        dimensions.fold(false, |changed, dimension| without(dimension, "include_nonoccurring") | changed)
    }),
];

fn measures(query: &mut Value, change: &dyn Fn(&mut Value) -> bool) -> bool {
    items(query, "measures").iter_mut().fold(false, |changed, measure| change(measure) | changed)
}

fn orders(query: &mut Value, change: &dyn Fn(&mut Value) -> bool) -> bool {
    items(query, "order").iter_mut().fold(false, |changed, key| change(key) | changed)
}

fn bins(query: &mut Value, change: &dyn Fn(&mut Value) -> bool) -> bool {
    let dimensions = items(query, "dimensions").iter_mut();
    dimensions
        .filter_map(|dimension| dimension.get_mut("discretization"))
        .fold(false, |changed, bins| change(bins) | changed)
}

/// Every aggregation as an object.
fn aggregations(query: &mut Value, change: &dyn Fn(&mut Value) -> bool) -> bool {
    measures(query, &|measure| match measure.get_mut("aggregation") {
        Some(Value::String(name)) => {
            let mut fields = json!({"type": name});
            let changed = change(&mut fields);
            if changed {
                measure["aggregation"] = fields;
            }
            changed
        }
        Some(fields) => change(fields),
        None => false,
    })
}

fn types(query: &mut Value, renamed: &[(&str, &str)]) -> bool {
    aggregations(query, &|fields| {
        let new = renamed.iter().find(|(from, _)| is(fields, "type", from)).map(|(_, to)| *to);
        if let Some(new) = new {
            set(fields, "type", new.into());
        }
        new.is_some()
    })
}

fn moved_filter(query: &mut Value) -> bool {
    let mut moved = Vec::new();
    for measure in items(query, "measures") {
        if let Some(filter) = measure.as_object_mut().and_then(|object| object.remove("where")) {
            moved.extend(filter.as_array().cloned().unwrap_or_default());
        }
    }
    let found = !moved.is_empty();
    moved.extend(query.get("where").and_then(Value::as_array).cloned().unwrap_or_default());
    set(query, "where", moved.into());
    found
}

fn first_nulls(key: &mut Value) -> bool {
    let plain = key.get("nulls").is_none();
    if plain {
        set(key, "nulls", "first".into());
    }
    plain
}

fn later_week(query: &mut Value) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let weeks = query["dimensions"].to_string();
    let start = query["options"].get("week_start").and_then(Value::as_str).unwrap_or("monday").to_owned();
    let place = DAYS.iter().position(|day| *day == start).unwrap_or(0);
    set(&mut query["options"], "week_start", DAYS[(place + 1) % 7].into());
    ["week", "\"level\":4"].iter().any(|level| weeks.contains(level))
}

/// The zone with the offset of its winter for all the year.
fn clocks_stand(query: &mut Value) -> bool {
    let zone = query["options"]["timezone_id"].as_str().unwrap_or_default();
    let standing = match zone {
        "Europe/Brussels" => "Etc/GMT-1",
        "America/New_York" => "Etc/GMT+5",
        "Australia/Sydney" => "Etc/GMT-10",
        "America/Sao_Paulo" => "Etc/GMT+3",
        _ => return false,
    };
    set(&mut query["options"], "timezone_id", standing.into());
    true
}

fn later_now(query: &mut Value) -> bool {
    let Some(now) = query["options"]["as_of"].as_str().and_then(|now| chrono::DateTime::parse_from_rfc3339(now).ok())
    else {
        return false;
    };
    let later = now + chrono::TimeDelta::hours(12);
    set(&mut query["options"], "as_of", later.to_rfc3339().into());
    let text = query["where"].to_string();
    ["_now", "to_date", "TD\"", "ago", "current"].iter().any(|relative| text.contains(relative))
}

fn column(measure: &Value) -> Option<String> {
    let name = measure.get("column_id")?.as_str()?;
    match measure.get("dataset_id").and_then(Value::as_str) {
        Some(dataset) => Some(format!("{{\"{dataset}\":\"{name}\"}}")),
        None => Some(format!("{{\"{name}\"}}")),
    }
}

fn distinct_counts_null(query: &mut Value) -> bool {
    measures(query, &|measure| {
        let text = measure["aggregation"].as_str().or_else(|| measure["aggregation"]["type"].as_str());
        if text != Some("distinctcount") || measure["aggregation"].to_string().contains('_') {
            return false;
        }
        let Some(column) = column(measure) else { return false };
        let formula = format!("COUNTD({column}) + IF(COUNTR() > COUNT({column}), 1, 0)");
        for field in ["aggregation", "column_id", "dataset_id"] {
            without(measure, field);
        }
        set(measure, "formula", formula.into());
        true
    })
}

fn averaged_rate(query: &mut Value) -> bool {
    measures(query, &|measure| {
        if measure["aggregation"]["type"] != "rate" {
            return false;
        }
        let Some((above, below)) = column(measure).zip(column(&measure["aggregation"])) else { return false };
        for field in ["aggregation", "column_id", "dataset_id"] {
            without(measure, field);
        }
        set(measure, "formula", format!("AVG({above}) / AVG({below})").into());
        true
    })
}
