//! Digests that find damage: XXH3, 128 bits. They are not signatures; whoever can write files can also write digests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use twox_hash::XxHash3_128;

/// How many bytes one digest covers in files that are digested block by block.
pub const DIGEST_BLOCK_BYTES: u32 = 256 * 1024;

/// The XXH3-128 digest of some bytes. As text: 32 lower-case hexadecimal digits, most significant first.
///
/// ```
/// use drillcore_store::Digest;
///
/// let digest = Digest::of(b"drill");
/// assert_eq!(digest.to_string().parse(), Ok(digest));
/// assert_ne!(digest, Digest::of(b"dri11"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(u128);

/// The text is not a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigestParseError;

impl Digest {
    /// How many bytes a digest takes in block files.
    pub(crate) const BYTES: usize = 16;

    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(XxHash3_128::oneshot(bytes))
    }

    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0.to_le_bytes()
    }

    pub(crate) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(u128::from_le_bytes(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = DigestParseError;

    /// Accepts exactly what `Display` writes, so that no changed byte of a stored digest goes unnoticed.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let canonical = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !canonical {
            return Err(DigestParseError);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| DigestParseError)
    }
}

impl fmt::Display for DigestParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a digest is 32 lower-case hexadecimal digits")
    }
}

impl std::error::Error for DigestParseError {}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, DigestParseError};

    #[test]
    fn is_xxh3_128_with_its_published_value_for_no_bytes() {
        assert_eq!(Digest::of(b"").to_string(), "99aa06d3014798d86001c324468d497f");
    }

    #[test]
    fn only_the_canonical_text_is_read() {
        let text = Digest::of(b"x").to_string();
        assert_eq!(text.to_uppercase().parse::<Digest>(), Err(DigestParseError));
        assert_eq!(format!("+{}", text.split_at(1).1).parse::<Digest>(), Err(DigestParseError));
        assert_eq!(Digest::from_bytes(Digest::of(b"x").to_bytes()), Digest::of(b"x"));
    }
}
