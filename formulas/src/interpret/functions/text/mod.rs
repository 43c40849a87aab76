//! Functions of texts, over lists of characters.
//!
//! | file | |
//! |---|---|
//! | `argument` | arguments, and values out of characters |
//! | `case` | upper and lower case |
//! | `characters` | characters at the ends, kept, removed, changed |
//! | `search` | whether, where and how often a part is found |
//! | `pieces` | pieces by place, and between separators |
//! | `building` | longer texts out of shorter ones |
//! | `likeness` | distances and sounds |
//! | `url` | the parts of a URL |

mod argument;
mod building;
mod case;
mod characters;
mod likeness;
mod pieces;
mod search;
mod url;

use crate::TextFunction;
use crate::interpret::Value;

use argument::{characters, counted, integer, shown, text};

pub(super) fn evaluate(function: TextFunction, arguments: &[Value]) -> Option<Value> {
    match function {
        TextFunction::Length => counted(characters(arguments, 0)?.len()),
        TextFunction::ByteLength => counted(text(arguments, 0)?.len()),
        TextFunction::Upper => case::upper(arguments),
        TextFunction::Lower => case::lower(arguments),
        TextFunction::Proper => case::proper(arguments),
        TextFunction::Trim => characters::trim(arguments, true, true),
        TextFunction::TrimLeft => characters::trim(arguments, true, false),
        TextFunction::TrimRight => characters::trim(arguments, false, true),
        TextFunction::CollapseSpaces => characters::collapse_spaces(arguments),
        TextFunction::Left => pieces::left(arguments),
        TextFunction::Right => pieces::right(arguments),
        TextFunction::Substring => pieces::substring(arguments),
        TextFunction::Contains => Some(Value::Boolean(search::first(arguments)?.is_some())),
        TextFunction::StartsWith => {
            Some(Value::Boolean(characters(arguments, 0)?.starts_with(&characters(arguments, 1)?)))
        }
        TextFunction::EndsWith => Some(Value::Boolean(characters(arguments, 0)?.ends_with(&characters(arguments, 1)?))),
        TextFunction::Position => counted(search::first(arguments)?.map_or(0, |place| place + 1)),
        TextFunction::CountOf => counted(search::places(arguments)?.len()),
        TextFunction::Replace => building::replace(arguments),
        TextFunction::Reverse => shown(characters(arguments, 0)?.into_iter().rev()),
        TextFunction::Repeat => building::repeat(arguments),
        TextFunction::PadLeft => building::pad(arguments, true),
        TextFunction::PadRight => building::pad(arguments, false),
        TextFunction::SplitPart => pieces::split_part(arguments),
        TextFunction::PartCount => counted(search::places(arguments)?.len() + 1),
        TextFunction::Before => pieces::before(arguments),
        TextFunction::After => pieces::after(arguments),
        TextFunction::Concat => building::concat(arguments),
        TextFunction::Join => building::join(arguments),
        TextFunction::Translate => characters::translate(arguments),
        TextFunction::CodePoint => {
            characters(arguments, 0)?.first().map(|first| Value::Integer(i64::from(u32::from(*first))))
        }
        TextFunction::Char => shown([char::from_u32(u32::try_from(integer(arguments, 0)?).ok()?)?]),
        TextFunction::Remove => characters::sift(arguments, false),
        TextFunction::Keep => characters::sift(arguments, true),
        TextFunction::Digits => characters::digits(arguments),
        TextFunction::Levenshtein => likeness::levenshtein(arguments),
        TextFunction::Similarity => likeness::similarity(arguments),
        TextFunction::JaroWinkler => likeness::jaro_winkler(arguments),
        TextFunction::Soundex => likeness::soundex(arguments),
        TextFunction::IsBlank => {
            Some(Value::Boolean(text(arguments, 0).is_none_or(|text| text.chars().all(char::is_whitespace))))
        }
        TextFunction::UrlPart => url::part(arguments),
    }
}

#[cfg(test)]
mod tests;
