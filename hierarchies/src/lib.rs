//! The hierarchies of drillcore.
//!
//! A hierarchy says how the members of a dimension are under each other, so that numbers can be shown at any level of
//! it and people can drill down and up.
//!
//! | kind | its members | made with |
//! |---|---|---|
//! | levels | paths of values of ordered columns: country, region, city | [`Hierarchy::levels`] |
//! | tree | values of one text column and categories above them, each an [`Element`] | [`Hierarchy::tree`] |
//! | parent-child | rows that name their parent | [`Hierarchy::parent_child`] |
//! | datetime | levels of one datetime column: year, month, day | [`Hierarchy::datetime`] |
//!
//! A [`Hierarchy`] is the definition that is kept. All kinds but the last are compiled, together with the values that
//! the data has, to one [`Closure`], in which a member with all that is under it is a range of numbers. A
//! [`MemberPath`] names a member by the way from the root to it, because a name alone is not enough (Paris in France is
//! not Paris in Texas).
//!
//! ```
//! use drillcore_hierarchies::{Closure, Edit, Element, Hierarchy, Kind, MemberPath, apply};
//!
//! let regions = Hierarchy::tree("regions", "airports", "faa", [
//!     Element::group("west").named("West"),
//!     Element::value("LAX").under("west"),
//! ]);
//! regions.validate()?;
//!
//! // Trees are changed by edits, all or none of them.
//! let Kind::Tree { elements, .. } = &regions.kind else { unreachable!() };
//! let elements = apply(elements, &[Edit::Upsert(Element::value("SFO").under("west"))])?;
//!
//! let closure = Closure::of_tree(&elements, &[Some("LAX"), Some("SFO"), Some("JFK")])?;
//! let west = closure.find(&["west"].into_iter().collect::<MemberPath>()).ok_or("no such member")?;
//! assert_eq!(closure.name(west, "en"), Some("West"));
//! assert_eq!(closure.children(west).count(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate knows nothing of queries, Arrow or DataFusion. The engine knows it, never the other way round.
//!
//! # What can be wrong
//!
//! Everything that is wrong with the members of a hierarchy is a [`Fault`] that names them, and all of them are
//! reported at once: see [`Error::faults`]. What is wrong with a definition otherwise is reported with its place in the
//! JSON: see [`Error::at`].
//!
//! # Untrusted input
//!
//! Paths, definitions and edits may come from anybody. Nothing here panics on them or recurses into a tree. A
//! definition has at most [`MOST_ELEMENTS`] elements, which are at most [`MOST_DEPTH`] deep, and at most
//! [`MOST_LEVELS`] levels; ids and names have at most [`MOST_ID_BYTES`] bytes. What is shown of an id in a message is
//! cut, and is one line.

mod closure;
mod color;
mod definition;
mod editing;
mod element;
mod error;
mod fault;
mod json;
mod localized;
pub mod luzmo;
mod member_path;

pub use closure::{Closure, Node, NodeKind};
pub use color::{Color, palette, scale};
pub use definition::{
    ColumnLevel, DATETIME_LEVELS, HideIf, Hierarchy, Kind, LevelInfo, MOST_LEVELS, Orphans, OwnRows, Visibility,
};
pub use editing::{ChildRule, Edit, apply, validate};
pub use element::{Element, MOST_DEPTH, MOST_ELEMENTS, MOST_ID_BYTES};
pub use error::{Error, Result};
pub use fault::Fault;
pub use localized::Localized;
pub use member_path::MemberPath;
