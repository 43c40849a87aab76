//! The parts of a run file; docs/format.md describes it.

use bytes::Bytes;
use twox_hash::XxHash3_128;
use uuid::Uuid;

use super::entry::{ENTRY_BYTES, KeyEntry};
use super::filter::Filter;
use crate::digest::Digest;

const MAGIC: &[u8; 8] = b"DRLKEY01";
const VERSION: u32 = 1;
const FOOTER_BYTES: usize = 40;

/// How many entries a block has; the last one may have fewer.
pub(super) const BLOCK_ENTRIES: usize = 64;
const CHECK_BYTES: usize = 8;
/// How many bytes a full block takes.
pub(super) const BLOCK_BYTES: usize = BLOCK_ENTRIES * ENTRY_BYTES + CHECK_BYTES;

/// How many bytes that many entries take, in blocks from their first on.
pub(super) fn bytes_of(entries: usize) -> usize {
    entries * ENTRY_BYTES + entries.div_ceil(BLOCK_ENTRIES) * CHECK_BYTES
}

/// What a run file begins with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The run's own id, the same as in its name.
    pub(super) id: Uuid,
    /// The data files its entries lead to, by number.
    pub(super) files: Vec<Uuid>,
}

impl Head {
    /// `None` if there are more files than can be counted.
    pub(super) fn to_bytes(&self) -> Option<Vec<u8>> {
        let count = u32::try_from(self.files.len()).ok()?;
        let entries = u32::try_from(BLOCK_ENTRIES).ok()?;
        let mut bytes = Vec::with_capacity(36 + 16 * self.files.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&entries.to_le_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&count.to_le_bytes());
        self.files.iter().for_each(|file| bytes.extend_from_slice(file.as_bytes()));
        Some(bytes)
    }

    /// `None` for anything this build does not know.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC.as_slice())?;
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (entries, rest) = rest.split_first_chunk::<4>()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (files, surplus) = rest.as_chunks::<16>();
        let known = u32::from_le_bytes(*version) == VERSION
            && usize::try_from(u32::from_le_bytes(*entries)) == Ok(BLOCK_ENTRIES)
            && usize::try_from(u32::from_le_bytes(*count)) == Ok(files.len())
            && surplus.is_empty();
        let head = || Self { id: Uuid::from_bytes(*id), files: files.iter().copied().map(Uuid::from_bytes).collect() };
        known.then(head)
    }
}

/// What a run file ends with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tail {
    /// The upper half of the first hash of every block.
    pub(super) fences: Vec<u64>,
    pub(super) filter: Filter,
    pub(super) entries: u64,
    pub(super) dead: u64,
}

impl Tail {
    /// The tail of a file in which it begins at `offset`.
    pub(super) fn to_bytes(&self, offset: u64) -> Vec<u8> {
        let fence_bytes = self.fences.len() * 8;
        let mut bytes = Vec::with_capacity(fence_bytes + self.filter.bytes() + FOOTER_BYTES);
        self.fences.iter().for_each(|fence| bytes.extend_from_slice(&fence.to_le_bytes()));
        self.filter.write(&mut bytes);
        let filter_offset = offset.saturating_add(fence_bytes as u64);
        for number in [offset, filter_offset, self.entries, self.dead] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(MAGIC);
        bytes
    }

    /// `None` for anything this build does not know.
    pub(super) fn parse(bytes: &[u8], offset: u64) -> Option<Self> {
        let (rest, footer) = bytes.split_last_chunk::<FOOTER_BYTES>()?;
        let (numbers, _) = footer.strip_suffix(MAGIC.as_slice())?.as_chunks::<8>();
        let [begin, filter_offset, entries, dead] = numbers else { return None };
        let filter_offset = u64::from_le_bytes(*filter_offset);
        if u64::from_le_bytes(*begin) != offset {
            return None;
        }
        let fence_bytes = usize::try_from(filter_offset.checked_sub(offset)?).ok()?;
        let (fences, filter) = rest.split_at_checked(fence_bytes)?;
        let (fences, surplus) = fences.as_chunks::<8>();
        let entries = u64::from_le_bytes(*entries);
        let fits = surplus.is_empty() && entries.div_ceil(BLOCK_ENTRIES as u64) == fences.len() as u64;
        let fences = fences.iter().copied().map(u64::from_le_bytes).collect();
        let tail = Self { fences, filter: Filter::read(filter)?, entries, dead: u64::from_le_bytes(*dead) };
        fits.then_some(tail)
    }
}

/// The digest that manifests keep of head and tail, which lie apart from each other.
pub(super) fn digest_of(head: &[u8], tail: &[u8]) -> Digest {
    Digest::of(&[Digest::of(head).to_bytes(), Digest::of(tail).to_bytes()].concat())
}

/// What the checks of a run's blocks begin with. A block that is in a wrong place or of another run does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seed(u64);

impl Seed {
    pub(super) fn of(run: Uuid) -> Self {
        let (one, other) = run.as_u64_pair();
        Self(one ^ other)
    }

    fn check(self, block: usize, entries: &[u8]) -> [u8; CHECK_BYTES] {
        let digest = XxHash3_128::oneshot_with_seed(self.0.wrapping_add(block as u64), entries).to_le_bytes();
        digest.first_chunk().copied().unwrap_or_default()
    }

    /// Writes entries into a block that has just the room for them.
    pub(super) fn fill(self, block: usize, entries: &[KeyEntry], into: &mut [u8]) {
        if let Some((content, check)) = into.split_last_chunk_mut::<CHECK_BYTES>() {
            let (places, _) = content.as_chunks_mut::<ENTRY_BYTES>();
            for (place, entry) in places.iter_mut().zip(entries) {
                *place = entry.to_bytes();
            }
            *check = self.check(block, content);
        }
    }

    /// The entries of a block; `None` if it is not as it was written.
    pub(super) fn open(self, block: usize, bytes: &[u8]) -> Option<&[[u8; ENTRY_BYTES]]> {
        let (content, check) = bytes.split_last_chunk::<CHECK_BYTES>()?;
        let (entries, surplus) = content.as_chunks::<ENTRY_BYTES>();
        (surplus.is_empty() && self.check(block, content) == *check).then_some(entries)
    }
}

/// The bytes of one block among those of several.
pub(super) fn slice_of(blocks: &Bytes, number: usize) -> &[u8] {
    let start = number.saturating_mul(BLOCK_BYTES);
    let end = start.saturating_add(BLOCK_BYTES).min(blocks.len());
    blocks.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Filter, Head, Tail, Uuid};

    #[test]
    fn heads_of_a_wrong_shape_are_not_read() {
        let head = Head { id: Uuid::from_u128(5), files: vec![Uuid::from_u128(1), Uuid::from_u128(2)] };
        let bytes = head.to_bytes().unwrap();
        assert_eq!(Head::parse(&bytes), Some(head));
        for length in 0..bytes.len() {
            assert_eq!(Head::parse(&bytes[..length]), None, "{length}");
        }
        assert_eq!(Head::parse(&[bytes.as_slice(), &[0]].concat()), None);
        for position in [0, 7, 8, 12, 32] {
            let mut changed = bytes.clone();
            changed[position] ^= 1;
            assert_eq!(Head::parse(&changed), None, "{position}");
        }
    }

    #[test]
    fn tails_of_a_wrong_shape_are_not_read() {
        let tail = || Tail { fences: vec![1, 2], filter: Filter::for_keys(70), entries: 70, dead: 3 };
        let bytes = tail().to_bytes(1_000);
        assert_eq!(Tail::parse(&bytes, 1_000), Some(tail()));
        assert_eq!(Tail::parse(&bytes, 1_001), None);
        for length in 0..bytes.len() {
            assert_eq!(Tail::parse(&bytes[..length], 1_000), None, "{length}");
        }
        let surplus = Tail { entries: 129, ..tail() };
        assert_eq!(Tail::parse(&surplus.to_bytes(1_000), 1_000), None);
    }
}
