//! Links: lookups from one dataset into another.

use serde::{Deserialize, Serialize};

/// A named many-to-one lookup from a dataset into another. It never multiplies and never drops rows of the dataset it
/// starts from: the first row of the target that matches wins, no match gives NULL, a NULL in a key matches nothing.
///
/// ```
/// use drillcore::Link;
///
/// let weather = Link::new("weather").from("flights", ["origin", "time_hour"]).to("weather", ["origin", "time_hour"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Link {
    /// The name by which queries reach through it. Unique among the links of one dataset.
    pub name: String,
    /// The dataset it starts from.
    pub from: String,
    /// The dataset it looks up in.
    pub to: String,
    /// Pairs of columns that must be equal: one of `from`, one of `to`.
    pub on: Vec<(String, String)>,
}

impl Link {
    /// A link of that name, to be completed by [`Link::from`] and [`Link::to`].
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), from: String::new(), to: String::new(), on: Vec::new() }
    }

    /// The dataset it starts from, and its key columns.
    #[must_use]
    pub fn from<C: Into<String>>(mut self, dataset: impl Into<String>, columns: impl IntoIterator<Item = C>) -> Self {
        self.from = dataset.into();
        let mut pairs = self.on.into_iter().map(|(_, to)| to).collect::<Vec<_>>().into_iter();
        self.on = columns.into_iter().map(|column| (column.into(), pairs.next().unwrap_or_default())).collect();
        self
    }

    /// The dataset it looks up in, and the columns that must equal those of [`Link::from`], in the same order.
    #[must_use]
    pub fn to<C: Into<String>>(mut self, dataset: impl Into<String>, columns: impl IntoIterator<Item = C>) -> Self {
        self.to = dataset.into();
        let columns: Vec<String> = columns.into_iter().map(Into::into).collect();
        self.on.resize_with(self.on.len().max(columns.len()), Default::default);
        for (pair, column) in self.on.iter_mut().zip(columns) {
            pair.1 = column;
        }
        self
    }
}
