//! Which rows are in question by their times.

use arrow::array::BooleanArray;

use super::versions::NO_TIME;

/// The times of rows that are in question. In microseconds since 1970; none is no bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Window {
    /// Rows are of this version or a later one; those without a version are not.
    pub(crate) from: Option<i64>,
    /// Rows are of an earlier version, or without one.
    pub(crate) before: Option<i64>,
    /// Rows were made then or later, or it is not known when.
    pub(crate) kept_from: Option<i64>,
    /// Whether a row that was made earlier is in question all the same if its version is not earlier: it is not held,
    /// and no older row of its key is.
    pub(crate) expels: bool,
}

impl Window {
    /// Which rows are in question; none if all are. `created` counts only where rows may be too old.
    pub(crate) fn mask(&self, versions: &[i64], created: Option<&[i64]>) -> Option<BooleanArray> {
        let kept_from = self.kept_from.zip(created);
        if self.from.is_none() && self.before.is_none() && kept_from.is_none() {
            return None;
        }
        let from = self.from.unwrap_or(NO_TIME);
        let in_time = |version: i64| version >= from && self.before.is_none_or(|before| version < before);
        let mut mask: Vec<bool> = versions.iter().map(|version| in_time(*version)).collect();
        if let Some((kept_from, created)) = kept_from {
            for ((kept, made), version) in mask.iter_mut().zip(created).zip(versions) {
                *kept &= !is_before(*made, kept_from) || (self.expels && *version >= kept_from);
            }
        }
        if mask.iter().all(|kept| *kept) { None } else { Some(BooleanArray::from(mask)) }
    }

    /// Which of the rows in question were made too long ago to be held; empty if none can be.
    pub(crate) fn too_old(&self, created: Option<&[i64]>) -> Vec<bool> {
        match self.kept_from.filter(|_| self.expels).zip(created) {
            Some((kept_from, created)) => created.iter().map(|made| is_before(*made, kept_from)).collect(),
            None => Vec::new(),
        }
    }
}

fn is_before(made: i64, kept_from: i64) -> bool {
    made < kept_from && made != NO_TIME
}

#[cfg(test)]
mod tests {
    use super::{NO_TIME, Window};

    #[track_caller]
    fn check(window: Window, expected: Option<[bool; 4]>) {
        let (versions, created) = ([NO_TIME, 4, 7, 9], [3, NO_TIME, 5, 9]);
        let found = window.mask(&versions, Some(&created));
        let found = found.map(|mask| mask.iter().map(Option::unwrap).collect::<Vec<_>>());
        assert_eq!(found.as_deref(), expected.as_ref().map(<[bool; 4]>::as_slice), "{window:?}");
    }

    #[test]
    fn bounds_are_half_open_and_rows_without_a_time_have_their_side() {
        let window = Window::default();
        check(window, None);
        check(Window { from: Some(7), ..window }, Some([false, false, true, true]));
        check(Window { before: Some(7), ..window }, Some([true, true, false, false]));
        check(Window { from: Some(4), before: Some(9), ..window }, Some([false, true, true, false]));
        check(Window { kept_from: Some(5), ..window }, Some([false, true, true, true]));
        check(Window { from: Some(5), kept_from: Some(6), ..window }, Some([false, false, false, true]));
        check(Window { before: Some(10), kept_from: Some(3), ..window }, None);
    }

    #[test]
    fn a_row_that_was_changed_later_than_rows_are_kept_is_in_question_though_it_is_too_old() {
        let window = Window { kept_from: Some(6), expels: true, ..Window::default() };
        check(window, Some([false, true, true, true]));
        assert_eq!(window.too_old(Some(&[3, NO_TIME, 5, 9])), [true, false, true, false]);
        check(Window { before: Some(7), ..window }, Some([false, true, false, false]));
        check(Window { kept_from: Some(8), ..window }, Some([false, true, false, true]));
        let stays = Window { expels: false, ..window };
        check(stays, Some([false, true, false, true]));
        assert!(stays.too_old(Some(&[3])).is_empty() && window.too_old(None).is_empty());
    }
}
