//! Random calls, as the registry describes the functions.

use drillcore_formulas::{Entry, Kind, Presence};

use super::catalog::{Argument, Callable, Catalog, Signature};
use super::class::{Class, gets, is_constant, written};
use super::generate::{Generator, Piece};
use super::literal::quoted;
use super::table::SMALL;
use super::{texts, times};

/// Functions of which the one that was called least is called.
const CANDIDATES: usize = 4;

/// What the arguments of one call have in common.
#[derive(Debug)]
struct Common<'a> {
    entry: &'static Entry,
    count: usize,
    signature: &'a Signature,
    alike: Class,
    moment: Class,
    /// The classes of the arguments so far.
    before: Vec<Class>,
}

impl Generator<'_> {
    /// A call of any function that gives a class, rather of one that was called little.
    pub(super) fn any_call(&mut self, class: Class, depth: usize) -> Piece {
        let catalog = Catalog::get();
        let able = catalog.giving(class);
        if able.is_empty() {
            return self.operation(class, depth);
        }
        let some: Vec<usize> = (0..CANDIDATES).map(|_| *self.rng.pick(able)).collect();
        let callables = some.into_iter().map(|place| &catalog.callables[place]);
        let rarest = callables.min_by_key(|callable| self.coverage.calls(callable.entry.name));
        self.call(rarest.expect("one of several"), class, depth)
    }

    /// A call of a function that may give a class.
    pub(super) fn call(&mut self, callable: &'static Callable, class: Class, depth: usize) -> Piece {
        let fitting: Vec<&Signature> = callable.signatures.iter().filter(|one| one.result == class).collect();
        let signature = *self.rng.pick(&fitting);
        let arguments = self.arguments(callable, signature, depth);
        let entry = callable.entry;
        let name =
            if self.rng.chance(15) && !entry.aliases.is_empty() { *self.rng.pick(entry.aliases) } else { entry.name };
        let name = if self.rng.chance(10) { name.to_lowercase() } else { name.to_owned() };
        Piece { text: format!("{name}({})", arguments.join(", ")), class, tight: true }
    }

    /// Arguments: made ones, among which those of an example may stand.
    fn arguments(&mut self, callable: &'static Callable, signature: &Signature, depth: usize) -> Vec<String> {
        let entry = callable.entry;
        let example: Option<&Vec<Argument>> = match callable.examples.as_slice() {
            [] => None,
            some => self.rng.chance(30).then(|| self.rng.pick(some)),
        };
        let count = example.map_or_else(|| self.count(entry), Vec::len);
        let (alike, moment) = (*self.rng.pick(Class::ALL), *self.rng.pick(Class::TIMES));
        let mut common = Common { entry, count, signature, alike, moment, before: Vec::new() };
        let deep = self.rng.below(count.max(1));
        let mut texts = Vec::new();
        for place in 0..count {
            let Some(parameter) = entry.parameter(place) else { break };
            let kind = parameter.kind;
            let class = self.class_at(place, kind, parameter.presence, &common);
            let fixed = common.fixed(place);
            let shown = example.and_then(|example| example.get(place));
            let shown = shown.filter(|one| fixed.is_none() || one.class.is_none() || one.class == fixed);
            let share = if is_constant(kind) { 75 } else { 40 };
            let (text, class) = match shown {
                Some(argument) if self.rng.chance(share) => (argument.text.clone(), argument.class.unwrap_or(class)),
                _ if is_constant(kind) => (self.constant(kind), class),
                _ => {
                    let class = written(kind, class, self.rng);
                    let inner = if place == deep { depth - 1 } else { self.below(depth) };
                    let small = if place == deep { 50 } else { 85 };
                    let text = if kind == Kind::Integer && self.rng.chance(small) {
                        self.small_integer()
                    } else {
                        self.expression(class, inner).text
                    };
                    (text, class)
                }
            };
            texts.push(text);
            common.before.push(class);
        }
        texts
    }

    /// How many arguments there are.
    fn count(&mut self, entry: &Entry) -> usize {
        let mut count = 0;
        for parameter in entry.parameters {
            count += match parameter.presence {
                Presence::Required => 1,
                Presence::Optional if self.rng.chance(40) => return count,
                Presence::Optional => 1,
                Presence::Repeated => *self.rng.pick(&[0, 1, 1, 2, 2, 3]),
            };
        }
        count
    }

    /// What the function shall get at a place.
    fn class_at(&mut self, place: usize, kind: Kind, presence: Presence, common: &Common<'_>) -> Class {
        let any = gets(kind);
        if let Some(class) = common.fixed(place) {
            let joins = kind == Kind::Alike && place > 0 && matches!(class, Class::Decimal | Class::Float);
            return if joins && self.rng.chance(20) { Class::Integer } else { class };
        }
        let found = match kind {
            Kind::Alike => Some(common.alike),
            Kind::Moment => Some(common.moment),
            Kind::Any if !self.rng.chance(90) => None,
            Kind::Any if presence == Presence::Repeated => common.in_turn(place),
            Kind::Any => common.last_of(Kind::Any),
            _ => None,
        };
        found.unwrap_or_else(|| *self.rng.pick(any))
    }

    /// Mostly what counts something.
    fn small_integer(&mut self) -> String {
        match self.rng.below(20) {
            0..9 => format!("{{{SMALL}}}"),
            9..18 => self.rng.between(0, 8).to_string(),
            _ => self.rng.between(-3, 30).to_string(),
        }
    }

    /// A constant of a kind that asks for one.
    fn constant(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Word([]) => "''".to_owned(),
            Kind::Word(words) => {
                let word = *self.rng.pick(words);
                quoted(&if self.rng.chance(10) { word.to_uppercase() } else { word.to_owned() })
            }
            Kind::Constant(low, high) => self.integer_within(low, high).to_string(),
            Kind::Share => (*self.rng.pick(&["0", "0.25", "0.5", "0.9", "9.5e-1", "1"])).to_owned(),
            Kind::Separator => quoted(&texts::separator(self.rng)),
            Kind::Pattern => quoted(&texts::pattern(self.rng)),
            Kind::DateFormat => quoted(&texts::date_format(self.rng)),
            Kind::Zone => quoted(times::zone(self.rng).name()),
            _ => "NULL".to_owned(),
        }
    }

    /// An integer within ends, rather a small one.
    fn integer_within(&mut self, low: i64, high: i64) -> i64 {
        match self.rng.below(20) {
            0 => *self.rng.pick(&[low, high]),
            1..4 => self.rng.between(low, high.min(low.saturating_add(40))),
            4..8 => self.rng.between(-20, 60).clamp(low, high),
            _ => self.rng.between(-2, 6).clamp(low, high),
        }
    }
}

impl Common<'_> {
    /// What the signature asks for at a place.
    fn fixed(&self, place: usize) -> Option<Class> {
        let last = self.signature.fixed.len().checked_sub(1)?;
        self.signature.fixed[place.min(last)]
    }

    /// The class of the last argument of a kind.
    fn last_of(&self, kind: Kind) -> Option<Class> {
        let of_kind = |place: usize| self.entry.parameter(place).is_some_and(|parameter| parameter.kind == kind);
        let found = self.before.iter().enumerate().rev().find(|(place, _)| of_kind(*place));
        found.map(|(_, class)| *class)
    }

    /// The class of what stands two places before: repeated arguments come mostly in turns of two. One that is left over
    /// at the end is like the one before it.
    fn in_turn(&self, place: usize) -> Option<Class> {
        let repeated = self.count.saturating_sub(self.entry.parameters.len() - 1);
        let left_over = repeated % 2 == 1 && place + 1 == self.count;
        place.checked_sub(if left_over { 1 } else { 2 }).and_then(|before| self.before.get(before).copied())
    }
}
