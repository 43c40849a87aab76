//! What the medium may hold after a power cut.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

use super::CrashMode;
use super::model::{DirNode, FileNode, Model, Node};
use crate::layout::join;
use crate::rng::SplitMix64;
use crate::storage::Storage;
use crate::storage::memory::MemoryStorage;

const SECTOR_BYTES: usize = 512;

pub(super) fn image(model: &Model, seed: u64, mode: CrashMode) -> MemoryStorage {
    let mut walk =
        Walk { model, mode, rng: SplitMix64::new(seed), contents: HashMap::new(), image: MemoryStorage::new() };
    walk.folder(0, "");
    walk.image
}

#[derive(Debug)]
struct Walk<'a> {
    model: &'a Model,
    mode: CrashMode,
    rng: SplitMix64,
    /// A file with several names survives the same way under each.
    contents: HashMap<usize, Bytes>,
    image: MemoryStorage,
}

impl Walk<'_> {
    fn folder(&mut self, number: usize, path: &str) {
        let Some(Node::Dir(folder)) = self.model.node(number) else { return };
        for (name, node) in self.surviving_entries(folder) {
            let path = join(path, &name);
            match self.model.node(node) {
                Some(Node::File(file)) => {
                    let content = self.surviving_content(node, file);
                    self.image.tamper(&path, content);
                }
                Some(Node::Dir(_)) => {
                    // Only fails when a file stands in the way, and paths of this walk are unique.
                    let made = self.image.create_dir(&path);
                    debug_assert!(made.is_ok(), "{path}");
                    self.folder(node, &path);
                }
                None => {}
            }
        }
    }

    fn surviving_entries(&mut self, folder: &DirNode) -> BTreeMap<String, usize> {
        let mut entries = folder.durable.clone();
        for change in &folder.pending {
            let survives = match self.mode {
                CrashMode::Lose => false,
                CrashMode::Keep => true,
                CrashMode::Subset => self.rng.chance(1, 2),
                CrashMode::Torn | CrashMode::ZeroFill | CrashMode::Garbage => self.rng.chance(3, 4),
            };
            match change.node {
                Some(node) if survives => entries.insert(change.name.clone(), node),
                None if survives => entries.remove(&change.name),
                _ => None,
            };
        }
        entries
    }

    fn surviving_content(&mut self, node: usize, file: &FileNode) -> Bytes {
        if let Some(content) = self.contents.get(&node) {
            return content.clone();
        }
        let content = Bytes::from(content(file, self.mode, &mut self.rng));
        self.contents.insert(node, content.clone());
        content
    }
}

fn content(file: &FileNode, mode: CrashMode, rng: &mut SplitMix64) -> Vec<u8> {
    let mut content = file.durable.clone();
    match mode {
        CrashMode::Lose => {}
        CrashMode::Keep => content.clone_from(&file.visible),
        CrashMode::Subset => {
            for write in &file.pending {
                if rng.chance(1, 2) {
                    put(&mut content, write.offset, &write.bytes);
                }
            }
        }
        CrashMode::Torn => {
            content.clone_from(&file.visible);
            if let Some(last) = file.pending.last() {
                let kept = rng.below(last.bytes.len() / SECTOR_BYTES + 1) * SECTOR_BYTES;
                content.truncate(last.offset + kept);
            }
        }
        CrashMode::ZeroFill => content.resize(file.visible.len(), 0),
        CrashMode::Garbage => {
            content.clone_from(&file.visible);
            let unsynced = content.get_mut(file.durable.len()..).unwrap_or_default();
            for sector in unsynced.chunks_mut(SECTOR_BYTES) {
                if rng.chance(1, 2) {
                    sector.fill_with(|| rng.next_u64().to_le_bytes()[0]);
                }
            }
        }
    }
    content
}

/// Writes at an offset; a gap before it reads as zeros.
fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    if let Some(place) = content.get_mut(offset..end) {
        place.copy_from_slice(bytes);
    }
}
