//! The filters that hold for exactly the rows of what was clicked.

use super::Clicked;
use crate::error::{Error, Result};
use crate::query::{
    Dimension, Field, Filter, Leaf, Literal, Member, Members, Operand, Operator, Query, Reference, Target,
};

/// The rows of a clicked cell, as far as its dimension goes.
///
/// # Errors
///
/// `InvalidInput` for what no filter tells exactly.
pub(super) fn clicked_rows(query: &Query, name: &str, dimension: &Dimension, clicked: &Clicked) -> Result<Vec<Filter>> {
    if let Some(members) = dimension.reference.members() {
        let member = clicked.member(name)?;
        let mut filters: Vec<Filter> = kept_under(name, &dimension.reference, members, &member)?.into_iter().collect();
        filters.push(is_member(&dimension.reference, members, member));
        return Ok(filters);
    }
    let value = clicked.value(name)?;
    if dimension.discretization.is_some() {
        let message = format!("`{name}` shows bins or groups, whose values no filter tells exactly; filter by a range");
        return Err(Error::input(message));
    }
    let field = Field { reference: dimension.reference.clone(), level: dimension.level };
    Ok(vec![is_value(query, field, value)])
}

/// Equal to the value of a cell, or NULL.
pub(super) fn is_value(query: &Query, field: Field, value: Option<&Literal>) -> Filter {
    let Some(value) = value else { return Leaf::new(Operator::IsNull, field, None).into() };
    let mut leaf = Leaf::new(Operator::Equal, field, Some(Operand::Literal(value.clone())));
    // Texts that differ in case are members of their own, however the query compares them.
    if matches!(value, Literal::Text(_)) && leaf.left.level.is_none() && !query.options.case_sensitive {
        leaf.case_sensitive = Some(true);
    }
    leaf.into()
}

fn is_member(reference: &Reference, members: &Members, member: Member) -> Filter {
    let target = Target::Hierarchy(Members::new(members.hierarchy.clone()));
    let hierarchy = Reference { dataset: reference.dataset.clone(), target };
    Leaf::new(Operator::Equal, hierarchy, Some(Operand::Members(vec![member]))).into()
}

/// What the subtree that a dimension keeps to still says once its place is taken by a member: nothing where the member
/// is known to be in it.
///
/// # Errors
///
/// `InvalidInput` if the member is known to be outside, so that no cell of the answer can have been it.
pub(super) fn kept_under(
    name: &str,
    reference: &Reference,
    members: &Members,
    member: &Member,
) -> Result<Option<Filter>> {
    let Some(under) = &members.under else { return Ok(None) };
    let path = match member {
        Member::Path(path) | Member::Own(path) => Some(path),
        Member::Id(_) | Member::Unassigned => None,
    };
    let is_inside = match (under, path) {
        _ if under == member => true,
        (Member::Path(under), _) if under.depth() == 0 => true,
        (Member::Path(under), Some(path)) if under.contains(path) => true,
        (Member::Path(_), Some(_)) => {
            return Err(Error::input(format!("`{name}` does not show this member: it is not under the one shown")));
        }
        // An id names one member, which stands on the path of all that is under it.
        (Member::Id(under), Some(path)) => path.members().any(|id| id == Some(under.as_str())),
        _ => false,
    };
    Ok((!is_inside).then(|| is_member(reference, members, under.clone())))
}

/// Whether two ways to name a member mean the same: an id is that of one member only.
pub(super) fn same_member(left: &Member, right: &Member) -> bool {
    match (left, right) {
        (Member::Id(id), Member::Path(path)) | (Member::Path(path), Member::Id(id)) => {
            path.members().last().flatten() == Some(id.as_str())
        }
        _ => left == right,
    }
}
