//! Formulas as SQL, with the types of drillcore: checked integers, exact decimals, floats that are never infinite.

use super::literals::{cast, decimal, exact, text};
use crate::oracle::value::digits;
use crate::shown::{self, Shown};
use crate::spec::{Expr, Number, Sign};

/// A value in SQL and what it holds.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) sql: String,
    pub(super) shown: Shown,
}

impl Typed {
    pub(super) fn new(sql: impl Into<String>, shown: Shown) -> Self {
        Self { sql: sql.into(), shown }
    }

    /// A decimal of a column as formulas compute with it.
    pub(super) fn exact(self) -> Self {
        match self.shown {
            Shown::Decimal(digits) => Self::new(self.scaled(digits), Shown::Sum(digits)),
            _ => self,
        }
    }

    /// The nearest float.
    pub(super) fn float(&self) -> String {
        match self.shown {
            Shown::Integer => cast(&self.sql, "DOUBLE"),
            Shown::Decimal(_) | Shown::Sum(_) => format!("nearest({})", self.sql),
            _ => self.sql.clone(),
        }
    }

    /// The exact number with so many digits behind the point.
    pub(super) fn scaled(&self, digits: u32) -> String {
        cast(&self.sql, &decimal(digits))
    }

    /// The value as another type that it can have.
    fn converted(&self, to: Shown) -> String {
        match to {
            to if to == self.shown => self.sql.clone(),
            Shown::Sum(digits) => self.scaled(digits),
            _ => self.float(),
        }
    }
}

/// A formula whose leaves are given.
pub(super) fn express(formula: &Expr, leaf: &mut dyn FnMut(&Expr) -> Typed) -> Typed {
    match formula {
        Expr::Column(_) | Expr::Measure(_) | Expr::Aggregate(_) => leaf(formula).exact(),
        Expr::Integer(value) => Typed::new(format!("({value})"), Shown::Integer),
        Expr::Decimal { units, scale } => {
            Typed::new(exact(Number { units: *units, scale: *scale }, *scale), Shown::Sum(*scale))
        }
        Expr::Text(value) => Typed::new(text(value), Shown::Text),
        Expr::Arithmetic(sign, left, right) => {
            let left = express(left, leaf);
            arithmetic(*sign, &left, &express(right, leaf))
        }
        Expr::Compare(comparison, left, right) => {
            let (left, right) = (express(left, leaf), express(right, leaf));
            let both = shown::common(left.shown, right.shown);
            let sql = format!("({} {} {})", left.converted(both), comparison.text(), right.converted(both));
            Typed::new(sql, Shown::Boolean)
        }
        Expr::And(left, right) => joined(left, "AND", right, Shown::Boolean, leaf),
        Expr::Or(left, right) => joined(left, "OR", right, Shown::Boolean, leaf),
        Expr::Concat(left, right) => joined(left, "||", right, Shown::Text, leaf),
        Expr::Not(inner) => Typed::new(format!("(NOT {})", express(inner, leaf).sql), Shown::Boolean),
        Expr::IsNull(inner) => Typed::new(format!("({} IS NULL)", express(inner, leaf).sql), Shown::Boolean),
        Expr::If(condition, value, otherwise) => {
            let (condition, value) = (express(condition, leaf), express(value, leaf));
            let Some(otherwise) = otherwise else {
                return Typed::new(format!("(CASE WHEN {} THEN {} END)", condition.sql, value.sql), value.shown);
            };
            let otherwise = express(otherwise, leaf);
            let both = shown::common(value.shown, otherwise.shown);
            let (value, otherwise) = (value.converted(both), otherwise.converted(both));
            Typed::new(format!("(CASE WHEN {} THEN {value} ELSE {otherwise} END)", condition.sql), both)
        }
        Expr::Coalesce(parts) => {
            let parts: Vec<Typed> = parts.iter().map(|part| express(part, leaf)).collect();
            let types = parts.iter().map(|part| part.shown);
            let all = types.reduce(shown::common).expect("at least one part");
            let parts: Vec<String> = parts.iter().map(|part| part.converted(all)).collect();
            Typed::new(format!("COALESCE({})", parts.join(", ")), all)
        }
    }
}

fn joined(left: &Expr, sign: &str, right: &Expr, shown: Shown, leaf: &mut dyn FnMut(&Expr) -> Typed) -> Typed {
    let (left, right) = (express(left, leaf), express(right, leaf));
    Typed::new(format!("({} {sign} {})", left.sql, right.sql), shown)
}

/// An operation of two numbers, decimals of columns excepted.
pub(super) fn arithmetic(sign: Sign, left: &Typed, right: &Typed) -> Typed {
    let shown = shown::arithmetic(sign, left.shown, right.shown);
    let mark = sign.text();
    let sql = match shown {
        Shown::Integer => format!("TRY_CAST({} {mark} {} AS BIGINT)", cast(&left.sql, "HUGEINT"), right.sql),
        Shown::Sum(_) if sign == Sign::Multiply => {
            let own = |side: &Typed| side.scaled(digits(side.shown));
            format!("({} {mark} {})", own(left), own(right))
        }
        Shown::Sum(most) => format!("({} {mark} {})", left.scaled(most), right.scaled(most)),
        _ => format!("finite({} {mark} {})", left.float(), right.float()),
    };
    Typed::new(sql, shown)
}
