//! Promise: whatever happens to the bytes of a run, no wrong entry comes out of it.

use std::sync::Arc;

use super::super::entry::ENTRY_BYTES;
use super::super::format::{BLOCK_BYTES, digest_of};
use super::super::run::KeyRun;
use super::{Bed, KeyEntry, KeyRunFile, Snapshot, entry, shaped, sought};
use crate::error::{ErrorKind, Result};
use crate::layout::{dataset_dir, join};

/// A run of two full blocks and a part of one.
struct Victim {
    bed: Bed,
    snapshot: Arc<Snapshot>,
    run: KeyRunFile,
    path: String,
    content: Vec<u8>,
    entries: Vec<KeyEntry>,
}

impl Victim {
    fn new() -> Self {
        let bed = Bed::new(2);
        let entries: Vec<KeyEntry> = (0..150).map(|number| entry(shaped(0, u64::from(number)), number)).collect();
        let run = bed.write(entries.clone());
        let snapshot = bed.commit(vec![run.clone()]);
        let path = join(&dataset_dir(snapshot.dataset()), &run.path);
        let content = bed.storage.content(&path).unwrap().to_vec();
        Self { bed, snapshot, run, path, content, entries }
    }

    /// Opens the run and looks all keys up, and some that it does not know.
    fn look_up(&self, run: &KeyRunFile) -> Result<Vec<KeyEntry>> {
        let opened = KeyRun::open(&self.snapshot.files.context, self.snapshot.dataset(), run)?;
        let mut found = opened.find(&sought((0..200).map(|number| shaped(0, number))))?;
        found.sort_unstable_by_key(|(number, _)| *number);
        Ok(found.into_iter().map(|(_, entry)| entry).collect())
    }

    /// With other content nothing is found any more.
    #[track_caller]
    fn check_refused(&self, content: Vec<u8>, what: &str) {
        self.bed.storage.tamper(&self.path, content);
        for refused in
            [self.look_up(&self.run).map(drop), self.run.verify(&self.snapshot.files.context, self.snapshot.dataset())]
        {
            let error = refused.expect_err(what);
            assert_eq!((error.kind(), error.path()), (ErrorKind::Corruption, Some(self.path.as_str())), "{what}");
        }
    }

    fn changed(&self, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut content = self.content.clone();
        change(&mut content);
        content
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    let victim = Victim::new();
    assert_eq!(victim.look_up(&victim.run).unwrap(), victim.entries);
    assert_eq!(victim.content.len() as u64, victim.run.size);
    for position in 0..victim.content.len() {
        let flip = 1_u8 << (position % 8);
        victim.check_refused(victim.changed(|content| content[position] ^= flip), &format!("byte {position}"));
    }
}

#[test]
fn every_truncation_is_noticed() {
    let victim = Victim::new();
    for length in 0..victim.content.len() {
        victim.check_refused(victim.changed(|content| content.truncate(length)), &format!("cut at {length}"));
    }
    victim.check_refused(victim.changed(|content| content.push(0)), "a byte too many");
}

#[test]
fn blocks_in_the_wrong_place_are_noticed() {
    let victim = Victim::new();
    let head = usize::try_from(victim.run.head_bytes).unwrap();
    let swapped = victim.changed(|content| content[head..head + 2 * BLOCK_BYTES].rotate_left(BLOCK_BYTES));
    victim.check_refused(swapped, "two blocks swapped");
    // The same entries in another run: only the id of the run differs.
    let twin = victim.bed.write(victim.entries.clone());
    let path = join(&dataset_dir(victim.snapshot.dataset()), &twin.path);
    let twin = victim.bed.storage.content(&path).unwrap();
    let block = head..head + BLOCK_BYTES;
    assert_eq!(twin[block.start..block.start + ENTRY_BYTES], victim.content[block.start..block.start + ENTRY_BYTES]);
    let foreign = victim.changed(|content| content[block.clone()].copy_from_slice(&twin[block.clone()]));
    victim.check_refused(foreign, "a block of another run");
}

#[test]
fn damage_elsewhere_does_not_matter_to_a_lookup() {
    let victim = Victim::new();
    let head = usize::try_from(victim.run.head_bytes).unwrap();
    victim.bed.storage.tamper(&victim.path, victim.changed(|content| content[head + BLOCK_BYTES + 5] ^= 1));
    let run = KeyRun::open(&victim.snapshot.files.context, victim.snapshot.dataset(), &victim.run).unwrap();
    let mut sorted: Vec<u128> = victim.entries.iter().map(|entry| entry.hash).collect();
    sorted.sort_unstable();
    assert!(run.find(&sought(sorted[..60].iter().copied())).is_ok_and(|found| found.len() == 60));
    let error = run.find(&sought(sorted[60..70].iter().copied())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corruption);
    assert!(error.to_string().contains("block 1"), "{error}");
    // The third block begins with the 129th entry, whose fence is its own.
    assert!(run.find(&sought(sorted[128..].iter().copied())).is_ok_and(|found| found.len() == 22));
}

#[test]
fn a_missing_run_is_noticed() {
    let victim = Victim::new();
    let missing = KeyRunFile { path: "keys/00000000-0000-0000-0000-000000000009.run".to_owned(), ..victim.run.clone() };
    assert_eq!(victim.look_up(&missing).unwrap_err().kind(), ErrorKind::Corruption);
}

/// Whatever fits its digest was written so: by software that knows more, or for another place.
#[test]
fn what_other_software_wrote_is_told_from_damage() {
    let victim = Victim::new();
    let (head, tail) = (victim.run.head_bytes, victim.run.size - victim.run.tail_bytes);
    let (head, tail) = (usize::try_from(head).unwrap(), usize::try_from(tail).unwrap());
    let kind = |change: &dyn Fn(&mut Vec<u8>, &mut KeyRunFile)| {
        let (mut content, mut run) = (victim.content.clone(), victim.run.clone());
        change(&mut content, &mut run);
        run.digest = digest_of(&content[..head], &content[tail..]);
        victim.bed.storage.tamper(&victim.path, content);
        victim.look_up(&run).map_err(|error| error.kind())
    };
    assert_eq!(kind(&|_, _| {}).unwrap(), victim.entries);
    let last = victim.content.len() - 1;
    for position in [0, 7, 8, 12, 32, tail, last - 8 - 31, last - 8 - 23, last - 8 - 15, last] {
        let changed = kind(&|content, _| content[position] ^= 1);
        // Some of these numbers still make sense by themselves.
        let expected = if position == tail { Ok(()) } else { Err(ErrorKind::UnsupportedFormat) };
        assert_eq!(changed.map(drop), expected, "byte {position}");
    }
    assert_eq!(kind(&|_, run| run.entries -= 1), Err(ErrorKind::Corruption));
    assert_eq!(kind(&|_, run| run.dead += 1), Err(ErrorKind::Corruption));
    assert_eq!(kind(&|content, _| content[16] ^= 1), Err(ErrorKind::Corruption), "another id than in the name");
    for described in [
        KeyRunFile { head_bytes: victim.run.size, ..victim.run.clone() },
        KeyRunFile { tail_bytes: victim.run.size + 1, ..victim.run.clone() },
    ] {
        victim.bed.storage.tamper(&victim.path, victim.content.clone());
        assert_eq!(victim.look_up(&described).unwrap_err().kind(), ErrorKind::UnsupportedFormat);
    }
}
