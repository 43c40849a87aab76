//! What stands in the brackets of an aggregate.

use super::Names;
use super::constants;
use super::expression::Checker;
use super::level::Level;
use crate::tree::Call;
use crate::{AggregateFunction, Constant, Error, Kind, Type, Typed};

/// What an aggregate is made of.
#[derive(Debug)]
pub(super) struct Parts<L> {
    pub(super) argument: Option<Typed<L>>,
    pub(super) second: Option<Typed<L>>,
    pub(super) parameters: Vec<Constant>,
    pub(super) filter: Option<Typed<L>>,
}

impl<L> Parts<L> {
    /// The parts of a call, whose number of arguments is right.
    pub(super) fn of<V: Level<Leaf = L>>(
        function: AggregateFunction,
        call: &Call,
        checker: &mut Checker<'_, V>,
    ) -> Result<Self, Error> {
        let entry = function.entry();
        let (mut values, mut parameters) = (Vec::new(), Vec::new());
        for (place, expr) in call.arguments.iter().enumerate() {
            let kind = entry.parameter(place).map_or(Kind::Any, |parameter| parameter.kind);
            match kind {
                Kind::Share => parameters.push(constants::share(expr, entry.name)?),
                Kind::Separator => {
                    parameters.push(Constant::Text(constants::separator(expr, entry.name)?.to_owned()));
                }
                kind => values.push(checker.argument(entry, place, kind, expr)?),
            }
        }
        let filter = match &call.filter {
            Some(filter) => Some(checker.condition(filter, "WHERE")?),
            None => None,
        };
        let mut values = values.into_iter();
        Ok(Self { argument: values.next(), second: values.next(), parameters, filter })
    }

    /// The type of the aggregate's value.
    pub(super) fn value_type<N: Names>(
        &self,
        names: &N,
        function: AggregateFunction,
        call: &Call,
    ) -> Result<Type, Error> {
        let found = names.aggregate_type(function, self.argument.as_ref().map(|argument| argument.value_type));
        let place = call.arguments.first().map_or(call.name_span, |argument| argument.span);
        found.map_err(|message| Error::new(place, message))
    }
}
