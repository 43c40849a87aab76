//! Bins and groups.

use std::collections::BTreeSet;

use super::names::{at_most, not_empty};
use super::values::{check_number, number, positive};
use crate::error::{Error, ErrorKind, Result};
use crate::query::{Discretization, Literal, MemberGroup, Query};

/// Errors carry the place inside the discretization.
pub(super) fn check_discretization(discretization: &Discretization) -> Result<()> {
    match discretization {
        Discretization::Width { size, origin } => {
            positive(size).map_err(|error| error.at("/size"))?;
            origin.as_ref().map_or(Ok(()), |origin| number(origin).map(drop).map_err(|error| error.at("/origin")))
        }
        Discretization::Count(bins) => check_count(*bins).map_err(|error| error.at("/bins")),
        Discretization::Edges(edges) => check_edges(edges).map_err(|error| error.within("/edges")),
        Discretization::Groups { groups, rest } => check_groups(groups, rest.as_deref()),
    }
}

/// A number of bins.
pub(super) fn check_count(bins: u64) -> Result<()> {
    if bins == 0 {
        return Err(Error::query("expected 1 or more"));
    }
    if bins > Query::MAX_BINS {
        return Err(Error::new(ErrorKind::LimitExceeded, format!("more than {} bins", Query::MAX_BINS)));
    }
    Ok(())
}

fn check_edges(edges: &[Literal]) -> Result<()> {
    if edges.is_empty() {
        return Err(Error::query("expected at least one edge"));
    }
    at_most(edges.len(), usize::try_from(Query::MAX_BINS).unwrap_or(usize::MAX), "edges")?;
    let mut before = None;
    for (index, edge) in edges.iter().enumerate() {
        let here = |error: Error| error.at(format!("/{index}"));
        let edge = number(edge).map_err(here)?;
        if before.is_some_and(|before| before >= edge) {
            return Err(here(Error::query("the edges must rise")));
        }
        before = Some(edge);
    }
    Ok(())
}

fn check_groups(groups: &[MemberGroup], rest: Option<&str>) -> Result<()> {
    if groups.is_empty() {
        return Err(Error::query("expected at least one group").at("/groups"));
    }
    let members: usize = groups.iter().map(|group| group.members.len()).sum();
    at_most(members, Query::MAX_LIST_VALUES, "members in the groups").map_err(|error| error.at("/groups"))?;
    let mut names = BTreeSet::new();
    for (index, group) in groups.iter().enumerate() {
        check_group(group)
            .and_then(|()| if names.insert(group.name.as_str()) { Ok(()) } else { Err(twice().at("/name")) })
            .map_err(|error| error.within(&format!("/groups/{index}")))?;
    }
    not_empty(rest, "/rest")?;
    if rest.is_some_and(|rest| names.contains(rest)) { Err(twice().at("/rest")) } else { Ok(()) }
}

fn twice() -> Error {
    Error::query("this name is given to another group too")
}

fn check_group(group: &MemberGroup) -> Result<()> {
    not_empty(Some(&group.name), "/name")?;
    for (index, member) in group.members.iter().enumerate() {
        match member {
            Literal::Null => Err(Error::query("null is in no group; it stays a member of its own")),
            Literal::List(_) => Err(Error::query("a list cannot stand in a list")),
            member => check_number(member),
        }
        .map_err(|error| error.at(format!("/in/{index}")))?;
    }
    Ok(())
}
