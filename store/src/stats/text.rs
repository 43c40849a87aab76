//! The least and the greatest of some texts.

use arrow::array::{Array, AsArray, ByteView, StringViewArray};
use arrow::compute::{max_string, min_string};

/// The least and the greatest text in the order of their bytes; `None` where all are NULL, or if it is no array of
/// texts.
pub(super) fn text_bounds(array: &dyn Array) -> (Option<&str>, Option<&str>) {
    if let Some(array) = array.as_string_opt::<i32>() {
        (min_string(array), max_string(array))
    } else if let Some(array) = array.as_string_opt::<i64>() {
        (min_string(array), max_string(array))
    } else if let Some(array) = array.as_string_view_opt() {
        view_bounds(array)
    } else {
        (None, None)
    }
}

/// A text that may be a bound.
struct Bound {
    row: usize,
    view: u128,
    /// Its first four bytes as a number.
    beginning: u32,
}

/// Nearly all texts are told from the bounds by their first bytes, or by being the same as one of them, so that few are
/// looked at as a whole.
fn view_bounds(array: &StringViewArray) -> (Option<&str>, Option<&str>) {
    let (mut min, mut max): (Option<Bound>, Option<Bound>) = (None, None);
    for (row, view) in array.views().iter().enumerate() {
        if array.is_null(row) {
            continue;
        }
        let bound = || Bound { row, view: *view, beginning: beginning(*view) };
        let (Some(least), Some(greatest)) = (&min, &max) else {
            (min, max) = (Some(bound()), Some(bound()));
            continue;
        };
        let beginning = beginning(*view);
        let is_less = beginning < least.beginning
            || (beginning == least.beginning && *view != least.view && array.value(row) < array.value(least.row));
        let is_greater = beginning > greatest.beginning
            || (beginning == greatest.beginning
                && *view != greatest.view
                && array.value(row) > array.value(greatest.row));
        if is_less {
            min = Some(bound());
        } else if is_greater {
            max = Some(bound());
        }
    }
    (min.map(|bound| array.value(bound.row)), max.map(|bound| array.value(bound.row)))
}

/// The first four bytes of a text as a number that compares like them; zeros stand for those that a short one lacks.
fn beginning(view: u128) -> u32 {
    ByteView::from(view).prefix.swap_bytes()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, LargeStringArray, StringArray, StringViewArray};
    use proptest::prelude::{Just, any, prop_assert_eq, prop_oneof, proptest};

    use super::text_bounds;

    proptest! {
        #[test]
        fn bounds_are_those_of_the_values(
            texts in proptest::collection::vec(
                proptest::option::of(prop_oneof![
                    "[ab\u{0}]{0,5}",
                    "abcd[ab\u{0}]{0,12}",
                    any::<String>(),
                    Just("the same".to_owned()),
                ]),
                0..40,
            ),
            skipped in 0_usize..5,
        ) {
            let kept: Vec<Option<&str>> = texts.iter().skip(skipped).map(Option::as_deref).collect();
            let known = || kept.iter().copied().flatten();
            let wanted = (known().min(), known().max());
            let skipped = skipped.min(texts.len());
            let all = || texts.iter().map(Option::as_deref);
            let arrays: [ArrayRef; 3] = [
                Arc::new(all().collect::<StringViewArray>()),
                Arc::new(all().collect::<StringArray>()),
                Arc::new(all().collect::<LargeStringArray>()),
            ];
            for array in arrays {
                let array = array.slice(skipped, texts.len() - skipped);
                prop_assert_eq!(text_bounds(&array), wanted);
            }
        }
    }
}
