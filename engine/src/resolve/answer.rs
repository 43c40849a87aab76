//! The columns of a grouped answer, for those parts of a query that work on it.

use super::base::list;
use super::{Dimension, Measure, Output, Scalar, wrong};
use crate::error::Result;
use crate::suggest;

/// The columns that are there so far.
pub(super) struct Answer<'a> {
    pub(super) dimensions: &'a [Dimension],
    pub(super) measures: &'a [Measure],
    /// Comparisons and windows.
    pub(super) others: Vec<&'a Output>,
}

impl<'a> Answer<'a> {
    pub(super) fn outputs(&self) -> impl Iterator<Item = &'a Output> {
        let dimensions = self.dimensions.iter().map(|dimension| &dimension.output);
        dimensions.chain(self.measures.iter().map(|measure| &measure.output)).chain(self.others.clone())
    }

    pub(super) fn at(&self, index: usize) -> Option<Scalar> {
        self.outputs().nth(index).map(|output| Scalar::Output { index, output_type: output.output_type })
    }

    /// The place of a column by its name.
    pub(super) fn place(&self, name: &str, path: &str) -> Result<usize> {
        self.outputs().position(|output| output.name == name).ok_or_else(|| {
            let hint = suggest::hint(name, self.outputs().map(|output| output.name.as_str()));
            wrong(path, format!("the query calls nothing `{name}`{hint}"))
        })
    }

    /// The place of a dimension by its name.
    pub(super) fn dimension(&self, name: &str, path: &str) -> Result<usize> {
        let place = self.place(name, path)?;
        if place < self.dimensions.len() { Ok(place) } else { Err(wrong(path, format!("`{name}` is no dimension"))) }
    }

    /// The column of that name.
    pub(super) fn by_name(&self, name: &str, path: &str) -> Result<Scalar> {
        let place = self.place(name, path)?;
        self.at(place).ok_or_else(|| wrong(path, format!("the query calls nothing `{name}`")))
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
