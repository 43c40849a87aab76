//! What the functions of a query document take and give; in formulas their registry says it.

use crate::model::ColumnType;
use crate::query::WindowFunction;

/// The type of a window column over a column of that type.
///
/// # Errors
///
/// Why the function does not take the column: a part of a sentence about the window.
pub(crate) fn window_type(function: WindowFunction, of: Option<ColumnType>) -> Result<ColumnType, String> {
    let name = function.as_str();
    let Some(of) = of else {
        let no_column = || format!("`{name}` needs a column to compute from");
        return if function.is_rank() { Ok(ColumnType::Integer) } else { Err(no_column()) };
    };
    match function {
        WindowFunction::Rank | WindowFunction::DenseRank | WindowFunction::RowNumber | WindowFunction::Ntile => {
            Err(format!("`{name}` takes no column, only an order"))
        }
        WindowFunction::Lag | WindowFunction::Lead | WindowFunction::FirstValue | WindowFunction::LastValue => Ok(of),
        WindowFunction::RunningTotal => number(name, of, 19),
        WindowFunction::Difference => match of {
            ColumnType::Integer => Ok(of),
            _ => number(name, of, 1),
        },
        WindowFunction::MovingAverage | WindowFunction::PercentOfTotal | WindowFunction::PercentChange => {
            number(name, of, 0).map(|_| ColumnType::Float)
        }
    }
}

/// The type of a sum, with so many digits more than a decimal has.
fn number(function: &str, of: ColumnType, more_digits: u8) -> Result<ColumnType, String> {
    match of {
        ColumnType::Float => Ok(of),
        ColumnType::Integer => Ok(ColumnType::Decimal { precision: 38, scale: 0 }),
        ColumnType::Decimal { precision, scale } => {
            Ok(ColumnType::Decimal { precision: precision.saturating_add(more_digits).min(76), scale })
        }
        _ => Err(format!("`{function}` takes numbers, and not {}", of.name())),
    }
}

#[cfg(test)]
mod tests {
    use super::window_type;
    use crate::model::ColumnType;
    use crate::query::WindowFunction;

    #[test]
    fn functions_take_what_they_can_compute() {
        #[track_caller]
        fn check(function: WindowFunction, of: Option<ColumnType>, expected: &str) {
            let found = window_type(function, of).map_or_else(|why| why, ColumnType::name);
            assert_eq!(found, expected);
        }
        use ColumnType::{Datetime, Float, Integer, Text};
        let money = Some(ColumnType::Decimal { precision: 12, scale: 2 });
        let wide = Some(ColumnType::Decimal { precision: 76, scale: 2 });
        check(WindowFunction::RunningTotal, Some(Integer), "decimal(38,0)");
        check(WindowFunction::RunningTotal, money, "decimal(31,2)");
        check(WindowFunction::RunningTotal, wide, "decimal(76,2)");
        check(WindowFunction::RunningTotal, Some(Float), "float");
        check(WindowFunction::RunningTotal, Some(Text), "`running_total` takes numbers, and not text");
        check(WindowFunction::Difference, Some(Integer), "integer");
        check(WindowFunction::Difference, money, "decimal(13,2)");
        check(WindowFunction::Difference, wide, "decimal(76,2)");
        check(WindowFunction::Difference, Some(Datetime), "`difference` takes numbers, and not datetime");
        check(WindowFunction::MovingAverage, Some(Integer), "float");
        check(WindowFunction::PercentOfTotal, money, "float");
        check(WindowFunction::PercentChange, None, "`percent_change` needs a column to compute from");
        check(WindowFunction::Lag, Some(Text), "text");
        check(WindowFunction::LastValue, wide, "decimal(76,2)");
        check(WindowFunction::Rank, None, "integer");
        check(WindowFunction::Ntile, Some(Integer), "`ntile` takes no column, only an order");
    }
}
