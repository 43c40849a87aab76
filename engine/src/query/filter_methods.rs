//! The tests of a field, as methods that read like the sentence they stand for.

use super::{Field, Filter, Leaf, Literal, Operand, Operator};

impl Field {
    /// Equal to a value or to another field. NULL equals the value NULL, but not a NULL in another field.
    ///
    /// ```
    /// use drillcore::{and, column};
    ///
    /// let filter = and([column("origin").equals("JFK"), column("dest").not_equals(column("origin"))]);
    /// # let _ = filter;
    /// ```
    #[must_use]
    pub fn equals(&self, value: impl Into<Operand>) -> Filter {
        self.test(Operator::Equal, Some(value.into()))
    }

    /// The complement of [`Field::equals`].
    #[must_use]
    pub fn not_equals(&self, value: impl Into<Operand>) -> Filter {
        self.test(Operator::NotEqual, Some(value.into()))
    }

    /// Below a value or another field.
    #[must_use]
    pub fn less_than(&self, value: impl Into<Operand>) -> Filter {
        self.test(Operator::Less, Some(value.into()))
    }

    /// Below a value or another field, or equal to it.
    #[must_use]
    pub fn at_most(&self, value: impl Into<Operand>) -> Filter {
        self.test(Operator::LessOrEqual, Some(value.into()))
    }

    /// Above a value or another field.
    #[must_use]
    pub fn greater_than(&self, value: impl Into<Operand>) -> Filter {
        self.test(Operator::Greater, Some(value.into()))
    }

    /// Above a value or another field, or equal to it.
    #[must_use]
    pub fn at_least(&self, value: impl Into<Operand>) -> Filter {
        self.test(Operator::GreaterOrEqual, Some(value.into()))
    }

    /// From one value to another, both ends in.
    ///
    /// ```
    /// use drillcore::{Level, level};
    ///
    /// let first_quarter = level("time_hour", Level::Month).between("2013-01", "2013-03");
    /// # let _ = first_quarter;
    /// ```
    #[must_use]
    pub fn between(&self, low: impl Into<Literal>, high: impl Into<Literal>) -> Filter {
        self.compare(Operator::Between, Literal::List(vec![low.into(), high.into()]))
    }

    /// The complement of [`Field::between`].
    #[must_use]
    pub fn not_between(&self, low: impl Into<Literal>, high: impl Into<Literal>) -> Filter {
        self.compare(Operator::NotBetween, Literal::List(vec![low.into(), high.into()]))
    }

    /// Equal to one of some values. No values: never.
    ///
    /// ```
    /// use drillcore::column;
    ///
    /// let new_york = column("origin").is_in(["JFK", "LGA", "EWR"]);
    /// let known_or_null = column("tailnum").is_in([Some("N14228"), None]);
    /// # let _ = (new_york, known_or_null);
    /// ```
    #[must_use]
    pub fn is_in<T: Into<Literal>>(&self, values: impl IntoIterator<Item = T>) -> Filter {
        self.compare(Operator::In, Literal::List(values.into_iter().map(Into::into).collect()))
    }

    /// The complement of [`Field::is_in`]. NULL stays in, unless it is among the values.
    #[must_use]
    pub fn not_in<T: Into<Literal>>(&self, values: impl IntoIterator<Item = T>) -> Filter {
        self.compare(Operator::NotIn, Literal::List(values.into_iter().map(Into::into).collect()))
    }

    /// Holds a text anywhere (`? like ?`). There are no wildcards.
    #[must_use]
    pub fn contains(&self, text: impl Into<String>) -> Filter {
        self.compare(Operator::Like, Literal::Text(text.into()))
    }

    /// The complement of [`Field::contains`].
    #[must_use]
    pub fn not_contains(&self, text: impl Into<String>) -> Filter {
        self.compare(Operator::NotLike, Literal::Text(text.into()))
    }

    /// Starts with a text.
    #[must_use]
    pub fn starts_with(&self, text: impl Into<String>) -> Filter {
        self.compare(Operator::StartsWith, Literal::Text(text.into()))
    }

    /// The complement of [`Field::starts_with`].
    #[must_use]
    pub fn not_starts_with(&self, text: impl Into<String>) -> Filter {
        self.compare(Operator::NotStartsWith, Literal::Text(text.into()))
    }

    /// Ends with a text.
    #[must_use]
    pub fn ends_with(&self, text: impl Into<String>) -> Filter {
        self.compare(Operator::EndsWith, Literal::Text(text.into()))
    }

    /// The complement of [`Field::ends_with`].
    #[must_use]
    pub fn not_ends_with(&self, text: impl Into<String>) -> Filter {
        self.compare(Operator::NotEndsWith, Literal::Text(text.into()))
    }

    /// Matches a regular expression somewhere; `^` and `$` bind it to the ends.
    #[must_use]
    pub fn matches(&self, pattern: impl Into<String>) -> Filter {
        self.compare(Operator::Matches, Literal::Text(pattern.into()))
    }

    /// The complement of [`Field::matches`].
    #[must_use]
    pub fn not_matches(&self, pattern: impl Into<String>) -> Filter {
        self.compare(Operator::NotMatches, Literal::Text(pattern.into()))
    }

    /// Is NULL.
    ///
    /// ```
    /// use drillcore::{column, not};
    ///
    /// assert_ne!(not(column("tailnum").is_null()), column("tailnum").is_not_null()); // they keep the same rows
    /// ```
    #[must_use]
    pub fn is_null(&self) -> Filter {
        self.test(Operator::IsNull, None)
    }

    /// Is not NULL.
    #[must_use]
    pub fn is_not_null(&self) -> Filter {
        self.test(Operator::IsNotNull, None)
    }

    /// Is NULL or a text of no characters.
    #[must_use]
    pub fn is_empty(&self) -> Filter {
        self.test(Operator::IsEmpty, None)
    }

    /// The complement of [`Field::is_empty`].
    #[must_use]
    pub fn is_not_empty(&self) -> Filter {
        self.test(Operator::IsNotEmpty, None)
    }

    fn compare(&self, operator: Operator, literal: Literal) -> Filter {
        self.test(operator, Some(Operand::Literal(literal)))
    }

    fn test(&self, operator: Operator, right: Option<Operand>) -> Filter {
        Leaf::new(operator, self.clone(), right).into()
    }
}
