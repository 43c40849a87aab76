//! One dataset as the catalog keeps it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Acceleration, DatasetFilter, DerivedColumn};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Column, ColumnType};
use crate::source::{Source, SourceSpec};
use crate::suggest;

/// A dataset: its columns, where its rows come from, and what always applies to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DatasetEntry {
    /// The folder in the store. A dataset that is dropped and made again gets another.
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// What the source looked like when the columns were taken from it.
    #[serde(default, skip_serializing_if = "SourceShape::is_unknown")]
    pub(crate) shape: SourceShape,
    /// Where the rows come from; none for pushed datasets, which live in the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<SourceSpec>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) filters: Vec<DatasetFilter>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acceleration: Option<Acceleration>,
    /// Columns that are computed from the others, or from rows behind links.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) derived: Vec<DerivedColumn>,
    /// A source that ends with the process: Arrow batches, or a source of the embedding service.
    #[serde(skip)]
    pub(crate) transient: Option<Arc<dyn Source>>,
}

/// The columns of a source, by which a change of them is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceShape {
    /// The columns that were found, less those left out, with the types that the source gave them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) found: Vec<FoundColumn>,
    /// Columns that are not looked at, by their names in the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) left_out: Vec<String>,
    /// Whether columns were widened for a load of everything that is still to come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) reload_due: bool,
}

/// A column as the source has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FoundColumn {
    pub(crate) name: String,
    pub(crate) column_type: ColumnType,
}

impl SourceShape {
    pub(crate) fn new(found: &[Column], left_out: &[String]) -> Self {
        let looked_at = found.iter().filter(|column| !left_out.contains(&column.source_name));
        let one = |column: &Column| FoundColumn { name: column.source_name.clone(), column_type: column.column_type };
        Self { found: looked_at.map(one).collect(), left_out: left_out.to_vec(), reload_due: false }
    }

    fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

impl DatasetEntry {
    /// The source to read, if rows come from one.
    pub(crate) fn source(&self) -> Option<Arc<dyn Source>> {
        self.transient.clone().or_else(|| self.source.as_ref().map(SourceSpec::as_source))
    }

    /// The column of that id, which is not a derived one.
    pub(crate) fn column(&self, id: &str) -> Result<&Column> {
        self.columns.iter().find(|column| column.id == id).ok_or_else(|| {
            if self.derived_column(id).is_some() {
                let message = format!("column `{id}` of dataset `{}` is derived and cannot stand here", self.name);
                return Error::input(message);
            }
            let hint = suggest::hint(id, self.columns.iter().map(|column| column.id.as_str()));
            Error::new(ErrorKind::NotFound, format!("dataset `{}` has no column `{id}`{hint}", self.name))
        })
    }
}

impl DatasetEntry {
    /// The dataset with this acceleration, once it is known to fit.
    pub(crate) fn with_acceleration(mut self, acceleration: Acceleration) -> Result<Self> {
        if self.source().is_none() {
            let message =
                format!("dataset `{}` was pushed and lives in the store, so it needs no acceleration", self.name);
            return Err(Error::input(message));
        }
        acceleration.check(&self)?;
        self.acceleration = Some(acceleration);
        Ok(self)
    }
}
