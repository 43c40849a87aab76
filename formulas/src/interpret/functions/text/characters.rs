//! Characters at the ends of a text, kept, removed and changed.

use super::argument::{bytes, characters, shown, within};
use crate::interpret::Value;

pub(super) fn trim(arguments: &[Value], at_start: bool, at_end: bool) -> Option<Value> {
    let mut text = characters(arguments, 0)?;
    let cut = match arguments.get(1) {
        Some(_) => Some(characters(arguments, 1)?),
        None => None,
    };
    let goes = |character: &char| match &cut {
        Some(cut) => cut.contains(character),
        None => character.is_whitespace(),
    };
    while at_end && text.last().is_some_and(goes) {
        text.pop();
    }
    if at_start {
        text = text.into_iter().skip_while(goes).collect();
    }
    shown(text)
}

pub(super) fn collapse_spaces(arguments: &[Value]) -> Option<Value> {
    let mut all = Vec::new();
    let mut apart = false;
    for character in characters(arguments, 0)? {
        if character.is_whitespace() {
            apart = !all.is_empty();
            continue;
        }
        if apart {
            all.push(' ');
            apart = false;
        }
        all.push(character);
    }
    shown(all)
}

/// The characters that are in the second text, or those that are not.
pub(super) fn sift(arguments: &[Value], keep: bool) -> Option<Value> {
    let (text, set) = (characters(arguments, 0)?, characters(arguments, 1)?);
    shown(text.into_iter().filter(|character| set.contains(character) == keep))
}

pub(super) fn digits(arguments: &[Value]) -> Option<Value> {
    shown(characters(arguments, 0)?.into_iter().filter(char::is_ascii_digit))
}

pub(super) fn translate(arguments: &[Value]) -> Option<Value> {
    let (text, from, to) = (characters(arguments, 0)?, characters(arguments, 1)?, characters(arguments, 2)?);
    let changed = |character: char| match from.iter().position(|other| *other == character) {
        Some(place) => to.get(place).copied(),
        None => Some(character),
    };
    let all: Vec<char> = text.into_iter().filter_map(changed).collect();
    within(bytes(&all))?;
    shown(all)
}
