//! Members of a dimension, from the form in which an answer shows them back to the values by which rows are grouped.

use datafusion::scalar::ScalarValue;

use super::numbers::{Place, place};
use super::{OutputType, Scalar, dates};
use crate::error::{Error, Result};
use crate::functions::Bins;
use crate::model::{ColumnType, CyclicPart, Kind, WeekStart};
use crate::query::Literal;
use crate::result::{Bin, cell_of};
use crate::time::{Calendar, TimeKind, label_of, parse_interval, part_label};

/// The value of a dimension that a literal stands for; none where the dimension can never have it. NULL is not asked
/// for here.
///
/// - A bucket is named by its start, or by any date or time in it.
/// - A bin is named by its lower border, one between given edges by its label or its place.
/// - A month or weekday is named by its number, or in English.
/// - A member of a hierarchy is named by its id.
///
/// # Errors
///
/// `InvalidQuery` for a literal of another type.
pub(crate) fn value(of: &Scalar, literal: &Literal, calendar: &Calendar) -> Result<Option<ScalarValue>> {
    if let Scalar::Node(node) = of {
        return node.named(literal);
    }
    let output_type = of.output_type();
    let column_type = output_type.column_type();
    if column_type.kind() == Kind::Datetime {
        return time(of, literal, column_type, calendar).map(Some);
    }
    let mismatch = || Error::query(format!("a member of this dimension is {}", column_type.name()));
    Ok(match (output_type, column_type, literal) {
        (OutputType::EdgeBin, _, literal) => match of {
            Scalar::Bin { bins, .. } => edge_bin(bins, literal).map_err(|()| mismatch())?,
            _ => None,
        },
        (OutputType::Cyclic(part), _, Literal::Text(name)) => {
            named_part(part, name, calendar.week_start()).map(|number| ScalarValue::Int64(Some(number)))
        }
        (_, ColumnType::Text, Literal::Text(text)) => Some(ScalarValue::Utf8View(Some(text.clone()))),
        (_, ColumnType::Boolean, Literal::Boolean(value)) => Some(ScalarValue::Boolean(Some(*value))),
        (_, ColumnType::Boolean, Literal::Text(text)) if text == "true" || text == "false" => {
            Some(ScalarValue::Boolean(Some(text == "true")))
        }
        (_, column_type, literal) => match place(literal, column_type).ok_or_else(mismatch)? {
            Place::Exact(value) => Some(value),
            Place::Between { .. } => None,
        },
    })
}

/// A date or time, or the start of the bucket that holds it.
fn time(of: &Scalar, literal: &Literal, column_type: ColumnType, calendar: &Calendar) -> Result<ScalarValue> {
    let Literal::Text(text) = literal else {
        return Err(Error::query("a member of this dimension is a date or time as text"));
    };
    let kind = match column_type {
        ColumnType::Date => TimeKind::Date,
        ColumnType::LocalDatetime => TimeKind::Local,
        _ => TimeKind::Datetime,
    };
    let start = parse_interval(text, calendar, None, kind)?.start;
    match of {
        Scalar::Bucket { level, .. } => dates::value(label_of(*level, start, calendar, kind), column_type),
        _ => dates::value(start, column_type),
    }
}

/// The number of a month or weekday that is given by its English name, in any case.
fn named_part(part: CyclicPart, name: &str, week_start: WeekStart) -> Option<i64> {
    (1..=12).find(|number| {
        part_label(part, *number, week_start, "en").is_some_and(|label| label.eq_ignore_ascii_case(name))
    })
}

/// The place of a bin between edges, given by its label or as it is.
fn edge_bin(bins: &Bins, literal: &Literal) -> Result<Option<ScalarValue>, ()> {
    if !matches!(literal, Literal::Text(_) | Literal::Integer(_)) {
        return Err(());
    }
    let mut number = 0;
    loop {
        let (low, high) = bins.border(number);
        let meant = match literal {
            Literal::Text(label) => {
                Bin::new(low.as_ref().map(cell_of), high.as_ref().map(cell_of), number).label() == *label
            }
            other => *other == Literal::Integer(number),
        };
        if meant {
            return Ok(Some(ScalarValue::Int64(Some(number))));
        }
        // The last bin is open above.
        if high.is_none() {
            return Ok(None);
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::value;
    use crate::functions::Bins;
    use crate::model::{ColumnType, CyclicPart, Level, WeekStart};
    use crate::query::Literal;
    use crate::resolve::{ColumnRef, Scalar};
    use crate::time::{Calendar, Zone};

    fn column(column_type: ColumnType) -> Arc<Scalar> {
        Arc::new(Scalar::Column(ColumnRef { lookup: None, column: "c".to_owned(), column_type }))
    }

    #[track_caller]
    fn check(of: &Scalar, literal: impl Into<Literal>, expected: &str) {
        let calendar = Calendar::new(Zone::named("Europe/Brussels").unwrap(), WeekStart::Sunday, 4).unwrap();
        let shown = match value(of, &literal.into(), &calendar) {
            Ok(Some(value)) => value.to_string(),
            Ok(None) => "none".to_owned(),
            Err(_) => "refused".to_owned(),
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn values_take_the_type_of_the_column() {
        check(&column(ColumnType::Text), "x", "x");
        check(&column(ColumnType::Text), 3, "refused");
        check(&column(ColumnType::Boolean), "true", "true");
        check(&column(ColumnType::Integer), 2.0, "2");
        check(&column(ColumnType::Integer), 2.5, "none");
        check(&column(ColumnType::Decimal { precision: 5, scale: 2 }), 0.5, "0.50");
        check(&column(ColumnType::Integer), "2", "refused");
        check(&column(ColumnType::Integer), vec![2], "refused");
    }

    #[test]
    fn buckets_are_named_by_what_lies_in_them() {
        let at = |level| Scalar::Bucket { of: column(ColumnType::Datetime), level };
        check(&at(Level::Month), "2026-03-01", "2026-03-01");
        check(&at(Level::Month), "2026-03-17", "2026-03-01");
        check(&at(Level::Year), "2026-04", "2026-04-01");
        check(&at(Level::Year), "2026-03-31", "2025-04-01");
        check(&at(Level::Week), "2026-03-18", "2026-03-15");
        // The second of two hours that show the same.
        check(&at(Level::Hour), "2026-10-25T02:30:00+01:00", "1792890000000000");
        check(&at(Level::Month), 3, "refused");
        check(&at(Level::Month), "soon", "refused");
    }

    #[test]
    fn parts_and_bins_are_named_as_they_are_shown() {
        let part = |part| Scalar::Cyclic { of: column(ColumnType::Date), part };
        check(&part(CyclicPart::MonthName), "march", "3");
        check(&part(CyclicPart::MonthName), 3, "3");
        check(&part(CyclicPart::WeekdayName), "Sunday", "1");
        check(&part(CyclicPart::WeekdayName), "Funday", "none");
        let number = column(ColumnType::Integer);
        let edges = Bins::edges(ColumnType::Integer, &["0".to_owned(), "10".to_owned()]).unwrap();
        let edges = Scalar::Bin { of: Arc::clone(&number), bins: edges };
        for (label, place) in [("< 0", "0"), ("0 - 10", "1"), (">= 10", "2"), ("10", "none")] {
            check(&edges, label, place);
        }
        check(&edges, 2, "2");
        check(&edges, 3, "none");
        check(&edges, true, "refused");
        let even = Bins::linear(ColumnType::Integer, "0", "2.5").unwrap();
        check(&Scalar::Bin { of: number, bins: even }, 7.5, "7.5");
    }
}
