//! Window calculations.

use super::chain::clause;
use super::columns::{Writer, key};
use super::formulas::{Typed, arithmetic};
use super::literals::{cast, decimal, plain};
use crate::oracle::value::digits;
use crate::shown::{self, Shown};
use crate::spec::{Key, Literal, Output, Sign, Window, WindowFunction};

/// A dimension, ascending.
pub(super) fn ascending(dimension: usize) -> Key {
    Key { of: Output::Dimension(dimension), descending: false, nulls_first: false, tiered: false }
}

/// A key of an order in SQL.
pub(super) fn sorted(key: &Key) -> String {
    let column = match key.of {
        Output::Dimension(index) => format!("k{index}"),
        Output::Cell(index) => format!("c{index}"),
    };
    let direction = if key.descending { "DESC" } else { "ASC" };
    let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
    format!("{column} {direction} NULLS {nulls}")
}

/// What a function looks at: the rows that share some columns, in an order.
struct Frame {
    partition: Vec<String>,
    order: Vec<String>,
}

impl Frame {
    fn over(&self, rows: &str) -> String {
        let (partition, order) = (clause("PARTITION BY", &self.partition), clause("ORDER BY", &self.order));
        format!("OVER ({partition}{order}{rows})")
    }
}

impl Writer<'_> {
    /// A key of an order; the remainder of a top stands behind the members.
    pub(super) fn sort(&self, key: &Key) -> Vec<String> {
        let of_top = matches!(key.of, Output::Dimension(index) if self.other() == Some(index));
        if of_top { vec!["other".to_owned(), sorted(key)] } else { vec![sorted(key)] }
    }

    /// The value of a window; in totals its partition has only the dimensions kept.
    pub(super) fn window(&self, window: &Window, kept: Option<&[usize]>) -> String {
        let dimensions = 0..self.dimensions.len();
        let mut asked = window.order.clone();
        if asked.is_empty() && window.function != WindowFunction::PercentOfTotal {
            let first = self.dimensions.iter().position(|shown| shown.is_time());
            asked.push(ascending(first.expect("a date among the dimensions")));
        }
        let named = |index: &usize| asked.iter().any(|key| key.of == Output::Dimension(*index));
        let mut partition: Vec<usize> = match &window.partition {
            Some(partition) => partition.clone(),
            None if window.function.runs_along() => dimensions.clone().filter(|index| !named(index)).collect(),
            None => Vec::new(),
        };
        partition.retain(|index| kept.is_none_or(|kept| kept.contains(index)));
        let mut columns: Vec<String> = partition.iter().map(|index| key(*index)).collect();
        if self.other().is_some_and(|of| partition.contains(&of)) {
            columns.push("other".to_owned());
        }
        let order: Vec<String> = asked.iter().flat_map(|key| self.sort(key)).collect();
        let ties = dimensions.filter(|index| !named(index)).flat_map(|index| self.sort(&ascending(index)));
        let whole: Vec<String> = order.iter().cloned().chain(ties).collect();
        if window.function.is_rank() {
            return rank(window, columns, order, whole);
        }
        self.along(window, &Frame { partition: columns, order: whole })
    }

    fn along(&self, window: &Window, frame: &Frame) -> String {
        let of = window.of.expect("a column");
        let shown = self.cells[of];
        let value = Typed::new(format!("c{of}"), shown);
        let x = &value.sql;
        let offset = window.offset.unwrap_or(1);
        let earlier = || Typed::new(format!("lag({x}, {offset}) {}", frame.over("")), shown);
        let default = || match &window.default {
            Some(default) => format!(", {}", of_type(default, shown)),
            None => String::new(),
        };
        match window.function {
            WindowFunction::RunningTotal => sum_over(&value, &frame.over(" ROWS UNBOUNDED PRECEDING")),
            WindowFunction::MovingAverage => {
                let size = window.size.expect("a number of rows");
                let over = frame.over(&format!(" ROWS {} PRECEDING", size - 1));
                match shown {
                    Shown::Float => format!("finite({} / count({x}) {over})", sum_over(&value, &over)),
                    _ => format!("avg({x}) {over}"),
                }
            }
            WindowFunction::PercentOfTotal => {
                let all = Frame { partition: frame.partition.clone(), order: Vec::new() };
                let total = Typed::new(sum_over(&value, &all.over("")), shown::sum(shown));
                format!("finite({} / {})", value.float(), total.float())
            }
            WindowFunction::PercentChange => format!("finite({} / {} - 1)", value.float(), earlier().float()),
            WindowFunction::Difference => arithmetic(Sign::Subtract, &value.clone().exact(), &earlier().exact()).sql,
            WindowFunction::Lag => format!("lag({x}, {offset}{}) {}", default(), frame.over("")),
            WindowFunction::Lead => format!("lead({x}, {offset}{}) {}", default(), frame.over("")),
            function => {
                let rows = " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";
                format!("{}({x}) {}", function.name(), frame.over(rows))
            }
        }
    }
}

/// Ranks go by what is asked only, the others by the whole order. The remainder has none and does not count.
fn rank(window: &Window, mut partition: Vec<String>, asked: Vec<String>, whole: Vec<String>) -> String {
    if !partition.iter().any(|column| column == "other") {
        partition.push("other".to_owned());
    }
    let ties = matches!(window.function, WindowFunction::Rank | WindowFunction::DenseRank);
    let frame = Frame { partition, order: if ties { asked } else { whole } };
    let parts = window.size.map_or(String::new(), |parts| parts.to_string());
    format!("CASE WHEN NOT other THEN {}({parts}) {} END", window.function.name(), frame.over(""))
}

/// A sum over some rows.
fn sum_over(value: &Typed, over: &str) -> String {
    let x = &value.sql;
    if value.shown == Shown::Float {
        let each = |function: &str, of: &str| format!("{function}({of}) {over}");
        let sums = [format!("fine({x})"), format!("coarse({x})"), x.clone()].map(|of| each("sum", &of));
        return format!("best_sum({}, {})", each("max", &format!("abs({x})")), sums.join(", "));
    }
    cast(&format!("sum({x}) {over}"), &decimal(digits(value.shown)))
}

/// A literal as a value of a column.
fn of_type(literal: &Literal, shown: Shown) -> String {
    match shown {
        Shown::Sum(digits) => cast(&plain(literal), &decimal(digits)),
        Shown::Decimal(digits) => cast(&plain(literal), &format!("DECIMAL(18, {digits})")),
        Shown::Float => cast(&plain(literal), "DOUBLE"),
        _ => plain(literal),
    }
}
