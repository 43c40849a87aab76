//! Typed access to the tree of a document. Errors carry the place below the node they come from; what calls puts its
//! own place before it.

use std::collections::BTreeMap;

use super::node::Node;
use crate::error::{Error, ErrorKind, Result};
use crate::suggest;

/// Parts of the query language that are known and not answered yet: a field, and how a message speaks of it.
pub(super) type Later = [(&'static str, &'static str)];

/// The refusal of a part of the query language, given with its verb: `totals are`.
pub(super) fn not_yet(subject: &str) -> Error {
    Error::new(ErrorKind::NotSupported, format!("{subject} not supported yet"))
}

/// A name of the document as messages repeat it: not too long, and on one line whatever is in it.
pub(super) fn shortened(name: &str) -> String {
    const MOST_CHARS: usize = 60;
    let mut short = String::new();
    for character in name.chars().take(MOST_CHARS) {
        if character.is_control() {
            short.extend(character.escape_debug());
        } else {
            short.push(character);
        }
    }
    if name.chars().nth(MOST_CHARS).is_some() {
        short.push_str("..");
    }
    short
}

/// The place of a field in a JSON pointer.
pub(super) fn place(name: &str) -> String {
    format!("/{}", shortened(name).replace('~', "~0").replace('/', "~1"))
}

/// `unknown {what} {name}`, with the nearest name that is known.
pub(super) fn unknown<'k>(what: &str, name: &str, known: impl IntoIterator<Item = &'k str>) -> Error {
    let name = shortened(name);
    let hint = suggest::hint(&name, known);
    Error::query(format!("unknown {what} `{name}`{hint}"))
}

/// Reads each of some nodes.
pub(super) fn each<'n, T>(nodes: &'n [Node], read: impl Fn(&'n Node) -> Result<T>) -> Result<Vec<T>> {
    nodes
        .iter()
        .enumerate()
        .map(|(index, node)| read(node).map_err(|error| error.within(&format!("/{index}"))))
        .collect()
}

impl Node {
    /// `expected .., found ..`.
    pub(super) fn expected(&self, what: &str) -> Error {
        let found = match self {
            Self::Null => "null",
            Self::Boolean(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        };
        Error::query(format!("expected {what}, found {found}"))
    }

    pub(super) fn object(&self, what: &str) -> Result<Object<'_>> {
        match self {
            Self::Object(fields) => Ok(Object { fields }),
            other => Err(other.expected(what)),
        }
    }

    pub(super) fn list(&self) -> Result<&[Self]> {
        match self {
            Self::List(list) => Ok(list),
            other => Err(other.expected("a list")),
        }
    }

    pub(super) fn text(&self) -> Result<&str> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(other.expected("text")),
        }
    }

    pub(super) fn boolean(&self) -> Result<bool> {
        match self {
            Self::Boolean(value) => Ok(*value),
            other => Err(other.expected("true or false")),
        }
    }

    /// A whole number from 0.
    pub(super) fn whole(&self) -> Result<u64> {
        match self {
            Self::Number(number) => number.parse().map_err(|_| Error::query("expected a whole number from 0")),
            other => Err(other.expected("a whole number")),
        }
    }

    /// One of some names.
    pub(super) fn one_of<T: Copy>(&self, what: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T> {
        let text = self.text()?;
        all.iter()
            .copied()
            .find(|one| name(*one) == text)
            .ok_or_else(|| unknown(what, text, all.iter().map(|one| name(*one))))
    }
}

/// The fields of an object. A field that is null counts as absent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<'n> {
    fields: &'n BTreeMap<String, Node>,
}

impl<'n> Object<'n> {
    /// Refuses every field that is not known, and by name those that are not supported yet.
    pub(super) fn only(self, known: &[&str], later: &[&Later]) -> Result<()> {
        for (name, node) in self.fields {
            if known.contains(&name.as_str()) {
                continue;
            }
            match later.iter().copied().flatten().find(|(field, _)| field == name) {
                Some(_) if *node == Node::Null => {}
                Some((_, subject)) => return Err(not_yet(subject).at(place(name))),
                None => return Err(unknown("field", name, known.iter().copied()).at(place(name))),
            }
        }
        Ok(())
    }

    pub(super) fn get(self, name: &str) -> Option<&'n Node> {
        self.fields.get(name).filter(|node| **node != Node::Null)
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Reads a field that may be absent.
    pub(super) fn read<T>(self, name: &str, read: impl FnOnce(&'n Node) -> Result<T>) -> Result<Option<T>> {
        let value = self.get(name).map(read).transpose();
        value.map_err(|error| error.within(&format!("/{name}")))
    }

    /// Reads the items of a list; none if it is absent.
    pub(super) fn list<T>(self, name: &str, read: impl Fn(&'n Node) -> Result<T>) -> Result<Vec<T>> {
        Ok(self.read(name, |node| each(node.list()?, read))?.unwrap_or_default())
    }

    /// Every field as it is written, also those that are null.
    pub(super) fn entries(self) -> impl Iterator<Item = (&'n String, &'n Node)> {
        self.fields.iter()
    }

    pub(super) fn text(self, name: &str) -> Result<Option<String>> {
        self.read(name, |node| node.text().map(str::to_owned))
    }

    pub(super) fn boolean(self, name: &str) -> Result<Option<bool>> {
        self.read(name, Node::boolean)
    }

    /// The texts of a list; none if it is absent.
    pub(super) fn texts(self, name: &str) -> Result<Vec<String>> {
        self.list(name, |node| node.text().map(str::to_owned))
    }

    pub(super) fn whole(self, name: &str) -> Result<Option<u64>> {
        self.read(name, Node::whole)
    }

    /// A switch of which only one position is supported yet.
    pub(super) fn only_position(self, name: &str, position: bool, subject: &str) -> Result<()> {
        self.read(name, |node| if node.boolean()? == position { Ok(()) } else { Err(not_yet(subject)) })?;
        Ok(())
    }
}
