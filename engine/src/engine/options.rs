//! Option lists: the values of a column, for pickers of filters.

use std::collections::BTreeMap;

use arrow::array::ArrayRef;
use serde::Serialize;

use super::option_request::{COUNT, DistinctValues, OptionOrder, VALUE};
use super::{Engine, Inner};
use crate::catalog::DatasetEntry;
use crate::error::{Error, Result};
use crate::finish::member_texts;
use crate::functions::fold_text;
use crate::model::ColumnType;
use crate::query::{Literal, Query, asc, desc};
use crate::resolve::{self, OutputType, Probed, Resolution, ResolvedQuery, Shape, Surroundings};
use crate::result::{Cell, Provenance, QueryResult, column_texts};
use crate::scope::Scope;

/// The values that a picker offers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OptionList {
    /// The values of the page, in order.
    pub options: Vec<OptionValue>,
    /// The number of different values that the filters and the search leave, NULL among them if it is offered.
    pub total: u64,
    /// The chosen values, in the order in which they were given.
    pub chosen: Vec<ChosenValue>,
    /// Where the page came from.
    pub provenance: Provenance,
}

/// One value of an option list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OptionValue {
    /// The value, as it stands in answers.
    pub value: Cell,
    /// The value as CSV shows it; the empty text for NULL.
    pub label: String,
    /// The number of rows that have it, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Whether it is among the chosen values.
    pub chosen: bool,
}

/// A value that was chosen before.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChosenValue {
    /// The value, as it was given.
    pub value: Literal,
    /// The value as CSV shows it; the empty text for NULL.
    pub label: String,
    /// Whether a row that the filters leave has the value. The search and the limit don't matter, nor whether NULL is
    /// offered.
    pub exists: bool,
    /// The number of rows that have it, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

impl Engine {
    /// The values of a column, for a picker of filters. They are those of a query with the same filters, so the scope
    /// holds as it does there.
    ///
    /// The search looks at labels: text, `true` and `false`, numbers with all their digits, dates, names of months. For
    /// columns that are no text it is made after the values are read, so there may be no more of them than an answer
    /// may have rows.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::query`]. A chosen value that the column cannot hold is no error; it does not exist.
    pub async fn distinct_values(&self, request: &DistinctValues, scope: &Scope) -> Result<OptionList> {
        let (asked, under) = (request.clone(), scope.clone());
        let column = self.blocking(move |inner| inner.option_column(&asked, &under)).await?;
        let chosen = Box::pin(self.chosen(request, scope, column.chosen)).await?;
        let (mut options, total, provenance) = match &request.search {
            Some(text) if !column.is_text => Box::pin(self.searched(request, text, scope)).await?,
            _ => Box::pin(self.page(request, scope)).await?,
        };
        for option in &mut options {
            let null = option.value.is_null();
            option.chosen = chosen.iter().any(|(one, is_null)| *is_null == null && one.label == option.label);
        }
        Ok(OptionList { options, total, chosen: chosen.into_iter().map(|(one, _)| one).collect(), provenance })
    }

    /// A page of values, cut and searched by the query.
    async fn page(&self, request: &DistinctValues, scope: &Scope) -> Result<(Vec<OptionValue>, u64, Provenance)> {
        let mut query = ordered(request);
        if let Some(text) = &request.search {
            let found = if request.anywhere { request.field.contains(text) } else { request.field.starts_with(text) };
            query = query.filter(found.case_sensitive(request.case_sensitive));
        }
        query.limit = Some(request.limit);
        let answer = self.query(&query.total_rows(), scope).await?;
        let options = read(&answer, request.count)?;
        let total = answer.total_rows().ok_or_else(|| Error::internal("an answer does not tell its rows"))?;
        Ok((options, total, answer.provenance().clone()))
    }

    /// A page of the values whose labels are found among those of all values.
    async fn searched(
        &self,
        request: &DistinctValues,
        text: &str,
        scope: &Scope,
    ) -> Result<(Vec<OptionValue>, u64, Provenance)> {
        let answer = self.query(&ordered(request), scope).await?;
        let form = |text: &str| if request.case_sensitive { text.to_owned() } else { fold_text(text) };
        let text = form(text);
        let mut options = read(&answer, request.count)?;
        options.retain(|option| {
            let label = form(&option.label);
            let found = if request.anywhere { label.contains(&text) } else { label.starts_with(&text) };
            found && !option.value.is_null()
        });
        let total = u64::try_from(options.len()).unwrap_or(u64::MAX);
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let page = options.into_iter().skip(whole(request.limit.offset));
        let page = page.take(request.limit.by.map_or(usize::MAX, whole)).collect();
        Ok((page, total, answer.provenance().clone()))
    }

    /// What became of the chosen values, each with whether it is NULL.
    async fn chosen(
        &self,
        request: &DistinctValues,
        scope: &Scope,
        members: Vec<ChosenMember>,
    ) -> Result<Vec<(ChosenValue, bool)>> {
        let possible: Vec<Literal> = members.iter().filter(|one| one.possible).map(|one| one.value.clone()).collect();
        let held = if possible.is_empty() {
            Vec::new()
        } else {
            read(&self.query(&request.counted().filter(request.field.is_in(possible)), scope).await?, true)?
        };
        let told = members.into_iter().map(|ChosenMember { value, label, possible }| {
            let null = value == Literal::Null;
            let found = held.iter().find(|one| possible && one.value.is_null() == null && one.label == label);
            let count = if request.count { Some(found.and_then(|one| one.count).unwrap_or(0)) } else { None };
            (ChosenValue { value, label, exists: found.is_some(), count }, null)
        });
        Ok(told.collect())
    }
}

/// What is known of the column of an option list without its values.
#[derive(Debug)]
struct OptionColumn {
    is_text: bool,
    chosen: Vec<ChosenMember>,
}

/// A chosen value as a member of the column.
#[derive(Debug)]
struct ChosenMember {
    value: Literal,
    label: String,
    /// Whether the column can hold it.
    possible: bool,
}

impl Inner {
    fn option_column(&self, request: &DistinctValues, scope: &Scope) -> Result<OptionColumn> {
        let query = Query { filters: Vec::new(), ..request.query() };
        let catalog = self.catalog()?;
        let (now, probed) = (self.clock.now(), Probed::default());
        let max_rows = self.max_rows;
        // What it is read from does not matter for what it is.
        let held = &|_: &DatasetEntry| Ok(BTreeMap::new());
        let surroundings = Surroundings { catalog: &catalog, scope, max_rows, now, probed: &probed, held };
        let Resolution::Ready(resolved) = resolve::resolve(&query, &surroundings)? else {
            return Err(Error::internal("the values of a column depend on other rows"));
        };
        let Shape::Grouped(groups) = &resolved.shape else {
            return Err(Error::internal("an option list has no groups"));
        };
        let dimension = groups.dimensions.first().ok_or_else(|| Error::internal("an option list is of no column"))?;
        let is_text = dimension.output.output_type == OutputType::Plain(ColumnType::Text);
        let mut chosen = Vec::with_capacity(request.chosen.len());
        for value in &request.chosen {
            let label = label(&resolved, dimension, value)?;
            let possible = label.is_some();
            let label = label.unwrap_or_else(|| text_of(value));
            chosen.push(ChosenMember { value: value.clone(), label, possible });
        }
        Ok(OptionColumn { is_text, chosen })
    }
}

/// The label of a chosen value; none where the column can never hold it.
fn label(query: &ResolvedQuery, dimension: &resolve::Dimension, value: &Literal) -> Result<Option<String>> {
    if *value == Literal::Null {
        return Ok(Some(String::new()));
    }
    let Ok(Some(member)) = resolve::member_value(&dimension.value, value, &query.calendar) else { return Ok(None) };
    let array: ArrayRef =
        member.to_array().map_err(|error| Error::internal("a chosen value is no value").with_source(error))?;
    Ok(member_texts(query, dimension, &array, None)?.pop())
}

/// A literal as a text, where it is no value of the column.
fn text_of(literal: &Literal) -> String {
    match literal {
        Literal::Null => String::new(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(number) => number.to_string(),
        Literal::Number(number) => number.to_string(),
        Literal::Decimal(text) | Literal::Text(text) => text.clone(),
        Literal::List(items) => items.iter().map(text_of).collect::<Vec<_>>().join(", "),
    }
}

/// The query for all values that are offered, in their order.
fn ordered(request: &DistinctValues) -> Query {
    let by_count = request.order == OptionOrder::Count;
    let mut query = if request.count || by_count { request.counted() } else { request.query() };
    if !request.null {
        query = query.filter(request.field.is_not_null());
    }
    if by_count {
        query = query.order_by(desc(COUNT));
    }
    query.order_by(asc(VALUE))
}

/// The values of an answer with their labels and, if they are wanted, their counts.
fn read(answer: &QueryResult, counted: bool) -> Result<Vec<OptionValue>> {
    let mut labels = Vec::with_capacity(answer.num_rows());
    for batch in answer.batches() {
        let values = batch.columns().first().ok_or_else(|| Error::internal("an answer has no column"))?;
        labels.extend(column_texts(values)?);
    }
    let values = answer.rows().zip(labels).filter_map(|(row, label)| {
        let mut cells = row.into_iter();
        let value = cells.next()?;
        let count = match cells.next() {
            Some(Cell::Integer(count)) if counted => u64::try_from(count).ok(),
            _ => None,
        };
        Some(OptionValue { value, label, count, chosen: false })
    });
    Ok(values.collect())
}
