//! Columns that datasets derive: defining, removing and renaming them, and storing them with a sync.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use drillcore_store::Snapshot;
use serde::{Deserialize, Serialize};

use super::formulas::check_unused;
use super::tables::{Route, Routes};
use super::{Engine, Inner};
use crate::catalog::{Catalog, DatasetEntry, Definition, DerivedColumn};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::failed;
use crate::model::{Column, ColumnType};
use crate::plan::RowValues;
use crate::resolve::{column_type_of, rename_column, values_of_rows};
use crate::tables::{OpenFiles, SnapshotTable, table_schema};

impl Engine {
    /// Lets a dataset derive a column from its others, in place of the one of that name that it derives already. A
    /// column that a sync shall store is computed when it is asked for, until the next sync.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown dataset; `InvalidInput` for the name of another column, for a text that is no formula
    /// of row level over the dataset (at `/expression`, with the [span](Error::span) in the text), for columns that are
    /// made of each other, for a column to be stored that depends on more than its row (at `/materialize`), and if what
    /// uses the column could not use it any more.
    pub async fn derive(&self, dataset: &str, column: DerivedColumn) -> Result<()> {
        let dataset = dataset.to_owned();
        self.blocking(move |inner| {
            inner.change(|catalog| {
                let entry = DatasetEntry::clone(catalog.dataset(&dataset)?);
                let (name, mut derived) = (column.name.clone(), entry.derived.clone());
                match derived.iter_mut().find(|known| known.name == name) {
                    Some(known) => *known = column,
                    None => derived.push(column),
                }
                let next = catalog.with_entry(entry.with_derived(derived)?);
                column_type_of(&next, &dataset, &name)?;
                Ok((next, ()))
            })
        })
        .await
    }

    /// Forgets a derived column.
    ///
    /// # Errors
    ///
    /// `NotFound` if the dataset derives no such column; `InvalidInput` if formulas, other derived columns or filters
    /// use it, with their names.
    pub async fn remove_derived(&self, dataset: &str, name: &str) -> Result<()> {
        let (dataset, name) = (dataset.to_owned(), name.to_owned());
        self.blocking(move |inner| {
            inner.change(|catalog| {
                let mut entry = DatasetEntry::clone(catalog.dataset(&dataset)?);
                if entry.derived_column(&name).is_none() {
                    let message = format!("dataset `{dataset}` has no derived column `{name}`");
                    return Err(Error::new(ErrorKind::NotFound, message));
                }
                check_unused(catalog, &Definition::column(&dataset, &name))?;
                entry.derived.retain(|derived| derived.name != name);
                Ok((catalog.with_entry(entry), ()))
            })
        })
        .await
    }

    /// Gives a derived column another name, also in the formulas and filters that use it. Saved queries are documents
    /// and stay as they are.
    ///
    /// # Errors
    ///
    /// `NotFound` if the dataset derives no such column; `InvalidInput` for the name of another column.
    pub async fn rename_derived(&self, dataset: &str, name: &str, new_name: &str) -> Result<()> {
        let (dataset, name, new_name) = (dataset.to_owned(), name.to_owned(), new_name.to_owned());
        self.blocking(move |inner| {
            inner.change(|catalog| Ok((rename_column(catalog, &dataset, &name, &new_name)?, ())))
        })
        .await
    }
}

/// The property of a version that says which derived columns its files hold, as JSON.
const DERIVED: &str = "derived";

/// A derived column that a snapshot holds, with all that its values follow from besides the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct HeldColumn {
    name: String,
    column_type: ColumnType,
    /// The texts that it was computed by.
    texts: BTreeMap<String, String>,
    /// The release that computed it; another one may compute something else.
    release: String,
}

impl HeldColumn {
    fn of(entry: &DatasetEntry, name: &str, column_type: ColumnType) -> Result<Self> {
        let texts = entry.own_texts(name).map_err(Error::internal)?;
        Ok(Self { name: name.to_owned(), column_type, texts, release: env!("CARGO_PKG_VERSION").to_owned() })
    }

    /// Whether it has the values that the dataset derives now.
    fn is_current(&self, entry: &DatasetEntry) -> bool {
        let wanted = entry.derived_column(&self.name).is_some_and(|derived| derived.materialize);
        wanted && Self::of(entry, &self.name, self.column_type).is_ok_and(|current| current == *self)
    }
}

/// A snapshot with the columns of the dataset and those that a sync has added to its files. A column of the dataset that
/// has the name of one of the latter came after it was removed, and has no values there.
pub(super) fn table_of(snapshot: Arc<Snapshot>, files: Arc<OpenFiles>, entry: &DatasetEntry) -> Result<SnapshotTable> {
    let (hidden, held): (Vec<HeldColumn>, Vec<HeldColumn>) = held_columns(&snapshot)?
        .into_iter()
        .partition(|held| entry.columns.iter().any(|column| column.id == held.name));
    let held = held.into_iter().map(|held| Column::new(held.name, held.column_type));
    let columns: Vec<Column> = entry.columns.iter().cloned().chain(held).collect();
    let hidden = hidden.into_iter().map(|held| held.name).collect();
    Ok(SnapshotTable::new(snapshot, files, &columns).hiding(hidden))
}

/// The names of the columns that a sync has added to a snapshot.
pub(super) fn held_names(snapshot: &Snapshot) -> Result<Vec<String>> {
    Ok(held_columns(snapshot)?.into_iter().map(|held| held.name).collect())
}

fn held_columns(snapshot: &Snapshot) -> Result<Vec<HeldColumn>> {
    let Some(text) = snapshot.properties().get(DERIVED) else { return Ok(Vec::new()) };
    serde_json::from_str(text).map_err(|error| {
        Error::new(ErrorKind::Storage, "a version says of its derived columns what cannot be read").with_source(error)
    })
}

impl Inner {
    /// The derived columns that what is read of a dataset holds as they are defined now. Decides where the dataset is
    /// read, if it has columns of which that may be so.
    pub(super) fn held(&self, entry: &DatasetEntry, routes: &mut Routes) -> Result<BTreeMap<String, ColumnType>> {
        if !entry.derived.iter().any(|derived| derived.materialize) {
            return Ok(BTreeMap::new());
        }
        if !routes.contains_key(&entry.name) {
            routes.insert(entry.name.clone(), self.route(entry)?);
        }
        match routes.get(&entry.name) {
            Some(Route::Snapshot { pinned, .. }) => current_columns(pinned, entry),
            _ => Ok(BTreeMap::new()),
        }
    }
}

/// The derived columns of a dataset that a snapshot holds as they are defined now.
pub(super) fn current_columns(snapshot: &Snapshot, entry: &DatasetEntry) -> Result<BTreeMap<String, ColumnType>> {
    let current = held_columns(snapshot)?.into_iter().filter(|held| held.is_current(entry));
    Ok(current.map(|held| (held.name, held.column_type)).collect())
}

/// Adds the columns to the rows of a sync that its snapshot shall hold.
#[derive(Debug)]
pub(super) struct Adder {
    held: Vec<HeldColumn>,
    /// The columns of its files.
    pub(super) columns: Vec<Column>,
    values: RowValues,
}

impl Adder {
    pub(super) fn new(catalog: &Catalog, entry: &Arc<DatasetEntry>) -> Result<Self> {
        let (mut held, mut columns, mut values) = (Vec::new(), entry.columns.clone(), Vec::new());
        for (derived, value) in values_of_rows(catalog, entry)? {
            let column_type = value.output_type().column_type();
            held.push(HeldColumn::of(entry, &derived.name, column_type)?);
            columns.push(Column::new(&derived.name, column_type));
            values.push(value);
        }
        let values = RowValues::new(&table_schema(&entry.columns), &values).map_err(failed)?;
        Ok(Self { held, columns, values })
    }

    /// Whether a snapshot holds these columns and no others, as they are defined now.
    pub(super) fn is_held_by(&self, snapshot: &Snapshot) -> Result<bool> {
        Ok(held_columns(snapshot)? == self.held)
    }

    /// What the new version says of them.
    pub(super) fn property(&self) -> Result<Option<(String, String)>> {
        if self.held.is_empty() {
            return Ok(None);
        }
        let text = serde_json::to_string(&self.held);
        let text = text.map_err(|error| Error::internal("derived columns have no JSON").with_source(error))?;
        Ok(Some((DERIVED.to_owned(), text)))
    }

    /// The rows with the columns before the ordinal, which is the last.
    pub(super) fn add(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        if self.held.is_empty() {
            return Ok(batch.clone());
        }
        let mut arrays: Vec<ArrayRef> = batch.columns().to_vec();
        let ordinal = arrays.pop().ok_or_else(|| Error::internal("rows of a sync have no ordinal"))?;
        arrays.extend(self.values.of(batch).map_err(failed)?);
        arrays.push(ordinal);
        RecordBatch::try_new(table_schema(&self.columns), arrays)
            .map_err(|error| Error::internal("derived columns cannot be put beside their rows").with_source(error))
    }
}
