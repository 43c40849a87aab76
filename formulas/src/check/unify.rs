//! One type for several values.

use super::build::is_null;
use super::number::common_number;
use crate::{Error, Span, Type, Typed};

/// The type that values of two types can both have.
pub(super) fn common(left: Type, right: Type) -> Option<Type> {
    if left == right { Some(left) } else { common_number(left, right) }
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
