//! One type for several values.

use super::build::{convert, is_null, null};
use super::number::common_number;
use crate::{Error, Span, Type, Typed};

/// The type that values of two types can both have.
fn common(left: Type, right: Type) -> Option<Type> {
    if left == right { Some(left) } else { common_number(left, right) }
}

/// Two values that are compared, as one type.
pub(super) fn alike<L>(left: Typed<L>, right: Typed<L>, span: Span) -> Result<(Typed<L>, Typed<L>), Error> {
    let (l, r) = (left.value_type, right.value_type);
    if is_null(&left) {
        return Ok((null(r), right));
    }
    if is_null(&right) {
        return Ok((left, null(l)));
    }
    let Some(both) = common(l, r) else {
        let hint = if has_text_and_time(l, r) { "; dates are written in filters, not in formulas" } else { "" };
        return Err(Error::new(span, format!("{l} cannot be compared with {r}{hint}")));
    };
    Ok((convert(left, both), convert(right, both)))
}

/// The type of values of which one is chosen. The place of the first that does not fit is told.
pub(super) fn unified<'v, L: 'v>(
    values: impl IntoIterator<Item = (&'v Typed<L>, Span)>,
    chooser: &str,
) -> Result<Type, Error> {
    let mut found: Option<Type> = None;
    for (value, span) in values {
        if is_null(value) {
            continue;
        }
        let next = value.value_type;
        let before = found.unwrap_or(next);
        let both = common(before, next)
            .ok_or_else(|| Error::new(span, format!("{chooser} needs values of one type, not {before} and {next}")))?;
        found = Some(both);
    }
    Ok(found.unwrap_or(Type::Text))
}

fn has_text_and_time(left: Type, right: Type) -> bool {
    let is_time = |value| matches!(value, Type::Date | Type::Datetime | Type::LocalDatetime);
    (left == Type::Text && is_time(right)) || (right == Type::Text && is_time(left))
}
