//! Random conditions on measures.

use crate::rng::Rng;
use crate::shown::{self, Shown};
use crate::spec::{Having, Literal, Operator, Right, Spec};
use crate::world::World;

/// One or two conditions that must both hold; none where no measure can be tested without rounding mattering.
pub(super) fn conditions(rng: &mut Rng, world: &World, spec: &Spec) -> Vec<Having> {
    let testable: Vec<(usize, Shown)> = (spec.measures.iter().enumerate())
        .map(|(index, measure)| (index, shown::measure(world, measure)))
        .filter(|(_, shown)| !matches!(shown, Shown::Deviation | Shown::Average))
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
    let (measure, shown) = *rng.pick(testable);
    let numeric = matches!(shown, Shown::Integer | Shown::Sum(_) | Shown::Float | Shown::Decimal(_) | Shown::Median);
    let operator = if numeric {
        *rng.pick(&[
            O::Eq,
            O::Ne,
            O::Lt,
            O::Le,
            O::Gt,
            O::Gt,
            O::Ge,
            O::Between,
            O::In,
            O::NotIn,
            O::IsNull,
            O::IsNotNull,
        ])
    } else {
        *rng.pick(&[O::IsNull, O::IsNotNull])
    };
    let right = match operator {
        O::IsNull | O::IsNotNull => Right::Nothing,
        O::Between => {
            let low = rng.between(-20, 200);
            Right::Ends(number(rng, shown, low), number(rng, shown, low + 500))
        }
        O::In | O::NotIn => Right::List(vec![number(rng, shown, 1), number(rng, shown, 2), Literal::Null]),
        _ => {
            let near = *rng.pick(&[0, 1, 2, 5, 40, 1000]);
            Right::Literal(number(rng, shown, near))
        }
    };
    Having::Leaf { measure, operator, right }
}

fn number(rng: &mut Rng, shown: Shown, near: i64) -> Literal {
    match shown {
        Shown::Integer | Shown::Sum(0) => Literal::Integer(near),
        Shown::Sum(scale) | Shown::Decimal(scale) if rng.chance(70) => {
            Literal::Decimal { units: near * 10_i64.pow(scale) + rng.between(0, 9), scale }
        }
        Shown::Float | Shown::Median => Literal::Float(near as f64 + 0.25),
        _ => Literal::Integer(near),
    }
}
