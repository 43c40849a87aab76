//! The answer as a table for people.

use std::fmt;
use std::num::FpCategory;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table as Drawing};

use super::column::Role;
use super::query_result::QueryResult;
use super::totals::{Marked, TOTAL};
use super::value::Value;

/// How NULL is shown.
pub(super) const NULL: &str = "∅";

/// Longer texts are cut.
const LONGEST_TEXT: usize = 80;

/// An answer as a table for a terminal; it is drawn when displayed, without an end of line.
///
/// Headers are the labels of the columns. Numbers stand at the right, those of measures with commas between thousands
/// (a dimension may be a year or a number of a flight). Integers and decimals keep all their digits; floats are rounded
/// to six significant digits, or two decimals if that is finer, and get an exponent only below a millionth or from
/// 10^15. NULL is `∅`. Control characters show as escapes, so that data cannot drive the terminal; text of more than 80
/// characters is cut with `…`. The remainder of a top is `(other)`, a member of a hierarchy its name, or its id if it
/// has none. Rows beyond [`Table::max_rows`] are only counted. Totals stand below the rows, with `(total)` for the
/// first dimension that is rolled up and nothing for the others.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    result: &'a QueryResult,
    max_rows: usize,
}

impl<'a> Table<'a> {
    /// Rows shown unless asked otherwise.
    pub const DEFAULT_MAX_ROWS: usize = 100;

    pub(super) fn new(result: &'a QueryResult) -> Self {
        Self { result, max_rows: Self::DEFAULT_MAX_ROWS }
    }

    /// Shows at most so many rows ([`Table::DEFAULT_MAX_ROWS`] unless set; `usize::MAX` shows all), and the number of
    /// the others below.
    #[must_use]
    pub fn max_rows(mut self, rows: usize) -> Self {
        self.max_rows = rows;
        self
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.result.columns();
        let mut drawing = Drawing::new();
        drawing.load_preset(UTF8_FULL_CONDENSED);
        drawing.set_header(columns.iter().map(|column| shown_text(&column.label)).collect::<Vec<_>>());
        for (column, drawn) in columns.iter().zip(drawing.column_iter_mut()) {
            if column.is_number() {
                drawn.set_cell_alignment(CellAlignment::Right);
            }
        }
        for (batch, row) in self.result.read_rows().take(self.max_rows) {
            let cells = columns.iter().zip(batch.values(row)).map(|(column, value)| shown(value, column.role));
            drawing.add_row(cells.collect::<Vec<_>>());
        }
        for total in self.result.totals() {
            for row in 0..total.num_rows() {
                let cells = columns.iter().zip(total.marked(columns, row)).map(|(column, cell)| match cell {
                    Marked::Label => TOTAL.to_owned(),
                    Marked::Blank => String::new(),
                    Marked::Cell(value) => shown(value, column.role),
                });
                drawing.add_row(cells.collect::<Vec<_>>());
            }
        }
        write!(f, "{drawing}")?;
        match self.result.num_rows().saturating_sub(self.max_rows) {
            0 => Ok(()),
            1 => write!(f, "\n… 1 more row"),
            more => write!(f, "\n… {} more rows", with_thousands(&more.to_string())),
        }
    }
}

fn shown(value: Value<'_>, role: Role) -> String {
    let number = match value {
        Value::Null => return NULL.to_owned(),
        Value::Text(text) => return shown_text(text),
        Value::Member(member) => {
            return member.shown().map_or_else(|| NULL.to_owned(), |text| shown_text(&text));
        }
        Value::Boolean(_)
        | Value::Date(_)
        | Value::Datetime(..)
        | Value::LocalDatetime(_)
        | Value::Other
        | Value::Bins(_) => return value.to_text(),
        Value::Float(number) => rounded(number),
        Value::Integer(_) | Value::Decimal128(..) | Value::Decimal256(..) => value.to_text(),
    };
    if role == Role::Dimension { number } else { with_thousands(&number) }
}

/// The text in one line, without characters that move the cursor or turn the direction of writing.
pub(super) fn shown_text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * LONGEST_TEXT));
    for (index, character) in text.chars().enumerate() {
        if index == LONGEST_TEXT {
            shown.push('…');
            break;
        }
        match character {
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                shown.extend(character.escape_default());
            }
            _ if character.is_control() => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    shown
}

/// The float with six significant digits, or two decimals if that is more; zeros at the end are left out.
fn rounded(number: f64) -> String {
    let size = number.abs();
    if number.classify() == FpCategory::Zero {
        return "0".to_owned();
    }
    if !(1e-6..1e15).contains(&size) {
        let text = format!("{number:.5e}");
        return match text.split_once('e') {
            Some((mantissa, exponent)) => format!("{}e{exponent}", without_zeros(mantissa)),
            None => text,
        };
    }
    let mut decimals: usize = 6;
    let mut above = 1.0;
    while size >= above && decimals > 2 {
        above *= 10.0;
        decimals -= 1;
    }
    let mut below = 0.1;
    while size < below {
        below /= 10.0;
        decimals += 1;
    }
    without_zeros(&format!("{number:.decimals$}")).to_owned()
}

/// The number without zeros at the end of its decimals.
fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Commas between the thousands of the whole part.
fn with_thousands(number: &str) -> String {
    let end = number.find(['.', 'e']).unwrap_or(number.len());
    let (whole, rest) = number.split_at_checked(end).unwrap_or((number, ""));
    let mut grouped = String::with_capacity(number.len() * 4 / 3 + 1);
    for (index, character) in whole.chars().enumerate() {
        let behind = whole.len() - index;
        if behind.is_multiple_of(3) && grouped.ends_with(|before: char| before.is_ascii_digit()) {
            grouped.push(',');
        }
        grouped.push(character);
    }
    grouped.push_str(rest);
    grouped
}

#[cfg(test)]
mod tests {
    use super::{rounded, shown_text, with_thousands};

    #[test]
    fn floats_are_rounded_to_what_people_read() {
        let check = |number: f64, expected: &str| assert_eq!(rounded(number), expected);
        check(0.0, "0");
        check(2.0, "2");
        check(-12.345_678_9, "-12.3457");
        check(6.895_376_757, "6.89538");
        check(0.226_315_8, "0.226316");
        check(0.1, "0.1");
        check(0.000_123_456_789, "0.000123457");
        check(123.456_789, "123.457");
        check(1_234_567.891, "1234567.89");
        check(0.999_999_99, "1");
        check(99_999.999, "100000");
        check(123_456_789_012_345.0, "123456789012345");
        check(1.5e15, "1.5e15");
        check(-1e300, "-1e300");
        check(0.000_000_123_456_789, "1.23457e-7");
    }

    #[test]
    fn thousands_are_grouped_in_the_whole_part_only() {
        let check = |number: &str, expected: &str| assert_eq!(with_thousands(number), expected);
        check("0", "0");
        check("999", "999");
        check("-999", "-999");
        check("1000", "1,000");
        check("-1234567", "-1,234,567");
        check("1234.56789", "1,234.56789");
        check("-0.00012", "-0.00012");
        check("1.5e15", "1.5e15");
    }

    #[test]
    fn text_cannot_drive_the_terminal() {
        assert_eq!(shown_text("a\nb\t\u{1b}[31m\u{202e}é漢"), "a\\nb\\t\\u{1b}[31m\\u{202e}é漢");
        assert_eq!(shown_text(&"x".repeat(80)), "x".repeat(80));
        assert_eq!(shown_text(&"x".repeat(81)), format!("{}…", "x".repeat(80)));
    }
}
