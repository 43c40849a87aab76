//! Hierarchies in a catalog: which fit their datasets, and what happens to them.

use std::error::Error as _;
use std::sync::Arc;

use drillcore_hierarchies::{ChildRule, Edit, Element, Error as HierarchyError, Fault, Hierarchy};
use uuid::Uuid;

use crate::catalog::{Catalog, DatasetEntry, DerivedColumn, SourceShape};
use crate::error::ErrorKind;
use crate::model::{Column, ColumnType};
use crate::source::MemorySource;

/// A catalog of two datasets with a column of every type each, which is called like its type.
fn catalog() -> Catalog {
    let types = [
        ColumnType::Text,
        ColumnType::Boolean,
        ColumnType::Integer,
        ColumnType::Float,
        ColumnType::Decimal { precision: 10, scale: 2 },
        ColumnType::Date,
        ColumnType::Datetime,
        ColumnType::LocalDatetime,
    ];
    let mut columns: Vec<Column> = types.iter().map(|one| Column::new(one.name(), *one)).collect();
    columns.extend([Column::new("boss", ColumnType::Integer), Column::new("label", ColumnType::Text)]);
    let sales = DatasetEntry {
        id: Uuid::nil(),
        name: "sales".to_owned(),
        columns,
        shape: SourceShape::default(),
        derived: vec![DerivedColumn::new("derived", "{text}")],
        source: None,
        filters: Vec::new(),
        acceleration: None,
        transient: None,
    };
    let fleeting = DatasetEntry {
        name: "fleeting".to_owned(),
        transient: Some(Arc::new(MemorySource::new(Vec::new()))),
        ..sales.clone()
    };
    Catalog::default().with_dataset(sales).unwrap().with_dataset(fleeting).unwrap()
}

fn tree() -> Hierarchy {
    let elements = [Element::group("west"), Element::value("LAX").under("west"), Element::value("JFK")];
    Hierarchy::tree("regions", "sales", "text", elements)
}

fn geo() -> Hierarchy {
    Hierarchy::levels("geo", "sales", ["text", "label"])
}

fn with(definitions: impl IntoIterator<Item = Hierarchy>) -> Catalog {
    definitions.into_iter().fold(catalog(), |catalog, definition| catalog.with_hierarchy(definition).unwrap())
}

fn revision(catalog: &Catalog, id: &str) -> Uuid {
    catalog.hierarchy(id).unwrap().revision
}

#[track_caller]
fn fits(definition: Hierarchy) {
    let expected = definition.clone();
    let catalog = catalog().with_hierarchy(definition).unwrap();
    assert_eq!(*catalog.hierarchy(&expected.id).unwrap().definition, expected);
    assert!(catalog.broken_hierarchies().is_empty());
}

#[track_caller]
fn refused(definition: Hierarchy, kind: ErrorKind, place: &str, message: &str) {
    let error = catalog().with_hierarchy(definition).unwrap_err();
    assert_eq!((error.message(), error.path(), error.kind()), (message, Some(place), kind));
}

#[track_caller]
fn wrong(definition: Hierarchy, place: &str, message: &str) {
    refused(definition, ErrorKind::InvalidInput, place, message);
}

#[test]
fn columns_of_the_right_types_fit() {
    fits(Hierarchy::levels("h", "sales", ["text", "boolean", "integer", "date"]));
    fits(tree());
    fits(Hierarchy::parent_child("h", "sales", "integer", "boss").name_column("label"));
    fits(Hierarchy::parent_child("h", "sales", "text", "label"));
    fits(Hierarchy::datetime("h", "sales", "date", ["year", "quarter", "month", "week", "day"]));
    for column in ["datetime", "local_datetime"] {
        fits(Hierarchy::datetime("h", "sales", column, ["year", "day", "hour", "minute", "second", "millisecond"]));
    }
}

#[test]
fn columns_of_other_types_are_refused_at_their_places() {
    let cannot = |column: &str, rest: &str| format!("hierarchy `h`: column `{column}` of dataset `sales` is {rest}");
    let level = "cannot be a level; that takes text, boolean, integer, date";
    for column in ["float", "decimal(10,2)", "datetime", "local_datetime"] {
        let levels = Hierarchy::levels("h", "sales", ["text", column]);
        wrong(levels, "/levels/1/column_id", &cannot(column, &format!("{column} and {level}")));
    }
    for column in ["boolean", "integer", "float", "date"] {
        let message = cannot(column, &format!("{column} and cannot have a tree over its values; that takes text"));
        wrong(Hierarchy::tree("h", "sales", column, []), "/column_id", &message);
        if column != "integer" {
            let key = Hierarchy::parent_child("h", "sales", column, column);
            let message = format!("{column} and cannot be the key of members; that takes text, integer");
            wrong(key, "/key", &cannot(column, &message));
            let parent = Hierarchy::parent_child("h", "sales", "integer", column);
            let message = format!("{column} and cannot be the key of parents; that takes text, integer");
            wrong(parent, "/parent", &cannot(column, &message));
        }
        let name = Hierarchy::parent_child("h", "sales", "integer", "boss").name_column(column);
        let message = format!("{column} and cannot be the name of members; that takes text");
        wrong(name, "/name_column", &cannot(column, &message));
    }
    let mixed = Hierarchy::parent_child("h", "sales", "text", "boss");
    wrong(mixed, "/parent", &cannot("boss", "integer and cannot be the key of parents: the key `text` is text"));
    for column in ["text", "boolean", "integer", "float"] {
        let message = "cannot have levels of time; that takes date, datetime, local_datetime";
        let when = Hierarchy::datetime("h", "sales", column, ["year"]);
        wrong(when, "/column_id", &cannot(column, &format!("{column} and {message}")));
    }
}

#[test]
fn a_date_has_no_level_below_its_day() {
    for level in ["hour", "minute", "second", "millisecond"] {
        let message = format!("hierarchy `h`: column `date` is a date and has no level `{level}`");
        wrong(Hierarchy::datetime("h", "sales", "date", ["year", "day", level]), "/levels/2", &message);
    }
}

#[test]
fn columns_and_datasets_that_are_not_there_are_refused() {
    let unknown = Hierarchy::levels("h", "sales", ["text", "integr"]);
    let message = "hierarchy `h`: dataset `sales` has no column `integr`; did you mean `integer`?";
    refused(unknown, ErrorKind::NotFound, "/levels/1/column_id", message);
    let derived = Hierarchy::tree("h", "sales", "derived", []);
    let message = "hierarchy `h`: column `derived` of dataset `sales` is derived and cannot stand here";
    refused(derived, ErrorKind::InvalidInput, "/column_id", message);
    let elsewhere = Hierarchy::levels("h", "sale", ["text"]);
    let message = "hierarchy `h`: there is no dataset `sale`; did you mean `sales`?";
    refused(elsewhere, ErrorKind::NotFound, "/dataset_id", message);
}

#[test]
fn definitions_without_meaning_are_refused() {
    let none = Hierarchy::levels("h", "sales", Vec::<String>::new());
    assert_eq!(catalog().with_hierarchy(none).unwrap_err().path(), Some("/levels"));
    let twice = catalog().with_hierarchy(Hierarchy::levels("h", "sales", ["text", "text"])).unwrap_err();
    assert_eq!(twice.path(), Some("/levels/1/name"));
    assert!(twice.message().starts_with("hierarchy `h`: ") && !twice.message().contains("/levels"), "{twice}");
    for id in ["", " ", "a\nb"] {
        let error = catalog().with_hierarchy(Hierarchy::levels(id, "sales", ["text"])).unwrap_err();
        assert_eq!((error.path(), error.kind()), (Some("/id"), ErrorKind::InvalidInput), "{id:?}");
    }
    let long = catalog().with_hierarchy(Hierarchy::levels("x".repeat(5000), "sales", ["text"])).unwrap_err();
    assert!(long.message().len() < 200, "{long}");
}

#[test]
fn all_faults_of_elements_are_listed() {
    let elements = [Element::value("a").under("b"), Element::value("a").under("b"), Element::value("c").under("c")];
    let error = catalog().with_hierarchy(Hierarchy::tree("h", "sales", "text", elements)).unwrap_err();
    assert_eq!((error.path(), error.kind()), (Some("/elements"), ErrorKind::InvalidInput));
    assert!(error.message().starts_with("hierarchy `h`: "), "{error}");
    let cause = error.source().and_then(|cause| cause.downcast_ref::<HierarchyError>()).unwrap();
    for fault in cause.faults() {
        assert!(error.message().contains(&fault.to_string()), "{error}");
    }
    assert!(cause.faults().contains(&Fault::Duplicate { id: "a".to_owned() }), "{error}");
    assert!(cause.faults().contains(&Fault::Cycle { members: vec!["c".to_owned()] }), "{error}");
}

#[test]
fn a_change_is_another_revision() {
    let before = with([tree(), geo()]);
    let same = before.with_hierarchy(tree()).unwrap();
    assert_eq!(same.hierarchies, before.hierarchies);
    let named = before.with_hierarchy(tree().named("Regions")).unwrap();
    assert_ne!(revision(&named, "regions"), revision(&before, "regions"));
    assert_eq!(revision(&named, "geo"), revision(&before, "geo"));
    let edited = before.with_edited_hierarchy("regions", &[Edit::Upsert(Element::value("SFO"))]).unwrap();
    assert_ne!(revision(&edited, "regions"), revision(&before, "regions"));
    let again = before.without_hierarchy("regions").unwrap().with_hierarchy(tree()).unwrap();
    assert_ne!(revision(&again, "regions"), revision(&before, "regions"));
}

#[test]
fn trees_are_edited_and_nothing_else() {
    let catalog = with([tree(), geo()]);
    let edits = [
        Edit::Move { id: "JFK".to_owned(), parent: Some("east".to_owned()), order: None },
        Edit::Upsert(Element::group("east")),
        Edit::Delete { id: "west".to_owned(), children: ChildRule::Lift },
    ];
    let edited = catalog.with_edited_hierarchy("regions", &edits).unwrap();
    let elements = [Element::value("LAX"), Element::value("JFK").under("east"), Element::group("east")];
    let expected = Hierarchy::tree("regions", "sales", "text", elements);
    assert_eq!(*edited.hierarchy("regions").unwrap().definition, expected);
    let edits = [
        Edit::Delete { id: "SFO".to_owned(), children: ChildRule::Refuse },
        Edit::Delete { id: "west".to_owned(), children: ChildRule::Refuse },
    ];
    let error = catalog.with_edited_hierarchy("regions", &edits).unwrap_err();
    let message = "hierarchy `regions`: there is no member `SFO`; `west` cannot be deleted: it has 1 child";
    assert_eq!((error.message(), error.kind()), (message, ErrorKind::InvalidInput));
    let no_tree = catalog.with_edited_hierarchy("geo", &[]).unwrap_err();
    assert_eq!((no_tree.path(), no_tree.kind()), (Some("/kind"), ErrorKind::InvalidInput));
    let missing = catalog.with_edited_hierarchy("region", &[]).unwrap_err();
    assert_eq!(missing.message(), "there is no hierarchy `region`; did you mean `regions`?");
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[test]
fn a_dataset_with_hierarchies_stays() {
    let catalog = with([geo()]);
    let refused = catalog.without_dataset("sales").unwrap_err();
    assert_eq!(refused.message(), "dataset `sales` is that of the hierarchy `geo`; drop the hierarchy first");
    assert!(catalog.without_dataset("fleeting").is_ok());
    assert!(catalog.without_hierarchy("geo").unwrap().without_dataset("sales").is_ok());
    assert_eq!(catalog.without_hierarchy("ge0").unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_renamed_column_is_followed() {
    let elsewhere = Hierarchy::levels("elsewhere", "fleeting", ["text"]);
    let by_boss = Hierarchy::parent_child("by boss", "sales", "integer", "boss").name_column("text");
    let when = Hierarchy::datetime("when", "sales", "date", ["year"]);
    let before = with([tree(), geo(), elsewhere, by_boss, when]);
    let after = before.with_column_of_hierarchies("sales", "text", "words");
    let columns = |id: &str| after.hierarchy(id).unwrap().definition.columns().join(" ");
    let found = ["regions", "geo", "elsewhere", "by boss", "when"].map(columns);
    assert_eq!(found, ["words", "words label", "text", "integer boss words", "date"]);
    for (id, follows) in [("regions", true), ("geo", true), ("elsewhere", false), ("by boss", true), ("when", false)] {
        assert_eq!(revision(&after, id) != revision(&before, id), follows, "{id}");
    }
    // What a query calls a level stays.
    assert_eq!(after.hierarchy("geo").unwrap().definition.level_names(), ["text", "label"]);
}

#[test]
fn it_is_told_which_hierarchies_are_broken() {
    let mut catalog = with([tree(), geo(), Hierarchy::datetime("when", "sales", "date", ["day"])]);
    let mut sales = DatasetEntry::clone(catalog.dataset("sales").unwrap());
    sales.columns.retain(|column| column.id != "label");
    catalog = catalog.with_entry(sales);
    let broken: Vec<(String, String)> = catalog.broken_hierarchies().into_iter().collect();
    let reason = "dataset `sales` has no column `label`".to_owned();
    assert_eq!(broken, [("hierarchy `geo`".to_owned(), reason)]);
}

#[test]
fn hierarchies_live_as_long_as_their_datasets() {
    let here = Hierarchy::levels("here", "fleeting", ["text"]);
    let catalog = with([geo(), here]);
    let kept = catalog.persistent();
    assert_eq!(kept.hierarchies.keys().collect::<Vec<_>>(), ["geo"]);
    let back = kept.with_transient_of(&catalog);
    assert_eq!(back.hierarchies, catalog.hierarchies);
    // What somebody else has dropped from the store does not come back.
    let dropped = catalog.without_hierarchy("geo").unwrap().persistent().with_transient_of(&catalog);
    assert_eq!(dropped.hierarchies.keys().collect::<Vec<_>>(), ["here"]);
}

#[test]
fn hierarchies_persist_and_older_catalogs_have_none() {
    let ordered = Hierarchy::tree("ordered", "sales", "text", [Element::value("a").ordered(0.1)]);
    let by_boss = Hierarchy::parent_child("by boss", "sales", "integer", "boss");
    let when = Hierarchy::datetime("when", "sales", "date", ["year", "day"]);
    let catalog = with([tree(), geo(), ordered, by_boss, when]);
    let text = serde_json::to_string(&catalog.persistent()).unwrap();
    let back: Catalog = serde_json::from_str(&text).unwrap();
    assert_eq!(back.hierarchies, catalog.hierarchies);
    let old: Catalog = serde_json::from_str(r#"{"datasets": {}, "links": []}"#).unwrap();
    assert!(old.hierarchies.is_empty());
    assert_eq!(serde_json::to_string(&old).unwrap(), r#"{"datasets":{},"links":[]}"#);
}
