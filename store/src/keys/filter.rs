//! A Bloom filter in blocks of a cache line: most keys a run does not know cost no read.

use super::entry::halves;

/// Bits set aside per key; about one unknown key in a hundred passes.
const BITS_PER_KEY: usize = 10;
const BLOCK_BITS: usize = 256;
const WORDS: usize = 8;

/// One bit in each of the eight words of one block per key. The block follows from the upper half of the hash, in the
/// same order as the hashes, so that sorted keys go through the filter from front to back; the bits follow from the
/// lower half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    blocks: Vec<[u32; WORDS]>,
}

impl Filter {
    /// How many bytes a block takes.
    pub(super) const BLOCK_BYTES: usize = BLOCK_BITS / 8;

    /// An empty filter, meant for that many keys.
    pub(super) fn for_keys(keys: usize) -> Self {
        let blocks = keys.saturating_mul(BITS_PER_KEY).div_ceil(BLOCK_BITS);
        Self { blocks: vec![[0; WORDS]; blocks] }
    }

    pub(super) fn insert(&mut self, hash: u128) {
        let (place, mask) = (self.block_of(hash), mask(hash));
        if let Some(block) = self.blocks.get_mut(place) {
            for (word, bit) in block.iter_mut().zip(mask) {
                *word |= bit;
            }
        }
    }

    /// Whether the key may have been inserted; never wrong about those that were.
    pub(super) fn may_hold(&self, hash: u128) -> bool {
        let Some(block) = self.blocks.get(self.block_of(hash)) else { return false };
        block.iter().zip(mask(hash)).all(|(word, bit)| word & bit != 0)
    }

    fn block_of(&self, hash: u128) -> usize {
        let (high, _) = halves(hash);
        let scaled = u128::from(high) * self.blocks.len() as u128;
        usize::try_from(scaled >> 64).unwrap_or(usize::MAX)
    }

    pub(super) fn bytes(&self) -> usize {
        self.blocks.len() * Self::BLOCK_BYTES
    }

    /// Appends the words of all blocks, each little-endian.
    pub(super) fn write(&self, into: &mut Vec<u8>) {
        for word in self.blocks.as_flattened() {
            into.extend_from_slice(&word.to_le_bytes());
        }
    }

    /// Reads what [`write`](Self::write) wrote; `None` if it is not whole blocks.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (blocks, rest) = bytes.as_chunks::<{ Filter::BLOCK_BYTES }>();
        rest.is_empty().then(|| Self { blocks: blocks.iter().map(read_block).collect() })
    }
}

/// The bit of each word, five bits of the hash for each.
fn mask(hash: u128) -> [u32; WORDS] {
    let (_, mut rest) = halves(hash);
    let mut mask = [0; WORDS];
    for word in &mut mask {
        *word = 1 << (rest % 32);
        rest /= 32;
    }
    mask
}

fn read_block(bytes: &[u8; Filter::BLOCK_BYTES]) -> [u32; WORDS] {
    let mut block = [0; WORDS];
    let (words, _) = bytes.as_chunks::<4>();
    for (word, bytes) in block.iter_mut().zip(words) {
        *word = u32::from_le_bytes(*bytes);
    }
    block
}

#[cfg(test)]
mod tests {
    use super::Filter;
    use crate::rng::SplitMix64;

    fn hash(rng: &mut SplitMix64) -> u128 {
        (u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64())
    }

    #[test]
    fn it_knows_its_keys_and_hardly_any_others() {
        let mut rng = SplitMix64::new(3);
        for keys in [0_usize, 1, 7, 1_000, 20_000] {
            let mut filter = Filter::for_keys(keys);
            let known: Vec<u128> = (0..keys).map(|_| hash(&mut rng)).collect();
            known.iter().for_each(|hash| filter.insert(*hash));
            assert!(known.iter().all(|hash| filter.may_hold(*hash)));
            if keys != 1 && keys != 7 {
                let wrong = (0..20_000).filter(|_| filter.may_hold(hash(&mut rng))).count();
                assert!(wrong < 600, "{keys} keys: {wrong} of 20000 unknown keys pass");
            }
            let mut bytes = Vec::new();
            filter.write(&mut bytes);
            assert_eq!(bytes.len(), filter.bytes());
            assert_eq!(Filter::read(&bytes), Some(filter));
        }
    }

    #[test]
    fn the_greatest_hash_has_a_block() {
        let mut filter = Filter::for_keys(1_000);
        filter.insert(u128::MAX);
        assert!(filter.may_hold(u128::MAX));
        assert!(!filter.may_hold(0));
        assert_eq!(Filter::read(&[0; 33]), None);
    }
}
