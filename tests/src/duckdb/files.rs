//! Tables as files that DuckDB reads.

use super::literals::{digits, quoted, written};
use crate::cell::{Cell, Type};
use crate::oracle::wall;
use crate::world::Table;

/// The type of a column of the tables.
#[must_use]
pub fn column_type(ty: Type) -> String {
    match ty {
        Type::Text => "VARCHAR".to_owned(),
        Type::Boolean => "BOOLEAN".to_owned(),
        Type::Integer => "BIGINT".to_owned(),
        Type::Float => "DOUBLE".to_owned(),
        Type::Decimal(scale) => format!("DECIMAL(18, {scale})"),
        Type::Date => "DATE".to_owned(),
        Type::Datetime | Type::LocalDatetime => "TIMESTAMP".to_owned(),
    }
}

/// A table as CSV, with the number of each row in `_row`. Text is quoted, NULL is nothing.
#[must_use]
pub fn csv(table: &Table) -> String {
    let names: Vec<String> = table.columns.iter().map(|column| quoted(&column.id)).collect();
    let mut lines = format!("_row,{}\n", names.join(","));
    for (number, row) in table.rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().zip(&table.columns).map(|(cell, column)| field(cell, column.ty)).collect();
        lines += &format!("{number},{}\n", cells.join(","));
    }
    lines
}

fn field(cell: &Cell, ty: Type) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Text(text) => quoted(text),
        Cell::Boolean(value) => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        Cell::Float(value) => format!("{value:e}"),
        Cell::Decimal(units) => digits(*units, if let Type::Decimal(scale) = ty { scale } else { 0 }),
        Cell::Day(day) => wall::date(*day).to_string(),
        Cell::Micros(micros) => written(*micros),
    }
}
