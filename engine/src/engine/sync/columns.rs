//! Columns of the source that are not what they were.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use uuid::Uuid;

use super::super::Inner;
use super::super::formulas::check_definitions;
use super::overtaken;
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
    /// The dataset is to have those of the source. Those of them that only became wider it has already.
    TakenOver(TakenOver),
}

/// Columns that a dataset is to have in place of others.
#[derive(Debug)]
pub(super) struct TakenOver {
    dataset: Uuid,
    name: String,
    /// What it must have until then.
    before: Shaped,
    after: Shaped,
}

/// The columns of a dataset, and those that its source had then.
#[derive(Debug, Clone, PartialEq)]
struct Shaped {
    columns: Vec<Column>,
    shape: SourceShape,
}

/// Compares the columns of the source with what they were. Columns are added to the dataset if that is wanted. Where
/// everything is to be read anew, columns become wider as far as the rows can be read that are there: in whatever order
/// the rest is committed, queries find rows that fit. Blocking.
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
    let reload_due = entry.shape.reload_due;
    if diff.is_empty() && !reload_due {
        return Ok(ColumnChange::None);
    }
    let shape = SourceShape::new(&now, &entry.shape.left_out);
    match policy {
        SchemaChange::Fail if !diff.is_empty() => Err(refused(&entry.name, &diff)),
        SchemaChange::AddColumns if !diff.is_empty() => {
            let columns = diff.added_to(&entry.name, &entry.columns)?;
            let shape = SourceShape { reload_due, ..shape };
            TakenOver::new(entry, Shaped { columns, shape }).commit(inner)?;
            Ok(ColumnChange::Added { has_new: !diff.new.is_empty() })
        }
        _ => {
            let mut taken_over = TakenOver::new(entry, Shaped { columns: diff.taken_over(&entry.columns), shape });
            // Refused before anything is read.
            check_definitions(catalog, &*taken_over.catalog(catalog)?)?;
            if let Some(widened) = widened(catalog, entry, &diff) {
                widened.commit(inner)?;
                taken_over.before = widened.after;
            }
            Ok(ColumnChange::TakenOver(taken_over))
        }
    }
}

/// What of the change can be done before the rows come; none if that is nothing, or if something that is defined needs
/// the other changes too.
fn widened(catalog: &Catalog, entry: &DatasetEntry, diff: &SchemaDiff) -> Option<TakenOver> {
    let columns = diff.widened(&entry.columns)?;
    // The source is no longer told from the dataset by these columns, but everything must be read all the same.
    let shape = SourceShape { reload_due: true, ..entry.shape.clone() };
    let widened = TakenOver::new(entry, Shaped { columns, shape });
    let next = widened.catalog(catalog).ok()?;
    check_definitions(catalog, &next).is_ok().then_some(widened)
}

fn refused(dataset: &str, diff: &SchemaDiff) -> Error {
    let reason = diff.describe();
    Error::input(format!(
        "the source of dataset `{dataset}` has other columns: {reason}; say with `on_schema_change` what to do about it"
    ))
}

impl Shaped {
    fn of(entry: &DatasetEntry) -> Self {
        Self { columns: entry.columns.clone(), shape: entry.shape.clone() }
    }
}

impl TakenOver {
    fn new(entry: &DatasetEntry, after: Shaped) -> Self {
        Self { dataset: entry.id, name: entry.name.clone(), before: Shaped::of(entry), after }
    }

    /// The catalog in which the dataset has these columns. What is defined over it must still fit.
    ///
    /// # Errors
    ///
    /// `Conflict` if there is another dataset of that name by now; `InvalidInput` if something does not fit.
    pub(super) fn catalog(&self, catalog: &Catalog) -> Result<Arc<Catalog>> {
        let Shaped { columns, shape } = self.after.clone();
        for (index, column) in columns.iter().enumerate() {
            if columns.iter().take(index).any(|earlier| earlier.id == column.id) {
                let message = format!("dataset `{}` would have two columns `{}`", self.name, column.id);
                return Err(Error::input(message));
            }
        }
        let old = self.meant(catalog)?;
        let entry = DatasetEntry { columns, shape, ..DatasetEntry::clone(old) };
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

    /// The dataset, which may have been dropped or replaced by one of the same name.
    fn meant<'c>(&self, catalog: &'c Catalog) -> Result<&'c DatasetEntry> {
        let known = catalog.datasets.get(&self.name).filter(|entry| entry.id == self.dataset);
        known.map(AsRef::as_ref).ok_or_else(|| overtaken(&self.name))
    }

    /// Gives the dataset these columns.
    ///
    /// # Errors
    ///
    /// `Conflict` if it is not the one any more that was compared with its source, or has other columns than then.
    pub(super) fn commit(&self, inner: &Inner) -> Result<()> {
        inner.change(|catalog| {
            if Shaped::of(self.meant(catalog)?) != self.before {
                return Err(overtaken(&self.name));
            }
            Ok((Catalog::clone(&*self.catalog(catalog)?), ()))
        })
    }
}
