//! Parameters: values that a document declares by name and type. They are put where they are used before the document
//! is read as queries, so that a wrong value has the words and the place of the value it stands for.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::Deserialize;
use serde_json::Value;

use super::node::Node;
use super::object::{place, shortened, unknown};
use super::parameter_types::ParameterType;
use crate::error::{Error, ErrorKind, Result};
use crate::query::QueryBatch;

/// The fields of a declaration.
pub(super) const FIELDS: [&str; 3] = ["type", "value", "default"];

/// The fields in which a parameter may stand for the value, or for values of the list.
const PLACES: [&str; 21] = [
    "parameters",
    "aggregation",
    "type",
    "p",
    "size",
    "bins",
    "max",
    "origin",
    "edges",
    "in",
    "quantity",
    "unit",
    "level",
    "under",
    "open",
    "path",
    "default",
    "n",
    "offset",
    "timezone_id",
    "as_of",
];

/// What the parameters in sight stand for; none where there is no value.
type Declared = BTreeMap<String, Option<Node>>;

/// Puts the values of its parameters into a document. `values` go before those that stand in the document.
pub(super) fn bind(root: Node, values: &BTreeMap<String, Value>) -> Result<Node> {
    let read = |(name, value): (&String, &Value)| {
        let node = Node::deserialize(value).map_err(|error| Error::query(error.to_string()).at(place(name)))?;
        Ok::<_, Error>((name.clone(), node))
    };
    let values = values.iter().map(read).collect::<Result<BTreeMap<_, _>>>()?;
    let mut binder = Binder { values, declared: BTreeSet::new(), room: QueryBatch::MAX_BYTES };
    let mut root = root;
    let find = match &mut root {
        Node::Object(fields) => fields.get_mut("find").filter(|find| **find != Node::Null),
        _ => None,
    };
    match find {
        Some(find) => binder.document(find).map_err(|error| error.within("/find"))?,
        None => binder.document(&mut root)?,
    }
    binder.finish()?;
    Ok(root)
}

#[derive(Debug)]
struct Binder {
    /// Values from outside of the document.
    values: BTreeMap<String, Node>,
    /// Every name that the document declares.
    declared: BTreeSet<String>,
    /// How many bytes of values may still be put into the document. Without a bound, a short document with a long
    /// value in many places would become a huge one.
    room: usize,
}

impl Binder {
    /// A query, or a batch whose queries share its parameters. What is neither is left to the reader.
    fn document(&mut self, node: &mut Node) -> Result<()> {
        let Node::Object(fields) = node else { return Ok(()) };
        if fields.get("queries").is_none_or(|queries| *queries == Node::Null) {
            return self.query(node, &Declared::new());
        }
        let shared = self.declarations(fields.get("parameters"))?;
        let Some(Node::List(queries)) = fields.get_mut("queries") else { return Ok(()) };
        for (index, query) in queries.iter_mut().enumerate() {
            self.query(query, &shared).map_err(|error| error.within(&format!("/queries/{index}")))?;
        }
        Ok(())
    }

    fn query(&mut self, node: &mut Node, shared: &Declared) -> Result<()> {
        let Node::Object(fields) = node else { return Ok(()) };
        let own = self.declarations(fields.get("parameters"))?;
        let mut uses = Uses { own: &own, shared, room: &mut self.room };
        for (name, inner) in fields.iter_mut().filter(|(name, _)| *name != "parameters") {
            uses.put(inner, Place::of(name)).map_err(|error| error.within(&place(name)))?;
        }
        Ok(())
    }

    fn declarations(&mut self, node: Option<&Node>) -> Result<Declared> {
        let Some(node) = node.filter(|node| **node != Node::Null) else { return Ok(Declared::new()) };
        let mut declared = Declared::new();
        let object = node.object("parameters").map_err(|error| error.at("/parameters"))?;
        for (name, node) in object.entries() {
            let value =
                self.declaration(name, node).map_err(|error| error.within(&format!("/parameters{}", place(name))))?;
            declared.insert(name.clone(), value);
            self.declared.insert(name.clone());
        }
        Ok(declared)
    }

    fn declaration(&mut self, name: &str, node: &Node) -> Result<Option<Node>> {
        let object = node.object("a parameter")?;
        object.only(&FIELDS, &[])?;
        let held = object.read("type", |node| ParameterType::parse(node.text()?))?;
        let held = held.ok_or_else(|| Error::query("expected the `type` of the parameter"))?;
        let default = object.read("default", |node| held.read(node))?;
        let outside = self.values.get(name).filter(|value| **value != Node::Null);
        let given = outside.or_else(|| object.get("value"));
        let value = given.map(|node| held.read(node)).transpose().map_err(|error| error.within("/value"))?;
        if let Some(outside) = outside {
            take(&mut self.room, outside)?;
        }
        Ok(value.or(default))
    }

    /// Refuses values for what is no parameter.
    fn finish(&self) -> Result<()> {
        match self.values.keys().find(|name| !self.declared.contains(*name)) {
            Some(name) => {
                let error = unknown("parameter", name, self.declared.iter().map(String::as_str));
                Err(error.at(format!("/parameters{}", place(name))))
            }
            None => Ok(()),
        }
    }
}

/// What may stand in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A value or a list of values.
    Value,
    /// An object whose fields are values under names of the query.
    Members,
    Other,
}

impl Place {
    fn of(field: &str) -> Self {
        match field {
            "at" => Self::Members,
            field if PLACES.contains(&field) => Self::Value,
            _ => Self::Other,
        }
    }
}

/// Takes the bytes of a value from those that are left.
fn take(room: &mut usize, value: &Node) -> Result<()> {
    let left = room.checked_sub(size(value));
    *room = left.ok_or_else(|| {
        let message = format!("the values of parameters take more than {} bytes", QueryBatch::MAX_BYTES);
        Error::new(ErrorKind::LimitExceeded, message)
    })?;
    Ok(())
}

/// About the bytes of a value in a document.
fn size(node: &Node) -> usize {
    const AROUND: usize = 8;
    AROUND
        + match node {
            Node::Null | Node::Boolean(_) => 0,
            Node::Number(text) | Node::Text(text) => text.len(),
            Node::List(list) => list.iter().map(size).sum(),
            Node::Object(fields) => fields.iter().map(|(name, value)| name.len() + size(value)).sum(),
        }
}

/// The parameters in sight of a query.
#[derive(Debug)]
struct Uses<'b> {
    own: &'b Declared,
    shared: &'b Declared,
    room: &'b mut usize,
}

impl Uses<'_> {
    /// Puts values into all that is below a node.
    fn put(&mut self, node: &mut Node, at: Place) -> Result<()> {
        if let Some(value) = self.used(node, at)? {
            *node = value;
            return Ok(());
        }
        match node {
            Node::List(list) => {
                for (index, item) in list.iter_mut().enumerate() {
                    self.put(item, at).map_err(|error| error.within(&format!("/{index}")))?;
                }
            }
            Node::Object(fields) => {
                for (name, inner) in fields.iter_mut() {
                    let inner_place = if at == Place::Members { Place::Value } else { Place::of(name) };
                    self.put(inner, inner_place).map_err(|error| error.within(&place(name)))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The value of the parameter that a node names, if it names one.
    fn used(&mut self, node: &Node, at: Place) -> Result<Option<Node>> {
        let Node::Object(fields) = node else { return Ok(None) };
        let Some(name) = fields.get("parameter").filter(|name| at != Place::Members && **name != Node::Null) else {
            return Ok(None);
        };
        if at == Place::Other {
            if fields.len() > 1 {
                // An unknown field, which the reader refuses.
                return Ok(None);
            }
            return Err(Error::query("a parameter cannot stand here, only for a value, an aggregation or a time zone"));
        }
        if let Some(other) = fields.keys().find(|field| *field != "parameter") {
            return Err(Error::query("`parameter` takes nothing beside it").at(place(other)));
        }
        let here = |error: Error| error.within("/parameter");
        let name = name.text().map_err(here)?;
        match self.own.get(name).or_else(|| self.shared.get(name)) {
            Some(Some(value)) => {
                take(self.room, value)?;
                Ok(Some(value.clone()))
            }
            Some(None) => Err(Error::query(format!("the parameter `{}` has no value", shortened(name)))),
            None => {
                let known = self.own.keys().chain(self.shared.keys()).map(String::as_str);
                Err(here(unknown("parameter", name, known)))
            }
        }
    }
}
