//! The schema knows what the readers know.

use std::collections::BTreeSet;

use serde_json::Value;

use super::query_schema;
use crate::query::json::known;

#[test]
fn the_schema_has_the_fields_of_the_readers_and_no_others() {
    let schema = query_schema();
    for (object, fields) in known::fields() {
        let properties = schema.pointer(&format!("/$defs/{object}/properties")).and_then(Value::as_object);
        let properties = properties.unwrap_or_else(|| panic!("no {object}"));
        let found: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(found, BTreeSet::from_iter(fields), "{object}");
        assert_eq!(schema["$defs"][object]["additionalProperties"], false, "{object}");
    }
}

#[test]
fn only_what_must_be_there_is_required() {
    let schema = query_schema();
    let required = |object: &str| schema["$defs"][object]["required"].clone();
    assert_eq!(required("Query"), Value::Null);
    assert_eq!(required("Window"), serde_json::json!(["as"]));
    assert_eq!(required("Top"), serde_json::json!(["n", "by"]));
    assert_eq!(required("Aggregation"), serde_json::json!(["type"]));
}

#[test]
fn words_come_from_the_lists_of_the_readers() {
    let text = query_schema().to_string();
    for word in ["string_list", "weekday_name", "? not ends with ?", "YTD", "dense_rank", "array[date]"] {
        assert!(text.contains(&format!("\"{word}\"")), "{word}");
    }
}
