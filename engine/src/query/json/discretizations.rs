//! Bins and groups, both ways.

use serde_json::{Map, Value};

use super::filters::scalar;
use super::node::Node;
use super::object::{Object, each};
use super::write::{self, set};
use crate::error::{Error, Result};
use crate::query::{Discretization, MemberGroup};

pub(super) const FIELDS: [&str; 7] = ["type", "size", "bins", "origin", "edges", "groups", "rest"];
pub(super) const GROUP: [&str; 2] = ["name", "in"];

/// The `type` of a discretization.
#[derive(Debug, Clone, Copy)]
pub(in crate::query) enum Kind {
    Linear,
    Custom,
    Groups,
    None,
}

impl Kind {
    pub(in crate::query) const ALL: [Self; 4] = [Self::Linear, Self::Custom, Self::Groups, Self::None];

    pub(in crate::query) fn as_str(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Custom => "custom",
            Self::Groups => "groups",
            Self::None => "none",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Linear => &["type", "size", "bins", "origin"],
            Self::Custom => &["type", "edges"],
            Self::Groups => &["type", "groups", "rest"],
            Self::None => &["type"],
        }
    }
}

/// None stands for values as they are.
pub(super) fn discretization(node: &Node) -> Result<Option<Discretization>> {
    let object = node.object("a discretization")?;
    object.only(&FIELDS, &[])?;
    let kind = object.read("type", |node| node.one_of("type of discretization", &Kind::ALL, Kind::as_str))?;
    let kind = kind.ok_or_else(|| Error::query("expected a `type`: `linear`, `custom`, `groups` or `none`"))?;
    if let Some(field) = FIELDS.into_iter().find(|field| !kind.fields().contains(field) && object.has(field)) {
        let message = format!("a discretization of the type `{}` takes no `{field}`", kind.as_str());
        return Err(Error::query(message).at(format!("/{field}")));
    }
    Ok(match kind {
        Kind::Linear => Some(linear(object)?),
        Kind::Custom => Some(Discretization::Edges(object.list("edges", scalar)?)),
        Kind::Groups => {
            Some(Discretization::Groups { groups: object.list("groups", group)?, rest: object.text("rest")? })
        }
        Kind::None => None,
    })
}

fn linear(object: Object<'_>) -> Result<Discretization> {
    let origin = object.read("origin", scalar)?;
    match (object.read("size", scalar)?, object.whole("bins")?) {
        (Some(size), None) => Ok(Discretization::Width { size, origin }),
        (None, Some(_)) if origin.is_some() => {
            Err(Error::query("`origin` goes with `size`, not with `bins`").at("/origin"))
        }
        (None, Some(bins)) => Ok(Discretization::Count(bins)),
        (Some(_), Some(_)) => Err(Error::query("expected either `size` or `bins`, found both")),
        (None, None) => Err(Error::query("expected a `size` or a number of `bins`")),
    }
}

fn group(node: &Node) -> Result<MemberGroup> {
    let object = node.object("a group")?;
    object.only(&GROUP, &[])?;
    let name = object.text("name")?.ok_or_else(|| Error::query("expected a `name`"))?;
    let members = object.read("in", |node| each(node.list()?, scalar))?;
    Ok(MemberGroup { name, members: members.ok_or_else(|| Error::query("expected the members of the group in `in`"))? })
}

pub(super) fn write(discretization: &Discretization) -> Value {
    let mut fields = Map::new();
    let kind = match discretization {
        Discretization::Width { size, origin } => {
            set(&mut fields, "size", Some(write::literal(size)));
            set(&mut fields, "origin", origin.as_ref().map(write::literal));
            Kind::Linear
        }
        Discretization::Count(bins) => {
            set(&mut fields, "bins", Some(*bins));
            Kind::Linear
        }
        Discretization::Edges(edges) => {
            set(&mut fields, "edges", Some(edges.iter().map(write::literal).collect::<Vec<_>>()));
            Kind::Custom
        }
        Discretization::Groups { groups, rest } => {
            set(&mut fields, "groups", Some(groups.iter().map(write_group).collect::<Vec<_>>()));
            set(&mut fields, "rest", rest.as_deref());
            Kind::Groups
        }
    };
    set(&mut fields, "type", Some(kind.as_str()));
    fields.into()
}

fn write_group(group: &MemberGroup) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "name", Some(group.name.as_str()));
    set(&mut fields, "in", Some(group.members.iter().map(write::literal).collect::<Vec<_>>()));
    fields.into()
}
