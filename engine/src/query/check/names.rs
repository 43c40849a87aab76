//! The names that a query gives to the columns of its answer.

use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind, Result};

pub(super) fn at_most(count: usize, limit: usize, what: &str) -> Result<()> {
    if count > limit {
        return Err(Error::new(ErrorKind::LimitExceeded, format!("more than {limit} {what}")));
    }
    Ok(())
}

pub(super) fn not_empty(name: Option<&str>, path: &str) -> Result<()> {
    if name.is_some_and(str::is_empty) {
        return Err(Error::query("a name must not be empty").at(path));
    }
    Ok(())
}

/// The names given. Columns without one get a default name later, so a name that is not here may exist all the same.
#[derive(Debug, Default)]
pub(super) struct Names {
    dimensions: BTreeSet<String>,
    /// Those of measures, comparisons and windows.
    others: BTreeSet<String>,
}

impl Names {
    pub(super) fn dimension(&mut self, name: Option<&str>) -> Result<()> {
        let Some(name) = self.given(name, "another dimension or measure")? else { return Ok(()) };
        self.dimensions.insert(name);
        Ok(())
    }

    pub(super) fn measure(&mut self, name: Option<&str>) -> Result<()> {
        let Some(name) = self.given(name, "another dimension or measure")? else { return Ok(()) };
        self.others.insert(name);
        Ok(())
    }

    pub(super) fn window(&mut self, name: &str) -> Result<()> {
        let Some(name) = self.given(Some(name), "another column of the answer")? else { return Ok(()) };
        self.others.insert(name);
        Ok(())
    }

    /// The three columns that compare a measure. Where one of their names is taken they get others.
    pub(super) fn comparison(&mut self, measure: &str) {
        for suffix in ["previous", "change", "change_ratio"] {
            let name = format!("{measure}_{suffix}");
            if !self.dimensions.contains(&name) {
                self.others.insert(name);
            }
        }
    }

    fn given(&self, name: Option<&str>, holder: &str) -> Result<Option<String>> {
        not_empty(name, "/as")?;
        if name.is_some_and(|name| self.dimensions.contains(name) || self.others.contains(name)) {
            return Err(Error::query(format!("this name is given to {holder} too")).at("/as"));
        }
        Ok(name.map(str::to_owned))
    }

    /// A name that must be that of a dimension.
    pub(super) fn of_dimension(&self, name: &str) -> Result<()> {
        not_empty(Some(name), "")?;
        if self.others.contains(name) {
            return Err(Error::query(format!("`{name}` is no dimension")));
        }
        Ok(())
    }

    /// A name that must not be that of a dimension.
    pub(super) fn of_measure(&self, name: &str) -> Result<()> {
        not_empty(Some(name), "")?;
        if self.dimensions.contains(name) {
            return Err(Error::query(format!("`{name}` is a dimension, expected a measure")));
        }
        Ok(())
    }

    /// Different names of dimensions, in a field of that name.
    pub(super) fn list_of_dimensions(&self, list: &[String], field: &str) -> Result<()> {
        each_once(list, field, |name| self.of_dimension(name))
    }

    /// Different names of measures, in a field of that name.
    pub(super) fn list_of_measures(&self, list: &[String], field: &str) -> Result<()> {
        each_once(list, field, |name| self.of_measure(name))
    }
}

fn each_once(list: &[String], field: &str, check: impl Fn(&str) -> Result<()>) -> Result<()> {
    let mut known = BTreeSet::new();
    for (index, name) in list.iter().enumerate() {
        check(name)
            .and_then(|()| if known.insert(name) { Ok(()) } else { Err(Error::query("this name is listed twice")) })
            .map_err(|error| error.within(&format!("/{field}/{index}")))?;
    }
    Ok(())
}
