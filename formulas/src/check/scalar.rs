//! Calls of functions of single values: arguments as the registry asks for them.

use super::build::{convert, integer, is_null, null, text, typed};
use super::constants;
use super::expression::Checker;
use super::instants::place_of_instant;
use super::level::Level;
use super::unify::unified;
use crate::limits::MAX_PATTERNS;
use crate::tree::{Call, Expr};
use crate::{
    CalendarFunction, ClockFunction, Entry, Error, Function, Kind, Node, ResultType, ScalarFunction, Type, Typed,
};

impl<V: Level> Checker<'_, V> {
    pub(super) fn call(&mut self, call: &Call) -> Result<Typed<V::Leaf>, Error> {
        if let Some(message) = call.function.refuses(call.arguments.len()) {
            return Err(Error::new(call.name_span, message));
        }
        match call.function {
            Function::Choice(function) => self.choice(function, call),
            Function::Scalar(function) => self.scalar(function, call),
            Function::Aggregate(function) => self.level.aggregate(function, call, self.shared),
            Function::Window(function) => self.level.window(function, call, self.shared),
        }
    }

    fn scalar(&mut self, function: ScalarFunction, call: &Call) -> Result<Typed<V::Leaf>, Error> {
        match function {
            ScalarFunction::Clock(ClockFunction::Now) => return Ok(self.now()),
            ScalarFunction::Clock(ClockFunction::Today) => return Ok(self.today()),
            _ => {}
        }
        let entry = function.entry();
        let ScalarFunction::Calendar(calendar) = function else {
            let arguments = self.arguments(entry, call, None)?;
            return Ok(applied(function, arguments));
        };
        let mut arguments = self.arguments(entry, call, place_of_instant(calendar))?;
        self.append_calendar(calendar, &mut arguments);
        Ok(self.of_calendar(calendar, arguments))
    }

    /// The arguments, as the function gets them, but for a time that stays as it is.
    fn arguments(&mut self, entry: &Entry, call: &Call, as_it_is: Option<usize>) -> Result<Vec<Typed<V::Leaf>>, Error> {
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for (place, expr) in call.arguments.iter().enumerate() {
            let kind = entry.parameter(place).map_or(Kind::Any, |parameter| parameter.kind);
            let kind = if as_it_is == Some(place) { Kind::Moment } else { kind };
            arguments.push(self.argument(entry, place, kind, expr)?);
        }
        self.unify(entry, call, Kind::Alike, &mut arguments)?;
        self.unify(entry, call, Kind::Moment, &mut arguments)?;
        Ok(arguments)
    }

    /// One argument, as its kind asks for.
    pub(super) fn argument(
        &mut self,
        entry: &Entry,
        place: usize,
        kind: Kind,
        expr: &Expr,
    ) -> Result<Typed<V::Leaf>, Error> {
        let taker = entry.name;
        match kind {
            Kind::Word(words) => return constants::word(expr, words, taker).map(text),
            Kind::Constant(low, high) => {
                let name = entry.parameter(place).map_or("number", |parameter| parameter.name);
                return constants::integer(expr, low..=high, &format!("the {name} of {taker}")).map(integer);
            }
            Kind::Share => {
                let value = constants::share(expr, taker)?;
                return Ok(typed(Node::Constant(value), Type::Float));
            }
            Kind::Separator => return constants::separator(expr, taker).map(text),
            Kind::Pattern => {
                self.shared.patterns += 1;
                if self.shared.patterns > MAX_PATTERNS {
                    let message = format!("the formula has more than {MAX_PATTERNS} regular expressions");
                    return Err(Error::new(expr.span, message));
                }
                return constants::regex(expr, taker).map(text);
            }
            Kind::DateFormat => {
                let reads = entry.parameters.first().is_some_and(|first| first.kind == Kind::Text);
                return constants::date_format(expr, taker, reads).map(text);
            }
            Kind::Zone => return constants::zone(expr, taker).map(text),
            Kind::Number => return self.number(expr, taker),
            Kind::Float => return self.number(expr, taker).map(|number| convert(number, Type::Float)),
            Kind::Boolean => return self.condition(expr, taker),
            _ => {}
        }
        let value = self.expression(expr)?;
        let found = value.value_type;
        let refused = |what: &str, hint: &str| {
            Err(Error::new(expr.span, format!("{taker} takes {what} here, not {found}{hint}")))
        };
        if is_null(&value) {
            return Ok(match kind {
                Kind::Integer => null(Type::Integer),
                Kind::Date => null(Type::Date),
                Kind::Wall | Kind::WallTime => null(Type::LocalDatetime),
                Kind::Moment | Kind::Instant => null(Type::Datetime),
                _ => value,
            });
        }
        let is_time = matches!(found, Type::Date | Type::Datetime | Type::LocalDatetime);
        let written = if found == Type::Text { "; dates are written `@2024-03-01`" } else { "" };
        match kind {
            Kind::Integer if found == Type::Integer => Ok(value),
            Kind::Integer if found.is_number() => {
                refused("an integer", "; CAST(.., integer) cuts what is behind the point")
            }
            Kind::Integer => refused("an integer", ""),
            Kind::Text if found == Type::Text => Ok(value),
            Kind::Text => refused("a text", "; CAST(.., text) makes one"),
            Kind::Date | Kind::Wall | Kind::WallTime | Kind::Moment | Kind::Instant if !is_time => {
                refused("a date or time", written)
            }
            Kind::Date => Ok(self.day(value)),
            Kind::Wall => Ok(self.wall(value)),
            Kind::WallTime => Ok(convert(self.wall(value), Type::LocalDatetime)),
            Kind::Instant => Ok(self.instant(value)),
            _ => Ok(value),
        }
    }

    /// Brings all arguments of a kind to one type.
    fn unify(&mut self, entry: &Entry, call: &Call, kind: Kind, arguments: &mut [Typed<V::Leaf>]) -> Result<(), Error> {
        let is_of = |place: usize| entry.parameter(place).is_some_and(|parameter| parameter.kind == kind);
        let chosen = || arguments.iter().zip(&call.arguments).enumerate().filter(|(place, _)| is_of(*place));
        if chosen().count() < 2 {
            return Ok(());
        }
        if kind == Kind::Moment && chosen().any(|(_, (value, _))| value.value_type == Type::Datetime) {
            for (_, argument) in arguments.iter_mut().enumerate().filter(|(place, _)| is_of(*place)) {
                let value = std::mem::replace(argument, null(Type::Datetime));
                *argument = self.instant(value);
            }
            return Ok(());
        }
        let value_type = if kind == Kind::Moment {
            let local = chosen().any(|(_, (value, _))| value.value_type == Type::LocalDatetime);
            if local { Type::LocalDatetime } else { Type::Date }
        } else {
            unified(chosen().map(|(_, (value, expr))| (value, expr.span)), entry.name)?
        };
        for (_, argument) in arguments.iter_mut().enumerate().filter(|(place, _)| is_of(*place)) {
            let value = std::mem::replace(argument, null(value_type));
            *argument = convert(value, value_type);
        }
        Ok(())
    }

    /// Week start and fiscal year, where the function depends on them.
    fn append_calendar(&self, function: CalendarFunction, arguments: &mut Vec<Typed<V::Leaf>>) {
        let setting = &self.shared.setting;
        if function.takes_week_start() {
            arguments.push(integer(i64::from(setting.week_start)));
        }
        if function.takes_fiscal_year_start() {
            arguments.push(integer(i64::from(setting.fiscal_year_start)));
        }
    }
}

/// A function of arguments that it takes.
pub(super) fn applied<L>(function: ScalarFunction, arguments: Vec<Typed<L>>) -> Typed<L> {
    let types: Vec<Type> = arguments.iter().map(|argument| argument.value_type).collect();
    let value_type = result_type(function.entry(), &types);
    typed(Node::Call(function, arguments), value_type)
}

/// The type of a function's value.
fn result_type(entry: &Entry, types: &[Type]) -> Type {
    let of_kind = || {
        let place = entry.parameters.iter().position(|parameter| parameter.kind == Kind::Alike)?;
        types.get(place).copied()
    };
    match entry.result {
        ResultType::Always(value_type) => value_type,
        ResultType::Of(place) => types.get(place).copied().unwrap_or(Type::Text),
        ResultType::Alike => of_kind().unwrap_or(Type::Text),
        ResultType::From(rule) => rule(types),
    }
}
