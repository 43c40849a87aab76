//! Splits delimited text into records, by the quoting rules of RFC 4180.
//!
//! Written here rather than taken from the `csv` crate because that one does not tell a quoted empty field from a bare
//! one, counts lines differently where they end in CRLF or are empty, and takes a quote that is never closed for the
//! rest of the file. Lines are found by the standard library's fast search; only records with quotes are looked at byte
//! by byte. The tests compare both on what the `csv` crate writes.

use std::fmt;
use std::io::{self, BufRead};

/// One field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    /// The text without its quotes.
    pub(super) bytes: &'a [u8],
    /// Whether it was in quotes.
    pub(super) quoted: bool,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    quoted: bool,
}

/// Reads records one after the other.
#[derive(Debug)]
pub(super) struct Records<R> {
    input: R,
    delimiter: u8,
    /// The line last read, with its end.
    raw: Vec<u8>,
    /// The fields of a record with quotes, without them, one behind the other.
    unquoted: Vec<u8>,
    /// Whether the spans lie in `unquoted`, else in `raw`.
    has_quotes: bool,
    spans: Vec<Span>,
    /// Fields of the first record, and so of all others.
    width: Option<usize>,
    /// The line on which the record starts, from 1.
    line: u64,
    lines_read: u64,
    held: bool,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            delimiter,
            raw: Vec::new(),
            unquoted: Vec::new(),
            has_quotes: false,
            spans: Vec::new(),
            width: None,
            line: 0,
            lines_read: 0,
            held: false,
        }
    }

    /// Goes to the next record; false at the end.
    pub(super) fn advance(&mut self) -> Result<bool, Fault> {
        if std::mem::take(&mut self.held) {
            return Ok(true);
        }
        loop {
            if !self.read_line()? {
                return Ok(false);
            }
            self.line = self.lines_read;
            let content = content(&self.raw);
            if content.is_empty() && self.width != Some(1) {
                continue;
            }
            self.spans.clear();
            self.has_quotes = content.contains(&b'"');
            if self.has_quotes {
                self.split_quoted()?;
            } else {
                self.split_plain()?;
            }
            let found = self.spans.len();
            let wanted = *self.width.get_or_insert(found);
            return if found == wanted { Ok(true) } else { Err(self.fault(Cause::Width { found, wanted })) };
        }
    }

    /// Gives the record once more at the next call of [`Records::advance`].
    pub(super) fn hold(&mut self) {
        self.held = true;
    }

    /// The line on which the record starts, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The number of fields.
    pub(super) fn width(&self) -> usize {
        self.spans.len()
    }

    /// A field of the record, from 0.
    pub(super) fn field(&self, index: usize) -> Option<Field<'_>> {
        let span = self.spans.get(index)?;
        Some(Field { bytes: self.buffer().get(span.start..span.end)?, quoted: span.quoted })
    }

    /// The fields of the record.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        (0..self.spans.len()).filter_map(move |index| self.field(index))
    }

    /// The first field that is not UTF-8.
    pub(super) fn broken_text(&self) -> Option<usize> {
        if self.buffer().is_ascii() {
            return None;
        }
        self.fields().position(|field| std::str::from_utf8(field.bytes).is_err())
    }

    fn buffer(&self) -> &[u8] {
        if self.has_quotes { &self.unquoted } else { &self.raw }
    }

    fn read_line(&mut self) -> Result<bool, Fault> {
        self.raw.clear();
        let read = self
            .input
            .read_until(b'\n', &mut self.raw)
            .map_err(|error| Fault { line: self.lines_read + 1, cause: Cause::Io(error) })?;
        if self.lines_read == 0 && self.raw.starts_with(b"\xEF\xBB\xBF") {
            self.raw.drain(..3);
        }
        self.lines_read += u64::from(read > 0);
        Ok(read > 0)
    }

    fn fault(&self, cause: Cause) -> Fault {
        Fault { line: self.line, cause }
    }

    fn split_plain(&mut self) -> Result<(), Fault> {
        let content = content(&self.raw);
        if content.contains(&b'\r') {
            return Err(self.fault(Cause::CarriageReturn));
        }
        let mut start = 0;
        for (end, byte) in content.iter().enumerate() {
            if *byte == self.delimiter {
                self.spans.push(Span { start, end, quoted: false });
                start = end + 1;
            }
        }
        self.spans.push(Span { start, end: content.len(), quoted: false });
        Ok(())
    }

    /// Splits a record with quotes, which may go over several lines.
    fn split_quoted(&mut self) -> Result<(), Fault> {
        self.unquoted.clear();
        let mut state = State::Start;
        let mut start = 0;
        loop {
            let content = content(&self.raw);
            for &byte in content {
                state = match (state, byte) {
                    (State::Start, b'"') => State::Quoted,
                    (State::Quoted, b'"') => State::Closed,
                    (State::Closed, b'"') | (State::Quoted, _) => {
                        self.unquoted.push(byte);
                        State::Quoted
                    }
                    (State::Start | State::Bare | State::Closed, _) if byte == self.delimiter => {
                        let end = self.unquoted.len();
                        self.spans.push(Span { start, end, quoted: state == State::Closed });
                        start = end;
                        State::Start
                    }
                    (State::Closed, _) => return Err(self.fault(Cause::TextBehindQuote)),
                    (State::Start | State::Bare, b'\r') => return Err(self.fault(Cause::CarriageReturn)),
                    // A quote inside a bare field is one of its characters.
                    (State::Start | State::Bare, _) => {
                        self.unquoted.push(byte);
                        State::Bare
                    }
                };
            }
            if state != State::Quoted {
                let end = self.unquoted.len();
                self.spans.push(Span { start, end, quoted: state == State::Closed });
                return Ok(());
            }
            self.unquoted.extend_from_slice(self.raw.get(content.len()..).unwrap_or_default());
            if !self.read_line()? {
                return Err(self.fault(Cause::OpenQuote));
            }
        }
    }
}

/// A line without its end.
fn content(line: &[u8]) -> &[u8] {
    let content = line.strip_suffix(b"\n").unwrap_or(line);
    content.strip_suffix(b"\r").unwrap_or(content)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first character of a field.
    Start,
    /// In a field without quotes.
    Bare,
    /// Between quotes.
    Quoted,
    /// Behind a quote that closes the field, or is the first of two.
    Closed,
}

/// Why a record cannot be read, and the line on which it starts.
#[derive(Debug)]
pub(super) struct Fault {
    line: u64,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Io(io::Error),
    Width { found: usize, wanted: usize },
    OpenQuote,
    TextBehindQuote,
    CarriageReturn,
}

impl Fault {
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The error of the operating system, if there is one.
    pub(super) fn into_cause(self) -> Option<io::Error> {
        match self.cause {
            Cause::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Io(error) => write!(f, "cannot read the file: {error}"),
            Cause::Width { found, wanted } => write!(f, "the record has {found} fields where the first has {wanted}"),
            Cause::OpenQuote => f.write_str("a quote is opened and never closed"),
            Cause::TextBehindQuote => f.write_str("text follows a closing quote; quotes inside quotes are doubled"),
            Cause::CarriageReturn => f.write_str("a carriage return stands alone; lines end in LF or CRLF"),
        }
    }
}
