use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use datafusion::prelude::col;
use uuid::Uuid;

use super::plans::{airports, answer, shown};
use crate::error::Error;
use crate::members::{Asked, KnownRows, RowKey, RowNodes, RowNodesBuilder, ShownAs, row_member_expr};
use crate::model::{ColumnType, Level};
use crate::resolve::ColumnRef;

fn integers(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn rows(ordinals: &[i64], nodes: &[i64]) -> Arc<RowNodes> {
    let mut builder = RowNodesBuilder::new(u64::try_from(nodes.len()).unwrap(), 7).unwrap();
    let columns = [("ordinal", integers(ordinals)), ("node", integers(nodes))];
    assert!(builder.add(&RecordBatch::try_from_iter(columns).unwrap()));
    Arc::new(builder.finish().unwrap())
}

#[test]
fn the_ordinal_of_a_row_tells_its_member() {
    let tree = airports();
    // The root, west, LAX, SEA, NULL, unassigned, JFK.
    let kept = rows(&[0, 1, 4, 9], &[3, 6, 4, 2]);
    let expr = |through, to| row_member_expr(col("x"), &tree, &kept, through, to).unwrap();
    let exprs = vec![expr(None, None), expr(None, Some(shown(&tree, 1))), expr(Some("origin"), Some(shown(&tree, 0)))];
    let expected = [[2, 3, 6, 4], [1, 1, 5, 4], [0, 0, 0, 0]];
    assert_eq!(answer(vec![integers(&[9, 0, 1, 4])], exprs).unwrap(), expected);

    for strange in [2, 10, -1] {
        let error = answer(vec![integers(&[0, strange])], vec![expr(None, None)]).unwrap_err().to_string();
        assert!(error.contains("not among those whose members are known"), "{error}");
    }
    let no_ordinals: ArrayRef = Arc::new(Int64Array::from(vec![Some(0), None]));
    assert!(answer(vec![no_ordinals], vec![expr(None, None)]).is_err());
    let less = ShownAs { name: "less".to_owned(), nodes: [0].into() };
    assert!(row_member_expr(col("x"), &tree, &kept, None, Some(less)).is_err());
}

#[test]
fn expressions_are_equal_by_rows_and_by_what_is_shown() {
    let tree = airports();
    let kept = rows(&[0], &[3]);
    let expr = |through, level: Option<usize>| {
        let to = level.map(|level| shown(&tree, level));
        row_member_expr(col("x"), &tree, &kept, through, to).unwrap()
    };
    assert_eq!(expr(None, Some(1)), expr(None, Some(1)));
    let [first, second] = [1, 2].map(|level| expr(None, Some(level)));
    let all = [expr(None, None), first, second, expr(Some("a"), None), expr(Some("b"), None)];
    for (place, one) in all.iter().enumerate() {
        for other in all.iter().skip(place + 1) {
            assert_ne!(one, other);
            // Columns of plans are found by name.
            assert_ne!(one.schema_name().to_string(), other.schema_name().to_string());
        }
    }
    assert_ne!(expr(None, None), row_member_expr(col("x"), &tree, &rows(&[0], &[3]), None, None).unwrap());
}

fn column(lookup: Option<usize>, name: &str) -> ColumnRef {
    ColumnRef { lookup, column: name.to_owned(), column_type: ColumnType::Text }
}

fn key(version: u64) -> RowKey {
    let links = vec![(7, vec![column(None, "origin")])];
    RowKey { dataset: Uuid::nil(), version, keys: vec![(column(Some(0), "faa"), None)], links }
}

fn told(asked: &Asked) -> &'static str {
    match asked {
        Asked::Known(_) => "known",
        Asked::Wanted => "wanted",
        Asked::Unknown => "unknown",
    }
}

#[track_caller]
fn check(known: &KnownRows, key: &RowKey, expected: &[&str]) {
    let found: Vec<&str> = expected.iter().map(|_| told(&known.ask(key))).collect();
    assert_eq!(found, expected);
}

#[test]
fn rows_are_wanted_when_they_are_asked_for_again() {
    let known = KnownRows::default();
    // What was not brought to an end is tried again ever more rarely.
    let tries = ["unknown", "wanted", "unknown", "wanted", "unknown", "unknown", "unknown", "wanted"];
    check(&known, &key(1), &tries);
    assert!(known.known(&key(1)).is_none());
    let kept = rows(&[0, 5], &[1, 2]);
    known.put(&key(1), Some(&kept));
    check(&known, &key(1), &["known"; 3]);
    assert!(known.known(&key(1)).is_some_and(|found| Arc::ptr_eq(&found, &kept)));
    assert_eq!(known.bytes(), kept.bytes());

    known.put(&key(2), None);
    check(&known, &key(2), &["unknown", "wanted"]);
    known.put(&key(2), None);
    check(&known, &key(2), &["unknown"; 20]);
}

#[test]
fn rows_are_known_by_their_whole_key() {
    let known = KnownRows::default();
    check(&known, &key(1), &["unknown", "wanted"]);
    known.put(&key(1), Some(&rows(&[0], &[1])));
    for other in [
        RowKey { version: 2, ..key(1) },
        RowKey { dataset: Uuid::from_u128(1), ..key(1) },
        RowKey { keys: vec![(column(Some(0), "state"), None)], ..key(1) },
        RowKey { keys: vec![(column(Some(0), "faa"), Some(Level::Year))], ..key(1) },
        RowKey { links: vec![(8, vec![column(None, "origin")])], ..key(1) },
        RowKey { links: vec![(7, vec![column(None, "dest")])], ..key(1) },
    ] {
        assert!(known.known(&other).is_none(), "{other:?}");
        check(&known, &other, &["unknown"]);
    }
    check(&known, &key(1), &["known"]);
}

#[test]
fn versions_do_not_pile_up() {
    let known = KnownRows::default();
    let kept = rows(&[0, 5], &[1, 2]);
    for version in 1..=3 {
        check(&known, &key(version), &["unknown", "wanted"]);
        known.put(&key(version), Some(&kept));
    }
    assert_eq!([1, 2, 3].map(|version| known.known(&key(version)).is_some()), [false, true, true]);
    // A query that goes back pushes out the version that was not used for longest.
    check(&known, &key(2), &["known"]);
    check(&known, &key(1), &["unknown"]);
    assert_eq!([1, 2, 3].map(|version| known.known(&key(version)).is_some()), [false, true, false]);
    assert_eq!(known.bytes(), kept.bytes());
}

#[test]
fn the_nodes_of_a_target_are_made_once() {
    let known = KnownRows::default();
    let made = |index: u64, columns: &[&str], nodes: &[u32]| -> Vec<u32> {
        known.of_target(index, columns, || Ok(nodes.to_vec())).unwrap().to_vec()
    };
    assert_eq!(made(1, &["a"], &[3, 4]), [3, 4]);
    assert_eq!(made(1, &["a"], &[9]), [3, 4]);
    assert_eq!(made(1, &["a", "b"], &[5]), [5]);
    assert_eq!(made(2, &["a"], &[6]), [6]);
    assert_eq!(known.bytes(), 4 * size_of::<u32>());
    // The one that was not used for longest goes.
    made(1, &["a"], &[]);
    made(3, &["a"], &[7]);
    made(4, &["a"], &[8]);
    assert_eq!(made(1, &["a"], &[9]), [3, 4]);
    assert_eq!(made(1, &["a", "b"], &[0, 0]), [0, 0]);
    let refused = known.of_target(5, &["a"], || Err(Error::internal("broken")));
    assert_eq!(refused.unwrap_err().message(), "broken");
}
