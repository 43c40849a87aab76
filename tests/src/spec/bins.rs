//! Bins of numbers and groups of members.

/// An exact number of a query document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The number without its point.
    pub units: i64,
    /// Digits behind the point.
    pub scale: u32,
}

impl Number {
    /// A whole number.
    #[must_use]
    pub fn whole(units: i64) -> Self {
        Self { units, scale: 0 }
    }

    /// The nearest float.
    #[must_use]
    pub fn float(self) -> f64 {
        self.units as f64 / 10_f64.powi(self.scale as i32)
    }
}

/// How the values of a dimension are put together.
#[derive(Debug, Clone, PartialEq)]
pub enum Bins {
    /// Of one width.
    Width {
        /// The width.
        size: Number,
        /// A border; 0 if it is not given.
        origin: Option<Number>,
    },
    /// So many between the least and the greatest value.
    Count(i64),
    /// Between borders.
    Edges(Vec<Number>),
    /// Named groups of texts.
    Groups {
        /// Names and members.
        groups: Vec<(String, Vec<String>)>,
        /// The name of all others.
        rest: Option<String>,
    },
}
