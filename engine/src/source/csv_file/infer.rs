//! Finds what the columns of a file of text hold, by going through it once.

use super::source::CsvSource;
use crate::error::Result;
use crate::model::{Column, ColumnType};
use crate::source::guess::TextGuess;
use crate::source::moment::DateFormat;
use crate::source::{files, metadata};

/// The columns of the file.
pub(super) fn columns(source: &CsvSource) -> Result<Vec<Column>> {
    let (names, mut records) = source.open()?;
    let mut guesses = vec![TextGuess::new(); names.len()];
    let mut left = source.sample();
    while left > 0 && records.advance().map_err(|fault| source.fault(fault))? {
        left -= 1;
        if let Some(name) = records.broken_text().and_then(|index| names.get(index)) {
            return Err(source.value_error(records.line(), name, "is not valid UTF-8"));
        }
        for (guess, field) in guesses.iter_mut().zip(records.fields()) {
            // An empty text in quotes fits every type: other types read it as NULL.
            if !field.bytes.is_empty() && !source.is_null(field) {
                guess.observe(field.bytes);
            }
        }
    }
    let columns = names.into_iter().zip(&guesses).map(|(name, guess)| {
        let declared = source.declared_date_format(&name).map(|_| ColumnType::Date);
        let column_type = declared.unwrap_or_else(|| guess.column_type());
        metadata::described(name, column_type)
    });
    Ok(columns.collect())
}

/// How the dates of these columns are written; each is the place of a column in the file, and its name.
///
/// The format is not kept from discovery but found again from the file that is read, so that it always is the format of
/// that file. A declared format wins. Mostly the first row decides; only dates that could be read with the day or the
/// month first need more rows, up to the first with a day after the 12th.
pub(super) fn date_formats(source: &CsvSource, columns: &[(usize, &str)]) -> Result<Vec<DateFormat>> {
    let declared: Vec<Option<DateFormat>> = columns.iter().map(|(_, name)| source.declared_date_format(name)).collect();
    let mut guesses = vec![TextGuess::new(); columns.len()];
    let is_open = |guess: &TextGuess| !guess.has_seen_any() || guess.date_formats().count() > 1;
    if declared.iter().any(Option::is_none) {
        let (_, mut records) = source.open()?;
        let undecided = |guesses: &[TextGuess]| {
            guesses.iter().zip(&declared).any(|(guess, declared)| declared.is_none() && is_open(guess))
        };
        while undecided(&guesses) && records.advance().map_err(|fault| source.fault(fault))? {
            for (guess, (index, _)) in guesses.iter_mut().zip(columns) {
                let Some(field) = records.field(*index) else { continue };
                if is_open(guess) && !field.bytes.is_empty() && !source.is_null(field) {
                    guess.observe(field.bytes);
                }
            }
        }
    }
    let decide = |((declared, guess), (_, name)): ((&Option<DateFormat>, &TextGuess), &(usize, &str))| {
        let mut formats = guess.date_formats();
        match (declared, formats.next(), formats.next()) {
            (Some(declared), ..) => Ok(*declared),
            (None, Some(_), Some(_)) if guess.has_seen_any() => Err(files::error(
                source.path(),
                format!(
                    "every date of column `{name}` could be read with the day or with the month first; \
                     declare its date format"
                ),
            )),
            (None, Some(only), None) => Ok(only),
            // No value, or none that is a date: the reader will say which line is wrong.
            _ => Ok(DateFormat::Iso),
        }
    };
    declared.iter().zip(&guesses).zip(columns).map(decide).collect()
}
