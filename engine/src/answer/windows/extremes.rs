//! The least and the greatest value of a frame, of any type that has an order.

use std::collections::VecDeque;

use arrow::array::{Array, ArrayRef};

use super::partitions::{Frame, Partitions};
use super::shifts::values;
use crate::answer::order::{SortBy, sorted};
use crate::error::Result;

/// A row that may have the best value of a frame.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    row: usize,
    /// Its place among the rows of its partition.
    at: usize,
    /// The place of its value among all values, the best first.
    place: usize,
}

/// The least value of the frame of each row, or the greatest. NULLs are left out; of nothing it is NULL.
pub(super) fn extreme(of: &ArrayRef, partitions: &Partitions, frame: Frame, greatest: bool) -> Result<ArrayRef> {
    let places = places(of, greatest)?;
    let sources = partitions.column(|rows| {
        let candidates = rows.iter().enumerate().map(|(at, row)| {
            let place = places.get(*row).copied().flatten()?;
            Some(Candidate { row: *row, at, place })
        });
        match frame {
            Frame::Whole => {
                let best = candidates.flatten().min_by_key(|candidate| candidate.place);
                vec![best.map(|best| best.row); rows.len()]
            }
            Frame::Running => running(candidates),
            Frame::Moving(size) => moving(candidates, usize::try_from(size).unwrap_or(usize::MAX)),
        }
    });
    values(of, &sources, None)
}

/// The place of the value of each row among all values, the best first; none where it is NULL.
fn places(of: &ArrayRef, greatest: bool) -> Result<Vec<Option<usize>>> {
    let order = sorted(&[SortBy { descending: greatest, ..SortBy::ascending(of) }], of.len())?;
    let mut places = vec![None; of.len()];
    for (place, row) in order.values().iter().enumerate() {
        let row = *row as usize;
        if let Some(known) = places.get_mut(row).filter(|_| of.is_valid(row)) {
            *known = Some(place);
        }
    }
    Ok(places)
}

/// The best of each row and all before it.
fn running(candidates: impl Iterator<Item = Option<Candidate>>) -> Vec<Option<usize>> {
    let mut best: Option<Candidate> = None;
    let better = |candidate: Option<Candidate>| {
        if let Some(candidate) = candidate
            && best.is_none_or(|best| candidate.place < best.place)
        {
            best = Some(candidate);
        }
        best.map(|best| best.row)
    };
    candidates.map(better).collect()
}

/// The best of the last `size` rows. Each row enters the queue once and leaves it once; what stands behind a better one
/// can never be the best again, so the front always is.
fn moving(candidates: impl Iterator<Item = Option<Candidate>>, size: usize) -> Vec<Option<usize>> {
    let mut queue: VecDeque<Candidate> = VecDeque::new();
    let front = |(at, candidate): (usize, Option<Candidate>)| {
        if let Some(candidate) = candidate {
            while queue.back().is_some_and(|last| last.place > candidate.place) {
                queue.pop_back();
            }
            queue.push_back(candidate);
        }
        while queue.front().is_some_and(|first| at - first.at >= size) {
            queue.pop_front();
        }
        queue.front().map(|first| first.row)
    };
    candidates.enumerate().map(front).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringViewArray};
    use arrow::datatypes::Int64Type;
    use proptest::prelude::*;

    use super::extreme;
    use crate::answer::order::SortBy;
    use crate::answer::windows::partitions::{Frame, Partitions};

    fn integers(values: &[Option<i64>]) -> ArrayRef {
        Arc::new(Int64Array::from(values.to_vec()))
    }

    #[test]
    fn text_and_truth_have_extremes_too() {
        let partitions = Partitions::new(&[], &[], 4).unwrap();
        let texts: ArrayRef = Arc::new(StringViewArray::from(vec![None, Some("é"), Some("z"), Some("Z")]));
        let of = |frame, greatest| {
            let column = extreme(&texts, &partitions, frame, greatest).unwrap();
            column.as_string_view().iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>()
        };
        let texts = |texts: [Option<&str>; 4]| texts.map(|text| text.map(str::to_owned));
        assert_eq!(of(Frame::Running, false), texts([None, Some("é"), Some("z"), Some("Z")]));
        assert_eq!(of(Frame::Moving(2), true), texts([None, Some("é"), Some("é"), Some("z")]));
        assert_eq!(of(Frame::Whole, true), texts([Some("é"); 4]));
        let flags: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), None, Some(false), Some(true)]));
        let least = extreme(&flags, &partitions, Frame::Moving(2), false).unwrap();
        let least: Vec<Option<bool>> = least.as_boolean().iter().collect();
        assert_eq!(least, [Some(true), Some(true), Some(false), Some(false)]);
    }

    #[test]
    fn of_nothing_there_is_none() {
        let nothing = integers(&[None, None]);
        let partitions = Partitions::new(&[], &[], 2).unwrap();
        for frame in [Frame::Running, Frame::Moving(1), Frame::Whole] {
            assert_eq!(extreme(&nothing, &partitions, frame, true).unwrap().null_count(), 2);
        }
        let none = Partitions::new(&[], &[], 0).unwrap();
        assert_eq!(extreme(&integers(&[]), &none, Frame::Running, true).unwrap().len(), 0);
    }

    proptest! {
        #[test]
        fn the_best_is_found_in_every_frame(
            rows in prop::collection::vec((0_i64..3, prop::option::of(-4_i64..5)), 0..40),
            size in 1_u64..6,
            greatest: bool,
        ) {
            let keys = integers(&rows.iter().map(|row| Some(row.0)).collect::<Vec<_>>());
            let of = integers(&rows.iter().map(|row| row.1).collect::<Vec<_>>());
            let distance = usize::try_from(size).unwrap();
            let order = integers(&(0..rows.len()).map(|row| i64::try_from(row).ok()).collect::<Vec<_>>());
            let partitions = Partitions::new(&[&keys], &[SortBy::ascending(&order)], rows.len()).unwrap();
            for frame in [Frame::Running, Frame::Moving(size), Frame::Whole] {
                let found = extreme(&of, &partitions, frame, greatest).unwrap();
                for (row, found) in found.as_primitive::<Int64Type>().iter().enumerate() {
                    let partition: Vec<usize> = (0..rows.len()).filter(|other| rows[*other].0 == rows[row].0).collect();
                    let place = partition.iter().position(|other| *other == row).unwrap();
                    let seen = match frame {
                        Frame::Running => &partition[..=place],
                        Frame::Moving(_) => &partition[(place + 1).saturating_sub(distance)..=place],
                        Frame::Whole => &partition[..],
                    };
                    let values = seen.iter().filter_map(|row| rows[*row].1);
                    let expected = if greatest { values.max() } else { values.min() };
                    prop_assert_eq!(found, expected, "{:?} {}", frame, row);
                }
            }
        }
    }
}
