use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::{Acceleration, Audit, LoadType, NullKeys, SchemaChange, Upkeep};
use crate::catalog::{DatasetEntry, SourceShape};
use crate::model::{Column, ColumnType, Level};
use crate::source::MemorySource;

fn orders() -> DatasetEntry {
    let column = |id: &str, column_type| Column::new(id, column_type);
    DatasetEntry {
        id: Uuid::nil(),
        name: "orders".to_owned(),
        columns: vec![
            column("id", ColumnType::Integer),
            column("made", ColumnType::Datetime),
            column("changed", ColumnType::LocalDatetime),
            column("gone", ColumnType::Date),
            column("note", ColumnType::Text),
        ],
        shape: SourceShape::default(),
        source: None,
        filters: Vec::new(),
        acceleration: None,
        derived: Vec::new(),
        transient: Some(Arc::new(MemorySource::new(Vec::new()))),
    }
}

#[test]
fn settings_fit_the_columns_and_each_other() {
    let delta = || Acceleration::delta("made");
    let keyed = || delta().key(["id"]);
    for (given, refused) in [
        (Acceleration::full(), None),
        (Acceleration::full().key(["id"]).insert_update("changed"), None),
        (delta(), None),
        (keyed().insert_update_delete("changed", "gone").reconcile_every(3), None),
        (keyed().audit(Audit::by(Level::Month).measure("note")).retention(Duration::from_secs(9)), None),
        (Acceleration::full_delta(1, "made"), None),
        (delta().cluster_by(["mad"]), Some("dataset `orders` has no column `mad`; did you mean `made`?")),
        (delta().key(["id", "id"]), Some("dataset `orders` names column `id` twice in its key")),
        (
            Acceleration::delta("note"),
            Some("dataset `orders` cannot take `note` as `created_at`: it is text, not a date or a datetime"),
        ),
        (
            Acceleration::full_delta(0, "made"),
            Some("dataset `orders` cannot be read in full every 0 syncs; 1 means every time"),
        ),
        (delta().insert_update("changed"), Some("dataset `orders` needs a key for the strategy `insert_update`")),
        (
            Acceleration { updated_at: None, ..keyed().insert_update("changed") },
            Some(
                "dataset `orders` needs `updated_at`, the column that says when a row was last changed, for the \
                 strategy `insert_update`",
            ),
        ),
        (
            Acceleration { deleted_at: Some("gone".to_owned()), ..keyed().insert_update("changed") },
            Some("dataset `orders` has the strategy `insert_update`, which takes no `deleted_at`"),
        ),
        (
            Acceleration { created_at: None, ..delta() },
            Some("dataset `orders` needs `created_at`, the column that says when a row was made, for deltas"),
        ),
        (delta().reconcile_every(2), Some("dataset `orders` needs a key for `reconcile_every`")),
        (
            Acceleration::full().key(["id"]).reconcile_every(2),
            Some("dataset `orders` is read in full each time and needs no `reconcile_every`"),
        ),
        (
            delta().audit(Audit::by(Level::Hour)),
            Some("dataset `orders` cannot be audited by hour; take a day or longer"),
        ),
        (
            Acceleration::full().retention(Duration::from_secs(1)),
            Some("dataset `orders` needs `created_at`, the column that says when a row was made, for `retention`"),
        ),
        (
            delta().max_sync_period(Duration::ZERO),
            Some("dataset `orders` cannot catch up in pieces of no length (`max_sync_period`)"),
        ),
    ] {
        let found = given.check(&orders()).err().map(|error| error.message().to_owned());
        assert_eq!(found.as_deref(), refused, "{given:?}");
    }
}

#[test]
fn documents_say_what_is_not_the_default_and_read_back_the_same() {
    let seconds = Duration::from_secs;
    for (given, json) in [
        (Acceleration::full().cluster_by(["made"]), r#"{"load_type":"full","cluster_by":["made"]}"#),
        (Acceleration::delta("made"), r#"{"load_type":"delta","created_at":"made","cluster_by":[]}"#),
        (
            Acceleration::full_delta(7, "made")
                .key(["id"])
                .insert_update_delete("changed", "gone")
                .overlap(Duration::from_millis(1500))
                .lag(seconds(60))
                .clock_tolerance(seconds(0))
                .max_sync_period(seconds(86_400)),
            r#"{"load_type":{"full_delta":7},"strategy":"insert_update_delete","key":["id"],"created_at":"made","updated_at":"changed","deleted_at":"gone","overlap":1.5,"lag":60,"clock_tolerance":0,"max_sync_period":86400,"cluster_by":[]}"#,
        ),
        (
            Acceleration::delta("made")
                .key(["id"])
                .null_keys(NullKeys::Drop)
                .on_schema_change(SchemaChange::AddColumns)
                .reconcile_every(10)
                .audit(Audit::by(Level::Day))
                .retention(seconds(1))
                .upkeep(Upkeep::Manual),
            r#"{"load_type":"delta","key":["id"],"created_at":"made","null_keys":"drop","on_schema_change":"add_columns","reconcile_every":10,"audit":{"level":"day"},"retention":1,"upkeep":"manual","cluster_by":[]}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&given).unwrap(), json);
        assert_eq!(serde_json::from_str::<Acceleration>(json).unwrap(), given);
    }
}

#[test]
fn the_documents_of_the_first_release_still_mean_the_same() {
    let read = |json: &str| serde_json::from_str::<Acceleration>(json).unwrap();
    assert_eq!(read(r#"{"load_type":"full"}"#), Acceleration::full());
    assert_eq!(read(r#"{"load_type":"full","cluster_by":["a"]}"#), Acceleration::full().cluster_by(["a"]));
}

#[test]
fn documents_that_mean_nothing_are_refused() {
    for json in [
        r#"{}"#,
        r#"{"load_type":"sometimes"}"#,
        r#"{"load_type":{"full_delta":-1}}"#,
        r#"{"load_type":"delta","created_at":"a","overlap":-1}"#,
        r#"{"load_type":"delta","created_at":"a","overlap":"1h"}"#,
        r#"{"load_type":"full","colour":"red"}"#,
        r#"{"load_type":"delta","audit":{"measure":"a"}}"#,
    ] {
        assert!(serde_json::from_str::<Acceleration>(json).is_err(), "{json}");
    }
}

#[test]
fn the_version_of_an_inserted_row_is_when_it_was_made() {
    let columns = |given: &Acceleration| given.version_columns().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(columns(&Acceleration::delta("a")), ["a"]);
    assert_eq!(columns(&Acceleration::delta("a").insert_update_delete("b", "c")), ["a", "b", "c"]);
    assert_eq!(columns(&Acceleration::full().insert_update("b")), ["b"]);
    assert!(columns(&Acceleration::full()).is_empty());
}

#[test]
fn every_first_sync_of_one_is_no_delta() {
    assert!(!Acceleration::full().has_deltas());
    assert!(!Acceleration::full_delta(1, "a").has_deltas());
    assert!(Acceleration::full_delta(2, "a").has_deltas());
    assert_eq!(Acceleration::full_delta(2, "a").load_type, LoadType::FullDelta { every: 2 });
}
