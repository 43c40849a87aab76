//! Literals near the values that occur.

use super::scene::Scene;
use crate::cell::{Cell, Type};
use crate::oracle::wall;
use crate::rng::Rng;
use crate::spec::{At, Bucket, Level, Literal, Part};

/// What a literal is compared with.
pub(super) struct Place<'a> {
    pub(super) scene: Scene<'a>,
    pub(super) at: At,
    pub(super) bucket: Option<Bucket>,
}

impl Place<'_> {
    fn ty(&self) -> Type {
        self.scene.ty(self.at)
    }

    fn zone(&self) -> chrono_tz::Tz {
        self.scene.options.zone()
    }
}

/// A literal that can be compared with the place; never NULL.
pub(super) fn literal(rng: &mut Rng, place: &Place<'_>) -> Literal {
    let pool = &place.scene.column(place.at).pool;
    let cell = if pool.is_empty() { Cell::Null } else { rng.pick(pool).clone() };
    match place.ty() {
        Type::Text => {
            let text = if let Cell::Text(text) = cell { text } else { "a".to_owned() };
            Literal::Text(word(rng, &text))
        }
        Type::Boolean => Literal::Boolean(rng.chance(50)),
        Type::Integer => integer(rng, if let Cell::Integer(value) = cell { value } else { 0 }),
        Type::Float => float(rng, if let Cell::Float(value) = cell { value } else { 0.0 }),
        Type::Decimal(scale) => decimal(rng, if let Cell::Decimal(units) = cell { units } else { 0 }, scale),
        Type::Date => {
            let day = if let Cell::Day(day) = cell { day } else { 0 };
            match place.bucket {
                Some(Bucket::Part(part)) => of_part(rng, place, part, i64::from(day) * wall::DAY),
                Some(Bucket::Level { level, .. }) => period(rng, place, level, day),
                None => Literal::Day(day + if day < 2_000_000 { rng.between(-1, 1) as i32 } else { 0 }),
            }
        }
        Type::Datetime | Type::LocalDatetime => time(rng, place, if let Cell::Micros(at) = cell { at } else { 0 }),
    }
}

/// The text, now and then with other cases.
pub(super) fn word(rng: &mut Rng, text: &str) -> String {
    match rng.below(10) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => format!("{text}a"),
        _ => text.to_owned(),
    }
}

fn integer(rng: &mut Rng, value: i64) -> Literal {
    match rng.below(10) {
        0 => Literal::Integer(value.saturating_add(1)),
        1 => Literal::Integer(value.saturating_sub(1)),
        2 if value.unsigned_abs() < 1 << 40 => Literal::Float(value as f64 + 0.5),
        _ => Literal::Integer(value),
    }
}

fn float(rng: &mut Rng, value: f64) -> Literal {
    match rng.below(10) {
        0 if value.abs() < 1e15 => Literal::Integer(value.round() as i64),
        1 if value.abs() < 1e15 => Literal::Float(value + 0.1),
        _ => Literal::Float(value),
    }
}

fn decimal(rng: &mut Rng, units: i64, scale: u32) -> Literal {
    match rng.below(10) {
        0 => Literal::Integer(units / 10_i64.pow(scale)),
        1 => Literal::Decimal { units: units * 10 + rng.between(1, 9), scale: scale + 1 },
        _ => Literal::Decimal { units, scale },
    }
}

fn time(rng: &mut Rng, place: &Place<'_>, at: i64) -> Literal {
    let local = place.ty() == Type::LocalDatetime;
    let shown = if local { at } else { wall::wall(at, place.zone()) };
    let exact = |rng: &mut Rng| {
        if local || rng.chance(40) {
            // Sometimes half an hour away, into what clocks skip or repeat.
            Literal::Local(shown + if rng.chance(30) { rng.between(-2, 2) * 1_800_000_000 } else { 0 })
        } else {
            Literal::Instant { micros: at, offset_minutes: *rng.pick(&[0, 0, 60, -300, 345]) }
        }
    };
    match place.bucket {
        Some(Bucket::Part(part)) => of_part(rng, place, part, shown),
        Some(Bucket::Level { level, .. }) if level.is_calendar() => {
            if rng.chance(60) {
                period(rng, place, level, wall::day_of(shown))
            } else {
                exact(rng)
            }
        }
        Some(Bucket::Level { .. }) => exact(rng),
        None => {
            if rng.chance(50) {
                Literal::Day(wall::day_of(shown) + rng.between(-1, 1) as i32)
            } else {
                exact(rng)
            }
        }
    }
}

/// A day in the bucket, or the bucket in short. A year or quarter in short is left out where fiscal years are others.
fn period(rng: &mut Rng, place: &Place<'_>, level: Level, day: i32) -> Literal {
    use chrono::Datelike;

    let week_start = place.scene.options.first_weekday();
    let fiscal = place.scene.options.first_month();
    if level.0 == 5 || (level.0 <= 2 && fiscal != 1) || rng.chance(60) {
        return Literal::Day(day);
    }
    let start = wall::first_day(day, level, week_start, fiscal);
    let date = wall::date(start);
    let text = match level.0 {
        1 => format!("{:04}", date.year()),
        2 => format!("{:04}-Q{}", date.year(), date.month0() / 3 + 1),
        3 => format!("{:04}-{:02}", date.year(), date.month()),
        _ => {
            let (year, number) = wall::week_label(start, week_start);
            if year > 9999 {
                // The last days of the last year that can be written are in a week of the next one.
                return Literal::Day(day);
            }
            format!("{year:04}-W{number:02}")
        }
    };
    Literal::Period { text, start }
}

fn of_part(rng: &mut Rng, place: &Place<'_>, part: Part, shown: i64) -> Literal {
    let week_start = place.scene.options.first_weekday();
    let number = wall::part(shown, part, week_start, place.scene.options.first_month());
    if part.is_name() {
        return Literal::Text(wall::part_name(part, number, week_start).to_owned());
    }
    Literal::Integer(number + if rng.chance(20) { rng.between(-1, 1) } else { 0 })
}
