//! Random conditions on the rows of the answer.

use crate::rng::Rng;
use crate::shown::Shown;
use crate::spec::{Having, Literal, Operator, Right};

/// One or two conditions that must both hold, on cells that can be tested without rounding mattering; none where there
/// are no such cells.
pub(super) fn conditions(rng: &mut Rng, cells: &[Shown]) -> Vec<Having> {
    let testable: Vec<(usize, Shown)> = (cells.iter().copied().enumerate())
        .filter(|(_, shown)| shown.is_exact_number() || matches!(shown, Shown::Median | Shown::Text | Shown::Day))
        .collect();
    if testable.is_empty() {
        return Vec::new();
    }
    (0..rng.between(1, 2)).map(|_| condition(rng, &testable, 0)).collect()
}

fn condition(rng: &mut Rng, testable: &[(usize, Shown)], depth: usize) -> Having {
    match rng.below(10) {
        0 | 1 if depth < 2 => Having::Not(Box::new(condition(rng, testable, depth + 1))),
        2 if depth < 2 => Having::Or(vec![condition(rng, testable, depth + 1), condition(rng, testable, depth + 1)]),
        _ => leaf(rng, testable),
    }
}

fn leaf(rng: &mut Rng, testable: &[(usize, Shown)]) -> Having {
    use Operator as O;
    let (cell, shown) = *rng.pick(testable);
    let numeric = shown.is_exact_number() || shown == Shown::Median;
    let operator = if numeric {
        // Most of them keep most rows.
        *rng.pick(&[
            O::Eq,
            O::Ne,
            O::Ne,
            O::Lt,
            O::Le,
            O::Gt,
            O::Gt,
            O::Ge,
            O::Ge,
            O::Between,
            O::In,
            O::NotIn,
            O::NotIn,
            O::IsNull,
            O::IsNotNull,
            O::IsNotNull,
        ])
    } else {
        *rng.pick(&[O::IsNull, O::IsNotNull, O::IsNotNull])
    };
    let right = match operator {
        O::IsNull | O::IsNotNull => Right::Nothing,
        O::Between => {
            let low = rng.between(-2000, 5);
            Right::Ends(number(rng, shown, low), number(rng, shown, low + 5_000))
        }
        O::In | O::NotIn => Right::List(vec![number(rng, shown, 1), number(rng, shown, 2), Literal::Null]),
        O::Lt | O::Le => {
            let near = *rng.pick(&[1, 3, 10, 60, 1000]);
            Right::Literal(number(rng, shown, near))
        }
        _ => {
            let near = *rng.pick(&[0, 1, 1, 2, 5, -100]);
            Right::Literal(number(rng, shown, near))
        }
    };
    Having::Leaf { cell, operator, right }
}

fn number(rng: &mut Rng, shown: Shown, near: i64) -> Literal {
    match shown {
        Shown::Sum(scale @ 1..=6) | Shown::Decimal(scale @ 1..=6) if rng.chance(70) => {
            Literal::Decimal { units: near * 10_i64.pow(scale) + rng.between(0, 9), scale }
        }
        Shown::Float | Shown::Median => Literal::Float(near as f64 + 0.25),
        _ => Literal::Integer(near),
    }
}
