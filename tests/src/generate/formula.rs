//! Random formulas.

use super::scene::Scene;
use crate::cell::{Cell, Type};
use crate::ground::Ground;
use crate::rng::Rng;
use crate::shown::{self, Shown};
use crate::spec::{At, Call, Comparison, Derived, Expr, Function, Measure, Sign, Spec};
use crate::world::{Column, World};

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

/// Zero to two derived columns, each over columns of the world.
pub(super) fn derived(rng: &mut Rng, world: &World) -> Vec<Derived> {
    let ground = Ground::bare(world);
    let options = crate::spec::Options::default();
    let scene = Scene { ground, options: &options };
    (0..rng.between(1, 2)).map(|index| one(rng, scene, index as usize)).collect()
}

/// A derived column that says where a condition holds.
pub(super) fn derived_condition(rng: &mut Rng, world: &World) -> Derived {
    let options = crate::spec::Options::default();
    let scene = Scene { ground: Ground::bare(world), options: &options };
    let formula = condition(rng, scene, 0);
    column_of(scene, formula, 0)
}

fn one(rng: &mut Rng, scene: Scene<'_>, index: usize) -> Derived {
    let formula = match rng.below(10) {
        0 | 1 => text(rng, scene),
        2 | 3 => condition(rng, scene, 0),
        _ => number(rng, scene),
    };
    column_of(scene, formula, index)
}

fn column_of(scene: Scene<'_>, formula: Expr, index: usize) -> Derived {
    let ty = match shown::of_row(scene.ground, &formula) {
        Shown::Text => Type::Text,
        Shown::Boolean => Type::Boolean,
        Shown::Integer => Type::Integer,
        Shown::Sum(scale) => Type::Decimal(scale),
        _ => Type::Float,
    };
    let mut column = Column::new(&format!("x{index}"), ty);
    column.moderate = formula.columns().iter().all(|at| scene.column(*at).moderate);
    column.pool = match ty {
        Type::Text => ["a", "b-a", "none", ""].map(|text| Cell::Text(text.to_owned())).to_vec(),
        Type::Boolean => vec![Cell::Boolean(true)],
        Type::Integer => [0, 1, 5, 13, 1000].map(Cell::Integer).to_vec(),
        Type::Decimal(scale) => [0, 15, 2500].map(|value| Cell::Decimal(value * 10_i64.pow(scale) / 10)).to_vec(),
        _ => [0.0, 0.5, 2.0, 33.25].map(Cell::Float).to_vec(),
    };
    Derived { column, formula }
}

/// A column of numbers. Decimals and what is beside them stay small enough for 64 bits.
fn numeric(rng: &mut Rng, scene: Scene<'_>, moderate: bool) -> At {
    scene.pick(rng, |column| column.ty.is_numeric() && (column.moderate || !moderate))
}

/// An integer or float column of any size, or a constant.
fn operand(rng: &mut Rng, scene: Scene<'_>, wild: bool) -> Expr {
    match rng.below(5) {
        0 => Expr::Integer(rng.between(-5, 100)),
        1 if !wild => Expr::Decimal { units: rng.between(-50, 500), scale: 1 },
        _ if wild => {
            let at = scene.pick(rng, |column| matches!(column.ty, Type::Integer | Type::Float));
            Expr::Column(at)
        }
        _ => Expr::Column(numeric(rng, scene, true)),
    }
}

fn number(rng: &mut Rng, scene: Scene<'_>) -> Expr {
    let wild = rng.chance(25);
    match rng.below(8) {
        0 => Expr::If(
            boxed(condition(rng, scene, 1)),
            boxed(operand(rng, scene, wild)),
            rng.chance(70).then(|| boxed(operand(rng, scene, wild))),
        ),
        1 => Expr::Coalesce(vec![Expr::Column(numeric(rng, scene, true)), operand(rng, scene, false)]),
        2 => {
            // A product and a sum of it.
            let at = scene.pick(rng, |column| column.ty == Type::Integer && column.moderate);
            let product =
                Expr::Arithmetic(Sign::Multiply, boxed(Expr::Column(at)), boxed(Expr::Integer(rng.between(2, 9))));
            Expr::Arithmetic(Sign::Add, boxed(product), boxed(operand(rng, scene, false)))
        }
        _ => {
            let sign = *rng.pick(&Sign::ALL);
            let (left, right) = (operand(rng, scene, wild), operand(rng, scene, wild));
            let decimal = |expr: &Expr| matches!(shown::of_row(scene.ground, expr), Shown::Sum(_));
            // Products of decimals could outgrow 64 bits.
            let right = if sign == Sign::Multiply && (decimal(&left) || decimal(&right)) {
                Expr::Integer(rng.between(2, 20))
            } else {
                right
            };
            Expr::Arithmetic(sign, boxed(left), boxed(right))
        }
    }
}

fn text(rng: &mut Rng, scene: Scene<'_>) -> Expr {
    let column = |rng: &mut Rng| Expr::Column(scene.pick(rng, |column| column.ty == Type::Text));
    let constant = |rng: &mut Rng| Expr::Text((*rng.pick(&["-", "it's", "none", "é"])).to_owned());
    match rng.below(4) {
        0 => Expr::Coalesce(vec![column(rng), constant(rng)]),
        1 => Expr::If(boxed(condition(rng, scene, 1)), boxed(column(rng)), Some(boxed(constant(rng)))),
        2 => {
            let whole = scene.pick(rng, |column| column.ty == Type::Integer);
            Expr::Concat(boxed(Expr::Concat(boxed(column(rng)), boxed(constant(rng)))), boxed(Expr::Column(whole)))
        }
        _ => Expr::Concat(boxed(column(rng)), boxed(column(rng))),
    }
}

/// A condition of row level.
fn condition(rng: &mut Rng, scene: Scene<'_>, depth: usize) -> Expr {
    let comparison = *rng.pick(&Comparison::ALL);
    match rng.below(8) {
        0 if depth < 2 => Expr::And(boxed(condition(rng, scene, depth + 1)), boxed(condition(rng, scene, depth + 1))),
        1 if depth < 2 => Expr::Or(boxed(condition(rng, scene, depth + 1)), boxed(condition(rng, scene, depth + 1))),
        2 if depth < 2 => Expr::Not(boxed(condition(rng, scene, depth + 1))),
        3 => Expr::IsNull(boxed(Expr::Column(scene.pick(rng, |_| true)))),
        4 => {
            let at = scene.pick(rng, |column| column.ty == Type::Text);
            let text = match scene.column(at).pool.first() {
                Some(Cell::Text(text)) => text.clone(),
                _ => "a".to_owned(),
            };
            Expr::Compare(comparison, boxed(Expr::Column(at)), boxed(Expr::Text(text)))
        }
        _ => {
            let left = Expr::Column(numeric(rng, scene, true));
            let right = if rng.chance(70) { Expr::Integer(rng.between(-5, 60)) } else { operand(rng, scene, false) };
            Expr::Compare(comparison, boxed(left), boxed(right))
        }
    }
}

/// An aggregate whose value is exact: a count, a sum, a least or greatest number.
fn exact_call(rng: &mut Rng, scene: Scene<'_>) -> Call {
    let function = *rng.pick(&[
        Function::Sum,
        Function::Sum,
        Function::Count,
        Function::CountRows,
        Function::CountRows,
        Function::CountDistinct,
        Function::Min,
        Function::Max,
        Function::Mode,
        Function::First,
        Function::Last,
    ]);
    let plain = call(rng, scene, function);
    with_filter(rng, scene, plain)
}

fn with_filter(rng: &mut Rng, scene: Scene<'_>, call: Call) -> Call {
    let filter = rng.chance(25).then(|| condition(rng, scene, 1));
    Call { filter, ..call }
}

/// A call over numbers that stay far from the limits.
fn call(rng: &mut Rng, scene: Scene<'_>, function: Function) -> Call {
    let of = match function {
        Function::CountRows => None,
        Function::Count | Function::CountDistinct if rng.chance(50) => Some(Expr::Column(scene.pick(rng, |_| true))),
        // Arithmetic inside of an aggregate.
        Function::Sum if rng.chance(30) => Some(Expr::Arithmetic(
            *rng.pick(&[Sign::Add, Sign::Subtract]),
            boxed(Expr::Column(numeric(rng, scene, true))),
            boxed(operand(rng, scene, false)),
        )),
        _ => Some(Expr::Column(numeric(rng, scene, true))),
    };
    let second = match function {
        Function::First | Function::Last => Some(Expr::Column(scene.pick(rng, |column| column.ty != Type::Boolean))),
        Function::Rate | Function::WeightedAverage => Some(Expr::Column(numeric(rng, scene, true))),
        _ => None,
    };
    Call { function, of, second, filter: None }
}

/// A formula of aggregate level over the measures before it.
pub(super) fn metric(rng: &mut Rng, scene: Scene<'_>, before: &[Measure], spec: &Spec) -> Expr {
    let exact: Vec<usize> = (before.iter().enumerate())
        .filter(|(_, measure)| shown::measure(scene.ground, spec, measure).is_exact_number())
        .map(|(index, _)| index)
        .collect();
    let operand = |rng: &mut Rng| {
        if !exact.is_empty() && rng.chance(55) {
            Expr::Measure(*rng.pick(&exact))
        } else {
            Expr::Aggregate(Box::new(exact_call(rng, scene)))
        }
    };
    match rng.below(10) {
        0..=2 => {
            let (function, _) = *rng.pick(&Function::NAMES);
            let plain = call(rng, scene, function);
            Expr::Aggregate(Box::new(with_filter(rng, scene, plain)))
        }
        3 | 4 => Expr::Arithmetic(Sign::Divide, boxed(operand(rng)), boxed(operand(rng))),
        5 => Expr::Arithmetic(Sign::Multiply, boxed(operand(rng)), boxed(Expr::Integer(rng.between(-3, 12)))),
        6 => {
            let sign = *rng.pick(&[Sign::Add, Sign::Subtract]);
            Expr::Arithmetic(sign, boxed(operand(rng)), boxed(operand(rng)))
        }
        7 => {
            let left = operand(rng);
            let tested =
                Expr::Compare(*rng.pick(&Comparison::ALL), boxed(left), boxed(Expr::Integer(rng.between(0, 20))));
            let tested = match rng.below(4) {
                0 => Expr::Not(boxed(tested)),
                1 => Expr::Or(boxed(Expr::IsNull(boxed(operand(rng)))), boxed(tested)),
                _ => tested,
            };
            let otherwise = rng.chance(60).then(|| boxed(operand(rng)));
            Expr::If(boxed(tested), boxed(operand(rng)), otherwise)
        }
        8 => Expr::Coalesce(vec![operand(rng), Expr::Integer(rng.between(-1, 7))]),
        _ => Expr::Arithmetic(
            Sign::Divide,
            boxed(operand(rng)),
            boxed(Expr::Aggregate(Box::new(call(rng, scene, Function::CountRows)))),
        ),
    }
}
