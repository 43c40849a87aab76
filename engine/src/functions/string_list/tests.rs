//! Lists are the sorted texts, in any order and any partitioning.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, ListArray, RecordBatch, StringViewArray};
use arrow::datatypes::Int64Type;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use datafusion::prelude::col;
use proptest::prelude::*;

use super::accumulate::{GroupedLists, SingleList};
use super::best::Rule;
use super::string_list;
use crate::functions::testing::aggregated;

fn rule(distinct: bool, descending: bool, max: u64) -> Rule {
    Rule { separator: ", ".to_owned(), distinct, descending, max }
}

fn texts(values: &[Option<String>]) -> ArrayRef {
    Arc::new(values.iter().map(|value| value.as_deref()).collect::<StringViewArray>())
}

/// The list of texts, by the definition.
fn defined(texts: impl Iterator<Item = String>, rule: &Rule) -> Option<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    if rule.distinct {
        texts.dedup();
    }
    if rule.descending {
        texts.reverse();
    }
    let max = usize::try_from(rule.max).unwrap();
    if texts.len() > max {
        texts.truncate(max);
        texts.push("…".to_owned());
    }
    (!texts.is_empty()).then(|| texts.join(&rule.separator))
}

fn evaluated(lists: &mut GroupedLists, emit: EmitTo) -> Vec<Option<String>> {
    let array = lists.evaluate(emit).unwrap();
    array.as_string_view().iter().map(|text| text.map(str::to_owned)).collect()
}

#[test]
fn lists_are_in_order_and_cut() {
    #[track_caller]
    fn check(values: &[&str], rule: Rule, expected: Option<&str>) {
        let mut list = SingleList::new(rule);
        let values: ArrayRef = Arc::new(StringViewArray::from_iter_values(values));
        list.update_batch(&[values]).unwrap();
        let expected = ScalarValue::Utf8View(expected.map(str::to_owned));
        assert_eq!(list.evaluate().unwrap(), expected);
        // Asking changes nothing.
        assert_eq!(list.evaluate().unwrap(), expected);
    }
    check(&[], rule(false, false, 10), None);
    check(&[""], rule(false, false, 10), Some(""));
    check(&["b", "a", "b"], rule(false, false, 10), Some("a, b, b"));
    check(&["b", "a", "b"], rule(true, false, 10), Some("a, b"));
    check(&["b", "a", "b"], rule(true, true, 10), Some("b, a"));
    check(&["b", "a", "b"], rule(false, true, 2), Some("b, b, …"));
    check(&["b", "a", "b"], rule(true, true, 2), Some("b, a"));
    check(&["b", "a", "b"], rule(false, false, 3), Some("a, b, b"));
    check(&["b", "a", "b"], rule(false, false, 0), Some("…"));
    check(&["b"], rule(false, false, u64::MAX), Some("b"));
    // By code point: capitals first, and U+FFFD before U+10000, which UTF-16 has the other way round.
    check(&["\u{10000}", "é", "a", "Z", "\u{fffd}"], rule(false, false, 10), Some("Z, a, é, \u{fffd}, \u{10000}"));
}

#[test]
fn null_and_filtered_texts_do_not_count() {
    let values: ArrayRef = Arc::new(StringViewArray::from(vec![Some("a"), None, Some("b"), Some("c"), Some("d")]));
    let filter = BooleanArray::from(vec![Some(true), Some(true), Some(false), None, Some(true)]);
    let mut lists = GroupedLists::new(rule(false, false, 10));
    let groups = [0, 1, 1, 1, 2];
    lists.update_batch(&[Arc::clone(&values)], &groups, Some(&filter), 4).unwrap();
    let rows = lists.convert_to_state(&[values], Some(&filter)).unwrap();
    assert_eq!(rows[0].null_count(), 3);
    let expected = [Some("a".to_owned()), None, Some("d".to_owned()), None];
    assert_eq!(evaluated(&mut lists, EmitTo::All), expected);
    lists.merge_batch(&rows, &groups, 4).unwrap();
    assert_eq!(evaluated(&mut lists, EmitTo::All), expected);
}

#[test]
fn only_texts_that_can_be_shown_are_held() {
    for distinct in [false, true] {
        let values: Vec<Option<String>> =
            (0..20_000).map(|number| Some(format!("{:05}", number * 7 % 20_000))).collect();
        let mut lists = GroupedLists::new(rule(distinct, false, 3));
        lists.update_batch(&[texts(&values)], &vec![0; values.len()], None, 1).unwrap();
        assert!(lists.size() < 2_000, "{}", lists.size());
        let state = lists.state(EmitTo::All).unwrap();
        let stored: &ListArray = state[0].as_list();
        let stored: Vec<Option<&str>> = stored.values().as_string_view().iter().collect();
        assert_eq!(stored, [Some("00000"), Some("00001"), Some("00002"), Some("00003")]);
        assert_eq!(lists.size(), GroupedLists::new(rule(distinct, false, 3)).size());
    }
}

#[test]
fn wrong_groups_and_states_are_refused() {
    let mut lists = GroupedLists::new(rule(false, false, 10));
    let values = texts(&[Some("a".to_owned())]);
    assert!(lists.update_batch(&[Arc::clone(&values)], &[5], None, 1).is_err());
    let state = lists.convert_to_state(&[Arc::clone(&values)], None).unwrap();
    assert!(lists.merge_batch(&state, &[5], 1).is_err());
    assert!(lists.merge_batch(&[values], &[0], 1).is_err());
    let numbers = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1)])]);
    assert!(lists.merge_batch(&[Arc::new(numbers)], &[0], 1).is_err());
}

proptest! {
    #[test]
    fn no_partitioning_changes_a_list(
        rows in prop::collection::vec((prop::option::weighted(0.9, "[abcé]{0,3}"), 0_usize..3), 1..150),
        size in 1_usize..40,
        distinct: bool,
        descending: bool,
        max in 0_u64..40,
        first in 1_usize..=3,
    ) {
        let rule = rule(distinct, descending, max);
        let mut whole = GroupedLists::new(rule.clone());
        let mut merged = GroupedLists::new(rule.clone());
        let mut alone = SingleList::new(rule.clone());
        for (index, part) in rows.chunks(size).enumerate() {
            let values = [texts(&part.iter().map(|row| row.0.clone()).collect::<Vec<_>>())];
            let groups: Vec<usize> = part.iter().map(|row| row.1).collect();
            whole.update_batch(&values, &groups, None, 3).unwrap();
            let (state, groups) = if index % 2 == 1 {
                (whole.convert_to_state(&values, None).unwrap(), groups)
            } else {
                let mut partial = GroupedLists::new(rule.clone());
                partial.update_batch(&values, &groups, None, 3).unwrap();
                (partial.state(EmitTo::All).unwrap(), vec![0, 1, 2])
            };
            merged.merge_batch(&state, &groups, 3).unwrap();
            alone.merge_batch(&state).unwrap();
        }
        let of = |group: Option<usize>| {
            let kept = rows.iter().filter(move |row| group.is_none_or(|group| row.1 == group));
            defined(kept.filter_map(|row| row.0.clone()), &rule)
        };
        let expected: Vec<Option<String>> = (0..3).map(|group| of(Some(group))).collect();
        let mut found = evaluated(&mut whole, EmitTo::First(first));
        found.extend(evaluated(&mut whole, EmitTo::All));
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(&evaluated(&mut merged, EmitTo::All), &expected);
        let states: Vec<ArrayRef> = alone.state().unwrap().iter().map(|state| state.to_array().unwrap()).collect();
        let mut again = SingleList::new(rule.clone());
        again.merge_batch(&states).unwrap();
        prop_assert_eq!(again.evaluate().unwrap(), ScalarValue::Utf8View(of(None)));
    }
}

#[test]
fn plans_of_several_partitions_give_the_same_lists() {
    let batch = |partition: i64| {
        let rows = || (0..250).map(move |row| row * 4 + partition);
        let g = Int64Array::from_iter_values(rows().map(|row| row % 100));
        let t = StringViewArray::from_iter_values(rows().map(|row| format!("t{:03}", row / 100)));
        let columns: [(&str, ArrayRef); 2] = [("g", Arc::new(g)), ("t", Arc::new(t))];
        RecordBatch::try_from_iter(columns).unwrap()
    };
    let partitions: Vec<Vec<RecordBatch>> = (0..4).map(|partition| vec![batch(partition)]).collect();
    let aggregates = || {
        vec![
            string_list(col("t"), "; ", false, false, 3).alias("first"),
            string_list(col("t"), "+", true, true, 2).alias("last"),
        ]
    };
    let grouped = aggregated(partitions.clone(), vec![col("g")], aggregates()).unwrap();
    assert_eq!(grouped.num_rows(), 100);
    for row in 0..100 {
        assert_eq!(grouped.column(1).as_string_view().value(row), "t000; t001; t002; …");
        assert_eq!(grouped.column(2).as_string_view().value(row), "t009+t008+…");
    }
    let total = aggregated(partitions, vec![], aggregates()).unwrap();
    assert_eq!(total.column(0).as_string_view().value(0), "t000; t000; t000; …");
    assert_eq!(total.column(1).as_string_view().value(0), "t009+t008+…");
}
