//! Answers as a workbook of Excel: one sheet for each.

use std::io;

use chrono::{DateTime, SecondsFormat, Utc};
use rust_xlsxwriter::{DocProperties, Format, IntoCustomDateTime, Workbook, Worksheet, XlsxError};

use super::column::ResultColumn;
use super::output::finish;
use super::query_result::QueryResult;
use super::sheet_name::SheetNames;
use super::totals::{Marked, TOTAL};
use super::xlsx_cell::{Entry, number_format};
use crate::error::{Error, ErrorKind, Result};

/// The most rows of a sheet, header included.
const MAX_ROWS: usize = 1_048_576;
const MAX_COLUMNS: usize = 16_384;
/// In units of UTF-16.
const MAX_TEXT: usize = 32_767;

/// So many rows decide how wide a column is, and so many pixels are the most.
const MEASURED_ROWS: u32 = 200;
const WIDEST: u32 = 400;

/// A workbook of Excel with a sheet for each of some answers, called like their queries.
///
/// The header holds the labels of the columns, bold and frozen. Numbers are numbers where the 64-bit float of a cell
/// keeps all their digits, else text (Excel shows 15 of them either way); dates are dates; instants show the wall clock
/// in the zone of the query, which a cell cannot hold, to the millisecond; what is before 1900 or after 9999 is text.
/// Text is never read as a formula. NULL and empty text are both an empty cell, the remainder of a top is `(other)`, a
/// histogram is the text of its JSON, and a member of a hierarchy is its id, as in CSV.
///
/// ```
/// use drillcore::{Engine, PushMode, Query, Rows, Scope, Spreadsheet, column, sum};
///
/// # fn main() -> Result<(), drillcore::Error> {
/// # futures::executor::block_on(async {
/// let engine = Engine::in_memory()?;
/// let rows = vec![vec!["Ghent".into(), 30.into()], vec!["Bruges".into(), 40.into()]];
/// engine.push("sales", PushMode::Create, Rows::new(["city", "amount"], rows)).await?;
///
/// let query = Query::on("sales").dimension(column("city")).measure(sum("amount"));
/// let answer = engine.query(&query, &Scope::unrestricted()).await?;
/// let file = Spreadsheet::new().sheet(&answer).totals(true).to_bytes()?;
/// assert!(file.starts_with(b"PK"));
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Spreadsheet<'a> {
    results: Vec<&'a QueryResult>,
    totals: bool,
}

impl<'a> Spreadsheet<'a> {
    /// A workbook without sheets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a sheet, called like the query. What a name of a sheet must not hold becomes `_`; a name that is too long
    /// is cut, and one that is taken gets a number.
    #[must_use]
    pub fn sheet(mut self, result: &'a QueryResult) -> Self {
        self.results.push(result);
        self
    }

    /// Sets whether the totals stand below the rows, in bold (default false). The first dimension that is rolled up
    /// reads `(total)`, the others are empty.
    #[must_use]
    pub fn totals(mut self, totals: bool) -> Self {
        self.totals = totals;
        self
    }

    /// The file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::LimitExceeded`] if an answer has more rows (1,048,576 with header and totals) or columns (16,384)
    /// than a sheet, or a text is longer than a cell takes (32,767 units of UTF-16); [`ErrorKind::InvalidInput`] if
    /// there is no sheet.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let Some(at) = self.results.iter().map(|result| result.provenance().computed_at).max() else {
            return Err(Error::input("a workbook has at least one sheet"));
        };
        for result in &self.results {
            check_size(result, self.totals)?;
        }
        let mut workbook = Workbook::new();
        workbook.set_properties(&DocProperties::new().set_creation_datetime(Created(at)));
        let mut names = SheetNames::default();
        for result in &self.results {
            let sheet = workbook.add_worksheet();
            sheet.set_name(names.free(result.name())).map_err(failed)?;
            fill(sheet, result, self.totals)?;
        }
        workbook.save_to_buffer().map_err(failed)
    }

    /// Writes the file of [`Spreadsheet::to_bytes`], and flushes.
    ///
    /// # Errors
    ///
    /// Those of [`Spreadsheet::to_bytes`], and [`ErrorKind::InvalidInput`] if `sink` does not take it; what is wrong is
    /// the source of the error.
    pub fn write(&self, mut sink: impl io::Write) -> Result<()> {
        finish(&self.to_bytes()?, &mut sink)
    }
}

impl QueryResult {
    /// The answer as a workbook of one sheet, without totals; see [`Spreadsheet`].
    ///
    /// # Errors
    ///
    /// Those of [`Spreadsheet::to_bytes`].
    pub fn to_xlsx(&self) -> Result<Vec<u8>> {
        Spreadsheet::new().sheet(self).to_bytes()
    }

    /// Writes the workbook of [`QueryResult::to_xlsx`], and flushes.
    ///
    /// # Errors
    ///
    /// Those of [`Spreadsheet::write`].
    pub fn write_xlsx(&self, sink: impl io::Write) -> Result<()> {
        Spreadsheet::new().sheet(self).write(sink)
    }
}

/// When the workbook was made: when its answers were computed, not when the machine's clock says.
#[derive(Debug)]
struct Created(DateTime<Utc>);

impl IntoCustomDateTime for Created {
    fn utc_datetime(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

fn check_size(result: &QueryResult, totals: bool) -> Result<()> {
    let below: usize = if totals { result.totals().iter().map(|total| total.num_rows()).sum() } else { 0 };
    let (rows, columns) = (result.num_rows() + below + 1, result.columns().len());
    if rows > MAX_ROWS {
        let most = MAX_ROWS - 1;
        let message = format!("a sheet of Excel takes {most} rows below its header, and the answer has {}", rows - 1);
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    if columns > MAX_COLUMNS {
        let message = format!("a sheet of Excel takes {MAX_COLUMNS} columns, and the answer has {columns}");
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    Ok(())
}

fn fill(worksheet: &mut Worksheet, result: &QueryResult, totals: bool) -> Result<()> {
    let columns = result.columns();
    let plain: Vec<Style> = columns.iter().map(|column| Style::new(column, &Format::new())).collect();
    let mut sheet = Sheet { worksheet, columns, row: 0 };

    let header = Style { plain: Format::new().set_bold(), fraction: Format::new() };
    let labels = columns.iter().map(|column| Entry::text(column.label.as_str()));
    sheet.line(labels.map(|entry| (entry, &header)))?;
    for (batch, row) in result.read_rows() {
        sheet.line(batch.values(row).map(Entry::of).zip(&plain))?;
    }
    let bold: Vec<Style> = columns.iter().map(|column| Style::new(column, &Format::new().set_bold())).collect();
    for total in result.totals().iter().filter(|_| totals) {
        for row in 0..total.num_rows() {
            let entries = total.marked(columns, row).map(|cell| match cell {
                Marked::Label => Entry::text(TOTAL),
                Marked::Blank => Entry::Empty,
                Marked::Cell(value) => Entry::of(value),
            });
            sheet.line(entries.zip(&bold))?;
        }
    }

    sheet.worksheet.set_freeze_panes(1, 0).map_err(failed)?;
    sheet.worksheet.set_autofit_max_row(MEASURED_ROWS).set_autofit_max_width(WIDEST).autofit();
    Ok(())
}

/// How the cells of a column look: usually, and where they are times with fractions of a second.
#[derive(Debug)]
struct Style {
    plain: Format,
    fraction: Format,
}

impl Style {
    fn new(column: &ResultColumn, base: &Format) -> Self {
        let (plain, fraction) = number_format(column);
        let format = |number: Option<String>| match number {
            Some(number) => base.clone().set_num_format(number),
            None => base.clone(),
        };
        Self { plain: format(plain), fraction: format(fraction) }
    }
}

/// A sheet that is filled from top to bottom.
struct Sheet<'a> {
    worksheet: &'a mut Worksheet,
    columns: &'a [ResultColumn],
    row: u32,
}

impl Sheet<'_> {
    fn line<'s>(&mut self, entries: impl Iterator<Item = (Entry, &'s Style)>) -> Result<()> {
        for (at, (entry, style)) in (0_u16..).zip(entries) {
            let written = match entry {
                Entry::Empty => continue,
                Entry::Boolean(value) => self.worksheet.write_boolean_with_format(self.row, at, value, &style.plain),
                Entry::Number(number) => self.worksheet.write_number_with_format(self.row, at, number, &style.plain),
                Entry::Moment { serial, fraction } => {
                    let format = if fraction { &style.fraction } else { &style.plain };
                    self.worksheet.write_number_with_format(self.row, at, serial, format)
                }
                Entry::Text(text) => {
                    self.check_text(&text, at)?;
                    // The writer takes such a text for markup of its own, unless it makes that markup itself.
                    if text.starts_with("<r>") && text.ends_with("</r>") {
                        let parts = [(&Format::new(), text.as_str())];
                        self.worksheet.write_rich_string_with_format(self.row, at, &parts, &style.plain)
                    } else {
                        self.worksheet.write_string_with_format(self.row, at, text, &style.plain)
                    }
                }
            };
            written.map_err(failed)?;
        }
        self.row += 1;
        Ok(())
    }

    fn check_text(&self, text: &str, at: u16) -> Result<()> {
        if text.len() <= MAX_TEXT || text.encode_utf16().count() <= MAX_TEXT {
            return Ok(());
        }
        let name = self.columns.get(usize::from(at)).map_or("", |column| column.name.as_str());
        let place = if self.row == 0 { "the header".to_owned() } else { format!("row {}", self.row) };
        let message =
            format!("column `{name}`, {place}: the text is longer than the {MAX_TEXT} characters of a cell of Excel");
        Err(Error::new(ErrorKind::LimitExceeded, message))
    }
}

fn failed(error: XlsxError) -> Error {
    Error::internal("the workbook could not be made").with_source(error)
}
