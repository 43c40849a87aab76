//! The secret that makes hashes of keys unforeseeable.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::writer::SnapshotWriter;

/// 16 bytes that go into every hash of a key, so that nobody who chooses keys can choose colliding ones. As text: 32
/// lower-case hexadecimal digits in the order of the bytes.
///
/// It is no secret from whoever can read the store: it lies in the manifest. Its `Debug` text does not show it.
///
/// ```
/// use drillcore_store::KeySecret;
///
/// let secret = KeySecret::from([7; 16]);
/// assert_eq!(secret.as_bytes(), &[7; 16]);
/// assert_eq!(format!("{secret:?}"), "KeySecret(..)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeySecret([u8; 16]);

impl KeySecret {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Only the spelling that is written.
    fn parse(text: &str) -> Option<Self> {
        let canonical = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = u128::from_str_radix(text, 16).ok().filter(|_| canonical)?;
        Some(Self(number.to_be_bytes()))
    }
}

impl From<[u8; 16]> for KeySecret {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl SnapshotWriter {
    /// A new secret for the keys of a dataset that is built anew, from the store's source of ids.
    #[must_use]
    pub fn new_key_secret(&self) -> KeySecret {
        let env = &self.dataset.context().env;
        // A random id has a few bits that are always the same: the other id covers them.
        let (one, other) = (env.new_id().as_u128(), env.new_id().as_u128());
        KeySecret((one ^ other.rotate_left(64)).to_be_bytes())
    }
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySecret(..)")
    }
}

impl Serialize for KeySecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:032x}", u128::from_be_bytes(self.0)))
    }
}

impl<'de> Deserialize<'de> for KeySecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a key secret is 32 lower-case hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::KeySecret;

    #[test]
    fn json_has_one_spelling_in_the_order_of_the_bytes() {
        let mut bytes = [0; 16];
        bytes[1] = 0xAB;
        let secret = KeySecret::from(bytes);
        let json = serde_json::to_string(&secret).unwrap();
        assert_eq!(json, "\"00ab0000000000000000000000000000\"");
        assert_eq!(serde_json::from_str::<KeySecret>(&json).unwrap(), secret);
        for wrong in [json.to_uppercase(), json.replace("00a", "+0a"), json.replace("00a", "0a"), "\"\"".to_owned()] {
            assert!(serde_json::from_str::<KeySecret>(&wrong).is_err(), "{wrong}");
        }
    }
}
