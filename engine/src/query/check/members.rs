//! Hierarchies, wherever they stand, and their members.

use super::names::{at_most, not_empty};
use super::no_groups;
use crate::error::{Error, Result};
use crate::query::{Dimension, MemberLevel, Members, Operand, Operator, Query, Reference};

/// What a reference says of a hierarchy.
pub(super) fn check_members(members: &Members) -> Result<()> {
    not_empty(Some(&members.hierarchy), "/hierarchy_id")?;
    match &members.level {
        Some(MemberLevel::Number(0)) => return Err(Error::query("levels begin at 1").at("/level")),
        Some(MemberLevel::Name(name)) => not_empty(Some(name), "/level")?,
        Some(MemberLevel::Number(_)) | None => {}
    }
    let Some(expand) = &members.expand else { return Ok(()) };
    if members.level.is_some() {
        return Err(Error::query("a dimension takes either a `level` or `expand`, not both").at("/expand"));
    }
    at_most(expand.depth.into(), Query::MAX_EXPAND_DEPTH.into(), "levels expanded")
        .map_err(|error| error.at("/expand/depth"))?;
    at_most(expand.open.len(), Query::MAX_OPEN_MEMBERS, "open members").map_err(|error| error.at("/expand/open"))
}

/// The refusal of a hierarchy where something else is wanted.
pub(in crate::query) fn hierarchy_refused(what: &str) -> Error {
    let message = format!("{what} takes no hierarchy; dimensions, the order and filters on rows do");
    Error::query(message).at("/hierarchy_id")
}

/// Not a hierarchy.
pub(super) fn no_hierarchy(reference: &Reference, what: &str) -> Result<()> {
    if reference.members().is_some() { Err(hierarchy_refused(what)) } else { Ok(()) }
}

/// A dimension over a hierarchy.
pub(super) fn check_member_dimension(members: &Members, dimension: &Dimension, grouped: bool) -> Result<()> {
    no_datetime_level(dimension.level.is_some())?;
    if dimension.discretization.is_some() {
        return Err(Error::query("a dimension over a hierarchy takes no bins or groups").at("/discretization"));
    }
    if members.expand.is_some() && !grouped {
        return Err(no_groups("`expand` makes groups of several levels").at("/expand"));
    }
    Ok(())
}

/// A key of an order that names a dimension over a hierarchy.
pub(super) fn check_member_key(members: &Members, datetime_level: bool, aggregation: bool) -> Result<()> {
    no_datetime_level(datetime_level)?;
    if let Some(part) = given(members).into_iter().flatten().find(|part| *part != "level") {
        return Err(part_of_key(part));
    }
    if aggregation {
        return Err(Error::query("a hierarchy takes no aggregation").at("/aggregation"));
    }
    Ok(())
}

/// The refusal of a part of what is shown in a key of an order.
pub(in crate::query) fn part_of_key(part: &str) -> Error {
    let message = format!("a key of the order takes no `{part}`; it names a dimension by its hierarchy and level");
    Error::query(message).at(format!("/{part}"))
}

/// The left side of a filter on a hierarchy.
pub(super) fn check_member_field(members: &Members, datetime_level: bool) -> Result<()> {
    if let Some(part) = given(members).into_iter().flatten().next() {
        return Err(part_of_filter(part));
    }
    no_datetime_level(datetime_level)
}

/// The parts of what is shown that are there, by their names in JSON.
fn given(members: &Members) -> [Option<&'static str>; 3] {
    [
        members.level.is_some().then_some("level"),
        members.under.is_some().then_some("under"),
        members.expand.is_some().then_some("expand"),
    ]
}

/// The refusal of a part of what is shown in a filter.
pub(in crate::query) fn part_of_filter(part: &str) -> Error {
    let message = format!("a filter on a hierarchy takes no `{part}`; a member stands for all that is under it");
    Error::query(message).at(format!("/{part}"))
}

fn no_datetime_level(given: bool) -> Result<()> {
    if given {
        Err(Error::query("a hierarchy takes a level of its own, not one of datetimes").at("/level"))
    } else {
        Ok(())
    }
}

/// The refusal of a test that members have not.
pub(in crate::query) fn no_member_test(operator: Operator) -> Error {
    let message = format!("a hierarchy takes =, !=, in, not in, is null and is not null, not `{operator}`");
    Error::query(message).at("/expression")
}

/// The right side of a filter on a hierarchy.
pub(super) fn check_member_operand(operator: Operator, takes_list: bool, operand: &Operand) -> Result<()> {
    match operand {
        Operand::Members(members) if takes_list => at_most(members.len(), Query::MAX_LIST_VALUES, "values in a list"),
        Operand::Members(members) if members.len() == 1 => Ok(()),
        Operand::Members(_) => Err(Error::query(format!("`{operator}` takes one member on the right"))),
        _ => Err(Error::query("a hierarchy is compared with its members")),
    }
}
