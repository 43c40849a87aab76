//! What the formulas of a run covered.

use std::collections::BTreeMap;
use std::fmt;

use super::catalog::Catalog;
use super::formula::Formula;
use super::tree::{depth, functions};

/// What the formulas of a run covered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Formulas.
    pub formulas: usize,
    /// Those of them that are at least three deep.
    pub deep: usize,
    /// Cells that were compared.
    pub cells: usize,
    /// Those of them that are NULL.
    pub nulls: usize,
    /// Expressions that the generator put together.
    pub tried: usize,
    /// Those of them that have the type that was wanted.
    pub kept: usize,
    calls: BTreeMap<&'static str, usize>,
}

impl Coverage {
    /// How often a function was called.
    #[must_use]
    pub fn calls(&self, name: &str) -> usize {
        self.calls.get(name).copied().unwrap_or(0)
    }

    /// Counts a formula.
    pub fn add(&mut self, formula: &Formula) {
        self.formulas += 1;
        self.deep += usize::from(depth(&formula.tree) >= 3);
        for name in functions(&formula.tree) {
            *self.calls.entry(name).or_default() += 1;
        }
    }

    /// Adds what another run covered.
    pub fn merge(&mut self, other: &Self) {
        self.formulas += other.formulas;
        self.deep += other.deep;
        self.cells += other.cells;
        self.nulls += other.nulls;
        self.tried += other.tried;
        self.kept += other.kept;
        for (name, count) in &other.calls {
            *self.calls.entry(*name).or_default() += *count;
        }
    }

    /// The functions of row level that were called less often, and how often that was.
    #[must_use]
    pub fn missing(&self, wanted: usize) -> Vec<(&'static str, usize)> {
        let names = Catalog::get().callables.iter().map(|callable| callable.entry.name);
        names.map(|name| (name, self.calls(name))).filter(|(_, count)| *count < wanted).collect()
    }
}

fn percent(part: usize, whole: usize) -> usize {
    (part * 100).checked_div(whole).unwrap_or_default()
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { formulas, deep, cells, nulls, tried, kept, .. } = self;
        writeln!(f, "{formulas} formulas, {} % of them at least three deep", percent(*deep, *formulas))?;
        writeln!(f, "{cells} cells, {} % of them NULL", percent(*nulls, *cells))?;
        writeln!(f, "{tried} expressions put together, {} % of them kept", percent(*kept, *tried))?;
        let mut counts: Vec<(usize, &str)> = Vec::new();
        for callable in &Catalog::get().callables {
            counts.push((self.calls(callable.entry.name), callable.entry.name));
        }
        counts.sort_unstable();
        let least: Vec<String> = counts.iter().take(10).map(|(count, name)| format!("{name} {count}")).collect();
        write!(f, "{} functions, least often: {}", counts.len(), least.join(", "))
    }
}
