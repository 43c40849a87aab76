//! Conditions on rows and on groups.

use super::{At, Bucket, Literal, Operator, Pattern};

/// The second parameter of a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Right {
    /// There is none.
    Nothing,
    /// One literal.
    Literal(Literal),
    /// Two ends.
    Ends(Literal, Literal),
    /// A list.
    List(Vec<Literal>),
    /// A regular expression.
    Pattern(Pattern),
    /// Another column.
    Column(At),
}

/// What a leaf says of NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nulls {
    /// NULL passes.
    Include,
    /// NULL does not pass.
    Exclude,
    /// Only NULL passes.
    Only,
}

impl Nulls {
    /// The word in a query.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
            Self::Only => "only",
        }
    }
}

/// One test of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// The column.
    pub at: At,
    /// The level at which it is compared.
    pub bucket: Option<Bucket>,
    /// The expression.
    pub operator: Operator,
    /// The second parameter.
    pub right: Right,
    /// The rule for NULL.
    pub nulls: Option<Nulls>,
    /// Whether case matters; the query's option otherwise.
    pub case_sensitive: Option<bool>,
}

/// A condition on rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// One test.
    Leaf(Leaf),
    /// All of them.
    And(Vec<Filter>),
    /// One of them.
    Or(Vec<Filter>),
    /// The complement.
    Not(Box<Filter>),
}

/// A condition on a measure of the answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Having {
    /// One test of the measure at that place.
    Leaf {
        /// The measure.
        measure: usize,
        /// The expression.
        operator: Operator,
        /// The second parameter.
        right: Right,
    },
    /// One of them.
    Or(Vec<Having>),
    /// The complement.
    Not(Box<Having>),
}
