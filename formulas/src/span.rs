//! A place in a text, for errors that point at it.

use std::fmt;

/// A range of bytes of a text. An empty one stands between two characters.
///
/// ```
/// use drillcore_formulas::Span;
///
/// let text = "SUM({distance) / COUNTR()";
/// let span = Span::new(4, 13);
/// assert_eq!(span.text(text), Some("{distance"));
/// assert_eq!(span.position(text).to_string(), "line 1, column 5");
/// assert_eq!(span.render(text), "1 | SUM({distance) / COUNTR()\n  |     ^^^^^^^^^\n");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    start: usize,
    end: usize,
}

/// Where a place is for a person: the first character of a text is in line 1, column 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1. Lines end with `\n`.
    pub line: usize,
    /// The column, from 1: one more than the characters (Unicode scalar values) before it in its line.
    pub column: usize,
}

impl Span {
    /// The most characters of a line that [`Span::render`] shows.
    pub const SHOWN_CHARS: usize = 96;

    /// Characters shown before the place, where a line is cut.
    const SHOWN_BEFORE: usize = 32;

    /// The bytes from `start` to before `end`. An end before the start is taken for the start.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end: if end < start { start } else { end } }
    }

    /// The empty span before a byte.
    #[must_use]
    pub const fn at(position: usize) -> Self {
        Self::new(position, position)
    }

    /// The first byte.
    #[must_use]
    pub const fn start(self) -> usize {
        self.start
    }

    /// The byte behind the last one.
    #[must_use]
    pub const fn end(self) -> usize {
        self.end
    }

    /// Whether it holds no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The least span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text of the span; nothing if it reaches beyond the text or cuts a character.
    #[must_use]
    pub fn text(self, source: &str) -> Option<&str> {
        source.get(self.start..self.end)
    }

    /// The position of its start. A start beyond the text counts as its end, one inside a character as the character.
    #[must_use]
    pub fn position(self, source: &str) -> Position {
        let before = up_to(source, self.start);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        Position { line, column: up_from(before, line_start).chars().count() + 1 }
    }

    /// The line of its start, and below it a line that marks the span, at least one character of it and only up to the
    /// end of the line. A long line is cut around the start of the span.
    #[must_use]
    pub fn render(self, source: &str) -> String {
        let Position { line, column } = self.position(source);
        let text = source.split('\n').nth(line - 1).unwrap_or_default();
        let text = text.strip_suffix('\r').unwrap_or(text);
        let marked = up_from(up_to(source, self.end), up_to(source, self.start).len());
        let marked = marked.split(['\r', '\n']).next().unwrap_or_default().chars().count().max(1);

        let length = text.chars().count();
        let first = if length > Self::SHOWN_CHARS { (column - 1).saturating_sub(Self::SHOWN_BEFORE) } else { 0 };
        let shown: String = text.chars().skip(first).take(Self::SHOWN_CHARS).map(visible).collect();
        let (cut_before, cut_behind) = (first > 0, length > first + Self::SHOWN_CHARS);
        let margin = line.to_string();
        let blank = " ".repeat(margin.len());
        let dots = |cut: bool| if cut { ".." } else { "" };
        // A tab before the place stays a tab below it, so that both lines are indented alike.
        let indent: String =
            shown.chars().take(column - 1 - first).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let room = (Self::SHOWN_CHARS + 1).saturating_sub(column - first);
        let indent = format!("{}{indent}", if cut_before { "  " } else { "" });
        let carets = "^".repeat(marked.min(room).max(1));
        format!("{margin} | {}{shown}{}\n{blank} | {indent}{carets}\n", dots(cut_before), dots(cut_behind))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The text before a byte; before the character around it, if the byte is inside one.
fn up_to(source: &str, byte: usize) -> &str {
    let mut end = byte.min(source.len());
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    source.get(..end).unwrap_or_default()
}

/// The text from a byte on.
fn up_from(source: &str, byte: usize) -> &str {
    source.get(byte..).unwrap_or_default()
}

/// A character that cannot command a terminal.
fn visible(c: char) -> char {
    if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c }
}

#[cfg(test)]
mod tests {
    use super::{Position, Span};

    #[track_caller]
    fn check(source: &str, span: (usize, usize), rendered: &str) {
        assert_eq!(Span::new(span.0, span.1).render(source), rendered);
    }

    #[test]
    fn the_place_is_marked_below_its_line() {
        check("a + b", (2, 3), "1 | a + b\n  |   ^\n");
        check("a +\n  b *\n  c", (8, 9), "2 |   b *\n  |     ^\n");
        check("", (0, 0), "1 | \n  | ^\n");
        check("a +", (3, 3), "1 | a +\n  |    ^\n");
    }

    #[test]
    fn a_span_over_several_lines_is_marked_in_its_first() {
        check("SUM(\n1)", (0, 7), "1 | SUM(\n  | ^^^^\n");
        check("SUM(\r\n1)", (0, 8), "1 | SUM(\n  | ^^^^\n");
    }

    #[test]
    fn characters_count_not_bytes() {
        check("é😀 + x", (9, 10), "1 | é😀 + x\n  |      ^\n");
        check("\tå?", (3, 4), "1 | \tå?\n  | \t ^\n");
    }

    #[test]
    fn control_characters_do_not_reach_a_terminal() {
        check("a\u{1b}[2J?", (5, 6), "1 | a\u{fffd}[2J?\n  |      ^\n");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let source = format!("{}?{}", "a".repeat(1000), "b".repeat(1000));
        let line = format!("1 | ..{}?{}..\n", "a".repeat(32), "b".repeat(63));
        check(&source, (1000, 1001), &format!("{line}  | {}^\n", " ".repeat(34)));
        check(&source, (1000, 2001), &format!("{line}  | {}{}\n", " ".repeat(34), "^".repeat(64)));
        check(&source, (2001, 2001), &format!("1 | ..{}\n  | {}^\n", "b".repeat(32), " ".repeat(34)));
    }

    #[test]
    fn a_span_of_another_text_is_no_fault() {
        let sources = ["", "é", "a\nb", "a\r\n\n😀"];
        for source in sources {
            for start in 0..12 {
                for end in 0..12 {
                    let span = Span::new(start, end);
                    assert!(span.render(source).contains('^'), "{source} {start} {end}");
                    assert!(span.text(source).is_none_or(|text| source.contains(text)));
                }
            }
            assert!(Span::new(usize::MAX, 0).render(source).contains('^'));
        }
    }

    #[test]
    fn lines_and_columns_begin_at_one() {
        let source = "ab\nçd\n";
        for (byte, line, column) in [(0, 1, 1), (2, 1, 3), (3, 2, 1), (4, 2, 1), (5, 2, 2), (7, 3, 1), (99, 3, 1)] {
            assert_eq!(Span::at(byte).position(source), Position { line, column }, "byte {byte}");
        }
        assert_eq!(Span::at(0).position(""), Position { line: 1, column: 1 });
    }

    #[test]
    fn spans_join_to_what_holds_both() {
        assert_eq!(Span::new(7, 9).to(Span::new(2, 3)), Span::new(2, 9));
        assert_eq!(Span::new(5, 2), Span::at(5));
        assert!(Span::at(5).is_empty() && !Span::new(5, 6).is_empty());
    }
}
