//! How the columns of an answer are called, and what they hold.

use std::collections::BTreeSet;

use super::{Output, OutputType, wrong};
use crate::error::Result;
use crate::model::{Aggregation, Column, ColumnType};
use crate::query::Query;

/// The names of an answer: given ones are unique, others are made so.
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    pub(super) fn new(query: &Query) -> Result<Self> {
        let mut taken = BTreeSet::new();
        let dimensions = query.dimensions.iter().map(|dimension| &dimension.name).enumerate();
        let measures = query.measures.iter().map(|measure| &measure.name).enumerate();
        let places = dimensions
            .map(|(index, name)| (format!("/dimensions/{index}/as"), name))
            .chain(measures.map(|(index, name)| (format!("/measures/{index}/as"), name)));
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

/// The type of a measure over a column.
pub(super) fn measure_type(aggregation: Aggregation, of: ColumnType) -> ColumnType {
    match aggregation {
        Aggregation::Sum => match of {
            ColumnType::Integer => ColumnType::Decimal { precision: 38, scale: 0 },
            ColumnType::Decimal { precision, scale } => {
                ColumnType::Decimal { precision: precision.saturating_add(19).min(76), scale }
            }
            other => other,
        },
        Aggregation::Median => match of {
            ColumnType::Decimal { precision, scale } if precision < 76 => {
                ColumnType::Decimal { precision: precision + 1, scale: scale + 1 }
            }
            _ => ColumnType::Float,
        },
        Aggregation::Average | Aggregation::Stddev | Aggregation::Variance => ColumnType::Float,
        Aggregation::Count | Aggregation::CountValues | Aggregation::DistinctCount => ColumnType::Integer,
        Aggregation::Min | Aggregation::Max => of,
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
