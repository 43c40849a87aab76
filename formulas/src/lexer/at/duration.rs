//! Durations behind an `@`.

use super::cursor::Cursor;
use crate::Error;
use crate::tree::Literal;

/// Microseconds.
pub(super) const SECOND: i64 = 1_000_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// The units, from long to short, and their microseconds.
pub(crate) const UNITS: &[(&str, i64)] =
    &[("w", 7 * DAY), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1_000), ("us", 1)];

/// The most letters of a wrong unit that a message shows.
const SHOWN: usize = 12;

/// Whole numbers with their units.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Literal, Error> {
    let whole = cursor.error("the duration has more microseconds than 64 bits hold");
    let mut total = 0_i64;
    let mut shorter = UNITS;
    while !cursor.is_done() {
        let (count, _) = cursor.digits();
        if count.is_empty() {
            return Err(cursor.error("a number and its unit are missing here: w, d, h, m, s, ms or us"));
        }
        if cursor.eat(&['.']).is_some() {
            return Err(cursor.error("durations have whole numbers: @1h30m, not @1.5h"));
        }
        let (unit, span) = cursor.letters();
        if unit.is_empty() {
            return Err(cursor.error("a unit is missing here: w, d, h, m, s, ms or us"));
        }
        let Some(known) = UNITS.iter().position(|(name, _)| *name == unit) else {
            let unit: String = unit.chars().take(SHOWN).collect();
            return Err(Error::new(span, format!("there is no unit `{unit}`; there are w, d, h, m, s, ms and us")));
        };
        let passed = UNITS.len() - shorter.len();
        let left = known.checked_sub(passed).and_then(|skipped| shorter.get(skipped..));
        let Some([(_, micros), rest @ ..]) = left else {
            return Err(Error::new(span, "units stand once each and from long to short: w, d, h, m, s, ms, us"));
        };
        shorter = rest;
        let part = count.parse::<i64>().ok().and_then(|count| count.checked_mul(*micros));
        match part.and_then(|part| total.checked_add(part)) {
            Some(sum) => total = sum,
            None => return Err(whole),
        }
    }
    Ok(Literal::Duration(total))
}
