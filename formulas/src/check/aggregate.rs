//! What names and aggregates are at each level.

use super::Names;
use super::budget::Budget;
use super::build::typed;
use super::expression::Checker;
use crate::tree::{Call, Reference};
use crate::{Aggregate, AggregateFunction, AggregateLeaf, Error, Function, Node, Type, Typed};

/// What names and aggregates are.
pub(super) trait Level {
    type Leaf: Clone;

    fn reference(&mut self, reference: &Reference) -> Result<Typed<Self::Leaf>, Error>;

    fn aggregate(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        budget: &mut Budget,
    ) -> Result<Typed<Self::Leaf>, Error>;

    /// How many nodes a leaf holds, itself counted.
    fn size(leaf: &Self::Leaf) -> usize;
}

/// The level of rows.
#[derive(Debug)]
pub(super) struct RowLevel<'n, N> {
    names: &'n mut N,
    /// Whether the rows are those of an aggregate.
    in_aggregate: bool,
}

/// The level of groups.
#[derive(Debug)]
pub(super) struct GroupLevel<'n, N> {
    names: &'n mut N,
}

impl<'n, N> RowLevel<'n, N> {
    pub(super) fn alone(names: &'n mut N) -> Self {
        Self { names, in_aggregate: false }
    }
}

impl<'n, N> GroupLevel<'n, N> {
    pub(super) fn new(names: &'n mut N) -> Self {
        Self { names }
    }
}

impl<N: Names> Level for RowLevel<'_, N> {
    type Leaf = N::Column;

    fn reference(&mut self, reference: &Reference) -> Result<Typed<Self::Leaf>, Error> {
        let found = self.names.column(reference);
        let (column, value_type) = found.map_err(|message| Error::new(reference.span, message))?;
        Ok(typed(Node::Leaf(column), value_type))
    }

    fn aggregate(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        _: &mut Budget,
    ) -> Result<Typed<Self::Leaf>, Error> {
        let place = if self.in_aggregate { "inside another aggregate" } else { "in a formula of row level" };
        Err(Error::new(call.name_span, format!("the aggregate {} cannot stand {place}", function.name())))
    }

    fn size(_: &Self::Leaf) -> usize {
        1
    }
}

impl<N: Names> Level for GroupLevel<'_, N> {
    type Leaf = AggregateLeaf<N::Column, N::Measure>;

    fn reference(&mut self, reference: &Reference) -> Result<Typed<Self::Leaf>, Error> {
        let found = self.names.measure(reference);
        let (measure, value_type) = found.map_err(|message| Error::new(reference.span, message))?;
        Ok(typed(Node::Leaf(AggregateLeaf::Measure(measure)), value_type))
    }

    fn aggregate(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        budget: &mut Budget,
    ) -> Result<Typed<Self::Leaf>, Error> {
        let mut rows = Checker::new(RowLevel { names: &mut *self.names, in_aggregate: true }, budget);
        let mut arguments = call.arguments.iter();
        let argument = arguments.next().map(|argument| rows.expression(argument)).transpose()?;
        let second = match arguments.next() {
            Some(second) if takes_two_numbers(function) => Some(rows.number(second, function.name())?),
            Some(second) => Some(rows.expression(second)?),
            None => None,
        };
        let filter = match &call.filter {
            Some(filter) => Some(rows.condition(filter, "WHERE")?),
            None => None,
        };
        let argument_type = argument.as_ref().map(|argument| argument.value_type);
        let value_type = self.names.aggregate_type(function, argument_type);
        let place = call.arguments.first().map_or(call.name_span, |argument| argument.span);
        let value_type: Type = value_type.map_err(|message| Error::new(place, message))?;
        let aggregate = Aggregate { function, argument, second, filter };
        Ok(typed(Node::Leaf(AggregateLeaf::Aggregate(Box::new(aggregate))), value_type))
    }

    fn size(leaf: &Self::Leaf) -> usize {
        match leaf {
            AggregateLeaf::Measure(_) => 1,
            AggregateLeaf::Aggregate(aggregate) => {
                let parts = [&aggregate.argument, &aggregate.second, &aggregate.filter];
                parts.into_iter().flatten().map(Typed::node_count).sum::<usize>() + 1
            }
        }
    }
}

/// Whether the second argument is a number; otherwise it orders the rows.
fn takes_two_numbers(function: AggregateFunction) -> bool {
    matches!(function, AggregateFunction::Rate | AggregateFunction::WeightedAverage)
}

impl<V: Level> Checker<'_, V> {
    /// The number of nodes that a copy has.
    pub(super) fn size(value: &Typed<V::Leaf>) -> usize {
        let mut size = value.node_count();
        value.visit_leaves(&mut |leaf| size += V::size(leaf) - 1);
        size
    }

    pub(super) fn call(&mut self, call: &Call) -> Result<Typed<V::Leaf>, Error> {
        if let Some(message) = call.function.refuses(call.arguments.len()) {
            return Err(Error::new(call.name_span, message));
        }
        match call.function {
            Function::Aggregate(function) => self.level.aggregate(function, call, self.budget),
            function => self.scalar(function, call),
        }
    }
}
