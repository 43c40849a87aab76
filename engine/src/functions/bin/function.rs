//! The expressions, and the functions of DataFusion behind them.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::cast::as_int64_array;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::Bins;
use crate::functions::argument::{not_taken, unary};

/// The number of the bin that holds a value of the column for which the bins were made. Int64; NULL for NULL.
pub(crate) fn bin_expr(input: Expr, bins: &Bins) -> Expr {
    ScalarUDF::new_from_impl(Function::new("bin", Step::Number, bins)).call(vec![input])
}

/// What a bin is shown by, from its number: its lower border, in the type of the borders. For bins between edges it is
/// the number itself.
pub(crate) fn low_expr(number: Expr, bins: &Bins) -> Expr {
    if bins.border_type().is_none() {
        return number;
    }
    ScalarUDF::new_from_impl(Function::new("bin_start", Step::Low, bins)).call(vec![number])
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Number,
    Low,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Function {
    name: String,
    step: Step,
    bins: Bins,
    signature: Signature,
}

impl Function {
    fn new(name: &str, step: Step, bins: &Bins) -> Self {
        Self {
            name: format!("{name}[{}]", bins.description()),
            step,
            bins: bins.clone(),
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let takes = match self.step {
            Step::Number => self.bins.column_type().arrow(),
            Step::Low => DataType::Int64,
        };
        match arg_types {
            [of] if *of == takes => Ok(arg_types.to_vec()),
            _ => Err(not_taken(&self.name, &format!("one {takes}"), arg_types)),
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(match (self.step, self.bins.border_type()) {
            (Step::Low, Some(border_type)) => border_type.arrow(),
            _ => DataType::Int64,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        unary(&args, |array| match self.step {
            Step::Number => Ok(Arc::new(self.bins.numbers(array)?)),
            Step::Low => self.bins.lows(as_int64_array(array)?),
        })
    }

    fn is_strict(&self) -> bool {
        true
    }
}
