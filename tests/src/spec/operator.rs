//! Filter expressions.

/// Filter expressions, by their place in [`Operator::TEXTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Between, both ends in.
    Between,
    /// Not between.
    NotBetween,
    /// One of a list.
    In,
    /// None of a list.
    NotIn,
    /// Contains.
    Like,
    /// Does not contain.
    NotLike,
    /// Starts with.
    StartsWith,
    /// Does not start with.
    NotStartsWith,
    /// Ends with.
    EndsWith,
    /// Does not end with.
    NotEndsWith,
    /// Matches a regular expression.
    Matches,
    /// Does not match.
    NotMatches,
    /// NULL.
    IsNull,
    /// Not NULL.
    IsNotNull,
    /// NULL or empty.
    IsEmpty,
    /// Neither NULL nor empty.
    IsNotEmpty,
    /// The last units up to now.
    LastNow,
    /// The last whole units.
    LastCompleted,
    /// The last units up to the newest row.
    LastAvailable,
    /// The next units from now.
    NextNow,
    /// The next whole units.
    NextFull,
    /// The unit up to now.
    ToDate,
    /// One unit, so many ago.
    Ago,
    /// Before one unit, so many ago.
    MoreThanAgo,
    /// Up to one unit, so many ago.
    OrMoreAgo,
    /// The current unit.
    Current,
    /// Each unit up to the same part.
    ToDateEach,
    /// Week to date.
    Wtd,
    /// Month to date.
    Mtd,
    /// Quarter to date.
    Qtd,
    /// Year to date.
    Ytd,
}

impl Operator {
    /// Every expression with its text.
    pub const TEXTS: [(Self, &str); 37] = [
        (Self::Eq, "? = ?"),
        (Self::Ne, "? != ?"),
        (Self::Lt, "? < ?"),
        (Self::Le, "? <= ?"),
        (Self::Gt, "? > ?"),
        (Self::Ge, "? >= ?"),
        (Self::Between, "? between ?"),
        (Self::NotBetween, "? not between ?"),
        (Self::In, "? in ?"),
        (Self::NotIn, "? not in ?"),
        (Self::Like, "? like ?"),
        (Self::NotLike, "? not like ?"),
        (Self::StartsWith, "? starts with ?"),
        (Self::NotStartsWith, "? not starts with ?"),
        (Self::EndsWith, "? ends with ?"),
        (Self::NotEndsWith, "? not ends with ?"),
        (Self::Matches, "? matches ?"),
        (Self::NotMatches, "? not matches ?"),
        (Self::IsNull, "? is null"),
        (Self::IsNotNull, "? is not null"),
        (Self::IsEmpty, "? is empty"),
        (Self::IsNotEmpty, "? is not empty"),
        (Self::LastNow, "last_now"),
        (Self::LastCompleted, "last_completed"),
        (Self::LastAvailable, "last_available"),
        (Self::NextNow, "next_now"),
        (Self::NextFull, "next_full"),
        (Self::ToDate, "to_date"),
        (Self::Ago, "ago"),
        (Self::MoreThanAgo, "more_than_ago"),
        (Self::OrMoreAgo, "or_more_ago"),
        (Self::Current, "current"),
        (Self::ToDateEach, "to_date_each"),
        (Self::Wtd, "WTD"),
        (Self::Mtd, "MTD"),
        (Self::Qtd, "QTD"),
        (Self::Ytd, "YTD"),
    ];

    /// The text in a query.
    #[must_use]
    pub fn text(self) -> &'static str {
        Self::TEXTS[self as usize].1
    }

    /// Whether it is relative to now, or to the newest row.
    #[must_use]
    pub fn is_relative(self) -> bool {
        self >= Self::LastNow
    }
}
