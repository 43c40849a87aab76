//! The demo's queries, as they stand in `data/queries`.

use std::fs;

use drillcore::{Query, QueryBatch};

use crate::{Result, data};

/// Every query of every document, with its name, in the order of the files.
pub fn documents() -> Result<Vec<(String, Query)>> {
    let files = fs::read_dir(data("queries"))?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let mut files: Vec<_> =
        files.into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "json")).collect();
    files.sort();
    let mut queries = Vec::new();
    for file in files {
        for query in QueryBatch::from_json(&fs::read_to_string(&file)?)?.queries {
            let name = query.name.clone().ok_or_else(|| format!("a query of {} has no name", file.display()))?;
            queries.push((name, query));
        }
    }
    Ok(queries)
}
