//! One round: some formulas over one table, both sides, cell by cell.

use drillcore::ColumnType;
use drillcore_formulas::{Setting, Type, Value};

use super::ask::{Answered, ask};
use super::coverage::Coverage;
use super::formula::Formula;
use super::shown::described;
use super::shrink::shrink;
use super::table::Table;
use super::values::same;
use crate::engine_side::Db;

/// Reports after which a round stops, so that a broken rule does not fill the screen.
const ENOUGH: usize = 3;

/// Where both sides differ.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The row, if it is one.
    pub row: Option<usize>,
    /// How.
    pub what: String,
}

/// Asks both sides for some formulas. What they disagree about comes back as reports; what they agree about is counted.
pub fn round(db: &Db, table: &Table, setting: &Setting, formulas: &[Formula], coverage: &mut Coverage) -> Vec<String> {
    let mut reports = Vec::new();
    for formula in formulas {
        if let Err(what) = formula.check_printing() {
            reports.push(format!("{}\n{what}", formula.text));
        }
    }
    let texts: Vec<&str> = formulas.iter().map(|formula| formula.text.as_str()).collect();
    let asked = ask(db, table, setting, &texts);
    let mut differences = 0;
    for (place, formula) in formulas.iter().enumerate() {
        let compared = match &asked {
            Ok(answers) => compare(formula, table, &answers[place]),
            // The whole query failed: each formula is asked alone.
            Err(_) => alone(db, table, setting, formula),
        };
        match compared {
            Ok(nulls) => {
                coverage.cells += table.rows.len();
                coverage.nulls += nulls;
            }
            Err(difference) if differences < ENOUGH => {
                reports.push(report(db, table, setting, formula, &difference));
                differences += 1;
            }
            Err(_) => differences += 1,
        }
    }
    match asked {
        Err(what) if differences == 0 => {
            reports.push(format!("{what}\nthough each alone is answered:\n{}", texts.join("\n")));
        }
        _ if differences > ENOUGH => reports.push(format!("and {} more in the same round", differences - ENOUGH)),
        _ => {}
    }
    reports
}

/// Compares an answer of the engine with what the reference gives, and counts its NULLs.
///
/// # Errors
/// The first difference.
pub fn compare(formula: &Formula, table: &Table, answered: &Answered) -> Result<usize, Difference> {
    let wanted = column_type(formula.typed.value_type);
    if answered.column_type != wanted {
        let what = format!("the type is {} instead of {}", answered.column_type.name(), wanted.name());
        return Err(Difference { row: None, what });
    }
    let mut nulls = 0;
    for (place, (row, found)) in table.rows.iter().zip(&answered.values).enumerate() {
        let expected = formula.value(row).map_err(|what| Difference { row: Some(place), what })?;
        if !same(&expected, found) {
            let what = format!("reference: {}\nengine:    {}", described(&expected), described(found));
            return Err(Difference { row: Some(place), what });
        }
        nulls += usize::from(matches!(found, Value::Null));
    }
    Ok(nulls)
}

/// One formula, asked in a query of its own.
fn alone(db: &Db, table: &Table, setting: &Setting, formula: &Formula) -> Result<usize, Difference> {
    let answers = ask(db, table, setting, &[&formula.text]).map_err(|what| Difference { row: None, what })?;
    compare(formula, table, &answers[0])
}

fn column_type(value_type: Type) -> ColumnType {
    match value_type {
        Type::Boolean => ColumnType::Boolean,
        Type::Integer => ColumnType::Integer,
        Type::Decimal { precision, scale } => ColumnType::Decimal { precision, scale },
        Type::Float => ColumnType::Float,
        Type::Text => ColumnType::Text,
        Type::Date => ColumnType::Date,
        Type::Datetime => ColumnType::Datetime,
        Type::LocalDatetime => ColumnType::LocalDatetime,
    }
}

/// All that helps with a difference: the formula, a smaller one, and the row.
fn report(db: &Db, table: &Table, setting: &Setting, formula: &Formula, difference: &Difference) -> String {
    let fails = |candidate: &Formula| alone(db, table, setting, candidate).is_err();
    let row = difference.row.map(|row| table.rows[row].as_slice());
    let small = if fails(formula) { shrink(formula, setting, &table.columns, row, fails) } else { formula.clone() };
    let shown = alone(db, table, setting, &small).err().unwrap_or_else(|| difference.clone());
    let Setting { zone, week_start, fiscal_year_start, now } = setting;
    let mut lines = vec![
        format!("formula:   {}", formula.text),
        format!("shrunk to: {}", small.tree),
        format!("which is   {}", small.typed.value_type),
        shown.what.clone(),
        format!(
            "zone {}, week start {week_start}, fiscal year start {fiscal_year_start}, now {now} us; {} of {} rows",
            zone.name(),
            table.name,
            table.rows.len()
        ),
    ];
    if let Some(row) = shown.row {
        lines.push(format!("row {row}:"));
        let mut places: Vec<usize> = Vec::new();
        small.typed.visit_leaves(&mut |place: &usize| places.push(*place));
        places.sort_unstable();
        places.dedup();
        for place in places {
            lines.push(format!("  {{{}}} = {}", table.columns[place].name, described(&table.rows[row][place])));
        }
    }
    lines.join("\n")
}
