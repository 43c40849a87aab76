//! All places of a pattern as another text.

use regex::{Captures, Regex};

use crate::MAX_GROWN_BYTES;

/// What is no plain text in a replacement: a dollar sign, and a group by name or number without and with braces.
const REFERENCE: &str = r"\$(?:(?<dollar>\$)|(?<bare>[0-9A-Za-z_]+)|\{(?<braced>[^}]*)\})";

/// A piece of a replacement.
#[derive(Debug, Clone, Copy)]
enum Piece<'r> {
    Plain(&'r str),
    Group(&'r str),
}

/// The text with `by` wherever the pattern is found; none if that is too long.
pub(super) fn replace(text: &str, pattern: &Regex, by: &str) -> Option<String> {
    let by = read(by)?;
    let mut all = String::new();
    let mut end = 0;
    for captures in pattern.captures_iter(text) {
        let whole = captures.get(0)?;
        all.push_str(text.get(end..whole.start())?);
        for piece in by.iter().copied() {
            all.push_str(match piece {
                Piece::Plain(plain) => plain,
                Piece::Group(name) => group(&captures, name),
            });
            // What comes behind makes it no shorter.
            within(&all)?;
        }
        end = whole.end();
    }
    all.push_str(text.get(end..)?);
    within(&all)?;
    Some(all)
}

fn within(text: &str) -> Option<()> {
    (text.len() <= MAX_GROWN_BYTES).then_some(())
}

/// The pieces of a replacement.
fn read(by: &str) -> Option<Vec<Piece<'_>>> {
    let mut all = Vec::new();
    let mut end = 0;
    for found in crate::pattern(REFERENCE).ok()?.captures_iter(by) {
        let whole = found.get(0)?;
        all.push(Piece::Plain(by.get(end..whole.start())?));
        all.push(match (found.name("dollar"), found.name("bare").or_else(|| found.name("braced"))) {
            (Some(dollar), _) => Piece::Plain(dollar.as_str()),
            (None, group) => Piece::Group(group?.as_str()),
        });
        end = whole.end();
    }
    all.push(Piece::Plain(by.get(end..)?));
    Some(all)
}

/// What a group holds; one that is not there or has no part holds nothing.
fn group<'a>(captures: &Captures<'a>, name: &str) -> &'a str {
    let found = match name.parse::<usize>() {
        Ok(number) => captures.get(number),
        Err(_) => captures.name(name),
    };
    found.map_or("", |found| found.as_str())
}
