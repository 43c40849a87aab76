//! Faults of what happens to the groups.

use serde_json::{Value, json};

use super::{OfQueries, add, is, items, set, without};

pub(super) const ALL: OfQueries = &[
    ("post is ignored", |query| without(query, "post")),
    ("top keeps one more", |query| query.get_mut("top").is_some_and(|top| add(top, "n", 1))),
    ("top ranks the other way", |query| {
        query.get_mut("top").is_some_and(|top| {
            let other = if is(top, "order", "asc") { "desc" } else { "asc" };
            set(top, "order", other.into());
            true
        })
    }),
    ("top ranks over everything", |query| {
        query.get_mut("top").is_some_and(|top| top.get("of").is_some() && without(top, "per"))
    }),
    ("the remainder is left out", |query| query.get_mut("top").is_some_and(|top| without(top, "other"))),
    ("the base is not trimmed", |query| {
        query.get_mut("compare").is_some_and(|compare| without(compare, "trim_running"))
    }),
    ("the base is a unit further back", |query| {
        query
            .get_mut("compare")
            .is_some_and(|compare| compare["shift"].is_object() && add(&mut compare["shift"], "quantity", 1))
    }),
    ("totals are over other rows", |query| {
        query.get_mut("totals").is_some_and(|totals| {
            if !without(totals, "over") {
                set(totals, "over", "all_rows".into());
            }
            true
        })
    }),
    ("lag is a row further", |query| windows(query, "lag", &|window| longer(window, "offset"))),
    ("a moving average is a row longer", |query| windows(query, "moving_average", &|window| add(window, "size", 1))),
    ("ranks have no gaps", |query| {
        windows(query, "rank", &|window| {
            set(window, "function", "dense_rank".into());
            true
        })
    }),
    ("shares are of everything", |query| windows(query, "percent_of_total", &|window| without(window, "partition_by"))),
    ("totals run over partitions", |query| {
        windows(query, "running_total", &|window| {
            let own = window.get("partition_by") != Some(&json!([]));
            set(window, "partition_by", json!([]));
            own
        })
    }),
    ("changes are differences of two rows", |query| windows(query, "difference", &|window| longer(window, "offset"))),
    ("leads are lags", |query| {
        windows(query, "lead", &|window| {
            set(window, "function", "lag".into());
            true
        })
    }),
];

fn longer(window: &mut Value, field: &str) -> bool {
    if window.get(field).is_none() {
        set(window, field, 1.into());
    }
    add(window, field, 1)
}

/// The windows of a function.
fn windows(query: &mut Value, function: &str, change: &dyn Fn(&mut Value) -> bool) -> bool {
    items(query, "window")
        .iter_mut()
        .fold(false, |changed, window| (is(window, "function", function) && change(window)) | changed)
}
