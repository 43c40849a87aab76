//! Date literals as half-open ranges of the column they are compared with.

use datafusion::scalar::ScalarValue;

use super::{Bound, Predicate, Scalar, Test};
use crate::error::{Error, Result};
use crate::model::{ColumnType, Level};
use crate::query::{Literal, Operator};
use crate::time::{Calendar, OpenRange, TimeInterval, TimeKind, parse_interval};

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
    Ok((value(start, column_type)?, value(end, column_type)?))
}

/// A day or microsecond as a value of a column.
pub(super) fn value(at: i64, column_type: ColumnType) -> Result<ScalarValue> {
    Ok(match column_type {
        ColumnType::Date => {
            let day = i32::try_from(at).map_err(|_| Error::query("the date is out of the range of dates"))?;
            ScalarValue::Date32(Some(day))
        }
        ColumnType::LocalDatetime => ScalarValue::TimestampMicrosecond(Some(at), None),
        _ => ScalarValue::TimestampMicrosecond(Some(at), Some("UTC".into())),
    })
}

/// The same for one that may lie beyond all values of the column.
pub(super) fn clamped(at: i64, column_type: ColumnType) -> Result<ScalarValue> {
    match column_type {
        ColumnType::Date => value(at.clamp(i32::MIN.into(), i32::MAX.into()), column_type),
        _ => value(at, column_type),
    }
}

/// The day or microsecond that a value of a date stands for.
pub(super) fn raw(value: &ScalarValue) -> Option<i64> {
    match value {
        ScalarValue::Date32(day) => day.map(i64::from),
        ScalarValue::TimestampMicrosecond(at, _) => *at,
        _ => None,
    }
}

/// The test of a range of days or microseconds.
pub(super) fn between_raw(of: &Scalar, range: OpenRange) -> Result<Predicate> {
    let column_type = of.output_type().column_type();
    // A range may reach further than any date does.
    let at = |at: i64| clamped(at, column_type);
    let low = range.start.map(at).transpose()?.map(|value| Bound { value, inclusive: true });
    let high = range.end.map(at).transpose()?.map(|value| Bound { value, inclusive: false });
    Ok(between(of, low, high))
}

/// What a bucket is made of: a bucket is compared by the range of values that lie in it, so that files can be pruned.
pub(super) fn unbucketed(of: Scalar) -> Scalar {
    match of {
        Scalar::Bucket { of, .. } => (*of).clone(),
        other => other,
    }
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
