//! The expressions, and the function of DataFusion behind them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, PrimitiveArray};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Decimal256Type, DecimalType, Float64Type, Int64Type,
};
use datafusion::common::cast::as_primitive_array;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use drillcore_formulas::Arithmetic;

use super::convert::{convert, converts, is_exact, is_number};
use super::decimal::{decimal_array, decimals};
use super::float::finite;
use super::integer::Integer;
use super::kernel::{AsFloat, Side, binary, combined, combined_floats, mapped};
use super::present::first_present;
use super::text::concat;
use crate::functions::argument::{not_taken, unary};
use crate::model::ColumnType;

/// The sum, difference, product or quotient of two numbers. The sides of an integer result are integers; those of a float
/// are floats or integers, which count as the nearest floats; those of a decimal are any decimals or integers. Quotients
/// are floats.
pub(crate) fn arithmetic_expr(operation: Arithmetic, left: Expr, right: Expr, result: ColumnType) -> Expr {
    call(Operation::Arithmetic(operation), result, vec![left, right])
}

/// A number with its sign turned; NULL for the integer that has no counterpart.
pub(crate) fn negate_expr(of: Expr, column_type: ColumnType) -> Expr {
    call(Operation::Negate, column_type, vec![of])
}

/// A value as another type: numbers and truth values as each other, dates and wall clock times as each other, all of
/// them and instants as text and back. NULL where the type cannot hold it. What becomes an integer loses its decimals,
/// what becomes a decimal is rounded half away from zero, on the shortest form of a float; what becomes a float is the
/// nearest one, and what is not 0 is true. A decimal in text has all digits of its scale, a float the fewest that read
/// back as the same, as in answers; dates and times in text are of the years 1 to 9999. A text has nothing else around
/// what is read.
pub(crate) fn convert_expr(of: Expr, to: ColumnType) -> Expr {
    call(Operation::Convert, to, vec![of])
}

/// Two texts joined; NULL if one of them is, or if the result has more than [`drillcore_formulas::MAX_GROWN_BYTES`].
pub(crate) fn concat_expr(left: Expr, right: Expr) -> Expr {
    call(Operation::Concat, ColumnType::Text, vec![left, right])
}

/// The first value that is not NULL. All are of one type, and there is at least one.
pub(crate) fn first_present_expr(values: Vec<Expr>, column_type: ColumnType) -> Expr {
    call(Operation::FirstPresent, column_type, values)
}

fn call(operation: Operation, result: ColumnType, arguments: Vec<Expr>) -> Expr {
    let function = Function {
        name: format!("{}[{}]", operation.name(), result.name()),
        operation,
        result: result.arrow(),
        signature: Signature::user_defined(Volatility::Immutable),
    };
    ScalarUDF::new_from_impl(function).call(arguments)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Operation {
    Arithmetic(Arithmetic),
    Negate,
    Convert,
    Concat,
    FirstPresent,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Arithmetic(Arithmetic::Add) => "add",
            Self::Arithmetic(Arithmetic::Subtract) => "subtract",
            Self::Arithmetic(Arithmetic::Multiply) => "multiply",
            Self::Arithmetic(Arithmetic::Divide) => "divide",
            Self::Negate => "negate",
            Self::Convert => "convert",
            Self::Concat => "join",
            Self::FirstPresent => "first_present",
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Function {
    name: String,
    operation: Operation,
    result: DataType,
    signature: Signature,
}

impl Function {
    fn takes(&self, types: &[DataType]) -> bool {
        let result = &self.result;
        match (self.operation, types) {
            (Operation::Arithmetic(operation), [left, right]) => match result {
                DataType::Float64 => [left, right].iter().all(|one| matches!(one, DataType::Float64 | DataType::Int64)),
                DataType::Int64 => operation != Arithmetic::Divide && left == result && right == result,
                _ => operation != Arithmetic::Divide && is_exact(result) && is_exact(left) && is_exact(right),
            },
            (Operation::Negate, [of]) => of == result && is_number(of),
            (Operation::Convert, [of]) => converts(of, result),
            (Operation::Concat, [DataType::Utf8View, DataType::Utf8View]) => true,
            (Operation::FirstPresent, several) => !several.is_empty() && several.iter().all(|one| one == result),
            _ => false,
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
        // Formulas say where a value changes its type.
        if self.takes(arg_types) {
            return Ok(arg_types.to_vec());
        }
        Err(not_taken(&self.name, "other arguments", arg_types))
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(self.result.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match self.operation {
            Operation::Arithmetic(operation) => {
                binary(&args, |left, right| arithmetic(operation, left, right, &self.result))
            }
            Operation::Negate => unary(&args, |array| turned(array, false)),
            Operation::Convert => unary(&args, |array| convert(array, &self.result)),
            Operation::Concat => binary(&args, concat),
            Operation::FirstPresent => first_present(&args),
        }
    }

    fn is_strict(&self) -> bool {
        self.operation != Operation::FirstPresent
    }
}

/// An operation on the two numbers of each row.
pub(super) fn arithmetic(
    operation: Arithmetic,
    left: &Side<ArrayRef>,
    right: &Side<ArrayRef>,
    result: &DataType,
) -> Result<ArrayRef> {
    match result {
        DataType::Int64 => {
            let (left, right) = (left.typed::<Int64Type>()?, right.typed::<Int64Type>()?);
            let numbers: PrimitiveArray<Int64Type> = match operation {
                Arithmetic::Add => combined(&left, &right, i64::checked_add),
                Arithmetic::Subtract => combined(&left, &right, i64::checked_sub),
                Arithmetic::Multiply => combined(&left, &right, i64::checked_mul),
                Arithmetic::Divide => {
                    return Err(DataFusionError::Internal("integers are divided as floats".into()));
                }
            };
            Ok(Arc::new(numbers))
        }
        DataType::Float64 => {
            let numbers = match (left.values.data_type(), right.values.data_type()) {
                (DataType::Int64, DataType::Int64) => {
                    floats(operation, &left.typed::<Int64Type>()?, &right.typed::<Int64Type>()?)
                }
                (DataType::Int64, _) => floats(operation, &left.typed::<Int64Type>()?, &right.typed::<Float64Type>()?),
                (_, DataType::Int64) => floats(operation, &left.typed::<Float64Type>()?, &right.typed::<Int64Type>()?),
                _ => floats(operation, &left.typed::<Float64Type>()?, &right.typed::<Float64Type>()?),
            };
            Ok(Arc::new(numbers))
        }
        _ => decimals(operation, left, right, result),
    }
}

fn floats<L, R>(operation: Arithmetic, left: &Side<PrimitiveArray<L>>, right: &Side<PrimitiveArray<R>>) -> Float64Array
where
    L: ArrowPrimitiveType<Native: AsFloat>,
    R: ArrowPrimitiveType<Native: AsFloat>,
{
    match operation {
        Arithmetic::Add => combined_floats(left, right, |left, right| left + right),
        Arithmetic::Subtract => combined_floats(left, right, |left, right| left - right),
        Arithmetic::Multiply => combined_floats(left, right, |left, right| left * right),
        // What is divided by 0 is not finite.
        Arithmetic::Divide => combined_floats(left, right, |left, right| left / right),
    }
}

/// The numbers with their sign turned, or only those below 0. NULL is the integer that has no counterpart.
pub(crate) fn turned(array: &dyn Array, only_negative: bool) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Int64 => {
            let values = as_primitive_array::<Int64Type>(array)?;
            let turn = |value: i64| if only_negative && value >= 0 { Some(value) } else { value.checked_neg() };
            Ok(Arc::new(mapped::<_, Int64Type>(values, turn)))
        }
        DataType::Float64 => {
            let values = as_primitive_array::<Float64Type>(array)?;
            let turn = |value: f64| finite(if only_negative { value.abs() } else { -value });
            Ok(Arc::new(mapped::<_, Float64Type>(values, turn)))
        }
        DataType::Decimal128(precision, scale) => {
            turned_decimals::<Decimal128Type>(array, only_negative, *precision, *scale)
        }
        DataType::Decimal256(precision, scale) => {
            turned_decimals::<Decimal256Type>(array, only_negative, *precision, *scale)
        }
        other => Err(DataFusionError::Internal(format!("a number was expected, not {other}"))),
    }
}

fn turned_decimals<T>(array: &dyn Array, only_negative: bool, precision: u8, scale: i8) -> Result<ArrayRef>
where
    T: ArrowPrimitiveType + DecimalType,
    T::Native: Integer,
{
    let zero = T::Native::default();
    let values = as_primitive_array::<T>(array)?;
    let turn = |value: T::Native| if only_negative && value >= zero { Some(value) } else { zero.minus(value) };
    decimal_array::<T>(mapped(values, turn), precision, scale)
}
