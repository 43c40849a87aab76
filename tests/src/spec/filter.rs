//! Conditions on rows and on groups.

use super::{At, Bucket, Level, Literal, Operator, Pattern};

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
    /// A length of time.
    Period {
        /// How many units; left out if none.
        quantity: Option<u32>,
        /// The unit.
        unit: Level,
        /// Whether the unit is written by name.
        named: bool,
    },
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
    /// A test that belongs to the context; at the top level only.
    Context(Leaf),
}

impl Filter {
    /// Calls `visit` with every test in it.
    pub fn visit(&self, visit: &mut dyn FnMut(&Leaf)) {
        match self {
            Self::Leaf(leaf) | Self::Context(leaf) => visit(leaf),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(visit)),
            Self::Not(inner) => inner.visit(visit),
        }
    }

    /// Whether a test in it is about a column.
    #[must_use]
    pub fn mentions(&self, at: At) -> bool {
        let mut found = false;
        self.visit(&mut |leaf| found |= leaf.at == at || leaf.right == Right::Column(at));
        found
    }

    /// Whether it tests a column and nothing else.
    #[must_use]
    pub fn is_only_of(&self, at: At) -> bool {
        let (mut some, mut only) = (false, true);
        self.visit(&mut |leaf| {
            some = true;
            only &= leaf.at == at && !matches!(leaf.right, Right::Column(other) if other != at);
        });
        some && only
    }
}

/// A condition on a row of the answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Having {
    /// One test of the cell at that place, counted from behind the dimensions.
    Leaf {
        /// The cell.
        cell: usize,
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
