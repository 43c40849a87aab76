//! Functions over the rows of an answer.

use crate::registry::{functions, optional, required};
use crate::{Entry, Kind, ResultType, Type};

const LEFT_OUT: &str = "NULLs are left out; NULL as long as there is nothing else";
const NEIGHBOUR: &str = "NULL where there is no such row or its value is NULL";

/// The most rows that a moving window or an offset reaches over.
const REACH: i64 = 1_000_000;

functions! {
    /// Functions over the rows of an answer, in their order. They may end in `PARTITION BY {a}, ..` and
    /// `ORDER BY {b} DESC, ..`.
    WindowFunction {
        RunningSum => Entry::new("RUNNING_SUM", ResultType::Of(0), "the sum of the rows up to this one")
            .aliases(&["RUNNING_TOTAL", "CUMULATIVE_SUM"])
            .takes(&[required("number", Kind::Number)])
            .nulls(LEFT_OUT),
        RunningAverage => Entry::new("RUNNING_AVG", ResultType::Always(Type::Float), "the average of the rows up to this one")
            .takes(&[required("number", Kind::Number)])
            .nulls(LEFT_OUT),
        RunningMin => Entry::new("RUNNING_MIN", ResultType::Of(0), "the least value up to this row")
            .takes(&[required("value", Kind::Any)])
            .nulls(LEFT_OUT),
        RunningMax => Entry::new("RUNNING_MAX", ResultType::Of(0), "the greatest value up to this row")
            .takes(&[required("value", Kind::Any)])
            .nulls(LEFT_OUT),
        RunningCount => Entry::new("RUNNING_COUNT", ResultType::Always(Type::Integer), "the number of values up to this row")
            .takes(&[required("value", Kind::Any)])
            .nulls("NULLs are not counted"),
        MovingSum => Entry::new("MOVING_SUM", ResultType::Of(0), "the sum of so many rows up to this one, this one included; fewer at the start")
            .takes(&[required("number", Kind::Number), required("rows", Kind::Constant(1, REACH))])
            .nulls(LEFT_OUT),
        MovingAverage => Entry::new("MOVING_AVG", ResultType::Always(Type::Float), "the average of so many rows up to this one, this one included; fewer at the start")
            .takes(&[required("number", Kind::Number), required("rows", Kind::Constant(1, REACH))])
            .nulls(LEFT_OUT),
        MovingMin => Entry::new("MOVING_MIN", ResultType::Of(0), "the least value of so many rows up to this one")
            .takes(&[required("value", Kind::Any), required("rows", Kind::Constant(1, REACH))])
            .nulls(LEFT_OUT),
        MovingMax => Entry::new("MOVING_MAX", ResultType::Of(0), "the greatest value of so many rows up to this one")
            .takes(&[required("value", Kind::Any), required("rows", Kind::Constant(1, REACH))])
            .nulls(LEFT_OUT),
        Rank => Entry::new("RANK", ResultType::Always(Type::Integer), "1 and the number of rows before this one; equal rows have the same")
            .nulls("an order that is NULL is last unless told"),
        DenseRank => Entry::new("DENSE_RANK", ResultType::Always(Type::Integer), "1 and the number of different orders before this row")
            .nulls("an order that is NULL is last unless told"),
        PercentRank => Entry::new("PERCENT_RANK", ResultType::Always(Type::Float), "the share of the other rows that come before this one: (RANK - 1) / (rows - 1); of one row 0")
            .nulls("an order that is NULL is last unless told"),
        CumeDist => Entry::new("CUME_DIST", ResultType::Always(Type::Float), "the share of the rows that do not come after this one")
            .nulls("an order that is NULL is last unless told"),
        RowNumber => Entry::new("ROW_NUMBER", ResultType::Always(Type::Integer), "the number of the row, from 1; equal rows are told apart by the dimensions")
            .aliases(&["INDEX"])
            .nulls("an order that is NULL is last unless told"),
        Ntile => Entry::new("NTILE", ResultType::Always(Type::Integer), "the number of the part, from 1, if the rows are dealt into so many parts of about one size, larger ones first")
            .takes(&[required("parts", Kind::Constant(1, REACH))])
            .nulls("an order that is NULL is last unless told"),
        Lag => Entry::new("LAG", ResultType::Of(0), "the value so many rows before this one (1 unless told)")
            .takes(&[required("value", Kind::Any), optional("offset", Kind::Constant(0, REACH))])
            .nulls(NEIGHBOUR),
        Lead => Entry::new("LEAD", ResultType::Of(0), "the value so many rows after this one (1 unless told)")
            .takes(&[required("value", Kind::Any), optional("offset", Kind::Constant(0, REACH))])
            .nulls(NEIGHBOUR),
        FirstValue => Entry::new("FIRST_VALUE", ResultType::Of(0), "the value in the first row of the partition")
            .takes(&[required("value", Kind::Any)])
            .nulls("a NULL in that row stays"),
        LastValue => Entry::new("LAST_VALUE", ResultType::Of(0), "the value in the last row of the partition")
            .takes(&[required("value", Kind::Any)])
            .nulls("a NULL in that row stays"),
        Difference => Entry::new("DIFFERENCE", ResultType::Of(0), "the value less the one so many rows before (1 unless told)")
            .takes(&[required("number", Kind::Number), optional("offset", Kind::Constant(1, REACH))])
            .nulls(NEIGHBOUR),
        PercentChange => Entry::new("PERCENT_CHANGE", ResultType::Always(Type::Float), "the value divided by the one so many rows before (1 unless told), less 1; a fraction")
            .takes(&[required("number", Kind::Number), optional("offset", Kind::Constant(1, REACH))])
            .nulls("NULL where there is no such row or its value is NULL or 0"),
        PercentOfTotal => Entry::new("PERCENT_OF_TOTAL", ResultType::Always(Type::Float), "the value divided by the sum over the partition; a fraction")
            .takes(&[required("number", Kind::Number)])
            .nulls("NULL where the value is NULL or the sum 0"),
        WindowSum => Entry::new("WINDOW_SUM", ResultType::Of(0), "the sum over the partition")
            .aliases(&["TOTAL"])
            .takes(&[required("number", Kind::Number)])
            .nulls(LEFT_OUT),
        WindowAverage => Entry::new("WINDOW_AVG", ResultType::Always(Type::Float), "the average over the partition")
            .takes(&[required("number", Kind::Number)])
            .nulls(LEFT_OUT),
        WindowMin => Entry::new("WINDOW_MIN", ResultType::Of(0), "the least value of the partition")
            .takes(&[required("value", Kind::Any)])
            .nulls(LEFT_OUT),
        WindowMax => Entry::new("WINDOW_MAX", ResultType::Of(0), "the greatest value of the partition")
            .takes(&[required("value", Kind::Any)])
            .nulls(LEFT_OUT),
        WindowCount => Entry::new("WINDOW_COUNT", ResultType::Always(Type::Integer), "the number of rows of the partition")
            .aliases(&["SIZE"])
            .nulls("all rows count"),
    }
}
