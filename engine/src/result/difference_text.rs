//! Differences as tables for people.

use std::fmt;
use std::iter::once;

use comfy_table::Table as Drawing;
use comfy_table::presets::UTF8_FULL_CONDENSED;

use super::cell::Cell;
use super::column::Role;
use super::difference::{ChangedRow, Difference};
use super::markdown::{escaped, push_line, push_rule};
use super::output::into_text;
use super::table::{NULL, shown_text};

impl Difference {
    /// The difference as a table in GitHub's Markdown: a first column says `added`, `removed` or `changed`; a value that
    /// changed is `before → after (change)`, one that did not is empty. NULL is `∅`.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = Vec::new();
        let labels = self.columns.iter().map(|column| escaped(&column.label));
        push_line(&mut out, once(String::new()).chain(labels));
        push_rule(&mut out, once(false).chain(self.columns.iter().map(|column| column.is_number())));
        for line in self.lines(&|cell: &Cell| escaped(&text(cell))) {
            push_line(&mut out, line.into_iter());
        }
        into_text(out)
    }

    /// The rows that are different, with what a cell reads as.
    fn lines(&self, read: &dyn Fn(&Cell) -> String) -> Vec<Vec<String>> {
        let whole =
            |kind: &str, cells: &Vec<Cell>| once(kind.to_owned()).chain(cells.iter().map(read)).collect::<Vec<_>>();
        let added = self.added.iter().map(|cells| whole("added", cells));
        let removed = self.removed.iter().map(|cells| whole("removed", cells));
        let changed = self.changed.iter().map(|row| self.changed_line(row, read));
        added.chain(removed).chain(changed).collect()
    }

    fn changed_line(&self, row: &ChangedRow, read: &dyn Fn(&Cell) -> String) -> Vec<String> {
        let mut line = vec!["changed".to_owned()];
        let mut keys = row.keys.iter();
        for column in &self.columns {
            if column.role == Role::Dimension {
                line.extend(keys.next().map(read));
                continue;
            }
            let changed = row.cells.iter().find(|cell| cell.column == column.name);
            line.push(changed.map_or_else(String::new, |cell| {
                let values = format!("{} → {}", read(&cell.before), read(&cell.after));
                match &cell.change {
                    Cell::Null => values,
                    change => format!("{values} ({}{})", sign(change), read(change)),
                }
            }));
        }
        line
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut drawing = Drawing::new();
        drawing.load_preset(UTF8_FULL_CONDENSED);
        let labels = self.columns.iter().map(|column| shown_text(&column.label));
        drawing.set_header(once(String::new()).chain(labels).collect::<Vec<_>>());
        for line in self.lines(&|cell: &Cell| shown_text(&text(cell))) {
            drawing.add_row(line);
        }
        write!(f, "{drawing}\n{} unchanged", self.unchanged)
    }
}

fn text(cell: &Cell) -> String {
    if cell.is_null() { NULL.to_owned() } else { cell.to_string() }
}

/// A plus for what grew; a minus is part of the number.
fn sign(change: &Cell) -> &'static str {
    let text = change.to_string();
    let zero = !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    if zero || text.starts_with('-') { "" } else { "+" }
}
