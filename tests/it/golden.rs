//! Golden error documents: what a wrong query is told, in `golden/errors`.
//!
//! A file holds a `query` (or a `text`, for what is no JSON) and the `error` it is answered with. `UPDATE_EXPECT=1`
//! writes the errors anew; a query that is answered after all fails in any case.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use drillcore::{Dataset, Link};
use drillcore_tests::engine_side::Db;
use drillcore_tests::nyc::nyc_file;
use serde_json::{Value, json};

/// Columns that a link compares.
type Pairs = &'static [(&'static str, &'static str)];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/errors")
}

/// The flights with all links, and two datasets that are not linked with them.
fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    db.create_nyc(None).expect("datasets");
    db.create(Dataset::csv("regions", nyc_file("airlines.csv"))).expect("a dataset");
    let links: [(&str, &str, &str, Pairs); 7] = [
        ("airline", "flights", "airlines", &[("carrier", "carrier")]),
        ("plane", "flights", "planes", &[("tailnum", "tailnum")]),
        ("origin_airport", "flights", "airports", &[("origin", "faa")]),
        ("dest_airport", "flights", "airports", &[("dest", "faa")]),
        ("weather", "flights", "weather", &[("origin", "origin"), ("time_hour", "time_hour")]),
        ("station", "weather", "airports", &[("origin", "faa")]),
        ("built", "regions", "airlines", &[("carrier", "carrier")]),
    ];
    for (name, from, to, pairs) in links {
        let (left, right): (Vec<&str>, Vec<&str>) = pairs.iter().copied().unzip();
        db.link(Link::new(name).from(from, left).to(to, right)).expect("a link");
    }
    db
}

fn text_of(document: &Value) -> String {
    match document.get("text") {
        Some(text) => text.as_str().expect("a text").to_owned(),
        None => document.get("query").expect("a query or a text").to_string(),
    }
}

#[test]
fn wrong_queries_are_told_what_is_wrong_and_where() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let db = db();
    let mut files: Vec<PathBuf> = (std::fs::read_dir(folder()).expect("the golden files"))
        .map(|entry| entry.expect("a golden file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    assert!(files.len() >= 40, "only {} golden files", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let read = std::fs::read_to_string(&path).expect("a golden file");
        let mut document: Value = serde_json::from_str(&read).unwrap_or_else(|error| panic!("{name}: {error}"));
        let Err(error) = db.ask(&text_of(&document)) else {
            wrong.push(format!("{name}: the query is answered"));
            continue;
        };
        let found = json!({"kind": error.kind().as_str(), "message": error.message(), "path": error.path()});
        assert_well_formed(&name, &found);
        if update {
            document["error"] = found;
            let mut file = File::create(&path).expect("a golden file to write");
            writeln!(file, "{document:#}").expect("a written file");
        } else if document.get("error") != Some(&found) {
            let expected = document.get("error").unwrap_or(&Value::Null);
            wrong.push(format!("{name}:\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}\n\nUPDATE_EXPECT=1 writes the errors anew", wrong.join("\n"));
}

/// What holds for every message.
fn assert_well_formed(name: &str, error: &Value) {
    let message = error["message"].as_str().expect("a message");
    assert!(!message.is_empty() && message.lines().count() == 1, "{name}: {message:?} is not one line");
    assert!(!message.ends_with('.'), "{name}: {message:?} ends with a period");
    assert!(!message.starts_with(char::is_uppercase), "{name}: {message:?} starts with a capital");
    assert_ne!(error["kind"], "internal", "{name}: {message}");
}
