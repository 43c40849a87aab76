//! Functions of texts and patterns. A regular expression is compiled once for the rows of a batch.
//!
//! | file | |
//! |---|---|
//! | `template` | what comes for what a regular expression finds |
//! | `like` | the wildcards of SQL |

mod like;
mod template;

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result};
use drillcore_formulas::PatternFunction;
use regex::Regex;

use super::call::Call;
use super::text::{Kept, push, write_texts};
use crate::functions::fold_text;
use like::Wildcards;
use template::Template;

pub(super) fn call(function: PatternFunction, call: &Call<'_>) -> Result<ArrayRef> {
    match function {
        PatternFunction::Matches => {
            let (texts, pattern) = (call.texts(0)?, compiled(call)?);
            Ok(call.gather_booleans(|row| texts.get(row).map(|text| pattern.is_match(text))))
        }
        PatternFunction::Extract => extract(call, &compiled(call)?),
        PatternFunction::Replace => replace(call, &compiled(call)?),
        PatternFunction::Count => {
            let (texts, pattern) = (call.texts(0)?, compiled(call)?);
            Ok(call.gather_integers(|row| i64::try_from(pattern.find_iter(texts.get(row)?).count()).ok()))
        }
        PatternFunction::Position => {
            let (texts, pattern) = (call.texts(0)?, compiled(call)?);
            Ok(call.gather_integers(|row| {
                let text = texts.get(row)?;
                let Some(found) = pattern.find(text) else { return Some(0) };
                i64::try_from(text.get(..found.start())?.chars().count() + 1).ok()
            }))
        }
        PatternFunction::Like => {
            let (texts, patterns) = (call.texts(0)?, call.texts(1)?);
            let mut kept = Kept::new(Wildcards::of);
            Ok(call.gather_booleans(|row| {
                let (text, pattern) = (texts.get(row)?, patterns.get(row)?);
                kept.of(pattern).as_ref().map(|pattern| pattern.fit(text))
            }))
        }
        PatternFunction::LikeAnyCase => {
            let (texts, patterns) = (call.texts(0)?, call.texts(1)?);
            let mut kept = Kept::new(|pattern: &str| Wildcards::of(&fold_text(pattern)));
            Ok(call.gather_booleans(|row| {
                let (text, pattern) = (texts.get(row)?, patterns.get(row)?);
                kept.of(pattern).as_ref().map(|pattern| pattern.fit(&folded(text)))
            }))
        }
    }
}

/// The regular expression of a call. The check of the formula made sure that it can be compiled.
fn compiled(call: &Call<'_>) -> Result<Regex> {
    drillcore_formulas::pattern(&call.word(1)?)
        .map_err(|_| DataFusionError::Internal("a function of formulas got no regular expression".into()))
}

fn extract(call: &Call<'_>, pattern: &Regex) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    let group = if call.count() > 2 { usize::try_from(call.constant(2)?).ok() } else { None };
    let group = group.unwrap_or_else(|| usize::from(pattern.captures_len() > 1));
    if group == 0 {
        return Ok(call.gather_texts(|row| pattern.find(texts.get(row)?).map(|found| found.as_str())));
    }
    let mut places = pattern.capture_locations();
    Ok(call.gather_texts(|row| {
        let text = texts.get(row)?;
        pattern.captures_read(&mut places, text)?;
        let (start, end) = places.get(group)?;
        text.get(start..end)
    }))
}

fn replace(call: &Call<'_>, pattern: &Regex) -> Result<ArrayRef> {
    let (texts, others) = (call.texts(0)?, call.texts(2)?);
    let mut kept = Kept::new(|by: &str| Template::of(by, pattern));
    write_texts(call, |row, written| {
        let (text, by) = (texts.get(row)?, kept.of(others.get(row)?));
        let mut end = 0;
        if let Some(plain) = by.plain() {
            for found in pattern.find_iter(text) {
                push(written, text.get(end..found.start())?)?;
                push(written, plain)?;
                end = found.end();
            }
        } else {
            for captures in pattern.captures_iter(text) {
                let whole = captures.get(0)?;
                push(written, text.get(end..whole.start())?)?;
                by.write(&captures, written)?;
                end = whole.end();
            }
        }
        push(written, text.get(end..)?)
    })
}

/// A text in which case does not count.
fn folded(text: &str) -> Cow<'_, str> {
    let counts = text.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_uppercase());
    if counts { Cow::Owned(fold_text(text)) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests;
