//! What a query points at: columns and hierarchies of datasets and links, names that the query gives, levels of
//! datetimes.

use super::Members;
use crate::model::{CyclicPart, Level};

/// A column, a hierarchy, or something that the query itself names.
///
/// In JSON: `{"dataset_id": "flights", "column_id": "origin"}` or `{"name": "miles"}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reference {
    /// A dataset, the name of a link, or a chain of links such as `origin_airport.country`. None where the query's
    /// datasets leave no doubt.
    pub dataset: Option<String>,
    /// What in it.
    pub target: Target,
}

/// What a [`Reference`] names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// A column, `column_id` in JSON. [`Target::ALL_ROWS`] stands for the rows themselves and is for counts only.
    Column(String),
    /// A dimension or measure of the same query, by the name it is given there (`as` in JSON).
    Name(String),
    /// A formula, `formula` in JSON: `{late} / {n}`. As a measure it is of aggregate level, elsewhere of row level.
    Formula(String),
    /// A formula of row level, `expression` in JSON, as Luzmo has it.
    Expression(String),
    /// A stored formula by its name or id, `formula_id` in JSON: as a measure, in having and in the order.
    StoredFormula(String),
    /// A hierarchy, `hierarchy_id` in JSON: as a dimension, in the order, and on the left of filters on rows.
    Hierarchy(Members),
}

impl Target {
    /// The column id that stands for all rows: `*`.
    pub const ALL_ROWS: &'static str = "*";
}

impl Reference {
    /// A column by its path: what stands behind the last dot is the column, what stands before it a dataset, a link or
    /// a chain of links.
    ///
    /// ```
    /// use drillcore::Reference;
    ///
    /// let country = Reference::column("origin_airport.country.name");
    /// assert_eq!(country, Reference::column_in("origin_airport.country", "name"));
    /// ```
    #[must_use]
    pub fn column(path: &str) -> Self {
        match path.rsplit_once('.') {
            Some((dataset, column)) => Self::column_in(dataset, column),
            None => Self { dataset: None, target: Target::Column(path.to_owned()) },
        }
    }

    /// A column of a dataset or link. Dots in the column's id are part of the id here.
    #[must_use]
    pub fn column_in(dataset: impl Into<String>, column: impl Into<String>) -> Self {
        Self { dataset: Some(dataset.into()), target: Target::Column(column.into()) }
    }

    /// A dimension or measure of the same query, by its name.
    #[must_use]
    pub fn name(name: impl Into<String>) -> Self {
        Self { dataset: None, target: Target::Name(name.into()) }
    }

    /// A formula.
    #[must_use]
    pub fn formula(text: impl Into<String>) -> Self {
        Self { dataset: None, target: Target::Formula(text.into()) }
    }

    /// A formula of row level.
    #[must_use]
    pub fn expression(text: impl Into<String>) -> Self {
        Self { dataset: None, target: Target::Expression(text.into()) }
    }

    /// A stored formula, by its name or id.
    #[must_use]
    pub fn stored_formula(name_or_id: impl Into<String>) -> Self {
        Self { dataset: None, target: Target::StoredFormula(name_or_id.into()) }
    }

    /// A hierarchy, by its id. The function [`hierarchy`](crate::hierarchy) says more of it.
    #[must_use]
    pub fn hierarchy(id: impl Into<String>) -> Self {
        Self { dataset: None, target: Target::Hierarchy(Members::new(id)) }
    }

    /// What it says of a hierarchy, if it is one.
    pub(crate) fn members(&self) -> Option<&Members> {
        match &self.target {
            Target::Hierarchy(members) => Some(members),
            _ => None,
        }
    }

    /// Whether it stands for all rows rather than for one column.
    #[must_use]
    pub fn is_all_rows(&self) -> bool {
        matches!(&self.target, Target::Column(column) if column == Target::ALL_ROWS)
    }
}

impl From<&str> for Reference {
    fn from(path: &str) -> Self {
        Self::column(path)
    }
}

/// How fine a datetime is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DatetimeLevel {
    /// Buckets such as months: a number from 1 to 9 or a name in JSON.
    Bucket(Level),
    /// A part that comes round again, such as the hour in the day: a name in JSON.
    Cyclic(CyclicPart),
}

impl DatetimeLevel {
    /// The name in a query document, for example `month` or `weekday_name`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bucket(level) => level.name(),
            Self::Cyclic(part) => part.name(),
        }
    }

    /// The level of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Level::from_name(name).map(Self::Bucket).or_else(|| CyclicPart::from_name(name).map(Self::Cyclic))
    }
}

impl From<Level> for DatetimeLevel {
    fn from(level: Level) -> Self {
        Self::Bucket(level)
    }
}

impl From<CyclicPart> for DatetimeLevel {
    fn from(part: CyclicPart) -> Self {
        Self::Cyclic(part)
    }
}

/// A value of each row (in `having`, of each group): a reference, and the level at which a datetime is taken.
///
/// The functions [`column`](crate::column), [`column_in`](crate::column_in), [`level`](crate::level) and
/// [`name`](crate::name) make fields. A field is turned into a [`Dimension`](crate::Dimension) by itself or with
/// [`Field::named`], and into a [`Filter`](crate::Filter) with [`Field::equals`] and its like.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Field {
    /// The column or name.
    pub reference: Reference,
    /// The level of a datetime. A comparison is then made at that level, its literal being truncated too.
    pub level: Option<DatetimeLevel>,
}

impl Field {
    /// The values of a reference as they are.
    #[must_use]
    pub fn new(reference: Reference) -> Self {
        Self { reference, level: None }
    }

    /// The field at a level of a datetime.
    #[must_use]
    pub fn at_level(mut self, level: impl Into<DatetimeLevel>) -> Self {
        self.level = Some(level.into());
        self
    }
}

impl From<Reference> for Field {
    fn from(reference: Reference) -> Self {
        Self::new(reference)
    }
}

impl From<&str> for Field {
    fn from(path: &str) -> Self {
        Self::new(Reference::column(path))
    }
}
