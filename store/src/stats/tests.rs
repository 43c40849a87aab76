//! Each kind of column, and bounds that enclose whatever they were cut from.

use std::sync::Arc;

use arrow::array::{
    BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int64Array, NullArray, StringArray,
    StringViewArray, UInt64Array,
};
use arrow::datatypes::Int8Type;
use proptest::prelude::{any, prop_assert, proptest};

use super::{Array, ArrayRef, ColumnAccumulator, ColumnStats, lower_bound, upper_bound};

fn stats(parts: &[ArrayRef]) -> ColumnStats {
    let mut accumulator = ColumnAccumulator::new(parts[0].data_type());
    for part in parts {
        accumulator.update(part).unwrap();
    }
    accumulator.finish("c")
}

#[track_caller]
fn check(array: impl Array + 'static, nulls: u64, min: Option<&str>, max: Option<&str>, sum: Option<&str>) {
    let stats = stats(&[Arc::new(array)]);
    assert_eq!(stats.null_count, nulls);
    assert_eq!((stats.min.as_deref(), stats.max.as_deref(), stats.sum.as_deref()), (min, max, sum));
    assert_eq!((stats.min_exact, stats.max_exact), (min.is_some(), max.is_some()));
}

#[test]
fn each_kind_of_column_has_its_statistics() {
    check(
        Int64Array::from(vec![Some(i64::MAX), None, Some(5), Some(i64::MAX)]),
        1,
        Some("5"),
        Some("9223372036854775807"),
        Some("18446744073709551619"),
    );
    check(Int64Array::from(vec![None::<i64>, None]), 2, None, None, Some("0"));
    check(
        UInt64Array::from(vec![u64::MAX]),
        0,
        Some("18446744073709551615"),
        Some("18446744073709551615"),
        Some("18446744073709551615"),
    );
    let decimals = Decimal128Array::from(vec![-150, 250]).with_precision_and_scale(10, 2).unwrap();
    check(decimals, 0, Some("-150"), Some("250"), Some("100"));
    check(Decimal128Array::from(vec![i128::MAX, 1]), 0, Some("1"), Some(&i128::MAX.to_string()), None);
    check(Date32Array::from(vec![-1, 3]), 0, Some("-1"), Some("3"), None);
    check(Float64Array::from(vec![1e300, -0.5]), 0, Some("-0.5"), Some("1e300"), None);
    check(Float64Array::from(vec![1.0, f64::NAN]), 0, None, None, None);
    check(BooleanArray::from(vec![Some(true), None]), 1, Some("true"), Some("true"), None);
    check(StringArray::from(vec![Some("b"), None, Some("")]), 1, Some(""), Some("b"), None);
    check(StringViewArray::from(vec!["é", "z"]), 0, Some("z"), Some("é"), None);
    check(NullArray::new(3), 3, None, None, None);
    let codes: DictionaryArray<Int8Type> = [Some("x"), None, Some("y")].into_iter().collect();
    check(codes, 1, Some("x"), Some("y"), None);
}

#[test]
fn parts_add_up() {
    let parts: [ArrayRef; 3] = [
        Arc::new(StringArray::from(vec!["m", "n"])),
        Arc::new(StringArray::from(vec!["a"])),
        Arc::new(StringArray::from(vec![Some("z"), None])),
    ];
    let stats = stats(&parts);
    assert_eq!((stats.min.as_deref(), stats.max.as_deref(), stats.null_count), (Some("a"), Some("z"), 1));
}

#[test]
fn strings_at_the_end_of_unicode_have_no_upper_bound() {
    let text = "\u{10FFFF}".repeat(30);
    assert_eq!(upper_bound(&text), None);
    let text = format!("a{text}");
    assert_eq!(upper_bound(&text), Some(("b".to_owned(), false)));
}

proptest! {
    #[test]
    fn cut_bounds_still_enclose(text in any::<String>(), tail in any::<String>()) {
        let text = format!("{}{tail}", text.repeat(3));
        let (lower, exact) = lower_bound(&text);
        prop_assert!(lower.as_str() <= text.as_str());
        prop_assert!(exact == (lower == text));
        if let Some((upper, exact)) = upper_bound(&text) {
            let encloses = if exact { upper == text } else { upper.as_str() > text.as_str() };
            prop_assert!(encloses);
            prop_assert!(upper.len() <= 64 + 3);
        }
    }
}
