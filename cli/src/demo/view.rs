//! How a tile is shown: figures, a table, or a chart.

use drillcore::{Cell, ColumnType, QueryResult};
use indicatif::HumanFloatCount;

use super::charts;
use crate::grid::grid;

/// The way a tile is shown. Charts show the last column over the first, whose cells a function makes into labels.
#[derive(Debug, Clone, Copy)]
pub(super) enum View {
    /// One row as figures with their names.
    Figures,
    /// Month, member and number: a row per member, the months as one small line.
    Months,
    /// A bar per row.
    Bars(fn(&str) -> String),
    /// A column per row.
    Columns(fn(&str) -> String),
    /// All cells.
    Table,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl View {
    /// The answer as text that ends with a line end.
    pub(super) fn show(self, answer: &QueryResult) -> String {
        let labelled = |label: fn(&str) -> String| -> Vec<(String, Option<f64>)> {
            label_values(answer).into_iter().map(|(text, value)| (label(&text), value)).collect()
        };
        match self {
            Self::Figures => figures(answer),
            Self::Months => months(answer),
            Self::Bars(label) => charts::bars(&labelled(label), number_format(answer)),
            Self::Columns(label) => charts::columns(&labelled(label), number_format(answer)),
            Self::Table => format!("{}\n", answer.table()),
        }
    }
}

/// The first column as text and the last as number, row by row.
pub(super) fn label_values(answer: &QueryResult) -> Vec<(String, Option<f64>)> {
    let row = |cells: Vec<Cell>| {
        let label = cells.first().map_or_else(String::new, ToString::to_string);
        (label, cells.last().and_then(number))
    };
    answer.rows().map(row).collect()
}

/// The label as it stands.
pub(super) fn text(label: &str) -> String {
    label.to_owned()
}

/// The year of a date.
pub(super) fn year(date: &str) -> String {
    date.split('-').next().unwrap_or(date).to_owned()
}

/// The month of a date by its name.
pub(super) fn month_name(date: &str) -> String {
    month_index(date).and_then(|index| MONTHS.get(index)).map_or_else(|| date.to_owned(), ToString::to_string)
}

/// The day in the month of a date.
pub(super) fn day_number(date: &str) -> String {
    date.rsplit('-').next().unwrap_or(date).trim_start_matches('0').to_owned()
}

/// From 0 for January.
fn month_index(date: &str) -> Option<usize> {
    date.split('-').nth(1)?.parse::<usize>().ok()?.checked_sub(1)
}

fn figures(answer: &QueryResult) -> String {
    let figure = |cell: Cell, name: &str| match number(&cell) {
        Some(value) if matches!(cell, Cell::Float(_)) => format!("{} {name}", tenths(value)),
        Some(value) => format!("{} {name}", whole(value)),
        None => format!("{} {name}", label(&cell)),
    };
    let row = answer.rows().next().unwrap_or_default();
    let figures: Vec<String> =
        row.into_iter().zip(answer.columns()).map(|(cell, column)| figure(cell, &column.name)).collect();
    format!("{}\n", figures.join(" · "))
}

/// Members by their total, with what each month had.
fn months(answer: &QueryResult) -> String {
    let mut members: Vec<(String, f64, [Option<f64>; 12])> = Vec::new();
    for cells in answer.rows() {
        let [month, member, value] = cells.as_slice() else { continue };
        let (member, value) = (label(member), number(value));
        let place = members.iter().position(|(known, ..)| *known == member).unwrap_or_else(|| {
            members.push((member, 0.0, [None; 12]));
            members.len() - 1
        });
        let Some((_, total, line)) = members.get_mut(place) else { continue };
        *total += value.unwrap_or(0.0);
        if let Some(slot) = month_index(&month.to_string()).and_then(|index| line.get_mut(index)) {
            *slot = value;
        }
    }
    members.sort_by(|(left, a, _), (right, b, _)| b.total_cmp(a).then_with(|| left.cmp(right)));
    let names: Vec<&str> = answer.columns().iter().skip(1).map(|column| column.name.as_str()).collect();
    let [member, value] = names.as_slice() else { return String::new() };
    let rows = members.into_iter().map(|(name, total, line)| vec![name, whole(total), charts::spark(&line)]);
    grid(&[*member, *value, "JFMAMJJASOND"], &[false, true, false], rows)
}

fn label(cell: &Cell) -> String {
    if cell.is_null() { "-".to_owned() } else { cell.to_string() }
}

/// The value of a number, near enough for a chart.
fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Float(value) => Some(*value),
        Cell::Integer(_) | Cell::Decimal(_) => cell.to_string().parse().ok(),
        _ => None,
    }
}

/// How the last column of an answer is written beside a chart.
fn number_format(answer: &QueryResult) -> fn(f64) -> String {
    match answer.columns().last().map(|column| column.column_type) {
        Some(ColumnType::Integer) => whole,
        Some(ColumnType::Decimal { scale, .. }) if scale <= 0 => whole,
        _ => tenths,
    }
}

fn whole(value: f64) -> String {
    HumanFloatCount(value.round()).to_string()
}

fn tenths(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::{day_number, month_name, whole, year};

    #[test]
    fn buckets_are_called_as_people_do() {
        assert_eq!(year("2013-01-01"), "2013");
        assert_eq!(month_name("2013-07-01"), "July");
        assert_eq!(month_name("2013-12-01"), "December");
        assert_eq!(month_name("null"), "null");
        assert_eq!(day_number("2013-07-01"), "1");
        assert_eq!(day_number("2013-07-30"), "30");
        assert_eq!(whole(336_776.0), "336,776");
    }
}
