//! What comes for what a regular expression finds: text with references to groups.

use regex::{Captures, Regex};

use super::push;

/// A replacement, read once.
#[derive(Debug)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

/// No two pieces of text follow each other.
#[derive(Debug)]
enum Piece {
    Text(String),
    Group(usize),
}

impl Template {
    /// Reads a replacement for a regular expression. A reference to a group that this does not have stands for nothing.
    pub(super) fn of(by: &str, pattern: &Regex) -> Self {
        let (mut pieces, mut text) = (Vec::new(), String::new());
        let mut rest = by;
        while let Some((before, behind)) = rest.split_once('$') {
            text.push_str(before);
            if let Some(behind) = behind.strip_prefix('$') {
                text.push('$');
                rest = behind;
                continue;
            }
            let Some((name, behind)) = reference(behind) else {
                text.push('$');
                rest = behind;
                continue;
            };
            rest = behind;
            if let Some(group) = group(name, pattern) {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Group(group));
            }
        }
        text.push_str(rest);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Self { pieces }
    }

    /// The text that it is whatever is found, if it has no groups.
    pub(super) fn plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Puts what comes for a find behind a text; nothing where that grows past the bound.
    pub(super) fn write(&self, found: &Captures<'_>, written: &mut String) -> Option<()> {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => push(written, text),
            Piece::Group(group) => push(written, found.get(*group).map_or("", |held| held.as_str())),
        })
    }
}

/// The name of a group behind a dollar sign, and what follows it.
fn reference(behind: &str) -> Option<(&str, &str)> {
    if let Some(braced) = behind.strip_prefix('{') {
        return braced.split_once('}');
    }
    let length = behind.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    if length == 0 { None } else { behind.split_at_checked(length) }
}

/// The number of a group, if the expression has it.
fn group(name: &str, pattern: &Regex) -> Option<usize> {
    match name.parse() {
        Ok(number) => Some(number).filter(|number| *number < pattern.captures_len()),
        Err(_) => pattern.capture_names().position(|other| other == Some(name)),
    }
}
