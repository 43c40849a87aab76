//! Percentiles that are one of the values.

use std::marker::PhantomData;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result;

use super::share::Share;
use crate::functions::values::{Held, Statistic};

/// The discrete percentile of values of any kind.
#[derive(Debug)]
pub(super) struct Discrete<H> {
    share: Share,
    data_type: DataType,
    values: PhantomData<H>,
}

impl<H> Discrete<H> {
    pub(super) fn new(share: Share, data_type: DataType) -> Self {
        Self { share, data_type, values: PhantomData }
    }
}

impl<H: Held> Statistic for Discrete<H> {
    type Held = H;
    type Value = H;

    fn of(&self, values: &mut [H]) -> Option<H> {
        let first = self.share.first_at(values.len())?;
        let (_, value, _) = values.select_nth_unstable(first);
        Some(value.clone())
    }

    fn column(&self, results: Vec<Option<H>>) -> Result<ArrayRef> {
        H::array(results.iter().map(Option::as_ref), &self.data_type)
    }
}
