//! The rows of an answer on their way: their columns, and which of the finest groups each stands for.

use arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array};
use arrow::compute::{concat, filter, take};
use arrow::error::ArrowError;

use crate::error::{Error, Result};

/// Rows of an answer.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// Dimensions, measures, comparisons, windows: as far as they are computed.
    pub(super) columns: Vec<ArrayRef>,
    /// The aggregates of each row, for formulas in filters and orders.
    pub(super) parts: Vec<ArrayRef>,
    pub(super) count: usize,
    /// The row of each leaf; none where it left the answer.
    pub(super) row_of: Vec<Option<usize>>,
    /// The rows that are the remainder of a top.
    pub(super) remainder: Option<BooleanArray>,
}

impl Rows {
    /// Keeps the rows where `kept` is true.
    pub(super) fn keep(&mut self, kept: &BooleanArray) -> Result<()> {
        let mut places = Vec::with_capacity(self.count);
        let mut count = 0;
        for row in 0..self.count {
            let stays = kept.is_valid(row) && kept.value(row);
            places.push(stays.then_some(count));
            count += usize::from(stays);
        }
        for row in &mut self.row_of {
            *row = row.and_then(|row| places.get(row).copied().flatten());
        }
        let only = |columns: &[ArrayRef]| columns.iter().map(|column| filter(column, kept)).collect::<Result<_, _>>();
        self.columns = only(&self.columns).map_err(broken)?;
        self.parts = only(&self.parts).map_err(broken)?;
        if let Some(remainder) = &self.remainder {
            let kept = filter(remainder, kept).map_err(broken)?;
            self.remainder = kept.as_any().downcast_ref::<BooleanArray>().cloned();
        }
        self.count = count;
        Ok(())
    }

    /// Appends rows. Which of the finest groups they stand for is not changed.
    pub(super) fn append(&mut self, more: &Self) -> Result<()> {
        let both = |left: &[ArrayRef], right: &[ArrayRef]| {
            let pairs = left.iter().zip(right).map(|(left, right)| concat(&[left.as_ref(), right.as_ref()]));
            pairs.collect::<Result<Vec<_>, _>>().map_err(broken)
        };
        self.columns = both(&self.columns, &more.columns)?;
        self.parts = both(&self.parts, &more.parts)?;
        if self.remainder.is_some() || more.remainder.is_some() {
            let own = self.remainder.take().unwrap_or_else(|| BooleanArray::from(vec![false; self.count]));
            let none = || BooleanArray::from(vec![false; more.count]);
            let others = more.remainder.clone().unwrap_or_else(none);
            self.remainder = Some(own.iter().chain(others.iter()).collect());
        }
        self.count += more.count;
        Ok(())
    }

    /// The columns with their rows in an order.
    pub(super) fn taken(&self, order: &UInt32Array) -> Result<(Vec<ArrayRef>, Option<BooleanArray>)> {
        let columns = self.columns.iter().map(|column| take(column, order, None)).collect::<Result<_, _>>();
        let remainder = match &self.remainder {
            Some(remainder) => {
                take(remainder, order, None).map_err(broken)?.as_any().downcast_ref::<BooleanArray>().cloned()
            }
            None => None,
        };
        Ok((columns.map_err(broken)?, remainder))
    }
}

pub(super) fn broken(error: ArrowError) -> Error {
    Error::internal("the rows of the answer cannot be put together").with_source(error)
}
