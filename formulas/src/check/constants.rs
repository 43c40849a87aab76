//! What must be a constant in a call.

use std::ops::RangeInclusive;

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::suggest::nearest;
use crate::tree::{Expr, ExprKind, Literal};
use crate::{Constant, DateFormat, Error, pattern};

/// One of these words.
pub(super) fn word(expr: &Expr, words: &[&'static str], taker: &str) -> Result<&'static str, Error> {
    let all = || words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ");
    let given = text(expr).ok_or_else(|| Error::new(expr.span, format!("{taker} takes one of {} here", all())))?;
    let found = words.iter().find(|word| word.eq_ignore_ascii_case(given));
    found.copied().ok_or_else(|| {
        let hint = nearest(given, words.iter().copied())
            .map_or_else(|| format!("; it is one of {}", all()), |meant| format!("; did you mean '{meant}'?"));
        Error::new(expr.span, format!("{taker} does not know this word{hint}"))
    })
}

/// An integer within these ends.
pub(super) fn integer(expr: &Expr, ends: RangeInclusive<i64>, what: &str) -> Result<i64, Error> {
    match &expr.kind {
        ExprKind::Literal(Literal::Integer(value)) if ends.contains(value) => Some(*value),
        _ => None,
    }
    .ok_or_else(|| {
        Error::new(expr.span, format!("{what} must be a whole number from {} to {}", ends.start(), ends.end()))
    })
}

/// A number from 0 to 1.
pub(super) fn share(expr: &Expr, taker: &str) -> Result<Constant, Error> {
    let found = match &expr.kind {
        ExprKind::Literal(Literal::Integer(value @ 0..=1)) => Some(if *value == 0 { 0.0 } else { 1.0 }),
        ExprKind::Literal(literal @ (Literal::Decimal { .. } | Literal::Float(_))) => {
            literal.to_string().parse().ok().filter(|share| (0.0..=1.0).contains(share))
        }
        _ => None,
    };
    let message = format!("the share of {taker} must be a number from 0 to 1, such as 0.9");
    found.map(|share: f64| Constant::Float(share.to_bits())).ok_or_else(|| Error::new(expr.span, message))
}

/// A text without further rules.
pub(super) fn separator<'e>(expr: &'e Expr, taker: &str) -> Result<&'e str, Error> {
    text(expr).ok_or_else(|| Error::new(expr.span, format!("the separator of {taker} must be a text, such as ', '")))
}

/// A regular expression.
pub(super) fn regex<'e>(expr: &'e Expr, taker: &str) -> Result<&'e str, Error> {
    let missing = || Error::new(expr.span, format!("{taker} takes a pattern here, as a text such as '^N[0-9]+'"));
    let given = text(expr).ok_or_else(missing)?;
    pattern(given).map_err(|message| Error::new(expr.span, message))?;
    Ok(given)
}

/// A format of dates; `read` if texts are to be read in it.
pub(super) fn date_format<'e>(expr: &'e Expr, taker: &str, read: bool) -> Result<&'e str, Error> {
    let missing = || Error::new(expr.span, format!("{taker} takes a format here, as a text such as 'YYYY-MM-DD'"));
    let given = text(expr).ok_or_else(missing)?;
    let format = DateFormat::parse(given).map_err(|message| Error::new(expr.span, message))?;
    if read && !format.can_be_read() {
        return Err(Error::new(expr.span, "texts cannot be read in this format; it only writes them"));
    }
    Ok(given)
}

/// A time zone, by the name that the database has for it.
pub(super) fn zone(expr: &Expr, taker: &str) -> Result<&'static str, Error> {
    let missing = || Error::new(expr.span, format!("{taker} takes a time zone here, such as 'Europe/Brussels'"));
    let given = text(expr).ok_or_else(missing)?;
    given.parse::<Tz>().map(Tz::name).map_err(|_| {
        let hint = nearest(given, TZ_VARIANTS.iter().map(|zone| zone.name()))
            .map_or_else(String::new, |meant| format!("; did you mean '{meant}'?"));
        Error::new(expr.span, format!("there is no such time zone{hint}"))
    })
}

fn text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(text),
        _ => None,
    }
}
