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

use serde::Serialize;
use uuid::Uuid;

use super::{CommitHeader, Envelope, LogGuard, NumberedLog};
use crate::error::{Error, ErrorKind, Result};
use crate::format::{Features, check_writable, unknown_shape};
use crate::layout::{join, temp_name};
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
        _lock: &LogGuard<'_>,
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
        let linked = self.link(&temp, envelope.header.version, envelope.header.commit_id);
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

    fn link(&self, temp: &str, version: u64, own_id: Uuid) -> Result<()> {
        let target = self.path_of(version);
        let mut failure = None;
        for _ in 0..LINK_ATTEMPTS {
            failure = match self.context.storage.publish(temp, &target) {
                Ok(Publish::Published) => return Ok(()),
                Ok(Publish::AlreadyExists) => None,
                Err(error) => Some(error),
            };
            match self.read_raw(version) {
                Ok(Some(found)) if found.header.commit_id == own_id => return Ok(()),
                Ok(Some(found)) => return Err(lost_race(&target, found.header.version)),
                Ok(None) => {}
                Err(error) => {
                    let unknown = Error::new(ErrorKind::CommitUnknown, "the outcome of the commit could not be read");
                    return Err(self.health.poison(unknown.with_path(&target).with_source(error)));
                }
            }
        }
        let error = match failure {
            Some(error) => Error::io("link the version", &target, error),
            None => Error::new(ErrorKind::Io, "could not link the version: its name is taken and free in turns")
                .with_path(&target),
        };
        Err(self.health.poison(error))
    }
}

fn lost_race(path: &str, version: u64) -> Error {
    Error::new(ErrorKind::Conflict, "somebody else committed this version first")
        .with_path(path)
        .with_context("version", version)
}
