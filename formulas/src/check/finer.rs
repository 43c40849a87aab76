//! Aggregates over finer groups.

use super::Names;
use super::build::typed;
use super::expression::Shared;
use super::level::{GroupLevel, Level, aggregate_of_rows, columns};
use crate::tree::{Call, Expr, ExprKind, Grain, GrainKind, Reference};
use crate::{AggregateFunction, AggregateLeaf, Error, Finer, Function, Groups, Node, Typed};

/// The level of finer groups, inside an aggregate. All of its aggregates have the same groups.
#[derive(Debug)]
pub(super) struct FinerLevel<'n, N: Names> {
    names: &'n mut N,
    /// The grain of the first aggregate.
    grain: Option<Grain>,
    finer: Option<Finer<N::Column>>,
}

/// Whether there is an aggregate in a formula.
pub(super) fn has_aggregates(expr: &Expr) -> bool {
    let mut found = matches!(&expr.kind, ExprKind::Call(Call { function: Function::Aggregate(_), .. }));
    expr.for_each_child(&mut |child| found = found || has_aggregates(child));
    found
}

impl<'n, N: Names> FinerLevel<'n, N> {
    pub(super) fn new(names: &'n mut N) -> Self {
        Self { names, grain: None, finer: None }
    }

    /// What the finer groups are.
    pub(super) fn groups(self) -> Option<Finer<N::Column>> {
        self.finer
    }

    /// Notes the groups of an aggregate, or that they are not those of the one before.
    fn note(&mut self, grain: &Grain) -> Result<(), Error> {
        let names = |grain: &Grain| -> Vec<(Option<String>, String)> {
            grain.by.iter().map(|reference| (reference.dataset.clone(), reference.name.clone())).collect()
        };
        if let Some(first) = &self.grain {
            if first.kind == grain.kind && names(first) == names(grain) {
                return Ok(());
            }
            return Err(Error::new(grain.span, "all aggregates inside one must be over the same finer groups"));
        }
        let by = columns(self.names, &grain.by)?;
        self.finer = Some(if grain.kind == GrainKind::Include { Finer::Include(by) } else { Finer::Fixed(by) });
        self.grain = Some(grain.clone());
        Ok(())
    }
}

impl<N: Names> Level for FinerLevel<'_, N> {
    type Leaf = AggregateLeaf<N::Column, N::Measure>;

    fn reference(&mut self, reference: &Reference) -> Result<Typed<Self::Leaf>, Error> {
        let message = "a name beside aggregates over finer groups must stand inside one of them";
        Err(Error::new(reference.span, message))
    }

    fn aggregate(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        shared: &mut Shared,
    ) -> Result<Typed<Self::Leaf>, Error> {
        let finer = |kind| matches!(kind, GrainKind::Include | GrainKind::Fixed);
        let Some(grain) = call.grain.as_ref().filter(|grain| finer(grain.kind)) else {
            let message = format!(
                "the aggregate {} cannot stand inside another aggregate; with INCLUDE or FIXED it can",
                function.name()
            );
            return Err(Error::new(call.name_span, message));
        };
        self.note(grain)?;
        let mut found = aggregate_of_rows(self.names, function, call, shared)?;
        // The groups are those of the level.
        found.aggregate.groups = Groups::Query;
        let leaf = AggregateLeaf::Aggregate(Box::new(found.aggregate));
        Ok(typed(Node::Leaf(leaf), found.value_type))
    }

    fn size(leaf: &Self::Leaf) -> usize {
        GroupLevel::<N>::size(leaf)
    }
}
