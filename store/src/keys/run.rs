//! An open key run: fences and filter in memory, blocks read when they are needed and checked every time.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use super::described::KeyRunFile;
use super::entry::{ENTRY_BYTES, KeyEntry, NO_TIME, halves, hash_of};
use super::format::{BLOCK_BYTES, Head, Seed, Tail, bytes_of, digest_of, slice_of};
use super::search::place_of;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{dataset_dir, join, keys_path};
use crate::storage::StorageFile;

/// Blocks read at once when all are wanted.
pub(super) const STRETCH_BLOCKS: usize = 64;
/// Unwanted blocks that are read along rather than read around.
const GAP_BLOCKS: usize = 1;

#[derive(Debug)]
pub(super) struct KeyRun {
    described: KeyRunFile,
    /// The path from the root of the store.
    path: String,
    file: Arc<dyn StorageFile>,
    seed: Seed,
    files: Vec<Uuid>,
    tail: Tail,
}

/// A key to look for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought {
    pub(super) hash: u128,
    /// The caller's number of the key.
    pub(super) number: usize,
}

impl KeyRunFile {
    /// Reads and checks the whole run, also what lookups would not come by.
    pub(crate) fn verify(&self, context: &Context, dataset: Uuid) -> Result<()> {
        KeyRun::open(context, dataset, self)?.check_everything()
    }
}

impl KeyRun {
    pub(super) fn open(context: &Context, dataset: Uuid, described: &KeyRunFile) -> Result<Self> {
        let path = join(&dataset_dir(dataset), &described.path);
        let file = match context.storage.open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::corruption(&path, "the file is missing"));
            }
            Err(error) => return Err(Error::io("open the file", &path, error)),
        };
        if file.size() != described.size {
            let error = Error::corruption(&path, "the file has a wrong size");
            return Err(error.with_context("expected", described.size).with_context("found", file.size()));
        }
        let unknown = || Error::new(ErrorKind::UnsupportedFormat, "the key run has a shape this build does not know");
        let offset = described.size.checked_sub(described.tail_bytes).ok_or_else(|| unknown().with_path(&path))?;
        if described.head_bytes > offset {
            return Err(unknown().with_path(&path));
        }
        let head = read(&*file, &path, &(0..described.head_bytes))?;
        let tail = read(&*file, &path, &(offset..described.size))?;
        if digest_of(&head, &tail) != described.digest {
            return Err(Error::corruption(&path, "head and tail of the key run do not match their digest"));
        }
        let (Some(head), Some(tail)) = (Head::parse(&head), Tail::parse(&tail, offset)) else {
            return Err(unknown().with_path(&path));
        };
        let entries = usize::try_from(tail.entries).ok().filter(|entries| *entries <= usize::MAX / ENTRY_BYTES / 2);
        if entries.map(|entries| bytes_of(entries) as u64) != Some(offset - described.head_bytes) {
            return Err(unknown().with_path(&path));
        }
        if (tail.entries, tail.dead) != (described.entries, described.dead) || keys_path(head.id) != described.path {
            return Err(Error::corruption(&path, "the key run is not the one that the manifest describes"));
        }
        Ok(Self { described: described.clone(), path, file, seed: Seed::of(head.id), files: head.files, tail })
    }

    pub(super) fn described(&self) -> &KeyRunFile {
        &self.described
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The data files that the places of entries count.
    pub(super) fn files(&self) -> &[Uuid] {
        &self.files
    }

    pub(super) fn entries(&self) -> usize {
        usize::try_from(self.tail.entries).unwrap_or(usize::MAX)
    }

    pub(super) fn blocks(&self) -> usize {
        self.tail.fences.len()
    }

    /// About how many bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.tail.fences.len() * 8 + self.tail.filter.bytes() + self.files.len() * 16
    }

    /// The entries of those keys the run knows, each with the number of its key. The keys come sorted by hash.
    pub(super) fn find(&self, sorted: &[Sought]) -> Result<Vec<(usize, KeyEntry)>> {
        let wanted: Vec<Wanted> = sorted.iter().filter_map(|sought| self.locate(*sought)).collect();
        let mut window = Window::new(self);
        let mut found = Vec::new();
        let mut rest = wanted.as_slice();
        while let [next, after @ ..] = rest {
            if let Some(block) = next.settle(&mut window)? {
                if !window.holds(block) {
                    window.load(block..stretch(block, after))?;
                }
                let entries = window.entries(block)?;
                let place = entries.binary_search_by_key(&next.sought.hash, hash_of);
                let hit = place.ok().and_then(|place| entries.get(place)).map(KeyEntry::from_bytes);
                found.extend(hit.map(|entry| (next.sought.number, entry)));
            }
            rest = after;
        }
        Ok(found)
    }

    /// `None` if the filter or the fences rule the key out.
    fn locate(&self, sought: Sought) -> Option<Wanted> {
        let Tail { fences, filter, .. } = &self.tail;
        if !filter.may_hold(sought.hash) {
            return None;
        }
        let (high, _) = halves(sought.hash);
        let begin = place_of(fences, high);
        let alike = fences.get(begin..).map_or(0, |rest| match rest.first() {
            Some(first) if *first == high => rest.partition_point(|fence| *fence == high),
            _ => 0,
        });
        (begin + alike > 0).then_some(Wanted { sought, alike: begin..begin + alike })
    }

    /// Reads everything and checks it against what the manifest says.
    fn check_everything(&self) -> Result<()> {
        let mut window = Window::new(self);
        let (mut last, mut dead, mut oldest_dead) = (None::<u128>, 0_u64, None::<i64>);
        for block in 0..self.blocks() {
            if !window.holds(block) {
                window.load(block..block.saturating_add(STRETCH_BLOCKS).min(self.blocks()))?;
            }
            let entries = window.entries(block)?;
            let fence = entries.first().map(|first| halves(hash_of(first)).0);
            if fence != self.tail.fences.get(block).copied() {
                return Err(self.corrupt("a fence of the key run does not fit its block", block));
            }
            for entry in entries.iter().map(KeyEntry::from_bytes) {
                let fits = last.is_none_or(|last| last < entry.hash)
                    && self.tail.filter.may_hold(entry.hash)
                    && entry.place.is_none_or(|place| (place.file as usize) < self.files.len());
                if !fits {
                    return Err(self.corrupt("an entry of the key run does not belong where it is", block));
                }
                last = Some(entry.hash);
                if entry.place.is_none() {
                    let time = entry.version_time.unwrap_or(NO_TIME);
                    oldest_dead = Some(oldest_dead.map_or(time, |oldest| oldest.min(time)));
                    dead += 1;
                }
            }
        }
        if (dead, oldest_dead) != (self.described.dead, self.described.oldest_dead) {
            return Err(Error::corruption(&self.path, "the key run has other dead entries than the manifest says"));
        }
        Ok(())
    }

    fn read_blocks(&self, blocks: &Range<usize>) -> Result<Bytes> {
        let end_of_blocks = self.described.size.saturating_sub(self.described.tail_bytes);
        let offset = |block: usize| {
            let bytes = (block as u64).saturating_mul(BLOCK_BYTES as u64);
            self.described.head_bytes.saturating_add(bytes).min(end_of_blocks)
        };
        read(&*self.file, &self.path, &(offset(blocks.start)..offset(blocks.end)))
    }

    fn corrupt(&self, message: &str, block: usize) -> Error {
        Error::corruption(&self.path, message).with_context("block", block)
    }
}

fn read(file: &dyn StorageFile, path: &str, range: &Range<u64>) -> Result<Bytes> {
    let length = usize::try_from(range.end.saturating_sub(range.start))
        .map_err(|_| Error::corruption(path, "the file is larger than the address space"))?;
    let bytes = file.read_at(range.start, length).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::corruption(path, "the file ends too early"),
        _ => Error::io("read the file", path, error),
    })?;
    if bytes.len() == length { Ok(bytes) } else { Err(Error::corruption(path, "the file ends too early")) }
}

/// A key that may be in the run.
#[derive(Debug)]
struct Wanted {
    sought: Sought,
    /// The blocks whose fence is the key's own upper half. The key is in one of these, or at the end of the block
    /// before. Nearly always there is none, because upper halves hardly ever occur twice.
    alike: Range<usize>,
}

impl Wanted {
    /// The only block the key can be in, if there is one.
    fn settle(&self, window: &mut Window<'_>) -> Result<Option<usize>> {
        let mut open = self.alike.clone();
        while !open.is_empty() {
            let middle = open.start.midpoint(open.end);
            match window.entries(middle)?.first() {
                Some(first) if hash_of(first) <= self.sought.hash => open.start = middle + 1,
                _ => open.end = middle,
            }
        }
        Ok(open.start.checked_sub(1))
    }

    /// The block it is in, as far as that is known without reading.
    fn guess(&self) -> usize {
        self.alike.end.saturating_sub(1)
    }
}

/// Where to end a read that begins with `block`, so that it serves the next keys too.
fn stretch(block: usize, next: &[Wanted]) -> usize {
    let mut end = block + 1;
    for guess in next.iter().map(Wanted::guess) {
        if guess > end + GAP_BLOCKS || guess.saturating_sub(block) >= STRETCH_BLOCKS {
            break;
        }
        end = end.max(guess + 1);
    }
    end
}

/// Some blocks of a run in a row, read at once.
#[derive(Debug)]
pub(super) struct Window<'a> {
    run: &'a KeyRun,
    blocks: Range<usize>,
    bytes: Bytes,
    /// The block checked last: entries are asked for block by block.
    checked: Option<usize>,
}

impl<'a> Window<'a> {
    pub(super) fn new(run: &'a KeyRun) -> Self {
        Self { run, blocks: 0..0, bytes: Bytes::new(), checked: None }
    }

    pub(super) fn holds(&self, block: usize) -> bool {
        self.blocks.contains(&block)
    }

    pub(super) fn load(&mut self, blocks: Range<usize>) -> Result<()> {
        self.bytes = self.run.read_blocks(&blocks)?;
        self.blocks = blocks;
        self.checked = None;
        Ok(())
    }

    /// The entries of a block, sorted by hash; they are what was written, or this fails.
    pub(super) fn entries(&mut self, block: usize) -> Result<&[[u8; ENTRY_BYTES]]> {
        if !self.holds(block) {
            self.load(block..block + 1)?;
        }
        let bytes = slice_of(&self.bytes, block - self.blocks.start);
        if self.checked == Some(block) {
            let (content, _) = bytes.as_chunks::<ENTRY_BYTES>();
            return Ok(content);
        }
        let opened = self.run.seed.open(block, bytes);
        self.checked = opened.is_some().then_some(block);
        opened.ok_or_else(|| self.run.corrupt("a block of the key run is not as it was written", block))
    }
}
