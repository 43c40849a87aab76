//! Queries as JSON, both ways. A document is read into a tree first and walked by hand, so that every refusal has the
//! exact place, the nearest known name, and says whether a part is unknown or only not supported yet.

mod filters;
mod items;
mod node;
mod object;
mod options;
mod read;
mod references;
mod serde_impls;
mod write;

use serde_json::Value;

use super::{Query, QueryBatch};
use crate::error::Result;

impl Query {
    /// Reads the document of one query: the query itself, or `{"queries": [..]}` with one query.
    ///
    /// A field that is null counts as absent. Unknown fields are refused. Luzmo's call around a query (`action`, `key`,
    /// `token`, `version`, `find`), its `context` and the option `synchronized` are accepted; `options.paging` means
    /// `limit`. Numbers keep all their digits.
    ///
    /// # Errors
    ///
    /// `InvalidQuery` for what is no JSON (with line and column) and for a wrong query (with its JSON pointer),
    /// `NotSupported` for parts that this version does not answer, `LimitExceeded` for more than the limits that stand
    /// at [`Query`] and [`QueryBatch`].
    ///
    /// ```
    /// use drillcore::{ErrorKind, Query, column, count};
    ///
    /// let query = Query::from_json(
    ///     r#"{
    ///         "dataset_id": "flights",
    ///         "dimensions": [{"column_id": "carrier"}],
    ///         "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}]
    ///     }"#,
    /// )?;
    /// assert_eq!(query, Query::on("flights").dimension(column("carrier")).measure(count().named("n")));
    ///
    /// let error = Query::from_json(r#"{"dimensions": [{"colum_id": "carrier"}]}"#).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidQuery);
    /// assert_eq!(error.path(), Some("/dimensions/0/colum_id"));
    /// assert_eq!(error.message(), "unknown field `colum_id`; did you mean `column_id`?");
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self> {
        read::one(&node::parse(text)?)
    }

    /// The query as its canonical JSON document: parts with their default value are left out.
    ///
    /// Reading it with [`Query::from_json`] gives the same query, provided that [`Query::check`] accepts it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        write::query(self)
    }
}

impl QueryBatch {
    /// Reads a document: `{"queries": [..]}` or a single query, as [`Query::from_json`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Query::from_json`]. The first wrong query refuses the whole document.
    pub fn from_json(text: &str) -> Result<Self> {
        read::batch(&node::parse(text)?)
    }

    /// The batch as its canonical JSON document.
    #[must_use]
    pub fn to_json(&self) -> Value {
        write::batch(self)
    }
}
