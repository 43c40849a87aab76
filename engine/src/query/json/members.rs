//! Members of hierarchies and what a dimension shows of them, both ways.

use drillcore_hierarchies::MemberPath;
use serde_json::{Map, Value};

use super::node::Node;
use super::object::{Object, each};
use super::references::is_reference;
use super::write::{set, set_list};
use crate::error::{Error, Result};
use crate::query::operator::Right;
use crate::query::{Expand, Member, MemberLevel, Members, Operand, Operator};

pub(super) const MEMBER: [&str; 3] = ["path", "own", "unassigned"];
pub(super) const EXPAND: [&str; 2] = ["depth", "open"];

/// What a dimension shows of a hierarchy, the level apart.
pub(super) fn shown(object: Object<'_>, members: &mut Members) -> Result<()> {
    members.under = object.read("under", member)?;
    members.expand = object.read("expand", expand)?;
    Ok(())
}

/// A part that only a dimension over a hierarchy has, if there is one.
pub(super) fn part_shown(object: Object<'_>) -> Option<&'static str> {
    ["under", "expand"].into_iter().find(|part| object.has(part))
}

/// Refuses what only a hierarchy has.
pub(super) fn nothing_shown(object: Object<'_>) -> Result<()> {
    match part_shown(object) {
        Some(field) => Err(Error::query(format!("`{field}` goes with a `hierarchy_id`")).at(format!("/{field}"))),
        None => Ok(()),
    }
}

fn expand(node: &Node) -> Result<Expand> {
    let object = node.object("what is expanded")?;
    object.only(&EXPAND, &[])?;
    let mut expand = Expand::default();
    if let Some(depth) = object.whole("depth")? {
        // The check refuses what is deeper than a limit below this one.
        expand.depth = u16::try_from(depth).unwrap_or(u16::MAX);
    }
    expand.open = object.list("open", member)?;
    Ok(expand)
}

/// A level of a hierarchy by number or name.
pub(super) fn level(node: &Node) -> Result<MemberLevel> {
    match node {
        Node::Number(number) => number
            .parse::<u16>()
            .map(MemberLevel::Number)
            .map_err(|_| Error::query(format!("expected a level as a whole number from 1 to {}", u16::MAX))),
        Node::Text(name) => Ok(MemberLevel::Name(name.clone())),
        other => Err(other.expected("a level as a number or a name")),
    }
}

/// The members with which a filter compares a hierarchy.
pub(super) fn operand(operator: Operator, node: &Node) -> Result<Operand> {
    let members = match (operator.right(), node) {
        (Right::List, Node::List(nodes)) => each(nodes, member)?,
        (Right::List, other) => return Err(other.expected("a list of members")),
        _ => vec![member(node)?],
    };
    Ok(Operand::Members(members))
}

/// A member: null, an id, a path as a list, or an object.
fn member(node: &Node) -> Result<Member> {
    match node {
        Node::List(nodes) => path(nodes).map(Member::Path),
        Node::Object(_) => described(node.object("a member")?),
        one => Ok(step(one)?.map_or_else(Member::null, Member::Id)),
    }
}

fn described(object: Object<'_>) -> Result<Member> {
    if is_reference(object) {
        return Err(Error::query("a hierarchy is compared with its members, not with a reference"));
    }
    object.only(&MEMBER, &[])?;
    let found = object.read("path", |node| path(node.list()?))?;
    let own = object.boolean("own")?.unwrap_or_default();
    if object.boolean("unassigned")?.unwrap_or_default() {
        return match MEMBER.into_iter().find(|field| *field != "unassigned" && object.has(field)) {
            Some(field) => Err(Error::query("`unassigned` takes nothing beside it").at(format!("/{field}"))),
            None => Ok(Member::Unassigned),
        };
    }
    let found = found.ok_or_else(|| Error::query("expected the `path` of a member"))?;
    Ok(if own { Member::Own(found) } else { Member::Path(found) })
}

/// A path is made of its text form, which takes time in proportion to its length; adding member by member would not.
fn path(nodes: &[Node]) -> Result<MemberPath> {
    let text = Value::from(each(nodes, step)?).to_string();
    text.parse::<MemberPath>().map_err(|error| Error::query(error.to_string()))
}

/// One member on a path, as the text by which it is known; null is NULL.
fn step(node: &Node) -> Result<Option<String>> {
    match node {
        Node::Null => Ok(None),
        Node::Boolean(value) => Ok(Some(value.to_string())),
        Node::Number(text) | Node::Text(text) => Ok(Some(text.clone())),
        Node::List(_) | Node::Object(_) => Err(node.expected("a text, a number or null")),
    }
}

/// Refuses a member where a value stands.
pub(super) fn no_member(object: Object<'_>) -> Result<()> {
    match MEMBER.into_iter().find(|field| object.has(field)) {
        Some(field) => {
            let message = "a member of a hierarchy needs a `hierarchy_id` on the left of a filter";
            Err(Error::query(message).at(format!("/{field}")))
        }
        None => Ok(()),
    }
}

/// What stands beside the id of a hierarchy.
pub(super) fn write_shown(fields: &mut Map<String, Value>, members: &Members) {
    let level = members.level.as_ref().map(|level| match level {
        MemberLevel::Number(number) => Value::from(*number),
        MemberLevel::Name(name) => name.as_str().into(),
    });
    set(fields, "level", level);
    set(fields, "under", members.under.as_ref().map(write));
    set(fields, "expand", members.expand.as_ref().map(write_expand));
}

fn write_expand(expand: &Expand) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "depth", Some(expand.depth));
    set_list(&mut fields, "open", &expand.open, write);
    fields.into()
}

/// One member, or for a test that takes a list all of them.
pub(super) fn write_operand(operator: Operator, members: &[Member]) -> Value {
    match (operator.right(), members) {
        (Right::Value { .. }, [member]) => write(member),
        _ => members.iter().map(write).collect(),
    }
}

fn write(member: &Member) -> Value {
    let mut fields = Map::new();
    match member {
        Member::Id(id) => return id.as_str().into(),
        Member::Path(path) => return write_path(path),
        Member::Own(path) => {
            set(&mut fields, "path", Some(write_path(path)));
            set(&mut fields, "own", Some(true));
        }
        Member::Unassigned => set(&mut fields, "unassigned", Some(true)),
    }
    fields.into()
}

fn write_path(path: &MemberPath) -> Value {
    path.members().map(Value::from).collect()
}
