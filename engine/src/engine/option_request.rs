//! The question for an option list.

use crate::query::{Dimension, Field, Filter, Limit, Literal, Options, Query, count};

/// The names of the two columns of the query behind a list.
pub(super) const VALUE: &str = "value";
pub(super) const COUNT: &str = "count";

/// A question for the values that a picker offers.
///
/// ```
/// use drillcore::{DistinctValues, Engine, PushMode, Rows, Scope, column};
///
/// # fn main() -> Result<(), drillcore::Error> {
/// # futures::executor::block_on(async {
/// let engine = Engine::in_memory()?;
/// let rows = vec![vec!["Ghent".into()], vec!["Bruges".into()], vec!["Genk".into()], vec!["Ghent".into()]];
/// engine.push("sales", PushMode::Create, Rows::new(["city"], rows)).await?;
///
/// let cities = DistinctValues::new("sales", column("city")).search("ge").chosen(["Ypres"]);
/// let list = engine.distinct_values(&cities, &Scope::unrestricted()).await?;
/// assert_eq!(list.options.iter().map(|option| option.label.as_str()).collect::<Vec<_>>(), ["Genk"]);
/// assert!(!list.chosen[0].exists);
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DistinctValues {
    /// The dataset in whose rows the values must occur.
    pub dataset: String,
    /// The column, also one behind a link, and the level of a date.
    pub field: Field,
    /// What the rows must satisfy: the other filters of a dashboard, so that pickers depend on each other.
    pub filters: Vec<Filter>,
    /// The text that the labels must start with.
    pub search: Option<String>,
    /// Whether the text may stand anywhere in the label.
    pub anywhere: bool,
    /// Whether the search tells upper case from lower.
    pub case_sensitive: bool,
    /// Whether the number of rows of each value is wanted.
    pub count: bool,
    /// Whether NULL is offered, as the last value. A search never finds it.
    pub null: bool,
    /// The order of the list.
    pub order: OptionOrder,
    /// The part of the list that is wanted.
    pub limit: Limit,
    /// Values that are chosen already. Each is told of, whatever the search and the limit leave.
    pub chosen: Vec<Literal>,
    /// The zone, the week start and the like, and the limits of the queries behind the list.
    pub options: Options,
}

/// The order of an option list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum OptionOrder {
    /// The least value first.
    #[default]
    Value,
    /// The most frequent value first, of equally frequent ones the least.
    Count,
}

impl DistinctValues {
    /// Values of a page, unless another limit is set.
    pub const DEFAULT_LIMIT: u64 = 1_000;

    /// The values of a column in the rows of a dataset, the first of them in order, without NULL.
    #[must_use]
    pub fn new(dataset: impl Into<String>, field: impl Into<Field>) -> Self {
        Self {
            dataset: dataset.into(),
            field: field.into(),
            filters: Vec::new(),
            search: None,
            anywhere: false,
            case_sensitive: false,
            count: false,
            null: false,
            order: OptionOrder::Value,
            limit: Limit { by: Some(Self::DEFAULT_LIMIT), offset: 0 },
            chosen: Vec::new(),
            options: Options::default(),
        }
    }

    /// Adds a filter that rows must satisfy.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<Filter>) -> Self {
        self.filters.push(filter.into());
        self
    }

    /// Only values whose label starts with a text, in any case.
    #[must_use]
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.search = Some(text.into());
        self
    }

    /// Lets the text of the search stand anywhere in a label.
    #[must_use]
    pub fn anywhere(mut self) -> Self {
        self.anywhere = true;
        self
    }

    /// Tells how many rows have each value.
    #[must_use]
    pub fn with_counts(mut self) -> Self {
        self.count = true;
        self
    }

    /// Offers NULL too.
    #[must_use]
    pub fn with_null(mut self) -> Self {
        self.null = true;
        self
    }

    /// The order of the list.
    #[must_use]
    pub fn order_by(mut self, order: OptionOrder) -> Self {
        self.order = order;
        self
    }

    /// At most so many values.
    #[must_use]
    pub fn limit(mut self, values: u64) -> Self {
        self.limit.by = Some(values);
        self
    }

    /// Leaves out so many values first.
    #[must_use]
    pub fn offset(mut self, values: u64) -> Self {
        self.limit.offset = values;
        self
    }

    /// The values that are chosen already.
    #[must_use]
    pub fn chosen<T: Into<Literal>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        self.chosen = values.into_iter().map(Into::into).collect();
        self
    }

    /// The values in the rows that the filters leave.
    pub(super) fn query(&self) -> Query {
        let mut query = Query::on(&self.dataset).dimension(Dimension::from(self.field.clone()).named(VALUE));
        query.filters.clone_from(&self.filters);
        query.options = Options { rollup_data: true, total_rows: false, ..self.options.clone() };
        query
    }

    /// The same with the number of rows of each.
    pub(super) fn counted(&self) -> Query {
        self.query().measure(count().named(COUNT))
    }
}
