//! The names of a text: datasets and functions, and nothing else. They are taken as they are written, also in their
//! letter case.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{DataFusionError, Result as PlanResult, TableReference};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::planner::ExprPlanner;
use datafusion::logical_expr::{AggregateUDF, Expr, HigherOrderUDF, LogicalPlan, ScalarUDF, TableSource, WindowUDF};
use datafusion::sql::planner::{ContextProvider, NullOrdering, ParserOptions, SqlToRel};

use super::Statement;
use super::errors::refused;
use super::functions::Functions;
use crate::error::{Error, ErrorKind, Result};

/// Plans a query. `open` gives the rows of a dataset that its asker may see.
///
/// # Errors
///
/// `InvalidQuery` for names and types that do not fit, with line and column where they are known; those of `open`.
pub(crate) fn plan(
    statement: Statement,
    state: &SessionState,
    open: &dyn Fn(&str) -> Result<Arc<dyn TableSource>>,
) -> Result<LogicalPlan> {
    let names = Names { state, open, functions: Functions::new(state) };
    let options = ParserOptions::default()
        .with_enable_ident_normalization(false)
        .with_collect_spans(true)
        .with_default_null_ordering(NullOrdering::NullsLast);
    SqlToRel::new_with_options(&names, options).sql_statement_to_plan(statement.0).map_err(refused)
}

struct Names<'a> {
    state: &'a SessionState,
    open: &'a dyn Fn(&str) -> Result<Arc<dyn TableSource>>,
    functions: Functions,
}

fn external(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

fn known<T>(functions: &HashMap<String, T>) -> Vec<String> {
    functions.keys().cloned().collect()
}

impl ContextProvider for Names<'_> {
    fn get_table_source(&self, name: TableReference) -> PlanResult<Arc<dyn TableSource>> {
        match &name {
            TableReference::Bare { table } => (self.open)(table).map_err(external),
            other => {
                let message = format!("there is no dataset `{other}`; a name with dots is put in double quotes");
                Err(external(Error::new(ErrorKind::NotFound, message)))
            }
        }
    }

    fn get_table_function_source(&self, name: &str, _: Vec<Expr>) -> PlanResult<Arc<dyn TableSource>> {
        Err(external(Error::query(format!("there is no function `{name}` that gives a table"))))
    }

    fn create_cte_work_table(&self, name: &str, _: SchemaRef) -> PlanResult<Arc<dyn TableSource>> {
        Err(external(Error::not_supported(format!("`{name}` is made of itself; WITH RECURSIVE"))))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        self.state.expr_planners()
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        self.functions.scalar.get(name).cloned()
    }

    fn get_higher_order_meta(&self, _: &str) -> Option<Arc<HigherOrderUDF>> {
        None
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        self.functions.aggregate.get(name).cloned()
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        self.functions.window.get(name).cloned()
    }

    fn get_variable_type(&self, _: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        self.state.config_options()
    }

    fn udf_names(&self) -> Vec<String> {
        known(&self.functions.scalar)
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        known(&self.functions.aggregate)
    }

    fn udwf_names(&self) -> Vec<String> {
        known(&self.functions.window)
    }
}
