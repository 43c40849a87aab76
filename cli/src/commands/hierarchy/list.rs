//! All hierarchies, a line each.

use drillcore::Hierarchy;

use super::described::{kind, members};
use crate::grid::grid;

const HEADER: [&str; 5] = ["hierarchy", "dataset", "kind", "columns", "members"];

/// The hierarchies as a table.
pub(super) fn list(found: &[Hierarchy]) -> String {
    let row = |definition: &Hierarchy| {
        vec![
            definition.id.clone(),
            definition.dataset.clone(),
            kind(definition).to_owned(),
            definition.columns().join(", "),
            members(definition).unwrap_or_else(|| "-".to_owned()),
        ]
    };
    grid(&HEADER, &[false, false, false, false, true], found.iter().map(row))
}

#[cfg(test)]
mod tests {
    use drillcore::{Element, Hierarchy};

    use super::list;

    #[test]
    fn every_hierarchy_has_a_line() {
        let found = [
            Hierarchy::tree("coasts", "airports", "faa", [Element::group("west")]),
            Hierarchy::levels("geo", "shops", ["country", "city"]),
        ];
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let lines: Vec<Vec<String>> = list(&found).lines().map(words).collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0], ["hierarchy", "dataset", "kind", "columns", "members"]);
        assert_eq!(lines[2], ["coasts", "airports", "tree", "faa", "1"]);
        assert_eq!(lines[3], ["geo", "shops", "levels", "country,", "city", "-"]);
    }
}
