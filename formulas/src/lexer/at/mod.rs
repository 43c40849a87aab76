//! Constants behind an `@`: dates, times and durations.

mod cursor;
mod duration;
mod time;

use crate::tree::Literal;
use crate::{Error, Span};
use cursor::Cursor;

pub(crate) use duration::UNITS;

/// The bytes of a constant behind its `@`. A sign belongs to it where one can stand: between the parts of a date, or
/// before the offset of a time. So `@2024-03-01-@1d` and `@1d-2` are differences.
pub(super) fn length(rest: &str) -> usize {
    let (mut length, mut dashes) = (0, 0);
    // Whether there were only digits and dashes, a `T`, an offset.
    let (mut plain, mut timed, mut placed) = (true, false, false);
    let mut bytes = rest.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let sign = matches!(byte, b'+' | b'-') && bytes.peek().is_some_and(u8::is_ascii_digit);
        match byte {
            b'0'..=b'9' => {}
            b'-' if sign && plain && dashes < 2 => dashes += 1,
            b'+' | b'-' if sign && timed && !placed => placed = true,
            b':' | b'.' | b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                plain = false;
                timed |= matches!(byte, b'T' | b't');
                placed |= matches!(byte, b'Z' | b'z');
            }
            _ => break,
        }
        length += 1;
    }
    length
}

/// The constant of a token, which begins with its `@`.
pub(crate) fn literal(token: &str, span: Span) -> Result<Literal, Error> {
    let rest = token.strip_prefix('@').unwrap_or(token);
    let mut cursor = Cursor::new(rest, span.end().saturating_sub(rest.len()));
    let behind_digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    match behind_digits.chars().next() {
        None if rest.is_empty() => {
            Err(Error::new(span, "a date or a duration is missing behind the `@`: @2024-03-01, @1d12h"))
        }
        None => Err(Error::new(span, "this is no date and no duration; they are written as @2024-03-01 and @1d12h")),
        Some('-') if behind_digits.len() == rest.len() => {
            Err(Error::new(span, "the sign of a duration stands before the `@`: -@1d"))
        }
        Some('T' | 't' | '-' | ':') => time::read(&mut cursor),
        Some(_) => duration::read(&mut cursor),
    }
}

#[cfg(test)]
mod tests;
