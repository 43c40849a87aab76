//! Filters: what rows, or after `having` what groups, must satisfy.

use super::{Field, Literal, Member, Operator};
use crate::model::Level;

/// A condition. It is true or false on every row, never unknown: a row and its complement always make up all rows.
///
/// Filters are made from fields, for example `column("origin").equals("JFK")`, and joined with [`and`](crate::and),
/// [`or`](crate::or) and [`not`](crate::not). In JSON: `{"and": [..]}`, `{"or": [..]}`, `{"not": ..}` or a leaf.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "most filters are leaves, and queries hold few")]
pub enum Filter {
    /// All must hold. No filters: all rows.
    And(Vec<Self>),
    /// At least one must hold. No filters: no rows.
    Or(Vec<Self>),
    /// The exact complement.
    Not(Box<Self>),
    /// One test.
    Leaf(Leaf),
}

/// One test of a field, in JSON `{"expression": "? > ?", "parameters": [{"column_id": "distance"}, 1000]}`.
///
/// Where a side is NULL a positive test is false and its complement true; `= null` and a null in a list match NULL.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Leaf {
    /// The test.
    pub operator: Operator,
    /// What is tested.
    pub left: Field,
    /// What it is compared with; none for tests such as `? is null`.
    pub right: Option<Operand>,
    /// What happens to NULL in place of the rule of the operator, before any `not` around it.
    pub nulls: Option<NullRule>,
    /// Whether text is compared with its letter case; the query's option if none.
    pub case_sensitive: Option<bool>,
    /// Whether the filter belongs to the context of the whole query. At the top level of `where` only.
    pub context: bool,
}

impl Leaf {
    /// A test with the operator's own rules.
    #[must_use]
    pub fn new(operator: Operator, left: impl Into<Field>, right: Option<Operand>) -> Self {
        Self { operator, left: left.into(), right, nulls: None, case_sensitive: None, context: false }
    }
}

impl From<Leaf> for Filter {
    fn from(leaf: Leaf) -> Self {
        Self::Leaf(leaf)
    }
}

/// What a [`Leaf`] does with rows whose field is NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NullRule {
    /// They pass.
    Include,
    /// They don't pass.
    Exclude,
    /// They alone pass.
    Only,
}

impl NullRule {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::Include, Self::Exclude, Self::Only];

    /// The name in a query document: `include`, `exclude`, `only`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
            Self::Only => "only",
        }
    }
}

/// What the field of a [`Leaf`] is compared with.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Operand {
    /// Another field. Where one side or both are NULL, every positive test is false.
    Field(Field),
    /// A value.
    Literal(Literal),
    /// A length of time, for the tests that are relative to now: `{"quantity": 7, "unit": "day"}`.
    Period {
        /// How many units; 1 unless given, and always 1 for tests of one unit.
        quantity: u32,
        /// The unit.
        unit: Level,
    },
    /// Members of the hierarchy on the left, each with all that is under it; a test for equality has exactly one.
    Members(Vec<Member>),
}

impl From<Field> for Operand {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

impl<T: Into<Literal>> From<T> for Operand {
    fn from(value: T) -> Self {
        Self::Literal(value.into())
    }
}

impl Filter {
    /// What every leaf in the filter does with NULL, before any `not` around the leaf.
    ///
    /// ```
    /// use drillcore::{NullRule, column};
    ///
    /// let slow_or_unknown = column("speed").less_than(200).nulls(NullRule::Include);
    /// # let _ = slow_or_unknown;
    /// ```
    #[must_use]
    pub fn nulls(self, rule: NullRule) -> Self {
        self.each_leaf(&|leaf| leaf.nulls = Some(rule))
    }

    /// Whether the leaves in the filter compare text with its letter case; without this, the query's option decides.
    #[must_use]
    pub fn case_sensitive(self, yes: bool) -> Self {
        self.each_leaf(&|leaf| leaf.case_sensitive = Some(yes))
    }

    /// Makes the filter part of the context of the whole query. Only a single test at the top level of the query's
    /// own filters can be.
    #[must_use]
    pub fn in_context(self) -> Self {
        self.each_leaf(&|leaf| leaf.context = true)
    }

    fn each_leaf(self, change: &impl Fn(&mut Leaf)) -> Self {
        let all = |parts: Vec<Self>| -> Vec<Self> { parts.into_iter().map(|part| part.each_leaf(change)).collect() };
        match self {
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
            Self::Not(inner) => Self::Not(Box::new(inner.each_leaf(change))),
            Self::Leaf(mut leaf) => {
                change(&mut leaf);
                Self::Leaf(leaf)
            }
        }
    }
}
