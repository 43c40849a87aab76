//! Going back: the version of the base that a query reads.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

use super::Query;

/// Which version of its base a query reads, in place of the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SnapshotAt {
    /// The version of this number; the first is 1.
    Version(u64),
    /// The version that was the newest one at this instant: the last that was committed then or before.
    Time(DateTime<Utc>),
}

impl Query {
    /// Reads the base as it was in a version.
    ///
    /// Everything else is as it is now: the definitions, the filters and the scope, and the other datasets, of which
    /// the newest version is read. A column that the version does not have is NULL.
    ///
    /// ```
    /// use drillcore::{Engine, PushMode, Query, Rows, Scope, count};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// engine.push("notes", PushMode::Create, Rows::new(["text"], vec![vec!["one".into()]])).await?;
    /// engine.push("notes", PushMode::Append, Rows::new(["text"], vec![vec!["two".into()]])).await?;
    ///
    /// let query = Query::on("notes").measure(count());
    /// let now = engine.query(&query, &Scope::unrestricted()).await?;
    /// let before = engine.query(&query.at_version(1), &Scope::unrestricted()).await?;
    /// assert_eq!((now.data_json(), before.data_json()), ("[[2]]".to_owned(), "[[1]]".to_owned()));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn at_version(mut self, version: u64) -> Self {
        self.at = Some(SnapshotAt::Version(version));
        self
    }

    /// Reads the base as it was at an instant. See [`Query::at_version`]; relative dates mean the same as without it.
    #[must_use]
    pub fn at_time(mut self, time: DateTime<Utc>) -> Self {
        self.at = Some(SnapshotAt::Time(time));
        self
    }
}

/// In words: `version 3`, or the time as documents have it.
impl fmt::Display for SnapshotAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "version {version}"),
            Self::Time(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}
