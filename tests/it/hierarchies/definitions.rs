//! What is kept of hierarchies, what is refused, and how long they live.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use drillcore::{
    ChildRule, ColumnSpec, Dataset, DerivedColumn, Edit, Element, Error, ErrorKind, HideIf, Hierarchy, Orphans,
    PushMode, Rows, Visibility,
};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;

use super::{Place, SALES, all, cities, edit, filled, geo, save, try_save};

/// One of every kind, by id.
fn kinds() -> Vec<Hierarchy> {
    let staff = Hierarchy::parent_child("staff", "staff", "id", "boss").name_column("name").orphans(Orphans::Error);
    vec![
        cities().all_named("All cities").unassigned(Visibility::Hidden).levels_named(["country"]),
        geo().hide_if(HideIf::Blank),
        staff.levels_named(["head", "manager"]),
        Hierarchy::datetime("when", "sales", "day", ["year", "month", "day"]),
    ]
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    error.message().to_owned()
}

fn delete(id: &str, children: ChildRule) -> Edit {
    Edit::Delete { id: id.to_owned(), children }
}

fn put(id: &str, parent: &str) -> Edit {
    Edit::Move { id: id.to_owned(), parent: Some(parent.to_owned()), order: None }
}

#[test]
fn hierarchies_outlive_the_engine() {
    let (place, db) = filled();
    for definition in kinds().into_iter().rev() {
        save(&db, definition);
    }
    assert_eq!(all(&db), kinds());
    let lille = [Edit::Upsert(Element::value("Lille")), put("Ghent", "Lille")];
    let edited = edit(&db, "cities", &lille).expect("a tree");
    drop(db);
    let db = place.open();
    assert_eq!(block_on(db.engine().hierarchy("cities")).expect("a hierarchy"), edited);
    assert_eq!(all(&db)[1..], kinds()[1..]);
    // Another engine on the same store sees what changes, and its changes are seen.
    let other = place.open();
    save(&other, geo().named("Places"));
    assert_eq!(block_on(db.engine().hierarchy("geo")).expect("a hierarchy").name.get("en"), Some("Places"));
    let edited = edit(&db, "cities", &[delete("Lille", ChildRule::Lift)]).expect("a tree");
    assert_eq!(block_on(other.engine().hierarchy("cities")).expect("a hierarchy"), edited);
    block_on(db.engine().drop_hierarchy("geo")).expect("a hierarchy less");
    let missing = block_on(other.engine().hierarchy("geo")).expect_err("gone");
    assert_eq!((missing.kind(), missing.message()), (ErrorKind::NotFound, "there is no hierarchy `geo`"));
    let missing = block_on(other.engine().drop_hierarchy("geo")).expect_err("gone");
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[test]
fn all_faults_of_edits_are_listed_and_nothing_is_changed() {
    let (place, db) = filled();
    save(&db, cities());
    let edits = [
        put("Belgium", "Ghent"),
        delete("Ypres", ChildRule::Refuse),
        delete("Belgium", ChildRule::Refuse),
        Edit::Upsert(Element::value("Namur").under("Belgium")),
        Edit::Upsert(Element::value("Lille").under("France")),
    ];
    let faults = "`Belgium` cannot be moved under itself or its own subtree; there is no member `Ypres`; \
                  `Belgium` cannot be deleted: it has 2 children; the parent `France` of `Lille` does not exist";
    assert_eq!(refused(edit(&db, "cities", &edits)), format!("hierarchy `cities`: {faults}"));
    assert_eq!(all(&db), [cities()]);
    assert_eq!(all(&place.open()), [cities()]);
    // One of them alone is good.
    let edited = edit(&db, "cities", &edits[3..4]).expect("a tree");
    assert_eq!(all(&db), [edited]);
}

#[test]
fn a_definition_that_is_refused_leaves_the_one_before() {
    let (_place, db) = filled();
    save(&db, cities());
    let check = |definition: Hierarchy, kind: ErrorKind, place: &str, message: &str| {
        let error = try_save(&db, definition).expect_err("a refusal");
        assert_eq!((error.message(), error.path(), error.kind()), (message, Some(place), kind));
        assert_eq!(all(&db), [cities()]);
    };
    let ring = [Element::group("a").under("b"), Element::group("b").under("a"), Element::value("Ghent").under("c")];
    let message = "hierarchy `cities`: the parent `c` of `Ghent` does not exist; \
                   members are under each other: `a` -> `b` -> `a`";
    check(Hierarchy::tree("cities", "sales", "city", ring), ErrorKind::InvalidInput, "/elements", message);
    let message = "hierarchy `cities`: column `amount` of dataset `sales` is float and cannot be a level; \
                   that takes text, boolean, integer, date";
    let levels = Hierarchy::levels("cities", "sales", ["city", "amount"]);
    check(levels, ErrorKind::InvalidInput, "/levels/1/column_id", message);
    let message = "hierarchy `other`: dataset `sales` has no column `citi`; did you mean `city`?";
    check(Hierarchy::tree("other", "sales", "citi", []), ErrorKind::NotFound, "/column_id", message);
    let message = "hierarchy `other`: column `day` is a date and has no level `hour`";
    let when = Hierarchy::datetime("other", "sales", "day", ["day", "hour"]);
    check(when, ErrorKind::InvalidInput, "/levels/1", message);
    let message = "hierarchy `other`: column `name` of dataset `staff` is text and cannot be the key of parents: \
                   the key `id` is integer";
    let staff = Hierarchy::parent_child("other", "staff", "id", "name");
    check(staff, ErrorKind::InvalidInput, "/parent", message);
}

#[test]
fn only_trees_have_elements_to_edit() {
    let (_place, db) = filled();
    save(&db, geo());
    let error = edit(&db, "geo", &[]).expect_err("no tree");
    assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidInput, Some("/kind")));
    let error = edit(&db, "gea", &[]).expect_err("no hierarchy");
    assert_eq!(error.message(), "there is no hierarchy `gea`; did you mean `geo`?");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn edits_at_the_same_time_are_all_kept() {
    let (_place, db) = filled();
    save(&db, cities());
    std::thread::scope(|scope| {
        for who in 0..4 {
            let db = db.clone();
            scope.spawn(move || {
                for number in 0..5 {
                    let element = Element::value(format!("{who}-{number}")).under("Belgium");
                    edit(&db, "cities", &[Edit::Upsert(element)]).expect("a tree");
                }
            });
        }
    });
    let error = edit(&db, "cities", &[delete("Belgium", ChildRule::Refuse)]).expect_err("children");
    assert!(error.message().ends_with("it has 22 children"), "{error}");
}

#[test]
fn a_dataset_with_hierarchies_is_not_dropped() {
    let (place, db) = filled();
    save(&db, geo());
    let engine = db.engine();
    let message = refused(block_on(engine.drop_dataset("sales")));
    assert_eq!(message, "dataset `sales` is that of the hierarchy `geo`; drop the hierarchy first");
    block_on(engine.drop_dataset("staff")).expect("a dataset that nothing needs");
    block_on(engine.drop_hierarchy("geo")).expect("a hierarchy less");
    block_on(engine.drop_dataset("sales")).expect("a dataset that nothing needs");
    // Another dataset of the same name has nothing of the one before.
    db.create(place.csv("sales", SALES)).expect("sales");
    assert!(all(&db).is_empty());
}

#[test]
fn a_dataset_is_replaced_by_one_that_its_hierarchies_fit() {
    let (place, db) = filled();
    save(&db, cities());
    save(&db, geo());
    let replace = |dataset: Dataset| block_on(db.engine().replace(dataset));
    let without = refused(replace(place.csv("sales", "day,country,town,amount\n2026-03-01,BE,Ghent,1.5\n")));
    let expected = "this would break hierarchy `cities`, hierarchy `geo`: dataset `sales` has no column `city`";
    assert!(without.starts_with(expected), "{without}");
    let numbers = refused(replace(place.csv("sales", "day,country,city,amount\n2026-03-01,BE,9000,1.5\n")));
    let expected = "this would break hierarchy `cities`: column `city` of dataset `sales` is integer \
                    and cannot have a tree over its values; that takes text";
    assert_eq!(numbers, expected);
    assert_eq!(all(&db), [cities(), geo()]);
    // A file that calls the column otherwise fits where the dataset does not.
    let towns = place.csv("sales", "town,country\nYpres,BE\n").column(ColumnSpec::new("town").id("city"));
    replace(towns).expect("a dataset in its place");
    assert_eq!(all(&db), [cities(), geo()]);
    save(&db, geo().named("Towns"));
}

#[test]
fn derived_columns_come_and_go_beside_hierarchies() {
    let (_place, db) = filled();
    save(&db, geo());
    let engine = db.engine();
    block_on(engine.derive("sales", DerivedColumn::new("place", "UPPER({city})"))).expect("a column");
    let on_derived = refused(try_save(&db, Hierarchy::tree("places", "sales", "place", [])));
    let expected = "hierarchy `places`: column `place` of dataset `sales` is derived and cannot stand here";
    assert_eq!(on_derived, expected);
    block_on(engine.rename_derived("sales", "place", "town")).expect("a new name");
    let taken = refused(block_on(engine.rename_derived("sales", "town", "city")));
    assert_eq!(taken, "dataset `sales` has a column `city` already");
    block_on(engine.remove_derived("sales", "town")).expect("a column less");
    assert_eq!(all(&db), [geo()]);
}

/// The texts of all catalogs of a store.
fn catalogs(place: &Place) -> Vec<String> {
    let folder = std::fs::read_dir(place.store().join("catalog")).expect("a folder of catalogs");
    let files = folder.map(|file| file.expect("a file").path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.map(|path| std::fs::read_to_string(path).expect("a text")).collect()
}

#[test]
fn catalogs_without_hierarchies_are_as_they_were() {
    let (place, db) = filled();
    drop(db);
    // As an engine wrote it that knew of no hierarchies.
    let before = catalogs(&place);
    assert!(before.iter().any(|text| text.contains("sales")), "{before:?}");
    assert!(before.iter().all(|text| !text.contains("hierarchies")), "{before:?}");
    let db = place.open();
    assert!(all(&db).is_empty());
    save(&db, geo());
    assert!(catalogs(&place).iter().any(|text| text.contains("hierarchies")));
    assert_eq!(all(&place.open()), [geo()]);
}

#[test]
fn hierarchies_over_what_ends_with_the_process_end_too() {
    let (place, db) = filled();
    let names: ArrayRef = Arc::new(StringArray::from(vec!["Ghent", "Bruges"]));
    let batch = RecordBatch::try_from_iter([("city", names)]).expect("a batch");
    db.create(Dataset::batches("fleeting", vec![batch])).expect("a dataset of this process");
    let here = Hierarchy::levels("here", "fleeting", ["city"]);
    save(&db, here.clone());
    save(&db, geo());
    // The hierarchy lives here, whatever the store says in the meantime.
    let stored = place.open();
    assert_eq!(all(&stored), [geo()]);
    let rows = Rows::new(["a"], vec![vec![1.into()]]);
    block_on(stored.engine().push("more", PushMode::Create, rows)).expect("a push");
    assert_eq!(all(&db), [geo(), here]);
    drop((db, stored));
    assert_eq!(all(&place.open()), [geo()]);
}

#[test]
fn hierarchies_stand_on_pushed_rows() {
    let db = Db::in_memory().expect("an engine");
    let rows = |city: &str| Rows::new(["city"], vec![vec![city.into()]]);
    block_on(db.engine().push("sales", PushMode::Create, rows("Ghent"))).expect("a push");
    save(&db, cities());
    block_on(db.engine().push("sales", PushMode::Replace, rows("Ypres"))).expect("a push");
    assert_eq!(all(&db), [cities()]);
}
