//! The generator: random queries over a world, each a function of its random numbers. How often it takes what stands in
//! `weights`.

mod dimension;
mod filter;
mod formula;
mod having;
mod literal;
mod measure;
mod relative;
mod scene;
mod steps;
mod weights;

use chrono_tz::Tz;

use crate::cell::{Cell, Type};
use crate::ground::Ground;
use crate::rng::Rng;
use crate::shown;
use crate::spec::{
    Aggregation, At, Bucket, Derived, Dimension, Filter, Key, Level, Measure, Options, Output, Part, Spec,
};
use crate::world::World;
use scene::Scene;

pub use filter::{equality, filter};

/// Zones with offsets of all kinds, a day that starts at one o'clock, and one that was skipped.
pub const ZONES: [Tz; 7] = [
    Tz::Europe__Brussels,
    Tz::America__New_York,
    Tz::Asia__Kathmandu,
    Tz::America__Sao_Paulo,
    Tz::Australia__Sydney,
    Tz::Pacific__Marquesas,
    Tz::Pacific__Apia,
];

/// 2026-03-18T10:30:00Z.
const NOW: i64 = 1_773_829_800_000_000;

/// A random query without steps behind the groups: dimensions, measures, filters, having, order, limit.
#[must_use]
pub fn query(rng: &mut Rng, world: &World) -> Spec {
    let mut spec = skeleton(rng, world);
    if !spec.rows_mode && !spec.measures.is_empty() && rng.chance(weights::HAVING) {
        let (_, cells) = shown::columns(world, &spec);
        spec.having = having::conditions(rng, &cells);
    }
    finish(rng, world, spec)
}

/// A random query with everything.
#[must_use]
pub fn rich_query(rng: &mut Rng, world: &World) -> Spec {
    let mut spec = skeleton(rng, world);
    if spec.rows_mode {
        return finish(rng, world, spec);
    }
    let cumulative = rng.chance(weights::CUMULATIVE);
    if cumulative {
        steps::make_cumulative(rng, world, &mut spec);
    }
    if rng.chance(weights::GAPS) {
        steps::gaps(rng, world, &mut spec);
    }
    if !cumulative && rng.chance(weights::COMPARE) {
        steps::compare(rng, world, &mut spec);
    }
    steps::filter_dates(rng, world, &mut spec);
    run_sums(rng, world, &mut spec);
    let totals = !cumulative && rng.chance(weights::TOTALS);
    if !spec.measures.is_empty() && rng.chance(weights::HAVING) {
        let (_, cells) = shown::columns(world, &spec);
        spec.having = having::conditions(rng, &cells);
    }
    if !cumulative && rng.chance(weights::TOP) {
        spec.top = steps::top(rng, world, &spec);
    }
    if rng.chance(weights::WINDOWS) {
        steps::windows(rng, world, &mut spec, totals);
    }
    if rng.chance(weights::POST) {
        steps::post(rng, world, &mut spec);
    }
    let mut spec = finish(rng, world, spec);
    let has_cells = !spec.measures.is_empty() || !spec.windows.is_empty();
    let pivots = !spec.dimensions.is_empty() && has_cells;
    if pivots && rng.chance(weights::PIVOT) {
        steps::pivot(rng, &mut spec);
    } else if totals {
        spec.totals = Some(steps::totals(rng, &spec));
    }
    spec
}

fn skeleton(rng: &mut Rng, world: &World) -> Spec {
    let mut spec = Spec {
        options: options(rng, world),
        rows_mode: rng.chance(weights::ROWS_MODE),
        base_at_query: rng.chance(50),
        total_rows: rng.chance(weights::TOTAL_ROWS),
        ..Spec::default()
    };
    if rng.chance(weights::DERIVED) {
        spec.derived = formula::derived(rng, world);
    }
    let copy = spec.clone();
    let scene = Scene { ground: Ground::new(world, &copy), options: &copy.options };
    let wanted = if rng.chance(12) { 0 } else { *rng.pick(&[1, 1, 2, 2, 3]) };
    for _ in 0..wanted {
        let next = dimension::dimension(rng, scene, spec.rows_mode);
        if !spec.dimensions.iter().any(|known| dimension::same(known, &next)) {
            spec.dimensions.push(next);
        }
    }
    let needed = spec.dimensions.is_empty() || (!spec.rows_mode && rng.chance(92));
    let wanted = rng.between(i64::from(needed), if spec.rows_mode { 2 } else { 4 });
    for _ in 0..wanted {
        let next = if spec.rows_mode {
            measure::column_of_rows(rng, scene)
        } else {
            measure::measure(rng, scene, &spec.measures, &spec)
        };
        spec.measures.push(next);
    }
    let filters = *rng.pick(&[0, 0, 1, 1, 2, 3]);
    spec.filter = (0..filters).map(|_| filter::condition(rng, scene, 0)).collect();
    for filter in &mut spec.filter {
        if let Filter::Leaf(leaf) = filter
            && rng.chance(weights::CONTEXT)
        {
            *filter = Filter::Context(leaf.clone());
        }
    }
    if rng.chance(weights::AVAILABLE) {
        spec.filter.push(Filter::Leaf(relative::available(rng, scene)));
    }
    spec
}

/// Lets sums run along the first date, if there is one.
fn run_sums(rng: &mut Rng, world: &World, spec: &mut Spec) {
    let (dimensions, _) = shown::columns(world, spec);
    if !dimensions.iter().any(|shown| shown.is_time()) {
        return;
    }
    let compared: Vec<usize> = spec.compare.iter().flat_map(|compare| compare.measures.clone()).collect();
    for (index, measure) in spec.measures.iter_mut().enumerate() {
        let sums = matches!(measure.aggregation, Aggregation::Sum | Aggregation::Average | Aggregation::Median);
        if sums && !compared.contains(&index) && rng.chance(weights::CUMULATIVE_SUM) {
            measure.aggregation = Aggregation::CumulativeSum;
        }
    }
}

/// Order and limit.
fn finish(rng: &mut Rng, world: &World, mut spec: Spec) -> Spec {
    if rng.chance(55) {
        spec.order = if spec.rows_mode { rows_order(rng, &spec) } else { steps::order(rng, world, &spec) };
    }
    let large = world.tables[0].rows.is_empty() || world.tables[0].rows.len() > 5_000;
    if rng.chance(if spec.rows_mode && large { 90 } else { weights::LIMIT }) {
        let rows = rng.between(2, 30) as u64;
        spec.limit = Some((rows, if rng.chance(50) { rng.between(1, 4) as u64 } else { 0 }));
    }
    spec
}

fn rows_order(rng: &mut Rng, spec: &Spec) -> Vec<Key> {
    let mut outputs: Vec<Output> = (0..spec.dimensions.len()).map(Output::Dimension).collect();
    outputs.extend((0..spec.measures.len()).map(Output::Cell));
    rng.shuffle(&mut outputs);
    outputs.truncate(rng.between(1, 3) as usize);
    let key = |of| Key { of, descending: rng.chance(50), nulls_first: rng.chance(25), tiered: false };
    outputs.into_iter().map(key).collect()
}

fn options(rng: &mut Rng, world: &World) -> Options {
    let mut options = Options {
        zone: rng.chance(50).then(|| *rng.pick(&ZONES)),
        week_start: rng.chance(25).then(|| rng.below(7) as u32),
        fiscal: rng.chance(20).then(|| rng.between(1, 12) as u32),
        case_sensitive: rng.chance(12).then(|| rng.chance(20)),
        now: None,
    };
    options.now = Some(now(rng, world));
    options
}

/// Some time near the dates that are close to each other.
fn now(rng: &mut Rng, world: &World) -> i64 {
    let dates = world.tables[0].columns.iter().filter(|column| column.narrow && column.ty.is_time());
    let pools: Vec<&Cell> = dates.flat_map(|column| &column.pool).collect();
    let at = match (!pools.is_empty()).then(|| *rng.pick(&pools)) {
        Some(Cell::Micros(at)) => *at,
        Some(Cell::Day(day)) => i64::from(*day) * 86_400_000_000 + 52_000_000_000,
        _ => NOW,
    };
    let day = at.div_euclid(86_400_000_000) * 86_400_000_000;
    *rng.pick(&[at, day, day + 37_800_000_000, day + 81_930_500_000, at + 3_600_000_000])
}

/// How a column is grouped by: as it is, or at a level.
fn bucket(rng: &mut Rng, ty: Type) -> Option<Bucket> {
    if !ty.is_time() || rng.chance(10) {
        return None;
    }
    let (levels, parts) = if ty == Type::Date { (5, 8) } else { (9, 11) };
    Some(if rng.chance(65) {
        Bucket::Level { level: Level(rng.between(1, levels) as u8), named: rng.chance(50) }
    } else {
        Bucket::Part(Part(rng.below(parts) as u8))
    })
}

/// A query with totals over the rows shown, whose dimensions can be tested by equality, with having, top, windows, post
/// and a limit now and then.
#[must_use]
pub fn totals_case(rng: &mut Rng, world: &World) -> Spec {
    let mut spec = Spec { options: options(rng, world), base_at_query: true, ..Spec::default() };
    for id in ["group", "flag", "small", "code"] {
        if rng.chance(45) && spec.dimensions.len() < 3 {
            spec.dimensions.push(plain_dimension(base_column(world, id)));
        }
    }
    if spec.dimensions.is_empty() {
        spec.dimensions.push(plain_dimension(base_column(world, "group")));
    }
    let copy = spec.clone();
    let scene = Scene { ground: Ground::new(world, &copy), options: &copy.options };
    for _ in 0..rng.between(2, 5) {
        let next = measure::measure(rng, scene, &spec.measures, &spec);
        if !next.aggregation.is_approximate() {
            spec.measures.push(next);
        }
    }
    spec.measures.push(count());
    if rng.chance(40) {
        spec.filter.push(filter::condition(rng, scene, 1));
    }
    let (_, cells) = shown::columns(world, &spec);
    if rng.chance(50) {
        spec.having = having::conditions(rng, &cells);
    }
    if rng.chance(40) {
        spec.top = steps::top(rng, world, &spec).map(|top| crate::spec::Top { other: false, ..top });
    }
    if rng.chance(30) {
        steps::windows(rng, world, &mut spec, false);
    }
    if rng.chance(40) {
        steps::post(rng, world, &mut spec);
    }
    if rng.chance(60) {
        spec.limit = Some((rng.between(1, 4) as u64, 0));
    }
    spec.totals = Some(crate::spec::Totals { all_rows: false, ..steps::totals(rng, &spec) });
    spec
}

/// A derived column, `x0`, that says where a condition holds; it may be NULL.
#[must_use]
pub fn condition_column(rng: &mut Rng, world: &World) -> Derived {
    formula::derived_condition(rng, world)
}

/// A count of all rows.
#[must_use]
pub fn count() -> Measure {
    Measure { aggregation: Aggregation::Count, at: None, filter: Vec::new() }
}

/// A dimension on a column as it is.
#[must_use]
pub fn plain_dimension(at: At) -> Dimension {
    Dimension::new(at, None)
}

/// A column by the place of its table in the chain of links.
#[must_use]
pub fn base_column(world: &World, id: &str) -> At {
    At { path: 0, column: world.tables[0].position(id) }
}
