//! Going back: which version there was at a moment, and making an earlier one the newest.

use super::commit::Committed;
use super::{CHOICE_ATTEMPTS, DatasetInner};
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::{Manifest, Operation};

impl DatasetInner {
    pub(super) fn restore(&self, version: u64) -> Result<Committed> {
        // Whether it succeeds or somebody else was faster: what is known as the newest is outdated then.
        self.fresh.forget();
        // Pinned, so its files stay until the new version names them.
        let earlier = self.snapshot(version)?;
        let guard = self.log.lock()?;
        let Some(newest) = self.read_newest()? else { return Err(self.log.absent(version)?) };
        self.refuse_expiring(version)?;
        for path in earlier.manifest().references() {
            let path = self.locate(path);
            if !self.context.exists(&path)? {
                return Err(Error::corruption(&path, "the file is missing"));
            }
        }
        let manifest = Manifest {
            operation: Operation::Restore,
            tokens: newest.body.tokens,
            touched_days: None,
            ..earlier.manifest().clone()
        };
        self.publish(guard, Some(&newest.header), manifest)
    }

    /// Without locks a pin keeps nobody from removing the files of a version that is about to expire. One that is among
    /// the newest by number stays until others are committed, and then this commit fails.
    fn refuse_expiring(&self, version: u64) -> Result<()> {
        if self.context.has_locks() {
            return Ok(());
        }
        let versions = self.log.versions()?;
        let mut later = versions.iter().filter(|later| **later > version);
        let Some(next) = later.next() else { return Ok(()) };
        if later.count() + 2 <= self.context.retention.min_versions.max(1) {
            return Ok(());
        }
        let until_us = self.log.read_raw(*next)?.map_or(i64::MIN, |next| next.header.committed_at_us);
        if until_us >= self.context.restorable_since_us() {
            return Ok(());
        }
        let error = Error::new(ErrorKind::VersionExpired, "the version is about to expire and may go at any moment");
        Err(error.with_path(&self.dir).with_context("version", version))
    }

    pub(super) fn version_at(&self, micros: i64) -> Result<Option<u64>> {
        for _ in 0..CHOICE_ATTEMPTS {
            let versions = self.log.versions()?;
            let Some(count) = self.count_until(&versions, micros)? else { continue };
            let found = versions.iter().take(count).next_back().copied();
            return match versions.first() {
                Some(oldest) if found.is_none() && *oldest > 1 => {
                    let error = Error::new(ErrorKind::VersionExpired, "the version of that time is past its retention");
                    Err(error.with_path(&self.dir).with_context("oldest", oldest))
                }
                _ => Ok(found),
            };
        }
        Err(Error::new(ErrorKind::Conflict, "versions come and go faster than they are read").with_path(&self.dir))
    }

    /// How many of some versions were committed at or before a moment, which increases with their numbers. `None` if one
    /// was removed in the meantime.
    fn count_until(&self, versions: &[u64], micros: i64) -> Result<Option<usize>> {
        let (mut before, mut after) = (0, versions.len());
        while let Some(number) = versions.get(before..after).and_then(|open| open.get(open.len() / 2)) {
            let Some(read) = self.log.read_raw(*number)? else { return Ok(None) };
            let middle = before + (after - before) / 2;
            if read.header.committed_at_us <= micros {
                before = middle + 1;
            } else {
                after = middle;
            }
        }
        Ok(Some(before))
    }
}
