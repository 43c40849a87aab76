//! Functions that make one value of the rows of a group.

use crate::registry::{functions, optional, required};
use crate::{Entry, Kind, ResultType, Type};

const VALUES_SPREAD: &str = "values that are NULL are left out; without values NULL";
const COUNTS: &str = "values that are NULL are left out; without values 0";

functions! {
    /// Functions that make one value of the rows of a group.
    AggregateFunction {
        Sum => Entry::new("SUM", ResultType::Of(0), "the exact sum; floats are rounded once, at the end")
            .takes(&[required("number", Kind::Number)])
            .nulls(VALUES_SPREAD),
        Average => Entry::new("AVG", ResultType::Always(Type::Float), "the exact sum divided by the number of values")
            .aliases(&["AVERAGE", "MEAN"])
            .takes(&[required("number", Kind::Number)])
            .nulls(VALUES_SPREAD),
        Median => Entry::new("MEDIAN", ResultType::Of(0), "the middle value, or halfway between the two middle ones")
            .takes(&[required("number", Kind::Number)])
            .nulls(VALUES_SPREAD),
        Percentile => Entry::new("PERCENTILE", ResultType::Always(Type::Float), "the value below which that share of the values lies, linear between ranks; 0.5 is the median")
            .aliases(&["PERCENTILE_CONT"])
            .takes(&[required("number", Kind::Number), required("share", Kind::Share)])
            .nulls(VALUES_SPREAD),
        PercentileDiscrete => Entry::new("PERCENTILE_DISC", ResultType::Of(0), "the smallest value with at least that share of the values at or below it")
            .takes(&[required("number", Kind::Number), required("share", Kind::Share)])
            .nulls(VALUES_SPREAD),
        CountValues => Entry::new("COUNT", ResultType::Always(Type::Integer), "the number of values that are not NULL")
            .aliases(&["COUNT_VALUES"])
            .takes(&[required("value", Kind::Any)])
            .nulls(COUNTS),
        CountRows => Entry::new("COUNTR", ResultType::Always(Type::Integer), "the number of rows")
            .aliases(&["COUNT_ROWS"])
            .nulls("all rows count"),
        CountDistinct => Entry::new("COUNTD", ResultType::Always(Type::Integer), "the number of different values")
            .aliases(&["COUNT_DISTINCT", "DISTINCTCOUNT"])
            .takes(&[required("value", Kind::Any)])
            .nulls(COUNTS),
        Min => Entry::new("MIN", ResultType::Of(0), "the least value; of texts by code point, of conditions false before true")
            .takes(&[required("value", Kind::Any)])
            .nulls(VALUES_SPREAD),
        Max => Entry::new("MAX", ResultType::Of(0), "the greatest value; of texts by code point, of conditions false before true")
            .takes(&[required("value", Kind::Any)])
            .nulls(VALUES_SPREAD),
        Stddev => Entry::new("STDDEV", ResultType::Always(Type::Float), "the standard deviation of a sample; of fewer than two values NULL")
            .aliases(&["STDDEV_SAMP"])
            .takes(&[required("number", Kind::Number)])
            .nulls(VALUES_SPREAD),
        Variance => Entry::new("VARIANCE", ResultType::Always(Type::Float), "the variance of a sample; of fewer than two values NULL")
            .aliases(&["VAR_SAMP"])
            .takes(&[required("number", Kind::Number)])
            .nulls(VALUES_SPREAD),
        StddevPop => Entry::new("STDDEV_POP", ResultType::Always(Type::Float), "the standard deviation of a whole population")
            .takes(&[required("number", Kind::Number)])
            .nulls(VALUES_SPREAD),
        VariancePop => Entry::new("VARIANCE_POP", ResultType::Always(Type::Float), "the variance of a whole population")
            .aliases(&["VAR_POP"])
            .takes(&[required("number", Kind::Number)])
            .nulls(VALUES_SPREAD),
        Mode => Entry::new("MODE", ResultType::Of(0), "the most frequent value; of several the least")
            .takes(&[required("value", Kind::Any)])
            .nulls(VALUES_SPREAD),
        First => Entry::new("FIRST", ResultType::Of(0), "the value where `by` is least; of several the least")
            .takes(&[required("value", Kind::Any), required("by", Kind::Any)])
            .nulls("rows where either is NULL are left out"),
        Last => Entry::new("LAST", ResultType::Of(0), "the value where `by` is greatest; of several the greatest")
            .takes(&[required("value", Kind::Any), required("by", Kind::Any)])
            .nulls("rows where either is NULL are left out"),
        Rate => Entry::new("RATE", ResultType::Always(Type::Float), "the sum of the first divided by the sum of the second")
            .takes(&[required("number", Kind::Number), required("divisor", Kind::Number)])
            .nulls("each sum leaves out its own NULLs; NULL where the divisor is 0"),
        WeightedAverage => Entry::new("WEIGHTED_AVG", ResultType::Always(Type::Float), "the average in which each value counts as much as its weight")
            .aliases(&["WEIGHTED_AVERAGE"])
            .takes(&[required("number", Kind::Number), required("weight", Kind::Number)])
            .nulls("rows where either is NULL are left out; NULL where the weights add up to 0"),
        StringList => Entry::new("STRING_LIST", ResultType::Always(Type::Text), "the different values in order, joined with the separator (`, ` unless told); of more than 1,000 the first")
            .aliases(&["STRING_AGG", "LISTAGG", "GROUP_CONCAT"])
            .takes(&[required("value", Kind::Text), optional("separator", Kind::Separator)])
            .nulls(VALUES_SPREAD),
        Correlation => Entry::new("CORR", ResultType::Always(Type::Float), "the correlation of Pearson, from -1 to 1; NULL where one side does not vary")
            .takes(&[required("one", Kind::Float), required("other", Kind::Float)])
            .nulls("rows where either is NULL are left out"),
        Covariance => Entry::new("COVARIANCE", ResultType::Always(Type::Float), "the covariance of a sample; of fewer than two rows NULL")
            .aliases(&["COVAR_SAMP"])
            .takes(&[required("one", Kind::Float), required("other", Kind::Float)])
            .nulls("rows where either is NULL are left out"),
        CovariancePop => Entry::new("COVARIANCE_POP", ResultType::Always(Type::Float), "the covariance of a whole population")
            .aliases(&["COVAR_POP"])
            .takes(&[required("one", Kind::Float), required("other", Kind::Float)])
            .nulls("rows where either is NULL are left out"),
        ApproxCountDistinct => Entry::new("APPROX_COUNTD", ResultType::Always(Type::Integer), "about the number of different values, within 2 % mostly; only where a query asks for `exact: false`")
            .aliases(&["APPROX_COUNT_DISTINCT"])
            .takes(&[required("value", Kind::Any)])
            .nulls(COUNTS),
        ApproxPercentile => Entry::new("APPROX_PERCENTILE", ResultType::Always(Type::Float), "about the value below which that share of the values lies; only where a query asks for `exact: false`")
            .takes(&[required("number", Kind::Number), required("share", Kind::Share)])
            .nulls(VALUES_SPREAD),
    }
}
