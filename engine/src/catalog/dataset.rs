//! How a service describes a dataset that the engine shall know.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use uuid::Uuid;

use super::{DatasetEntry, DatasetFilter, SourceShape};
use crate::error::{Error, Result};
use crate::model::{Aggregation, Column, ColumnType, Localized, Subtype};
use crate::source::{ArrowIpcSource, CsvSource, JsonLinesSource, MemorySource, ParquetSource, Source, SourceSpec};
use crate::suggest;

/// The description of a dataset: where its rows come from, and what to change of what is found there.
///
/// ```
/// use drillcore::{ColumnType, Dataset};
///
/// let planes = Dataset::csv("planes", "data/nycflights13/planes.csv")
///     .null_text("NA")
///     .column_type("year", ColumnType::Integer);
/// ```
#[derive(Debug, Clone)]
pub struct Dataset {
    name: String,
    origin: Origin,
    specs: Vec<ColumnSpec>,
    without: Vec<String>,
    filters: Vec<DatasetFilter>,
    /// A setter that does not fit the source; reported when the dataset is created.
    misuse: Option<String>,
}

#[derive(Debug, Clone)]
enum Origin {
    Spec(SourceSpec),
    Transient(Arc<dyn Source>),
}

impl Dataset {
    fn new(name: impl Into<String>, origin: Origin) -> Self {
        let (specs, without, filters) = (Vec::new(), Vec::new(), Vec::new());
        Self { name: name.into(), origin, specs, without, filters, misuse: None }
    }

    /// A dataset from a CSV file: comma, a header line, RFC 4180 quoting, types found by reading the whole file.
    #[must_use]
    pub fn csv(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self::new(name, Origin::Spec(SourceSpec::Csv(CsvSource::new(path))))
    }

    /// A dataset from a Parquet file.
    #[must_use]
    pub fn parquet(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self::new(name, Origin::Spec(SourceSpec::Parquet(ParquetSource::new(path))))
    }

    /// A dataset from a file of JSON objects, one per line.
    #[must_use]
    pub fn json_lines(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self::new(name, Origin::Spec(SourceSpec::JsonLines(JsonLinesSource::new(path))))
    }

    /// A dataset from an Arrow IPC file (file or stream format).
    #[must_use]
    pub fn arrow_ipc(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self::new(name, Origin::Spec(SourceSpec::ArrowIpc(ArrowIpcSource::new(path))))
    }

    /// A dataset from Arrow batches of one schema. It lives as long as the engine that is given it; to keep rows in a
    /// store, [push](crate::Engine::push) them.
    #[must_use]
    pub fn batches(name: impl Into<String>, batches: Vec<RecordBatch>) -> Self {
        Self::new(name, Origin::Transient(Arc::new(MemorySource::new(batches))))
    }

    /// A dataset from a source of the embedding service. It lives as long as the engine that is given it.
    #[must_use]
    pub fn from_source(name: impl Into<String>, source: Arc<dyn Source>) -> Self {
        Self::new(name, Origin::Transient(source))
    }

    fn csv_option(mut self, option: &str, set: impl FnOnce(CsvSource) -> CsvSource) -> Self {
        match self.origin {
            Origin::Spec(SourceSpec::Csv(csv)) => self.origin = Origin::Spec(SourceSpec::Csv(set(csv))),
            _ => self.misuse = Some(format!("dataset `{}` is not a CSV file and takes no {option}", self.name)),
        }
        self
    }

    /// The byte between the fields of a CSV file; a comma by default.
    #[must_use]
    pub fn delimiter(self, delimiter: u8) -> Self {
        self.csv_option("delimiter", |csv| csv.delimiter(delimiter))
    }

    /// A text that stands for NULL in a CSV file, besides the empty field. May be given several times.
    #[must_use]
    pub fn null_text(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.csv_option("null text", |csv| csv.null_text(text))
    }

    /// Whether the first line of a CSV file holds the names; if not, columns are called `column_1` and so on.
    #[must_use]
    pub fn header(self, header: bool) -> Self {
        self.csv_option("header", |csv| csv.header(header))
    }

    /// Reads a column as another type than the one found.
    #[must_use]
    pub fn column_type(self, column: impl Into<String>, column_type: ColumnType) -> Self {
        self.column(ColumnSpec::new(column).column_type(column_type))
    }

    /// Changes what is known of a column.
    #[must_use]
    pub fn column(mut self, spec: ColumnSpec) -> Self {
        self.specs.push(spec);
        self
    }

    /// Leaves a column of the source out.
    #[must_use]
    pub fn without(mut self, column: impl Into<String>) -> Self {
        self.without.push(column.into());
        self
    }

    /// Adds a filter that applies to every query over the dataset.
    #[must_use]
    pub fn filter(mut self, filter: DatasetFilter) -> Self {
        self.filters.push(filter);
        self
    }

    /// The name of the dataset.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads the schema of the source and applies the changes asked for. Blocking.
    pub(crate) fn into_entry(self) -> Result<DatasetEntry> {
        check_dataset_name(&self.name)?;
        if let Some(misuse) = self.misuse {
            return Err(Error::input(misuse));
        }
        let source = match &self.origin {
            Origin::Spec(spec) => spec.as_source(),
            Origin::Transient(source) => Arc::clone(source),
        };
        let found = source.discover_without(&self.without)?;
        let shape = SourceShape::new(&found, &self.without);
        let columns = apply(&self.name, found, &self.specs, &self.without)?;
        let (source, transient) = match self.origin {
            Origin::Spec(spec) => (Some(spec), None),
            Origin::Transient(source) => (None, Some(source)),
        };
        let entry = DatasetEntry {
            id: Uuid::new_v4(),
            name: self.name,
            columns,
            shape,
            source,
            filters: Vec::new(),
            acceleration: None,
            derived: Vec::new(),
            transient,
        };
        entry.with_filters(self.filters)
    }
}

/// Names may be any text that a person can type and see.
pub(crate) fn check_dataset_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(Error::input("a dataset name must hold a visible character and no control character"));
    }
    Ok(())
}

fn apply(dataset: &str, found: Vec<Column>, specs: &[ColumnSpec], without: &[String]) -> Result<Vec<Column>> {
    let known: Vec<String> = found.iter().map(|column| column.source_name.clone()).collect();
    let mut columns: Vec<Column> = found.into_iter().filter(|column| !without.contains(&column.source_name)).collect();
    for spec in specs {
        let column = columns.iter_mut().find(|column| column.source_name == spec.source_name).ok_or_else(|| {
            let hint = suggest::hint(&spec.source_name, known.iter().map(String::as_str));
            Error::input(format!("the source of dataset `{dataset}` has no column `{}`{hint}", spec.source_name))
        })?;
        spec.apply(column)?;
    }
    if columns.is_empty() {
        return Err(Error::input(format!("dataset `{dataset}` has no columns")));
    }
    for (index, column) in columns.iter().enumerate() {
        if column.id.is_empty() || column.id == "*" {
            return Err(Error::input(format!("dataset `{dataset}` must not call a column `{}`", column.id)));
        }
        if columns.iter().take(index).any(|earlier| earlier.id == column.id) {
            return Err(Error::input(format!("dataset `{dataset}` has two columns `{}`", column.id)));
        }
    }
    Ok(columns)
}

/// Changes to what is known of one column of a source.
///
/// ```
/// use drillcore::{Aggregation, ColumnSpec, Localized};
///
/// let delay = ColumnSpec::new("arr_delay")
///     .name(Localized::new("Arrival delay").with("nl", "Vertraging"))
///     .default_aggregation(Aggregation::Average);
/// ```
#[derive(Debug, Clone)]
pub struct ColumnSpec {
    source_name: String,
    id: Option<String>,
    column_type: Option<ColumnType>,
    name: Option<Localized>,
    description: Option<Localized>,
    subtype: Option<Subtype>,
    format: Option<String>,
    default_aggregation: Option<Aggregation>,
    source_timezone: Option<String>,
}

impl ColumnSpec {
    /// Changes to the column that the source calls so.
    #[must_use]
    pub fn new(source_name: impl Into<String>) -> Self {
        Self {
            source_name: source_name.into(),
            id: None,
            column_type: None,
            name: None,
            description: None,
            subtype: None,
            format: None,
            default_aggregation: None,
            source_timezone: None,
        }
    }

    /// The id by which queries name the column; the source's name by default.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The type as which the column is read.
    #[must_use]
    pub fn column_type(mut self, column_type: ColumnType) -> Self {
        self.column_type = Some(column_type);
        self
    }

    /// The shown name.
    #[must_use]
    pub fn name(mut self, name: impl Into<Localized>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The shown description.
    #[must_use]
    pub fn description(mut self, description: impl Into<Localized>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// A finer meaning for display.
    #[must_use]
    pub fn subtype(mut self, subtype: Subtype) -> Self {
        self.subtype = Some(subtype);
        self
    }

    /// The display format handed to clients.
    #[must_use]
    pub fn format(mut self, format: impl Into<String>) -> Self {
        self.format = Some(format.into());
        self
    }

    /// What a measure without an aggregation uses.
    #[must_use]
    pub fn default_aggregation(mut self, aggregation: Aggregation) -> Self {
        self.default_aggregation = Some(aggregation);
        self
    }

    /// The IANA zone in which source values without a zone are read; UTC by default.
    #[must_use]
    pub fn source_timezone(mut self, zone: impl Into<String>) -> Self {
        self.source_timezone = Some(zone.into());
        self
    }

    fn apply(&self, column: &mut Column) -> Result<()> {
        if let Some(column_type) = self.column_type {
            let fresh = Column::new("", column_type);
            if column.kind() != column_type.kind() {
                column.default_aggregation = fresh.default_aggregation;
                column.subtype = None;
            }
            column.column_type = column_type;
        }
        if let Some(id) = &self.id {
            column.id.clone_from(id);
        }
        if let Some(name) = &self.name {
            column.name = name.clone();
        }
        if let Some(description) = &self.description {
            column.description = description.clone();
        }
        column.subtype = self.subtype.or(column.subtype);
        column.format = self.format.clone().or_else(|| column.format.take());
        if let Some(zone) = &self.source_timezone {
            crate::time::Zone::named(zone)?;
            column.source_timezone = Some(zone.clone());
        }
        if let Some(aggregation) = self.default_aggregation {
            if !aggregation.applies_to(column.kind()) {
                return Err(Error::input(format!(
                    "column `{}` is {} and cannot have the default aggregation `{}`",
                    column.id,
                    column.kind().as_str(),
                    aggregation.as_str()
                )));
            }
            column.default_aggregation = aggregation;
        }
        Ok(())
    }
}
