//! Random dimensions.

use super::scene::Scene;
use super::{bucket, weights};
use crate::cell::{Cell, Type};
use crate::rng::Rng;
use crate::spec::{At, Bins, Bucket, Dimension, Number};

/// A column, at a level or in bins now and then.
pub(super) fn dimension(rng: &mut Rng, scene: Scene<'_>, rows_mode: bool) -> Dimension {
    if rng.chance(42) {
        let at = scene.date(rng);
        return Dimension::new(at, bucket(rng, scene.ty(at)));
    }
    if rng.chance(weights::BINS) {
        let at = scene.pick(rng, |column| match column.ty {
            Type::Text => true,
            ty => ty.is_numeric() && column.moderate,
        });
        // What a formula makes of floats may be too great for narrow bins.
        let wild = scene.ty(at) == Type::Float && scene.ground.derived(at).is_some();
        let bins = if wild { None } else { bins(rng, scene, at, rows_mode) };
        return Dimension { bins, ..Dimension::new(at, None) };
    }
    let small = rng.chance(70);
    let fits = |ty: Type| if small { matches!(ty, Type::Text | Type::Boolean) } else { !ty.is_time() };
    Dimension::new(scene.pick(rng, |column| fits(column.ty)), None)
}

/// The same key, however its level is written.
pub(super) fn same(one: &Dimension, other: &Dimension) -> bool {
    let bucket = |dimension: &Dimension| match dimension.bucket {
        Some(Bucket::Level { level, .. }) => Some(Bucket::Level { level, named: false }),
        other => other,
    };
    one.at == other.at && bucket(one) == bucket(other) && one.bins.is_some() == other.bins.is_some()
}

fn bins(rng: &mut Rng, scene: Scene<'_>, at: At, rows_mode: bool) -> Option<Bins> {
    if scene.ty(at) == Type::Text {
        return groups(rng, scene, at);
    }
    let float = scene.ty(at) == Type::Float;
    Some(match rng.below(if rows_mode { 1 } else { 4 }) {
        1 if scene.ty(at) == Type::Integer && scene.column(at).narrow => Bins::Count(rng.between(1, 12)),
        2 | 3 => {
            let mut edges: Vec<i64> = [-100, 0, 1, 5, 10, 50, 100, 1000].to_vec();
            rng.shuffle(&mut edges);
            edges.truncate(rng.between(1, 4) as usize);
            edges.sort_unstable();
            Bins::Edges(edges.into_iter().map(Number::whole).collect())
        }
        _ => {
            let sizes: &[Number] = if float {
                &[Number { units: 5, scale: 1 }, Number { units: 25, scale: 1 }, Number { units: 100, scale: 0 }]
            } else {
                &[
                    Number { units: 1, scale: 0 },
                    Number { units: 5, scale: 0 },
                    Number { units: 25, scale: 1 },
                    Number { units: 500, scale: 0 },
                ]
            };
            let origins =
                [Number { units: 0, scale: 0 }, Number { units: 3, scale: 0 }, Number { units: -75, scale: 1 }];
            Bins::Width { size: *rng.pick(sizes), origin: rng.chance(50).then(|| *rng.pick(&origins)) }
        }
    })
}

/// Groups of some texts that occur.
fn groups(rng: &mut Rng, scene: Scene<'_>, at: At) -> Option<Bins> {
    let mut texts: Vec<String> = Vec::new();
    for cell in &scene.column(at).pool {
        if let Cell::Text(text) = cell {
            texts.push(text.clone());
        }
    }
    rng.shuffle(&mut texts);
    let mut groups = Vec::new();
    for (index, name) in ["first", "it's 2"].into_iter().enumerate().take(rng.between(1, 2) as usize) {
        // The second group lists a member of the first again, which is in the first all the same.
        let members: Vec<String> = texts.iter().skip(index).take(rng.between(1, 3) as usize).cloned().collect();
        groups.push((name.to_owned(), members));
    }
    Some(Bins::Groups { groups, rest: rng.chance(50).then(|| "rest".to_owned()) })
}

/// Whether bins of a column are few enough to show all of them.
pub(super) fn are_few(scene: Scene<'_>, dimension: &Dimension) -> bool {
    let pool = &scene.column(dimension.at).pool;
    let numbers = pool.iter().filter_map(|cell| match cell {
        Cell::Integer(value) => Some(*value as f64),
        Cell::Float(value) => Some(*value),
        _ => None,
    });
    let (least, greatest) =
        numbers.fold((0.0_f64, 0.0_f64), |(least, greatest), value| (least.min(value), greatest.max(value)));
    match &dimension.bins {
        Some(Bins::Width { size, .. }) => {
            scene.column(dimension.at).narrow && (greatest - least) / size.float() < 100.0
        }
        Some(Bins::Edges(_) | Bins::Count(_)) => true,
        _ => false,
    }
}
