//! Saved queries: kept in the catalog under a name, asked with values for their parameters.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::Engine;
use crate::catalog::SavedQuery;
use crate::error::Result;
use crate::query::Query;
use crate::result::QueryResult;
use crate::scope::Scope;

impl Engine {
    /// Keeps a query under its name, in place of the one that has its id. It outlives the process where the engine's
    /// store does.
    ///
    /// The document is checked as far as that goes without the datasets, which may change or come later. Values of
    /// parameters that it declares without one are not known yet; where they stand nothing is checked.
    ///
    /// # Errors
    ///
    /// Those of [`Query::from_json`] for the document; `InvalidInput` for a name that another saved query has.
    pub async fn save_query(&self, saved: SavedQuery) -> Result<Uuid> {
        self.blocking(move |inner| {
            check(&saved.document)?;
            let id = saved.id;
            inner.change(|catalog| Ok((catalog.with_saved_query(saved)?, id)))
        })
        .await
    }

    /// The saved query of a name, or of an id where no name is the same text.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none.
    pub async fn saved_query(&self, name_or_id: &str) -> Result<SavedQuery> {
        let name_or_id = name_or_id.to_owned();
        self.blocking(move |inner| Ok(SavedQuery::clone(inner.catalog()?.saved_query(&name_or_id)?))).await
    }

    /// All saved queries, by name.
    ///
    /// # Errors
    ///
    /// `Storage` if the catalog cannot be read.
    pub async fn saved_queries(&self) -> Result<Vec<SavedQuery>> {
        let all = |saved: &std::sync::Arc<SavedQuery>| SavedQuery::clone(saved);
        self.blocking(move |inner| Ok(inner.catalog()?.saved_queries.values().map(all).collect())).await
    }

    /// Forgets a saved query.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none.
    pub async fn delete_saved_query(&self, name_or_id: &str) -> Result<()> {
        let name_or_id = name_or_id.to_owned();
        self.blocking(move |inner| inner.change(|catalog| Ok((catalog.without_saved_query(&name_or_id)?, ())))).await
    }

    /// Answers a saved query. Its parameters take the values given, else those of its document.
    ///
    /// The parameters of a saved query are part of what is asked; who asks is said by the scope, as for any query.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such saved query; those of [`Query::from_json_with`] for the values; those of
    /// [`Engine::query`].
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use drillcore::{Engine, PushMode, Rows, SavedQuery, Scope};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// let rows = vec![vec!["Ghent".into(), 30.into()], vec!["Bruges".into(), 40.into()]];
    /// engine.push("sales", PushMode::Create, Rows::new(["city", "amount"], rows)).await?;
    ///
    /// let of_city = r#"{
    ///     "parameters": {"city": {"type": "text"}},
    ///     "dataset_id": "sales",
    ///     "measures": [{"column_id": "amount", "aggregation": "sum"}],
    ///     "where": [{"expression": "? = ?", "parameters": [{"column_id": "city"}, {"parameter": "city"}]}]
    /// }"#;
    /// engine.save_query(SavedQuery::new("of_city", of_city)).await?;
    ///
    /// let values = BTreeMap::from([("city".to_owned(), "Ghent".into())]);
    /// let answer = engine.run_saved("of_city", &values, &Scope::unrestricted()).await?;
    /// assert_eq!(answer.data_json(), "[[30]]");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn run_saved(
        &self,
        name_or_id: &str,
        parameters: &BTreeMap<String, Value>,
        scope: &Scope,
    ) -> Result<QueryResult> {
        let saved = self.saved_query(name_or_id).await?;
        let query = Query::from_json_with(&saved.document, parameters)?;
        self.query(&query, scope).await
    }
}

/// Checks a document whose parameters may have no value yet.
fn check(document: &str) -> Result<()> {
    let Err(refused) = Query::from_json(document) else { return Ok(()) };
    let Ok(tree) = serde_json::from_str::<Value>(document) else { return Err(refused) };
    let open = open_parameters(&tree);
    if open.is_empty() {
        return Err(refused);
    }
    match Query::from_json_with(document, &open) {
        // A sample that does not do where it stands says nothing of the values to come.
        Err(error) if !stands_for_open(&tree, error.path().unwrap_or_default(), &open) => Err(error),
        _ => Ok(()),
    }
}

/// The parameters that a document declares without a value, each with a sample of its type. Of an unknown type there is
/// none.
fn open_parameters(tree: &Value) -> BTreeMap<String, Value> {
    let root = tree.get("find").filter(|find| !find.is_null()).unwrap_or(tree);
    let queries = root.get("queries").and_then(Value::as_array).into_iter().flatten();
    let declared = std::iter::once(root).chain(queries).filter_map(|holder| holder.get("parameters")?.as_object());
    let mut open = BTreeMap::new();
    for (name, declaration) in declared.flatten() {
        let given = ["value", "default"].iter().any(|field| declaration.get(field).is_some_and(|held| !held.is_null()));
        let sample = declaration.get("type").and_then(Value::as_str).and_then(sample);
        if let (false, Some(sample)) = (given, sample) {
            open.insert(name.clone(), sample);
        }
    }
    open
}

/// A value of a type of parameters.
fn sample(name: &str) -> Option<Value> {
    if let Some(item) = name.strip_prefix("array[").and_then(|rest| rest.strip_suffix(']')) {
        return sample(item).map(|item| Value::Array(vec![item]));
    }
    Some(match name {
        "timerange" => "2000-01-01~2000-01-31".into(),
        "aggregation" => "count".into(),
        "tz" => "UTC".into(),
        "text" => "a".into(),
        "number" => 1.into(),
        "boolean" => true.into(),
        "date" => "2000-01-01".into(),
        "datetime" => "2000-01-01T00:00:00Z".into(),
        _ => return None,
    })
}

/// Whether an open parameter stands at a place of the document, or around it.
fn stands_for_open(tree: &Value, path: &str, open: &BTreeMap<String, Value>) -> bool {
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
    ends.filter_map(|end| tree.pointer(path.get(..end)?)?.get("parameter")?.as_str())
        .any(|name| open.contains_key(name))
}

#[cfg(test)]
mod tests {
    use super::check;

    /// A document with one parameter in a filter on a column and a limit.
    fn document(declaration: &str, rest: &str) -> String {
        format!(
            r#"{{"parameters": {{"p": {declaration}}}, "dataset_id": "d",
                 "measures": [{{"column_id": "*", "aggregation": "count"}}], {rest}}}"#
        )
    }

    const FILTER: &str =
        r#""where": [{"expression": "? = ?", "parameters": [{"column_id": "c"}, {"parameter": "p"}]}]"#;

    #[test]
    fn open_parameters_may_stay_open() {
        for kind in ["text", "number", "boolean", "date", "datetime", "tz", "aggregation"] {
            check(&document(&format!(r#"{{"type": "{kind}"}}"#), FILTER)).unwrap();
            check(&document(&format!(r#"{{"type": "{kind}", "value": null}}"#), FILTER)).unwrap();
        }
        let list = FILTER.replace("? = ?", "? in ?");
        check(&document(r#"{"type": "array[text]"}"#, &list)).unwrap();
        let level = r#""dimensions": [{"column_id": "c", "level": {"parameter": "p"}}]"#;
        // The sample is no level, but a value may be one.
        check(&document(r#"{"type": "text"}"#, level)).unwrap();
    }

    #[test]
    fn the_rest_of_the_document_is_checked() {
        let open = r#"{"type": "text"}"#;
        for (declaration, rest, path) in [
            (open, format!(r#"{FILTER}, "limits": 3"#), "/limits"),
            (open, format!(r#"{FILTER}, "limit": {{"by": "many"}}"#), "/limit/by"),
            (open, FILTER.replace("\"p\"", "\"q\""), "/where/0/parameters/1/parameter"),
            (r#"{"type": "texts"}"#, FILTER.to_owned(), "/parameters/p/type"),
            (r#"{"type": "number", "default": "x"}"#, FILTER.to_owned(), "/parameters/p/default"),
        ] {
            let error = check(&document(declaration, &rest)).unwrap_err();
            assert_eq!(error.path(), Some(path), "{error}");
        }
        assert!(check("{").is_err());
        assert!(check(r#"{"queries": []}"#).is_err());
    }
}
