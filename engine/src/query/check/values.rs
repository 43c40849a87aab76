//! Values that are settings: numbers, and how many of something.

use crate::error::{Error, Result};
use crate::query::Literal;
use crate::query::decimal::Digits;

/// A finite number.
pub(super) fn number(value: &Literal) -> Result<Digits> {
    check_number(value)?;
    value.digits().ok_or_else(|| Error::query(format!("expected a number, found {}", value.describe())))
}

/// A number above 0.
pub(super) fn positive(value: &Literal) -> Result<()> {
    if number(value)?.is_positive() { Ok(()) } else { Err(Error::query("expected a number above 0")) }
}

/// Numbers as the builder may have made them by hand.
pub(super) fn check_number(value: &Literal) -> Result<()> {
    if matches!(value, Literal::Number(_) | Literal::Decimal(_)) && value.digits().is_none() {
        return Err(Error::query("not a finite number in plain digits"));
    }
    Ok(())
}

/// One value, which may be NULL.
pub(super) fn scalar(value: &Literal) -> Result<()> {
    match value {
        Literal::List(_) => Err(Error::query("expected one value, found a list")),
        value => check_number(value),
    }
}

pub(super) fn one_or_more(count: Option<u64>, path: &str) -> Result<()> {
    if count == Some(0) { Err(Error::query("expected 1 or more").at(path)) } else { Ok(()) }
}
