//! Bins of numbers and groups of members.

use super::Literal;

/// How the values of a dimension are put together before they group.
///
/// ```
/// use drillcore::{Discretization, Query, column, count};
///
/// let query = Query::on("flights")
///     .dimension(column("distance").named("miles").discretized(Discretization::width(500)))
///     .measure(count());
/// # query.check()?;
/// # Ok::<(), drillcore::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Discretization {
    /// Bins of one width: `[origin + n * size, origin + (n + 1) * size)`.
    Width {
        /// The width, a number above 0.
        size: Literal,
        /// A border of a bin; 0 without it.
        origin: Option<Literal>,
    },
    /// So many bins of one width between the least and the greatest value of the rows of the query; the last one holds
    /// the greatest value too. From 1 to 10,000.
    Count(u64),
    /// Bins between given borders, in rising order; the first has no lower end and the last no upper one. An edge
    /// belongs to the bin above it.
    Edges(Vec<Literal>),
    /// Named groups of members.
    Groups {
        /// The groups; a member is in the first that lists it.
        groups: Vec<MemberGroup>,
        /// The group of all other members. Without it they stay as they are.
        rest: Option<String>,
    },
}

/// A named group of members.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MemberGroup {
    /// The name of the group.
    pub name: String,
    /// Its members, `in` in JSON.
    pub members: Vec<Literal>,
}

impl MemberGroup {
    /// A group of some members.
    #[must_use]
    pub fn new<L: Into<Literal>>(name: impl Into<String>, members: impl IntoIterator<Item = L>) -> Self {
        Self { name: name.into(), members: members.into_iter().map(Into::into).collect() }
    }
}

impl Discretization {
    /// Bins of a width, with a border at 0.
    #[must_use]
    pub fn width(size: impl Into<Literal>) -> Self {
        Self::Width { size: size.into(), origin: None }
    }
}
