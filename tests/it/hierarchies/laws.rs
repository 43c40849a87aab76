//! Laws of hierarchies, over random ones of every kind: with categories, values without a place, ragged, with rows on
//! members that have children, and with rows without a value.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use drillcore::DrillCell;
use drillcore_tests::hierarchies::asking::{ask, by, ids, rows, rows_of, test, with};
use drillcore_tests::hierarchies::cells::{asked_for, key};
use drillcore_tests::hierarchies::planted::{Planted, Sort};
use drillcore_tests::rng::Rng;
use serde_json::{Value, json};

use crate::drill_cells::{read, rows as rows_behind};
use crate::run::setting;

/// Worlds of each kind.
const WORLDS: u64 = 3;

/// Calls `check` for random worlds of every kind, from sources and from snapshots.
fn cases(salt: u64, check: impl Fn(&Planted, &mut Rng)) {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ (0x41e7_0000 + salt);
    for (kind, sort) in (0..).zip(Sort::EACH) {
        for number in 0..WORLDS {
            let rng = &mut Rng::new(seed.wrapping_add(1_000 * kind + number));
            let planted = Planted::new(rng, sort);
            check(&planted, rng);
            planted.db.accelerate("t", &[]).expect("a sync");
            check(&planted, rng);
        }
    }
}

/// Rows and amounts by some dimensions, some rows only.
fn asked(planted: &Planted, dimensions: Value, more: Value) -> Vec<Vec<Value>> {
    rows(&planted.db, &with(by("t", dimensions), more))
}

/// The hierarchy at a level.
fn at(level: usize) -> Value {
    json!({"hierarchy_id": "h", "level": level, "as": format!("l{level}")})
}

/// The member of a cell where null means that nothing is given: NULL by its path.
fn path_of(cell: &Value) -> Value {
    if cell.is_null() { json!([null]) } else { asked_for(cell) }
}

/// Rows and amount of each member that stands in a column.
fn added_up(rows: &[Vec<Value>], column: usize) -> BTreeMap<String, (i64, Option<i64>)> {
    let mut sums: BTreeMap<String, (i64, Option<i64>)> = BTreeMap::new();
    for row in rows {
        let [n, amount] = &row[row.len() - 2..] else { panic!("{row:?}") };
        let sum = sums.entry(key(&row[column])).or_default();
        sum.0 += n.as_i64().expect("a number of rows");
        sum.1 = amount.as_i64().map(|amount| amount + sum.1.unwrap_or_default()).or(sum.1);
    }
    sums
}

/// The ids of the rows that pass a test of the hierarchy.
fn passing(planted: &Planted, expression: &str, members: Value) -> BTreeSet<i64> {
    ids(&planted.db, "t", json!([test("h", expression, members)])).into_iter().collect()
}

fn all_ids(planted: &Planted) -> BTreeSet<i64> {
    planted.rows.iter().map(|row| row.id).collect()
}

/// Some members of a level.
fn some_members(planted: &Planted, rng: &mut Rng, most: usize) -> Vec<Value> {
    let level = *rng.pick(&planted.levels());
    let mut members: Vec<Value> =
        asked(planted, json!([at(level)]), json!({})).into_iter().map(|row| row[0].clone()).collect();
    rng.shuffle(&mut members);
    members.truncate(most);
    members
}

#[test]
fn children_add_up_to_their_parent() {
    cases(1, |planted, _| {
        for pair in planted.levels().windows(2) {
            let [upper, lower] = [pair[0], pair[1]];
            let parents = asked(planted, json!([at(upper)]), json!({}));
            let expected = added_up(&parents, 0);
            assert_eq!(expected.len(), parents.len(), "a member stands twice\n{}", planted.shown());
            let both = asked(planted, json!([at(upper), at(lower)]), json!({}));
            assert_eq!(added_up(&both, 0), expected, "{upper} {lower}\n{}", planted.shown());
            // Every child has one parent, and is what it is at its own level.
            let children = added_up(&both, 1);
            assert_eq!(children.len(), both.len(), "{upper} {lower}\n{}", planted.shown());
            assert_eq!(children, added_up(&asked(planted, json!([at(lower)]), json!({})), 0), "{}", planted.shown());
        }
        for parent in asked(planted, json!([at(1)]), json!({})) {
            let below = json!([{"hierarchy_id": "h", "under": path_of(&parent[0])}]);
            let children = added_up(&asked(planted, below, json!({})), 0);
            let sum = children.values().fold((0, None), |sum: (i64, Option<i64>), child| {
                (sum.0 + child.0, child.1.map(|amount| amount + sum.1.unwrap_or_default()).or(sum.1))
            });
            assert_eq!(added_up(slice::from_ref(&parent), 0)[&key(&parent[0])], sum, "{parent:?}\n{}", planted.shown());
        }
    });
}

#[test]
fn hidden_children_add_up_to_their_parent_too() {
    let hidden = Cell::new(0);
    cases(2, |planted, _| {
        let quiet = |level: usize| json!({"hierarchy_id": "quiet", "level": level, "as": format!("q{level}")});
        for level in planted.levels() {
            let shown = added_up(&asked(planted, json!([quiet(level)]), json!({})), 0);
            let all = added_up(&asked(planted, json!([at(level)]), json!({})), 0);
            for (member, figures) in &shown {
                assert_eq!(all.get(member), Some(figures), "{member} at {level}\n{}", planted.shown());
            }
            // What is not shown is what was generated, or stands below it.
            for (member, _) in all.iter().filter(|(member, _)| !shown.contains_key(*member)) {
                hidden.set(hidden.get() + 1);
                let is_lost = || planted.sort == Sort::Tree && member.starts_with("member [\"");
                let is_generated = member.starts_with("own ") || member.starts_with("unassigned ");
                assert!(is_generated || is_lost(), "{member} at {level}\n{}", planted.shown());
            }
            assert!(!shown.keys().any(|member| member.starts_with("own ") || member.starts_with("unassigned ")));
        }
    });
    assert!(hidden.get() > 50, "{} members were hidden", hidden.get());
}

#[test]
fn at_every_level_each_row_is_counted_once() {
    cases(3, |planted, _| {
        let one = json!({"column_id": "id", "aggregation": "distinctcount", "as": "different"});
        for level in planted.levels() {
            let query = json!({
                "dataset_id": "t",
                "dimensions": [at(level)],
                "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}, one],
            });
            let found = rows(&planted.db, &query);
            let sum = |column: usize| found.iter().map(|row| row[column].as_u64().expect("a number")).sum::<u64>();
            let expected = planted.rows.len() as u64;
            assert_eq!((sum(1), sum(2)), (expected, expected), "{level}\n{}", planted.shown());
            assert!(found.iter().all(|row| row[1] != 0), "a member without rows\n{}", planted.shown());
        }
    });
}

#[test]
fn a_member_is_the_union_of_its_leaves() {
    cases(4, |planted, rng| {
        for member in some_members(planted, rng, 5) {
            let named = asked_for(&member);
            let whole = passing(planted, "? = ?", named);
            assert!(!whole.is_empty(), "{member}\n{}", planted.shown());
            let below = json!([{"hierarchy_id": "h", "under": path_of(&member), "level": planted.deepest()}]);
            let leaves: Vec<Value> = asked(planted, below, json!({})).iter().map(|row| asked_for(&row[0])).collect();
            assert_eq!(passing(planted, "? in ?", json!(leaves)), whole, "{member}\n{}", planted.shown());
            let one_by_one: BTreeSet<i64> =
                leaves.into_iter().flat_map(|leaf| passing(planted, "? = ?", leaf)).collect();
            assert_eq!(whole, one_by_one, "{member}\n{}", planted.shown());
        }
    });
}

#[test]
fn a_filter_and_its_complement_make_up_all_rows() {
    cases(5, |planted, rng| {
        for most in [0, 1, 2, 4] {
            let members: Vec<Value> = some_members(planted, rng, most).iter().map(asked_for).collect();
            let yes = passing(planted, "? in ?", json!(members));
            let no = passing(planted, "? not in ?", json!(members));
            assert!(yes.is_disjoint(&no), "{members:?}\n{}", planted.shown());
            assert_eq!(&yes | &no, all_ids(planted), "{members:?}\n{}", planted.shown());
            let not = json!([{"not": test("h", "? in ?", json!(members))}]);
            let not: BTreeSet<i64> = ids(&planted.db, "t", not).into_iter().collect();
            assert_eq!(not, no, "{members:?}\n{}", planted.shown());
            let either: BTreeSet<i64> =
                members.iter().flat_map(|member| passing(planted, "? = ?", member.clone())).collect();
            assert_eq!(yes, either, "{members:?}\n{}", planted.shown());
            if let [member] = members.as_slice() {
                assert_eq!(passing(planted, "? != ?", member.clone()), no, "{member}\n{}", planted.shown());
            }
        }
    });
}

#[test]
fn the_rows_of_a_cell_aggregate_to_it() {
    cases(6, |planted, rng| {
        let level = *rng.pick(&planted.levels());
        let found = asked(planted, json!([at(level), {"column_id": "kind"}]), json!({}));
        for _ in 0..4 {
            let row = rng.pick(&found);
            let of_kind = json!({"expression": "? = ?", "parameters": [{"column_id": "kind"}, row[1]]});
            let filters = json!([test("h", "? = ?", asked_for(&row[0])), of_kind]);
            let behind: BTreeSet<i64> = ids(&planted.db, "t", filters).into_iter().collect();
            let behind: Vec<_> = planted.rows.iter().filter(|row| behind.contains(&row.id)).collect();
            let amounts: Vec<i64> = behind.iter().filter_map(|row| row.amount).collect();
            let sum = (!amounts.is_empty()).then(|| amounts.iter().sum::<i64>());
            assert_eq!(row[2..], [json!(behind.len()), json!(sum)], "{row:?}\n{}", planted.shown());
        }
    });
}

#[test]
fn drilling_through_a_cell_gives_rows_that_aggregate_to_it() {
    let parents = Cell::new(0);
    cases(9, |planted, rng| {
        let expand = json!({"hierarchy_id": "h", "expand": {"depth": rng.between(2, 4)}, "as": "place"});
        let level = with(at(*rng.pick(&planted.levels())), json!({"as": "place"}));
        let having = json!([{"expression": "? > ?", "parameters": [{"name": "n"}, 1]}]);
        let top = json!({"of": "kind", "n": 1, "by": "n", "other": true});
        for place in [expand, level] {
            for more in [json!({}), json!({"having": having}), json!({"top": top})] {
                let document = with(by("t", json!([place, {"column_id": "kind", "as": "kind"}])), more);
                let (query, answer) = (read(&document), ask(&planted.db, &document));
                let shown = rows_of(&answer);
                for _ in 0..3 {
                    let Some(rows) = shown.as_array().filter(|rows| !rows.is_empty()) else { break };
                    let row = rng.below(rows.len());
                    let cell = DrillCell::of_row(&answer, row).expect("a row");
                    let behind = rows_behind(&planted.db, &query, &cell);
                    let amounts: Vec<i64> = behind.iter().filter_map(|(_, amount)| *amount).collect();
                    let sum = (!amounts.is_empty()).then(|| amounts.iter().sum::<i64>());
                    let figures = json!([behind.len(), sum]);
                    let found = json!([rows[row][2], rows[row][3]]);
                    assert_eq!(found, figures, "{cell:?} of {document}\n{}", planted.shown());
                    parents.set(parents.get() + usize::from(rows[row][0]["expanded"] == json!(true)));
                }
            }
        }
    });
    assert!(parents.get() > 20, "{} parents were drilled through", parents.get());
}

#[test]
fn figures_that_do_not_add_up_are_native_at_every_level() {
    cases(7, |planted, rng| {
        let measures = json!([
            {"column_id": "kind", "aggregation": "distinctcount", "as": "kinds"},
            {"column_id": "amount", "aggregation": "median", "as": "median"},
            {"column_id": "amount", "aggregation": "average", "as": "mean"},
            {"column_id": "amount", "aggregation": "max", "as": "greatest"},
            {"formula": "SUM({amount}) / COUNTR()", "as": "per_row"},
        ]);
        let level = *rng.pick(&planted.levels());
        let query = json!({"dataset_id": "t", "dimensions": [at(level)], "measures": measures});
        let found = rows(&planted.db, &query);
        for _ in 0..4 {
            let row = rng.pick(&found);
            let filter = json!([test("h", "? = ?", asked_for(&row[0]))]);
            let alone = json!({"dataset_id": "t", "measures": measures, "where": filter});
            assert_eq!(row[1..], rows(&planted.db, &alone)[0], "{row:?}\n{}", planted.shown());
        }
    });
}

#[test]
fn the_order_of_a_level_goes_on_within_that_above() {
    cases(8, |planted, _| {
        for pair in planted.levels().windows(2) {
            let [upper, lower] = [pair[0], pair[1]];
            let keys = |rows: Vec<Vec<Value>>, column: usize| -> Vec<String> {
                rows.iter().map(|row| key(&row[column])).collect()
            };
            let alone = keys(asked(planted, json!([at(lower)]), json!({})), 0);
            let within = keys(asked(planted, json!([at(upper), at(lower)]), json!({})), 1);
            assert_eq!(alone, within, "{upper} {lower}\n{}", planted.shown());
            let order = json!({"order": [{"by": format!("l{lower}"), "order": "desc"}]});
            let mut downward = keys(asked(planted, json!([at(lower)]), order), 0);
            downward.reverse();
            assert_eq!(alone, downward, "{lower}\n{}", planted.shown());
        }
    });
}
