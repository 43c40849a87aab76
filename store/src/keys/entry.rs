//! What a key run says about a key, in memory and in its 40 bytes.

/// What is known of the key that has a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyEntry {
    /// The hash of the key, from [`KeyHasher::hash`](crate::KeyHasher::hash).
    pub hash: u128,
    /// Where the row with this key is; `None` if it was deleted (a dead entry, which hides older ones).
    pub place: Option<Place>,
    /// The version time of the row or of its deletion in microseconds since 1970 UTC; `None` if all its times are NULL,
    /// which comes before every time. `Some(i64::MIN)` cannot be stored.
    pub version_time: Option<i64>,
    /// The digest of the row's values, from [`row_digests`](crate::row_digests).
    pub digest: u64,
}

/// Where a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which of the data files: an index into the files that come with the call, or into those of a snapshot.
    pub file: u32,
    /// The number of the row in that file, from 0, deleted rows counted.
    pub row: u32,
}

/// How many bytes an entry takes.
pub(super) const ENTRY_BYTES: usize = 40;

/// The file of dead entries; no run has that many files.
pub(super) const NO_FILE: u32 = u32::MAX;
/// Stands for no version time, and sorts like it.
pub(super) const NO_TIME: i64 = i64::MIN;

impl KeyEntry {
    /// Hash, file, row, version time, digest, each little-endian.
    pub(super) fn to_bytes(self) -> [u8; ENTRY_BYTES] {
        let (high, low) = halves(self.hash);
        let Place { file, row } = self.place.unwrap_or(Place { file: NO_FILE, row: 0 });
        let place = u64::from(file) | (u64::from(row) << 32);
        from_words([low, high, place, self.version_time.unwrap_or(NO_TIME).cast_unsigned(), self.digest])
    }

    pub(super) fn from_bytes(bytes: &[u8; ENTRY_BYTES]) -> Self {
        let [low, high, place, time, digest] = to_words(bytes);
        let [a, b, c, d, e, f, g, h] = place.to_le_bytes();
        let place = Place { file: u32::from_le_bytes([a, b, c, d]), row: u32::from_le_bytes([e, f, g, h]) };
        Self {
            hash: whole(high, low),
            place: (place.file != NO_FILE).then_some(place),
            version_time: Some(time.cast_signed()).filter(|time| *time != NO_TIME),
            digest,
        }
    }
}

/// The hash of a stored entry.
pub(super) fn hash_of(bytes: &[u8; ENTRY_BYTES]) -> u128 {
    let [low, high, ..] = to_words(bytes);
    whole(high, low)
}

/// The upper and the lower half of a hash.
#[expect(clippy::cast_possible_truncation, reason = "each half is taken for itself")]
pub(super) fn halves(hash: u128) -> (u64, u64) {
    ((hash >> 64) as u64, hash as u64)
}

fn whole(high: u64, low: u64) -> u128 {
    (u128::from(high) << 64) | u128::from(low)
}

fn from_words(words: [u64; 5]) -> [u8; ENTRY_BYTES] {
    let mut bytes = [0; ENTRY_BYTES];
    let (places, _) = bytes.as_chunks_mut::<8>();
    for (place, word) in places.iter_mut().zip(words) {
        *place = word.to_le_bytes();
    }
    bytes
}

fn to_words(bytes: &[u8; ENTRY_BYTES]) -> [u64; 5] {
    let mut words = [0; 5];
    let (places, _) = bytes.as_chunks::<8>();
    for (word, place) in words.iter_mut().zip(places) {
        *word = u64::from_le_bytes(*place);
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{KeyEntry, Place, hash_of};

    #[test]
    fn the_bytes_are_those_of_the_format() {
        let entry = KeyEntry {
            hash: 0x0F0E_0D0C_0B0A_0908_0706_0504_0302_0100,
            place: Some(Place { file: 0x1312_1110, row: 0x1716_1514 }),
            version_time: Some(0x1F1E_1D1C_1B1A_1918),
            digest: 0x2726_2524_2322_2120,
        };
        let expected: Vec<u8> = (0..40).collect();
        assert_eq!(entry.to_bytes().as_slice(), expected);
        let dead = KeyEntry { place: None, version_time: None, ..entry };
        assert_eq!(dead.to_bytes()[16..32], [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80]);
    }

    proptest! {
        #[test]
        fn entries_survive_their_bytes(
            hash in any::<u128>(),
            place in any::<Option<(u32, u32)>>(),
            time in any::<Option<i64>>(),
            digest in any::<u64>(),
        ) {
            let place = place.filter(|(file, _)| *file != u32::MAX).map(|(file, row)| Place { file, row });
            let entry = KeyEntry { hash, place, version_time: time.filter(|time| *time != i64::MIN), digest };
            prop_assert_eq!(KeyEntry::from_bytes(&entry.to_bytes()), entry);
            prop_assert_eq!(hash_of(&entry.to_bytes()), hash);
        }
    }
}
