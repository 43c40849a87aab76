//! Arguments, and values out of characters.

use crate::MAX_GROWN_BYTES;
use crate::interpret::Value;

/// A text argument; none if it is NULL or not there.
pub(super) fn text(arguments: &[Value], place: usize) -> Option<&str> {
    match arguments.get(place)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The characters of a text argument.
pub(super) fn characters(arguments: &[Value], place: usize) -> Option<Vec<char>> {
    text(arguments, place).map(|text| text.chars().collect())
}

/// An integer argument.
pub(super) fn integer(arguments: &[Value], place: usize) -> Option<i64> {
    match arguments.get(place)? {
        Value::Integer(value) => Some(*value),
        _ => None,
    }
}

/// An integer argument that is a number of characters: none if it is negative.
pub(super) fn count(arguments: &[Value], place: usize) -> Option<usize> {
    usize::try_from(integer(arguments, place)?).ok()
}

/// A text.
pub(super) fn shown(characters: impl IntoIterator<Item = char>) -> Option<Value> {
    Some(Value::Text(characters.into_iter().collect()))
}

/// A number of things.
pub(super) fn counted(things: usize) -> Option<Value> {
    i64::try_from(things).ok().map(Value::Integer)
}

/// The bytes that characters take in UTF-8.
pub(super) fn bytes(characters: &[char]) -> usize {
    characters.iter().map(|character| character.len_utf8()).sum()
}

/// Nothing if a text would be longer than texts may grow.
pub(super) fn within(bytes: usize) -> Option<()> {
    (bytes <= MAX_GROWN_BYTES).then_some(())
}
