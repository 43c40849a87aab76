//! How the columns of an answer are called, and what they hold.

use std::collections::BTreeSet;

use super::{Output, OutputType, wrong};
use crate::catalog::Formula;
use crate::error::Result;
use crate::model::Column;
use crate::query::Query;

impl Output {
    /// A column that shows nothing but its values.
    pub(super) fn plain(name: &str, output_type: OutputType) -> Self {
        Self { name: name.to_owned(), label: name.to_owned(), output_type, level: None, subtype: None, format: None }
    }
}

/// A column of the answer with what a stored formula says about display.
pub(super) fn described(output: Output, formula: &Formula) -> Output {
    Output { subtype: formula.subtype, format: formula.format.clone(), ..output }
}

/// The names of an answer: given ones are unique, others are made so.
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    pub(super) fn new(query: &Query) -> Result<Self> {
        let mut taken = BTreeSet::new();
        let dimensions = query.dimensions.iter().map(|dimension| &dimension.name).enumerate();
        let measures = query.measures.iter().map(|measure| &measure.name).enumerate();
        let windows = query.windows.iter().map(|window| Some(&window.name)).enumerate();
        let places = dimensions
            .map(|(index, name)| (format!("/dimensions/{index}/as"), name.as_ref()))
            .chain(measures.map(|(index, name)| (format!("/measures/{index}/as"), name.as_ref())))
            .chain(windows.map(|(index, name)| (format!("/window/{index}/as"), name)));
        for (path, name) in places {
            if let Some(name) = name
                && !taken.insert(name.clone())
            {
                return Err(wrong(&path, format!("the query calls two things `{name}`")));
            }
        }
        Ok(Self { taken })
    }

    /// The given name, or a made one that nothing else has.
    pub(super) fn name(&mut self, given: Option<&str>, make: impl FnOnce() -> String) -> String {
        if let Some(given) = given {
            return given.to_owned();
        }
        let plain = make();
        let mut name = plain.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{plain}_{number}");
            number += 1;
        }
        name
    }
}

/// A column of the answer with what its column in the dataset says about display.
pub(super) fn output(
    name: String,
    label: &str,
    output_type: OutputType,
    level: Option<&str>,
    column: &Column,
) -> Output {
    Output {
        name,
        label: label.to_owned(),
        output_type,
        level: level.map(str::to_owned),
        subtype: column.subtype,
        format: column.format.clone(),
    }
}
