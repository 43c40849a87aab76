//! Columns of texts that are made row by row, and what is kept from row to row.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewBuilder};
use datafusion::common::Result;
use drillcore_formulas::MAX_GROWN_BYTES;

use super::super::call::Call;

/// A column of the texts that `row` writes behind what is there, which is nothing. A row for which it gives nothing is
/// NULL, whatever it wrote.
pub(in super::super) fn write_texts(
    call: &Call<'_>,
    mut row: impl FnMut(usize, &mut String) -> Option<()>,
) -> Result<ArrayRef> {
    let mut builder = StringViewBuilder::with_capacity(call.rows());
    let mut written = String::new();
    for place in 0..call.rows() {
        written.clear();
        match row(place, &mut written) {
            Some(()) => builder.try_append_value(&written)?,
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// Puts a piece behind a text that may not grow past the bound; nothing if it would.
pub(in super::super) fn push(written: &mut String, piece: &str) -> Option<()> {
    if piece.len() > MAX_GROWN_BYTES.saturating_sub(written.len()) {
        return None;
    }
    written.push_str(piece);
    Some(())
}

/// What is made of an argument, made again only where the argument differs from that of the row before: mostly it is a
/// constant.
#[derive(Debug)]
pub(in super::super) struct Kept<T, F> {
    text: String,
    made: T,
    make: F,
}

impl<T, F: FnMut(&str) -> T> Kept<T, F> {
    /// Nothing is kept yet but what is made of an empty text.
    pub(in super::super) fn new(mut make: F) -> Self {
        Self { text: String::new(), made: make(""), make }
    }

    /// What is made of that text.
    pub(in super::super) fn of(&mut self, text: &str) -> &T {
        if self.text != text {
            self.made = (self.make)(text);
            text.clone_into(&mut self.text);
        }
        &self.made
    }
}
