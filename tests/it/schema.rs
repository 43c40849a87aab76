//! The JSON Schema of query documents: the one that is kept is the one of this version, it accepts the documents that
//! the readers accept, and it knows an unknown field.

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use drillcore::{QueryBatch, query_schema};
use expect_test::expect_file;
use jsonschema::Validator;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn validator() -> Validator {
    jsonschema::validator_for(&query_schema()).expect("a schema that is one")
}

/// The names and texts of the JSON files of a folder.
fn files(folder: &str) -> Vec<(String, String)> {
    let entries = read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<(String, String)> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            (name, read_to_string(&path).expect("a text"))
        })
        .collect();
    files.sort();
    files
}

/// The blocks of a document that are fenced as JSON.
fn blocks(document: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in document.lines() {
        match (open.take(), line.trim()) {
            (None, "```json") => open = Some(String::new()),
            (Some(block), "```") => found.push(block),
            (Some(block), _) => open = Some(block + line + "\n"),
            (None, _) => {}
        }
    }
    found
}

fn accepted(validator: &Validator, name: &str, text: &str) {
    let document: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name} is not accepted by the schema: {}", errors.join("; "));
}

#[test]
fn the_schema_that_is_kept_is_the_schema() {
    expect_file!["../../docs/query.schema.json"].assert_eq(&format!("{:#}\n", query_schema()));
}

#[test]
fn documents_that_are_read_are_accepted() {
    let validator = validator();
    let mut count = 0;
    for folder in ["data/queries", "fuzz/regressions/query_json"] {
        for (name, text) in files(folder).into_iter().filter(|(name, _)| !name.starts_with("err-")) {
            QueryBatch::from_json(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            accepted(&validator, &name, &text);
            count += 1;
        }
    }
    assert!(count > 15, "only {count} documents were found");
}

#[test]
fn examples_of_the_manual_are_accepted() {
    let validator = validator();
    let manual = read_to_string(root().join("docs/query.md")).expect("the manual");
    let examples: Vec<String> =
        blocks(&manual).into_iter().filter(|text| QueryBatch::from_json(text).is_ok()).collect();
    assert!(examples.len() > 8, "only {} examples were found", examples.len());
    for example in examples {
        accepted(&validator, "an example", &example);
    }
}

#[test]
fn what_is_written_is_accepted() {
    let validator = validator();
    for (name, text) in files("fuzz/regressions/query_json").into_iter().filter(|(name, _)| name.starts_with("ok-")) {
        let batch = QueryBatch::from_json(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        accepted(&validator, &name, &batch.to_json().to_string());
    }
}

#[test]
fn unknown_fields_and_words_are_refused() {
    let validator = validator();
    let mut count = 0;
    for (name, text) in files("tests/golden/errors") {
        let document: Value = serde_json::from_str(&text).expect("a golden file");
        let message = document["error"]["message"].as_str().expect("a message");
        let unknown = ["unknown field", "unknown aggregation", "unknown level", "unknown unit", "unknown function"];
        if !unknown.iter().any(|start| message.starts_with(start)) {
            continue;
        }
        assert!(!validator.is_valid(&document["query"]), "{name} is accepted by the schema");
        count += 1;
    }
    assert!(count > 5, "only {count} documents were found");
}
