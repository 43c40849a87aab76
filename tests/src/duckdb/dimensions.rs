//! The members of dimensions.

use super::columns::{Writer, key};
use super::literals::{cast, decimal, digits, exact, float, text};
use crate::oracle::value::digits as scale_of;
use crate::shown::{self, Shown};
use crate::spec::{Bins, Dimension, Number};

/// The border of bins that nothing else is said of.
const NO_ORIGIN: Number = Number { units: 0, scale: 0 };

/// Size and origin of bins in SQL, and the digits of their borders.
pub(super) struct Width {
    pub(super) size: String,
    pub(super) origin: String,
}

impl Writer<'_> {
    /// The key of a dimension. Bins that are given by their number are known by their place.
    pub(super) fn member(&self, dimension: &Dimension, index: usize) -> String {
        let Some(bins) = &dimension.bins else { return self.value(dimension.at, dimension.bucket) };
        let column = self.typed(dimension.at);
        let x = &column.sql;
        match bins {
            Bins::Width { size, origin } if column.shown == Shown::Float => {
                let Width { size, origin } = float_width(*size, *origin);
                format!("bin_float({x}, {size}, {origin})")
            }
            Bins::Width { size, origin } => {
                // The borders have the digits of size and origin only.
                let shown = scale_of(shown::dimension(self.ground, dimension));
                let own = shown.max(scale_of(column.shown));
                let (size, origin) = (exact(*size, own), exact(origin.unwrap_or(NO_ORIGIN), own));
                cast(&format!("bin_exact({}, {size}, {origin})", column.scaled(own)), &decimal(shown))
            }
            Bins::Count(bins) => {
                let (first, last) = extent(index);
                format!("bin_place({x}, {first}, {last}, {bins})")
            }
            Bins::Edges(edges) => {
                let passed = |edge: &Number| cast(&format!("{x} >= {}", digits(edge.units, edge.scale)), "INTEGER");
                format!("({})", edges.iter().map(passed).collect::<Vec<_>>().join(" + "))
            }
            Bins::Groups { groups, rest } => {
                let mut cases = format!("CASE WHEN {x} IS NULL THEN NULL");
                for (name, members) in groups.iter().filter(|(_, members)| !members.is_empty()) {
                    let members: Vec<String> = members.iter().map(|member| text(member)).collect();
                    cases += &format!(" WHEN {x} IN ({}) THEN {}", members.join(", "), text(name));
                }
                let rest = rest.as_ref().map_or_else(|| x.clone(), |rest| text(rest));
                format!("{cases} ELSE {rest} END")
            }
        }
    }

    /// The least and the greatest value of dimensions with a number of bins, over the rows of the query, as parts of the
    /// statement: names and queries.
    pub(super) fn extents(&self) -> Vec<(String, String)> {
        let mut parts = Vec::new();
        for (index, dimension) in self.spec.dimensions.iter().enumerate() {
            if matches!(dimension.bins, Some(Bins::Count(_))) {
                let (column, kept) = (self.column(dimension.at), self.all(&self.spec.filter));
                let ends = format!("SELECT min({column}) AS first, max({column}) AS last FROM rows WHERE {kept}");
                parts.push((format!("extent{index}"), ends));
            }
        }
        parts
    }

    /// A member as it stands in the answer.
    pub(super) fn shown_member(&self, index: usize) -> String {
        let member = key(index);
        match &self.spec.dimensions[index].bins {
            Some(Bins::Edges(edges)) => {
                let mut ends = vec!["NULL".to_owned()];
                ends.extend(edges.iter().map(|edge| digits(edge.units, edge.scale)));
                ends.push("NULL".to_owned());
                let bins: Vec<String> = ends.windows(2).map(|ends| format!("[{}]", ends.join(", "))).collect();
                format!("CASE WHEN {member} IS NOT NULL THEN list_extract([{}], {member} + 1) END", bins.join(", "))
            }
            Some(Bins::Count(bins)) => {
                let (first, last) = extent(index);
                format!("bin_border({member}, {first}, {last}, {bins})")
            }
            _ => self.shown(&member, self.dimensions[index]),
        }
    }
}

/// Size and origin of bins of floats.
pub(super) fn float_width(size: Number, origin: Option<Number>) -> Width {
    Width { size: float(size), origin: float(origin.unwrap_or(NO_ORIGIN)) }
}

/// The ends between which a number of bins lies.
pub(super) fn extent(index: usize) -> (String, String) {
    (format!("(SELECT first FROM extent{index})"), format!("(SELECT last FROM extent{index})"))
}
