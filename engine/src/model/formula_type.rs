//! The types of columns and the types of formulas, which are the same ones: formulas know nothing of Arrow.

use drillcore_formulas::Type;

use super::ColumnType;

/// The type of a column that holds what a formula gives.
pub(crate) fn column_type(formula: Type) -> ColumnType {
    match formula {
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

/// The type of a column in formulas.
pub(crate) fn formula_type(column: ColumnType) -> Type {
    match column {
        ColumnType::Boolean => Type::Boolean,
        ColumnType::Integer => Type::Integer,
        ColumnType::Decimal { precision, scale } => Type::Decimal { precision, scale },
        ColumnType::Float => Type::Float,
        ColumnType::Text => Type::Text,
        ColumnType::Date => Type::Date,
        ColumnType::Datetime => Type::Datetime,
        ColumnType::LocalDatetime => Type::LocalDatetime,
    }
}

#[cfg(test)]
mod tests {
    use super::{column_type, formula_type};
    use crate::model::ColumnType;

    #[test]
    fn both_ways_lead_back_and_names_agree() {
        for column in [
            ColumnType::Boolean,
            ColumnType::Integer,
            ColumnType::Decimal { precision: 40, scale: -2 },
            ColumnType::Float,
            ColumnType::Text,
            ColumnType::Date,
            ColumnType::Datetime,
            ColumnType::LocalDatetime,
        ] {
            let formula = formula_type(column);
            assert_eq!(column_type(formula), column);
            assert_eq!(formula.to_string(), column.name());
        }
    }
}
