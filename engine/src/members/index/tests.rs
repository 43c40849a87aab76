use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Int64Array, StringViewArray,
    TimestampMicrosecondArray, new_null_array,
};
use arrow::datatypes::i256;
use proptest::prelude::*;
use proptest::sample::Index as Pick;

use super::Index;
use crate::error::Result;

impl Index {
    fn nodes(&self, keys: &[ArrayRef]) -> Result<Vec<u32>> {
        self.find(keys, |node| node)
    }
}

/// Keys are found as in a map; one that is not there is on the root.
fn check<K: Clone + Debug + Eq + Hash>(
    keys: &[K],
    picks: &[Pick],
    strange: &K,
    columns: impl Fn(&[K]) -> Vec<ArrayRef>,
) -> Result<(), TestCaseError> {
    let mut nodes: HashMap<K, u32> = HashMap::new();
    let mut distinct = Vec::new();
    for key in keys {
        let node = 1 + 7 * u32::try_from(nodes.len()).unwrap();
        nodes.entry(key.clone()).or_insert_with(|| {
            distinct.push(key.clone());
            node
        });
    }
    let numbers: Vec<u32> = distinct.iter().map(|key| nodes[key]).collect();
    let index = Index::new(&columns(&distinct), &numbers).unwrap();

    // Keys that repeat are not looked for again, so some do.
    let mut wanted: Vec<K> =
        picks.iter().flat_map(|pick| vec![pick.get(&distinct).clone(); 1 + pick.index(2)]).collect();
    let expected: Vec<u32> = wanted.iter().map(|key| nodes[key]).collect();
    let columns_wanted = columns(&wanted);
    prop_assert_eq!(index.nodes(&columns_wanted).unwrap(), expected.clone());
    if let Some(rest) = wanted.len().checked_sub(1) {
        let behind: Vec<ArrayRef> = columns_wanted.iter().map(|column| column.slice(1, rest)).collect();
        prop_assert_eq!(index.nodes(&behind).unwrap(), expected[1..].to_vec());
    }
    wanted.push(strange.clone());
    let expected: Vec<u32> = wanted.iter().map(|key| nodes.get(key).copied().unwrap_or_default()).collect();
    prop_assert_eq!(index.nodes(&columns(&wanted)).unwrap(), expected);
    Ok(())
}

fn texts<T: AsRef<str>>(keys: &[Option<T>]) -> ArrayRef {
    Arc::new(StringViewArray::from_iter(keys.iter().map(Option::as_ref)))
}

fn integers(keys: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(keys.to_vec()))
}

fn picks() -> impl Strategy<Value = Vec<Pick>> {
    prop::collection::vec(any::<Pick>(), 0..60)
}

fn some<S: Strategy>(keys: S) -> impl Strategy<Value = Vec<Option<S::Value>>> {
    prop::collection::vec(prop::option::weighted(0.9, keys), 1..40)
}

/// Texts of which many are equal, as long as a view holds or a little longer, or begin alike.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ab]{0,3}", "[ab]{11,14}", "the beginning [ab]{0,3}", ".{0,20}"]
}

proptest! {
    #[test]
    fn one_column_of_texts(keys in some(text()), picks in picks(), strange in prop::option::of(text())) {
        check(&keys, &picks, &strange, |keys| vec![texts(keys)])?;
    }

    #[test]
    fn one_column_of_integers(
        near in some(-20_i64..20),
        far in some(any::<i64>()),
        ends in some(prop::sample::select(vec![i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX])),
        picks in picks(),
        strange in prop::option::of(prop_oneof![-25_i64..25, any::<i64>(), Just(i64::MIN), Just(i64::MAX)]),
    ) {
        for keys in [near, far, ends] {
            check(&keys, &picks, &strange, |keys| vec![integers(keys)])?;
        }
    }

    #[test]
    fn one_column_of_another_type(
        days in some(any::<i32>()),
        numbers in some(any::<i64>()),
        truths in some(any::<bool>()),
        picks in picks(),
        strange in any::<i32>(),
    ) {
        let other = Some(i64::from(strange));
        check(&days, &picks, &Some(strange), |keys| vec![Arc::new(Date32Array::from(keys.to_vec()))])?;
        check(&truths, &picks, &None, |keys| vec![Arc::new(BooleanArray::from(keys.to_vec()))])?;
        check(&numbers, &picks, &other, |keys| vec![Arc::new(TimestampMicrosecondArray::from(keys.to_vec()))])?;
        check(&numbers, &picks, &other, |keys| {
            vec![Arc::new(TimestampMicrosecondArray::from(keys.to_vec()).with_timezone("UTC"))]
        })?;
        let long: Vec<Option<i128>> = numbers.iter().map(|key| key.map(i128::from)).collect();
        check(&long, &picks, &other.map(i128::from), |keys| {
            vec![Arc::new(Decimal128Array::from(keys.to_vec()).with_precision_and_scale(30, 2).unwrap())]
        })?;
        let wide: Vec<Option<i256>> = long.iter().map(|key| key.map(i256::from_i128)).collect();
        check(&wide, &picks, &other.map(|key| i256::from_i128(i128::from(key))), |keys| {
            vec![Arc::new(Decimal256Array::from(keys.to_vec()).with_precision_and_scale(60, 2).unwrap())]
        })?;
    }

    #[test]
    fn several_columns(
        keys in prop::collection::vec((prop::option::of(text()), prop::option::of(-2_i64..2), any::<bool>()), 1..40),
        picks in picks(),
        strange in (prop::option::of(text()), prop::option::of(-2_i64..2), any::<bool>()),
    ) {
        check(&keys, &picks, &strange, |keys| {
            let (first, rest): (Vec<_>, Vec<_>) =
                keys.iter().cloned().map(|(text, integer, truth)| (text, (integer, truth))).unzip();
            let (second, third): (Vec<_>, Vec<_>) = rest.into_iter().unzip();
            vec![texts(&first), integers(&second), Arc::new(BooleanArray::from(third))]
        })?;
    }
}

#[test]
fn columns_do_not_run_together() {
    let keys = [texts(&[Some("a"), Some("ab"), None, Some("")]), texts(&[Some("bc"), Some("c"), Some(""), None])];
    let index = Index::new(&keys, &[1, 2, 3, 4]).unwrap();
    assert_eq!(index.nodes(&keys).unwrap(), [1, 2, 3, 4]);
    for (first, second) in [(Some("abc"), Some("")), (Some("a"), Some("c")), (None, None), (Some(""), Some(""))] {
        assert_eq!(index.nodes(&[texts(&[first]), texts(&[second])]).unwrap(), [0], "{first:?} {second:?}");
    }
}

#[test]
fn integers_that_lie_close_take_the_room_of_an_array() {
    let close: Vec<Option<i64>> = (0..1000).map(|number| Some(i64::MIN + 3 * number)).collect();
    let far: Vec<Option<i64>> = (0..1000).map(|number| Some(i64::MIN + 30 * number)).collect();
    let nodes: Vec<u32> = (1..=1000).collect();
    let [close, far] = [close, far].map(|keys| Index::new(&[integers(&keys)], &nodes).unwrap());
    assert!(close.bytes() < 4 * 4 * 1000, "{}", close.bytes());
    assert!(far.bytes() > 4 * 4 * 1000, "{}", far.bytes());
    let wanted = [integers(&[Some(i64::MIN + 30)])];
    assert_eq!((close.nodes(&wanted).unwrap(), far.nodes(&wanted).unwrap()), (vec![11], vec![2]));
    for gap in [i64::MIN + 1, i64::MIN + 29, i64::MAX, 0] {
        let wanted = [integers(&[Some(gap)])];
        assert_eq!((close.nodes(&wanted).unwrap(), far.nodes(&wanted).unwrap()), (vec![0], vec![0]), "{gap}");
    }
}

#[test]
fn keys_of_another_shape_are_faults_of_the_engine() {
    let text = Index::new(&[texts(&[Some("a")])], &[1]).unwrap();
    let integer = Index::new(&[integers(&[Some(1)])], &[1]).unwrap();
    let both = Index::new(&[texts(&[Some("a")]), integers(&[Some(1)])], &[1]).unwrap();
    let (a, one) = (texts(&[Some("a")]), integers(&[Some(1)]));
    assert!(text.nodes(&[Arc::clone(&one)]).is_err() && text.nodes(&[]).is_err());
    assert!(integer.nodes(&[Arc::clone(&a)]).is_err());
    assert!(integer.nodes(&[Arc::clone(&one), Arc::clone(&one)]).is_err());
    assert!(both.nodes(&[Arc::clone(&one), Arc::clone(&a)]).is_err() && both.nodes(&[Arc::clone(&a)]).is_err());
    assert!(Index::new(&[], &[]).is_err() && Index::new(&[a], &[1, 2]).is_err());
}

#[test]
fn an_index_without_keys_finds_nothing() {
    for none in [texts::<&str>(&[]), integers(&[]), Arc::new(BooleanArray::from(Vec::<bool>::new()))] {
        let index = Index::new(&[Arc::clone(&none)], &[]).unwrap();
        assert!(index.nodes(&[Arc::clone(&none)]).unwrap().is_empty());
        let null = new_null_array(none.data_type(), 1);
        assert_eq!(index.nodes(&[null]).unwrap(), [0]);
    }
}
