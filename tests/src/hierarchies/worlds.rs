//! Fixed worlds, small enough to be added up by hand.

use drillcore::{Color, Element, Hierarchy, Localized, OwnRows, Visibility};

use super::asking::{numbers, save, table, texts};
use crate::engine_side::Db;

/// Codes and amounts of ten rows, 206 in all, with two hierarchies over the codes: `coasts`, and `quiet`, which is the
/// same and hides what is generated.
///
/// | member | rows | amount |
/// |---|---|---|
/// | west | 1 2 3 | 35 |
/// | west / LAX, SFO | 1 2, 3 | 30, 5 |
/// | east | 4 5 6 | 151 |
/// | east / BOS | | |
/// | east / JFK | 4 5 6 | 151 |
/// | east / JFK / (own), T4 | 4 6, 5 | 150, 1 |
/// | NULL | 7 | 7 |
/// | (unassigned) | 8 9 10 | 13 |
/// | (unassigned) / AAA, XYZ, west | 9, 8, 10 | 4, 3, 6 |
///
/// # Panics
/// If the engine refuses it.
#[must_use]
pub fn airports() -> Db {
    let db = Db::in_memory().expect("an engine");
    let rows: [(Option<&str>, &str, i64); 10] = [
        (Some("LAX"), "a", 10),
        (Some("LAX"), "b", 20),
        (Some("SFO"), "a", 5),
        (Some("JFK"), "a", 100),
        (Some("T4"), "b", 1),
        (Some("JFK"), "b", 50),
        (None, "a", 7),
        (Some("XYZ"), "a", 3),
        (Some("AAA"), "b", 4),
        (Some("west"), "b", 6),
    ];
    let columns = vec![
        ("id", numbers((1..=10).map(Some))),
        ("code", texts(rows.iter().map(|row| row.0))),
        ("kind", texts(rows.iter().map(|row| Some(row.1)))),
        ("amount", numbers(rows.iter().map(|row| Some(row.2)))),
    ];
    table(&db, "airports", columns);
    save(&db, coasts("coasts").named("Coasts"));
    save(&db, coasts("quiet").unassigned(Visibility::Hidden).own_rows(OwnRows::Hidden));
    db
}

/// The tree of the airports under an id.
#[must_use]
pub fn coasts(id: &str) -> Hierarchy {
    let west = Element::group("west").named(Localized::new("West").with("nl", "Westen"));
    let elements = [
        west.colored(Color::new(0, 128, 255)).ordered(1.0),
        Element::value("SFO").under("west"),
        Element::value("LAX").under("west").named("Los Angeles").ordered(0.5),
        Element::value("T4").under("JFK"),
        Element::value("JFK").under("east"),
        Element::group("east"),
        Element::value("BOS").under("east"),
    ];
    Hierarchy::tree(id, "airports", "code", elements).levels_named(["coast", "airport"])
}
