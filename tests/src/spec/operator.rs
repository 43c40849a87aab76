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
}

impl Operator {
    /// Every expression with its text.
    pub const TEXTS: [(Self, &str); 22] = [
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
    ];

    /// The text in a query.
    #[must_use]
    pub fn text(self) -> &'static str {
        Self::TEXTS[self as usize].1
    }
}
