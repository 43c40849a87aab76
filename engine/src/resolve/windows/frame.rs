//! In which order a window function looks at rows, and at which.

use drillcore_formulas::WindowFunction;

use crate::model::Kind;
use crate::resolve::answer::Answer;
use crate::resolve::order::push;
use crate::resolve::{Dimension, OutputType, Scalar, SortKey};

/// The order of the rows and what keeps them apart.
#[derive(Debug)]
pub(super) struct Frame {
    /// The keys asked for, then the dimensions.
    pub(super) order: Vec<SortKey>,
    /// How many keys were asked for.
    pub(super) asked: usize,
    pub(super) partition: Vec<usize>,
}

/// What a function needs of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Nothing,
    /// Any; where none is given that along the first date.
    Any,
    /// One that is given.
    Given,
}

/// Completes what is asked for. None where an order is missing.
pub(super) fn frame(
    function: WindowFunction,
    mut order: Vec<SortKey>,
    partition: Option<Vec<usize>>,
    answer: &Answer<'_>,
) -> Option<Frame> {
    match need(function) {
        Need::Any if order.is_empty() => order.push(first_date(answer.dimensions)?),
        Need::Given if order.is_empty() => return None,
        _ => {}
    }
    let asked = order.len();
    let partition = match partition {
        Some(partition) => partition,
        None if within_rest(function) => rest(&order, answer.dimensions.len()),
        None => Vec::new(),
    };
    for index in 0..answer.dimensions.len() {
        if let Some(of) = answer.at(index) {
            push(&mut order, of, None);
        }
    }
    Some(Frame { order, asked, partition })
}

/// Whether a function needs an order that is given.
pub(super) fn needs_given_order(function: WindowFunction) -> bool {
    need(function) == Need::Given
}

fn need(function: WindowFunction) -> Need {
    use WindowFunction as F;
    match function {
        F::PercentOfTotal | F::WindowSum | F::WindowAverage | F::WindowMin | F::WindowMax | F::WindowCount => {
            Need::Nothing
        }
        F::Rank | F::DenseRank | F::PercentRank | F::CumeDist | F::RowNumber | F::Ntile => Need::Given,
        F::RunningSum
        | F::RunningAverage
        | F::RunningMin
        | F::RunningMax
        | F::RunningCount
        | F::MovingSum
        | F::MovingAverage
        | F::MovingMin
        | F::MovingMax
        | F::Lag
        | F::Lead
        | F::FirstValue
        | F::LastValue
        | F::Difference
        | F::PercentChange => Need::Any,
    }
}

/// Whether, where no partition is given, the rows that share all dimensions but those of the order belong together; for
/// the other functions all rows do.
pub(super) fn within_rest(function: WindowFunction) -> bool {
    need(function) == Need::Any && !matches!(function, WindowFunction::FirstValue | WindowFunction::LastValue)
}

/// The first dimension that is a date.
pub(super) fn first_date(dimensions: &[Dimension]) -> Option<SortKey> {
    let is_date = |dimension: &Dimension| {
        matches!(dimension.output.output_type, OutputType::InstantBucket)
            || dimension.output.output_type.column_type().kind() == Kind::Datetime
    };
    let found = dimensions.iter().enumerate().find(|(_, dimension)| is_date(dimension));
    found.map(|(index, dimension)| {
        let of = Scalar::Output { index, output_type: dimension.output.output_type };
        SortKey { of, descending: false, nulls_first: false }
    })
}

/// The dimensions that an order does not name.
fn rest(order: &[SortKey], dimensions: usize) -> Vec<usize> {
    let named =
        |index: usize| order.iter().any(|key| matches!(key.of, Scalar::Output { index: of, .. } if of == index));
    (0..dimensions).filter(|index| !named(*index)).collect()
}

#[cfg(test)]
mod tests {
    use drillcore_formulas::WindowFunction as F;

    use super::frame;
    use crate::model::ColumnType;
    use crate::resolve::answer::Answer;
    use crate::resolve::{ColumnRef, Dimension, Output, OutputType, Scalar, SortKey};

    fn dimension(name: &str, column_type: ColumnType) -> Dimension {
        let value = Scalar::Column(ColumnRef { lookup: None, column: name.to_owned(), column_type });
        Dimension { value, output: Output::plain(name, OutputType::Plain(column_type)) }
    }

    /// The places of the order, how many of them are asked for, and the partition.
    fn framed(dimensions: &[Dimension], function: F, asked: &[usize]) -> Option<(Vec<usize>, usize, Vec<usize>)> {
        let answer = Answer { dimensions, measures: &[], others: Vec::new() };
        let key = |index: &usize| SortKey { of: answer.at(*index).unwrap(), descending: false, nulls_first: false };
        let found = frame(function, asked.iter().map(key).collect(), None, &answer)?;
        let place = |key: &SortKey| match key.of {
            Scalar::Output { index, .. } => index,
            _ => panic!("a key is no column"),
        };
        Some((found.order.iter().map(place).collect(), found.asked, found.partition))
    }

    #[test]
    fn what_is_not_asked_for_is_completed() {
        let dimensions = [
            dimension("region", ColumnType::Text),
            dimension("day", ColumnType::Date),
            dimension("at", ColumnType::Datetime),
        ];
        let of = |function, asked: &[usize]| framed(&dimensions, function, asked);
        assert_eq!(of(F::MovingMax, &[]), Some((vec![1, 0, 2], 1, vec![0, 2])));
        assert_eq!(of(F::Lag, &[2, 0]), Some((vec![2, 0, 1], 2, vec![1])));
        assert_eq!(of(F::FirstValue, &[]), Some((vec![1, 0, 2], 1, vec![])));
        assert_eq!(of(F::PercentOfTotal, &[]), Some((vec![0, 1, 2], 0, vec![])));
        assert_eq!(of(F::Ntile, &[0]), Some((vec![0, 1, 2], 1, vec![])));
        assert_eq!(of(F::Rank, &[]), None);
        let text = framed(&dimensions[..1], F::RunningSum, &[]);
        assert_eq!(text, None);
        assert_eq!(framed(&dimensions[..1], F::WindowCount, &[]), Some((vec![0], 0, vec![])));
    }
}
