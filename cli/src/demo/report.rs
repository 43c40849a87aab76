//! What the demo prints around the answers: the tables found, a line above each tile, the comparison at the end.

use std::time::Duration;

use drillcore::{Description, Kind};

use super::board::{RUNS, Tile};
use crate::grid::grid;
use crate::progress;

/// The width of everything the demo shows.
pub(super) const WIDTH: usize = 100;
/// How far the columns of a table are indented.
const MARGIN: usize = 14;

/// A title with a rule behind it.
pub(super) fn heading(title: &str) -> String {
    let rule = "─".repeat(WIDTH.saturating_sub(title.chars().count() + 4));
    format!("\n── {title} {rule}\n")
}

/// A table and its columns by kind.
pub(super) fn table(file: &str, bytes: u64, found: &Description) -> String {
    let mut text = format!("{:<10} {file}, {}, {} columns\n", found.name, progress::bytes(bytes), found.columns.len());
    for kind in [Kind::Hierarchy, Kind::Numeric, Kind::Datetime] {
        let names = found.columns.iter().filter(|column| column.kind() == kind).map(|column| column.id.as_str());
        for (index, line) in filled(names, WIDTH - MARGIN - 11).into_iter().enumerate() {
            let word = if index == 0 { kind.as_str() } else { "" };
            text.push_str(&format!("{:MARGIN$}{word:<11}{line}\n", ""));
        }
    }
    text
}

/// Words in lines of at most so many characters.
fn filled<'a>(words: impl Iterator<Item = &'a str>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A tile with its answer.
pub(super) fn tile(tile: &Tile) -> String {
    let mut text = heading(&tile.title);
    for line in tile.view.show(&tile.answer).lines() {
        text.push_str(format!("  {line}").trim_end());
        text.push('\n');
    }
    text.push_str(&format!("\n  {}\n", times(tile.from_files, tile.from_caches)));
    text
}

fn times(from_files: Option<Duration>, from_caches: Option<Duration>) -> String {
    let files = from_files.map(|time| format!("from the files {} ms", millis(time)));
    let caches = from_caches.map(|time| format!("from the caches {} ms", millis(time)));
    files.into_iter().chain(caches).collect::<Vec<_>>().join(", ")
}

/// All tiles with their times.
pub(super) fn comparison(tiles: &[Tile]) -> String {
    let mut rows: Vec<Vec<String>> = tiles
        .iter()
        .map(|tile| {
            let rows = tile.answer.num_rows().to_string();
            line(tile.title.clone(), rows, tile.from_files, tile.from_caches)
        })
        .collect();
    let files: Option<Duration> = tiles.iter().map(|tile| tile.from_files).sum();
    let caches: Option<Duration> = tiles.iter().map(|tile| tile.from_caches).sum();
    rows.push(line("all of them".to_owned(), String::new(), files, caches));
    let header = ["tile", "rows", "files, ms", "caches, ms", "times faster"];
    let mut text = heading("Files and caches");
    text.push_str(&grid(&header, &[false, true, true, true, true], rows));
    text.push_str(&format!("\n Medians of up to {RUNS} runs after one that is not counted.\n"));
    if files.is_some() && caches.is_some() {
        text.push_str(&format!(" All {} answers are the same from the files and from the caches.\n", tiles.len()));
    }
    text
}

fn line(title: String, rows: String, files: Option<Duration>, caches: Option<Duration>) -> Vec<String> {
    let shown = |time: Option<Duration>| time.map_or_else(|| "-".to_owned(), millis);
    vec![title, rows, shown(files), shown(caches), factor(files, caches).unwrap_or_else(|| "-".to_owned())]
}

fn factor(files: Option<Duration>, caches: Option<Duration>) -> Option<String> {
    let (files, caches) = (files?, caches.filter(|time| !time.is_zero())?);
    Some(format!("{:.1}", files.div_duration_f64(caches)))
}

/// A time in milliseconds.
pub(super) fn millis(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{WIDTH, filled, heading, line, times};

    #[test]
    fn headings_are_as_wide_as_the_demo() {
        assert_eq!(heading("Key figures").trim().chars().count(), WIDTH);
        assert!(heading(&"x".repeat(120)).contains("xxx"));
    }

    #[test]
    fn words_are_filled_into_lines() {
        assert_eq!(filled(["year", "month", "day", "carrier"].into_iter(), 10), ["year month", "day", "carrier"]);
        assert!(filled(std::iter::empty(), 10).is_empty());
    }

    #[test]
    fn times_are_compared_where_both_are_known() {
        let (slow, fast) = (Some(Duration::from_micros(84_000)), Some(Duration::from_micros(12_000)));
        assert_eq!(line("a".into(), "5".into(), slow, fast), ["a", "5", "84.0", "12.0", "7.0"]);
        assert_eq!(line("a".into(), "5".into(), None, fast), ["a", "5", "-", "12.0", "-"]);
        assert_eq!(times(slow, fast), "from the files 84.0 ms, from the caches 12.0 ms");
        assert_eq!(times(None, fast), "from the caches 12.0 ms");
    }
}
