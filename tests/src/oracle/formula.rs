//! Formulas as SQL. Decimals are great integers with the digits behind the point that their type says.

use crate::shown::{self, Shown};
use crate::spec::{Expr, Sign};

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
            Shown::Decimal(scale) => Self::new(format!("dec({}, 0)", self.sql), Shown::Sum(scale)),
            _ => self,
        }
    }

    /// The number as a float.
    pub(super) fn float(&self) -> String {
        match self.shown {
            Shown::Integer => format!("to_f({}, 0)", self.sql),
            Shown::Decimal(scale) | Shown::Sum(scale) => format!("to_f({}, {scale})", self.sql),
            _ => self.sql.clone(),
        }
    }

    /// The exact number with more digits behind the point.
    pub(super) fn scaled(&self, digits: u32) -> String {
        match self.shown {
            Shown::Integer => format!("dec({}, {digits})", self.sql),
            Shown::Sum(scale) => format!("dec({}, {})", self.sql, digits - scale),
            other => panic!("{other:?} has no digits"),
        }
    }

    /// The value as another type that it can have.
    fn converted(&self, to: Shown) -> String {
        match (self.shown, to) {
            (from, to) if from == to => self.sql.clone(),
            (_, Shown::Sum(digits)) => self.scaled(digits),
            _ => self.float(),
        }
    }
}

/// A formula whose leaves are given.
pub(super) fn express(formula: &Expr, leaf: &mut dyn FnMut(&Expr) -> Typed) -> Typed {
    match formula {
        Expr::Column(_) | Expr::Measure(_) | Expr::Aggregate(_) => leaf(formula).exact(),
        Expr::Integer(value) => Typed::new(format!("({value})"), Shown::Integer),
        Expr::Decimal { units, scale } => Typed::new(format!("dec({units}, 0)"), Shown::Sum(*scale)),
        Expr::Text(text) => Typed::new(format!("'{}'", text.replace('\'', "''")), Shown::Text),
        Expr::Arithmetic(sign, left, right) => arithmetic(*sign, &express(left, leaf), &express(right, leaf)),
        Expr::Compare(comparison, left, right) => {
            let (left, right) = (express(left, leaf), express(right, leaf));
            let both = shown::common(left.shown, right.shown);
            let sql = format!("({} {} {})", left.converted(both), comparison.text(), right.converted(both));
            Typed::new(sql, Shown::Boolean)
        }
        Expr::And(left, right) => joined(&express(left, leaf), "AND", &express(right, leaf), Shown::Boolean),
        Expr::Or(left, right) => joined(&express(left, leaf), "OR", &express(right, leaf), Shown::Boolean),
        Expr::Concat(left, right) => joined(&express(left, leaf), "||", &express(right, leaf), Shown::Text),
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
            // SQLite wants two.
            Typed::new(format!("COALESCE({}, NULL)", parts.join(", ")), all)
        }
    }
}

fn joined(left: &Typed, sign: &str, right: &Typed, shown: Shown) -> Typed {
    Typed::new(format!("({} {sign} {})", left.sql, right.sql), shown)
}

/// An operation of two numbers, decimals of columns excepted.
pub(super) fn arithmetic(sign: Sign, left: &Typed, right: &Typed) -> Typed {
    let shown = shown::arithmetic(sign, left.shown, right.shown);
    let name = match sign {
        Sign::Add => "add",
        Sign::Subtract => "sub",
        Sign::Multiply => "mul",
        Sign::Divide => "div",
    };
    let sql = match shown {
        Shown::Integer => format!("i_{name}({}, {})", left.sql, right.sql),
        Shown::Sum(_) if sign == Sign::Multiply => {
            let own = |side: &Typed| side.scaled(super::value::digits(side.shown));
            format!("d_{name}({}, {})", own(left), own(right))
        }
        Shown::Sum(digits) => format!("d_{name}({}, {})", left.scaled(digits), right.scaled(digits)),
        _ => format!("f_{name}({}, {})", left.float(), right.float()),
    };
    Typed::new(sql, shown)
}
