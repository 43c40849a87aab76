//! Random conditions on rows.

use crate::cell::{Cell, Type};
use crate::ground::Ground;
use crate::rng::Rng;
use crate::spec::{At, Bucket, Filter, Leaf, Literal, Nulls, Operator, Options, Pattern, Right};
use crate::world::World;

use super::literal::{Place, literal, word};
use super::relative::relative;
use super::scene::Scene;
use super::{bucket, weights};

/// A random condition over a world, nested where chance wants it and `depth` is small.
#[must_use]
pub fn filter(rng: &mut Rng, world: &World, options: &Options, depth: usize) -> Filter {
    condition(rng, Scene { ground: Ground::bare(world), options }, depth)
}

/// A random condition, nested where chance wants it and `depth` is small.
pub(super) fn condition(rng: &mut Rng, scene: Scene<'_>, depth: usize) -> Filter {
    let kind = if depth < 3 { rng.below(10) } else { 0 };
    match kind {
        6 => Filter::Not(Box::new(condition(rng, scene, depth + 1))),
        7 => Filter::And(parts(rng, scene, depth)),
        8 | 9 => Filter::Or(parts(rng, scene, depth)),
        _ => Filter::Leaf(leaf(rng, scene)),
    }
}

fn parts(rng: &mut Rng, scene: Scene<'_>, depth: usize) -> Vec<Filter> {
    let count = *rng.pick(&[0, 1, 2, 2, 2, 3]);
    (0..count).map(|_| condition(rng, scene, depth + 1)).collect()
}

/// A column, some values for it, and whether NULL is among them: for `in` and as many `=`.
#[must_use]
pub fn equality(rng: &mut Rng, world: &World, options: &Options) -> (At, Option<Bucket>, Vec<Literal>) {
    let scene = Scene { ground: Ground::bare(world), options };
    let at = scene.pick(rng, |_| true);
    let bucket = bucket(rng, scene.ty(at)).filter(|_| rng.chance(50));
    (at, bucket, list(rng, &Place { scene, at, bucket }))
}

fn list(rng: &mut Rng, place: &Place<'_>) -> Vec<Literal> {
    let count = *rng.pick(&[0, 1, 2, 3, 4, 6]);
    let mut items: Vec<Literal> = (0..count).map(|_| literal(rng, place)).collect();
    if rng.chance(35) {
        items.insert(rng.below(items.len() + 1), Literal::Null);
    }
    items
}

fn leaf(rng: &mut Rng, scene: Scene<'_>) -> Leaf {
    let wanted = *rng.pick(&[Type::Text, Type::Text, Type::Integer, Type::Datetime, Type::Datetime, Type::Boolean]);
    let at = scene.pick(rng, |column| match wanted {
        Type::Text => column.ty == Type::Text,
        Type::Datetime => column.ty.is_time(),
        Type::Integer => column.ty.is_numeric(),
        _ => true,
    });
    let ty = scene.ty(at);
    if ty.is_time() && rng.chance(weights::RELATIVE) {
        let mut leaf = relative(rng, scene);
        leaf.nulls = nulls(rng);
        return leaf;
    }
    let bucket = bucket(rng, ty).filter(|_| rng.chance(60));
    let operator = *rng.pick(operators(ty, bucket));
    let place = Place { scene, at, bucket };
    let right = right(rng, operator, &place);
    let without_null_rule =
        matches!(operator, Operator::IsNull | Operator::IsNotNull | Operator::IsEmpty | Operator::IsNotEmpty);
    Leaf {
        at,
        bucket,
        operator,
        right,
        nulls: if without_null_rule { None } else { nulls(rng) },
        case_sensitive: (ty == Type::Text && rng.chance(25)).then(|| rng.chance(30)),
    }
}

fn nulls(rng: &mut Rng) -> Option<Nulls> {
    rng.chance(12).then(|| *rng.pick(&[Nulls::Include, Nulls::Exclude, Nulls::Only]))
}

fn operators(ty: Type, bucket: Option<Bucket>) -> &'static [Operator] {
    use Operator as O;
    const ALL: [Operator; 22] = {
        let mut all = [O::Eq; 22];
        let mut index = 0;
        while index < 22 {
            all[index] = Operator::TEXTS[index].0;
            index += 1;
        }
        all
    };
    const ORDERED: [Operator; 12] =
        [O::Eq, O::Ne, O::Lt, O::Le, O::Gt, O::Ge, O::Between, O::NotBetween, O::In, O::NotIn, O::IsNull, O::IsNotNull];
    const EQUAL: [Operator; 6] = [O::Eq, O::Ne, O::In, O::NotIn, O::IsNull, O::IsNotNull];
    match (ty, bucket) {
        (Type::Text, _) => &ALL,
        (Type::Boolean, _) => &EQUAL,
        (_, Some(Bucket::Part(part))) if part.is_name() => &EQUAL,
        _ => &ORDERED,
    }
}

fn right(rng: &mut Rng, operator: Operator, place: &Place<'_>) -> Right {
    use Operator as O;
    match operator {
        O::IsNull | O::IsNotNull | O::IsEmpty | O::IsNotEmpty => Right::Nothing,
        O::Between | O::NotBetween => {
            let (one, other) = (literal(rng, place), literal(rng, place));
            if rng.chance(85) { ends(one, other) } else { Right::Ends(one, other) }
        }
        O::In | O::NotIn => Right::List(list(rng, place)),
        O::Like | O::NotLike | O::StartsWith | O::NotStartsWith | O::EndsWith | O::NotEndsWith => {
            Right::Literal(Literal::Text(piece(rng, place, operator)))
        }
        O::Matches | O::NotMatches => Right::Pattern(pattern(rng, place)),
        _ => {
            if matches!(operator, O::Eq | O::Ne) && rng.chance(10) {
                return Right::Literal(Literal::Null);
            }
            match other_column(rng, place) {
                Some(at) if rng.chance(12) => Right::Column(at),
                _ => Right::Literal(literal(rng, place)),
            }
        }
    }
}

/// Another column of exactly the same type, for a comparison of two columns as they are.
fn other_column(rng: &mut Rng, place: &Place<'_>) -> Option<At> {
    let ty = place.scene.ty(place.at);
    let at = place.scene.find(rng, |column| column.ty == ty)?;
    (place.bucket.is_none() && at != place.at).then_some(at)
}

/// Two ends, the lesser first where that can be told.
fn ends(one: Literal, other: Literal) -> Right {
    let swap = match (&one, &other) {
        (Literal::Integer(a), Literal::Integer(b)) => a > b,
        (Literal::Float(a), Literal::Float(b)) => a > b,
        (Literal::Decimal { units: a, scale: s }, Literal::Decimal { units: b, scale: t }) => s == t && a > b,
        (Literal::Text(a), Literal::Text(b)) => a > b,
        (Literal::Day(a), Literal::Day(b)) => a > b,
        (Literal::Instant { micros: a, .. }, Literal::Instant { micros: b, .. }) => a > b,
        (Literal::Local(a), Literal::Local(b)) => a > b,
        _ => false,
    };
    if swap { Right::Ends(other, one) } else { Right::Ends(one, other) }
}

fn sample(rng: &mut Rng, place: &Place<'_>) -> String {
    let pool = &place.scene.column(place.at).pool;
    match (!pool.is_empty()).then(|| rng.pick(pool)) {
        Some(Cell::Text(text)) => text.clone(),
        _ => "a".to_owned(),
    }
}

/// A part of a text that occurs, from where the operator looks.
fn piece(rng: &mut Rng, place: &Place<'_>, operator: Operator) -> String {
    let sample = sample(rng, place);
    let letters: Vec<char> = word(rng, &sample).chars().collect();
    if letters.is_empty() {
        return String::new();
    }
    let from = rng.below(letters.len());
    let to = from + 1 + rng.below(letters.len() - from);
    let range = match operator {
        Operator::StartsWith | Operator::NotStartsWith => &letters[..to],
        Operator::EndsWith | Operator::NotEndsWith => &letters[from..],
        _ => &letters[from..to],
    };
    range.iter().collect()
}

/// A pattern whose texts hold letters and digits only, so that nothing in them has a meaning of its own.
fn pattern(rng: &mut Rng, place: &Place<'_>) -> Pattern {
    let plain = |rng: &mut Rng| -> String {
        let text = piece(rng, place, Operator::Like);
        let kept: String = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
        if kept.is_empty() { "a".to_owned() } else { kept }
    };
    match rng.below(8) {
        0 => Pattern::Prefix(plain(rng)),
        1 => Pattern::Suffix(plain(rng)),
        2 => Pattern::Whole(sample(rng, place).chars().filter(|letter| letter.is_alphanumeric()).collect()),
        3 => Pattern::Either(plain(rng), plain(rng)),
        4 => Pattern::Digit,
        5 => Pattern::Any,
        6 => Pattern::Empty,
        _ => Pattern::Contains(plain(rng)),
    }
}
