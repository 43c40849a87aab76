//! Hierarchies over the columns of datasets.

mod answers;
mod definitions;
mod expanded;
mod hiding;
mod kept_rows;
mod laws;
mod links;
mod oracle;
mod top;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use drillcore::{Dataset, Edit, Element, Error, Hierarchy};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;

const SALES: &str = "\
day,country,city,amount
2026-03-01,BE,Ghent,30.5
2026-03-02,BE,Bruges,40
2026-04-01,FR,Lille,5
2026-04-02,FR,,8
";

const STAFF: &str = "id,boss,name\n1,,Ann\n2,1,Bo\n3,1,Cy\n4,2,Di\n";

/// A folder with a store, and the files of its datasets.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a folder") }
    }

    fn store(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    fn open(&self) -> Db {
        Db::open(&self.store()).expect("a store")
    }

    /// A dataset from a file that is written for it.
    fn csv(&self, name: &str, text: &str) -> Dataset {
        let path = self.dir.path().join(format!("{name}.csv"));
        File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a written file");
        Dataset::csv(name, path)
    }
}

/// A store with sales and staff. The folder goes with the place.
fn filled() -> (Place, Db) {
    let place = Place::new();
    let db = place.open();
    db.create(place.csv("sales", SALES)).expect("sales");
    db.create(place.csv("staff", STAFF)).expect("staff");
    (place, db)
}

fn geo() -> Hierarchy {
    Hierarchy::levels("geo", "sales", ["country", "city"]).named("Geography")
}

/// A tree over the cities of sales.
fn cities() -> Hierarchy {
    let elements = [
        Element::group("Belgium").named("Belgium").ordered(0.1),
        Element::value("Ghent").under("Belgium").ordered(2.0),
        Element::value("Bruges").under("Belgium").ordered(1.0),
    ];
    Hierarchy::tree("cities", "sales", "city", elements)
}

fn try_save(db: &Db, definition: Hierarchy) -> Result<(), Error> {
    block_on(db.engine().save_hierarchy(definition))
}

fn save(db: &Db, definition: Hierarchy) {
    try_save(db, definition).unwrap_or_else(|error| panic!("{error}"));
}

fn edit(db: &Db, id: &str, edits: &[Edit]) -> Result<Hierarchy, Error> {
    block_on(db.engine().edit_hierarchy(id, edits))
}

fn all(db: &Db) -> Vec<Hierarchy> {
    block_on(db.engine().hierarchies()).expect("hierarchies")
}
