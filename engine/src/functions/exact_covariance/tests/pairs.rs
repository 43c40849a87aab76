//! Results are the nearest floats to the exact ones.

use datafusion::logical_expr::{Accumulator, GroupsAccumulator};
use proptest::prelude::*;

use super::oracle::Pairs;
use super::{OUTPUTS, Row, aggregate, columns, evaluated, grouped, hard_floats, hard_rows, shown, single};
use crate::functions::exact_covariance::moments::Output;

/// Whether all results of the rows are the nearest floats.
fn are_nearest(rows: &[Row]) -> bool {
    let exact = Pairs::of(rows);
    OUTPUTS.into_iter().all(|output| exact.rounds_to(output, aggregate(output, rows)))
}

#[test]
fn known_results_are_right() {
    /// The results are those of [`OUTPUTS`].
    #[track_caller]
    fn check(rows: &[Row], expected: [Option<f64>; 3]) {
        let mut reversed = rows.to_vec();
        reversed.reverse();
        let turned: Vec<Row> = rows.iter().map(|row| (row.1, row.0)).collect();
        for rows in [rows, reversed.as_slice(), turned.as_slice()] {
            let results = OUTPUTS.map(|output| aggregate(output, rows).map(f64::to_bits));
            assert_eq!(results, expected.map(|result| result.map(f64::to_bits)), "{rows:?}");
            assert!(rows.len() < 2 || are_nearest(rows), "{rows:?}");
        }
    }
    let tiny = f64::from_bits(1);
    check(&[], [None, None, None]);
    check(&[(1.0, 2.0)], [None, None, Some(0.0)]);
    check(&[(f64::MAX, f64::MIN)], [None, None, Some(0.0)]);
    check(&[(1.0, 2.0), (3.0, 6.0)], [Some(1.0), Some(4.0), Some(2.0)]);
    check(&[(1.0, 2.0), (3.0, -6.0)], [Some(-1.0), Some(-8.0), Some(-4.0)]);
    check(&[(1.0, 1.0), (2.0, 1.0), (3.0, 1.0)], [None, Some(0.0), Some(0.0)]);
    check(&[(0.1, -0.1), (0.1, -0.1), (0.1, -0.1)], [None, Some(0.0), Some(0.0)]);
    check(&[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)], [Some(0.0), Some(0.0), Some(0.0)]);
    check(&[(1.0, 1.0), (2.0, 3.0), (3.0, 2.0)], [Some(0.5), Some(0.5), Some(1.0 / 3.0)]);
    let five = [(1.0, 2.0), (2.0, 4.0), (3.0, 5.0), (4.0, 4.0), (5.0, 5.0)];
    check(&five, [Some(0.774_596_669_241_483_4), Some(1.5), Some(1.2)]);
    // Large values that differ little, on a line.
    let far = [(1e15, 5e9), (1e15 + 0.5, 5e9 + 1.0), (1e15 + 1.0, 5e9 + 2.0)];
    check(&far, [Some(1.0), Some(0.5), Some(1.0 / 3.0)]);
    // Covariances beyond all floats.
    check(&[(f64::MAX, f64::MAX), (f64::MIN, f64::MIN)], [Some(1.0), None, None]);
    check(&[(f64::MAX, f64::MIN), (f64::MIN, f64::MAX)], [Some(-1.0), None, None]);
    // Covariances below all floats, which have no -0.0.
    check(&[(tiny, tiny), (0.0, 0.0)], [Some(1.0), Some(0.0), Some(0.0)]);
    check(&[(tiny, -tiny), (0.0, 0.0)], [Some(-1.0), Some(0.0), Some(0.0)]);
    // One side varies as little and the other as much as it can.
    check(&[(tiny, f64::MAX), (0.0, f64::MIN)], [Some(1.0), Some(tiny * f64::MAX), Some(tiny * f64::MAX * 0.5)]);
    // Correlations as small as a float, and smaller: 2 of 2 a² + 2.
    let cross = |a: f64, y: f64| [(a, 0.0), (-a, 0.0), (0.0, a), (0.0, -a), (1.0, y), (-1.0, -y)];
    let least = 2.0_f64.powi(537);
    check(&cross(least, 1.0), [Some(tiny), Some(0.4), Some(1.0 / 3.0)]);
    check(&cross(least, -1.0), [Some(-tiny), Some(-0.4), Some(-1.0 / 3.0)]);
    check(&cross(2.0 * least, -1.0), [Some(0.0), Some(-0.4), Some(-1.0 / 3.0)]);
}

#[test]
fn hard_results_are_the_nearest_floats() {
    #[track_caller]
    fn check(rows: &[Row]) {
        assert!(are_nearest(rows), "{rows:?}");
    }
    check(&[(0.1, 0.2), (0.2, 0.1), (0.3, 0.3)]);
    check(&[(5e9 + 0.1, 1e15), (5e9 + 0.2, 1e15 + 0.25), (5e9 + 0.3, 1e15 - 0.125), (5e9 + 0.4, 1e15)]);
    check(&[(1e300, 1.0), (1.0, 1e-300), (-1e300, -1.0), (1e-300, 1e300)]);
    check(&[(1e150, f64::from_bits(1)), (1e150_f64.next_up(), f64::from_bits(3)), (1e150, f64::from_bits(2))]);
    check(&[(f64::MAX, 1e292), (1e292, f64::MAX), (f64::MAX.next_down(), 0.0)]);
    check(&[(1e-160, -2e-160), (2e-160, 3e-160), (4e-160, 1e-161)]);
    check(&[(f64::from_bits(1), f64::MIN_POSITIVE), (f64::from_bits(2), 0.0), (f64::from_bits(4), 1.0)]);
    // Nearly on a line.
    check(&[(1.0, 1.0), (2.0, 2.0), (3.0, 3.0_f64.next_up())]);
    check(&[(1.0, -1.0), (2.0, -2.0), (3.0, -(3.0_f64.next_down())), (4.0, -4.0)]);
    let many: Vec<Row> = (0..100).map(|row| (0.1, 1e15 + f64::from(row))).chain([(0.1_f64.next_up(), 1e15)]).collect();
    check(&many);
}

#[test]
fn long_sums_leave_the_window_without_harm() {
    // The grids are as wide as they may be, so that many of the large values fill a window.
    let small = 2.0_f64.powi(53) - 1.0;
    let large = small * 2.0_f64.powi(63);
    let rows = [(small, -small), (large, -large)].repeat(1 << 11);
    for output in OUTPUTS {
        let mut single = single(output);
        for _ in 0..4 {
            single.update_batch(&columns(&rows)).unwrap();
        }
        let result = shown(&mut single);
        // Large values 8,192 times, small ones as often, each half of what is between them away from the mean.
        let n = 16_384.0;
        let half = small * (2.0_f64.powi(62) - 0.5);
        let expected = match output {
            Output::Correlation => -1.0,
            Output::Covariance => -half * half * n / (n - 1.0),
            Output::PopulationCovariance => -half * half,
        };
        assert!((f64::from_bits(result.unwrap()) / expected - 1.0).abs() < 1e-15);
        let mut grouped = grouped(output);
        for part in rows.repeat(4).chunks(1_000) {
            grouped.update_batch(&columns(part), &vec![0; part.len()], None, 1).unwrap();
        }
        assert_eq!(evaluated(&mut grouped), [result]);
    }
}

#[test]
fn the_grid_follows_the_data() {
    let rows = |unit: f64| -> Vec<Row> {
        (1..100).map(|number| f64::from(number) * unit).map(|value| (value, unit - value * value / unit)).collect()
    };
    let batches = [rows(1e-100), rows(1e100), rows(1e-100)];
    for output in OUTPUTS {
        let mut grouped = grouped(output);
        for batch in &batches {
            let groups: Vec<usize> = (0..batch.len()).map(|row| row % 3).collect();
            grouped.update_batch(&columns(batch), &groups, None, 3).unwrap();
        }
        for (group, result) in evaluated(&mut grouped).into_iter().enumerate() {
            let own = batches.iter().flat_map(|batch| batch.iter().copied().skip(group).step_by(3));
            let exact = Pairs::of(&own.collect::<Vec<Row>>());
            assert!(exact.rounds_to(output, result.map(f64::from_bits)));
        }
    }
}

proptest! {
    #[test]
    fn results_are_rounded_once(rows in hard_rows()) {
        prop_assert!(are_nearest(&rows));
    }

    #[test]
    fn results_of_ordinary_numbers_are_rounded_once(
        rows in prop::collection::vec((-1e3_f64..1e3, -1e3_f64..1e3), 2..100),
        shift in prop_oneof![Just(0.0), Just(1e6), Just(5e9), Just(1e15)],
        slope in -3.0_f64..3.0,
    ) {
        let rows: Vec<Row> = rows.iter().map(|(x, noise)| (x + shift, slope * (x + shift) + 1e-3 * noise)).collect();
        prop_assert!(are_nearest(&rows));
    }

    #[test]
    fn two_rows_lie_on_a_line(one in hard_floats(), other in hard_floats(), x in hard_floats(), y in hard_floats()) {
        let expected = if one < other && x < y || other < one && y < x {
            Some(1.0)
        } else if one < other && y < x || other < one && x < y {
            Some(-1.0)
        } else {
            None
        };
        prop_assert_eq!(aggregate(Output::Correlation, &[(one, x), (other, y)]), expected);
    }
}
