//! The function of DataFusion that stands for each function of formulas.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use drillcore_formulas::ScalarFunction;

use super::call::Call;
use super::{calendar, clock, conversion, number, pattern, text};
use crate::model::ColumnType;

/// A call of a function of formulas. The arguments have the types that the engine holds the formula's types in.
pub(crate) fn scalar_expr(function: ScalarFunction, arguments: Vec<Expr>, result: ColumnType) -> Expr {
    let function = FormulaFunction {
        name: format!("{}[{}]", function.entry().name.to_lowercase(), result.name()),
        function,
        result,
        signature: Signature::user_defined(Volatility::Immutable),
    };
    ScalarUDF::new_from_impl(function).call(arguments)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct FormulaFunction {
    name: String,
    function: ScalarFunction,
    result: ColumnType,
    signature: Signature,
}

impl ScalarUDFImpl for FormulaFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        // Formulas say where a value changes its type.
        Ok(arg_types.to_vec())
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(self.result.arrow())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let call = Call::new(&args.args, rows, self.result);
        let array: ArrayRef = match self.function {
            ScalarFunction::Number(function) => number::call(function, &call)?,
            ScalarFunction::Text(function) => text::call(function, &call)?,
            ScalarFunction::Pattern(function) => pattern::call(function, &call)?,
            ScalarFunction::Calendar(function) => calendar::call(function, &call)?,
            ScalarFunction::Clock(function) => clock::call(function, &call)?,
            ScalarFunction::Conversion(function) => conversion::call(function, &call)?,
        };
        if constant {
            ScalarValue::try_from_array(&array, 0).map(ColumnarValue::Scalar)
        } else {
            Ok(ColumnarValue::Array(array))
        }
    }
}
