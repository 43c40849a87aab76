//! Reading updates.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::given::Given;
use super::is_root;
use super::problems::Problems;
use crate::error::{Error, Result};
use crate::{Edit, Element, Fault, Localized, MOST_DEPTH};

/// Reads updates as `hierarchy update` takes them, `{"updates":[..]}`, as edits of the members that are there:
/// [`apply`](crate::apply) makes the new tree. Every edit is an upsert of the whole member, in the order of the
/// text; `elements` are the members before.
///
/// What an update leaves out stays as it is: name, colour, order, virtual flag, and without a `trace` the place. A null
/// takes the colour or the order away. A member that is new needs a trace; without `virtual` it is a value, without `name`
/// it is shown by its id. A trace has to be the way to the member, and a level its depth, once all updates are done. Of
/// several traces of one member only the last has to be.
///
/// ```
/// use drillcore_hierarchies::{Element, apply, luzmo};
///
/// let before = [Element::group("west"), Element::value("LAX").under("west").named("Los Angeles")];
/// let text = r##"{"updates": [
///     {"id": "LAX", "color": "#ff0000"},
///     {"id": "SFO", "trace": ["_$root", "west", "SFO"]}
/// ]}"##;
/// let after = apply(&before, &luzmo::import_updates(text, &before)?)?;
/// assert_eq!(after.len(), 3);
/// assert!(after.contains(&Element::value("LAX").under("west").named("Los Angeles").colored("#ff0000".parse()?)));
/// # Ok::<(), drillcore_hierarchies::Error>(())
/// ```
///
/// # Errors
///
/// If the text is not JSON, with the byte; if fields are missing or wrong, with the places of all; if an update is for the
/// root, or a `level` is not that of its member, with all faults. Whether the edits make a valid tree is for `apply` to
/// say.
pub fn import_updates(text: &str, elements: &[Element]) -> Result<Vec<Edit>> {
    let given = read(text)?;
    let tree = Changed::new(elements, &given)?;
    let faults = tree.check()?;
    if !faults.is_empty() {
        return Err(faults.into());
    }
    Ok(tree.upserts.into_iter().map(Edit::Upsert).collect())
}

fn read(text: &str) -> Result<Vec<Given>> {
    let document: Map<String, Value> = match serde_json::from_str(text) {
        Ok(Value::Object(document)) => document,
        Ok(_) => return Err(Error::expected("`{`", text.len() - text.trim_start().len())),
        Err(error) => return Err(Error::expected("JSON", byte(text, &error))),
    };
    let Some((_, Value::Array(updates))) = document.into_iter().find(|(name, _)| name == "updates") else {
        return Err(Error::definition("/updates", "expected an array of updates"));
    };
    let mut problems = Problems::default();
    let mut given = Vec::with_capacity(updates.len());
    for (index, update) in updates.into_iter().enumerate() {
        match update {
            Value::Object(fields) => given.extend(Given::read(fields, || pointer(index), &mut problems)),
            _ => problems.add(|| pointer(index), "expected an object"),
        }
    }
    // From here on there is an id for every update.
    problems.finish()?;
    Ok(given)
}

/// The byte at which an error of JSON is, which only says its line and column.
fn byte(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column().saturating_sub(1)).min(text.len())
}

fn pointer(index: usize) -> String {
    format!("/updates/{index}")
}

/// What a text changes.
#[derive(Debug)]
struct Changed<'g> {
    given: &'g [Given],
    /// For every update the whole member as it is after it.
    upserts: Vec<Element>,
    /// The parents of all members after all updates.
    parents: HashMap<String, Option<String>>,
    /// The last update of each member.
    last: HashMap<&'g str, usize>,
}

impl<'g> Changed<'g> {
    /// # Errors
    ///
    /// If new members have no trace.
    fn new(elements: &[Element], given: &'g [Given]) -> Result<Self> {
        let known: HashMap<&str, &Element> = elements.iter().map(|element| (element.id.as_str(), element)).collect();
        let mut problems = Problems::default();
        let mut last: HashMap<&'g str, usize> = HashMap::new();
        let mut upserts: Vec<Element> = Vec::with_capacity(given.len());
        for (index, update) in given.iter().enumerate() {
            let id = update.id.as_str();
            let changed = last.insert(id, index).and_then(|before| upserts.get(before));
            let before = changed.or_else(|| known.get(id).copied());
            if before.is_none() && update.way.is_none() && !is_root(id) {
                problems.add(|| format!("{}/trace", pointer(index)), "expected a trace, since the member is new");
            }
            let after = after(before, update);
            upserts.push(after);
        }
        problems.finish()?;
        let members = elements.iter().chain(&upserts);
        let parents = members.map(|element| (element.id.clone(), element.parent.clone())).collect();
        Ok(Self { given, upserts, parents, last })
    }

    /// Checks traces and levels, and gives the faults of levels.
    ///
    /// # Errors
    ///
    /// If a trace is not the way to its member.
    fn check(&self) -> Result<Vec<Fault>> {
        let mut problems = Problems::default();
        let mut faults = Vec::new();
        for (index, update) in self.given.iter().enumerate() {
            if is_root(&update.id) {
                faults.push(if update.id.is_empty() {
                    Fault::EmptyId
                } else {
                    Fault::Reserved { id: update.id.clone() }
                });
                continue;
            }
            let is_last = self.last.get(update.id.as_str()) == Some(&index);
            // Nothing for what does not lead to the root: the edits will be refused for that.
            let way = if is_last { self.way_up(&update.id) } else { None };
            if let (Some(given), Some(way)) = (&update.way, &way)
                && !given.iter().rev().map(String::as_str).eq(way.iter().copied())
            {
                problems.add(|| format!("{}/trace", pointer(index)), "expected the way from the root to the member");
            }
            let depth = update.way.as_ref().map(Vec::len).or_else(|| way.as_ref().map(Vec::len));
            if let (Some(level), Some(expected)) = (update.level, depth)
                && level != expected
            {
                faults.push(Fault::LevelGap { id: update.id.clone(), level, expected });
            }
        }
        problems.finish()?;
        Ok(faults)
    }

    /// The ids from a member up to the child of the root; `None` where parents are missing or go in a circle, and where
    /// the tree is too deep.
    fn way_up<'a>(&'a self, id: &'a str) -> Option<Vec<&'a str>> {
        let mut way = vec![id];
        let mut parent = self.parents.get(id)?;
        while let Some(above) = parent {
            if way.len() >= MOST_DEPTH {
                return None;
            }
            way.push(above);
            parent = self.parents.get(above)?;
        }
        Some(way)
    }
}

/// A member after an update.
fn after(before: Option<&Element>, update: &Given) -> Element {
    Element {
        id: update.id.clone(),
        parent: match &update.way {
            Some(way) => way.iter().nth_back(1).cloned(),
            None => before.and_then(|element| element.parent.clone()),
        },
        name: match &update.name {
            Some(name) => name.clone(),
            None => before.map_or_else(Localized::default, |element| element.name.clone()),
        },
        color: update.color.unwrap_or_else(|| before.and_then(|element| element.color)),
        order: update.order.unwrap_or_else(|| before.and_then(|element| element.order)),
        is_virtual: update.is_virtual.unwrap_or_else(|| before.is_some_and(|element| element.is_virtual)),
    }
}
