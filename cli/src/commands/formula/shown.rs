//! Values as text: as a `CAST` to text writes them.

use drillcore::Cell;
use drillcore_formulas::{Node, Type, Typed, Value, evaluate};

/// What stands for no value.
const NULL: &str = "null";

/// A value of a type.
pub(super) fn value(value: &Value, value_type: Type) -> String {
    let leaf = Typed { node: Node::Leaf(()), value_type };
    let text = match value_type {
        Type::Text => leaf,
        _ => Typed { node: Node::Convert(Box::new(leaf)), value_type: Type::Text },
    };
    match evaluate(&text, &mut |()| value.clone()) {
        Value::Text(text) => text,
        _ => NULL.to_owned(),
    }
}

/// A cell of an answer.
pub(super) fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Float(float) => value(&Value::Float(*float), Type::Float),
        other => other.to_string(),
    }
}

/// An instant in UTC.
pub(super) fn instant(micros: i64) -> String {
    value(&Value::Datetime(micros), Type::Datetime)
}

#[cfg(test)]
mod tests {
    use drillcore::Cell;
    use drillcore_formulas::{Decimal, Type, Value};

    use super::{cell, instant, value};

    #[test]
    fn values_are_written_as_formulas_write_them() {
        let decimal = Type::Decimal { precision: 10, scale: 2 };
        for (found, value_type, text) in [
            (Value::Integer(3), Type::Integer, "3"),
            (Value::Decimal(Decimal::new(250, 2)), decimal, "2.50"),
            (Value::Float(3.0), Type::Float, "3.0"),
            (Value::Float(0.1), Type::Float, "0.1"),
            (Value::Text(" a\n".to_owned()), Type::Text, " a\n"),
            (Value::Boolean(true), Type::Boolean, "true"),
            (Value::Date(19_783), Type::Date, "2024-03-01"),
            (Value::LocalDatetime(1_709_289_000_000_000), Type::LocalDatetime, "2024-03-01T10:30:00"),
            (Value::Datetime(1_709_289_000_000_000), Type::Datetime, "2024-03-01T10:30:00Z"),
            (Value::Null, Type::Text, "null"),
            (Value::Null, Type::Integer, "null"),
        ] {
            assert_eq!(value(&found, value_type), text);
        }
        assert_eq!(instant(0), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn cells_are_written_alike() {
        for (found, text) in [
            (Cell::Null, "null"),
            (Cell::Integer(3), "3"),
            (Cell::Decimal("2.50".to_owned()), "2.50"),
            (Cell::Float(3.0), "3.0"),
            (Cell::Float(1e21), "1e+21"),
            (Cell::Text("a".to_owned()), "a"),
        ] {
            assert_eq!(cell(&found), text);
        }
    }
}
