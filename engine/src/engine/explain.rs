//! Why a query is answered the way it is.

use std::fmt;

use serde::Serialize;

use crate::result::Path;

/// The path that a query takes, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// Where the rows are read.
    pub path: Path,
    /// Each dataset that is read, and why from there.
    pub datasets: Vec<DatasetRoute>,
    /// The filters that apply, those of the scope among them.
    pub filters: Vec<String>,
    /// The links that are followed: the chain of link names and the keys compared.
    pub links: Vec<String>,
    /// The logical plan, as it runs.
    pub plan: String,
    /// The physical plan.
    pub physical_plan: String,
}

/// Where one dataset is read, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DatasetRoute {
    /// The dataset.
    pub dataset: String,
    /// Where it is read.
    pub path: Path,
    /// Why.
    pub reason: String,
}

impl Explanation {
    /// The explanation as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "path: {}", self.path.as_str())?;
        for route in &self.datasets {
            writeln!(f, "  {}: {}, {}", route.dataset, route.path.as_str(), route.reason)?;
        }
        for (title, items) in [("links", &self.links), ("filters", &self.filters)] {
            if !items.is_empty() {
                writeln!(f, "{title}:")?;
                items.iter().try_for_each(|item| writeln!(f, "  {item}"))?;
            }
        }
        writeln!(f, "plan:")?;
        self.plan.lines().try_for_each(|line| writeln!(f, "  {line}"))?;
        writeln!(f, "physical plan:")?;
        self.physical_plan.lines().try_for_each(|line| writeln!(f, "  {line}"))
    }
}
