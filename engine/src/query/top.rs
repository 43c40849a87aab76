//! The best members of a dimension, and the remainder.

/// Keeps the first `n` members of a dimension in the order of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Top {
    /// The name of the dimension whose members are ranked. It may be left out where only one dimension is not in `per`.
    pub of: Option<String>,
    /// How many members are kept; at least 1.
    pub n: u64,
    /// The name of the measure that ranks, by its native value for each member.
    pub by: String,
    /// Whether the least come first instead of the greatest.
    pub ascending: bool,
    /// The names of the dimensions within whose members the ranking starts anew. For a dimension over a hierarchy its own
    /// name stands for the members above: so many children of each parent are kept.
    pub per: Vec<String>,
    /// Whether the members left out stand in the answer as one, the remainder.
    pub other: bool,
}

impl Top {
    /// The `n` members with the greatest value of a measure.
    #[must_use]
    pub fn new(n: u64, by: impl Into<String>) -> Self {
        Self { of: None, n, by: by.into(), ascending: false, per: Vec::new(), other: false }
    }

    /// Sets the dimension whose members are ranked.
    #[must_use]
    pub fn of(mut self, dimension: impl Into<String>) -> Self {
        self.of = Some(dimension.into());
        self
    }

    /// Ranks anew within each member of these dimensions.
    #[must_use]
    pub fn per<N: Into<String>>(mut self, dimensions: impl IntoIterator<Item = N>) -> Self {
        self.per = dimensions.into_iter().map(Into::into).collect();
        self
    }

    /// Adds the remainder to the answer.
    #[must_use]
    pub fn with_other(mut self) -> Self {
        self.other = true;
        self
    }
}
