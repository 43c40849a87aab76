//! Queries as JSON, both ways. A document is read into a tree first and walked by hand, so that every refusal has the
//! exact place, the nearest known name, and says whether a part is unknown or only not supported yet.

mod aggregations;
mod at;
mod discretizations;
mod filters;
mod items;
#[cfg(test)]
pub(super) mod known;
mod members;
mod node;
mod object;
mod options;
mod parameter_types;
mod parameters;
mod periods;
mod read;
mod references;
mod serde_impls;
mod steps;
mod windows;
mod write;

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) use discretizations::Kind as DiscretizationKind;
pub(super) use options::{WEEK_STARTS, day_name};
pub(super) use parameter_types::ParameterType;

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
        Self::from_json_with(text, &BTreeMap::new())
    }

    /// Reads the document of one query whose parameters get values from outside, for example those of a saved query.
    ///
    /// A document declares its parameters in `parameters`, each with a `type`, and a `value` or `default` if it has
    /// one; `{"parameter": name}` stands where the value is wanted. A value given here goes before the one in the
    /// document; null counts as none.
    ///
    /// # Errors
    ///
    /// Those of [`Query::from_json`]; `InvalidQuery` for a value that is not of the type of its parameter, for a value
    /// of what is no parameter, and for a parameter that is used and has no value.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use drillcore::{Query, column, count};
    ///
    /// let saved = r#"{
    ///     "parameters": {"airport": {"type": "text"}},
    ///     "dataset_id": "flights",
    ///     "measures": [{"column_id": "*", "aggregation": "count"}],
    ///     "where": [{"expression": "? = ?", "parameters": [{"column_id": "origin"}, {"parameter": "airport"}]}]
    /// }"#;
    /// let values = BTreeMap::from([("airport".to_owned(), "JFK".into())]);
    /// let query = Query::from_json_with(saved, &values)?;
    /// assert_eq!(query, Query::on("flights").measure(count()).filter(column("origin").equals("JFK")));
    ///
    /// let error = Query::from_json(saved).unwrap_err();
    /// assert_eq!(error.message(), "the parameter `airport` has no value");
    /// assert_eq!(error.path(), Some("/where/0/parameters/1"));
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    pub fn from_json_with(text: &str, values: &BTreeMap<String, Value>) -> Result<Self> {
        read::one(node::parse(text)?, values)
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
        Self::from_json_with(text, &BTreeMap::new())
    }

    /// Reads a document whose parameters get values from outside, as [`Query::from_json_with`] does. A value is that
    /// of every parameter of its name, whether the batch or one of its queries declares it.
    ///
    /// # Errors
    ///
    /// Those of [`Query::from_json_with`]. The first wrong query refuses the whole document.
    pub fn from_json_with(text: &str, values: &BTreeMap<String, Value>) -> Result<Self> {
        read::batch(node::parse(text)?, values)
    }

    /// The batch as its canonical JSON document.
    #[must_use]
    pub fn to_json(&self) -> Value {
        write::batch(self)
    }
}
