//! Hierarchies over the columns of datasets, by id.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use drillcore_hierarchies::{Edit, Error as HierarchyError, Hierarchy, Kind, apply};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Catalog, DatasetEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Column, ColumnType, Level};
use crate::suggest;

/// A hierarchy as the catalog keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct HierarchyEntry {
    pub(crate) definition: Arc<Hierarchy>,
    /// Another one after every change, so that what was made of the definition before is told apart.
    pub(crate) revision: Uuid,
}

impl HierarchyEntry {
    fn new(definition: Hierarchy) -> Self {
        Self { definition: Arc::new(definition), revision: Uuid::new_v4() }
    }
}

impl Catalog {
    /// The hierarchy of that id.
    pub(crate) fn hierarchy(&self, id: &str) -> Result<&HierarchyEntry> {
        self.hierarchies.get(id).ok_or_else(|| {
            let hint = suggest::hint(id, self.hierarchies.keys().map(String::as_str));
            Error::new(ErrorKind::NotFound, format!("there is no hierarchy `{id}`{hint}"))
        })
    }

    /// The hierarchies over a dataset.
    pub(crate) fn hierarchies_of<'a>(&'a self, dataset: &'a str) -> impl Iterator<Item = &'a HierarchyEntry> {
        self.hierarchies.values().filter(move |held| held.definition.dataset == dataset)
    }

    /// A catalog with a hierarchy, which takes the place of that with its id.
    ///
    /// # Errors
    ///
    /// `NotFound` and `InvalidInput` name the hierarchy, and stand at the place of its JSON that is wrong.
    pub(crate) fn with_hierarchy(&self, definition: Hierarchy) -> Result<Self> {
        let id = &definition.id;
        // Whatever has no place of its own is a fault of the elements.
        definition.validate().map_err(|error| refused(id, error).at("/elements"))?;
        self.check_columns(&definition).map_err(|error| of_hierarchy(id, &error))?;
        let mut next = self.clone();
        if next.hierarchies.get(id).is_none_or(|held| *held.definition != definition) {
            next.hierarchies.insert(id.clone(), HierarchyEntry::new(definition));
        }
        Ok(next)
    }

    /// A catalog in which the tree of that id has been edited.
    pub(crate) fn with_edited_hierarchy(&self, id: &str, edits: &[Edit]) -> Result<Self> {
        let mut definition = Hierarchy::clone(&self.hierarchy(id)?.definition);
        let Kind::Tree { elements, .. } = &mut definition.kind else {
            let message = format!("hierarchy `{id}` is no tree, so it has no elements to edit");
            return Err(Error::input(message).at("/kind"));
        };
        *elements = apply(elements, edits).map_err(|error| refused(id, error))?;
        self.with_hierarchy(definition)
    }

    /// A catalog without a hierarchy.
    pub(crate) fn without_hierarchy(&self, id: &str) -> Result<Self> {
        self.hierarchy(id)?;
        let mut next = self.clone();
        next.hierarchies.remove(id);
        Ok(next)
    }

    /// A catalog in which the hierarchies over a dataset know a column of it by another id.
    pub(crate) fn with_column_of_hierarchies(&self, dataset: &str, old: &str, new: &str) -> Self {
        let mut next = self.clone();
        for held in next.hierarchies.values_mut() {
            if held.definition.dataset == dataset && held.definition.columns().contains(&old) {
                let mut definition = Hierarchy::clone(&held.definition);
                definition.rename_column(old, new);
                *held = HierarchyEntry::new(definition);
            }
        }
        next
    }

    /// The hierarchies that do not fit their datasets: what, and why.
    pub(crate) fn broken_hierarchies(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for (id, held) in &self.hierarchies {
            if let Err(error) = self.check_columns(&held.definition) {
                found.insert(format!("hierarchy `{id}`"), error.message().to_owned());
            }
        }
        found
    }

    /// Refuses a definition whose columns its dataset does not have, or has with types that they cannot have.
    fn check_columns(&self, definition: &Hierarchy) -> Result<()> {
        let entry = self.dataset(&definition.dataset).map_err(|error| error.at("/dataset_id"))?;
        match &definition.kind {
            Kind::Levels { levels, .. } => levels.iter().enumerate().try_for_each(|(index, level)| {
                fitting(entry, &level.column, &LEVEL, &format!("/levels/{index}/column_id")).map(drop)
            }),
            Kind::Tree { column, .. } => fitting(entry, column, &TREE, "/column_id").map(drop),
            Kind::ParentChild { key, parent, name, .. } => {
                let key = fitting(entry, key, &KEY, "/key")?;
                let parent = fitting(entry, parent, &PARENT, "/parent")?;
                if key.column_type != parent.column_type {
                    return Err(of_other_type(entry, key, parent));
                }
                name.as_ref().map_or(Ok(()), |name| fitting(entry, name, &NAME, "/name_column").map(drop))
            }
            Kind::Datetime { column, levels } => {
                let column = fitting(entry, column, &TIME, "/column_id")?;
                check_levels(column, levels)
            }
        }
    }
}

/// What a column is used for.
#[derive(Debug)]
struct Role {
    what: &'static str,
    types: &'static [ColumnType],
}

const LEVEL: Role =
    Role { what: "be a level", types: &[ColumnType::Text, ColumnType::Boolean, ColumnType::Integer, ColumnType::Date] };
const TREE: Role = Role { what: "have a tree over its values", types: &[ColumnType::Text] };
const KEY: Role = Role { what: "be the key of members", types: &[ColumnType::Text, ColumnType::Integer] };
const PARENT: Role = Role { what: "be the key of parents", types: &[ColumnType::Text, ColumnType::Integer] };
const NAME: Role = Role { what: "be the name of members", types: &[ColumnType::Text] };
const TIME: Role =
    Role { what: "have levels of time", types: &[ColumnType::Date, ColumnType::Datetime, ColumnType::LocalDatetime] };

/// The column of a dataset that a definition names at a place, if it can be used so.
fn fitting<'e>(entry: &'e DatasetEntry, id: &str, role: &Role, at: &str) -> Result<&'e Column> {
    let column = entry.column(id).map_err(|error| error.at(at))?;
    if role.types.contains(&column.column_type) {
        return Ok(column);
    }
    let types: Vec<String> = role.types.iter().map(|fit| fit.name()).collect();
    let message = format!(
        "column `{id}` of dataset `{}` is {} and cannot {}; that takes {}",
        entry.name,
        column.column_type.name(),
        role.what,
        types.join(", ")
    );
    Err(Error::input(message).at(at))
}

fn of_other_type(entry: &DatasetEntry, key: &Column, parent: &Column) -> Error {
    let message = format!(
        "column `{}` of dataset `{}` is {} and cannot be the key of parents: the key `{}` is {}",
        parent.id,
        entry.name,
        parent.column_type.name(),
        key.id,
        key.column_type.name()
    );
    Error::input(message).at("/parent")
}

/// Refuses levels of time that a date does not have.
fn check_levels(column: &Column, levels: &[String]) -> Result<()> {
    let below_day = |name: &String| Level::from_name(name).is_some_and(|level| !level.is_calendar());
    match levels.iter().enumerate().find(|(_, name)| column.column_type == ColumnType::Date && below_day(name)) {
        Some((index, name)) => {
            let message = format!("column `{}` is a date and has no level `{name}`", column.id);
            Err(Error::input(message).at(format!("/levels/{index}")))
        }
        None => Ok(()),
    }
}

/// What is wrong with a definition or with edits of it. What caused it knows all faults.
fn refused(id: &str, error: HierarchyError) -> Error {
    let shown = error.to_string();
    let place = error.at().map(str::to_owned);
    let message: &str = match &place {
        Some(place) => shown.strip_prefix(&format!("at {place}: ")).unwrap_or(&shown),
        None => &shown,
    };
    let refused = match place.as_deref() {
        // An id that is none can be anything, also very long.
        Some("/id") => Error::input(format!("the id of a hierarchy: {message}")),
        _ => of_hierarchy(id, &Error::input(message)),
    };
    let refused = refused.with_source(error);
    match place {
        Some(place) => refused.at(place),
        None => refused,
    }
}

/// The same error with the hierarchy that it is about.
fn of_hierarchy(id: &str, error: &Error) -> Error {
    let named = Error::new(error.kind(), format!("hierarchy `{id}`: {}", error.message()));
    match error.path() {
        Some(path) => named.at(path),
        None => named,
    }
}
