//! The generator: random queries over a world, each a function of its random numbers.

mod column;
mod filter;
mod having;
mod literal;

use chrono_tz::Tz;

use crate::cell::Type;
use crate::rng::Rng;
use crate::spec::{Aggregation, At, Bucket, Dimension, Key, Level, Measure, Options, Output, Part, Spec};
use crate::world::World;

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

/// A random query.
#[must_use]
pub fn query(rng: &mut Rng, world: &World) -> Spec {
    let options = options(rng);
    let rows_mode = rng.chance(15);
    let wanted = if rng.chance(20) { 0 } else { rng.between(1, 3) };
    let mut dimensions: Vec<Dimension> = Vec::new();
    for _ in 0..wanted {
        let next = dimension(rng, world);
        if !dimensions.iter().any(|known| same(known, &next)) {
            dimensions.push(next);
        }
    }
    let least = i64::from(dimensions.is_empty());
    let wanted = if rows_mode { rng.between(least, 2) } else { rng.between(least, 4) };
    let measures: Vec<Measure> = (0..wanted).map(|_| measure(rng, world, &options, rows_mode)).collect();
    let filters = *rng.pick(&[0, 1, 1, 2, 2, 3]);
    let mut spec = Spec {
        dimensions,
        measures,
        filter: (0..filters).map(|_| filter(rng, world, &options, 0)).collect(),
        having: Vec::new(),
        order: Vec::new(),
        limit: None,
        rows_mode,
        base_at_query: rng.chance(50),
        options,
    };
    if !rows_mode && !spec.measures.is_empty() && rng.chance(25) {
        spec.having = having::conditions(rng, world, &spec);
    }
    if rng.chance(55) {
        spec.order = order(rng, &spec);
    }
    let large = world.tables[0].rows.is_empty() || world.tables[0].rows.len() > 5_000;
    if rng.chance(if rows_mode && large { 90 } else { 30 }) {
        let rows = rng.between(1, 30) as u64;
        spec.limit = Some((rows, if rng.chance(50) { rng.between(1, 6) as u64 } else { 0 }));
    }
    spec
}

fn options(rng: &mut Rng) -> Options {
    Options {
        zone: rng.chance(50).then(|| *rng.pick(&ZONES)),
        week_start: rng.chance(25).then(|| rng.below(7) as u32),
        fiscal: rng.chance(20).then(|| rng.between(1, 12) as u32),
        case_sensitive: rng.chance(12).then(|| rng.chance(20)),
    }
}

/// How a column is grouped by: as it is, or at a level.
fn bucket(rng: &mut Rng, ty: Type) -> Option<Bucket> {
    if !ty.is_time() || rng.chance(15) {
        return None;
    }
    let (levels, parts) = if ty == Type::Date { (5, 8) } else { (9, 11) };
    Some(if rng.chance(65) {
        Bucket::Level { level: Level(rng.between(1, levels) as u8), named: rng.chance(50) }
    } else {
        Bucket::Part(Part(rng.below(parts) as u8))
    })
}

fn dimension(rng: &mut Rng, world: &World) -> Dimension {
    let time = rng.chance(45);
    let at = column::pick(rng, world, |column| column.ty.is_time() == time);
    Dimension { at, bucket: bucket(rng, world.column(at.path, at.column).ty) }
}

/// The same key, however its level is written.
fn same(one: &Dimension, other: &Dimension) -> bool {
    let bucket = |dimension: &Dimension| match dimension.bucket {
        Some(Bucket::Level { level, .. }) => Some(Bucket::Level { level, named: false }),
        other => other,
    };
    one.at == other.at && bucket(one) == bucket(other)
}

fn measure(rng: &mut Rng, world: &World, options: &Options, rows_mode: bool) -> Measure {
    let aggregation = *rng.pick(&Aggregation::ALL);
    let at = if rows_mode || aggregation != Aggregation::Count || rng.chance(40) {
        Some(column::pick(rng, world, |column| {
            let spread = matches!(aggregation, Aggregation::Average | Aggregation::Stddev | Aggregation::Variance);
            (column.ty.is_numeric() || !aggregation.needs_numbers()) && (column.moderate || !spread)
        }))
    } else {
        None
    };
    let filters = if !rows_mode && rng.chance(20) { rng.between(1, 2) } else { 0 };
    Measure { aggregation, at, filter: (0..filters).map(|_| filter(rng, world, options, 1)).collect() }
}

/// Keys on columns whose values are exact, so that no rounding can swap rows.
fn order(rng: &mut Rng, spec: &Spec) -> Vec<Key> {
    let mut outputs: Vec<Output> = (0..spec.dimensions.len()).map(Output::Dimension).collect();
    let exact = |measure: &Measure| {
        !matches!(measure.aggregation, Aggregation::Average | Aggregation::Stddev | Aggregation::Variance)
    };
    for (index, measure) in spec.measures.iter().enumerate() {
        if spec.rows_mode || exact(measure) {
            outputs.push(Output::Measure(index));
        }
    }
    rng.shuffle(&mut outputs);
    outputs.truncate(rng.between(1, 3) as usize);
    outputs.into_iter().map(|of| Key { of, descending: rng.chance(50), nulls_first: rng.chance(25) }).collect()
}

/// A column by the place of its table in the chain of links.
#[must_use]
pub fn base_column(world: &World, id: &str) -> At {
    At { path: 0, column: world.tables[0].position(id) }
}
