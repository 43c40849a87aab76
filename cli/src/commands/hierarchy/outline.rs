//! Trees drawn as tables.

use crate::grid::grid;
use crate::plain::plain;
use crate::progress;

/// Longer texts are cut.
const LONGEST_TEXT: usize = 80;

/// A member of a tree that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// How far it is below the first line.
    pub(super) depth: usize,
    pub(super) member: String,
    /// Empty where there is none.
    pub(super) name: String,
    pub(super) rows: u64,
}

/// Lines in the order of the tree, as a table without the column of names where there is no name. `more` are not among
/// them.
pub(super) fn draw(lines: &[Line], more: u64) -> String {
    let named = lines.iter().any(|line| !line.name.is_empty());
    let branches = branches(lines.iter().map(|line| line.depth));
    let row = |(line, branch): (&Line, String)| {
        let member = format!("{branch}{}", in_one_line(&line.member));
        let name = named.then(|| in_one_line(&line.name));
        [Some(member), name, Some(progress::count(line.rows))].into_iter().flatten().collect::<Vec<_>>()
    };
    let rows = lines.iter().zip(branches).map(row);
    let drawn = if named {
        grid(&["member", "name", "rows"], &[false, false, true], rows)
    } else {
        grid(&["member", "rows"], &[false, true], rows)
    };
    match more {
        0 => drawn,
        more => format!("{drawn} ... and {} more\n", progress::count(more)),
    }
}

/// What leads to each line from the lines above it. The lines are gone through from the last to the first, so that it
/// is known of every level whether another line follows there.
fn branches(depths: impl DoubleEndedIterator<Item = usize>) -> Vec<String> {
    let mut follows: Vec<bool> = Vec::new();
    let mut branches: Vec<String> = Vec::new();
    for depth in depths.rev() {
        follows.resize(depth, false);
        let Some((last, above)) = follows.split_last_mut() else {
            branches.push(String::new());
            continue;
        };
        let mut branch: String = above.iter().map(|follows| if *follows { "│  " } else { "   " }).collect();
        branch.push_str(if *last { "├─ " } else { "└─ " });
        *last = true;
        branches.push(branch);
    }
    branches.reverse();
    branches
}

/// A text of the data, which cannot drive the terminal.
fn in_one_line(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", plain(text.get(..end).unwrap_or(text))),
        None => plain(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_TEXT, Line, branches, draw, in_one_line};

    fn line(depth: usize, member: &str, name: &str, rows: u64) -> Line {
        Line { depth, member: member.to_owned(), name: name.to_owned(), rows }
    }

    #[test]
    fn a_tree_is_drawn_with_names_and_rows() {
        let lines = [
            line(0, "All", "", 1_205),
            line(1, "west", "West", 1_203),
            line(2, "LAX", "Los Angeles", 1_200),
            line(2, "SFO", "", 3),
            line(1, "JFK", "", 2),
        ];
        let row = |member: &str, name: &str, rows: &str| format!(" {member:<9}  {name:<11}  {rows:>5}\n");
        let mut expected = row("member", "name", "rows") + &"─".repeat(11 + 13 + 7) + "\n";
        for (member, name, rows) in [
            ("All", "", "1,205"),
            ("├─ west", "West", "1,203"),
            ("│  ├─ LAX", "Los Angeles", "1,200"),
            ("│  └─ SFO", "", "3"),
            ("└─ JFK", "", "2"),
        ] {
            expected.push_str(&row(member, name, rows));
        }
        assert_eq!(draw(&lines, 0), expected);
        assert_eq!(draw(&lines, 1_000), expected + " ... and 1,000 more\n");
    }

    #[test]
    fn without_names_there_is_no_column_for_them() {
        let drawn = draw(&[line(0, "All", "", 2), line(1, "2024", "", 2)], 0);
        let expected = [" member   rows", "───────────────", " All         2", " └─ 2024     2", ""];
        assert_eq!(drawn, expected.join("\n"));
    }

    #[test]
    fn branches_end_with_the_last_line_of_their_level() {
        let expected = ["", "├─ ", "│  └─ ", "│     ├─ ", "│     └─ ", "├─ ", "└─ ", "   └─ ", "      └─ "];
        assert_eq!(branches([0, 1, 2, 3, 3, 1, 1, 2, 3].into_iter()), expected);
        assert!(branches([].into_iter()).is_empty());
    }

    #[test]
    fn data_does_not_drive_the_terminal() {
        assert_eq!(in_one_line("a\n\u{1b}[1mé\u{202e}"), "a\\n\\u{1b}[1mé\\u{202e}");
        let long = "é".repeat(LONGEST_TEXT);
        assert_eq!(in_one_line(&long), long);
        assert_eq!(in_one_line(&format!("{long}é")), format!("{long}…"));
    }
}
