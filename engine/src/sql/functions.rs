//! The functions that a text may call. What tells of files or of the machine, makes texts of any length, or differs from
//! one run to the next is not among them; sums and their like are our exact ones.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{AggregateUDF, Expr, ScalarUDF, WindowUDF, lit};

use crate::functions::{
    exact_average, exact_median, exact_stddev, exact_stddev_pop, exact_sum, exact_variance, exact_variance_pop, mode,
};

/// Functions of one row, as far as DataFusion has been built with them.
const SCALAR: [&str; 74] = [
    "abs",
    "ascii",
    "bit_length",
    "btrim",
    "ceil",
    "char_length",
    "character_length",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "contains",
    "date_bin",
    "date_part",
    "date_trunc",
    "datepart",
    "datetrunc",
    "degrees",
    "ends_with",
    "exp",
    "factorial",
    "find_in_set",
    "floor",
    "gcd",
    "greatest",
    "ifnull",
    "initcap",
    "instr",
    "isnan",
    "iszero",
    "lcm",
    "least",
    "left",
    "length",
    "levenshtein",
    "ln",
    "log",
    "log10",
    "log2",
    "lower",
    "ltrim",
    "make_date",
    "nanvl",
    "nullif",
    "nvl",
    "nvl2",
    "octet_length",
    "overlay",
    "pi",
    "position",
    "pow",
    "power",
    "radians",
    "replace",
    "reverse",
    "right",
    "round",
    "rtrim",
    "signum",
    "split_part",
    "sqrt",
    "starts_with",
    "strpos",
    "substr",
    "substr_index",
    "substring",
    "substring_index",
    "to_date",
    "to_hex",
    "to_timestamp",
    "translate",
    "trim",
    "trunc",
    "upper",
];

/// Aggregates that are taken from DataFusion.
const AGGREGATE: [&str; 8] = ["bool_and", "bool_or", "count", "first_value", "grouping", "last_value", "max", "min"];

/// Window functions.
const WINDOW: [&str; 11] = [
    "cume_dist",
    "dense_rank",
    "first_value",
    "lag",
    "last_value",
    "lead",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
];

/// The functions by name.
#[derive(Debug)]
pub(super) struct Functions {
    pub(super) scalar: HashMap<String, Arc<ScalarUDF>>,
    pub(super) aggregate: HashMap<String, Arc<AggregateUDF>>,
    pub(super) window: HashMap<String, Arc<WindowUDF>>,
}

impl Functions {
    pub(super) fn new(state: &SessionState) -> Self {
        let mut aggregate = chosen(state.aggregate_functions(), &AGGREGATE);
        for (names, expr) in exact() {
            if let Expr::AggregateFunction(AggregateFunction { func, .. }) = expr {
                aggregate.extend(names.iter().map(|name| ((*name).to_owned(), Arc::clone(&func))));
            }
        }
        Self {
            scalar: chosen(state.scalar_functions(), &SCALAR),
            aggregate,
            window: chosen(state.window_functions(), &WINDOW),
        }
    }
}

fn chosen<T>(all: &HashMap<String, Arc<T>>, names: &[&str]) -> HashMap<String, Arc<T>> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), Arc::clone(all.get(*name)?)))).collect()
}

/// Our own aggregates, each with the names that it has in SQL.
fn exact() -> [(&'static [&'static str], Expr); 8] {
    let of = || lit(1_i64);
    [
        (&["sum"], exact_sum(of())),
        (&["avg", "mean"], exact_average(of())),
        (&["median"], exact_median(of())),
        (&["mode"], mode(of())),
        (&["var", "var_samp", "var_sample", "variance"], exact_variance(of())),
        (&["var_pop", "var_population"], exact_variance_pop(of())),
        (&["stddev", "stddev_samp"], exact_stddev(of())),
        (&["stddev_pop"], exact_stddev_pop(of())),
    ]
}

/// The name of a column that SQL gave it, where one of our own functions stands in it by its other name.
pub(super) fn shown(name: &str) -> String {
    let exact = ["sum", "average", "median", "variance", "variance_pop", "stddev", "stddev_pop"];
    let called = |rest: &&str| {
        let mut behind = exact.iter().filter_map(|function| rest.strip_prefix(function));
        behind.any(|arguments| arguments.starts_with('('))
    };
    match name.strip_prefix("exact_").filter(called) {
        Some(rest) => rest.strip_prefix("average").map_or_else(|| rest.to_owned(), |rest| format!("avg{rest}")),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use datafusion::execution::session_state::SessionStateBuilder;

    use super::{Functions, SCALAR, shown};

    #[test]
    fn what_could_harm_is_not_there() {
        let functions = Functions::new(&SessionStateBuilder::new().with_default_features().build());
        for name in ["input_file_name", "version", "uuid", "random", "now", "repeat", "lpad", "rpad", "arrow_cast"] {
            assert!(!functions.scalar.contains_key(name), "{name}");
        }
        assert!(!functions.aggregate.contains_key("array_agg"));
        assert!(functions.scalar.contains_key("lower"));
        assert_eq!(functions.aggregate.get("sum").unwrap().name(), "exact_sum");
        assert!(functions.window.contains_key("row_number"));
        assert!(SCALAR.is_sorted());
    }

    #[test]
    fn columns_are_called_as_they_were_asked_for() {
        for (name, expected) in [
            ("exact_sum(t.x)", "sum(t.x)"),
            ("exact_average(t.x)", "avg(t.x)"),
            ("exact_summit", "exact_summit"),
            ("count(*)", "count(*)"),
        ] {
            assert_eq!(shown(name), expected);
        }
    }
}
