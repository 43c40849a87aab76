//! The commit protocol.
//!
//! 1. Write the version under a temporary name and sync it.
//! 2. Link it to its number: whoever links first has made that version. Never rename (it overwrites), never write under
//!    the number itself (it would be seen half done).
//! 3. Sync the folder. Only then is the version acknowledged.
//!
//! When the link answers anything but "published", the number itself is read: our own commit id there means that the
//! link did happen, another one that the race is lost, nothing at all that it may be tried again. If that cannot be
//! read either the outcome is unknown: nothing is deleted and the handle writes no more.
//!
//! Where there is no lock, a number may be free because its version was removed, not because it is the next one. So the
//! writer lists right before it creates, gives up if it has taken too long since it looked up its base, and lists again
//! afterwards: a higher number that does not rest on its own version was there before, and then the race is lost.

use serde::Serialize;
use uuid::Uuid;

use super::{CommitHeader, Envelope, LogGuard, NumberedLog};
use crate::error::{Error, ErrorKind, Result};
use crate::format::{Features, check_writable, unknown_shape};
use crate::layout::{join, temp_name};
use crate::lockless::micros;
use crate::seal::seal;
use crate::storage::Publish;

/// How often a link is tried whose number turns out to be free after a failure.
const LINK_ATTEMPTS: usize = 3;

impl NumberedLog {
    /// [`commit_with`](Self::commit_with) for a body that every build can read and build upon.
    pub(crate) fn commit<T: Serialize>(
        &self,
        lock: &LogGuard<'_>,
        previous: Option<&CommitHeader>,
        body: T,
    ) -> Result<(CommitHeader, T)> {
        self.commit_with(lock, previous, body, Features::default())
    }

    /// Commits `body` as the version after `previous`, which the caller found to be the newest while holding the lock;
    /// `features` are what the body asks of its readers and of those who commit after it.
    ///
    /// # Errors
    /// `Conflict` if somebody without the lock was faster; `CommitUnknown` if it may or may not have happened;
    /// otherwise nothing was committed. All but `Conflict` and failures before the first sync poison the handle.
    pub(crate) fn commit_with<T: Serialize>(
        &self,
        lock: &LogGuard<'_>,
        previous: Option<&CommitHeader>,
        body: T,
        features: Features,
    ) -> Result<(CommitHeader, T)> {
        if let Some(previous) = previous {
            check_writable(&previous.writer_features, &self.path_of(previous.version))?;
        }
        let envelope = Envelope { header: self.next_header(previous, features)?, body };
        let target = self.path_of(envelope.header.version);
        let content = serde_json::to_vec(&envelope).map_err(|error| unknown_shape(&target, error))?;
        let temp = join(&self.dir, &temp_name(self.context.env.new_id()));
        self.write_temp(&temp, &seal(&content))?;
        let linked = self.link(lock, &temp, envelope.header.version, envelope.header.commit_id);
        let linked = linked.and_then(|()| self.confirm(envelope.header.version, envelope.header.commit_id));
        match &linked {
            Err(error) if error.kind() == ErrorKind::CommitUnknown => {}
            _ => self.context.remove_quietly(&temp),
        }
        linked?;
        self.context.storage.sync_dir(&self.dir).map_err(|error| {
            let unknown = Error::new(ErrorKind::CommitUnknown, "the version was linked but its folder not synced");
            self.health.poison(unknown.with_path(&target).with_source(error))
        })?;
        Ok((envelope.header, envelope.body))
    }

    /// Failing to create or write loses nothing; failing to sync leaves it open what the medium holds.
    fn write_temp(&self, temp: &str, content: &[u8]) -> Result<()> {
        let storage = &self.context.storage;
        let mut writer = storage.create(temp).map_err(|error| Error::io("create the file", temp, error))?;
        if let Err(error) = writer.write_all(content) {
            drop(writer);
            self.context.remove_quietly(temp);
            return Err(Error::io("write the file", temp, error));
        }
        writer.sync_and_close().map_err(|error| self.health.poison(Error::io("sync the file", temp, error)))
    }

    fn link(&self, lock: &LogGuard<'_>, temp: &str, version: u64, own_id: Uuid) -> Result<()> {
        let target = self.path_of(version);
        let mut failure = None;
        for attempt in 0..LINK_ATTEMPTS {
            // What was tried before may still happen, or have happened after all.
            let again = attempt > 0;
            let unless_again = |error: Error| if again { self.health.poison(error) } else { error };
            if let Some(newest) = self.overtaken_by(version).map_err(unless_again)? {
                let ours = again && self.is_ours(version, own_id)? == Some(true);
                return if ours { Ok(()) } else { Err(lost_race(&target, newest)) };
            }
            self.refuse_overdue(lock, &target).map_err(unless_again)?;
            failure = match self.context.storage.publish(temp, &target) {
                Ok(Publish::Published) => return Ok(()),
                Ok(Publish::AlreadyExists) => None,
                Err(error) => Some(error),
            };
            match self.is_ours(version, own_id)? {
                Some(true) => return Ok(()),
                Some(false) => return Err(lost_race(&target, version)),
                None => {}
            }
        }
        let error = match failure {
            Some(error) => Error::io("link the version", &target, error),
            None => Error::new(ErrorKind::Io, "could not link the version: its name is taken and free in turns")
                .with_path(&target),
        };
        Err(self.health.poison(error))
    }

    /// Whether the version of a number is the one that was made with this id; `None` if there is none.
    fn is_ours(&self, version: u64, own_id: Uuid) -> Result<Option<bool>> {
        let found = self.read_raw(version).map_err(|error| self.unknown(version, error))?;
        Ok(found.map(|found| found.header.commit_id == own_id))
    }

    fn unknown(&self, version: u64, cause: Error) -> Error {
        let unknown = Error::new(ErrorKind::CommitUnknown, "the outcome of the commit could not be read");
        self.health.poison(unknown.with_path(&self.path_of(version)).with_source(cause))
    }

    /// Without a lock somebody may have come in between: the newest version, if it has this number or a higher one.
    fn overtaken_by(&self, version: u64) -> Result<Option<u64>> {
        if self.context.has_locks() {
            return Ok(None);
        }
        Ok(self.versions_after(version.saturating_sub(1))?.last().copied())
    }

    /// Without a lock what the commit rests on may be removed if it takes too long.
    fn refuse_overdue(&self, lock: &LogGuard<'_>, target: &str) -> Result<()> {
        let (limit, taken_us) = (self.context.commit_limit(), self.context.env.now_us().saturating_sub(lock.since_us));
        if self.context.has_locks() || taken_us <= micros(limit) {
            return Ok(());
        }
        let error = Error::new(ErrorKind::Conflict, "the commit took longer than is allowed without locks");
        Err(error.with_path(target).with_context("seconds", limit.as_secs()))
    }

    /// Without a lock a version may have been made whose number was free because its true bearer was removed. Then there
    /// are higher numbers, and the next one does not rest on ours.
    fn confirm(&self, version: u64, own_id: Uuid) -> Result<()> {
        if self.context.has_locks() {
            return Ok(());
        }
        match self.stray_below(version, own_id).map_err(|error| self.unknown(version, error))? {
            None => Ok(()),
            Some(newest) => {
                // Nobody builds upon it, and it would be taken for the version of its number.
                self.context.remove_quietly(&self.path_of(version));
                Err(lost_race(&self.path_of(version), newest))
            }
        }
    }

    /// The newest version, if ours has the number of one that had been there before.
    fn stray_below(&self, version: u64, own_id: Uuid) -> Result<Option<u64>> {
        let Some(newest) = self.versions_after(version)?.last().copied() else { return Ok(None) };
        if let Some(next) = self.read_raw(version.saturating_add(1))? {
            return Ok((next.header.previous != Some(own_id)).then_some(newest));
        }
        // Versions are removed oldest first: as long as ours is there, those after it are, if they came after it.
        match self.read_raw(version)? {
            Some(found) if found.header.commit_id == own_id => Ok(Some(newest)),
            _ => Err(Error::new(ErrorKind::Io, "the version and those after it are gone").with_path(&self.dir)),
        }
    }
}

fn lost_race(path: &str, version: u64) -> Error {
    Error::new(ErrorKind::Conflict, "somebody else committed this version first")
        .with_path(path)
        .with_context("version", version)
}
