//! The one error of the crate: what went wrong, where, and what the caller can do.

use std::fmt;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What an [`Error`] asks of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The query document is wrong: correct it at [`Error::path`].
    InvalidQuery,
    /// An argument, a dataset definition or pushed data is wrong: correct it.
    InvalidInput,
    /// A name that does not exist: the message names the nearest one that does.
    NotFound,
    /// A part of the query language that this version does not answer: leave it out.
    NotSupported,
    /// A documented limit was passed: ask for less, or raise the limit.
    LimitExceeded,
    /// The scope of the query does not decide a filter that the dataset requires.
    AccessDenied,
    /// A source could not be read: mend the source or its description.
    SourceError,
    /// Somebody else changed the same thing first, or what was read for long has been removed: try again.
    Conflict,
    /// The execution was cancelled before it was done: ask again if the answer is still wanted.
    Cancelled,
    /// The store is damaged or refuses to work: the message names the file.
    Storage,
    /// A fault of drillcore itself: please report it.
    Internal,
}

impl ErrorKind {
    /// The kind as it stands in the JSON of an error, for example `invalid_query`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidQuery => "invalid_query",
            Self::InvalidInput => "invalid_input",
            Self::NotFound => "not_found",
            Self::NotSupported => "not_supported",
            Self::LimitExceeded => "limit_exceeded",
            Self::AccessDenied => "access_denied",
            Self::SourceError => "source_error",
            Self::Conflict => "conflict",
            Self::Cancelled => "cancelled",
            Self::Storage => "storage",
            Self::Internal => "internal",
        }
    }
}

/// What went wrong, and where. Messages never hold a value of the data.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    path: Option<String>,
    span: Option<(usize, usize)>,
    retryable: bool,
    /// Whether the limit that was passed is the one of time.
    timed_out: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a kind with a message.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retryable = kind == ErrorKind::Conflict;
        let message = in_one_line(message.into());
        Self(Box::new(Inner { kind, message, path: None, span: None, retryable, timed_out: false, source: None }))
    }

    /// An error of a source, for implementations of [`Source`](crate::Source) outside this crate. The message must not
    /// hold a value of the data.
    ///
    /// ```
    /// use drillcore::{Error, ErrorKind};
    ///
    /// let error = Error::source_error("the warehouse does not answer").caused_by(std::io::Error::other("timed out"));
    /// assert_eq!(error.kind(), ErrorKind::SourceError);
    /// ```
    #[must_use]
    pub fn source_error(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::SourceError, message)
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn caused_by(self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.with_source(cause)
    }

    /// Short for [`ErrorKind::InvalidQuery`].
    pub(crate) fn query(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidQuery, message)
    }

    /// Short for [`ErrorKind::InvalidInput`].
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    /// Short for [`ErrorKind::NotSupported`]: `what` is not supported yet.
    pub(crate) fn not_supported(what: impl fmt::Display) -> Self {
        Self::new(ErrorKind::NotSupported, format!("{what} is not supported yet"))
    }

    /// Short for [`ErrorKind::Internal`].
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// The error of a query that took longer than it may, in milliseconds.
    pub(crate) fn timed_out(limit_ms: u128) -> Self {
        let message = format!("the query took longer than its limit of {limit_ms} ms");
        let mut error = Self::new(ErrorKind::LimitExceeded, message);
        error.0.timed_out = true;
        error
    }

    /// Whether the limit of time was passed.
    pub(crate) fn is_timeout(&self) -> bool {
        self.0.timed_out
    }

    /// Puts the error at a place, unless it has one already.
    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.0.path.get_or_insert_with(|| path.into());
        self
    }

    /// Puts the known place of the error inside an outer place.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        let inner = self.0.path.take().unwrap_or_default();
        self.0.path = Some(format!("{outer}{inner}"));
        self
    }

    /// Byte range in the text that is wrong.
    pub(crate) fn with_span(mut self, start: usize, end: usize) -> Self {
        self.0.span = Some((start, end));
        self
    }

    /// The error below this one.
    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error without what is below it, for those who were handed a shared one.
    pub(crate) fn duplicate(&self) -> Self {
        let Inner { kind, message, path, span, retryable, timed_out, source: _ } = &*self.0;
        let (kind, message, path, span) = (*kind, message.clone(), path.clone(), *span);
        let (retryable, timed_out) = (*retryable, *timed_out);
        Self(Box::new(Inner { kind, message, path, span, retryable, timed_out, source: None }))
    }

    /// What the error asks of the caller.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message alone, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where: a JSON pointer into the query document, or `file:line` of a source.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// Byte range inside the text at [`Error::path`], where there is one.
    #[must_use]
    pub fn span(&self) -> Option<(usize, usize)> {
        self.0.span
    }

    /// Whether the same call may succeed when made again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// The error as the JSON object of a result: `{"kind", "message", "path", "span"}`.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let mut object = serde_json::Map::new();
        object.insert("kind".into(), self.0.kind.as_str().into());
        object.insert("message".into(), self.0.message.clone().into());
        if let Some(path) = &self.0.path {
            object.insert("path".into(), path.clone().into());
        }
        if let Some((start, end)) = self.0.span {
            object.insert("span".into(), vec![start, end].into());
        }
        object.into()
    }
}

/// Names come from documents and may hold anything; a message stays in its line all the same.
fn in_one_line(message: String) -> String {
    if !message.chars().any(char::is_control) {
        return message;
    }
    let mut line = String::with_capacity(message.len() + 8);
    for character in message.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

impl From<drillcore_store::Error> for Error {
    fn from(error: drillcore_store::Error) -> Self {
        use drillcore_store::ErrorKind as Kind;
        let kind = match error.kind() {
            Kind::Conflict | Kind::SnapshotExpired => ErrorKind::Conflict,
            Kind::InvalidInput => ErrorKind::InvalidInput,
            Kind::VersionExpired => ErrorKind::NotFound,
            _ => ErrorKind::Storage,
        };
        let mut ours = Self::new(kind, error.to_string()).with_source(error);
        ours.0.retryable = kind == ErrorKind::Conflict;
        ours
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(path) = self.0.path.as_deref().filter(|path| !path.is_empty()) {
            write!(f, " (at {path})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("path", &self.0.path)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn a_message_stays_in_its_line() {
        assert_eq!(Error::query("no column `a\nb\u{7}ü`").message(), "no column `a\\nb\\u{7}ü`");
        assert_eq!(Error::query("plain").message(), "plain");
    }

    #[test]
    fn a_copy_still_knows_that_time_ran_out() {
        assert!(Error::timed_out(20).duplicate().is_timeout());
        assert!(!Error::query("plain").duplicate().is_timeout());
    }
}
