//! Rows by the members that they belong to: filters, and the subtree that a dimension is of.

use std::sync::Arc;

use super::{NodeOf, Shown, node};
use crate::error::{Error, Result};
use crate::query::{self, Leaf, Members, Operand, Operator, Reference, Target};
use crate::resolve::relative::with_nulls;
use crate::resolve::{Predicate, Resolver, Scalar, wrong};

impl Resolver<'_> {
    /// The member that holds a row, as a value of it.
    pub(in crate::resolve) fn row_node(
        &mut self,
        reference: &Reference,
        members: &Members,
        path: &str,
    ) -> Result<Scalar> {
        let (keys, tree) = self.tree(reference, &members.hierarchy, path)?;
        Ok(Scalar::Node(Arc::new(NodeOf { keys, tree, shown: Shown::rows() })))
    }

    /// The rows below the member that a dimension asks for.
    pub(in crate::resolve) fn rows_under(
        &mut self,
        asked: &query::Dimension,
        path: &str,
    ) -> Result<Option<(Predicate, Scalar)>> {
        let Target::Hierarchy(members) = &asked.reference.target else { return Ok(None) };
        let Some(member) = &members.under else { return Ok(None) };
        let of = self.row_node(&asked.reference, members, path)?;
        let Scalar::Node(value) = &of else { return Ok(None) };
        let found = node(&value.tree, member, &format!("{path}/under"))?;
        let predicate = found.map_or(Predicate::Constant(false), |node| value.within(node));
        Ok(Some((predicate, of)))
    }

    /// A test of members, which take their subtrees.
    pub(in crate::resolve) fn member_filter(
        &mut self,
        filter: &Leaf,
        members: &Members,
        path: &str,
    ) -> Result<Predicate> {
        let at = format!("{path}/parameters/0");
        let of = self.row_node(&filter.left.reference, members, &at)?;
        let Scalar::Node(value) = &of else { return Err(Error::internal("a hierarchy has no members")) };
        let null = value.tree.closure().null().map_or(Predicate::Constant(false), |null| value.within(null));
        let right = match &filter.right {
            Some(Operand::Members(members)) => members.as_slice(),
            None => &[],
            Some(_) => return Err(wrong(&format!("{path}/parameters/1"), "expected a member of the hierarchy")),
        };
        let mut found = Vec::with_capacity(right.len());
        for (index, member) in right.iter().enumerate() {
            let place = match filter.operator {
                Operator::In | Operator::NotIn => format!("{path}/parameters/1/{index}"),
                _ => format!("{path}/parameters/1"),
            };
            found.extend(node(&value.tree, member, &place)?);
        }
        let any = Predicate::any(found.into_iter().map(|node| value.within(node)));
        let test = match filter.operator {
            Operator::Equal | Operator::In => any,
            Operator::NotEqual | Operator::NotIn => any.negate(),
            Operator::IsNull => null.clone(),
            Operator::IsNotNull => null.clone().negate(),
            _ => {
                let message = "a hierarchy takes `=`, `!=`, `in`, `not in`, `is null` and `is not null`";
                return Err(wrong(&format!("{path}/expression"), message));
            }
        };
        Ok(with_nulls(test, null, filter.nulls))
    }
}
