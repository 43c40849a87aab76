//! What the engine reports of its work: pushes and descriptions. Syncs have a file of their own.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::catalog::{Acceleration, DatasetFilter, DerivedColumn, Formula};
use crate::model::{Column, ColumnType, Link};

/// What a push did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PushReport {
    /// The dataset.
    pub dataset: String,
    /// Rows pushed.
    pub rows: u64,
    /// The version that holds them.
    pub version: u64,
    /// NaN and infinite values that became NULL.
    pub non_finite: u64,
}

fn instant<S: serde::Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// A number with separators between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text without line breaks and the like.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, " ")
}

/// What is known of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Description {
    /// The name.
    pub name: String,
    /// Where the rows come from; `pushed` if they live in the store.
    pub source: String,
    /// The columns, in the order of the source.
    pub columns: Vec<Column>,
    /// The columns that it derives from them.
    pub derived: Vec<DerivedDescription>,
    /// The stored formulas over its rows.
    pub formulas: Vec<Formula>,
    /// The links that start from it.
    pub links: Vec<Link>,
    /// The filters that apply to every query over it.
    pub filters: Vec<DatasetFilter>,
    /// How it is accelerated, if it is.
    pub acceleration: Option<Acceleration>,
    /// The newest snapshot, if there is one.
    pub snapshot: Option<SnapshotDescription>,
}

/// What is known of a derived column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DerivedDescription {
    /// How it is defined.
    #[serde(flatten)]
    pub definition: DerivedColumn,
    /// What it holds; none if its formula has no meaning.
    pub column_type: Option<ColumnType>,
    /// Why its formula has no meaning. That may be so after a dataset has gone that lived only as long as its process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Whether the newest snapshot holds it as it is defined now.
    pub stored: bool,
}

/// What is known of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SnapshotDescription {
    /// The version.
    pub version: u64,
    /// Rows.
    pub rows: u64,
    /// Data files.
    pub files: usize,
    /// Bytes of the data files.
    pub bytes: u64,
    /// When it was committed.
    #[serde(serialize_with = "instant")]
    pub committed_at: DateTime<Utc>,
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({})", self.name, self.source)?;
        let names = self.columns.iter().map(|column| column.id.as_str());
        let names = names.chain(self.derived.iter().map(|derived| derived.definition.name.as_str()));
        let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
        for column in &self.columns {
            let kind = column.kind().as_str();
            let (held, aggregation) = (column.column_type.name(), column.default_aggregation.as_str());
            writeln!(f, "  {:width$}  {kind:9}  {held:14}  {aggregation}", column.id)?;
        }
        for DerivedDescription { definition, column_type, problem, stored } in &self.derived {
            let kind = column_type.map_or("?", |held| held.kind().as_str());
            let held = column_type.map_or_else(|| "?".to_owned(), ColumnType::name);
            let text = one_line(&definition.expression);
            write!(f, "  {:width$}  {kind:9}  {held:14}  = {text}", definition.name)?;
            match (problem, definition.materialize, stored) {
                (Some(problem), ..) => writeln!(f, " (broken: {problem})")?,
                (None, true, true) => writeln!(f, " (stored)")?,
                (None, true, false) => writeln!(f, " (stored from the next sync on)")?,
                (None, false, _) => writeln!(f)?,
            }
        }
        for formula in &self.formulas {
            writeln!(f, "  formula {} = {}", formula.name, one_line(&formula.expression))?;
        }
        for link in &self.links {
            let pairs: Vec<String> = link.on.iter().map(|(from, to)| format!("{from} = {}.{to}", link.to)).collect();
            writeln!(f, "  link {}: {}", link.name, pairs.join(" and "))?;
        }
        if !self.filters.is_empty() {
            writeln!(f, "  {} filters apply to every query", self.filters.len())?;
        }
        match (&self.acceleration, &self.snapshot) {
            (_, Some(snapshot)) => write!(
                f,
                "  snapshot: version {}, {} rows, {} files, {} bytes, {}",
                snapshot.version,
                grouped(snapshot.rows),
                snapshot.files,
                grouped(snapshot.bytes),
                snapshot.committed_at.format("%Y-%m-%d %H:%M:%S UTC")
            ),
            (Some(_), None) => write!(f, "  accelerated, not synced yet"),
            (None, None) => write!(f, "  not accelerated"),
        }
    }
}
