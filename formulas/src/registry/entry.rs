//! What is known of a function: its names, what it takes and gives, and how it is told to people.

use crate::Type;

/// What is known of a function. Documentation, completion, the check of types and the tests of both evaluators read it
/// here.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name, in upper case. Formulas may write it in any case.
    pub name: &'static str,
    /// Other names for the same.
    pub aliases: &'static [&'static str],
    /// What stands in brackets, in this order: first what is required, then what may be left out, then at most one that
    /// may be repeated.
    pub parameters: &'static [Parameter],
    /// The type of its value.
    pub result: ResultType,
    /// What it gives, as a sentence without its subject: "the number of characters of the text".
    pub summary: &'static str,
    /// What NULL does.
    pub null: NullRule,
    /// Formulas of constants, and the values that they have as a text shows them; NULL is `null`.
    pub examples: &'static [(&'static str, &'static str)],
}

/// One thing that a function takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// How documentation calls it, in lower case.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// How often it stands there.
    pub presence: Presence,
}

/// How often a parameter stands in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Once.
    Required,
    /// Once or not at all; then the function gets fewer arguments.
    Optional,
    /// Any number of times, none included. Only the last parameter may be so.
    Repeated,
}

/// What an argument may be, and what the function gets then.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// Any number, as it is.
    Number,
    /// An integer.
    Integer,
    /// Any number, as a float.
    Float,
    /// A text.
    Text,
    /// A condition.
    Boolean,
    /// A value of any type, as it is.
    Any,
    /// A value of any type that has an order; all arguments of this kind are brought to one type.
    Alike,
    /// A date. Of a time it is the day: on the wall clock of the formula's zone for an instant.
    Date,
    /// A date or a time, by the calendar: an instant becomes the wall clock time of the formula's zone, so the function
    /// gets a [`Type::Date`] or a [`Type::LocalDatetime`].
    Wall,
    /// A time, by the wall clock: as [`Kind::Wall`], but a date becomes its midnight.
    WallTime,
    /// A date, an instant or a wall clock time, as it is. All arguments of this kind must have one type.
    Moment,
    /// An instant. A wall clock time becomes the one of the formula's zone, a date its first one.
    Instant,
    /// One of these words, as a constant text in any case. The function gets it in lower case.
    Word(&'static [&'static str]),
    /// A constant integer within these ends.
    Constant(i64, i64),
    /// A constant number from 0 to 1.
    Share,
    /// A constant text.
    Separator,
    /// A regular expression, as a constant text; see [`pattern`](crate::pattern).
    Pattern,
    /// A format of dates and times, as a constant text; see [`DateFormat`](crate::DateFormat).
    DateFormat,
    /// The name of a time zone, as a constant text.
    Zone,
}

/// The type of a function's value.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum ResultType {
    /// Always this one.
    Always(Type),
    /// That of the argument at this place, as the function gets it.
    Of(usize),
    /// That of the arguments of kind [`Kind::Alike`].
    Alike,
    /// What this says of the types of the arguments, as the function gets them.
    From(fn(&[Type]) -> Type),
}

/// What NULL does in the arguments of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NullRule {
    /// A NULL makes the result NULL; the function never sees one.
    Spreads,
    /// The function sees NULLs; this says what they do, as a sentence.
    Seen(&'static str),
}

impl Entry {
    /// An entry that takes nothing.
    pub(crate) const fn new(name: &'static str, result: ResultType, summary: &'static str) -> Self {
        Self { name, aliases: &[], parameters: &[], result, summary, null: NullRule::Spreads, examples: &[] }
    }

    pub(crate) const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    pub(crate) const fn takes(mut self, parameters: &'static [Parameter]) -> Self {
        self.parameters = parameters;
        self
    }

    pub(crate) const fn nulls(mut self, rule: &'static str) -> Self {
        self.null = NullRule::Seen(rule);
        self
    }

    pub(crate) const fn examples(mut self, examples: &'static [(&'static str, &'static str)]) -> Self {
        self.examples = examples;
        self
    }

    /// The fewest arguments of a call.
    #[must_use]
    pub fn least_arguments(&self) -> usize {
        self.parameters.iter().filter(|parameter| parameter.presence == Presence::Required).count()
    }

    /// The most arguments of a call; none if there is no end.
    #[must_use]
    pub fn most_arguments(&self) -> Option<usize> {
        let endless = self.parameters.iter().any(|parameter| parameter.presence == Presence::Repeated);
        (!endless).then_some(self.parameters.len())
    }

    /// What stands at a place of a call.
    #[must_use]
    pub fn parameter(&self, place: usize) -> Option<&'static Parameter> {
        let last = self.parameters.last().filter(|parameter| parameter.presence == Presence::Repeated);
        self.parameters.get(place).or(last)
    }
}

/// A parameter that must be given.
pub(crate) const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, presence: Presence::Required }
}

/// A parameter that may be left out.
pub(crate) const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, presence: Presence::Optional }
}

/// A parameter that may stand there any number of times.
pub(crate) const fn repeated(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, presence: Presence::Repeated }
}
