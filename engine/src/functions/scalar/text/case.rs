//! Upper and lower case.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, StringViewArray};
use datafusion::common::Result;

use super::super::call::Call;
use super::view::inline_ascii;
use super::written::write_texts;

/// A column of what `change` writes for each text.
pub(super) fn write(call: &Call<'_>, change: impl Fn(&str, &mut String)) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    write_texts(call, |row, written| {
        change(texts.get(row)?, written);
        Some(())
    })
}

/// A column of what `change` makes of each text, or `short` of its view where all are short and of ASCII.
pub(super) fn change(
    call: &Call<'_>,
    short: impl Fn(u128) -> u128,
    change: impl Fn(&str, &mut String),
) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    if let Some(column) = texts.column()
        && column.views().iter().all(|view| inline_ascii(*view).is_some())
    {
        let views: Vec<u128> = column.views().iter().map(|view| short(*view)).collect();
        return Ok(Arc::new(StringViewArray::try_new(views.into(), Vec::new(), column.nulls().cloned())?));
    }
    write(call, change)
}

pub(super) fn upper(text: &str, written: &mut String) {
    if text.is_ascii() {
        written.push_str(text);
        written.make_ascii_uppercase();
    } else {
        written.push_str(&text.to_uppercase());
    }
}

pub(super) fn lower(text: &str, written: &mut String) {
    if text.is_ascii() {
        written.push_str(text);
        written.make_ascii_lowercase();
    } else {
        written.push_str(&text.to_lowercase());
    }
}

pub(super) fn proper(text: &str, written: &mut String) {
    if text.is_ascii() {
        let mut inside = false;
        for byte in text.bytes() {
            let byte = if inside { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
            written.push(char::from(byte));
            inside = byte.is_ascii_alphanumeric();
        }
        return;
    }
    let mut rest = text;
    while !rest.is_empty() {
        let (word, behind) = rest.split_at(rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()));
        proper_word(word, written);
        let (between, next) = behind.split_at(behind.find(char::is_alphanumeric).unwrap_or(behind.len()));
        written.push_str(between);
        rest = next;
    }
}

fn proper_word(word: &str, written: &mut String) {
    let Some(first) = word.chars().next() else { return };
    written.extend(first.to_uppercase());
    // The word as a whole, because a last letter can look at those before it.
    let lowered = word.to_lowercase();
    let length: usize = first.to_lowercase().map(char::len_utf8).sum();
    written.push_str(lowered.get(length..).unwrap_or_default());
}
