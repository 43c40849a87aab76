//! Query documents, from a file or from standard input.

use std::fs;
use std::io;
use std::path::Path;

use drillcore::QueryBatch;

use crate::failure::{Failure, Outcome};

/// Reads the queries of a document; `-` is standard input.
pub(super) fn read(file: &Path) -> Outcome<QueryBatch> {
    let from_input = file == Path::new("-");
    let text = if from_input { io::read_to_string(io::stdin()) } else { fs::read_to_string(file) };
    let name = if from_input { "standard input".to_owned() } else { format!("`{}`", file.display()) };
    let text = text.map_err(|error| Failure::new(format!("{name} cannot be read: {error}")))?;
    let batch = QueryBatch::from_json(&text)?;
    if batch.queries.is_empty() {
        return Err(Failure::usage(format!("{name} holds no query")));
    }
    Ok(batch)
}
