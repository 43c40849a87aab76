//! What holds for every text that is taken for a query document. The fuzz target and the test that replays its findings
//! share this file.

use drillcore::{Error, QueryBatch};

/// Reads a text as a document: it is refused with an error, or the canonical form of what was read is read back as the
/// same queries. Gives the error of the refusal.
pub(crate) fn check(text: &str) -> Option<Error> {
    let batch = match QueryBatch::from_json(text) {
        Ok(batch) => batch,
        Err(error) => return Some(error),
    };
    let canonical = batch.to_json().to_string();
    // The canonical form spells out some defaults, so it can be longer than a document may be.
    if canonical.len() <= QueryBatch::MAX_BYTES {
        let again = QueryBatch::from_json(&canonical);
        assert!(again.is_ok_and(|again| again == batch), "another batch is read from the canonical form {canonical}");
    }
    None
}
