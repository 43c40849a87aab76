//! The level of windows: rows of an answer.

use super::Names;
use super::build::typed;
use super::constants;
use super::expression::{Checker, Shared};
use super::level::{GroupLevel, Level};
use crate::tree::{Call, Reference};
use crate::{AggregateFunction, Error, Kind, Node, ResultType, Type, Typed, Window, WindowFunction, WindowLeaf};

/// The level of windows.
#[derive(Debug)]
pub(super) struct WindowLevel<'n, N> {
    names: &'n mut N,
}

impl<'n, N> WindowLevel<'n, N> {
    pub(super) fn new(names: &'n mut N) -> Self {
        Self { names }
    }
}

impl<N: Names> Level for WindowLevel<'_, N> {
    type Leaf = WindowLeaf<N::Column, N::Measure>;

    fn reference(&mut self, reference: &Reference) -> Result<Typed<Self::Leaf>, Error> {
        of_group(GroupLevel { names: &mut *self.names }.reference(reference)?)
    }

    fn aggregate(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        shared: &mut Shared,
    ) -> Result<Typed<Self::Leaf>, Error> {
        of_group(GroupLevel { names: &mut *self.names }.aggregate(function, call, shared)?)
    }

    fn window(
        &mut self,
        function: WindowFunction,
        call: &Call,
        shared: &mut Shared,
    ) -> Result<Typed<Self::Leaf>, Error> {
        let entry = function.entry();
        let mut groups = Checker::new(GroupLevel { names: &mut *self.names }, shared);
        let (mut argument, mut parameters) = (None, Vec::new());
        for (place, expr) in call.arguments.iter().enumerate() {
            let kind = entry.parameter(place).map_or(Kind::Any, |parameter| parameter.kind);
            if let Kind::Constant(low, high) = kind {
                let name = entry.parameter(place).map_or("number", |parameter| parameter.name);
                parameters.push(constants::integer(expr, low..=high, &format!("the {name} of {}", entry.name))?);
            } else {
                argument = Some(groups.argument(entry, place, kind, expr)?);
            }
        }
        let of = argument.as_ref().map_or(Type::Integer, |argument| argument.value_type);
        let value_type = match entry.result {
            ResultType::Always(value_type) => value_type,
            _ => of,
        };
        let window =
            Window { function, argument, parameters, partition: call.partition.clone(), order: call.order.clone() };
        Ok(typed(Node::Leaf(WindowLeaf::Window(Box::new(window))), value_type))
    }

    fn size(leaf: &Self::Leaf) -> usize {
        match leaf {
            WindowLeaf::Group(leaf) => GroupLevel::<N>::size(leaf),
            WindowLeaf::Window(window) => window.argument.as_ref().map_or(0, Checker::<GroupLevel<'_, N>>::size) + 1,
        }
    }
}

/// A value of a group as one of a row of the answer.
fn of_group<C, M>(value: Typed<crate::AggregateLeaf<C, M>>) -> Result<Typed<WindowLeaf<C, M>>, Error> {
    value.try_map(&mut |leaf| Ok(WindowLeaf::Group(leaf)))
}
