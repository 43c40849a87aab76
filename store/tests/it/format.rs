//! Promise: what this build does not understand is refused by type, never guessed.

use drillcore_store::{Digest, ErrorKind, FORMAT_VERSION, MemoryStorage};
use serde_json::{Value, json};

use crate::support::{DATASET, commit_append, commit_delta, commit_full, latest_ids, open, path_ending, small_store};

/// Writes the content of a sealed file anew, with a digest that fits.
pub(crate) fn rewrite(storage: &MemoryStorage, path: &str, change: impl FnOnce(&mut Value)) {
    let sealed: Value = serde_json::from_slice(&storage.content(path).unwrap()).unwrap();
    let mut content = sealed["content"].clone();
    change(&mut content);
    let content = content.to_string();
    let digest = Digest::of(content.as_bytes());
    storage.tamper(path, format!("{{\"digest\":\"{digest}\",\"content\":{content}}}\n"));
}

fn manifest(storage: &MemoryStorage) -> String {
    path_ending(storage, "manifest/00000000000000000001.json")
}

#[test]
fn stores_of_other_formats_are_not_opened() {
    let refused = |change: &dyn Fn(&mut Value)| {
        let storage = small_store(&[1]);
        rewrite(&storage, "format.json", change);
        open(&storage, 2).map(|_| ()).map_err(|error| error.kind())
    };
    assert_eq!(refused(&|_| {}), Ok(()));
    assert_eq!(refused(&|format| format["version"] = json!(FORMAT_VERSION + 1)), Err(ErrorKind::UnsupportedFormat));
    assert_eq!(refused(&|format| format["format"] = json!("something else")), Err(ErrorKind::UnsupportedFormat));
    assert_eq!(refused(&|format| format["reader_features"] = json!(["keys"])), Err(ErrorKind::UnsupportedFormat));
    assert_eq!(refused(&|format| *format = json!([1])), Err(ErrorKind::UnsupportedFormat));
}

#[test]
fn a_writer_feature_lets_a_store_be_read_but_not_written() {
    let storage = small_store(&[1]);
    rewrite(&storage, "format.json", |format| format["writer_features"] = json!(["touched_days"]));
    let store = open(&storage, 2).unwrap();
    let dataset = store.dataset(DATASET);
    assert_eq!(latest_ids(&dataset).unwrap(), [1]);
    assert_eq!(commit_full(&dataset, &[2]).unwrap_err().kind(), ErrorKind::UnsupportedFormat);
    assert_eq!(store.catalog().commit(1, "x").unwrap_err().kind(), ErrorKind::UnsupportedFormat);
    assert_eq!(store.vacuum().unwrap_err().kind(), ErrorKind::UnsupportedFormat);
}

#[test]
fn manifests_say_themselves_what_they_need() {
    let outcome = |change: &dyn Fn(&mut Value)| {
        let storage = small_store(&[1]);
        rewrite(&storage, &manifest(&storage), change);
        latest_ids(&open(&storage, 2).unwrap().dataset(DATASET)).map_err(|error| error.kind())
    };
    assert_eq!(outcome(&|_| {}), Ok(vec![1]));
    assert_eq!(outcome(&|manifest| manifest["body"]["news"] = json!({"a": 1})), Ok(vec![1]));
    let unsupported: [&dyn Fn(&mut Value); 5] = [
        &|manifest| manifest["header"]["format_version"] = json!(2),
        &|manifest| manifest["header"]["reader_features"] = json!(["rollups"]),
        &|manifest| manifest["body"]["schema"]["fields"][0]["type"] = json!("int512"),
        &|manifest| manifest["body"]["files"][0]["digest"]["kind"] = json!("sha512"),
        &|manifest| manifest["body"]["rows"] = json!("one"),
    ];
    for change in unsupported {
        assert_eq!(outcome(change), Err(ErrorKind::UnsupportedFormat));
    }
    let deletions = json!({"path": "dv/x.bin", "offset": 1, "size": 9, "cardinality": 2, "digest": "0".repeat(32)});
    let inconsistent: [&dyn Fn(&mut Value); 3] = [
        &|manifest| manifest["body"]["rows"] = json!(7),
        &|manifest| manifest["header"]["version"] = json!(2),
        &|manifest| manifest["body"]["files"][0]["deletions"] = deletions.clone(),
    ];
    for change in inconsistent {
        assert_eq!(outcome(change), Err(ErrorKind::Corruption));
    }
}

#[test]
fn versions_declare_what_their_content_needs_and_no_more() {
    let storage = small_store(&[1, 2, 3]);
    let store = open(&storage, 2).unwrap();
    let dataset = store.dataset(DATASET);
    let features = || {
        let latest = dataset.latest().unwrap().unwrap();
        (latest.header().reader_features.clone(), latest.header().writer_features.clone())
    };
    let none = || (Vec::new(), Vec::new());
    assert_eq!(features(), none());
    commit_delta(&dataset, &[2], &[]).unwrap();
    assert_eq!(features(), (vec!["deletion_vectors".to_owned()], Vec::new()));
    commit_append(&dataset, &[4]).unwrap();
    assert_eq!(features().0, ["deletion_vectors"], "the file with deleted rows is still there");
    commit_delta(&dataset, &[1, 3], &[]).unwrap();
    assert_eq!(features(), none(), "the file is gone");
    commit_delta(&dataset, &[4], &[5, 6]).unwrap();
    commit_delta(&dataset, &[5], &[]).unwrap();
    assert_eq!(features().0, ["deletion_vectors"]);
    commit_full(&dataset, &[7]).unwrap();
    assert_eq!(features(), none());
    assert_eq!(latest_ids(&dataset).unwrap(), [7]);
}

#[test]
fn the_documented_names_are_on_the_medium() {
    let storage = small_store(&[1, 2, 3]);
    let content = |path: &str| -> Value { serde_json::from_slice(&storage.content(path).unwrap()).unwrap() };
    let format = content("format.json");
    assert_eq!(format["content"]["format"], "drillcore-store");
    assert_eq!(format["content"]["version"], 1);
    let manifest = content(&manifest(&storage));
    let (header, body) = (&manifest["content"]["header"], &manifest["content"]["body"]);
    assert_eq!((&header["version"], &header["format_version"]), (&json!(1), &json!(1)));
    assert_eq!((&body["operation"], &body["rows"]), (&json!("full"), &json!(3)));
    assert_eq!(body["schema"]["fields"][0], json!({"name": "id", "type": "int64", "nullable": false}));
    let file = &body["files"][0];
    assert_eq!(file["digest"]["kind"], "whole");
    let bounds = json!({"min": "1", "max": "3", "min_exact": true, "max_exact": true});
    let mut expected = json!({"name": "id", "null_count": 0, "sum": "6"});
    expected.as_object_mut().unwrap().extend(bounds.as_object().unwrap().clone());
    assert_eq!(file["columns"][0], expected);
    assert_eq!(storage.content("catalog/00000000000000000001.json").map(|found| found.is_empty()), Some(false));
    assert!(file.get("deletions").is_none() && body.get("keys").is_none() && body.get("touched_days").is_none());

    commit_delta(&open(&storage, 2).unwrap().dataset(DATASET), &[2], &[]).unwrap();
    let manifest = content(&path_ending(&storage, "manifest/00000000000000000002.json"));
    let body = &manifest["content"]["body"];
    assert_eq!(manifest["content"]["header"]["reader_features"], json!(["deletion_vectors"]));
    assert_eq!((&body["operation"], &body["rows"], &body["files"][0]["rows"]), (&json!("delta"), &json!(2), &json!(3)));
    let deletions = &body["files"][0]["deletions"];
    let path = deletions["path"].as_str().unwrap();
    assert!(path.starts_with("dv/") && path.ends_with(".bin"), "{path}");
    assert_eq!((&deletions["offset"], &deletions["cardinality"]), (&json!(1), &json!(1)));
    let size = usize::try_from(deletions["size"].as_u64().unwrap()).unwrap();
    let vectors = storage.content(&path_ending(&storage, path)).unwrap();
    assert_eq!(deletions["digest"], Digest::of(&vectors[5..5 + size]).to_string());
}
