//! The one error type of this crate.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use parquet::errors::ParquetError;

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, seen from the caller: each kind says what to do next.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Somebody else committed first, or holds a lock. Nothing was changed: look at the newest version and try again.
    Conflict,
    /// Whether the commit happened could not be found out. Nothing was deleted and this handle writes no more: open
    /// the store again and read which version is the newest.
    CommitUnknown,
    /// An earlier write of this handle could not be made durable, so it refuses to write: open the store again.
    Poisoned,
    /// Bytes are not what was written, or are missing. The path names the file: restore it from a backup, go back to a
    /// version that does not need it, or load the dataset anew. Nothing is repaired silently.
    Corruption,
    /// The bytes are intact but were written by software that knows more than this build: use a newer build.
    UnsupportedFormat,
    /// The medium cannot do what durability needs (hard links, locks, conditional creation): put the store elsewhere.
    UnsupportedStorage,
    /// A file of the snapshot being read is gone, because the snapshot was held for longer than versions are kept on a
    /// medium without locks: take the newest version and try again.
    SnapshotExpired,
    /// The version asked for is past its retention. The context names the oldest one still kept: ask for that or newer.
    VersionExpired,
    /// The call itself is wrong (bad path, schema, option, or a version that never was): correct the call.
    InvalidInput,
    /// The operating system refused an operation. The source says why (disk full, permission): remove the cause and try
    /// again.
    Io,
}

/// An error of the store. It never contains a value of a data cell.
///
/// ```
/// use drillcore_store::{ErrorKind, SchemaDoc};
/// use arrow::datatypes::Schema;
///
/// let error = SchemaDoc::from_arrow(&Schema::empty()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// assert!(!error.is_retryable());
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    path: Option<String>,
    context: Vec<(&'static str, String)>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), path: None, context: Vec::new(), source: None }))
    }

    /// A failed operation of the storage; a medium that lacks the operation altogether is told apart.
    pub(crate) fn io(action: &str, path: &str, source: io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::Unsupported => ErrorKind::UnsupportedStorage,
            _ => ErrorKind::Io,
        };
        Self::new(kind, format!("could not {action}")).with_path(path).with_source(source)
    }

    pub(crate) fn corruption(path: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Corruption, message).with_path(path)
    }

    /// A file that was there is there no more.
    pub(crate) fn expired(path: &str) -> Self {
        Self::new(ErrorKind::SnapshotExpired, "the file was removed, as its versions are past their retention")
            .with_path(path)
    }

    /// Unwraps what the parquet crate carried through: our own errors and I/O errors keep their kind.
    pub(crate) fn from_parquet(error: ParquetError, path: &str, otherwise: ErrorKind, message: &str) -> Self {
        Self::carried_by(error, path, message)
            .unwrap_or_else(|error| Self::new(otherwise, message).with_path(path).with_source(error))
    }

    /// The error of ours or of the medium that an error of the parquet crate carries, or that error itself.
    pub(crate) fn carried_by(error: ParquetError, path: &str, message: &str) -> Result<Self, ParquetError> {
        let external = match error {
            ParquetError::External(external) => external,
            other => return Err(other),
        };
        let external = match external.downcast::<Self>() {
            Ok(own) => return Ok(*own),
            Err(external) => external,
        };
        match external.downcast::<io::Error>() {
            Ok(io) => Ok(Self::from_io_carrier(*io, path, message)),
            Err(external) => Err(ParquetError::External(external)),
        }
    }

    fn from_io_carrier(error: io::Error, path: &str, message: &str) -> Self {
        if !error.get_ref().is_some_and(|inner| inner.is::<Self>()) {
            return Self::new(ErrorKind::Io, message).with_path(path).with_source(error);
        }
        match error.into_inner().map(|inner| inner.downcast::<Self>()) {
            Some(Ok(own)) => *own,
            _ => Self::new(ErrorKind::Io, message).with_path(path),
        }
    }

    /// The same error without its source, which cannot be copied.
    pub(crate) fn without_source(&self) -> Self {
        let Inner { kind, message, path, context, .. } = &*self.0;
        let (message, path, context) = (message.clone(), path.clone(), context.clone());
        Self(Box::new(Inner { kind: *kind, message, path, context, source: None }))
    }

    #[must_use]
    pub(crate) fn with_path(mut self, path: &str) -> Self {
        self.0.path = Some(path.to_owned());
        self
    }

    #[must_use]
    pub(crate) fn with_context(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.0.context.push((name, value.to_string()));
        self
    }

    #[must_use]
    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What kind of failure this is; decide by it, not by the text.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The failure in words, without place and cause.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The file or folder concerned, relative to the root of the store and separated by `/`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// Further facts as name and value, such as the version asked for and the oldest one kept.
    #[must_use]
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.0.context
    }

    /// Whether the same call may succeed when it is simply made again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Conflict | ErrorKind::SnapshotExpired)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        let facts = self.0.path.iter().cloned();
        let facts: Vec<String> =
            facts.chain(self.0.context.iter().map(|(name, value)| format!("{name} {value}"))).collect();
        if facts.is_empty() { Ok(()) } else { write!(f, " ({})", facts.join(", ")) }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, ErrorKind, ParquetError, StdError};
    use std::io;

    #[test]
    fn display_names_the_place_and_the_facts_in_one_line() {
        let error = Error::new(ErrorKind::Conflict, "a newer version was committed")
            .with_path("catalog")
            .with_context("base", 3)
            .with_context("newest", 4);
        assert_eq!(error.to_string(), "a newer version was committed (catalog, base 3, newest 4)");
        assert!(error.is_retryable());
    }

    #[test]
    fn own_errors_survive_the_trip_through_parquet_and_io() {
        let own = || Error::corruption("data/x.parquet", "block 0 does not match its digest");
        let direct = ParquetError::External(Box::new(own()));
        let nested = ParquetError::External(Box::new(io::Error::other(own())));
        for carrier in [direct, nested] {
            let error = Error::from_parquet(carrier, "elsewhere", ErrorKind::InvalidInput, "could not decode");
            assert_eq!(error.kind(), ErrorKind::Corruption);
            assert_eq!(error.path(), Some("data/x.parquet"));
        }
    }

    #[test]
    fn io_errors_stay_io_and_keep_their_source() {
        let carrier = ParquetError::External(Box::new(io::Error::from(io::ErrorKind::StorageFull)));
        let error = Error::from_parquet(carrier, "data/x.parquet", ErrorKind::Corruption, "could not write");
        assert_eq!(error.kind(), ErrorKind::Io);
        let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        assert_eq!(source.map(io::Error::kind), Some(io::ErrorKind::StorageFull));
    }

    #[test]
    fn a_medium_without_an_operation_is_told_apart() {
        let error = Error::io("link", "format.json", io::Error::from(io::ErrorKind::Unsupported));
        assert_eq!(error.kind(), ErrorKind::UnsupportedStorage);
    }
}
