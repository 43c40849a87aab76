//! JSON files that carry the digest of their own content: `{"digest":"…","content":…}` and a line feed.
//!
//! The frame is compared byte by byte and the digest covers the content as written, so every changed byte of such a
//! file is noticed, while any JSON reader can still read it.

use crate::digest::Digest;
use crate::error::{Error, Result};

const HEAD: &[u8] = b"{\"digest\":\"";
const MIDDLE: &[u8] = b"\",\"content\":";
const TAIL: &[u8] = b"}\n";
const DIGEST_CHARS: usize = 32;

pub(crate) fn seal(content: &[u8]) -> Vec<u8> {
    let digest = Digest::of(content).to_string();
    [HEAD, digest.as_bytes(), MIDDLE, content, TAIL].concat()
}

/// The content of a sealed file; `path` is for the error only.
pub(crate) fn unseal<'a>(sealed: &'a [u8], path: &str) -> Result<&'a [u8]> {
    open(sealed).ok_or_else(|| Error::corruption(path, "the content does not match its digest"))
}

fn open(sealed: &[u8]) -> Option<&[u8]> {
    let (digest, rest) = sealed.strip_prefix(HEAD)?.split_at_checked(DIGEST_CHARS)?;
    let content = rest.strip_prefix(MIDDLE)?.strip_suffix(TAIL)?;
    let digest: Digest = std::str::from_utf8(digest).ok()?.parse().ok()?;
    (digest == Digest::of(content)).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::{open, seal};

    #[test]
    fn every_changed_missing_or_added_byte_is_noticed() {
        let sealed = seal(br#"{"a":1}"#);
        assert_eq!(open(&sealed), Some(br#"{"a":1}"#.as_slice()));
        for position in 0..sealed.len() {
            for flip in [1_u8, 0x20, 0xFF] {
                let mut changed = sealed.clone();
                changed[position] ^= flip;
                assert_eq!(open(&changed), None, "position {position}, flip {flip}");
            }
            assert_eq!(open(&sealed[..position]), None, "cut at {position}");
        }
        assert_eq!(open(&[sealed.as_slice(), b" "].concat()), None);
    }

    #[test]
    fn a_sealed_file_is_plain_json() {
        let parsed: serde_json::Value = serde_json::from_slice(&seal(br#"{"a":1}"#)).unwrap();
        assert_eq!(parsed["content"]["a"], 1);
    }
}
