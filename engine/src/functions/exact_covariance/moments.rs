//! The exact sums that a correlation or covariance is made of, and the result.

use arrow::array::{ArrayRef, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::Result;
use datafusion::logical_expr::EmitTo;

use crate::functions::exact::{
    Direction, FloatProducts, FloatSquares, FloatSums, Moments, Number, Sums, column, damaged, spread,
};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Output {
    Correlation,
    /// That of a sample.
    Covariance,
    /// That of a whole population.
    PopulationCovariance,
}

impl Output {
    /// What is stored besides the number of rows.
    pub(super) fn stored(self) -> &'static [&'static str] {
        match self {
            Self::Correlation => &["sum", "other_sum", "products", "squares", "other_squares"],
            Self::Covariance | Self::PopulationCovariance => &["sum", "other_sum", "products"],
        }
    }
}

/// The sums of two columns, for each group. A row counts if both of its values do.
#[derive(Debug)]
pub(super) struct PairMoments {
    output: Output,
    sums: [FloatSums; 2],
    products: FloatProducts,
    /// Those of both columns for a correlation, else none.
    squares: Vec<FloatSquares>,
}

impl PairMoments {
    pub(super) fn new(output: Output) -> Self {
        let squares = match output {
            Output::Correlation => vec![FloatSquares::default(), FloatSquares::default()],
            Output::Covariance | Output::PopulationCovariance => Vec::new(),
        };
        Self { output, sums: Default::default(), products: FloatProducts::default(), squares }
    }
}

impl Moments for PairMoments {
    fn fresh(&self) -> Self {
        Self::new(self.output)
    }

    fn resize(&mut self, groups: usize) {
        self.sums.iter_mut().for_each(|sums| sums.resize(groups));
        self.products.resize(groups);
        self.squares.iter_mut().for_each(|squares| squares.resize(groups));
    }

    fn selection(columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        FloatProducts::selection(columns, filter)
    }

    fn add(&mut self, columns: &[ArrayRef], groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()> {
        for (sums, column) in self.sums.iter_mut().zip(columns.chunks(1)) {
            sums.add(column, groups, selected)?;
        }
        for (squares, column) in self.squares.iter_mut().zip(columns.chunks(1)) {
            squares.add(column, groups, selected)?;
        }
        self.products.add(columns, groups, selected)
    }

    fn add_to_first(
        &mut self,
        columns: &[ArrayRef],
        selected: Option<&BooleanBuffer>,
        direction: Direction,
    ) -> Result<()> {
        for (sums, column) in self.sums.iter_mut().zip(columns.chunks(1)) {
            sums.add_to_first(column, selected, direction)?;
        }
        for (squares, column) in self.squares.iter_mut().zip(columns.chunks(1)) {
            squares.add_to_first(column, selected, direction)?;
        }
        self.products.add_to_first(columns, selected, direction)
    }

    fn merge(&mut self, states: &[ArrayRef], groups: &[usize]) -> Result<()> {
        for (place, sums) in self.sums.iter_mut().enumerate() {
            sums.merge(column(states, place)?, groups)?;
        }
        self.products.merge(column(states, 2)?, groups)?;
        for (place, squares) in (3..).zip(&mut self.squares) {
            squares.merge(column(states, place)?, groups)?;
        }
        Ok(())
    }

    fn take(&mut self, emit: EmitTo) -> Self {
        Self {
            output: self.output,
            sums: self.sums.each_mut().map(|sums| sums.take(emit)),
            products: self.products.take(emit),
            squares: self.squares.iter_mut().map(|squares| squares.take(emit)).collect(),
        }
    }

    fn states(&self, nulls: Option<&NullBuffer>) -> Result<Vec<ArrayRef>> {
        let sums = self.sums.iter().map(|sums| sums.states(nulls));
        let squares = self.squares.iter().map(|squares| squares.states(nulls));
        sums.chain([self.products.states(nulls)]).chain(squares).collect()
    }

    fn result(&self, group: usize, count: u64) -> Result<Option<f64>> {
        let [one, other] = self.sums.each_ref().map(|sums| sums.number(group));
        let common = spread(count, &self.products.number(group), &one, &other);
        match self.output {
            Output::Covariance => Ok(common.quotient(&[count, count.saturating_sub(1)])),
            Output::PopulationCovariance => Ok(common.quotient(&[count, count])),
            Output::Correlation => {
                let own = self.squares.iter().zip([one, other]);
                let own = own.map(|(squares, sum)| spread(count, &squares.number(group), &sum, &sum));
                let own: Vec<Number> = own.collect();
                let [one, other] = own.as_slice() else { return Ok(None) };
                let correlation = common.over_root_of(&one.product(other));
                // The sums of no rows make squares negative or a correlation more than 1.
                let are_squares = !one.is_negative() && !other.is_negative();
                if are_squares && correlation.is_none_or(|value| value.abs() <= 1.0) {
                    Ok(correlation)
                } else {
                    Err(damaged())
                }
            }
        }
    }

    fn size(&self) -> usize {
        let sums: usize = self.sums.iter().map(Sums::size).sum();
        let squares: usize = self.squares.iter().map(|squares| squares.size() + size_of::<FloatSquares>()).sum();
        sums + self.products.size() + squares
    }
}
