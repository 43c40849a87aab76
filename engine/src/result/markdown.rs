//! The Markdown of an answer: a table as GitHub reads it.

use std::convert::Infallible;
use std::io;

use super::output::{PIECE, finish, hand_on, into_text};
use super::query_result::QueryResult;
use super::totals::{Marked, TOTAL};
use super::value::Value;
use crate::error::Result;

impl QueryResult {
    /// The answer as a table in GitHub's Markdown. Headers are the labels of the columns, numbers stand at the right
    /// with all their digits, NULL is an empty cell, the remainder of a top `(other)`, a member of a hierarchy its
    /// name, or its id if it has none; the totals stand below in bold, with `(total)` for the first dimension that is
    /// rolled up.
    ///
    /// Text shows as it is: whatever Markdown would take for markup is escaped, and the end of a line is `<br>`.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = Vec::new();
        let Ok(()) = self.push_markdown(&mut out, |_| Ok::<(), Infallible>(()));
        into_text(out)
    }

    /// Writes the table of [`QueryResult::to_markdown`] piece by piece, and flushes.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::InvalidInput`] if `sink` does not take it; what is wrong is the source of the error.
    pub fn write_markdown(&self, mut sink: impl io::Write) -> Result<()> {
        let mut out = Vec::with_capacity(2 * PIECE);
        self.push_markdown(&mut out, |out| hand_on(out, &mut sink))?;
        finish(&out, &mut sink)
    }

    fn push_markdown<E>(
        &self,
        out: &mut Vec<u8>,
        mut after_row: impl FnMut(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let columns = self.columns();
        push_line(out, columns.iter().map(|column| escaped(&column.label)));
        push_rule(out, columns.iter().map(|column| column.is_number()));
        for (batch, row) in self.read_rows() {
            push_line(out, batch.values(row).map(shown));
            after_row(out)?;
        }
        for total in self.totals() {
            for row in 0..total.num_rows() {
                let cells = total.marked(columns, row).map(|cell| match cell {
                    Marked::Label => bold(TOTAL),
                    Marked::Blank => String::new(),
                    Marked::Cell(value) => bold(&shown(value)),
                });
                push_line(out, cells);
                after_row(out)?;
            }
        }
        Ok(())
    }
}

/// Appends a line of a table.
pub(super) fn push_line(out: &mut Vec<u8>, cells: impl Iterator<Item = String>) {
    for cell in cells {
        out.extend_from_slice(b"| ");
        out.extend_from_slice(cell.as_bytes());
        out.push(b' ');
    }
    out.extend_from_slice(b"|\n");
}

/// Appends the line below the header, which says which columns stand at the right.
pub(super) fn push_rule(out: &mut Vec<u8>, right: impl Iterator<Item = bool>) {
    push_line(out, right.map(|right| if right { "---:" } else { "---" }.to_owned()));
}

fn shown(value: Value<'_>) -> String {
    match value {
        Value::Text(text) => escaped(text),
        Value::Member(member) => member.shown().map_or_else(String::new, |text| escaped(&text)),
        Value::Bins(_) => escaped(&value.to_text()),
        _ => value.to_text(),
    }
}

fn bold(cell: &str) -> String {
    // Stars beside spaces are not read as markup.
    let text = cell.trim();
    if text.is_empty() { String::new() } else { format!("**{text}**") }
}

/// The text as it shows in a cell of a table.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                if characters.peek() == Some(&'\n') {
                    characters.next();
                }
                escaped.push_str("<br>");
            }
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => escaped.push_str("<br>"),
            '\t' => escaped.push(' '),
            _ if character.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            // Inside of a word it is no markup, and names are full of it.
            '_' if before.is_some_and(char::is_alphanumeric)
                && characters.peek().is_some_and(|next| next.is_alphanumeric()) =>
            {
                escaped.push('_');
            }
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '&' | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
        before = Some(character);
    }
    escaped
}
