//! The JSON Schema of query documents. The structs here have the shape of the document and are never made: what a
//! document means is decided by the readers.
#![expect(dead_code, reason = "the fields are there for their names, types and descriptions")]

mod answer;
mod columns;
mod document;
mod filter;
mod members;
mod names;
#[cfg(test)]
mod tests;
mod values;

use schemars::generate::SchemaSettings;

use document::Document;

/// The JSON Schema, of draft 2020-12, of the documents that [`Query::from_json`](crate::Query::from_json) and
/// [`QueryBatch::from_json`](crate::QueryBatch::from_json) read, for editors and for checks on the way. It knows every
/// field; what must go together is only checked when a document is read.
///
/// ```
/// let schema = drillcore::query_schema();
/// assert!(schema["$defs"]["Query"]["properties"]["dimensions"].is_object());
/// ```
#[must_use]
pub fn query_schema() -> serde_json::Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Document>().to_value()
}
