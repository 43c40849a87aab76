//! A window column, resolved.

use datafusion::scalar::ScalarValue;
use drillcore_formulas::WindowFunction;

use crate::query::WindowTotal;
use crate::resolve::{Output, OutputType, Scalar, SortKey};

/// A column computed over the rows of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Window {
    /// The calls of window functions in it, each once.
    pub(crate) parts: Vec<WindowPart>,
    /// How many columns of the answer stand before it. While it is computed, its calls stand behind these.
    pub(crate) place: usize,
    /// The value of a row: over the columns before it, its calls, and the aggregates of the group.
    pub(crate) value: Scalar,
    pub(crate) total: WindowTotal,
    pub(crate) output: Output,
    /// Whether the column takes the place of a measure (a cumulative sum) instead of standing behind all.
    pub(crate) replaces: Option<usize>,
}

/// One call of a window function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct WindowPart {
    pub(crate) function: WindowFunction,
    /// What it is computed from: a value over the columns before the window and the aggregates of the group.
    pub(crate) of: Option<Scalar>,
    /// The rows of a moving window, how many rows back or ahead, the parts of an ntile.
    pub(crate) reach: u64,
    pub(crate) default: Option<ScalarValue>,
    /// The keys asked for, then the dimensions.
    pub(crate) order: Vec<SortKey>,
    /// How many keys were asked for.
    pub(crate) asked: usize,
    pub(crate) partition: Vec<usize>,
    pub(crate) output_type: OutputType,
}

/// What a window is computed from in its own row.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sources {
    /// Columns of the answer, each once.
    pub(crate) columns: Vec<usize>,
    /// Whether there are aggregates of the group that are no column of the answer.
    pub(crate) aggregates: bool,
}

impl Window {
    /// What it is computed from in its own row. Orders and partitions do not count.
    pub(crate) fn sources(&self) -> Sources {
        let mut found = Sources::default();
        for value in self.parts.iter().filter_map(|part| part.of.as_ref()).chain([&self.value]) {
            found.add(value);
        }
        found.columns.retain(|column| *column < self.place);
        found
    }
}

impl Sources {
    fn add(&mut self, value: &Scalar) {
        match value {
            Scalar::Output { index, .. } if !self.columns.contains(index) => self.columns.push(*index),
            Scalar::Part { .. } => self.aggregates = true,
            Scalar::Computed(tree) => tree.visit_leaves(&mut |leaf| self.add(leaf)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use drillcore_formulas::WindowFunction;

    use super::{Sources, Window, WindowPart};
    use crate::model::ColumnType;
    use crate::query::WindowTotal;
    use crate::resolve::{Output, OutputType, Resolver, Scalar};

    const NUMBER: OutputType = OutputType::Plain(ColumnType::Integer);

    fn column(index: usize) -> Scalar {
        Scalar::Output { index, output_type: NUMBER }
    }

    /// A window behind three columns.
    fn window(value: Scalar, of: &[Scalar]) -> Window {
        let part = |of: &Scalar| WindowPart {
            function: WindowFunction::Lag,
            of: Some(of.clone()),
            reach: 1,
            default: None,
            order: Vec::new(),
            asked: 0,
            partition: Vec::new(),
            output_type: NUMBER,
        };
        let parts = of.iter().map(part).collect();
        let output = Output::plain("w", NUMBER);
        Window { parts, place: 3, value, total: WindowTotal::None, output, replaces: None }
    }

    #[test]
    fn calls_are_no_columns_and_what_they_take_is() {
        let check = |window: &Window, columns: &[usize], aggregates: bool| {
            assert_eq!(window.sources(), Sources { columns: columns.to_vec(), aggregates });
        };
        check(&window(column(3), &[column(1)]), &[1], false);
        let quotient = Resolver::compose("{a} / {b}", &[("a", &column(2)), ("b", &column(3))]).unwrap();
        check(&window(quotient.clone(), &[column(1)]), &[1, 2], false);
        let part = Scalar::Part { index: 0, column_type: ColumnType::Integer };
        let sum = Resolver::compose("{a} + {b}", &[("a", &part), ("b", &column(2))]).unwrap();
        check(&window(quotient, &[sum]), &[2], true);
    }
}
