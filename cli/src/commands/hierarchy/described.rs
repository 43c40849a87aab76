//! Definitions in a few words.

use drillcore::{Hierarchy, HierarchyKind};

use crate::progress;

/// The kind as it stands in a definition.
pub(super) fn kind(definition: &Hierarchy) -> &'static str {
    match definition.kind {
        HierarchyKind::Levels { .. } => "levels",
        HierarchyKind::Tree { .. } => "tree",
        HierarchyKind::ParentChild { .. } => "parent_child",
        HierarchyKind::Datetime { .. } => "datetime",
    }
}

/// How many members a definition has; none where they come from the data.
pub(super) fn members(definition: &Hierarchy) -> Option<String> {
    let HierarchyKind::Tree { elements, .. } = &definition.kind else { return None };
    Some(progress::count(u64::try_from(elements.len()).unwrap_or(u64::MAX)))
}

/// A definition for people: kind, members, levels.
pub(super) fn described(definition: &Hierarchy) -> String {
    let members = members(definition).unwrap_or_else(|| "those of the data".to_owned());
    let levels = definition.level_names().join(", ");
    let levels = if levels.is_empty() { "without names".to_owned() } else { levels };
    format!(
        "hierarchy {} of {}\n  kind     {} over {}\n  members  {members}\n  levels   {levels}\n",
        definition.id,
        definition.dataset,
        kind(definition),
        definition.columns().join(", ")
    )
}

#[cfg(test)]
mod tests {
    use drillcore::{Element, Hierarchy};

    use super::described;

    #[track_caller]
    fn check(definition: &Hierarchy, lines: [&str; 4]) {
        assert_eq!(described(definition), lines.join("\n") + "\n");
    }

    #[test]
    fn kind_members_and_levels_are_told() {
        let tree = [Element::group("west"), Element::value("LAX").under("west")];
        check(
            &Hierarchy::tree("coasts", "airports", "faa", tree),
            ["hierarchy coasts of airports", "  kind     tree over faa", "  members  2", "  levels   without names"],
        );
        check(
            &Hierarchy::parent_child("org", "staff", "id", "manager").levels_named(["board", "director"]),
            [
                "hierarchy org of staff",
                "  kind     parent_child over id, manager",
                "  members  those of the data",
                "  levels   board, director",
            ],
        );
    }
}
