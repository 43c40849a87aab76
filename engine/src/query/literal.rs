//! Values that stand in a query.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone};

use super::decimal::{Digits, MAX_DIGITS};
use crate::error::{Error, Result};

/// A value in a query. Dates and times are texts and are read when the query is resolved: a date stands for its whole
/// day in the query's time zone, a time without an offset is in that zone.
///
/// ```
/// use drillcore::Literal;
///
/// assert_eq!(Literal::from(15), Literal::Integer(15));
/// assert_eq!(Literal::from("JFK"), Literal::Text("JFK".to_owned()));
/// assert_eq!(Literal::from(None::<f64>), Literal::Null);
/// assert_eq!(Literal::from(vec![1, 2]), Literal::List(vec![Literal::Integer(1), Literal::Integer(2)]));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number of 64 bits.
    Integer(i64),
    /// A number that is exactly, to its last digit, the shortest form of a finite 64-bit float.
    Number(f64),
    /// Any other number, as plain digits without an exponent: see [`Literal::decimal`].
    Decimal(String),
    /// A text, a date or a time.
    Text(String),
    /// Several values, for `? in ?` and `? between ?`. Lists do not nest.
    List(Vec<Self>),
}

impl Literal {
    /// A number of up to 76 digits that keeps them all, whatever a 64-bit float can hold. In JSON it is a number
    /// where that keeps its digits, and can always be written `{"decimal": "12345678901234567.89"}`.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the text is not a number, or has more than 76 digits before or behind the point.
    ///
    /// ```
    /// use drillcore::Literal;
    ///
    /// assert_eq!(Literal::decimal("0012.50")?, Literal::Decimal("12.5".to_owned()));
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    pub fn decimal(text: &str) -> Result<Self> {
        Self::from_digits(text).ok_or_else(|| Error::input(format!("not a number of at most {MAX_DIGITS} digits")))
    }

    pub(super) fn from_digits(text: &str) -> Option<Self> {
        Digits::parse(text)?.plain().map(Self::Decimal)
    }

    /// The number of a JSON token, as exact as it is written; none if it has more digits than any column holds.
    pub(super) fn from_number(token: &str) -> Option<Self> {
        if let Ok(integer) = token.parse() {
            return Some(Self::Integer(integer));
        }
        let float = token.parse::<f64>().ok().filter(|float| float.is_finite())?;
        let digits = Digits::parse(token)?;
        if Digits::parse(&format!("{float:e}")).as_ref() == Some(&digits) {
            return Some(Self::from(float));
        }
        digits.plain().map(Self::Decimal)
    }

    /// A finite number in plain digits, for comparing; none for everything else.
    pub(super) fn digits(&self) -> Option<Digits> {
        match self {
            Self::Integer(number) => Digits::parse(&number.to_string()),
            Self::Number(number) if number.is_finite() => Digits::parse(&format!("{number:e}")),
            Self::Decimal(text) => {
                Digits::parse(text).filter(|digits| digits.plain().as_deref() == Some(text.as_str()))
            }
            _ => None,
        }
    }

    /// What it is, for messages that must not repeat it.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "true or false",
            Self::Integer(_) | Self::Number(_) | Self::Decimal(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
        }
    }
}

impl From<bool> for Literal {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i32> for Literal {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<u32> for Literal {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<i64> for Literal {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u64> for Literal {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or_else(|_| Self::Decimal(value.to_string()), Self::Integer)
    }
}

/// A NaN or an infinity is refused when the query is checked. -0.0 is 0.0.
impl From<f64> for Literal {
    fn from(value: f64) -> Self {
        Self::Number(value + 0.0)
    }
}

impl From<&str> for Literal {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Literal {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Literal {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

/// The text `2013-01-31`: the whole day.
impl From<NaiveDate> for Literal {
    fn from(value: NaiveDate) -> Self {
        Self::Text(value.to_string())
    }
}

/// The text `2013-01-31T05:00:00`: a time in the query's zone.
impl From<NaiveDateTime> for Literal {
    fn from(value: NaiveDateTime) -> Self {
        Self::Text(format!("{}T{}", value.date(), value.time()))
    }
}

/// The text of an instant, with its offset.
impl<Z: TimeZone> From<DateTime<Z>> for Literal
where
    Z::Offset: fmt::Display,
{
    fn from(value: DateTime<Z>) -> Self {
        Self::Text(value.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// None is NULL.
impl<T: Into<Literal>> From<Option<T>> for Literal {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Literal>> From<Vec<T>> for Literal {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Literal>, const N: usize> From<[T; N]> for Literal {
    fn from(values: [T; N]) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, Utc};

    use super::Literal;

    #[track_caller]
    fn check(token: &str, expected: impl Into<Option<Literal>>) {
        assert_eq!(Literal::from_number(token), expected.into(), "{token}");
    }

    #[test]
    fn numbers_of_a_document_keep_their_digits() {
        check("15", Some(Literal::Integer(15)));
        check("-9223372036854775808", Some(Literal::Integer(i64::MIN)));
        check("9223372036854775808", Some(Literal::Decimal("9223372036854775808".into())));
        check("10000000000000000000", Some(Literal::Number(1e19)));
        check("1.0", Some(Literal::Number(1.0)));
        check("0.1", Some(Literal::Number(0.1)));
        check("1e3", Some(Literal::Number(1000.0)));
        check("-0.0", Some(Literal::Number(0.0)));
        check("5e-324", Some(Literal::Number(5e-324)));
        check("0.1000000000000000055", Some(Literal::Decimal("0.1000000000000000055".into())));
        check("12345678901234567.89", Some(Literal::Decimal("12345678901234567.89".into())));
        check("1e-400", None);
        check("1e400", None);
        check("NaN", None);
    }

    #[test]
    fn dates_and_instants_become_the_texts_that_queries_hold() {
        let date = NaiveDate::from_ymd_opt(2013, 1, 31).unwrap();
        let time = date.and_hms_milli_opt(5, 0, 0, 250).unwrap();
        assert_eq!(Literal::from(date), Literal::Text("2013-01-31".into()));
        assert_eq!(Literal::from(time), Literal::Text("2013-01-31T05:00:00.250".into()));
        assert_eq!(
            Literal::from(time.and_local_timezone(Utc).unwrap()),
            Literal::Text("2013-01-31T05:00:00.250Z".into())
        );
    }

    #[test]
    fn unsigned_integers_beyond_64_bits_signed_are_exact() {
        assert_eq!(Literal::from(7_u64), Literal::Integer(7));
        assert_eq!(Literal::from(u64::MAX), Literal::Decimal("18446744073709551615".into()));
    }
}
