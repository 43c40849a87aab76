//! Random steps behind the groups: gaps, comparison, top, windows, totals, pivot.

use super::dimension::{are_few, same};
use super::relative::{day, hours, range};
use super::scene::Scene;
use super::{having, measure, weights};
use crate::cell::Type;
use crate::ground::Ground;
use crate::rng::Rng;
use crate::shown::{self, Shown};
use crate::spec::{
    Aggregation, At, Bucket, Compare, Dimension, Filter, Key, Leaf, Level, Literal, Measure, Operator, Output, Part,
    Right, Shift, Spec, Top, Totals, Window, WindowFunction, WindowTotal,
};
use crate::world::World;

/// Makes a query that groups cumulative: along one date, whose range is closed.
pub(super) fn make_cumulative(rng: &mut Rng, world: &World, spec: &mut Spec) {
    let copy = spec.clone();
    let scene = Scene { ground: Ground::new(world, &copy), options: &copy.options };
    let over = scene.date(rng);
    spec.filter.retain(|filter| !filter.mentions(over));
    spec.filter.push(Filter::Leaf(range(rng, scene, over, true, false)));
    spec.dimensions.retain(|dimension| dimension.at != over);
    if rng.chance(75) {
        let level = Level(*rng.pick(&[2, 3, 3, 4, 4, 5]));
        let at = rng.below(spec.dimensions.len() + 1);
        spec.dimensions.insert(at, Dimension::new(over, Some(Bucket::Level { level, named: true })));
    }
    spec.dimensions.truncate(2);
    for _ in 0..rng.between(1, 2) {
        spec.measures.push(measure::cumulative(rng, scene, over));
    }
}

/// Whether figures of the query are cumulative.
pub(super) fn is_cumulative(spec: &Spec) -> bool {
    spec.measures.iter().any(|measure| matches!(measure.aggregation, Aggregation::Cumulative { .. }))
}

/// Flags a dimension or two whose members without rows shall stand in the answer.
pub(super) fn gaps(rng: &mut Rng, world: &World, spec: &mut Spec) {
    let copy = spec.clone();
    let scene = Scene { ground: Ground::new(world, &copy), options: &copy.options };
    let cumulative = spec.measures.iter().find_map(|measure| match &measure.aggregation {
        Aggregation::Cumulative { over, .. } => Some(*over),
        _ => None,
    });
    let mut flagged = 0;
    for index in 0..spec.dimensions.len() {
        let dimension = &copy.dimensions[index];
        let alone = copy.dimensions.len() == 1;
        let column = scene.column(dimension.at);
        let derived = scene.ground.derived(dimension.at).is_some();
        let possible = match (&dimension.bins, dimension.bucket) {
            (Some(_), _) => !derived && are_few(scene, dimension),
            (None, Some(Bucket::Level { level, .. })) => column.narrow && level.0 <= if alone { 6 } else { 5 },
            (None, Some(Bucket::Part(Part(part)))) => alone || ![5, 9, 10].contains(&part),
            (None, None) => {
                let few = match column.ty {
                    Type::Text | Type::Boolean => true,
                    Type::Integer => column.narrow && alone,
                    _ => false,
                };
                few && !derived
            }
        };
        if possible && flagged < 2 && (flagged == 0 || rng.chance(40)) {
            flagged += 1;
            spec.dimensions[index].gaps = true;
            let at = dimension.at;
            // What tests a date otherwise than by one range would leave its buckets open to interpretation.
            if cumulative == Some(at) {
                // Its one range is there already.
            } else if dimension.bucket.is_some() {
                spec.filter.retain(|filter| !filter.mentions(at));
                if rng.chance(50) {
                    let closed = rng.chance(70);
                    spec.filter.push(Filter::Leaf(range(rng, scene, at, closed, true)));
                }
            } else {
                // Derived columns are made of others, so that it cannot be told what a test of them is about.
                let is_derived = |at: At| scene.ground.derived(at).is_some();
                spec.filter.retain(|filter| {
                    let mut found = false;
                    filter.visit(&mut |leaf| found |= is_derived(leaf.at));
                    !found
                });
            }
        }
    }
}

/// A comparison over a date.
pub(super) fn compare(rng: &mut Rng, world: &World, spec: &mut Spec) {
    // At half past ten in the morning no clock of the zones changes.
    if let Some(now) = &mut spec.options.now {
        *now = now.div_euclid(86_400_000_000) * 86_400_000_000 + 37_800_000_000;
    }
    let copy = spec.clone();
    let scene = Scene { ground: Ground::new(world, &copy), options: &copy.options };
    // The date of a gap has its range already.
    let of_gaps = spec.dimensions.iter().find(|dimension| dimension.gaps && scene.ty(dimension.at).is_time());
    let with_gaps = of_gaps.is_some();
    let at = of_gaps.map_or_else(|| scene.date(rng), |dimension| dimension.at);
    spec.filter.retain(|filter| !filter.mentions(at));
    for index in 0..spec.dimensions.len() {
        let dimension = &mut spec.dimensions[index];
        if dimension.at == at && !matches!(dimension.bucket, Some(Bucket::Part(_))) {
            dimension.bucket = Some(Bucket::Level { level: Level(*rng.pick(&[1, 2, 3, 3, 4, 5])), named: false });
        }
    }
    if rng.chance(60) && spec.dimensions.len() < 3 && !spec.dimensions.iter().any(|dimension| dimension.at == at) {
        let finest = if scene.ty(at) == Type::Date { 5 } else { 6 };
        let level = Level(*rng.pick(&[1, 2, 3, 3, 4, 5, finest]));
        spec.dimensions.insert(0, Dimension::new(at, Some(Bucket::Level { level, named: true })));
    }
    drop_doubles(&mut spec.dimensions);
    let grouped = spec.dimensions.iter().any(|dimension| dimension.at == at);
    let previous = rng.chance(35);
    let bounded = previous || rng.chance(70);
    let short = if previous && !grouped && rng.chance(25) { hours(rng, scene, at) } else { None };
    if bounded {
        let closed = previous || rng.chance(80);
        let leaf = short.unwrap_or_else(|| range(rng, scene, at, closed, with_gaps));
        spec.filter.push(Filter::Leaf(leaf));
    }
    let unit = Level(*rng.pick(&[1, 1, 2, 3, 3, 4, 5]));
    let quantity = match unit.0 {
        1 => 1,
        5 => rng.between(1, 30) as u32,
        _ => rng.between(1, 4) as u32,
    };
    let exact = exact_measures(world, spec);
    let exact = if exact.is_empty() {
        spec.measures.push(Measure { aggregation: Aggregation::Count, at: None, filter: Vec::new() });
        vec![spec.measures.len() - 1]
    } else {
        exact
    };
    let measures = exact.into_iter().take(rng.between(1, 2) as usize).collect();
    let shift = if previous { Shift::Previous } else { Shift::By { quantity, unit } };
    spec.compare = Some(Compare { at, shift, measures, trim_running: rng.chance(35) });
}

/// Tests the date that is compared or accumulated besides its range, unless its buckets are shown without rows.
pub(super) fn filter_dates(rng: &mut Rng, world: &World, spec: &mut Spec) {
    let cumulative = spec.measures.iter().find_map(|measure| match &measure.aggregation {
        Aggregation::Cumulative { over, .. } => Some(*over),
        _ => None,
    });
    let Some(at) = spec.compare.as_ref().map(|compare| compare.at).or(cumulative) else { return };
    if spec.dimensions.iter().any(|dimension| dimension.gaps && dimension.at == at) {
        return;
    }
    let copy = spec.clone();
    let scene = Scene { ground: Ground::new(world, &copy), options: &copy.options };
    for _ in 0..2 {
        if rng.chance(weights::DATE_FILTER) {
            spec.filter.push(date_filter(rng, scene, at));
        }
    }
}

/// A filter that stays as it is where the range of its date is another, or a further range.
fn date_filter(rng: &mut Rng, scene: Scene<'_>, at: At) -> Filter {
    let leaf = |bucket: Option<Bucket>, operator, right| {
        Filter::Leaf(Leaf { at, bucket, operator, right, nulls: None, case_sensitive: None })
    };
    // Days of the week, or months.
    let (part, last) = *rng.pick(&[(Part(6), 7), (Part(1), 12)]);
    let mut some: Vec<Literal> = (1..=last).filter(|_| rng.chance(65)).map(Literal::Integer).collect();
    some.push(Literal::Integer(rng.between(1, last)));
    let of_parts = |operator| leaf(Some(Bucket::Part(part)), operator, Right::List(some.clone()));
    match rng.below(7) {
        0 => leaf(None, Operator::IsNotNull, Right::Nothing),
        1 => leaf(None, Operator::Ne, Right::Literal(Literal::Day(day(rng, scene, at)))),
        2 => {
            let first = day(rng, scene, at);
            let ends = Right::Ends(Literal::Day(first), Literal::Day(first + rng.between(0, 20) as i32));
            leaf(None, Operator::NotBetween, ends)
        }
        3 => Filter::Not(Box::new(of_parts(Operator::NotIn))),
        4 | 5 => of_parts(Operator::In),
        _ => Filter::Leaf(range(rng, scene, at, false, true)),
    }
}

fn drop_doubles(dimensions: &mut Vec<Dimension>) {
    let mut kept: Vec<Dimension> = Vec::new();
    for dimension in dimensions.drain(..) {
        if !kept.iter().any(|known| same(known, &dimension)) {
            kept.push(dimension);
        }
    }
    *dimensions = kept;
}

/// The measures whose values are exact numbers and over plain rows.
fn exact_measures(world: &World, spec: &Spec) -> Vec<usize> {
    let ground = Ground::new(world, spec);
    let fits = |measure: &Measure| {
        let runs = matches!(measure.aggregation, Aggregation::Cumulative { .. } | Aggregation::CumulativeSum);
        !runs && shown::measure(ground, spec, measure).is_exact_number()
    };
    (0..spec.measures.len()).filter(|index| fits(&spec.measures[*index])).collect()
}

/// A subset of some places, in rising order.
fn subset(rng: &mut Rng, places: impl Iterator<Item = usize>, percent: u64) -> Vec<usize> {
    places.filter(|_| rng.chance(percent)).collect()
}

/// The best members of a dimension.
pub(super) fn top(rng: &mut Rng, world: &World, spec: &Spec) -> Option<Top> {
    let measures = exact_measures(world, spec);
    if measures.is_empty() || spec.dimensions.is_empty() {
        return None;
    }
    let of = rng.below(spec.dimensions.len());
    let per = subset(rng, (0..spec.dimensions.len()).filter(|index| *index != of), 45);
    let only = per.len() + 1 == spec.dimensions.len();
    Some(Top {
        of,
        named: !only || rng.chance(50),
        n: rng.between(1, 5) as usize,
        by: *rng.pick(&measures),
        ascending: rng.chance(35),
        per,
        other: rng.chance(50),
    })
}

/// One to three windows.
pub(super) fn windows(rng: &mut Rng, world: &World, spec: &mut Spec, totals: bool) {
    for _ in 0..*rng.pick(&[1, 1, 2, 3]) {
        if let Some(window) = window(rng, world, spec, totals) {
            spec.windows.push(window);
        }
    }
}

fn window(rng: &mut Rng, world: &World, spec: &Spec, totals: bool) -> Option<Window> {
    let (dimensions, cells) = shown::columns(world, spec);
    let function = rng.pick(&WindowFunction::NAMES).0;
    let numbers: Vec<usize> = (0..cells.len()).filter(|cell| cells[*cell].is_exact_number()).collect();
    let of = if function.is_rank() { None } else { Some(*numbers.get(rng.below(numbers.len().max(1)))?) };
    let along_time = dimensions.iter().any(|shown| shown.is_time());
    let needs_order = function.is_rank() || (!along_time && function != WindowFunction::PercentOfTotal);
    let order = if needs_order || rng.chance(35) { order_by(rng, &dimensions, &cells) } else { Vec::new() };
    if needs_order && order.is_empty() {
        return None;
    }
    let sized = matches!(function, WindowFunction::MovingAverage | WindowFunction::Ntile);
    let moves = matches!(function, WindowFunction::Lag | WindowFunction::Lead);
    let changes = matches!(function, WindowFunction::Difference | WindowFunction::PercentChange);
    let shown = shown::window(function, of.map(|of| cells[of]));
    let total = match rng.below(3) {
        0 if totals => WindowTotal::Native,
        1 if totals && shown.is_exact_number() => WindowTotal::SumOfRows,
        _ => WindowTotal::None,
    };
    Some(Window {
        function,
        of,
        size: sized.then(|| rng.between(1, 6) as usize),
        offset: ((moves || changes) && rng.chance(50)).then(|| rng.between(1, 3) as usize),
        default: (moves && rng.chance(40)).then(|| Literal::Integer(rng.between(-2, 7))),
        order,
        partition: rng.chance(40).then(|| subset(rng, 0..dimensions.len(), 45)),
        total,
    })
}

fn order_by(rng: &mut Rng, dimensions: &[Shown], cells: &[Shown]) -> Vec<Key> {
    let mut outputs: Vec<Output> = (0..dimensions.len()).map(Output::Dimension).collect();
    let exact = (0..cells.len()).filter(|cell| cells[*cell].is_exact_number());
    outputs.extend(exact.map(Output::Cell));
    rng.shuffle(&mut outputs);
    outputs.truncate(rng.between(1, 2) as usize);
    let key = |of| Key { of, descending: rng.chance(50), nulls_first: rng.chance(20), tiered: false };
    outputs.into_iter().map(key).collect()
}

/// Totals of any levels. The sum of windows is over the rows that are shown.
pub(super) fn totals(rng: &mut Rng, spec: &Spec) -> Totals {
    let mut levels: Vec<Vec<usize>> = Vec::new();
    for _ in 0..rng.between(0, 2) {
        let level = subset(rng, 0..spec.dimensions.len(), 55);
        if !level.is_empty() && !levels.contains(&level) {
            levels.push(level);
        }
    }
    let grand = levels.is_empty() || rng.chance(55);
    let sums = spec.windows.iter().any(|window| window.total == WindowTotal::SumOfRows);
    Totals { grand, levels, all_rows: !sums && rng.chance(35) }
}

/// Conditions behind the windows.
pub(super) fn post(rng: &mut Rng, world: &World, spec: &mut Spec) {
    let (_, cells) = shown::columns(world, spec);
    spec.post = having::conditions(rng, &cells);
}

/// Dimensions as columns; the order is by those that stay rows.
pub(super) fn pivot(rng: &mut Rng, spec: &mut Spec) {
    let mut columns = subset(rng, 0..spec.dimensions.len(), 50);
    if columns.is_empty() {
        columns.push(rng.below(spec.dimensions.len()));
    }
    spec.order.retain(|key| matches!(key.of, Output::Dimension(index) if !columns.contains(&index)));
    spec.order.iter_mut().for_each(|key| key.tiered = false);
    spec.pivot = columns;
}

/// Keys on columns whose values are exact, so that no rounding can swap rows.
pub(super) fn order(rng: &mut Rng, world: &World, spec: &Spec) -> Vec<Key> {
    let (dimensions, cells) = shown::columns(world, spec);
    let mut outputs: Vec<Output> = (0..dimensions.len()).map(Output::Dimension).collect();
    let plain = exact_measures(world, spec);
    let kept = |cell: &usize| cells[*cell].is_orderable() || cells[*cell] == Shown::Median;
    outputs.extend((0..cells.len()).filter(kept).map(Output::Cell));
    rng.shuffle(&mut outputs);
    outputs.truncate(rng.between(1, 3) as usize);
    let parents = !is_cumulative(spec) && spec.top.as_ref().is_none_or(|top| !top.other);
    let mut key = |of| {
        let tiers = parents && matches!(of, Output::Cell(cell) if plain.contains(&cell));
        Key {
            of,
            descending: rng.chance(50),
            nulls_first: rng.chance(25),
            tiered: tiers && rng.chance(weights::TIERED),
        }
    };
    outputs.into_iter().map(&mut key).collect()
}
