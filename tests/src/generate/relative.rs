//! Filters relative to now, and ranges of dates.

use super::scene::Scene;
use crate::cell::{Cell, Type};
use crate::oracle::calendar::{Calendar, Kind};
use crate::oracle::wall;
use crate::rng::Rng;
use crate::spec::{At, Leaf, Level, Literal, Operator, Right};

const RELATIVE: [Operator; 14] = [
    Operator::LastNow,
    Operator::LastCompleted,
    Operator::NextNow,
    Operator::NextFull,
    Operator::ToDate,
    Operator::Ago,
    Operator::MoreThanAgo,
    Operator::OrMoreAgo,
    Operator::Current,
    Operator::ToDateEach,
    Operator::Wtd,
    Operator::Mtd,
    Operator::Qtd,
    Operator::Ytd,
];

fn plain(at: At, operator: Operator, right: Right) -> Leaf {
    Leaf { at, bucket: None, operator, right, nulls: None, case_sensitive: None }
}

/// A filter relative to now.
pub(super) fn relative(rng: &mut Rng, scene: Scene<'_>) -> Leaf {
    let at = scene.date(rng);
    let operator = *rng.pick(&RELATIVE);
    let finest = if scene.ty(at) == Type::Date { 5 } else { *rng.pick(&[5, 6, 6, 9]) };
    let unit = Level(rng.between(1, finest) as u8);
    let right = match operator {
        Operator::Wtd | Operator::Mtd | Operator::Qtd | Operator::Ytd => Right::Nothing,
        Operator::ToDate | Operator::Current | Operator::ToDateEach => {
            Right::Period { quantity: None, unit, named: rng.chance(50) }
        }
        _ => Right::Period { quantity: quantity(rng, unit), unit, named: rng.chance(50) },
    };
    plain(at, operator, right)
}

/// So many units that some rows lie in them.
fn quantity(rng: &mut Rng, unit: Level) -> Option<u32> {
    let most = match unit.0 {
        1 => 3,
        2 => 5,
        3 => 9,
        4 => 12,
        5 => 60,
        6 => 90,
        7 => 5_000,
        8 => 200_000,
        _ => 9_000_000,
    };
    (!rng.chance(20)).then(|| rng.between(1, most) as u32)
}

/// The last units up to the newest row.
pub(super) fn available(rng: &mut Rng, scene: Scene<'_>) -> Leaf {
    let at = scene.date(rng);
    let finest = if scene.ty(at) == Type::Date { 5 } else { 6 };
    let unit = Level(rng.between(1, finest) as u8);
    let right = Right::Period { quantity: quantity(rng, unit), unit, named: rng.chance(50) };
    plain(at, Operator::LastAvailable, right)
}

/// A day on which the column has a value, or today.
pub(super) fn day(rng: &mut Rng, scene: Scene<'_>, at: At) -> i32 {
    let calendar = Calendar::new(scene.ground, at, scene.options);
    let pool = &scene.column(at).pool;
    match (!pool.is_empty()).then(|| rng.pick(pool)) {
        Some(Cell::Day(day)) => *day,
        Some(Cell::Micros(micros)) => calendar.day_of(*micros),
        _ => calendar.day_of(calendar.now()),
    }
    .min(LAST_DAY)
}

/// From here a range of 120 days or of whole units still ends in a year of four digits, as literals need.
const LAST_DAY: i32 = 2_932_500;

/// A filter that is one range of whole days, of years only where it need not be short; closed: with both ends.
pub(super) fn range(rng: &mut Rng, scene: Scene<'_>, at: At, closed: bool, short: bool) -> Leaf {
    let unit = Level(rng.between(if short { 3 } else { 1 }, 5) as u8);
    let period = |rng: &mut Rng| Right::Period { quantity: quantity(rng, unit), unit, named: rng.chance(50) };
    match rng.below(if closed { 8 } else { 11 }) {
        0 => plain(at, Operator::LastCompleted, period(rng)),
        1 => plain(at, Operator::Current, Right::Period { quantity: None, unit, named: true }),
        2 => plain(at, Operator::LastNow, period(rng)),
        3 => plain(at, Operator::Ago, period(rng)),
        8 => plain(at, Operator::OrMoreAgo, period(rng)),
        9 => plain(at, Operator::Ge, Right::Literal(Literal::Day(day(rng, scene, at)))),
        10 => plain(at, Operator::Lt, Right::Literal(Literal::Day(day(rng, scene, at)))),
        4 => {
            // A whole month or week, so that there are whole units to compare with.
            let unit = Level(rng.between(2, 4) as u8);
            let options = scene.options;
            let first = wall::first_day(day(rng, scene, at), unit, options.first_weekday(), options.first_month());
            let next =
                wall::first_day(first + *rng.pick(&[35, 100]), unit, options.first_weekday(), options.first_month());
            let last = if next > first { next - 1 } else { first + 30 };
            plain(at, Operator::Between, Right::Ends(Literal::Day(first), Literal::Day(last)))
        }
        _ => {
            let first = day(rng, scene, at);
            let last = first + rng.between(3, 120) as i32;
            plain(at, Operator::Between, Right::Ends(Literal::Day(first), Literal::Day(last)))
        }
    }
}

/// The last hours, for dates that have them.
pub(super) fn hours(rng: &mut Rng, scene: Scene<'_>, at: At) -> Option<Leaf> {
    let calendar = Calendar::new(scene.ground, at, scene.options);
    let right = Right::Period { quantity: Some(rng.between(12, 900) as u32), unit: Level(6), named: true };
    (calendar.kind != Kind::Date).then(|| plain(at, Operator::LastNow, right))
}
