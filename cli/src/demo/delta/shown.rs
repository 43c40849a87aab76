//! The chapter as text.

use drillcore::{SyncReport, VersionInfo};

use super::Chapter;
use crate::demo::report::{heading, millis};
use crate::demo::view::View;
use crate::grid::grid;
use crate::progress;

const INTRODUCTION: &str = "\
A source in memory has the flights from January to November. After the first sync it has those
of December too, JetBlue has taken ten minutes off its arrival delays of November, and flights
of November that never left are cancelled. A sync reads the rows made, corrected or cancelled
since the one before. The cache is in memory as well: no time goes to a disk, and nothing stays
in the store.";

const AGREEMENT: &str = "\
The source and the cache have the same answers by month, by airline and in total: after the
first sync, after the changes, and after compaction. Version 1 has the answer that the source
had then.";

const HEADER: [&str; 9] = ["sync", "fetched", "inserted", "updated", "deleted", "rows", "version", "written", "ms"];
const RIGHT: [bool; 9] = [false, true, true, true, true, true, true, true, true];

pub(super) fn chapter(chapter: &Chapter) -> String {
    let rows = chapter.syncs.iter().map(|(what, report)| line(what, report));
    let [then, now] = &chapter.november;
    let [before, after] = &chapter.compacted;
    let mut text = heading("A source that changes");
    text.push_str(&format!("{}\n{}\n{}\n", indented(INTRODUCTION), grid(&HEADER, &RIGHT, rows), indented(AGREEMENT)));
    text.push_str(&format!(" November, version 1: {}", View::Figures.show(then)));
    text.push_str(&format!(" November, now:       {}\n", View::Figures.show(now)));
    text.push_str(&format!(" Compaction: {} -> {}\n", files(before), files(after)));
    text
}

fn line(what: &str, report: &SyncReport) -> Vec<String> {
    let counts = [report.fetched, report.inserted, report.updated, report.deleted, report.rows];
    let mut line = vec![what.to_owned()];
    line.extend(counts.into_iter().map(progress::count));
    line.extend([report.version.to_string(), progress::bytes(report.bytes), millis(report.took)]);
    line
}

/// What a version is made of.
fn files(version: &VersionInfo) -> String {
    let ending = if version.files == 1 { "" } else { "s" };
    let (files, deleted) = (progress::count(version.files), progress::count(version.deleted_rows));
    format!("{files} file{ending}, {}, {deleted} deleted rows", progress::bytes(version.bytes))
}

/// As far from the edge as the tables are.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!(" {line}\n")).collect()
}
