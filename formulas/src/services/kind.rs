//! Kinds of arguments in words.

use std::fmt::{self, Display, Formatter};

use crate::Kind;

impl Kind {
    /// Whether the argument must be a constant.
    pub(super) fn is_constant(self) -> bool {
        matches!(
            self,
            Self::Word(_)
                | Self::Constant(..)
                | Self::Share
                | Self::Separator
                | Self::Pattern
                | Self::DateFormat
                | Self::Zone
        )
    }
}

impl Display for Kind {
    /// What documentation calls such an argument: `integer`, `'year' or 'month'`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number | Self::Float => "number",
            Self::Integer => "integer",
            Self::Text => "text",
            Self::Boolean => "condition",
            Self::Any => "value of any type",
            Self::Alike => "value of the common type",
            Self::Date | Self::Wall | Self::WallTime | Self::Moment | Self::Instant => "date or time",
            Self::Word(words) => return write_words(words, f),
            Self::Constant(low, high) => return write!(f, "constant whole number from {low} to {high}"),
            Self::Share => "constant number from 0 to 1",
            Self::Separator => "constant text",
            Self::Pattern => "constant regular expression",
            Self::DateFormat => "constant format of dates",
            Self::Zone => "constant name of a time zone",
        })
    }
}

fn write_words(words: &[&str], f: &mut Formatter<'_>) -> fmt::Result {
    for (place, word) in words.iter().enumerate() {
        f.write_str(match place {
            0 => "",
            _ if place + 1 == words.len() => " or ",
            _ => ", ",
        })?;
        write_word(word, f)?;
    }
    Ok(())
}

/// A word in quotes; a character that may not be seen, by its number.
fn write_word(word: &str, f: &mut Formatter<'_>) -> fmt::Result {
    let mut characters = word.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) if !only.is_ascii() => write!(f, "U+{:04X}", u32::from(only)),
        _ => write!(f, "'{}'", word.replace('\'', "''")),
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;

    #[test]
    fn words_are_listed() {
        for (kind, words) in [
            (Kind::Word(&["year"]), "'year'"),
            (Kind::Word(&["year", "month", "day"]), "'year', 'month' or 'day'"),
            (Kind::Word(&["", "'", "\u{a0}"]), "'', '''' or U+00A0"),
            (Kind::Constant(-38, 38), "constant whole number from -38 to 38"),
            (Kind::Float, "number"),
        ] {
            assert_eq!(kind.to_string(), words);
        }
    }
}
