//! The columns of the answer: dimensions and measures of a grouped query, or the columns of rows mode.

use super::base::list;
use super::outputs::{Names, measure_type, output};
use super::{Dimension, Measure, Output, OutputType, Predicate, Resolver, Scalar, Shape, SortKey, wrong};
use crate::error::Result;
use crate::model::{Aggregation, Kind};
use crate::query::{self, DatetimeLevel, Query, Target};
use crate::suggest;

/// The columns of a grouped answer, for those parts of a query that work on it.
pub(super) struct Answer<'a> {
    pub(super) dimensions: &'a [Dimension],
    pub(super) measures: &'a [Measure],
}

impl Answer<'_> {
    fn outputs(&self) -> impl Iterator<Item = &Output> {
        let dimensions = self.dimensions.iter().map(|dimension| &dimension.output);
        dimensions.chain(self.measures.iter().map(|measure| &measure.output))
    }

    pub(super) fn at(&self, index: usize) -> Option<Scalar> {
        self.outputs().nth(index).map(|output| Scalar::Output { index, output_type: output.output_type })
    }

    /// The dimension or measure of that name.
    pub(super) fn by_name(&self, name: &str, path: &str) -> Result<Scalar> {
        let found = self.outputs().position(|output| output.name == name).and_then(|index| self.at(index));
        found.ok_or_else(|| {
            let hint = suggest::hint(name, self.outputs().map(|output| output.name.as_str()));
            wrong(path, format!("the query calls nothing `{name}`{hint}"))
        })
    }

    /// The one measure over a column, else the dimension on it.
    pub(super) fn by_column(&self, of: &Scalar, path: &str) -> Result<Scalar> {
        let on = |measure: &Measure| measure.of.as_ref() == Some(of);
        let mut measures = self.measures.iter().enumerate().filter(|(_, measure)| on(measure));
        let place = match (measures.next(), measures.next()) {
            (Some((index, _)), None) => Some(self.dimensions.len() + index),
            (Some(_), Some(_)) => {
                let names =
                    self.measures.iter().filter(|measure| on(measure)).map(|measure| measure.output.name.as_str());
                return Err(wrong(
                    path,
                    format!("several measures are over this column; give the name of one of {}", list(names)),
                ));
            }
            (None, _) => self.dimensions.iter().position(|dimension| dimension.value == *of),
        };
        place
            .and_then(|index| self.at(index))
            .ok_or_else(|| wrong(path, "this column is neither a dimension nor a measure of the query"))
    }
}

impl Resolver<'_> {
    pub(super) fn grouped(&mut self, query: &Query) -> Result<(Shape, Vec<SortKey>)> {
        if query.dimensions.is_empty() && query.measures.is_empty() {
            return Err(wrong("", "a query needs a dimension or a measure"));
        }
        let mut names = Names::new(query)?;
        let mut dimensions = Vec::with_capacity(query.dimensions.len());
        for (index, asked) in query.dimensions.iter().enumerate() {
            let path = format!("/dimensions/{index}");
            if asked.aggregation.is_some() {
                return Err(wrong(
                    &format!("{path}/aggregation"),
                    "a dimension takes no aggregation; ask for a measure",
                ));
            }
            dimensions.push(self.dimension(asked, &path, &mut names)?);
        }
        let mut measures = Vec::with_capacity(query.measures.len());
        for (index, asked) in query.measures.iter().enumerate() {
            measures.push(self.measure(asked, &format!("/measures/{index}"), &mut names)?);
        }
        let answer = Answer { dimensions: &dimensions, measures: &measures };
        let having = Box::new(self.answer_filters(&query.having, "/having", &answer)?);
        let order = self.grouped_order(query, &answer)?;
        Ok((Shape::Grouped { dimensions, measures, having }, order))
    }

    pub(super) fn rows(&mut self, query: &Query) -> Result<(Shape, Vec<SortKey>)> {
        if query.dimensions.is_empty() && query.measures.is_empty() {
            return Err(wrong("", "a query needs a dimension or a measure"));
        }
        if !query.having.is_empty() {
            return Err(wrong("/having", "rows mode has no having, because nothing is aggregated"));
        }
        let mut names = Names::new(query)?;
        let mut columns = Vec::new();
        for (index, asked) in query.dimensions.iter().enumerate() {
            columns.push(self.dimension(asked, &format!("/dimensions/{index}"), &mut names)?);
        }
        for (index, asked) in query.measures.iter().enumerate() {
            let path = format!("/measures/{index}");
            if !asked.filters.is_empty() {
                return Err(wrong(
                    &format!("{path}/where"),
                    "rows mode has no measure filters, because nothing is aggregated",
                ));
            }
            let column = query::Dimension::new(asked.reference.clone(), asked.level, asked.name.clone());
            columns.push(self.dimension(&column, &path, &mut names)?);
        }
        let order = self.rows_order(query, &columns)?;
        Ok((Shape::Rows { columns }, order))
    }

    fn dimension(&mut self, asked: &query::Dimension, path: &str, names: &mut Names) -> Result<Dimension> {
        let (value, column) = self.scalar(&asked.reference, asked.level, path)?;
        let level = match asked.level {
            None => None,
            Some(DatetimeLevel::Bucket(level)) => Some(level.name()),
            Some(DatetimeLevel::Cyclic(part)) => Some(part.name()),
        };
        let name = names.name(asked.name.as_deref(), || {
            let column = value.column_ref().map(|column| self.display_name(column)).unwrap_or_default();
            level.map_or_else(|| column.clone(), |level| format!("{column}_{level}"))
        });
        let label = asked.name.as_deref().unwrap_or_else(|| column.label(&self.locale));
        let output_type = value.output_type();
        Ok(Dimension { output: output(name, label, output_type, level, &column), value })
    }

    fn measure(&mut self, asked: &query::Measure, path: &str, names: &mut Names) -> Result<Measure> {
        if asked.level.is_some() {
            return Err(wrong(&format!("{path}/level"), "a measure has no level; use a dimension"));
        }
        let filter = self.filters(&asked.filters, &format!("{path}/where"))?;
        if matches!(&asked.reference.target, Target::Column(id) if id == "*") {
            return self.count_of_rows(asked, path, filter, names);
        }
        let (value, column) = self.scalar(&asked.reference, None, path)?;
        let aggregation = asked.aggregation.unwrap_or(column.default_aggregation);
        if !aggregation.applies_to(column.kind()) {
            let allowed = Aggregation::ALL.into_iter().filter(|a| a.applies_to(column.kind())).map(Aggregation::as_str);
            let message = format!(
                "column `{}` is {} and cannot be aggregated by `{}`; it takes {}",
                column.id,
                column.kind().as_str(),
                aggregation.as_str(),
                list(allowed)
            );
            return Err(wrong(&format!("{path}/aggregation"), message));
        }
        let shown = value.column_ref().map(|column| self.display_name(column)).unwrap_or_default();
        let name = names.name(asked.name.as_deref(), || match aggregation {
            Aggregation::Count => "count".to_owned(),
            other => format!("{}_{shown}", other.as_str()),
        });
        let label = match &asked.name {
            Some(name) => name.clone(),
            None if aggregation == Aggregation::Count => "count".to_owned(),
            None => format!("{} ({})", column.label(&self.locale), aggregation.as_str()),
        };
        let output_type = OutputType::Plain(measure_type(aggregation, column.column_type));
        let mut output = output(name, &label, output_type, None, &column);
        if output_type.column_type().kind() != Kind::Numeric
            || matches!(aggregation, Aggregation::Count | Aggregation::CountValues | Aggregation::DistinctCount)
        {
            // A number of rows is not an amount of money.
            output.subtype = output.subtype.filter(|_| matches!(aggregation, Aggregation::Min | Aggregation::Max));
            output.format = output.format.filter(|_| matches!(aggregation, Aggregation::Min | Aggregation::Max));
        }
        let of = (aggregation != Aggregation::Count).then_some(value);
        Ok(Measure { aggregation, of, filter, output })
    }

    fn count_of_rows(
        &mut self,
        asked: &query::Measure,
        path: &str,
        filter: Predicate,
        names: &mut Names,
    ) -> Result<Measure> {
        if asked.aggregation.is_some_and(|aggregation| aggregation != Aggregation::Count) {
            return Err(wrong(&format!("{path}/aggregation"), "`*` stands for all rows and can only be counted"));
        }
        // A count over a link's `*` would count base rows all the same; the name must still be right.
        if let Some(dataset) = &asked.reference.dataset
            && *dataset != self.base.name
        {
            let message = format!("rows are counted on the base of the query, which is `{}`", self.base.name);
            return Err(wrong(&format!("{path}/dataset_id"), message));
        }
        let name = names.name(asked.name.as_deref(), || "count".to_owned());
        let label = name.clone();
        let output_type = OutputType::Plain(measure_type(Aggregation::Count, crate::model::ColumnType::Integer));
        let output = Output { name, label, output_type, level: None, subtype: None, format: None };
        Ok(Measure { aggregation: Aggregation::Count, of: None, filter, output })
    }
}
