//! Texts cut and filled to a number of cells of the terminal.

use ratatui::buffer::CellWidth;
use ratatui::style::Style;
use ratatui::text::Span;

/// What stands for the part of a text that is left out.
const CUT: char = '…';

/// How many cells a text takes.
pub(super) fn width(text: &str) -> usize {
    pieces(text).iter().map(|(_, cells)| cells).sum()
}

/// The text, or its beginning where it takes more cells.
pub(super) fn fit(text: &str, cells: usize) -> String {
    cut(text, cells, false)
}

/// The text, or its end where it takes more cells.
pub(super) fn fit_end(text: &str, cells: usize) -> String {
    cut(text, cells, true)
}

/// Exactly so many cells, the text at their left.
pub(super) fn left(text: &str, cells: usize) -> String {
    let text = fit(text, cells);
    let gap = " ".repeat(cells.saturating_sub(width(&text)));
    text + &gap
}

/// Exactly so many cells, the text at their right.
pub(super) fn right(text: &str, cells: usize) -> String {
    let text = fit(text, cells);
    let gap = " ".repeat(cells.saturating_sub(width(&text)));
    gap + &text
}

/// Exactly so many cells with a text at each end; the left one is cut first, the right one to half of them.
pub(super) fn both(start: &str, end: &str, cells: usize) -> String {
    if width(start) + width(end) + 2 <= cells {
        let gap = " ".repeat(cells - width(start) - width(end));
        return format!("{start}{gap}{end}");
    }
    let end = fit(end, (cells / 2).max(cells.saturating_sub(width(start) + 2)));
    let start = left(start, cells.saturating_sub(width(&end) + 2));
    left(&format!("{start}  {end}"), cells)
}

/// What a reader takes for single characters, each with its cells.
fn pieces(text: &str) -> Vec<(String, usize)> {
    let span = Span::raw(text);
    let piece = |symbol: &str| (symbol.to_owned(), usize::from(symbol.cell_width()));
    span.styled_graphemes(Style::new()).map(|grapheme| piece(grapheme.symbol)).collect()
}

fn cut(text: &str, cells: usize, keep_end: bool) -> String {
    let mut pieces = pieces(text);
    if pieces.iter().map(|(_, cells)| cells).sum::<usize>() <= cells {
        return text.to_owned();
    }
    let Some(mut left) = cells.checked_sub(1) else { return String::new() };
    if keep_end {
        pieces.reverse();
    }
    let mut kept: Vec<String> = Vec::new();
    for (symbol, cells) in pieces {
        let Some(rest) = left.checked_sub(cells) else { break };
        left = rest;
        kept.push(symbol);
    }
    if keep_end {
        kept.reverse();
        format!("{CUT}{}", kept.concat())
    } else {
        format!("{}{CUT}", kept.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::{both, fit, fit_end, left, right, width};

    #[test]
    fn cells_are_counted_and_not_characters() {
        for (text, cells) in [("", 0), ("abc", 3), ("東京", 4), ("e\u{301}", 1), ("∅…", 2), ("a東", 3)] {
            assert_eq!(width(text), cells, "{text}");
        }
    }

    #[test]
    fn texts_are_cut_at_either_end_and_never_inside_a_character() {
        assert_eq!(fit("Boston", 6), "Boston");
        assert_eq!(fit("Boston", 5), "Bost…");
        assert_eq!(fit_end("Boston", 5), "…ston");
        assert_eq!((fit("東京都", 5), fit("東京都", 4)), ("東京…".to_owned(), "東…".to_owned()));
        assert_eq!((fit("ab", 1), fit("ab", 0), fit_end("ab", 0)), ("…".to_owned(), String::new(), String::new()));
        for cells in 0..8 {
            for text in ["東京都", "Boston", "e\u{301}e\u{301}e\u{301}"] {
                assert_eq!((width(&left(text, cells)), width(&right(text, cells))), (cells, cells), "{text} {cells}");
            }
        }
    }

    #[test]
    fn both_ends_share_a_line() {
        assert_eq!(both("ab", "yz", 8), "ab    yz");
        assert_eq!(both("abcdef", "yz", 8), "abc…  yz");
        assert_eq!(both("ab", "uvwxyz", 8), "ab  uvw…");
        assert_eq!(both("abcdef", "uvwxyz", 10), "ab…  uvwx…");
        for cells in 0..20 {
            assert_eq!(width(&both("some dimension", "some measure", cells)), cells);
        }
    }
}
