//! Making a new version.

use std::collections::BTreeMap;
use std::mem::take;
use std::sync::Arc;

use arrow::datatypes::Schema;

use super::DatasetInner;
use super::content::{Assembled, Content};
use crate::error::{Error, ErrorKind, Result};
use crate::log::{CommitHeader, Envelope, LogGuard};
use crate::manifest::{Manifest, Operation, live_rows};
use crate::schema::SchemaDoc;
use crate::snapshot::Snapshot;

/// How many idempotency tokens a manifest remembers, the latest ones.
const TOKENS_KEPT: usize = 1_000;
const MOST_TOKEN_BYTES: usize = 256;

/// What comes with a commit besides the files.
///
/// ```
/// use drillcore_store::CommitOptions;
///
/// let options = CommitOptions::default().with_property("watermark", "2026-11-21").with_token("batch 17");
/// assert_eq!(options.token.as_deref(), Some("batch 17"));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitOptions {
    /// Kept with the version: all of a full commit's properties, or what any other commit changes.
    pub properties: BTreeMap<String, String>,
    /// Names this commit: a second commit with the same token changes nothing and returns the first one's version. 1 to
    /// 256 bytes; the latest 1,000 are remembered.
    pub token: Option<String>,
    /// Only commit on top of this version; 0 means there must be none yet. The default is the writer's base, except for
    /// appends, which follow any version.
    pub expected_version: Option<u64>,
}

impl CommitOptions {
    /// Sets a property.
    #[must_use]
    pub fn with_property(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.properties.insert(name.into(), value.into());
        self
    }

    /// Sets the idempotency token.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets the version the commit must follow.
    #[must_use]
    pub fn with_expected_version(mut self, version: u64) -> Self {
        self.expected_version = Some(version);
        self
    }
}

/// A commit that is durable.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct Committed {
    /// The version it made, which may be past its retention if the commit was replayed.
    pub version: u64,
    /// Whether an earlier commit with the same token had done it, so that nothing was changed.
    pub replayed: bool,
    /// The version made, or the newest one if the commit was replayed.
    pub snapshot: Arc<Snapshot>,
}

#[derive(Debug)]
pub(crate) struct CommitRequest<'a> {
    pub(crate) operation: Operation,
    pub(crate) schema: &'a Schema,
    pub(crate) content: Content,
    pub(crate) options: &'a CommitOptions,
    pub(crate) expected: Option<u64>,
    /// When what is committed was begun, in microseconds.
    pub(crate) since_us: i64,
}

impl DatasetInner {
    pub(crate) fn commit(&self, request: CommitRequest<'_>) -> Result<Committed> {
        let committed = self.commit_once(request);
        if committed.is_err() {
            // Whoever tries again wants to know what came in between.
            self.fresh.forget();
        }
        committed
    }

    fn commit_once(&self, request: CommitRequest<'_>) -> Result<Committed> {
        let schema = SchemaDoc::from_arrow(request.schema)?;
        request.check_token()?;
        let guard = self.log.lock()?.since(request.since_us);
        let newest = self.read_newest()?;
        if let Some(version) = request.find_token(newest.as_ref()) {
            // Whoever committed it may have been stopped right before syncing the folder.
            self.log.sync()?;
            drop(guard);
            let snapshot = self.latest()?.ok_or_else(|| Error::corruption(&self.dir, "the newest version vanished"))?;
            return Ok(Committed { version, replayed: true, snapshot });
        }
        request.check_base(newest.as_ref(), &schema, &self.dir)?;
        let (previous, base) = newest.map(|newest| (newest.header, newest.body)).unzip();
        let version = next_version(previous.as_ref());
        let manifest = self.next_manifest(request, schema, base, version)?;
        self.publish(guard, previous.as_ref(), manifest)
    }

    /// Makes a manifest the version after `previous`, the newest one while the guard is held.
    pub(super) fn publish(
        &self,
        guard: LogGuard<'_>,
        previous: Option<&CommitHeader>,
        manifest: Manifest,
    ) -> Result<Committed> {
        let features = manifest.features();
        let version = next_version(previous);
        // Taken beforehand, because after the commit nothing may fail any more.
        let pin = self.pins.pin(version)?;
        let (header, body) = self.log.commit_with(&guard, previous, manifest, features)?;
        drop(guard);
        let snapshot = self.install(Envelope { header, body }, pin)?;
        Ok(Committed { version, replayed: false, snapshot })
    }

    /// The newest version as it is now; needs the lock to stay so.
    pub(super) fn read_newest(&self) -> Result<Option<Envelope<Manifest>>> {
        let newest = self.newest_version()?;
        if newest == 0 {
            return Ok(None);
        }
        let held = self.held().clone().filter(|held| held.version() == newest);
        if let Some(held) = held {
            return Ok(Some(Envelope { header: held.header().clone(), body: held.manifest().clone() }));
        }
        let envelope: Envelope<Manifest> = self.log.read_kept(newest)?;
        envelope.body.check(self.id, &self.log.path_of(newest))?;
        Ok(Some(envelope))
    }

    fn next_manifest(
        &self,
        request: CommitRequest<'_>,
        schema: SchemaDoc,
        mut base: Option<Manifest>,
        version: u64,
    ) -> Result<Manifest> {
        let CommitRequest { operation, schema: columns, content, options, .. } = request;
        let (mut properties, mut tokens) =
            base.as_mut().map(|base| (take(&mut base.properties), take(&mut base.tokens))).unwrap_or_default();
        if content.is_full() {
            properties.clear();
        }
        properties.extend(options.properties.clone());
        tokens.extend(options.token.clone().map(|token| (token, version)));
        forget_old_tokens(&mut tokens);
        let Assembled { files, keys, touched_days } = self.assemble(content, operation, columns, base)?;
        let rows = live_rows(&files);
        let rows = rows.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "there are too many rows to count"))?;
        Ok(Manifest { dataset: self.id, operation, schema, rows, files, properties, tokens, keys, touched_days })
    }
}

fn next_version(previous: Option<&CommitHeader>) -> u64 {
    previous.map_or(0, |header| header.version).saturating_add(1)
}

fn forget_old_tokens(tokens: &mut BTreeMap<String, u64>) {
    let surplus = tokens.len().saturating_sub(TOKENS_KEPT);
    if surplus > 0 {
        let mut versions: Vec<u64> = tokens.values().copied().collect();
        versions.sort_unstable();
        let newest_forgotten = versions.get(surplus - 1).copied().unwrap_or(0);
        tokens.retain(|_, version| *version > newest_forgotten);
    }
}

impl CommitRequest<'_> {
    fn check_token(&self) -> Result<()> {
        match &self.options.token {
            Some(token) if token.is_empty() || token.len() > MOST_TOKEN_BYTES => {
                let error = Error::new(ErrorKind::InvalidInput, "an idempotency token must have 1 to 256 bytes");
                Err(error.with_context("bytes", token.len()))
            }
            _ => Ok(()),
        }
    }

    fn find_token(&self, newest: Option<&Envelope<Manifest>>) -> Option<u64> {
        newest?.body.tokens.get(self.options.token.as_ref()?).copied()
    }

    fn check_base(&self, newest: Option<&Envelope<Manifest>>, schema: &SchemaDoc, dir: &str) -> Result<()> {
        let version = newest.map_or(0, |newest| newest.header.version);
        let conflict = |message: &str| Error::new(ErrorKind::Conflict, message).with_path(dir);
        if let Some(expected) = self.expected.filter(|expected| *expected != version) {
            let error = conflict("somebody else committed a version in the meantime");
            return Err(error.with_context("expected", expected).with_context("newest", version));
        }
        let other_columns = newest.is_some_and(|newest| newest.body.schema != *schema);
        if matches!(self.content, Content::Append(_)) && other_columns {
            return Err(conflict("the columns differ from those of the newest version").with_context("newest", version));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{TOKENS_KEPT, forget_old_tokens};

    #[test]
    fn the_latest_tokens_are_remembered() {
        let mut tokens = (0..1_500_u64).map(|version| (format!("token {version}"), version)).collect();
        forget_old_tokens(&mut tokens);
        assert_eq!(tokens.len(), TOKENS_KEPT);
        assert!(tokens.values().all(|version| *version >= 500));
    }
}
