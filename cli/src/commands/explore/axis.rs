//! What can be walked: a hierarchy, a column, or a datetime by its levels.

use crate::plain::plain;
use drillcore::{Column, ColumnType, Dimension, Hierarchy, HierarchyKind, Kind, Level, column_in, hierarchy, level};

/// How the queries call the dimension that is shown.
pub(super) const MEMBER: &str = "shown_member";
/// The name of everything, where a hierarchy gives none.
const ALL: &str = "All";

/// A dimension at its top, and what is known of the levels below.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    /// How the command line calls it: the id of the hierarchy or column, behind the links to it.
    pub(super) id: String,
    /// How it is shown.
    pub(super) label: String,
    /// What everything is called.
    pub(super) root: String,
    pub(super) is_hierarchy: bool,
    pub(super) dimension: Dimension,
    /// The names of the levels, the top one first, as far as there are names.
    pub(super) levels: Vec<String>,
    /// How many levels there are, where that does not hang on the member.
    pub(super) depth: Option<usize>,
    /// Whether its members are first shown in their own order and not by the measure.
    pub(super) by_member: bool,
}

impl Axis {
    /// A hierarchy of the dataset at the end of these links; of the dataset itself where there are none.
    pub(super) fn of_hierarchy(definition: &Hierarchy, chain: &str, locale: &str) -> Self {
        let of = hierarchy(&definition.id);
        let of = if chain.is_empty() { of } else { of.in_dataset(chain) };
        let levels: Vec<String> = match &definition.kind {
            HierarchyKind::Levels { levels, .. } => {
                levels.iter().map(|level| plain(level.label.get(locale).unwrap_or(&level.name))).collect()
            }
            HierarchyKind::Tree { levels, .. } | HierarchyKind::ParentChild { levels, .. } => {
                levels.iter().map(|level| plain(level.label.get(locale).unwrap_or(&level.name))).collect()
            }
            HierarchyKind::Datetime { levels, .. } => levels.clone(),
        };
        let is_time = matches!(definition.kind, HierarchyKind::Datetime { .. });
        let is_fixed = is_time || matches!(definition.kind, HierarchyKind::Levels { .. });
        Self {
            id: behind(chain, &definition.id),
            label: plain(&behind(chain, definition.name.get(locale).unwrap_or(&definition.id))),
            root: plain(definition.all.get(locale).unwrap_or(ALL)),
            is_hierarchy: true,
            dimension: of.named(MEMBER),
            depth: is_fixed.then_some(levels.len()),
            levels,
            by_member: is_time,
        }
    }

    /// A column of the source of a dataset: the dataset itself, or the one at the end of these links.
    pub(super) fn of_column(column: &Column, dataset: &str, chain: &str, locale: &str) -> Self {
        Self::of(&column.id, column.label(locale), column.column_type, dataset, chain)
    }

    /// A column by its parts.
    pub(super) fn of(id: &str, label: &str, held: ColumnType, dataset: &str, chain: &str) -> Self {
        let field = column_in(if chain.is_empty() { dataset } else { chain }, id);
        let is_time = held.kind() == Kind::Datetime;
        let levels: Vec<String> = match held {
            _ if !is_time => Vec::new(),
            ColumnType::Date => times(DAYS),
            _ => times(TIMES.len()),
        };
        Self {
            id: behind(chain, id),
            label: plain(&behind(chain, label)),
            root: ALL.to_owned(),
            is_hierarchy: false,
            dimension: if is_time { level(field, Level::Year).named(MEMBER) } else { field.named(MEMBER) },
            depth: Some(levels.len().max(1)),
            levels,
            by_member: is_time,
        }
    }

    /// Whether nothing is below the members after so many steps down, whatever they are.
    pub(super) fn ends_after(&self, steps: usize) -> bool {
        self.depth.is_some_and(|depth| steps + 1 >= depth)
    }

    /// What the members are after so many steps down.
    pub(super) fn level_name(&self, steps: usize) -> &str {
        self.levels.get(steps).unwrap_or(&self.label)
    }
}

/// The levels of a datetime on the way down. Weeks cross months and stand aside.
const TIMES: [Level; 8] = [
    Level::Year,
    Level::Quarter,
    Level::Month,
    Level::Day,
    Level::Hour,
    Level::Minute,
    Level::Second,
    Level::Millisecond,
];

/// How many of them a date has.
const DAYS: usize = 4;

fn times(count: usize) -> Vec<String> {
    TIMES.iter().take(count).map(|level| level.name().to_owned()).collect()
}

/// What is found behind links.
fn behind(chain: &str, name: &str) -> String {
    if chain.is_empty() { name.to_owned() } else { format!("{chain}.{name}") }
}

#[cfg(test)]
mod tests {
    use drillcore::{Column, ColumnType, Hierarchy};

    use super::Axis;

    #[test]
    fn a_date_has_no_hours() {
        let depth = |held| Axis::of_column(&Column::new("x", held), "sales", "", "en").depth;
        assert_eq!(depth(ColumnType::Date), Some(4));
        assert_eq!(depth(ColumnType::Datetime), Some(8));
        assert_eq!(depth(ColumnType::LocalDatetime), Some(8));
        assert_eq!(depth(ColumnType::Text), Some(1));
    }

    #[test]
    fn the_depth_of_a_tree_is_not_known() {
        let axis = |definition: &Hierarchy| Axis::of_hierarchy(definition, "shop", "en");
        let geo = axis(&Hierarchy::levels("geo", "shops", ["country", "city"]).named("Geography"));
        assert_eq!((geo.id.as_str(), geo.label.as_str(), geo.depth), ("shop.geo", "shop.Geography", Some(2)));
        assert_eq!((geo.level_name(0), geo.level_name(1), geo.level_name(2)), ("country", "city", "shop.Geography"));
        assert!(!geo.ends_after(0) && geo.ends_after(1));
        let tree = axis(&Hierarchy::tree("zones", "shops", "city", []));
        assert_eq!((tree.depth, tree.ends_after(30), tree.level_name(0)), (None, false, "shop.zones"));
    }
}
