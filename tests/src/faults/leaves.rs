//! Faults in single tests.

use serde_json::{Value, json};

use super::{OfQueries, add, is, items, set, without};

pub(super) const ALL: OfQueries = &[
    ("less is at most", |query| relabel(query, "? < ?", "? <= ?")),
    ("at least is more", |query| relabel(query, "? >= ?", "? > ?")),
    ("between has no upper end", half_open),
    ("not equal drops NULL", |query| each(query, &|leaf| is(leaf, "expression", "? != ?") && exclude(leaf))),
    ("not in a list with NULL keeps NULL", null_out_of_list),
    ("the rule for NULL is ignored", |query| each(query, &|leaf| without(leaf, "nulls"))),
    ("case always matters", case_matters),
    ("contains is begins with", |query| relabel(query, "? like ?", "? starts with ?")),
    ("the current unit is left out", |query| relabel(query, "last_now", "last_completed")),
    ("one unit too many", |query| each(query, &|leaf| is(leaf, "expression", "last_completed") && longer(leaf))),
    ("to date is the whole unit", |query| relabel(query, "to_date", "current")),
    ("or is and", |query| nested(query, "or", "and")),
    ("not is forgotten", not_is_forgotten),
];

/// Calls `change` with every leaf of every filter; whether any was changed.
fn each(query: &mut Value, change: &dyn Fn(&mut Value) -> bool) -> bool {
    let mut changed = false;
    every(query, &mut |filter| {
        if filter.get("expression").is_some() {
            changed |= change(filter);
        }
    });
    changed
}

/// Calls `visit` with every filter, the outer ones first.
fn every(query: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    for place in ["where", "having", "post"] {
        items(query, place).iter_mut().for_each(|filter| walk(filter, visit));
    }
    for measure in items(query, "measures") {
        items(measure, "where").iter_mut().for_each(|filter| walk(filter, visit));
    }
}

fn walk(filter: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    visit(filter);
    for nest in ["and", "or"] {
        items(filter, nest).iter_mut().for_each(|inner| walk(inner, visit));
    }
    if let Some(inner) = filter.get_mut("not") {
        walk(inner, visit);
    }
}

fn relabel(query: &mut Value, from: &str, to: &str) -> bool {
    each(query, &|leaf| {
        let found = is(leaf, "expression", from);
        if found {
            set(leaf, "expression", to.into());
        }
        found
    })
}

fn exclude(leaf: &mut Value) -> bool {
    let free = leaf.get("nulls").is_none();
    if free {
        set(leaf, "nulls", "exclude".into());
    }
    free
}

fn longer(leaf: &mut Value) -> bool {
    let Some(period) = leaf.get_mut("parameters").and_then(|parameters| parameters.get_mut(1)) else { return false };
    if period.get("quantity").is_none() {
        set(period, "quantity", 1.into());
    }
    add(period, "quantity", 1)
}

fn half_open(query: &mut Value) -> bool {
    each(query, &|leaf| {
        let Some([column, Value::Array(ends)]) = leaf["parameters"].as_array().map(Vec::as_slice) else { return false };
        if !is(leaf, "expression", "? between ?") || leaf.get("nulls").is_some() {
            return false;
        }
        *leaf = json!({"and": [
            {"expression": "? >= ?", "parameters": [column, ends[0]]},
            {"expression": "? < ?", "parameters": [column, ends[1]]},
        ]});
        true
    })
}

fn null_out_of_list(query: &mut Value) -> bool {
    each(query, &|leaf| {
        if !is(leaf, "expression", "? not in ?") {
            return false;
        }
        let list = leaf["parameters"][1].as_array_mut();
        list.is_some_and(|list| {
            let before = list.len();
            list.retain(|item| !item.is_null());
            list.len() < before
        })
    })
}

fn case_matters(query: &mut Value) -> bool {
    let leaves =
        each(query, &|leaf| leaf.get("case_sensitive") == Some(&false.into()) && without(leaf, "case_sensitive"));
    let whole = query["options"].get("case_sensitive") == Some(&false.into());
    (whole && without(&mut query["options"], "case_sensitive")) | leaves
}

fn nested(query: &mut Value, from: &str, to: &str) -> bool {
    let mut changed = false;
    every(query, &mut |filter| {
        if let Some(parts) = filter.as_object_mut().and_then(|object| object.remove(from)) {
            *filter = json!({to: parts});
            changed = true;
        }
    });
    changed
}

fn not_is_forgotten(query: &mut Value) -> bool {
    let mut changed = false;
    every(query, &mut |filter| {
        if let Some(inner) = filter.as_object_mut().and_then(|object| object.remove("not")) {
            *filter = inner;
            changed = true;
        }
    });
    changed
}
