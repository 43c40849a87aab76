//! What the engine shows of a cache.

use drillcore::{Cell, ColumnType};
use serde_json::{Value, json};

use super::model::{Cache, State};
use super::row::{Columns, Minute, Row, minute};
use crate::engine_side::Db;

/// The name of the dataset.
pub(super) const NAME: &str = "orders";

/// The columns, the newest version, and its rows in the order of their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Observed {
    pub(super) columns: Columns,
    /// None before the first sync.
    pub(super) version: Option<u64>,
    pub(super) rows: Vec<Row>,
}

impl Observed {
    pub(super) fn new(db: &Db) -> Result<Self, String> {
        let description = futures::executor::block_on(db.engine().describe(NAME)).map_err(|error| error.to_string())?;
        let mut columns = Columns::default();
        for column in &description.columns {
            match column.id.as_str() {
                "extra" => columns.extra = true,
                "note" => columns.note = true,
                "number" => columns.wide = column.column_type != ColumnType::Integer,
                _ => {}
            }
        }
        let found: Vec<&str> = description.columns.iter().map(|column| column.id.as_str()).collect();
        let mut expected = columns.ids();
        if found != expected {
            // Columns that come again may stand elsewhere.
            let mut sorted = found.clone();
            sorted.sort_unstable();
            expected.sort_unstable();
            if sorted != expected {
                return Err(format!("the columns are {found:?}"));
            }
        }
        let Some(snapshot) = description.snapshot else { return Ok(Self { columns, version: None, rows: Vec::new() }) };
        let rows = rows(db, columns, None)?;
        if snapshot.rows != rows.len() as u64 {
            return Err(format!("{} rows are shown where {} are said to be held", rows.len(), snapshot.rows));
        }
        Ok(Self { columns, version: Some(snapshot.version), rows })
    }

    /// What differs from a state, if anything does.
    pub(super) fn difference(&self, state: &State) -> Option<String> {
        if self.columns != state.columns {
            return Some(format!("the columns are {:?} instead of {:?}", self.columns, state.columns));
        }
        match (&state.cache, self.version) {
            (None, None) => None,
            (Some(_), None) => Some("there is no snapshot".to_owned()),
            (None, Some(_)) => Some("there is a snapshot before any sync".to_owned()),
            (Some(cache), Some(_)) => difference(cache, self.columns, &self.rows),
        }
    }
}

/// What differs between the rows of a cache and those that are shown of it.
pub(super) fn difference(cache: &Cache, columns: Columns, shown: &[Row]) -> Option<String> {
    let mut missing: Vec<Row> = cache.rows.iter().map(|row| columns.mask(row)).collect();
    let mut beyond = Vec::new();
    for row in shown {
        match missing.iter().position(|other| other == row) {
            Some(place) => drop(missing.swap_remove(place)),
            None => beyond.push(row),
        }
    }
    if missing.is_empty() && beyond.is_empty() {
        return None;
    }
    let missing = missing.iter().map(|row| format!("\n  missing: {row}"));
    let beyond = beyond.iter().map(|row| format!("\n  too much: {row}"));
    Some(format!("the rows differ{}", missing.chain(beyond).collect::<String>()))
}

/// The rows of the newest version, or of an older one.
pub(super) fn rows(db: &Db, columns: Columns, version: Option<u64>) -> Result<Vec<Row>, String> {
    let ids = columns.ids();
    let dimensions: Vec<Value> = ids.iter().map(|id| json!({"column_id": id})).collect();
    let mut query = json!({"dataset_id": NAME, "dimensions": dimensions, "options": {"rollup_data": false}});
    if let Some(version) = version {
        query["at"] = json!({"version": version});
    }
    let answer = db.ask(&query.to_string()).map_err(|error| format!("a query fails: {error}"))?;
    if answer.provenance().path.as_str() != "snapshot" {
        return Err("the answer does not come from the cache".to_owned());
    }
    let mut rows = Vec::with_capacity(answer.num_rows());
    for cells in answer.rows() {
        rows.push(row(&ids, cells)?);
    }
    rows.sort();
    Ok(rows)
}

fn row(ids: &[&str], cells: Vec<Cell>) -> Result<Row, String> {
    let mut row = Row::default();
    for (id, cell) in ids.iter().zip(cells) {
        match *id {
            "id" => row.id = number(cell)?,
            "code" => row.code = text(cell)?,
            "created_at" => row.created = time(cell)?,
            "updated_at" => row.updated = time(cell)?,
            "deleted_at" => row.deleted = time(cell)?,
            "number" => row.number = number(cell)?,
            "text" => row.text = text(cell)?,
            "extra" => row.extra = number(cell)?,
            _ => row.note = text(cell)?,
        }
    }
    Ok(row)
}

fn number(cell: Cell) -> Result<Option<i64>, String> {
    match cell {
        Cell::Null => Ok(None),
        Cell::Integer(number) => i64::try_from(number).map(Some).map_err(|error| error.to_string()),
        other => Err(format!("{other:?} is no number")),
    }
}

fn text(cell: Cell) -> Result<Option<String>, String> {
    match cell {
        Cell::Null => Ok(None),
        Cell::Text(text) => Ok(Some(text)),
        other => Err(format!("{other:?} is no text")),
    }
}

fn time(cell: Cell) -> Result<Option<Minute>, String> {
    match cell {
        Cell::Null => Ok(None),
        Cell::Datetime(at) => {
            minute(at.timestamp_micros()).map(Some).ok_or_else(|| format!("{at} is not a whole minute"))
        }
        other => Err(format!("{other:?} is no instant")),
    }
}
