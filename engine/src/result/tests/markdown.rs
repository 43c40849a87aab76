//! The table in Markdown.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};

use super::{answer, flights, sales};
use crate::result::QueryResult;

fn text(text: &str) -> QueryResult {
    answer(vec![("x", Arc::new(StringViewArray::from(vec![text])) as ArrayRef)])
}

#[test]
fn a_table_has_labels_and_numbers_at_the_right() {
    assert_eq!(flights().to_markdown(), "| Carrier | Flights |\n| --- | ---: |\n| UA | 58665 |\n|  | 32 |\n");
}

#[test]
fn totals_stand_in_bold() {
    let expected = [
        "| Region | Nation | Sales |",
        "| --- | --- | ---: |",
        "| ASIA |  | 1 |",
        "| EUROPE | FRANCE | 2000 |",
        "| EUROPE | (other) | 30 |",
        "| **ASIA** | **(total)** | **1** |",
        "| **EUROPE** | **(total)** | **2030** |",
        "| **(total)** |  | **2031** |",
    ];
    assert_eq!(sales().to_markdown().lines().collect::<Vec<_>>(), expected);
}

#[test]
fn text_is_no_markup() {
    let check = |data: &str, expected: &str| {
        assert_eq!(text(data).to_markdown(), format!("| x |\n| --- |\n| {expected} |\n"));
    };
    check("a|b", "a\\|b");
    check("a\\|b", "a\\\\\\|b");
    check("a\r\nb\nc\rd", "a<br>b<br>c<br>d");
    check("<script>", "\\<script\\>");
    check("**a** [b](c) `d` ~~e~~ &amp;", "\\*\\*a\\*\\* \\[b\\](c) \\`d\\` \\~\\~e\\~\\~ \\&amp;");
    check("by_month", "by_month");
    check("_a_ b_", "\\_a\\_ b\\_");
    check("a\tb\u{1b}", "a b\u{fffd}");
    check("Zoë 漢", "Zoë 漢");
}

#[test]
fn a_cell_never_leaves_its_row() {
    let texts = ["|", "\n", "\r\n", "\u{2028}", "\\", "\\|", "| --- |\n| x |"];
    for data in texts {
        let table = text(data).to_markdown();
        assert_eq!(table.lines().count(), 3, "{table}");
        let row = table.lines().last().unwrap();
        // An odd number of backslashes before a bar makes it text.
        let bars = row.match_indices('|').filter(|(at, _)| {
            let before = &row[..*at];
            (before.len() - before.trim_end_matches('\\').len()).is_multiple_of(2)
        });
        assert_eq!(bars.count(), 2, "{row}");
    }
}

#[test]
fn writing_in_pieces_gives_the_same_bytes() {
    let mut out = Vec::new();
    sales().write_markdown(&mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), sales().to_markdown());
}
