//! The wildcards of SQL.

use regex::Regex;

/// The longest pattern, in characters.
const LONGEST: usize = 1_000;

/// A piece of a pattern.
#[derive(Debug)]
enum Piece {
    /// Any number of any characters.
    Many,
    /// Any character.
    One,
    /// This character.
    This(char),
    /// What differs from a character by case only.
    Like(Regex),
}

/// Whether the whole text has the form of the pattern; none if that is too long.
pub(super) fn like(text: &str, pattern: &str, any_case: bool) -> Option<bool> {
    let pieces = read(pattern, any_case)?;
    let text: Vec<char> = text.chars().collect();
    // Where the pattern can have come to: before each character, and behind the last.
    let mut reached = vec![false; text.len() + 1];
    *reached.first_mut()? = true;
    for piece in &pieces {
        reached = match piece {
            Piece::Many => {
                let first = reached.iter().position(|here| *here).unwrap_or(reached.len());
                (0..reached.len()).map(|place| place >= first).collect()
            }
            piece => {
                let moved = reached.iter().zip(&text).map(|(here, character)| *here && piece.is(*character));
                std::iter::once(false).chain(moved).collect()
            }
        };
    }
    reached.last().copied()
}

/// The pieces of a pattern. A backslash at its end is one.
fn read(pattern: &str, any_case: bool) -> Option<Vec<Piece>> {
    if pattern.chars().count() > LONGEST {
        return None;
    }
    let mut characters = pattern.chars();
    let mut pieces = Vec::new();
    while let Some(character) = characters.next() {
        pieces.push(match character {
            '%' => Piece::Many,
            '_' => Piece::One,
            '\\' => this(characters.next().unwrap_or('\\'), any_case)?,
            character => this(character, any_case)?,
        });
    }
    Some(pieces)
}

fn this(character: char, any_case: bool) -> Option<Piece> {
    if !any_case {
        return Some(Piece::This(character));
    }
    let expression = format!(r"(?i)^\x{{{:X}}}$", u32::from(character));
    crate::pattern(&expression).ok().map(Piece::Like)
}

impl Piece {
    fn is(&self, character: char) -> bool {
        match self {
            Self::Many | Self::One => true,
            Self::This(this) => *this == character,
            Self::Like(expression) => expression.is_match(character.encode_utf8(&mut [0; 4])),
        }
    }
}
