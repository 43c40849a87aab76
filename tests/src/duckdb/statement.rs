//! A query as statements.

use serde_json::{Value, json};

use super::chain::clause;
use super::columns::{Writer, key};
use super::limits::Skipped;
use super::output::kind;
use super::windows::{ascending, sorted};
use crate::shown;
use crate::spec::{Key, Output, Spec};
use crate::world::World;

/// What DuckDB is asked, and how its answer is to be read.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The statement of all rows, those that a limit cuts off among them.
    pub rows: String,
    /// How the cells of each column are compared: the dimensions, then the others.
    pub columns: Vec<&'static str>,
    /// Each level of totals: the dimensions kept and its statement.
    pub totals: Vec<(Vec<usize>, String)>,
    /// The dimension of which a row may be the remainder; a last column then says which rows are.
    pub other: Option<usize>,
    /// The dimensions that become columns; a last column then says which of them, from 1, a row belongs to.
    pub pivot: Vec<usize>,
    /// The number of dimensions.
    pub dimensions: usize,
    /// Rows to give, rows to skip.
    pub limit: Option<(u64, u64)>,
    /// Whether the number of all rows is asked for.
    pub total_rows: bool,
}

impl Asked {
    /// As an object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let totals = self.totals.iter().map(|(keys, sql)| json!({"keys": keys, "sql": sql}));
        json!({
            "rows": self.rows,
            "columns": self.columns,
            "totals": totals.collect::<Vec<_>>(),
            "other": self.other,
            "pivot": self.pivot,
            "dimensions": self.dimensions,
            "limit": self.limit,
            "total_rows": self.total_rows,
        })
    }
}

/// A query as statements.
///
/// # Errors
/// The part of the language that they cannot say.
pub fn asked(world: &World, spec: &Spec) -> Result<Asked, Skipped> {
    let writer = Writer::new(world, spec);
    if spec.rows_mode {
        return Ok(writer.rows());
    }
    writer.refuse()?;
    Ok(writer.groups())
}

impl Writer<'_> {
    /// A query of rows: its measures are further columns.
    fn rows(&self) -> Asked {
        let spec = self.spec;
        let mut columns = Vec::new();
        let mut shown = Vec::new();
        for (index, dimension) in spec.dimensions.iter().enumerate() {
            columns.push(self.member(dimension, index));
            shown.push(self.dimensions[index]);
        }
        for at in spec.measures.iter().filter_map(|measure| measure.at) {
            columns.push(self.column(at));
            shown.push(shown::column(self.ground, at));
        }
        let named: Vec<String> =
            columns.iter().enumerate().map(|(index, column)| format!("{column} AS {}", key(index))).collect();
        let cells: Vec<String> =
            shown.iter().enumerate().map(|(index, shown)| self.shown(&key(index), *shown)).collect();
        let place = |of: Output| match of {
            Output::Dimension(index) => index,
            Output::Cell(index) => spec.dimensions.len() + index,
        };
        let mut order: Vec<String> =
            spec.order.iter().map(|key| sorted(&Key { of: Output::Dimension(place(key.of)), ..*key })).collect();
        order.push("_row".to_owned());
        let query = format!(
            "SELECT {} FROM (SELECT {}, _row FROM rows WHERE {}){}",
            cells.join(", "),
            named.join(", "),
            self.all(&spec.filter),
            clause("ORDER BY", &order)
        );
        Asked {
            rows: self.probes().then(&query),
            columns: shown.into_iter().map(kind).collect(),
            totals: Vec::new(),
            other: None,
            pivot: Vec::new(),
            dimensions: cells.len(),
            limit: spec.limit,
            total_rows: spec.total_rows,
        }
    }

    /// A query of groups.
    fn groups(&self) -> Asked {
        let spec = self.spec;
        let mut steps = self.steps();
        let totals = spec.totals.as_ref().map_or_else(Vec::new, |totals| self.totals(totals, &steps));
        let ordered = self.ordered(&mut steps);
        let members = (0..self.dimensions.len()).map(|index| self.shown_member(index));
        let cells: Vec<String> = members.chain(self.shown_cells()).collect();
        let named = cells.iter().enumerate().map(|(index, cell)| format!(", {cell} AS o{index}"));
        steps.chain.add("output", format!("SELECT *{} FROM {}", named.collect::<String>(), steps.rows));
        let mut columns: Vec<String> = (0..cells.len()).map(|index| format!("o{index}")).collect();
        columns.extend(self.other().map(|_| "r.other".to_owned()));
        if !spec.pivot.is_empty() {
            let mut above = spec.pivot.clone();
            above.sort_unstable();
            let order: Vec<String> = above.iter().flat_map(|index| self.sort(&ascending(*index))).collect();
            let order: Vec<String> = order.iter().map(|key| format!("r.{key}")).collect();
            columns.push(format!("dense_rank() OVER ({})", clause("ORDER BY", &order)));
        }
        let query = format!("SELECT {} FROM output r{ordered}", columns.join(", "));
        Asked {
            rows: steps.chain.then(&query),
            columns: self.dimensions.iter().chain(&self.cells).map(|shown| kind(*shown)).collect(),
            totals,
            other: self.other(),
            pivot: spec.pivot.clone(),
            dimensions: self.dimensions.len(),
            limit: spec.limit,
            total_rows: spec.total_rows,
        }
    }
}
