//! What must hold within a manifest, and manifests of earlier builds.

use arrow::datatypes::{DataType, Field, Schema};
use serde_json::json;

use super::{
    BTreeMap, DataFile, Digest, ErrorKind, Features, FileDeletions, FileDigest, Manifest, Operation, Touched, Uuid,
};
use crate::schema::SchemaDoc;
use crate::touched::DaySet;

fn file(path: &str, rows: u64) -> DataFile {
    DataFile {
        path: path.to_owned(),
        size: 9,
        rows,
        row_groups: 1,
        footer_bytes: 8,
        digest: FileDigest::Whole { digest: Digest::of(b"") },
        columns: Vec::new(),
        deletions: None,
        full: false,
    }
}

fn with_dead(path: &str, rows: u64, cardinality: u64) -> DataFile {
    let deletions = json!({
        "path": "dv/x.bin", "offset": 1, "size": 40, "cardinality": cardinality, "digest": Digest::of(b"").to_string(),
    });
    let deletions: FileDeletions = serde_json::from_value(deletions).unwrap();
    DataFile { deletions: Some(deletions), ..file(path, rows) }
}

fn manifest(files: Vec<DataFile>, rows: u64) -> Manifest {
    let schema = Schema::new(vec![Field::new("a", DataType::Int64, true)]);
    Manifest {
        dataset: Uuid::nil(),
        operation: Operation::Full,
        schema: SchemaDoc::from_arrow(&schema).unwrap(),
        rows,
        files,
        properties: BTreeMap::new(),
        tokens: BTreeMap::new(),
        keys: None,
        touched_days: None,
    }
}

#[test]
fn the_parts_must_fit() {
    let good = manifest(vec![file("a", 1), with_dead("b", 2, 1)], 2);
    assert!(good.check(Uuid::nil(), "m").is_ok());
    assert_eq!((good.bytes(), good.dead_rows()), (18, 1));
    let bad = [
        good.check(Uuid::from_u128(1), "m"),
        manifest(vec![file("a", 1)], 2).check(Uuid::nil(), "m"),
        manifest(vec![file("a", 1), file("a", 1)], 2).check(Uuid::nil(), "m"),
        manifest(vec![file("a", u64::MAX), file("b", 2)], 1).check(Uuid::nil(), "m"),
        manifest(vec![with_dead("a", 3, 1)], 3).check(Uuid::nil(), "m"),
        manifest(vec![with_dead("a", 3, 4)], 0).check(Uuid::nil(), "m"),
    ];
    for outcome in bad {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Corruption);
    }
}

#[test]
fn every_file_needed_is_named_and_features_follow_from_the_content() {
    let plain = manifest(vec![file("a", 1)], 1);
    assert_eq!(plain.references().collect::<Vec<_>>(), ["a"]);
    assert_eq!(plain.features(), Features::default());
    let deleted = manifest(vec![with_dead("b", 2, 1)], 1);
    assert_eq!(deleted.references().collect::<Vec<_>>(), ["dv/x.bin", "b"]);
    assert_eq!(deleted.features(), Features { deletion_vectors: true, key_runs: false });
}

#[test]
fn what_is_not_said_was_touched() {
    let mut version = manifest(Vec::new(), 0);
    assert_eq!(version.touched("at"), Touched::All);
    let days = Touched::days(DaySet::from_days([1]));
    version.touched_days = Some([("at".to_owned(), days.clone())].into());
    assert_eq!((version.touched("at"), version.touched("other")), (days, Touched::All));
    version.touched_days = Some(BTreeMap::new());
    assert_eq!(version.touched("at"), Touched::nothing());
}

#[test]
fn json_keeps_everything_and_ignores_what_it_does_not_know() {
    let mut good = manifest(vec![with_dead("a", 2, 1)], 1);
    good.operation = Operation::Delta;
    good.touched_days = Some([("at".to_owned(), Touched::days(DaySet::from_days(1..5)))].into());
    let mut json = serde_json::to_value(&good).unwrap();
    assert_eq!(json["operation"], "delta");
    assert_eq!(json["touched_days"]["at"]["days"], "1/4");
    assert_eq!(serde_json::from_value::<Manifest>(json.clone()).unwrap(), good);
    json["operation"] = "optimize".into();
    json["rollups"] = json!([1]);
    assert_eq!(serde_json::from_value::<Manifest>(json).unwrap().operation, Operation::Other);
}

/// A manifest as it was before there were deletion vectors, keys and touched days.
const OF_0_1: &str = concat!(
    r#"{"dataset":"00000000-0000-0000-0000-00000000da7a","operation":"append","schema":{"fields":[{"name":"id","#,
    r#""type":"int64","nullable":false}]},"rows":3,"files":[{"path":"data/7c0e5a3a-0d6c-4f5e-9b1d-2f0a8f1f6b11."#,
    r#"parquet","size":411,"rows":3,"row_groups":1,"footer_bytes":311,"digest":{"kind":"whole","digest":"#,
    r#""99aa06d3014798d86001c324468d497f"},"columns":[{"name":"id","null_count":0,"min":"1","max":"3","#,
    r#""min_exact":true,"max_exact":true,"sum":"6"}]}],"properties":{"watermark":"17"},"tokens":{"batch 1":1}}"#,
);

#[test]
fn manifests_of_the_first_release_are_read_and_would_be_written_the_same() {
    let read: Manifest = serde_json::from_str(OF_0_1).unwrap();
    assert!(read.check(Uuid::from_u128(0xDA7A), "m").is_ok());
    assert_eq!((read.rows, read.dead_rows(), read.keys.is_none()), (3, 0, true));
    assert_eq!((read.touched("id"), read.features()), (Touched::All, Features::default()));
    assert_eq!(serde_json::to_string(&read).unwrap(), OF_0_1);
}
