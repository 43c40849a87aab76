//! What is done with the groups: comparison, top, totals and pivot.

use std::collections::BTreeSet;

use super::columns::{check_reference, not_all_rows, of_rows};
use super::members::no_hierarchy;
use super::names::{Names, at_most};
use super::values::{one_or_more, scalar};
use crate::error::{Error, Result};
use crate::query::{PivotCell, Query, Shift};
use crate::suggest;

impl Query {
    /// Errors carry the place inside the comparison, whose columns are added to the names.
    pub(super) fn check_compare(&self, names: &mut Names) -> Result<()> {
        let Some(compare) = &self.compare else { return Ok(()) };
        check_reference(&compare.reference)?;
        no_hierarchy(&compare.reference, "a comparison")?;
        of_rows(&compare.reference, "a comparison")?;
        not_all_rows(&compare.reference, "it is no date")?;
        if let Shift::By { quantity, .. } = compare.shift {
            one_or_more(Some(quantity.into()), "/shift/quantity")?;
        }
        if self.measures.is_empty() {
            return Err(Error::query("a comparison needs a measure"));
        }
        names.list_of_measures(&compare.measures, "measures")?;
        if compare.measures.is_empty() {
            self.measures.iter().filter_map(|measure| measure.name.as_deref()).for_each(|name| names.comparison(name));
        } else {
            compare.measures.iter().for_each(|name| names.comparison(name));
        }
        Ok(())
    }

    /// Errors carry the place inside `top`.
    pub(super) fn check_top(&self, names: &Names) -> Result<()> {
        let Some(top) = &self.top else { return Ok(()) };
        one_or_more(Some(top.n), "/n")?;
        names.of_measure(&top.by).map_err(|error| error.at("/by"))?;
        names.list_of_dimensions(&top.per, "per")?;
        if self.dimensions.is_empty() {
            return Err(Error::query("`top` needs a dimension"));
        }
        match &top.of {
            Some(of) => {
                names.of_dimension(of).map_err(|error| error.at("/of"))?;
                // That of a hierarchy stands for the members above its own.
                let has_parents = self.dimensions.iter().any(|dimension| dimension.reference.members().is_some());
                if top.per.contains(of) && !has_parents {
                    return Err(Error::query("a dimension cannot be ranked within its own members").at("/of"));
                }
            }
            None if self.dimensions.len() > top.per.len() + 1 => {
                let message = "several dimensions are not in `per`; name the one whose members are ranked in `of`";
                return Err(Error::query(message));
            }
            None => {}
        }
        Ok(())
    }

    /// Errors carry the place inside the totals.
    pub(super) fn check_totals(&self, names: &Names) -> Result<()> {
        let Some(totals) = &self.totals else { return Ok(()) };
        at_most(totals.levels.len(), Self::MAX_TOTAL_LEVELS, "levels of totals")
            .map_err(|error| error.at("/levels"))?;
        for (index, level) in totals.levels.iter().enumerate() {
            names.list_of_dimensions(level, &format!("levels/{index}"))?;
        }
        Ok(())
    }

    /// Errors carry the place inside the pivot.
    pub(super) fn check_pivot(&self, names: &Names) -> Result<()> {
        let Some(pivot) = &self.pivot else { return Ok(()) };
        if pivot.columns.is_empty() {
            return Err(Error::query("expected the name of a dimension").at("/columns"));
        }
        names.list_of_dimensions(&pivot.columns, "columns")?;
        one_or_more(pivot.max_columns, "/max_columns")?;
        if self.measures.is_empty() && self.windows.is_empty() {
            return Err(Error::query("a pivot needs a measure for its cells"));
        }
        Ok(())
    }

    /// Errors carry the place inside `at`.
    pub(super) fn check_cell(&self, cell: &PivotCell) -> Result<()> {
        if cell.is_empty() {
            return Ok(());
        }
        let Some(pivot) = &self.pivot else {
            return Err(Error::query("only the rows of a pivot can be ordered by one of its cells"));
        };
        let mut known = BTreeSet::new();
        for (name, member) in cell {
            let here = |error: Error| error.at(format!("/{}", name.replace('~', "~0").replace('/', "~1")));
            if !pivot.columns.contains(name) {
                let hint = suggest::hint(name, pivot.columns.iter().map(String::as_str));
                return Err(here(Error::query(format!("`{name}` is no dimension of the pivot's columns{hint}"))));
            }
            if !known.insert(name) {
                return Err(here(Error::query("this name is listed twice")));
            }
            scalar(member).map_err(here)?;
        }
        match pivot.columns.iter().find(|column| !known.contains(column)) {
            Some(column) => Err(Error::query(format!("the cell needs a member of `{column}`, a column of the pivot"))),
            None => Ok(()),
        }
    }
}
