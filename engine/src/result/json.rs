//! The JSON document of an answer. It is written straight from the columns, so that no digit of a number is lost on
//! the way and nothing is kept twice.

use std::convert::Infallible;
use std::io;

use serde::Serialize;

use super::output::{PIECE, finish, hand_on, into_text};
use super::query_result::QueryResult;
use super::reader::BatchReader;
use super::value::Value;
use crate::error::Result;

impl QueryResult {
    /// The answer as a JSON document with `data` (an array of rows), `columns`, `cached`, `query_id`, `provenance` and
    /// `performance`; with `totals` and `total_rows` behind the columns, if the query asked for them.
    ///
    /// Numbers are JSON numbers with all their digits, also beyond what a float can hold; dates are `YYYY-MM-DD`,
    /// instants RFC 3339 in the zone of the query (`Z` where its offset is zero), wall clock times without an offset;
    /// NULL is `null`, the remainder of a top `{"other": true}`, a histogram `[[lo, hi, n], ..]`, a member of a
    /// hierarchy an object, as [`MemberCell`](crate::MemberCell) says. Years outside of 0 to 9999 carry a sign.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = Vec::new();
        self.push_document(&mut out);
        into_text(out)
    }

    /// Writes the document of [`QueryResult::to_json`] piece by piece, and flushes.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::InvalidInput`] if `sink` does not take it; what is wrong is the source of the error.
    pub fn write_json(&self, mut sink: impl io::Write) -> Result<()> {
        let mut out = Vec::with_capacity(2 * PIECE);
        out.extend_from_slice(b"{\"data\":");
        self.push_data(&mut out, |out| hand_on(out, &mut sink))?;
        self.push_description(&mut out);
        finish(&out, &mut sink)
    }

    /// The rows alone: an array of arrays, with the cells of [`QueryResult::to_json`].
    #[must_use]
    pub fn data_json(&self) -> String {
        let mut out = Vec::new();
        self.push_all_data(&mut out);
        into_text(out)
    }

    fn push_document(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"data\":");
        self.push_all_data(out);
        self.push_description(out);
    }

    fn push_all_data(&self, out: &mut Vec<u8>) {
        let Ok(()) = self.push_data(out, |_| Ok::<(), Infallible>(()));
    }

    fn push_data<E>(
        &self,
        out: &mut Vec<u8>,
        mut after_row: impl FnMut(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        out.push(b'[');
        for (index, (batch, row)) in self.read_rows().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            push_row(out, batch, row);
            after_row(out)?;
        }
        out.push(b']');
        Ok(())
    }

    /// What follows the rows, with the brace that ends the document.
    fn push_description(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b",\"columns\":");
        push_json(out, self.columns());
        if !self.totals().is_empty() {
            self.push_totals(out);
        }
        if let Some(rows) = self.total_rows() {
            out.extend_from_slice(b",\"total_rows\":");
            push_json(out, &rows);
        }
        out.extend_from_slice(b",\"cached\":false,\"query_id\":");
        push_json(out, &self.query_id());
        out.extend_from_slice(b",\"provenance\":");
        push_json(out, self.provenance());
        out.extend_from_slice(b",\"performance\":");
        push_json(out, self.performance());
        out.push(b'}');
    }

    fn push_totals(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b",\"totals\":[");
        for (index, total) in self.totals().iter().enumerate() {
            let open: &[u8] = if index == 0 { b"{\"keys\":" } else { b",{\"keys\":" };
            out.extend_from_slice(open);
            push_json(out, total.keys());
            out.extend_from_slice(b",\"grouping_id\":");
            push_json(out, &total.grouping_id());
            out.extend_from_slice(b",\"data\":[");
            for row in 0..total.num_rows() {
                if row > 0 {
                    out.push(b',');
                }
                push_row(out, total.reader(), row);
            }
            out.extend_from_slice(b"]}");
        }
        out.push(b']');
    }
}

/// The answers to the queries of one call as one JSON document: that of the query itself if it is one, else
/// `{"results": [..]}` in the order of the queries. A query that failed is `{"error": {..}}` in its place.
#[must_use]
pub fn batch_to_json(results: &[Result<QueryResult>]) -> String {
    let mut out = Vec::new();
    if let [only] = results {
        push_result(&mut out, only);
    } else {
        out.extend_from_slice(b"{\"results\":[");
        for (index, result) in results.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            push_result(&mut out, result);
        }
        out.extend_from_slice(b"]}");
    }
    into_text(out)
}

fn push_result(out: &mut Vec<u8>, result: &Result<QueryResult>) {
    match result {
        Ok(result) => result.push_document(out),
        Err(error) => {
            out.extend_from_slice(b"{\"error\":");
            push_json(out, &error.to_json());
            out.push(b'}');
        }
    }
}

fn push_row(out: &mut Vec<u8>, batch: &BatchReader, row: usize) {
    out.push(b'[');
    for (column, value) in batch.values(row).enumerate() {
        if column > 0 {
            out.push(b',');
        }
        push_cell(out, value);
    }
    out.push(b']');
}

fn push_cell(out: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Other => out.extend_from_slice(b"{\"other\":true}"),
        Value::Text(text) => push_json(out, text),
        Value::Member(member) => push_json(out, &member),
        Value::Date(_) | Value::Datetime(..) | Value::LocalDatetime(_) => {
            // No character of these needs an escape.
            out.push(b'"');
            value.push(out);
            out.push(b'"');
        }
        Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Decimal128(..)
        | Value::Decimal256(..)
        | Value::Bins(_) => value.push(out),
    }
}

fn push_json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let written = serde_json::to_writer(&mut *out, value);
    debug_assert!(written.is_ok(), "memory takes every write, and every key is a text");
}
