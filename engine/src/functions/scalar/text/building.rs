//! Longer texts out of shorter ones. None is made past the bound.

use arrow::array::ArrayRef;
use datafusion::common::Result;
use drillcore_formulas::MAX_GROWN_BYTES;

use super::super::call::Call;
use super::pieces::{characters, offset};
use super::written::{push, write_texts};

pub(super) fn replace(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, parts, others) = (call.texts(0)?, call.texts(1)?, call.texts(2)?);
    write_texts(call, |row, written| {
        let (text, part, by) = (texts.get(row)?, parts.get(row)?, others.get(row)?);
        if part.is_empty() {
            return push(written, text);
        }
        for (place, piece) in text.split(part).enumerate() {
            if place > 0 {
                push(written, by)?;
            }
            push(written, piece)?;
        }
        Some(())
    })
}

pub(super) fn reverse(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    write_texts(call, |row, written| {
        written.extend(texts.get(row)?.chars().rev());
        Some(())
    })
}

pub(super) fn repeat(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, counts) = (call.texts(0)?, call.integers(1)?);
    write_texts(call, |row, written| {
        let (text, count) = (texts.get(row)?, characters(counts.get(row)?)?);
        fits(text.len().checked_mul(count)?)?;
        if !text.is_empty() {
            written.extend(std::iter::repeat_n(text, count));
        }
        Some(())
    })
}

pub(super) fn pad(call: &Call<'_>, before: bool) -> Result<ArrayRef> {
    let (texts, lengths) = (call.texts(0)?, call.integers(1)?);
    let fillings = if call.count() > 2 { Some(call.texts(2)?) } else { None };
    write_texts(call, |row, written| {
        let (text, length) = (texts.get(row)?, characters(lengths.get(row)?)?);
        let filling = match &fillings {
            Some(fillings) => fillings.get(row)?,
            None => " ",
        };
        padded(text, length, filling, before, written)
    })
}

fn padded(text: &str, length: usize, filling: &str, before: bool, written: &mut String) -> Option<()> {
    let text = text.get(..offset(text, length))?;
    let lacking = length - text.chars().count();
    let width = filling.chars().count();
    if lacking == 0 || width == 0 {
        return push(written, text);
    }
    let times = lacking / width;
    let last = filling.get(..offset(filling, lacking % width))?;
    let added = filling.len().checked_mul(times)?.checked_add(last.len())?;
    fits(added.checked_add(text.len())?)?;
    if !before {
        written.push_str(text);
    }
    written.extend(std::iter::repeat_n(filling, times));
    written.push_str(last);
    if before {
        written.push_str(text);
    }
    Some(())
}

pub(super) fn concat(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = (0..call.count()).map(|place| call.texts(place)).collect::<Result<Vec<_>>>()?;
    write_texts(call, |row, written| {
        texts.iter().filter_map(|texts| texts.get(row)).try_for_each(|text| push(written, text))
    })
}

pub(super) fn join(call: &Call<'_>) -> Result<ArrayRef> {
    let separators = call.texts(0)?;
    let texts = (1..call.count()).map(|place| call.texts(place)).collect::<Result<Vec<_>>>()?;
    write_texts(call, |row, written| {
        let separator = separators.get(row)?;
        for (place, text) in texts.iter().filter_map(|texts| texts.get(row)).enumerate() {
            if place > 0 {
                push(written, separator)?;
            }
            push(written, text)?;
        }
        Some(())
    })
}

/// Nothing if a text of so many bytes would be past the bound.
fn fits(bytes: usize) -> Option<()> {
    (bytes <= MAX_GROWN_BYTES).then_some(())
}
