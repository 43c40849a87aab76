//! What names and aggregates are at each level.

use super::Names;
use super::build::typed;
use super::expression::{Checker, Shared};
use super::finer::{FinerLevel, has_aggregates};
use super::parts::Parts;
use crate::tree::{Call, GrainKind, Reference};
use crate::{Aggregate, AggregateFunction, AggregateLeaf, Error, Groups, Nested, Node, Typed, WindowFunction};

/// What names and aggregates are.
pub(super) trait Level {
    type Leaf: Clone;

    fn reference(&mut self, reference: &Reference) -> Result<Typed<Self::Leaf>, Error>;

    fn aggregate(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        shared: &mut Shared,
    ) -> Result<Typed<Self::Leaf>, Error>;

    fn window(&mut self, function: WindowFunction, call: &Call, _: &mut Shared) -> Result<Typed<Self::Leaf>, Error> {
        let message = format!(
            "{} is over the rows of an answer; it stands among the windows of a query, not in a formula of a row or group",
            function.entry().name
        );
        Err(Error::new(call.name_span, message))
    }

    /// How many nodes a leaf holds, itself counted.
    fn size(leaf: &Self::Leaf) -> usize;
}

/// The level of rows.
#[derive(Debug)]
pub(super) struct RowLevel<'n, N> {
    pub(super) names: &'n mut N,
    /// Whether the rows are those of an aggregate.
    pub(super) in_aggregate: bool,
}

/// The level of groups.
#[derive(Debug)]
pub(super) struct GroupLevel<'n, N> {
    pub(super) names: &'n mut N,
}

impl<N: Names> Level for RowLevel<'_, N> {
    type Leaf = N::Column;

    fn reference(&mut self, reference: &Reference) -> Result<Typed<Self::Leaf>, Error> {
        let found = self.names.column(reference);
        let (column, value_type) = found.map_err(|message| Error::new(reference.span, message))?;
        Ok(typed(Node::Leaf(column), value_type))
    }

    /// A value that is fixed for its keys is a value of a row.
    fn aggregate(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        shared: &mut Shared,
    ) -> Result<Typed<Self::Leaf>, Error> {
        let fixed = call.grain.as_ref().is_some_and(|grain| grain.kind == GrainKind::Fixed);
        if self.in_aggregate || !fixed {
            let (place, hint) = match (self.in_aggregate, fixed) {
                (true, true) => ("beside values of rows in another aggregate", "; make a derived column of it"),
                (true, false) => ("inside another aggregate", "; SUM(.. INCLUDE {x}) and SUM(.. FIXED {x}) can"),
                _ => ("in a formula of row level", "; SUM(.. FIXED {x}) can"),
            };
            let message = format!("the aggregate {} cannot stand {place}{hint}", function.name());
            return Err(Error::new(call.name_span, message));
        }
        let aggregate = aggregate_of_rows(self.names, function, call, shared)?;
        let value_type = aggregate.value_type;
        let column = self.names.fixed(aggregate.aggregate).map_err(|message| Error::new(call.name_span, message))?;
        Ok(typed(Node::Leaf(column), value_type))
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
        shared: &mut Shared,
    ) -> Result<Typed<Self::Leaf>, Error> {
        let nested = call.arguments.iter().chain(call.filter.as_deref()).any(has_aggregates);
        if nested {
            return nested_aggregate(self.names, function, call, shared);
        }
        if let Some(grain) = call.grain.as_ref().filter(|grain| grain.kind == GrainKind::Include) {
            let hint = "INCLUDE gives a value per finer group; it stands inside another aggregate, \
                        as in AVG(SUM({x} INCLUDE {y}))";
            return Err(Error::new(grain.span, hint));
        }
        let typed_aggregate = aggregate_of_rows(self.names, function, call, shared)?;
        let leaf = AggregateLeaf::Aggregate(Box::new(typed_aggregate.aggregate));
        Ok(typed(Node::Leaf(leaf), typed_aggregate.value_type))
    }

    fn size(leaf: &Self::Leaf) -> usize {
        fn parts<'a, L: 'a>(parts: impl IntoIterator<Item = &'a Typed<L>>) -> usize {
            parts.into_iter().map(Typed::node_count).sum::<usize>() + 1
        }
        match leaf {
            AggregateLeaf::Measure(_) => 1,
            AggregateLeaf::Aggregate(aggregate) => {
                parts([&aggregate.argument, &aggregate.second, &aggregate.filter].into_iter().flatten())
            }
            AggregateLeaf::Nested(nested) => {
                let all = [Some(&nested.argument), nested.second.as_ref(), nested.filter.as_ref()];
                all.into_iter()
                    .flatten()
                    .map(|part| {
                        let mut size = part.node_count();
                        part.visit_leaves(&mut |leaf| size += Self::size(leaf) - 1);
                        size
                    })
                    .sum::<usize>()
                    + 1
            }
        }
    }
}

/// An aggregate over rows and the type of its value.
pub(super) struct TypedAggregate<C> {
    pub(super) aggregate: Aggregate<C>,
    pub(super) value_type: crate::Type,
}

/// An aggregate over rows, with the groups that its words ask for; those of `INCLUDE` are up to the caller.
pub(super) fn aggregate_of_rows<N: Names>(
    names: &mut N,
    function: AggregateFunction,
    call: &Call,
    shared: &mut Shared,
) -> Result<TypedAggregate<N::Column>, Error> {
    let mut rows = Checker::new(RowLevel { names: &mut *names, in_aggregate: true }, shared);
    let parts = Parts::of(function, call, &mut rows)?;
    let value_type = parts.value_type(names, function, call)?;
    let groups = match &call.grain {
        None => Groups::Query,
        Some(grain) => match grain.kind {
            GrainKind::Full => Groups::Full,
            GrainKind::Fixed => Groups::Fixed(columns(names, &grain.by)?),
            GrainKind::Exclude => Groups::Exclude(grain.by.clone()),
            GrainKind::Include => Groups::Query,
        },
    };
    let Parts { argument, second, parameters, filter } = parts;
    Ok(TypedAggregate { aggregate: Aggregate { function, argument, second, parameters, filter, groups }, value_type })
}

/// The columns that a word of a grain names.
pub(super) fn columns<N: Names>(names: &mut N, by: &[Reference]) -> Result<Vec<Typed<N::Column>>, Error> {
    let mut rows = RowLevel { names, in_aggregate: false };
    by.iter().map(|reference| rows.reference(reference)).collect()
}

#[expect(clippy::type_complexity, reason = "the type says what the parts are")]
fn nested_aggregate<N: Names>(
    names: &mut N,
    function: AggregateFunction,
    call: &Call,
    shared: &mut Shared,
) -> Result<Typed<AggregateLeaf<N::Column, N::Measure>>, Error> {
    if let Some(grain) = &call.grain {
        let message = "an aggregate over finer groups is always one per group of the query; leave this word out";
        return Err(Error::new(grain.span, message));
    }
    let mut finer = Checker::new(FinerLevel::new(&mut *names), shared);
    let parts = Parts::of(function, call, &mut finer)?;
    let finer = finer.level.groups();
    let value_type = parts.value_type(names, function, call)?;
    let Parts { argument: Some(argument), second, parameters, filter } = parts else {
        let message = "a count of rows has no finer groups; COUNT(COUNTR(INCLUDE {x})) counts the groups";
        return Err(Error::new(call.name_span, message));
    };
    let Some(finer) = finer else {
        return Err(Error::new(call.name_span, "what stands inside this aggregate has no finer groups"));
    };
    let nested = Nested { function, argument, second, parameters, filter, finer };
    Ok(typed(Node::Leaf(AggregateLeaf::Nested(Box::new(nested))), value_type))
}

impl<V: Level> Checker<'_, V> {
    /// The number of nodes that a copy has.
    pub(super) fn size(value: &Typed<V::Leaf>) -> usize {
        let mut size = value.node_count();
        value.visit_leaves(&mut |leaf| size += V::size(leaf) - 1);
        size
    }
}
