//! Longer texts out of shorter ones. How long they get is known before they are made.

use super::argument::{bytes, characters, count, shown, text, within};
use super::pieces::split;
use crate::interpret::Value;

pub(super) fn replace(arguments: &[Value]) -> Option<Value> {
    let (text, part, by) = (characters(arguments, 0)?, characters(arguments, 1)?, characters(arguments, 2)?);
    let parts = split(&text, &part)?;
    let kept: usize = parts.iter().map(|part| bytes(part)).sum();
    let added = bytes(&by).checked_mul(parts.len().checked_sub(1)?)?;
    within(kept.checked_add(added)?)?;
    shown(parts.join(by.as_slice()))
}

pub(super) fn repeat(arguments: &[Value]) -> Option<Value> {
    let (text, times) = (text(arguments, 0)?, count(arguments, 1)?);
    within(text.len().checked_mul(times)?)?;
    Some(Value::Text(text.repeat(times)))
}

pub(super) fn pad(arguments: &[Value], before: bool) -> Option<Value> {
    let (mut text, length) = (characters(arguments, 0)?, count(arguments, 1)?);
    let with = if arguments.len() > 2 { characters(arguments, 2)? } else { vec![' '] };
    text.truncate(length);
    let lacking = length - text.len();
    let filled: Vec<char> = if with.is_empty() {
        Vec::new()
    } else {
        // A character has a byte at least.
        within(lacking)?;
        with.iter().copied().cycle().take(lacking).collect()
    };
    within(bytes(&filled) + bytes(&text))?;
    if before { shown(filled.into_iter().chain(text)) } else { shown(text.into_iter().chain(filled)) }
}

pub(super) fn concat(arguments: &[Value]) -> Option<Value> {
    let texts: Vec<&str> = (0..arguments.len()).map(|place| text(arguments, place).unwrap_or_default()).collect();
    within(texts.iter().map(|text| text.len()).sum())?;
    Some(Value::Text(texts.concat()))
}

pub(super) fn join(arguments: &[Value]) -> Option<Value> {
    let separator = text(arguments, 0)?;
    let texts: Vec<&str> = (1..arguments.len()).filter_map(|place| text(arguments, place)).collect();
    let kept: usize = texts.iter().map(|text| text.len()).sum();
    within(kept + separator.len() * texts.len().saturating_sub(1))?;
    Some(Value::Text(texts.join(separator)))
}
