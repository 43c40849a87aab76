//! Upper and lower case, a character at a time.

use super::argument::{characters, shown};
use crate::interpret::Value;

/// What ends in a letter with case, but for characters that do not count for it, as the dot in an abbreviation.
const BEHIND_A_LETTER: &str = r"[\p{Cased}--\p{Case_Ignorable}]\p{Case_Ignorable}*$";

/// What begins with such a letter.
const BEFORE_A_LETTER: &str = r"^\p{Case_Ignorable}*[\p{Cased}--\p{Case_Ignorable}]";

pub(super) fn upper(arguments: &[Value]) -> Option<Value> {
    shown(characters(arguments, 0)?.into_iter().flat_map(char::to_uppercase))
}

pub(super) fn lower(arguments: &[Value]) -> Option<Value> {
    shown(lowered(&characters(arguments, 0)?)?.into_iter().flatten())
}

pub(super) fn proper(arguments: &[Value]) -> Option<Value> {
    let text = characters(arguments, 0)?;
    let mut all: Vec<char> = Vec::new();
    for run in text.chunk_by(|left, right| left.is_alphanumeric() == right.is_alphanumeric()) {
        match run.first().filter(|first| first.is_alphanumeric()) {
            Some(first) => {
                all.extend(first.to_uppercase());
                all.extend(lowered(run)?.into_iter().skip(1).flatten());
            }
            None => all.extend(run),
        }
    }
    shown(all)
}

/// Each character in lower case. Only a capital sigma looks at what stands around it.
fn lowered(text: &[char]) -> Option<Vec<Vec<char>>> {
    let each = text.iter().enumerate().map(|(place, character)| match character {
        'Σ' => Some(vec![if ends_word(text.get(..place)?, text.get(place + 1..)?)? { 'ς' } else { 'σ' }]),
        character => Some(character.to_lowercase().collect()),
    });
    each.collect()
}

/// Whether what stands between these is the last letter of a word, and not its only one.
fn ends_word(before: &[char], behind: &[char]) -> Option<bool> {
    let found = |pattern: &str, text: &[char]| {
        let text: String = text.iter().collect();
        crate::pattern(pattern).ok().map(|pattern| pattern.is_match(&text))
    };
    Some(found(BEHIND_A_LETTER, before)? && !found(BEFORE_A_LETTER, behind)?)
}
