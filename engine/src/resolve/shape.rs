//! The columns of the answer: dimensions and measures of a grouped query, or the columns of rows mode.

use super::aggregates::Made;
use super::answer::Answer;
use super::measures::Measures;
use super::outputs::Names;
use super::{Call, Groups, Resolver, Shape, SortKey, wrong};
use crate::error::Result;
use crate::query;

impl Resolver<'_> {
    pub(super) fn grouped(&mut self) -> Result<(Shape, Vec<SortKey>)> {
        let query = self.query;
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
        self.dimensions.clone_from(&dimensions);
        let mut measures = Measures::new(query.measures.len(), names);
        for index in 0..query.measures.len() {
            self.measure(index, &mut measures)?;
        }
        let (measures, mut names) = measures.finish();
        let mut groups = Groups {
            dimensions,
            parts: Vec::new(),
            measures,
            having: super::Predicate::Constant(true),
            context: None,
            steps: super::Steps::default(),
        };
        self.steps_before_having(&mut groups, &mut names)?;
        let answer = Answer {
            dimensions: &groups.dimensions,
            measures: &groups.measures,
            others: groups.outputs().skip(groups.dimensions.len() + groups.measures.len()).collect(),
        };
        let having = self.answer_filters(&query.having, "/having", &answer)?;
        groups.having = having;
        let order = self.steps_after_having(&mut groups)?;
        groups.parts = std::mem::take(&mut self.parts);
        self.set_context(&mut groups)?;
        if groups.parts.is_empty() && groups.dimensions.is_empty() {
            // Measures of constants alone: the one row of the answer is still that of a group.
            self.aggregate(Made::One(Call::CountRows), None, None, super::Predicate::Constant(true))?;
            groups.parts = std::mem::take(&mut self.parts);
        }
        Ok((Shape::Grouped(Box::new(groups)), order))
    }

    pub(super) fn rows(&mut self) -> Result<(Shape, Vec<SortKey>)> {
        let query = self.query;
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
}
