//! Versions and upkeep through the calls of a host: what comes back, what goes, and what is noticed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use chrono::{DateTime, TimeDelta, Utc};
use drillcore_store::{CommitOptions, MemoryStorage, Snapshot, Store, StoreOptions};
use futures::executor::block_on;
use serde_json::json;

use super::dead_horizon;
use crate::catalog::{Acceleration, Dataset};
use crate::clock::Clock;
use crate::engine::{Engine, PushMode, VersionOperation};
use crate::error::ErrorKind;
use crate::query::{Query, column};
use crate::scope::Scope;
use crate::source::Rows;

/// A clock that somebody sets, in minutes of a day.
#[derive(Debug, Default)]
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        start + TimeDelta::minutes(self.0.load(Ordering::SeqCst))
    }
}

struct Place {
    engine: Engine,
    clock: Arc<SetClock>,
    storage: MemoryStorage,
}

impl Place {
    fn new() -> Self {
        let (clock, storage) = (Arc::new(SetClock::default()), MemoryStorage::new());
        let builder = Engine::builder().threads(2).clock(Arc::clone(&clock) as Arc<dyn Clock>);
        let engine = block_on(builder.storage(Arc::new(storage.clone()))).unwrap();
        Self { engine, clock, storage }
    }

    fn push(&self, mode: PushMode, notes: &[&str]) {
        let rows = notes.iter().map(|note| vec![json!(note)]).collect();
        block_on(self.engine.push("notes", mode, Rows::new(["note"], rows))).unwrap();
    }

    /// The notes in the order in which they came.
    fn notes(&self) -> String {
        let query = Query::on("notes").rows().dimension(column("note"));
        block_on(self.engine.query(&query, &Scope::unrestricted())).unwrap().data_json()
    }

    fn versions(&self) -> Vec<(u64, VersionOperation, u64)> {
        let versions = block_on(self.engine.versions("notes")).unwrap();
        versions.iter().map(|version| (version.version, version.operation, version.rows)).collect()
    }

    fn data_files(&self) -> Vec<String> {
        self.storage.paths().into_iter().filter(|path| path.ends_with(".parquet")).collect()
    }
}

#[test]
fn an_earlier_version_comes_back_as_a_new_one() {
    use VersionOperation::{Append, Full, Restore};
    let place = Place::new();
    place.push(PushMode::Create, &["a"]);
    place.push(PushMode::Append, &["b"]);
    place.push(PushMode::Replace, &["c"]);
    assert_eq!(place.versions(), [(1, Full, 1), (2, Append, 2), (3, Full, 1)]);

    let restored = block_on(place.engine.restore("notes", 2)).unwrap();
    assert_eq!((restored.version, restored.operation, restored.rows, restored.files), (4, Restore, 2, 2));
    assert_eq!(place.notes(), r#"[["a"],["b"]]"#);
    place.push(PushMode::Append, &["d"]);
    assert_eq!(place.notes(), r#"[["a"],["b"],["d"]]"#);
    assert_eq!(place.versions(), [(1, Full, 1), (2, Append, 2), (3, Full, 1), (4, Restore, 2), (5, Append, 3)]);

    let refused = |dataset: &str, version: u64| {
        let error = block_on(place.engine.restore(dataset, version)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        error.message().to_owned()
    };
    assert_eq!(refused("notes", 9), "dataset `notes` has no version 9; the newest one is version 5");
    assert!(refused("noets", 1).contains("notes"), "the nearest name is told");
}

#[test]
fn nothing_is_kept_of_a_dataset_that_was_never_synced() {
    let place = Place::new();
    let values: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let batch = RecordBatch::try_from_iter([("size", values)]).unwrap();
    block_on(place.engine.create(Dataset::batches("live", vec![batch]))).unwrap();
    assert_eq!(block_on(place.engine.versions("live")).unwrap(), []);
    assert_eq!(block_on(place.engine.compact("live")).unwrap().version, None);
    let error = block_on(place.engine.restore("live", 1)).unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::NotFound, "dataset `live` has no version 1"));
}

#[test]
fn compaction_puts_files_together_and_keeps_the_rows() {
    let place = Place::new();
    place.push(PushMode::Create, &["n0"]);
    for number in 1..12 {
        place.push(PushMode::Append, &[&format!("n{number}")]);
    }
    let before = place.notes();
    let report = block_on(place.engine.compact("notes")).unwrap();
    assert_eq!((report.version, report.files_before), (Some(13), 12));
    assert!(report.files_after < 12 && report.bytes_written > 0, "{report}");
    assert_eq!(place.notes(), before);

    let all = block_on(place.engine.compact_all("notes")).unwrap();
    let files = all.version.map_or(report.files_after, |_| all.files_after);
    assert_eq!(files, 1, "{all}");
    assert_eq!(place.notes(), before);
    assert_eq!(block_on(place.engine.compact_all("notes")).unwrap().version, None, "it is all in one file");
    place.push(PushMode::Append, &["behind"]);
    assert_eq!(place.notes(), before.replace(r#"["n11"]]"#, r#"["n11"],["behind"]]"#));
}

#[test]
fn a_purge_keeps_the_newest_version_only() {
    let place = Place::new();
    place.push(PushMode::Create, &["a"]);
    place.push(PushMode::Replace, &["b"]);
    assert_eq!(block_on(place.engine.vacuum(false)).unwrap().versions_removed, 0, "the retention keeps it");
    let report = block_on(place.engine.vacuum(true)).unwrap();
    assert_eq!(report.versions_removed, 1, "{report}");
    assert_eq!(place.versions(), [(2, VersionOperation::Full, 1)]);
    assert_eq!((place.notes().as_str(), place.data_files().len()), (r#"[["b"]]"#, 1));
}

#[test]
fn dropped_datasets_go_once_they_cannot_be_in_the_making() {
    let place = Place::new();
    place.push(PushMode::Create, &["a"]);
    block_on(place.engine.drop_dataset("notes")).unwrap();
    let report = block_on(place.engine.vacuum(true)).unwrap();
    assert_eq!((report.datasets_removed, place.data_files().len()), (0, 1), "it may be one that is being made");
    place.clock.0.store(16, Ordering::SeqCst);
    let report = block_on(place.engine.vacuum(false)).unwrap();
    assert_eq!((report.datasets_removed, place.data_files()), (1, Vec::<String>::new()));
    assert!(report.postponed.is_empty() && report.bytes_removed > 0);
    // A dataset that is known stays, however old it is.
    place.push(PushMode::Create, &["b"]);
    place.clock.0.store(60 * 24 * 60, Ordering::SeqCst);
    assert_eq!(block_on(place.engine.vacuum(false)).unwrap().datasets_removed, 0);
    assert_eq!(place.notes(), r#"[["b"]]"#);
}

#[test]
fn damage_is_found_and_named() {
    let place = Place::new();
    place.push(PushMode::Create, &["a", "b"]);
    let report = block_on(place.engine.verify()).unwrap();
    assert!(report.is_sound(), "{report}");
    // The catalog and the dataset have a version each.
    assert_eq!((report.versions, report.files, report.rows), (2, 1, 2));

    let path = place.data_files().remove(0);
    let mut content = place.storage.content(&path).unwrap().to_vec();
    content[40] ^= 1;
    place.storage.tamper(&path, content);
    let report = block_on(place.engine.verify()).unwrap();
    assert!(!report.is_sound());
    assert_eq!((report.damage.len(), report.damage[0].kind, &report.damage[0].path), (1, "corruption", &path));
}

/// A version with that property.
fn synced(state: Option<&str>) -> Arc<Snapshot> {
    let store = Store::open(Arc::new(MemoryStorage::new()), StoreOptions::default()).unwrap();
    let values: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let batch = RecordBatch::try_from_iter([("n", values)]).unwrap();
    let writer = store.dataset(store.new_id()).writer().unwrap();
    let layout = drillcore_store::ParquetLayout::default();
    let batches = [Ok::<_, drillcore_store::Error>(batch.clone())];
    let files = writer.write_parquet(&batch.schema(), batches, &layout).unwrap();
    let options = state.iter().fold(CommitOptions::default(), |options, state| options.with_property("sync", *state));
    writer.commit_full(&batch.schema(), files, &options).unwrap().snapshot
}

#[test]
fn deleted_rows_are_remembered_as_long_as_a_sync_may_read_that_far_back() {
    let by = Acceleration::delta("created_at").overlap(Duration::from_secs(60)).lag(Duration::from_secs(30));
    let horizon = |state: Option<&str>| dead_horizon(&by, &synced(state));
    // The tolerance of clocks is five minutes.
    assert_eq!(horizon(Some(r#"{"watermark": "10000000000", "other": 1}"#)), Some(10_000_000_000 - 390_000_000));
    assert_eq!(horizon(Some(r#"{"watermark": null}"#)), None);
    assert_eq!(horizon(None), None);
}
