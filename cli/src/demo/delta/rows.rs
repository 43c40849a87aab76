//! The rows of the source at two points in time: the flights until November, and those of the whole year with what
//! airlines have changed since.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, TimestampMicrosecondArray, new_null_array};
use arrow::compute::kernels::cmp::lt_eq;
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use drillcore::{ColumnType, ParquetSource, ReadRequest, Source};

use crate::failure::{Failure, Outcome};

const NOVEMBER: i64 = 11;
const JETBLUE: &str = "B6";
/// What JetBlue takes off its arrival delays.
const MINUTES_OFF: i64 = 10;
/// Flights are changed so long after they should have left, which for those of November is in December.
const THIRTY_DAYS_US: i64 = 30 * 86_400_000_000;

/// The rows at both points in time. Beside the columns of the file they have `id`, the number of the row in the file,
/// `updated_at` and `cancelled_at`.
#[derive(Debug, Default)]
pub(super) struct States {
    pub(super) to_november: Vec<RecordBatch>,
    pub(super) to_december: Vec<RecordBatch>,
    /// Flights of the file so far.
    flights: i64,
}

/// What becomes of a flight of November.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Corrected,
    Cancelled,
}

/// Makes both of the flights in a Parquet file.
pub(super) fn read(file: &Path) -> Outcome<States> {
    let source = ParquetSource::new(file);
    let request = ReadRequest::new(source.discover()?);
    let mut states = States::default();
    for batch in source.read(&request)? {
        states.add(&batch?).map_err(|error| {
            Failure::new(format!("`{}` does not hold the flights of the demo: {error}", file.display()))
        })?;
    }
    Ok(states)
}

impl States {
    /// Adds the next flights of the file.
    pub(super) fn add(&mut self, flights: &RecordBatch) -> Result<(), ArrowError> {
        let (months, delays) = (integers(flights, "month")?, integers(flights, "arr_delay")?);
        let changes = changes(flights, &months, &delays)?;
        let hours = cast(column(flights, "time_hour")?, &ColumnType::Datetime.arrow())?;
        let hours = hours.as_primitive::<TimestampMicrosecondType>();
        let times_of = |wanted: Change| -> ArrayRef {
            let times = hours.iter().zip(&changes).map(|(hour, change)| {
                hour.filter(|_| *change == Some(wanted)).map(|hour| hour.saturating_add(THIRTY_DAYS_US))
            });
            Arc::new(times.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        };
        let corrected = delays.iter().zip(&changes).map(|(delay, change)| match change {
            Some(Change::Corrected) => delay.map(|minutes| minutes.saturating_sub(MINUTES_OFF)),
            _ => delay,
        });
        let corrected: ArrayRef = Arc::new(corrected.collect::<Int64Array>());
        let until_november = lt_eq(&months, &Int64Array::new_scalar(NOVEMBER))?;
        let delays: ArrayRef = Arc::new(delays);
        let never = new_null_array(hours.data_type(), flights.num_rows());

        let rows = i64::try_from(flights.num_rows()).unwrap_or(i64::MAX);
        let next = self.flights.saturating_add(rows);
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(self.flights..next));
        self.flights = next;
        let unchanged = with_columns(flights, &ids, &delays, Arc::clone(&never), never)?;
        self.to_november.push(filter_record_batch(&unchanged, &until_november)?);
        let (updated, cancelled) = (times_of(Change::Corrected), times_of(Change::Cancelled));
        self.to_december.push(with_columns(flights, &ids, &corrected, updated, cancelled)?);
        Ok(())
    }
}

/// What becomes of each flight: those of November that never left are cancelled, and delays of JetBlue are corrected.
fn changes(flights: &RecordBatch, months: &Int64Array, delays: &Int64Array) -> Result<Vec<Option<Change>>, ArrowError> {
    let departures = integers(flights, "dep_time")?;
    let carriers = cast(column(flights, "carrier")?, &DataType::Utf8View)?;
    let facts = months.iter().zip(departures.iter()).zip(delays.iter()).zip(carriers.as_string_view().iter());
    let changes = facts.map(|(((month, departure), delay), carrier)| match (month, departure, delay, carrier) {
        (Some(NOVEMBER), None, ..) => Some(Change::Cancelled),
        (Some(NOVEMBER), Some(_), Some(_), Some(JETBLUE)) => Some(Change::Corrected),
        _ => None,
    });
    Ok(changes.collect())
}

/// Flights with these delays, and with the columns that the file does not have.
fn with_columns(
    flights: &RecordBatch,
    ids: &ArrayRef,
    delays: &ArrayRef,
    updated: ArrayRef,
    cancelled: ArrayRef,
) -> Result<RecordBatch, ArrowError> {
    let schema = flights.schema();
    let given = schema.fields().iter().zip(flights.columns()).map(|(field, values)| {
        let name = field.name().as_str();
        (name, Arc::clone(if name == "arr_delay" { delays } else { values }), true)
    });
    let added = [("updated_at", updated, true), ("cancelled_at", cancelled, true)];
    RecordBatch::try_from_iter_with_nullable([("id", Arc::clone(ids), true)].into_iter().chain(given).chain(added))
}

fn integers(flights: &RecordBatch, name: &str) -> Result<Int64Array, ArrowError> {
    Ok(cast(column(flights, name)?, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

fn column<'a>(flights: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, ArrowError> {
    flights.column_by_name(name).ok_or_else(|| ArrowError::SchemaError(format!("there is no column `{name}`")))
}
