//! The tests that a filter can make, in the words of the query document.

use std::fmt;

/// The test of a filter. Its text form holds a `?` for each parameter.
///
/// Every negative form is the exact complement of its positive one: `? not like ?` keeps the rows, also those where the
/// column is NULL, that `? like ?` drops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operator {
    /// `? = ?`; `= null` is true for NULL.
    Equal,
    /// `? != ?`
    NotEqual,
    /// `? < ?`
    Less,
    /// `? <= ?`
    LessOrEqual,
    /// `? > ?`
    Greater,
    /// `? >= ?`
    GreaterOrEqual,
    /// `? between ?` with a list of two; both ends are in.
    Between,
    /// `? not between ?`
    NotBetween,
    /// `? in ?` with a list; a null in it matches NULL.
    In,
    /// `? not in ?`
    NotIn,
    /// `? like ?`: holds the text anywhere. There are no wildcards.
    Like,
    /// `? not like ?`
    NotLike,
    /// `? starts with ?`
    StartsWith,
    /// `? not starts with ?`
    NotStartsWith,
    /// `? ends with ?`
    EndsWith,
    /// `? not ends with ?`
    NotEndsWith,
    /// `? is null`
    IsNull,
    /// `? is not null`
    IsNotNull,
    /// `? matches ?` with a regular expression that matches anywhere in the text.
    Matches,
    /// `? not matches ?`
    NotMatches,
    /// `? is empty`: NULL or a text of no characters.
    IsEmpty,
    /// `? is not empty`
    IsNotEmpty,
    /// The last units up to now, the present one included.
    LastNow,
    /// The last units that are over.
    LastCompleted,
    /// The last units up to the greatest value there is.
    LastAvailable,
    /// The next units from now on, the present one included.
    NextNow,
    /// The next units that begin after the present one.
    NextFull,
    /// From the start of the present unit up to now.
    ToDate,
    /// The one unit so many units ago.
    Ago,
    /// Before the unit so many units ago.
    MoreThanAgo,
    /// The unit so many units ago, or before.
    OrMoreAgo,
    /// The present unit.
    Current,
    /// Not further into its own unit than now is into the present one.
    ToDateEach,
    /// This week up to now.
    WeekToDate,
    /// This month up to now.
    MonthToDate,
    /// This quarter up to now.
    QuarterToDate,
    /// This year up to now.
    YearToDate,
}

/// What stands on the right of an [`Operator`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    Nothing,
    /// One value or field; NULL only if `null`.
    Value {
        null: bool,
    },
    /// A list of two values.
    Pair,
    List,
    Text,
    /// A quantity and a unit, or a unit alone.
    Period {
        counted: bool,
    },
}

impl Operator {
    /// Every operator, in the order of the documentation.
    pub const ALL: [Self; 37] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Between,
        Self::NotBetween,
        Self::In,
        Self::NotIn,
        Self::Like,
        Self::NotLike,
        Self::StartsWith,
        Self::NotStartsWith,
        Self::EndsWith,
        Self::NotEndsWith,
        Self::IsNull,
        Self::IsNotNull,
        Self::Matches,
        Self::NotMatches,
        Self::IsEmpty,
        Self::IsNotEmpty,
        Self::LastNow,
        Self::LastCompleted,
        Self::LastAvailable,
        Self::NextNow,
        Self::NextFull,
        Self::ToDate,
        Self::Ago,
        Self::MoreThanAgo,
        Self::OrMoreAgo,
        Self::Current,
        Self::ToDateEach,
        Self::WeekToDate,
        Self::MonthToDate,
        Self::QuarterToDate,
        Self::YearToDate,
    ];

    /// The text form, for example `? >= ?`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "? = ?",
            Self::NotEqual => "? != ?",
            Self::Less => "? < ?",
            Self::LessOrEqual => "? <= ?",
            Self::Greater => "? > ?",
            Self::GreaterOrEqual => "? >= ?",
            Self::Between => "? between ?",
            Self::NotBetween => "? not between ?",
            Self::In => "? in ?",
            Self::NotIn => "? not in ?",
            Self::Like => "? like ?",
            Self::NotLike => "? not like ?",
            Self::StartsWith => "? starts with ?",
            Self::NotStartsWith => "? not starts with ?",
            Self::EndsWith => "? ends with ?",
            Self::NotEndsWith => "? not ends with ?",
            Self::IsNull => "? is null",
            Self::IsNotNull => "? is not null",
            Self::Matches => "? matches ?",
            Self::NotMatches => "? not matches ?",
            Self::IsEmpty => "? is empty",
            Self::IsNotEmpty => "? is not empty",
            Self::LastNow => "last_now",
            Self::LastCompleted => "last_completed",
            Self::LastAvailable => "last_available",
            Self::NextNow => "next_now",
            Self::NextFull => "next_full",
            Self::ToDate => "to_date",
            Self::Ago => "ago",
            Self::MoreThanAgo => "more_than_ago",
            Self::OrMoreAgo => "or_more_ago",
            Self::Current => "current",
            Self::ToDateEach => "to_date_each",
            Self::WeekToDate => "WTD",
            Self::MonthToDate => "MTD",
            Self::QuarterToDate => "QTD",
            Self::YearToDate => "YTD",
        }
    }

    /// The operator of a text form, whatever its letter case and spacing.
    ///
    /// ```
    /// use drillcore::Operator;
    ///
    /// assert_eq!(Operator::parse("?>=?"), Some(Operator::GreaterOrEqual));
    /// assert_eq!(Operator::parse("  ? IS  NOT null "), Some(Operator::IsNotNull));
    /// assert_eq!(Operator::parse("= ?"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let spaced = text.replace('?', " ? ").to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        Self::ALL.into_iter().find(|operator| operator.as_str().eq_ignore_ascii_case(&spaced))
    }

    /// Whether the test depends on what time it is, or on the newest row.
    #[must_use]
    pub fn is_relative(self) -> bool {
        matches!(self.right(), Right::Period { .. })
            || matches!(self, Self::WeekToDate | Self::MonthToDate | Self::QuarterToDate | Self::YearToDate)
    }

    /// Whether a relative test takes a number of units and not just a unit.
    fn counts_units(self) -> bool {
        !matches!(self, Self::ToDate | Self::Current | Self::ToDateEach)
    }

    /// Whether another field can stand on the right.
    pub(super) fn takes_field(self) -> bool {
        match self.right() {
            Right::Value { .. } => true,
            Right::Text => !matches!(self, Self::Matches | Self::NotMatches),
            Right::Nothing | Right::Pair | Right::List | Right::Period { .. } => false,
        }
    }

    /// Whether members of a hierarchy can be tested so.
    pub(super) fn tests_members(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual | Self::In | Self::NotIn | Self::IsNull | Self::IsNotNull)
    }

    /// What must stand on the right.
    pub(super) fn right(self) -> Right {
        match self {
            Self::IsNull | Self::IsNotNull | Self::IsEmpty | Self::IsNotEmpty => Right::Nothing,
            Self::WeekToDate | Self::MonthToDate | Self::QuarterToDate | Self::YearToDate => Right::Nothing,
            Self::LastNow
            | Self::LastCompleted
            | Self::LastAvailable
            | Self::NextNow
            | Self::NextFull
            | Self::ToDate
            | Self::Ago
            | Self::MoreThanAgo
            | Self::OrMoreAgo
            | Self::Current
            | Self::ToDateEach => Right::Period { counted: self.counts_units() },
            Self::Equal | Self::NotEqual => Right::Value { null: true },
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => Right::Value { null: false },
            Self::Between | Self::NotBetween => Right::Pair,
            Self::In | Self::NotIn => Right::List,
            Self::Like
            | Self::NotLike
            | Self::StartsWith
            | Self::NotStartsWith
            | Self::EndsWith
            | Self::NotEndsWith
            | Self::Matches
            | Self::NotMatches => Right::Text,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Operator;

    #[test]
    fn every_text_form_is_read_back_also_when_squeezed_or_shouted() {
        for operator in Operator::ALL {
            let text = operator.as_str();
            for form in [text.to_owned(), text.to_uppercase(), format!("\t{}\n", text.replace(' ', "  "))] {
                assert_eq!(Operator::parse(&form), Some(operator), "{form}");
            }
        }
    }

    #[test]
    fn words_must_stay_words() {
        for text in ["", "?", "? ?", "? isnull", "? startswith ?", "? = ? = ?", "origin = 'JFK'"] {
            assert_eq!(Operator::parse(text), None, "{text}");
        }
    }
}
