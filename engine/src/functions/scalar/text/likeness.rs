//! Columns of distances, similarities and sounds.

use arrow::array::ArrayRef;
use datafusion::common::Result;

use super::super::call::Call;
use super::distance::{Distance, is_short};
use super::written::write_texts;

/// The digit of each letter from A to Z: 0 where vowels part two of the same, 9 where nothing is heard.
const SOUNDS: [u8; 26] = [0, 1, 2, 3, 0, 1, 2, 9, 0, 2, 2, 4, 5, 5, 0, 1, 2, 6, 2, 3, 0, 1, 9, 2, 0, 2];

pub(super) fn distances(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, others) = (call.texts(0)?, call.texts(1)?);
    let mut distance = Distance::default();
    Ok(call.gather_integers(|row| {
        let (distance, _) = distance.between(texts.get(row)?, others.get(row)?)?;
        i64::try_from(distance).ok()
    }))
}

pub(super) fn similarities(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, others) = (call.texts(0)?, call.texts(1)?);
    let mut distance = Distance::default();
    Ok(call.gather_floats(|row| {
        let (distance, longer) = distance.between(texts.get(row)?, others.get(row)?)?;
        let share = f64::from(u32::try_from(distance).ok()?) / f64::from(u32::try_from(longer.max(1)).ok()?);
        Some(1.0 - share)
    }))
}

pub(super) fn jaro_winkler(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, others) = (call.texts(0)?, call.texts(1)?);
    Ok(call.gather_floats(|row| {
        let (text, other) = (texts.get(row)?, others.get(row)?);
        (is_short(text) && is_short(other)).then(|| strsim::jaro_winkler(text, other))
    }))
}

pub(super) fn soundex(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    write_texts(call, |row, written| {
        push_soundex(texts.get(row)?, written);
        Some(())
    })
}

fn push_soundex(text: &str, written: &mut String) {
    let mut before = 0;
    for byte in text.bytes().filter(u8::is_ascii_alphabetic).map(|byte| byte.to_ascii_uppercase()) {
        let sound = SOUNDS.get(usize::from(byte - b'A')).copied().unwrap_or_default();
        if written.is_empty() {
            written.push(char::from(byte));
            before = if sound == 9 { 0 } else { sound };
        } else if sound != 9 {
            if sound != 0 && sound != before {
                written.push(char::from(b'0' + sound));
            }
            before = sound;
        }
        if written.len() == 4 {
            return;
        }
    }
    while !written.is_empty() && written.len() < 4 {
        written.push('0');
    }
}
