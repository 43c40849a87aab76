//! Characters at the ends of texts, kept, removed and changed.

use arrow::array::ArrayRef;
use datafusion::common::Result;

use super::super::call::Call;
use super::written::{Kept, push, write_texts};

/// The ends that are cut.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ends {
    Both,
    Start,
    End,
}

/// A set of characters.
#[derive(Debug)]
struct CharacterSet {
    /// A bit for each of ASCII.
    ascii: u128,
    /// The others, in order.
    others: Vec<char>,
}

impl CharacterSet {
    fn of(characters: &str) -> Self {
        let mut set = Self { ascii: 0, others: Vec::new() };
        for character in characters.chars() {
            match ascii_bit(character) {
                Some(bit) => set.ascii |= bit,
                None => set.others.push(character),
            }
        }
        set.others.sort_unstable();
        set
    }

    fn has(&self, character: char) -> bool {
        match ascii_bit(character) {
            Some(bit) => self.ascii & bit != 0,
            None => self.others.binary_search(&character).is_ok(),
        }
    }
}

fn ascii_bit(character: char) -> Option<u128> {
    character.is_ascii().then(|| 1_u128 << u32::from(character))
}

pub(super) fn trim(call: &Call<'_>, ends: Ends) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    if call.count() < 2 {
        return Ok(call.gather_texts(|row| {
            texts.get(row).map(|text| match ends {
                Ends::Both => text.trim(),
                Ends::Start => text.trim_start(),
                Ends::End => text.trim_end(),
            })
        }));
    }
    let cut = call.texts(1)?;
    let mut sets = Kept::new(CharacterSet::of);
    Ok(call.gather_texts(|row| {
        let (text, set) = (texts.get(row)?, sets.of(cut.get(row)?));
        let goes = |character: char| set.has(character);
        Some(match ends {
            Ends::Both => text.trim_matches(goes),
            Ends::Start => text.trim_start_matches(goes),
            Ends::End => text.trim_end_matches(goes),
        })
    }))
}

pub(super) fn collapse_spaces(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    write_texts(call, |row, written| {
        for (place, word) in texts.get(row)?.split_whitespace().enumerate() {
            if place > 0 {
                written.push(' ');
            }
            written.push_str(word);
        }
        Some(())
    })
}

/// The characters that are in the second text, or those that are not.
pub(super) fn sift(call: &Call<'_>, keep: bool) -> Result<ArrayRef> {
    let (texts, characters) = (call.texts(0)?, call.texts(1)?);
    let mut sets = Kept::new(CharacterSet::of);
    write_texts(call, |row, written| {
        let (text, set) = (texts.get(row)?, sets.of(characters.get(row)?));
        written.extend(text.chars().filter(|character| set.has(*character) == keep));
        Some(())
    })
}

pub(super) fn digits(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    write_texts(call, |row, written| {
        let digits = texts.get(row)?.bytes().filter(u8::is_ascii_digit);
        written.extend(digits.map(char::from));
        Some(())
    })
}

/// The character of each number.
pub(super) fn numbered(call: &Call<'_>) -> Result<ArrayRef> {
    let numbers = call.integers(0)?;
    write_texts(call, |row, written| {
        let number = u32::try_from(numbers.get(row)?).ok()?;
        written.push(char::from_u32(number)?);
        Some(())
    })
}

/// The characters that change, in order, each with what comes for it.
#[derive(Debug, Default)]
struct Translation {
    from: String,
    to: String,
    changes: Vec<(char, Option<char>)>,
}

impl Translation {
    /// Made again only where the texts are others than before.
    fn of(&mut self, from: &str, to: &str) -> &Self {
        if self.from != from || self.to != to {
            let mut others = to.chars();
            self.changes = from.chars().map(|character| (character, others.next())).collect();
            // Stable: the first of the same stays the first.
            self.changes.sort_by_key(|(character, _)| *character);
            self.changes.dedup_by_key(|(character, _)| *character);
            from.clone_into(&mut self.from);
            to.clone_into(&mut self.to);
        }
        self
    }

    /// What comes for a character, if anything.
    fn changed(&self, character: char) -> Option<char> {
        match self.changes.binary_search_by_key(&character, |(from, _)| *from) {
            Ok(place) => self.changes.get(place).and_then(|(_, to)| *to),
            Err(_) => Some(character),
        }
    }
}

pub(super) fn translate(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, from, to) = (call.texts(0)?, call.texts(1)?, call.texts(2)?);
    let mut kept = Translation::default();
    write_texts(call, |row, written| {
        let text = texts.get(row)?;
        let translation = kept.of(from.get(row)?, to.get(row)?);
        let mut bytes = [0; 4];
        for character in text.chars() {
            if let Some(changed) = translation.changed(character) {
                push(written, changed.encode_utf8(&mut bytes))?;
            }
        }
        Some(())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CharacterSet, Translation};

    proptest! {
        #[test]
        fn sets_hold_the_characters_that_they_are_made_of(characters in "[\\x00a~\u{7f}\u{80}é😀]{0,6}", other in any::<char>()) {
            let set = CharacterSet::of(&characters);
            for character in ['\0', 'a', '~', '\u{7f}', '\u{80}', 'é', '😀', other] {
                prop_assert_eq!(set.has(character), characters.contains(character));
            }
        }
    }

    #[test]
    fn translations_follow_their_texts_from_row_to_row() {
        let mut kept = Translation::default();
        for (from, to, expected) in [
            ("", "", Some('a')),
            ("a", "b", Some('b')),
            ("a", "", None),
            ("", "", Some('a')),
            ("aa", "bc", Some('b')),
            ("za", "bc", Some('c')),
            ("b", "c", Some('a')),
        ] {
            assert_eq!(kept.of(from, to).changed('a'), expected, "{from} {to}");
        }
    }
}
