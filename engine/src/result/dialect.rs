//! How a CSV is written.

/// How the lines of a CSV end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum LineEnd {
    /// `\n`.
    #[default]
    Lf,
    /// `\r\n`, which RFC 4180 asks for.
    CrLf,
}

/// Which fields of a CSV stand in quotes. NULL and the remainder of a top never do, unless their text holds a delimiter;
/// so a reader that looks at quotes can tell them from text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quoting {
    /// Those that must: with a delimiter, quote or line end in them, empty text (`""`), and text that would otherwise
    /// read as NULL or as the remainder of a top.
    #[default]
    Minimal,
    /// All text, also the header; and what else must.
    Text,
    /// All but NULL and the remainder.
    All,
}

/// How a CSV is written. The default: commas, a header line, `\n`, NULL as an empty field, quotes only where they must
/// stand, no totals, nothing for spreadsheets.
///
/// In an answer of one column, NULL with its default text is an empty line, which many readers skip: give such an answer
/// a `null_text`.
///
/// ```
/// use drillcore::{CsvDialect, LineEnd};
///
/// let for_spreadsheets = CsvDialect::default()
///     .delimiter(b';')
///     .decimal_mark(b',')
///     .line_end(LineEnd::CrLf)
///     .bom(true)
///     .guard_formulas(true);
/// assert_eq!(for_spreadsheets.delimiter, b';');
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CsvDialect {
    /// Between fields: an ASCII character, neither letter, digit, quote nor line end. Default `,`.
    pub delimiter: u8,
    /// Before the decimals of decimals and floats: `.` or `,`. Default `.`.
    pub decimal_mark: u8,
    /// Whether the names of the columns are the first line. Default true.
    pub header: bool,
    /// What stands for NULL, without delimiter, quote or line end. Default empty.
    pub null_text: String,
    /// Which fields stand in quotes. Default [`Quoting::Minimal`].
    pub quoting: Quoting,
    /// How lines end, the last one too. Default `\n`.
    pub line_end: LineEnd,
    /// Whether text that a spreadsheet would take for a formula gets a `'` in front (default false). It applies to text
    /// and the header, not to numbers and dates. Such text no longer reads back as it was.
    pub guard_formulas: bool,
    /// Whether the file starts with a byte order mark, by which spreadsheets recognise UTF-8. Default false.
    pub bom: bool,
    /// Whether the totals of the answer stand below its rows (default false). Then there is a last column `grouping_id`:
    /// 0 for rows; for totals the [`TotalRows::grouping_id`](crate::TotalRows::grouping_id), which tells a dimension
    /// that is rolled up from one whose member is NULL.
    pub totals: bool,
}

impl Default for CsvDialect {
    fn default() -> Self {
        Self {
            delimiter: b',',
            decimal_mark: b'.',
            header: true,
            null_text: String::new(),
            quoting: Quoting::Minimal,
            line_end: LineEnd::Lf,
            guard_formulas: false,
            bom: false,
            totals: false,
        }
    }
}

impl CsvDialect {
    /// Sets what stands between fields.
    #[must_use]
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Sets what stands before decimals.
    #[must_use]
    pub fn decimal_mark(mut self, mark: u8) -> Self {
        self.decimal_mark = mark;
        self
    }

    /// Sets whether the names of the columns are the first line.
    #[must_use]
    pub fn header(mut self, header: bool) -> Self {
        self.header = header;
        self
    }

    /// Sets what stands for NULL.
    #[must_use]
    pub fn null_text(mut self, text: impl Into<String>) -> Self {
        self.null_text = text.into();
        self
    }

    /// Sets which fields stand in quotes.
    #[must_use]
    pub fn quoting(mut self, quoting: Quoting) -> Self {
        self.quoting = quoting;
        self
    }

    /// Sets how lines end.
    #[must_use]
    pub fn line_end(mut self, line_end: LineEnd) -> Self {
        self.line_end = line_end;
        self
    }

    /// Sets whether text that reads as a formula gets a `'` in front.
    #[must_use]
    pub fn guard_formulas(mut self, guard: bool) -> Self {
        self.guard_formulas = guard;
        self
    }

    /// Sets whether the file starts with a byte order mark.
    #[must_use]
    pub fn bom(mut self, bom: bool) -> Self {
        self.bom = bom;
        self
    }

    /// Sets whether the totals stand below the rows.
    #[must_use]
    pub fn totals(mut self, totals: bool) -> Self {
        self.totals = totals;
        self
    }
}
