//! Window calculations, each over the rows of its partition in its order.

use std::cmp::Ordering;

use rusqlite::types::Value;

use super::order::{ascending, compare};
use super::top::together;
use super::{Model, Row};
use crate::oracle::exact::{FloatSum, quotient};
use crate::oracle::value::{digits, exact, float, name, whole};
use crate::shown::{self, Shown};
use crate::spec::{Aggregation, Key, Literal, Output, Window, WindowFunction, WindowTotal};

impl Model<'_> {
    /// Puts running totals in the place of cumulative sums, then appends the windows.
    pub(super) fn run_windows(&self, rows: &mut [Row]) {
        for (cell, measure) in self.spec.measures.iter().enumerate() {
            if measure.aggregation == Aggregation::CumulativeSum {
                let running = Window {
                    function: WindowFunction::RunningTotal,
                    of: Some(cell),
                    size: None,
                    offset: None,
                    default: None,
                    order: Vec::new(),
                    partition: None,
                    total: WindowTotal::None,
                };
                let values = self.window(&running, rows, None);
                rows.iter_mut().zip(values).for_each(|(row, value)| row.cells[cell] = value);
            }
        }
        for window in &self.spec.windows {
            let values = self.window(window, rows, None);
            rows.iter_mut().zip(values).for_each(|(row, value)| row.cells.push(value));
        }
    }

    /// The values of a window; in totals its partition has only the dimensions kept.
    pub(super) fn window(&self, window: &Window, rows: &[Row], kept: Option<&[usize]>) -> Vec<Value> {
        let mut asked = window.order.clone();
        if asked.is_empty() && window.function != WindowFunction::PercentOfTotal {
            let first = self.dimensions.iter().position(|shown| shown.is_time());
            asked.push(ascending(first.expect("a date among the dimensions")));
        }
        let named = |index: &usize| asked.iter().any(|key| key.of == Output::Dimension(*index));
        let dimensions = 0..self.dimensions.len();
        let mut partition: Vec<usize> = match &window.partition {
            Some(partition) => partition.clone(),
            None if window.function.runs_along() => dimensions.clone().filter(|index| !named(index)).collect(),
            None => Vec::new(),
        };
        partition.retain(|index| kept.is_none_or(|kept| kept.contains(index)));
        let of = self.other_of();
        let mut order = asked.clone();
        order.extend(dimensions.filter(|index| !named(index)).map(ascending));
        let by = |keys: &[Key], left: usize, right: usize| {
            let (left, right) = (&rows[left], &rows[right]);
            keys.iter().fold(Ordering::Equal, |before, key| {
                let other = |row: &Row| row.other && of.is_some_and(|of| key.of == Output::Dimension(of));
                before
                    .then_with(|| other(left).cmp(&other(right)))
                    .then_with(|| compare(left.value(key.of), right.value(key.of), key.descending, key.nulls_first))
            })
        };
        let parts = together(rows, |row| {
            let members: Vec<Value> = partition.iter().map(|index| row.keys[*index].clone()).collect();
            let other = row.other && of.is_some_and(|of| partition.contains(&of));
            format!("{other} {}", name(&members))
        });
        let mut values = vec![Value::Null; rows.len()];
        for (_, mut part) in parts {
            part.sort_by(|left, right| by(&order, *left, *right));
            let found = if window.function.is_rank() {
                part.retain(|row| !rows[*row].other);
                ranks(window, &part, |left, right| by(&asked, left, right).is_eq())
            } else {
                let of = window.of.expect("a column");
                let cells: Vec<&Value> = part.iter().map(|row| &rows[*row].cells[of]).collect();
                along(window, &cells, self.cells[of])
            };
            part.iter().zip(found).for_each(|(row, value)| values[*row] = value);
        }
        values
    }
}

fn ranks(window: &Window, part: &[usize], same: impl Fn(usize, usize) -> bool) -> Vec<Value> {
    let count = part.len();
    let (mut rank, mut dense) = (0, 0);
    let mut found = Vec::new();
    for place in 0..count {
        if place == 0 || !same(part[place - 1], part[place]) {
            rank = place + 1;
            dense += 1;
        }
        let number = match window.function {
            WindowFunction::Rank => rank,
            WindowFunction::DenseRank => dense,
            WindowFunction::RowNumber => place + 1,
            _ => {
                let parts = window.size.expect("a number of parts");
                let (least, longer) = (count / parts, count % parts);
                // The first parts are one longer.
                let long = longer * (least + 1);
                if place < long { place / (least + 1) + 1 } else { longer + (place - long) / least + 1 }
            }
        };
        found.push(Value::Integer(number as i64));
    }
    found
}

fn along(window: &Window, cells: &[&Value], shown: Shown) -> Vec<Value> {
    let offset = window.offset.unwrap_or(1);
    let before = |place: usize| place.checked_sub(offset).map(|place| cells[place]);
    let each = |value: &dyn Fn(usize) -> Value| (0..cells.len()).map(value).collect();
    let default = || window.default.as_ref().map_or(Value::Null, |default| of_type(default, shown));
    let number = |value: &Value| float(value, shown);
    let real = |value: Option<f64>| {
        let finite = value.filter(|value| value.is_finite());
        finite.map_or(Value::Null, |value| Value::Real(value + 0.0))
    };
    match window.function {
        WindowFunction::RunningTotal => {
            each(&|place| total(shown::sum(shown), cells[..=place].iter().map(|cell| as_sum(cell, shown))))
        }
        WindowFunction::MovingAverage => {
            let size = window.size.expect("a number of rows");
            each(&|place| mean(&cells[(place + 1).saturating_sub(size)..=place], shown))
        }
        WindowFunction::PercentOfTotal => {
            let sum = total(shown::sum(shown), cells.iter().map(|cell| as_sum(cell, shown)));
            let sum = float(&sum, shown::sum(shown)).filter(|sum| *sum != 0.0);
            each(&|place| real(number(cells[place]).zip(sum).map(|(value, sum)| value / sum)))
        }
        WindowFunction::PercentChange => each(&|place| {
            let base = before(place).and_then(number).filter(|base| *base != 0.0);
            real(number(cells[place]).zip(base).map(|(value, base)| value / base - 1.0))
        }),
        WindowFunction::Difference => {
            each(&|place| before(place).map_or(Value::Null, |earlier| difference(cells[place], earlier, shown)))
        }
        WindowFunction::Lag => each(&|place| before(place).cloned().unwrap_or_else(default)),
        WindowFunction::Lead => each(&|place| cells.get(place + offset).map_or_else(default, |cell| (*cell).clone())),
        WindowFunction::FirstValue => each(&|_| cells[0].clone()),
        _ => each(&|_| cells[cells.len() - 1].clone()),
    }
}

/// The value as sums hold it.
fn as_sum(cell: &Value, shown: Shown) -> Value {
    match (shown, cell) {
        (Shown::Integer | Shown::Decimal(_), Value::Integer(units)) => exact(i128::from(*units)),
        _ => cell.clone(),
    }
}

/// The sum of values of a type, in that type; NULL without a value.
pub(super) fn total(shown: Shown, cells: impl Iterator<Item = Value>) -> Value {
    let cells: Vec<Value> = cells.filter(|cell| *cell != Value::Null).collect();
    if cells.is_empty() {
        return Value::Null;
    }
    if let Value::Real(_) = cells[0] {
        let mut sum = FloatSum::default();
        for cell in &cells {
            if let Value::Real(value) = cell {
                sum.add(*value);
            }
        }
        return sum.rounded().map_or(Value::Null, |sum| Value::Real(sum + 0.0));
    }
    let sum: i128 = cells.iter().filter_map(whole).sum();
    match shown {
        Shown::Sum(_) => exact(sum),
        _ => i64::try_from(sum).map_or(Value::Null, Value::Integer),
    }
}

fn mean(cells: &[&Value], shown: Shown) -> Value {
    let present = cells.iter().filter(|cell| ***cell != Value::Null).count();
    if present == 0 {
        return Value::Null;
    }
    let sum = total(shown::sum(shown), cells.iter().map(|cell| as_sum(cell, shown)));
    match whole(&sum) {
        Some(units) => Value::Real(quotient(units, present as i128 * 10_i128.pow(digits(shown)))),
        _ => {
            let floats =
                cells.iter().filter_map(|cell| if let Value::Real(value) = cell { Some(*value) } else { None });
            crate::oracle::exact::mean(&floats.collect::<Vec<_>>()).map_or(Value::Null, Value::Real)
        }
    }
}

fn difference(value: &Value, earlier: &Value, shown: Shown) -> Value {
    if let (Value::Real(value), Value::Real(earlier)) = (value, earlier) {
        let difference = value - earlier;
        return if difference.is_finite() { Value::Real(difference + 0.0) } else { Value::Null };
    }
    let Some((value, earlier)) = whole(value).zip(whole(earlier)) else { return Value::Null };
    match shown {
        Shown::Integer => i64::try_from(value - earlier).map_or(Value::Null, Value::Integer),
        _ => exact(value - earlier),
    }
}

/// A literal as a value of a column.
fn of_type(literal: &Literal, shown: Shown) -> Value {
    match (shown, literal) {
        (Shown::Decimal(scale), Literal::Integer(value)) => Value::Integer(value * 10_i64.pow(scale)),
        (Shown::Sum(scale), Literal::Integer(value)) => exact(i128::from(*value) * 10_i128.pow(scale)),
        (Shown::Integer, Literal::Integer(value)) => Value::Integer(*value),
        (_, Literal::Integer(value)) => Value::Real(*value as f64),
        (_, Literal::Text(text)) => Value::Text(text.clone()),
        (shown, literal) => panic!("{literal:?} is no default of {shown:?}"),
    }
}
