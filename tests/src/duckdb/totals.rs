//! Totals: each level is a statement of its own, the measures over the rows below, as if the keys kept were the only
//! dimensions.

use super::chain::{clause, meet};
use super::columns::{Writer, key};
use super::literals::{cast, decimal};
use super::output::null;
use super::steps::Steps;
use super::windows::ascending;
use crate::oracle::value::digits;
use crate::shown::Shown;
use crate::spec::{Totals, WindowTotal};

impl Writer<'_> {
    /// The dimensions kept and the statement of each level.
    pub(super) fn totals(&self, totals: &Totals, steps: &Steps<'_>) -> Vec<(Vec<usize>, String)> {
        let grand = totals.grand.then(Vec::new);
        let levels = grand.into_iter().chain(totals.levels.iter().cloned());
        levels.map(|kept| (kept.clone(), self.level(&kept, totals.all_rows, steps))).collect()
    }

    fn level(&self, kept: &[usize], all_rows: bool, steps: &Steps<'_>) -> String {
        let mut chain = steps.chain.clone();
        let other = self.other().is_some_and(|of| kept.contains(&of));
        let mut keys: Vec<String> = kept.iter().map(|index| key(*index)).collect();
        if other {
            keys.push("other".to_owned());
        }
        let below = match (all_rows, other) {
            (false, _) => steps.visible(),
            (true, false) => "facts".to_owned(),
            (true, true) => "(SELECT *, FALSE AS other FROM facts)".to_owned(),
        };
        chain.add("total", self.evaluated(&steps.parts, &below, &keys));
        // Windows look at all dimensions and at the mark of the remainder.
        let missing = (0..self.dimensions.len()).filter(|index| !kept.contains(index));
        let mut columns = vec!["*".to_owned()];
        columns.extend(missing.map(|index| format!("NULL AS {}", key(index))));
        columns.extend((!other).then(|| "FALSE AS other".to_owned()));
        let mut rows = chain.add("level", format!("SELECT {} FROM total", columns.join(", ")));
        for (number, window) in self.spec.windows.iter().enumerate() {
            let cell = self.spec.first_window() + number;
            let shown = self.cells[cell];
            let with = match window.total {
                WindowTotal::None => format!("SELECT *, {} AS c{cell} FROM {rows}", null(shown)),
                WindowTotal::Native => format!("SELECT *, {} AS c{cell} FROM {rows}", self.window(window, Some(kept))),
                WindowTotal::SumOfRows => {
                    let below = chain.add(format!("below{number}"), sums(cell, shown, &keys, &steps.rows));
                    let meet = meet(&rows, &below, &keys);
                    format!("SELECT {rows}.*, {below}.sum AS c{cell} FROM {rows} LEFT JOIN {below} ON {meet}")
                }
            };
            rows = chain.add(format!("level{number}"), with);
        }
        let shown = |index: usize| if kept.contains(&index) { self.shown_member(index) } else { "NULL".to_owned() };
        let cells: Vec<String> = (0..self.dimensions.len()).map(shown).chain(self.shown_cells()).collect();
        let mut cells: Vec<String> =
            cells.iter().enumerate().map(|(index, cell)| format!("{cell} AS o{index}")).collect();
        cells.extend(self.other().map(|_| "other".to_owned()));
        let order: Vec<String> = kept.iter().flat_map(|index| self.sort(&ascending(*index))).collect();
        chain.then(&format!("SELECT {} FROM {rows}{}", cells.join(", "), clause("ORDER BY", &order)))
    }
}

/// The sums of a cell over the rows of the answer, in its own type.
fn sums(cell: usize, shown: Shown, keys: &[String], rows: &str) -> String {
    let sum = match shown {
        Shown::Float => format!("float_sum(c{cell})"),
        Shown::Integer => format!("TRY_CAST(sum(c{cell}) AS BIGINT)"),
        _ => cast(&format!("sum(c{cell})"), &decimal(digits(shown))),
    };
    let mut columns = keys.to_vec();
    columns.push(format!("{sum} AS sum"));
    format!("SELECT {} FROM {rows}{}", columns.join(", "), clause("GROUP BY", keys))
}
