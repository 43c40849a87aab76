//! Functions of texts, over bytes and slices of them.
//!
//! | file | |
//! |---|---|
//! | `written` | columns of texts that are made, and what is kept from row to row |
//! | `case` | upper and lower case |
//! | `characters` | characters at the ends, kept, removed, changed |
//! | `search` | whether, where and how often a part is found |
//! | `pieces` | pieces by place, and between separators |
//! | `building` | longer texts out of shorter ones |
//! | `distance` | the Levenshtein distance |
//! | `likeness` | columns of distances, similarities and sounds |
//! | `url` | the parts of a URL |
//! | `view` | short texts of ASCII as Arrow keeps them |

mod building;
mod case;
mod characters;
mod distance;
mod likeness;
mod pieces;
mod search;
mod url;
mod view;
mod written;

use arrow::array::ArrayRef;
use arrow::compute;
use datafusion::common::Result;
use drillcore_formulas::TextFunction;

use super::call::Call;
use characters::Ends;

pub(super) use written::{Kept, push, write_texts};

pub(super) fn call(function: TextFunction, call: &Call<'_>) -> Result<ArrayRef> {
    match function {
        TextFunction::Length => search::lengths(call),
        TextFunction::ByteLength => search::counts(call, str::len),
        TextFunction::Upper => case::change(call, view::upper, case::upper),
        TextFunction::Lower => case::change(call, view::lower, case::lower),
        TextFunction::Proper => case::write(call, case::proper),
        TextFunction::Trim => characters::trim(call, Ends::Both),
        TextFunction::TrimLeft => characters::trim(call, Ends::Start),
        TextFunction::TrimRight => characters::trim(call, Ends::End),
        TextFunction::CollapseSpaces => characters::collapse_spaces(call),
        TextFunction::Left => pieces::counted(call, pieces::left),
        TextFunction::Right => pieces::counted(call, pieces::right),
        TextFunction::Substring => pieces::substrings(call),
        TextFunction::Contains => search::conditions(call, compute::contains),
        TextFunction::StartsWith => search::conditions(call, compute::starts_with),
        TextFunction::EndsWith => search::conditions(call, compute::ends_with),
        TextFunction::Position => search::part_counts(call, search::position),
        TextFunction::CountOf => search::part_counts(call, search::count_of),
        TextFunction::Replace => building::replace(call),
        TextFunction::Reverse => building::reverse(call),
        TextFunction::Repeat => building::repeat(call),
        TextFunction::PadLeft => building::pad(call, true),
        TextFunction::PadRight => building::pad(call, false),
        TextFunction::SplitPart => pieces::split_parts(call),
        TextFunction::PartCount => search::part_counts(call, |text, part| search::count_of(text, part) + 1),
        TextFunction::Before => pieces::slices(call, |text, part| text.split_once(part).map(|(before, _)| before)),
        TextFunction::After => pieces::slices(call, |text, part| text.split_once(part).map(|(_, after)| after)),
        TextFunction::Concat => building::concat(call),
        TextFunction::Join => building::join(call),
        TextFunction::Translate => characters::translate(call),
        TextFunction::CodePoint => {
            let texts = call.texts(0)?;
            Ok(call.gather_integers(|row| texts.get(row)?.chars().next().map(|first| i64::from(u32::from(first)))))
        }
        TextFunction::Char => characters::numbered(call),
        TextFunction::Remove => characters::sift(call, false),
        TextFunction::Keep => characters::sift(call, true),
        TextFunction::Digits => characters::digits(call),
        TextFunction::Levenshtein => likeness::distances(call),
        TextFunction::Similarity => likeness::similarities(call),
        TextFunction::JaroWinkler => likeness::jaro_winkler(call),
        TextFunction::Soundex => likeness::soundex(call),
        TextFunction::IsBlank => {
            let texts = call.texts(0)?;
            Ok(call.gather_booleans(|row| Some(texts.get(row).is_none_or(|text| text.trim_start().is_empty()))))
        }
        TextFunction::UrlPart => url::parts(call),
    }
}

#[cfg(test)]
mod tests;
