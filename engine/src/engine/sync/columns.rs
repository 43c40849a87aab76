//! Columns of the source that are not what they were.

use std::sync::Arc;

use super::super::Inner;
use super::super::formulas::check_definitions;
use crate::catalog::{Catalog, DatasetEntry, SchemaChange, SourceShape};
use crate::error::{Error, Result};
use crate::model::Column;
use crate::sync::{SchemaDiff, schema_diff};

/// What has become of the columns.
pub(super) enum ColumnChange {
    /// They are as they were, as far as anybody looks.
    None,
    /// The dataset has more columns now, or wider ones.
    Added { has_new: bool },
    /// The dataset is to have those of the source.
    TakenOver(TakenOver),
}

/// Columns that a dataset is to have.
pub(super) struct TakenOver {
    dataset: String,
    columns: Vec<Column>,
    shape: SourceShape,
}

/// Compares the columns of the source with what they were, and adds them to the dataset if that is wanted. Blocking.
///
/// # Errors
///
/// `InvalidInput` if they have changed in a way that the acceleration does not allow.
pub(super) fn column_change(inner: &Inner, catalog: &Arc<Catalog>, entry: &Arc<DatasetEntry>) -> Result<ColumnChange> {
    let (Some(source), Some(acceleration)) = (entry.source(), &entry.acceleration) else {
        return Ok(ColumnChange::None);
    };
    let policy = acceleration.on_schema_change;
    if !acceleration.has_deltas() && policy == SchemaChange::Fail && !source.is_typed() {
        return Ok(ColumnChange::None);
    }
    let now = source.discover_without(&entry.shape.left_out)?;
    let diff = schema_diff(&entry.shape.found, &now, &entry.columns);
    if diff.is_empty() {
        return Ok(ColumnChange::None);
    }
    let (dataset, shape) = (entry.name.clone(), SourceShape::new(&now, &entry.shape.left_out));
    match policy {
        SchemaChange::Fail => Err(refused(&entry.name, &diff)),
        SchemaChange::AddColumns => {
            let added = TakenOver { columns: diff.added_to(&dataset, &entry.columns)?, dataset, shape };
            added.commit(inner)?;
            Ok(ColumnChange::Added { has_new: !diff.new.is_empty() })
        }
        SchemaChange::FullReload => {
            let taken_over = TakenOver { columns: diff.taken_over(&entry.columns), dataset, shape };
            // Refused before anything is read.
            check_definitions(catalog, &*taken_over.catalog(catalog)?)?;
            Ok(ColumnChange::TakenOver(taken_over))
        }
    }
}

fn refused(dataset: &str, diff: &SchemaDiff) -> Error {
    let reason = diff.describe();
    Error::input(format!(
        "the source of dataset `{dataset}` has other columns: {reason}; say with `on_schema_change` what to do about it"
    ))
}

impl TakenOver {
    /// The catalog in which the dataset has these columns. What is defined over it must still fit.
    pub(super) fn catalog(&self, catalog: &Catalog) -> Result<Arc<Catalog>> {
        let old = catalog.dataset(&self.dataset)?;
        for (index, column) in self.columns.iter().enumerate() {
            if self.columns.iter().take(index).any(|earlier| earlier.id == column.id) {
                let message = format!("dataset `{}` would have two columns `{}`", self.dataset, column.id);
                return Err(Error::input(message));
            }
        }
        let entry = DatasetEntry::clone(old);
        let entry = DatasetEntry { columns: self.columns.clone(), shape: self.shape.clone(), ..entry };
        let mut entry = entry.with_derived(old.derived.clone())?.with_filters(old.filters.clone())?;
        if let Some(acceleration) = &old.acceleration {
            entry = entry.with_acceleration(acceleration.clone())?;
        }
        let mut next = catalog.with_entry(entry);
        for link in std::mem::take(&mut next.links) {
            next = next.with_link(link)?;
        }
        Ok(Arc::new(next))
    }

    /// Gives the dataset these columns.
    pub(super) fn commit(&self, inner: &Inner) -> Result<()> {
        inner.change(|catalog| Ok((Catalog::clone(&*self.catalog(catalog)?), ())))
    }
}
