//! Random measures.

use super::filter::condition;
use super::scene::Scene;
use super::{formula, weights};
use crate::cell::Type;
use crate::rng::Rng;
use crate::spec::{Aggregation, At, Level, Measure, Span, Spec};
use crate::world::Column;

/// A column of a row, whose aggregation is ignored.
pub(super) fn column_of_rows(rng: &mut Rng, scene: Scene<'_>) -> Measure {
    let aggregation = rng.pick(&Aggregation::PLAIN[..10]).clone();
    let at = scene.pick(rng, |column| column.ty.is_numeric() || !aggregation.needs_numbers());
    Measure { aggregation, at: Some(at), filter: Vec::new() }
}

/// A measure behind others.
pub(super) fn measure(rng: &mut Rng, scene: Scene<'_>, before: &[Measure], spec: &Spec) -> Measure {
    let (aggregation, at) = if rng.chance(weights::FORMULA) {
        (Aggregation::Formula(formula::metric(rng, scene, before, spec)), None)
    } else if rng.chance(weights::SETTINGS) {
        with_settings(rng, scene)
    } else {
        plain(rng, scene)
    };
    let filters = if rng.chance(weights::MEASURE_FILTER) { rng.between(1, 2) } else { 0 };
    Measure { aggregation, at, filter: (0..filters).map(|_| condition(rng, scene, 1)).collect() }
}

fn number(rng: &mut Rng, scene: Scene<'_>) -> At {
    scene.pick(rng, moderate)
}

fn moderate(column: &Column) -> bool {
    column.ty.is_numeric() && column.moderate
}

fn plain(rng: &mut Rng, scene: Scene<'_>) -> (Aggregation, Option<At>) {
    // All but the cumulative sum, which needs a date.
    let aggregation = rng.pick(&Aggregation::PLAIN[..13]).clone();
    if aggregation == Aggregation::Count && rng.chance(60) {
        return (aggregation, None);
    }
    let at = fitting(rng, scene, &aggregation);
    (aggregation, Some(at))
}

/// A column that takes a plain aggregation.
fn fitting(rng: &mut Rng, scene: Scene<'_>, aggregation: &Aggregation) -> At {
    let spreads = matches!(
        aggregation,
        Aggregation::Average
            | Aggregation::Stddev
            | Aggregation::Variance
            | Aggregation::StddevPop
            | Aggregation::VariancePop
    );
    scene.pick(rng, |column| (column.ty.is_numeric() || !aggregation.needs_numbers()) && (column.moderate || !spreads))
}

fn with_settings(rng: &mut Rng, scene: Scene<'_>) -> (Aggregation, Option<At>) {
    let thousandths = *rng.pick(&[0, 1, 100, 250, 333, 500, 750, 900, 950, 999, 1000]);
    if rng.chance(weights::LATEST) {
        return latest(rng, scene);
    }
    if rng.chance(weights::APPROXIMATE) {
        return if rng.chance(50) {
            (Aggregation::ApproxDistinctCount, Some(scene.pick(rng, |_| true)))
        } else {
            (Aggregation::ApproxPercentile { thousandths }, Some(number(rng, scene)))
        };
    }
    match rng.below(9) {
        0 => (Aggregation::Percentile { thousandths, discrete: false }, Some(number(rng, scene))),
        1 => {
            let at = scene.pick(rng, |column| column.ty.is_numeric());
            (Aggregation::Percentile { thousandths, discrete: true }, Some(at))
        }
        2 => (Aggregation::Rate(number(rng, scene)), Some(number(rng, scene))),
        3 => (Aggregation::WeightedAverage(number(rng, scene)), Some(number(rng, scene))),
        4 | 5 => {
            let by = scene.pick(rng, |column| column.ty != Type::Boolean);
            let at = scene.pick(rng, |_| true);
            (if rng.chance(50) { Aggregation::First(by) } else { Aggregation::Last(by) }, Some(at))
        }
        6 => (histogram(rng), Some(scene.pick(rng, |column| moderate(column) && column.narrow))),
        _ => {
            let list = Aggregation::StringList {
                separator: rng.chance(40).then(|| (*rng.pick(&["; ", "", "'"])).to_owned()),
                distinct: rng.chance(50),
                descending: rng.chance(40),
                max: rng.chance(40).then(|| rng.between(1, 6) as usize),
            };
            (list, Some(scene.pick(rng, |column| column.ty == Type::Text)))
        }
    }
}

fn histogram(rng: &mut Rng) -> Aggregation {
    Aggregation::Histogram { size: *rng.pick(&[10, 25, 500, 1000]) }
}

fn inner(rng: &mut Rng) -> Aggregation {
    rng.pick(&Aggregation::PLAIN[..8]).clone()
}

fn latest(rng: &mut Rng, scene: Scene<'_>) -> (Aggregation, Option<At>) {
    let of = inner(rng);
    let at = fitting(rng, scene, &of);
    let mut entities: Vec<At> = Vec::new();
    for _ in 0..*rng.pick(&[0, 1, 1, 2]) {
        let entity = scene.pick(rng, |column| !column.ty.is_time() && column.ty != Type::Float);
        if !entities.contains(&entity) {
            entities.push(entity);
        }
    }
    let date = scene.date(rng);
    let common = rng.chance(40);
    (Aggregation::Latest { of: Box::new(of), date, entities, common }, Some(at))
}

/// A figure that runs along a date.
pub(super) fn cumulative(rng: &mut Rng, scene: Scene<'_>, over: At) -> Measure {
    let of = inner(rng);
    let at = (of != Aggregation::Count || rng.chance(50)).then(|| fitting(rng, scene, &of));
    let span = match rng.below(3) {
        0 => Span::All,
        1 => Span::ToDate(Level(rng.between(1, 4) as u8)),
        _ => {
            let (unit, most) = *rng.pick(&[(5, 60), (5, 7), (4, 8), (3, 3)]);
            Span::Window { quantity: rng.between(1, most) as u32, unit: Level(unit) }
        }
    };
    let filter = if rng.chance(weights::MEASURE_FILTER) { vec![condition(rng, scene, 2)] } else { Vec::new() };
    Measure { aggregation: Aggregation::Cumulative { of: Box::new(of), over, span }, at, filter }
}
