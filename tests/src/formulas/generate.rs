//! Random formulas as text. Whatever is put together is parsed and checked, and kept if it has the type that was wanted;
//! so nothing here needs to know the rules about types exactly.

use drillcore_formulas::{Setting, Value};

use super::catalog::{Callable, Catalog};
use super::class::Class;
use super::coverage::Coverage;
use super::formula::Formula;
use super::literal::literal;
use super::table::{Column, Table};
use crate::rng::Rng;

/// How often an expression is put together before a name or a constant takes its place.
const TRIES: usize = 6;

/// How often a formula is made before one that is mostly NULL is taken.
const ATTEMPTS: usize = 5;

/// The rows on which it is seen whether a formula is mostly NULL.
const SAMPLE: usize = 6;

/// Functions of which the one that was called least is asked for.
const WISHES: usize = 12;

/// Percent of formulas that are made around a function that was called little.
const WISHED: u64 = 80;

/// An expression.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) class: Class,
    /// Whether it needs no brackets anywhere.
    pub(super) tight: bool,
}

/// Makes formulas over a table.
#[derive(Debug)]
pub struct Generator<'a> {
    pub(super) rng: &'a mut Rng,
    table: &'a Table,
    setting: &'a Setting,
    pub(super) coverage: &'a mut Coverage,
    /// What shall stand somewhere in the next expression of its class.
    pending: Option<Piece>,
}

impl<'a> Generator<'a> {
    /// A generator that counts what it makes, and makes more of what was made little.
    #[must_use]
    pub fn new(rng: &'a mut Rng, table: &'a Table, setting: &'a Setting, coverage: &'a mut Coverage) -> Self {
        Self { rng, table, setting, coverage, pending: None }
    }

    /// The next formula.
    ///
    /// # Panics
    /// If not even a constant is a formula.
    pub fn formula(&mut self) -> Formula {
        let wish = if self.rng.chance(WISHED) { Some(self.rare()) } else { None };
        let mut last = None;
        for _ in 0..ATTEMPTS {
            let depth = *self.rng.pick(&[2, 3, 3, 4, 4, 5, 5]);
            let text = match wish {
                Some(callable) => self.around(callable, depth),
                None => {
                    let class = *self.rng.pick(Class::ALL);
                    Some(self.expression(class, depth).text)
                }
            };
            let made = text.and_then(|text| self.checked(&text));
            let good = made.as_ref().is_some_and(|formula| !self.is_mostly_null(formula));
            last = made.or(last);
            if good {
                break;
            }
        }
        let formula = last.unwrap_or_else(|| self.checked("1").expect("a constant is a formula"));
        self.coverage.add(&formula);
        formula
    }

    /// One of the functions that were called least.
    fn rare(&mut self) -> &'static Callable {
        let callables = &Catalog::get().callables;
        let some: Vec<&Callable> = (0..WISHES).map(|_| self.rng.pick(callables)).collect();
        let rarest = some.into_iter().min_by_key(|callable| self.coverage.calls(callable.entry.name));
        rarest.expect("one of several")
    }

    /// A formula with a call of the function in it; nothing if there is no way to call it.
    fn around(&mut self, callable: &'static Callable, depth: usize) -> Option<String> {
        let results = callable.results();
        if results.is_empty() {
            return None;
        }
        let class = *self.rng.pick(&results);
        let outermost = self.rng.chance(45);
        let inner = if outermost { depth } else { (depth - 1).max(2) };
        let call = self.kept(class, |generator| generator.call(callable, class, inner))?;
        if outermost {
            return Some(call.text);
        }
        self.pending = Some(call.clone());
        let class = *self.rng.pick(Class::ALL);
        let whole = self.expression(class, depth.max(3));
        self.pending = None;
        Some(if whole.text.contains(&call.text) { whole.text } else { call.text })
    }

    /// An expression of a class, at most so deep but for what is pending.
    pub(super) fn expression(&mut self, class: Class, depth: usize) -> Piece {
        let takes = self.rng.chance(60);
        if let Some(piece) = self.pending.take_if(|piece| takes && piece.class == class) {
            return piece;
        }
        if depth <= 1 {
            return self.leaf(class);
        }
        let found = self.kept(class, |generator| match generator.rng.below(100) {
            0..60 => generator.any_call(class, depth),
            _ => generator.operation(class, depth),
        });
        found.unwrap_or_else(|| self.leaf(class))
    }

    /// The first of some expressions that has the class it was made for.
    fn kept(&mut self, class: Class, mut make: impl FnMut(&mut Self) -> Piece) -> Option<Piece> {
        for _ in 0..TRIES {
            let piece = make(self);
            self.coverage.tried += 1;
            if self.checked(&piece.text).is_some_and(|made| Class::of(made.typed.value_type) == class) {
                self.coverage.kept += 1;
                return Some(piece);
            }
        }
        None
    }

    /// The same between brackets where it needs some.
    pub(super) fn operand(&mut self, class: Class, depth: usize) -> String {
        let piece = self.expression(class, depth);
        if piece.tight { piece.text } else { format!("({})", piece.text) }
    }

    /// A name or a constant.
    fn leaf(&mut self, class: Class) -> Piece {
        let (text, tight) = match self.rng.below(100) {
            0..58 => (self.column(class), true),
            58..97 => {
                let text = literal(class, self.rng);
                let tight = !text.starts_with('-');
                (text, tight)
            }
            97 => ("NULL".to_owned(), true),
            _ => (format!("CAST(NULL, {})", class.target(self.rng)), true),
        };
        Piece { text, class, tight }
    }

    fn column(&mut self, class: Class) -> String {
        let of_class = |column: &&Column| Class::of(column.value_type) == class;
        let wild = self.rng.chance(12);
        let columns = &self.table.columns;
        let mut fitting: Vec<&Column> = columns.iter().filter(of_class).filter(|column| column.wild == wild).collect();
        if fitting.is_empty() {
            fitting = columns.iter().filter(of_class).collect();
        }
        if fitting.is_empty() {
            return literal(class, self.rng);
        }
        format!("{{{}}}", self.rng.pick(&fitting).name)
    }

    fn checked(&self, text: &str) -> Option<Formula> {
        Formula::new(text, self.setting, &self.table.columns).ok()
    }

    fn is_mostly_null(&self, formula: &Formula) -> bool {
        let rows = &self.table.rows[..self.table.rows.len().min(SAMPLE)];
        // A panic is found again and reported when the formula is compared.
        let nulls = rows.iter().filter(|row| formula.value(row) == Ok(Value::Null)).count();
        nulls * 2 > rows.len()
    }
}
