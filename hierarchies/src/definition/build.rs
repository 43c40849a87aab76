//! Definitions made in Rust.

use super::hierarchy::{Hierarchy, Kind};
use super::level::{ColumnLevel, LevelInfo};
use super::options::{HideIf, Orphans, OwnRows, Visibility};
use crate::{Element, Localized};

/// # One function for each kind
///
/// ```
/// use drillcore_hierarchies::{Element, Hierarchy};
///
/// let geo = Hierarchy::levels("geo", "airports", ["country", "region"]);
/// let regions = Hierarchy::tree("regions", "airports", "faa", [
///     Element::group("west").named("West"),
///     Element::value("LAX").under("west"),
/// ]);
/// let org = Hierarchy::parent_child("org", "staff", "id", "manager");
/// let when = Hierarchy::datetime("when", "flights", "time_hour", ["year", "quarter", "month", "day"]);
/// for hierarchy in [geo, regions, org, when] {
///     hierarchy.validate()?;
/// }
/// # Ok::<(), drillcore_hierarchies::Error>(())
/// ```
impl Hierarchy {
    /// A level hierarchy of these columns, the coarsest first: ids of columns, or a [`ColumnLevel`] each.
    #[must_use]
    pub fn levels(
        id: impl Into<String>,
        dataset: impl Into<String>,
        columns: impl IntoIterator<Item = impl Into<ColumnLevel>>,
    ) -> Self {
        let levels = columns.into_iter().map(Into::into).collect();
        Self::of(id.into(), dataset.into(), Kind::Levels { levels, hide_if: HideIf::default() })
    }

    /// A tree over the values of a text column.
    #[must_use]
    pub fn tree(
        id: impl Into<String>,
        dataset: impl Into<String>,
        column: impl Into<String>,
        elements: impl IntoIterator<Item = Element>,
    ) -> Self {
        let elements = elements.into_iter().collect();
        Self::of(id.into(), dataset.into(), Kind::Tree { column: column.into(), levels: Vec::new(), elements })
    }

    /// A hierarchy of the rows of a dataset, by the column of their ids and the column of the ids of their parents.
    #[must_use]
    pub fn parent_child(
        id: impl Into<String>,
        dataset: impl Into<String>,
        key: impl Into<String>,
        parent: impl Into<String>,
    ) -> Self {
        let (key, parent) = (key.into(), parent.into());
        let kind = Kind::ParentChild { key, parent, name: None, orphans: Orphans::default(), levels: Vec::new() };
        Self::of(id.into(), dataset.into(), kind)
    }

    /// Levels of a datetime column, the coarsest first.
    #[must_use]
    pub fn datetime(
        id: impl Into<String>,
        dataset: impl Into<String>,
        column: impl Into<String>,
        levels: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let levels = levels.into_iter().map(Into::into).collect();
        Self::of(id.into(), dataset.into(), Kind::Datetime { column: column.into(), levels })
    }

    fn of(id: String, dataset: String, kind: Kind) -> Self {
        Self {
            id,
            dataset,
            name: Localized::default(),
            all: Localized::default(),
            kind,
            unassigned: Visibility::default(),
            own_rows: OwnRows::default(),
        }
    }
}

/// # Names, and what is shown
///
/// ```
/// use drillcore_hierarchies::{Hierarchy, Localized, OwnRows, Visibility};
///
/// let regions = Hierarchy::tree("regions", "airports", "faa", [])
///     .named(Localized::new("Regions").with("nl", "Regio's"))
///     .all_named("All airports")
///     .unassigned(Visibility::Hidden)
///     .own_rows(OwnRows::Error);
/// assert_eq!(regions.name.get("nl"), Some("Regio's"));
/// ```
impl Hierarchy {
    /// Sets the shown name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Localized>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the shown name of the root.
    #[must_use]
    pub fn all_named(mut self, name: impl Into<Localized>) -> Self {
        self.all = name.into();
        self
    }

    /// Shows or hides the member of the values without a place.
    #[must_use]
    pub fn unassigned(mut self, unassigned: Visibility) -> Self {
        self.unassigned = unassigned;
        self
    }

    /// Says what becomes of the rows of members that have children.
    #[must_use]
    pub fn own_rows(mut self, own_rows: OwnRows) -> Self {
        self.own_rows = own_rows;
        self
    }
}

/// # What only some kinds have
///
/// A hierarchy of another kind stays as it is.
///
/// ```
/// use drillcore_hierarchies::{HideIf, Hierarchy, Orphans};
///
/// let geo = Hierarchy::levels("geo", "airports", ["country", "state"])
///     .hide_if(HideIf::Blank)
///     .levels_named(["country", "region"]);
/// assert_eq!(geo.level_names(), ["country", "region"]);
///
/// let org = Hierarchy::parent_child("org", "staff", "id", "manager")
///     .name_column("name")
///     .orphans(Orphans::Error)
///     .levels_named(["director", "manager", "employee"]);
/// assert_eq!(org.columns(), ["id", "manager", "name"]);
/// ```
impl Hierarchy {
    /// Says which members of a level hierarchy are left out.
    #[must_use]
    pub fn hide_if(mut self, hide: HideIf) -> Self {
        if let Kind::Levels { hide_if, .. } = &mut self.kind {
            *hide_if = hide;
        }
        self
    }

    /// Says what becomes of the rows of a parent-child hierarchy whose parent does not exist.
    #[must_use]
    pub fn orphans(mut self, rule: Orphans) -> Self {
        if let Kind::ParentChild { orphans, .. } = &mut self.kind {
            *orphans = rule;
        }
        self
    }

    /// Sets the column with the shown names of a parent-child hierarchy.
    #[must_use]
    pub fn name_column(mut self, column: impl Into<String>) -> Self {
        if let Kind::ParentChild { name, .. } = &mut self.kind {
            *name = Some(column.into());
        }
        self
    }

    /// Names the levels from the children of the root down: those of a level hierarchy, as far as there are columns, or
    /// all that are known of a tree or a parent-child hierarchy.
    #[must_use]
    pub fn levels_named(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        match &mut self.kind {
            Kind::Levels { levels, .. } => {
                for (level, name) in levels.iter_mut().zip(names) {
                    level.name = name.into();
                }
            }
            Kind::Tree { levels, .. } | Kind::ParentChild { levels, .. } => {
                *levels = names.into_iter().map(LevelInfo::new).collect();
            }
            Kind::Datetime { .. } => {}
        }
        self
    }
}
