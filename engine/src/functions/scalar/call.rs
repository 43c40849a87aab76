//! A call over the rows of a batch: its arguments, each a column or a constant, and how results become a column. A row
//! without a result is NULL.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, NullBufferBuilder, PrimitiveArray, StringViewArray, StringViewBuilder,
};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::ColumnarValue;

use crate::model::ColumnType;

/// A call of a function over the rows of a batch.
#[derive(Debug)]
pub(super) struct Call<'a> {
    arguments: &'a [ColumnarValue],
    rows: usize,
    result: ColumnType,
}

/// The values of an argument of a primitive type.
#[derive(Debug)]
pub(super) struct Values<T: ArrowPrimitiveType> {
    array: PrimitiveArray<T>,
    constant: bool,
}

/// The values of a text argument.
#[derive(Debug)]
pub(super) struct Texts {
    array: StringViewArray,
    constant: bool,
}

impl<T: ArrowPrimitiveType> Values<T> {
    /// The value in a row; none if it is NULL.
    pub(super) fn get(&self, row: usize) -> Option<T::Native> {
        let row = if self.constant { 0 } else { row };
        self.array.is_valid(row).then(|| self.array.value(row))
    }
}

impl Texts {
    /// The texts of all rows; none if one text stands for all.
    pub(super) fn column(&self) -> Option<&StringViewArray> {
        (!self.constant).then_some(&self.array)
    }

    /// The text in a row; none if it is NULL.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        let row = if self.constant { 0 } else { row };
        self.array.is_valid(row).then(|| self.array.value(row))
    }
}

impl<'a> Call<'a> {
    pub(super) fn new(arguments: &'a [ColumnarValue], rows: usize, result: ColumnType) -> Self {
        Self { arguments, rows, result }
    }

    /// The type of the result.
    pub(super) fn result(&self) -> ColumnType {
        self.result
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// How many arguments there are.
    pub(super) fn count(&self) -> usize {
        self.arguments.len()
    }

    /// The Arrow type of an argument.
    pub(super) fn data_type(&self, place: usize) -> Result<DataType> {
        self.argument(place).map(ColumnarValue::data_type)
    }

    /// An argument as a column of one row, if it is a constant, else of all rows; and whether it is constant.
    pub(super) fn array(&self, place: usize) -> Result<(ArrayRef, bool)> {
        Ok(match self.argument(place)? {
            ColumnarValue::Array(array) => (Arc::clone(array), false),
            ColumnarValue::Scalar(value) => (value.to_array()?, true),
        })
    }

    /// An argument of a primitive type.
    pub(super) fn values<T: ArrowPrimitiveType>(&self, place: usize) -> Result<Values<T>> {
        let (array, constant) = self.array(place)?;
        let array = array.as_primitive_opt::<T>().ok_or_else(|| self.mistyped(place))?.clone();
        Ok(Values { array, constant })
    }

    /// An argument of integers.
    pub(super) fn integers(&self, place: usize) -> Result<Values<Int64Type>> {
        self.values(place)
    }

    /// An argument of floats.
    pub(super) fn floats(&self, place: usize) -> Result<Values<Float64Type>> {
        self.values(place)
    }

    /// An argument of dates: days since 1970-01-01.
    pub(super) fn days(&self, place: usize) -> Result<Values<Date32Type>> {
        self.values(place)
    }

    /// An argument of instants or wall clock times: microseconds since 1970-01-01.
    pub(super) fn micros(&self, place: usize) -> Result<Values<TimestampMicrosecondType>> {
        self.values(place)
    }

    /// An argument of texts.
    pub(super) fn texts(&self, place: usize) -> Result<Texts> {
        let (array, constant) = self.array(place)?;
        let array = array.as_string_view_opt().ok_or_else(|| self.mistyped(place))?.clone();
        Ok(Texts { array, constant })
    }

    /// An argument that the check of formulas made sure is a constant text.
    pub(super) fn word(&self, place: usize) -> Result<String> {
        self.texts(place)?.get(0).map(str::to_owned).ok_or_else(|| self.mistyped(place))
    }

    /// An argument that the check of formulas made sure is a constant integer.
    pub(super) fn constant(&self, place: usize) -> Result<i64> {
        self.integers(place)?.get(0).ok_or_else(|| self.mistyped(place))
    }

    /// A column of integers.
    pub(super) fn gather_integers(&self, row: impl FnMut(usize) -> Option<i64>) -> ArrayRef {
        Arc::new(self.gather::<Int64Type>(row))
    }

    /// A column of floats. What is not finite is NULL, and -0.0 is 0.0.
    pub(super) fn gather_floats(&self, mut row: impl FnMut(usize) -> Option<f64>) -> ArrayRef {
        let finite = |value: f64| value.is_finite().then_some(value + 0.0);
        Arc::new(self.gather::<Float64Type>(|place| row(place).and_then(finite)))
    }

    /// A column of truth values.
    pub(super) fn gather_booleans(&self, row: impl FnMut(usize) -> Option<bool>) -> ArrayRef {
        Arc::new((0..self.rows).map(row).collect::<BooleanArray>())
    }

    /// A column of dates.
    pub(super) fn gather_days(&self, row: impl FnMut(usize) -> Option<i32>) -> ArrayRef {
        Arc::new(self.gather::<Date32Type>(row))
    }

    /// A column of instants or wall clock times, as the type of the result says.
    pub(super) fn gather_micros(&self, row: impl FnMut(usize) -> Option<i64>) -> Result<ArrayRef> {
        let times = self.gather::<TimestampMicrosecondType>(row);
        match self.result.arrow() {
            DataType::Timestamp(TimeUnit::Microsecond, zone) => Ok(Arc::new(times.with_timezone_opt(zone))),
            other => Err(DataFusionError::Internal(format!("a formula gives times as {other}"))),
        }
    }

    /// A column of texts.
    pub(super) fn gather_texts<S: AsRef<str>>(&self, mut row: impl FnMut(usize) -> Option<S>) -> ArrayRef {
        let mut builder = StringViewBuilder::with_capacity(self.rows);
        for place in 0..self.rows {
            builder.append_option(row(place));
        }
        Arc::new(builder.finish())
    }

    /// Mostly no row is NULL, and then nothing is written down about it.
    fn gather<T: ArrowPrimitiveType>(&self, mut row: impl FnMut(usize) -> Option<T::Native>) -> PrimitiveArray<T> {
        let mut nulls = NullBufferBuilder::new(self.rows);
        let values: Vec<T::Native> = (0..self.rows)
            .map(|place| {
                let value = row(place);
                nulls.append(value.is_some());
                value.unwrap_or_default()
            })
            .collect();
        PrimitiveArray::new(values.into(), nulls.finish())
    }

    /// The error of a function that is not compiled.
    pub(super) fn unknown(&self) -> DataFusionError {
        DataFusionError::Internal("a function of formulas has no kernel".into())
    }

    fn argument(&self, place: usize) -> Result<&'a ColumnarValue> {
        let given = self.arguments.get(place);
        given.ok_or_else(|| DataFusionError::Internal(format!("a function of formulas lacks argument {place}")))
    }

    fn mistyped(&self, place: usize) -> DataFusionError {
        let given = self.data_type(place).map_or_else(|_| "nothing".to_owned(), |given| given.to_string());
        DataFusionError::Internal(format!("a function of formulas got {given} as argument {place}"))
    }
}
