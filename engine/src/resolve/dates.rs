//! Date literals as half-open ranges of the column they are compared with.

use datafusion::scalar::ScalarValue;

use super::{Bound, Predicate, Scalar, Test};
use crate::error::{Error, Result};
use crate::model::{ColumnType, Level};
use crate::query::{Literal, Operator};
use crate::time::{Calendar, TimeInterval, TimeKind, parse_interval};

/// What `literal` stands for: from the first value, up to but without the second.
fn range(
    literal: &Literal,
    column_type: ColumnType,
    level: Option<Level>,
    calendar: &Calendar,
) -> Result<(ScalarValue, ScalarValue)> {
    let text = match literal {
        Literal::Text(text) => text.clone(),
        // A year may be written as a number.
        Literal::Integer(year) => year.to_string(),
        _ => return Err(Error::query("a date or datetime is compared with a text such as '2013-02-01'")),
    };
    let kind = match column_type {
        ColumnType::Date => TimeKind::Date,
        ColumnType::LocalDatetime => TimeKind::Local,
        _ => TimeKind::Datetime,
    };
    let TimeInterval { start, end } = parse_interval(&text, calendar, level, kind)?;
    let value = |at: i64| -> Result<ScalarValue> {
        Ok(match column_type {
            ColumnType::Date => {
                let day =
                    i32::try_from(at).map_err(|_| Error::query(format!("`{text}` is out of the range of dates")))?;
                ScalarValue::Date32(Some(day))
            }
            ColumnType::LocalDatetime => ScalarValue::TimestampMicrosecond(Some(at), None),
            _ => ScalarValue::TimestampMicrosecond(Some(at), Some("UTC".into())),
        })
    };
    Ok((value(start)?, value(end)?))
}

/// The values that a literal stands for.
pub(super) fn equal(of: &Scalar, literal: &Literal, level: Option<Level>, calendar: &Calendar) -> Result<Predicate> {
    let (start, end) = range(literal, of.output_type().column_type(), level, calendar)?;
    Ok(between(of, Some(Bound { value: start, inclusive: true }), Some(Bound { value: end, inclusive: false })))
}

/// `<` is before the start of what the literal stands for, `<=` before its end, `>` from its end, `>=` from its start.
pub(super) fn compare(
    of: &Scalar,
    operator: Operator,
    literal: &Literal,
    level: Option<Level>,
    calendar: &Calendar,
) -> Result<Predicate> {
    let (start, end) = range(literal, of.output_type().column_type(), level, calendar)?;
    let below = |value| Some(Bound { value, inclusive: false });
    let from = |value| Some(Bound { value, inclusive: true });
    Ok(match operator {
        Operator::Less => between(of, None, below(start)),
        Operator::LessOrEqual => between(of, None, below(end)),
        Operator::Greater => between(of, from(end), None),
        _ => between(of, from(start), None),
    })
}

/// From the start of the first literal to the end of the second.
pub(super) fn within(
    of: &Scalar,
    low: &Literal,
    high: &Literal,
    level: Option<Level>,
    calendar: &Calendar,
) -> Result<Predicate> {
    let column_type = of.output_type().column_type();
    let (start, _) = range(low, column_type, level, calendar)?;
    let (_, end) = range(high, column_type, level, calendar)?;
    Ok(between(of, Some(Bound { value: start, inclusive: true }), Some(Bound { value: end, inclusive: false })))
}

fn between(of: &Scalar, low: Option<Bound>, high: Option<Bound>) -> Predicate {
    Predicate::Test(Test::Range { of: of.clone(), low, high, folded: false })
}
