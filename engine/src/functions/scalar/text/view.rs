//! Short texts as Arrow keeps them: 16 bytes, of which the first four are the length and the others the text itself, with
//! zeros behind it, if it has no more than twelve bytes.

const LENGTH_BITS: u128 = 0xFFFF_FFFF;
const MOST_BYTES: u32 = 12;
/// A one in the least bit of each byte of the text.
const ONES: u128 = 0x0101_0101_0101_0101_0101_0101_0000_0000;
const HIGH_BITS: u128 = 0x80 * ONES;

/// The length of a text that is kept in its view and has ASCII alone.
pub(super) fn inline_ascii(view: u128) -> Option<u32> {
    let length = u32::try_from(view & LENGTH_BITS).unwrap_or(u32::MAX);
    (length <= MOST_BYTES && view & HIGH_BITS == 0).then_some(length)
}

/// The view of the same text in upper case.
pub(super) fn upper(view: u128) -> u128 {
    view ^ (between(view, b'a', b'z') >> 2)
}

/// The view of the same text in lower case.
pub(super) fn lower(view: u128) -> u128 {
    view ^ (between(view, b'A', b'Z') >> 2)
}

/// The high bit of each byte of ASCII that is one of these. No sum leaves its byte.
fn between(view: u128, first: u8, last: u8) -> u128 {
    let text = view & !LENGTH_BITS;
    let from_first = text + u128::from(0x80 - first) * ONES;
    let behind_last = text + u128::from(0x7f - last) * ONES;
    (from_first ^ behind_last) & HIGH_BITS
}

#[cfg(test)]
mod tests {
    use arrow::array::StringViewArray;
    use proptest::prelude::*;

    use super::{inline_ascii, lower, upper};

    fn view(text: &str) -> u128 {
        StringViewArray::from(vec![text]).views()[0]
    }

    proptest! {
        #[test]
        fn views_of_short_ascii_have_their_length_and_case(text in "[\\x00-\\x7f]{0,12}") {
            prop_assert_eq!(inline_ascii(view(&text)), u32::try_from(text.len()).ok());
            prop_assert_eq!(upper(view(&text)), view(&text.to_uppercase()));
            prop_assert_eq!(lower(view(&text)), view(&text.to_lowercase()));
        }
    }

    #[test]
    fn other_texts_are_told_apart() {
        for text in ["thirteen long", "\u{e9}", "aaaaaaaaaa\u{e9}", "\u{80}"] {
            assert_eq!(inline_ascii(view(text)), None, "{text}");
        }
        let every: String = (0..=127_u8).map(char::from).collect();
        for text in every.as_bytes().chunks(12).map(|bytes| str::from_utf8(bytes).unwrap()) {
            assert_eq!(upper(view(text)), view(&text.to_uppercase()), "{text:?}");
            assert_eq!(lower(view(text)), view(&text.to_lowercase()), "{text:?}");
        }
    }
}
