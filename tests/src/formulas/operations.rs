//! Random operators: arithmetic, comparisons, logic, conversions, `CASE`.

use super::class::Class;
use super::generate::{Generator, Piece};

const COMPARISONS: [&str; 7] = ["=", "<>", "!=", "<", "<=", ">", ">="];

impl Generator<'_> {
    /// An operator that gives a class.
    pub(super) fn operation(&mut self, class: Class, depth: usize) -> Piece {
        let roll = self.rng.below(10);
        let text = match class {
            Class::Boolean => match roll {
                0..3 => self.comparison(depth),
                3..5 => self.logic(depth),
                5 => format!("NOT {}", self.operand(Class::Boolean, depth - 1)),
                6 => self.list(depth),
                7 => self.between(depth),
                8 => self.null_test(depth),
                _ if self.rng.chance(30) => self.like(depth),
                _ => self.case(class, depth),
            },
            Class::Integer | Class::Decimal | Class::Float => match roll {
                0..6 => self.arithmetic(class, depth),
                6 => format!("-({})", self.expression(class, depth - 1).text),
                7 => self.case(class, depth),
                _ => self.cast(class, depth),
            },
            Class::Text => match roll {
                0..5 => self.joined(depth),
                5..8 => self.cast(class, depth),
                _ => self.case(class, depth),
            },
            Class::Date | Class::Datetime | Class::LocalDatetime => match roll {
                0..6 => self.cast(class, depth),
                _ => self.case(class, depth),
            },
        };
        Piece { text, class, tight: false }
    }

    /// A depth below one.
    pub(super) fn below(&mut self, depth: usize) -> usize {
        self.rng.below(depth)
    }

    /// What a value of a class may be compared with.
    fn comparable(&mut self, class: Class) -> Class {
        if class.is_number() && self.rng.chance(30) {
            return *self.rng.pick(Class::NUMBERS);
        }
        if class.is_time() && self.rng.chance(15) {
            return Class::Date;
        }
        class
    }

    fn comparison(&mut self, depth: usize) -> String {
        let class = *self.rng.pick(Class::ALL);
        let left = self.operand(class, depth - 1);
        let other = self.comparable(class);
        let inner = self.below(depth);
        let right = self.operand(other, inner);
        format!("{left} {} {right}", self.rng.pick(&COMPARISONS))
    }

    /// Some conditions; those that are written without brackets may group in another way.
    fn logic(&mut self, depth: usize) -> String {
        let mut text = self.operand(Class::Boolean, depth - 1);
        for _ in 0..self.rng.between(1, 2) {
            let inner = self.below(depth);
            let bare = self.rng.chance(30);
            let part = self.expression(Class::Boolean, inner);
            let between = *self.rng.pick(&["AND", "OR"]);
            text = if bare || part.tight {
                format!("{text} {between} {}", part.text)
            } else {
                format!("{text} {between} ({})", part.text)
            };
        }
        text
    }

    fn list(&mut self, depth: usize) -> String {
        let class = *self.rng.pick(Class::ALL);
        let value = self.operand(class, depth - 1);
        let mut items = Vec::new();
        for _ in 0..self.rng.between(1, 4) {
            let (other, inner) = (self.comparable(class), self.below(depth.min(3)));
            items.push(self.expression(other, inner).text);
        }
        format!("{value} {}IN ({})", self.not(), items.join(", "))
    }

    fn between(&mut self, depth: usize) -> String {
        let class = *self.rng.pick(Class::ALL);
        let value = self.operand(class, depth - 1);
        let (low, high) = (self.comparable(class), self.comparable(class));
        let (one, two) = (self.below(depth), self.below(depth.min(2)));
        let (low, high) = (self.operand(low, one), self.operand(high, two));
        format!("{value} {}BETWEEN {low} AND {high}", self.not())
    }

    fn like(&mut self, depth: usize) -> String {
        let (value, pattern) = (self.operand(Class::Text, depth - 1), self.operand(Class::Text, 1));
        format!("{value} {}LIKE {pattern}", self.not())
    }

    fn null_test(&mut self, depth: usize) -> String {
        let class = *self.rng.pick(Class::ALL);
        let value = self.operand(class, depth - 1);
        format!("{value} IS {}NULL", self.not())
    }

    fn not(&mut self) -> &'static str {
        if self.rng.chance(35) { "NOT " } else { "" }
    }

    fn arithmetic(&mut self, class: Class, depth: usize) -> String {
        let number = |generator: &mut Self| *generator.rng.pick(Class::NUMBERS);
        let (left, sign, right) = match class {
            Class::Integer => (Class::Integer, *self.rng.pick(&["+", "-", "*"]), Class::Integer),
            Class::Decimal => {
                let other = *self.rng.pick(&[Class::Decimal, Class::Integer]);
                (Class::Decimal, *self.rng.pick(&["+", "-", "*"]), other)
            }
            _ if self.rng.chance(50) => (number(self), "/", number(self)),
            _ => (Class::Float, *self.rng.pick(&["+", "-", "*"]), number(self)),
        };
        let (left, right) = if self.rng.chance(30) { (right, left) } else { (left, right) };
        let inner = self.below(depth);
        let bare = self.rng.chance(30);
        let left = self.operand(left, depth - 1);
        let right = if bare { self.expression(right, inner).text } else { self.operand(right, inner) };
        format!("{left} {sign} {right}")
    }

    fn joined(&mut self, depth: usize) -> String {
        let mut class =
            || *self.rng.pick(&[Class::Text, Class::Text, Class::Text, Class::Integer, Class::Decimal, Class::Float]);
        let (left, right) = (class(), class());
        let inner = self.below(depth);
        let (left, right) = (self.operand(left, depth - 1), self.operand(right, inner));
        if self.rng.chance(20) {
            return format!("{left} || {} || {right}", super::literal::literal(Class::Text, self.rng));
        }
        format!("{left} || {right}")
    }

    /// A conversion from what can be converted.
    fn cast(&mut self, class: Class, depth: usize) -> String {
        let sources: &[Class] = match class {
            Class::Text => Class::ALL,
            Class::Date | Class::Datetime | Class::LocalDatetime => {
                &[Class::Date, Class::Datetime, Class::LocalDatetime, Class::Text]
            }
            _ => &[Class::Text, Class::Boolean, Class::Integer, Class::Decimal, Class::Float],
        };
        let source = *self.rng.pick(sources);
        let value = self.expression(source, depth - 1).text;
        format!("CAST({value}, {})", class.target(self.rng))
    }

    fn case(&mut self, class: Class, depth: usize) -> String {
        let subject = if self.rng.chance(35) { Some(*self.rng.pick(Class::ALL)) } else { None };
        let mut text = "CASE".to_owned();
        if let Some(subject) = subject {
            let inner = self.below(depth);
            text = format!("{text} {}", self.expression(subject, inner).text);
        }
        for _ in 0..self.rng.between(1, 2) {
            let (one, two) = (self.below(depth), depth - 1);
            let when = match subject {
                Some(subject) => self.comparable(subject),
                None => Class::Boolean,
            };
            let (when, then) = (self.expression(when, one).text, self.expression(class, two).text);
            text = format!("{text} WHEN {when} THEN {then}");
        }
        if self.rng.chance(80) {
            let inner = self.below(depth);
            text = format!("{text} ELSE {}", self.expression(class, inner).text);
        }
        format!("{text} END")
    }
}
