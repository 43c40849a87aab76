//! Lookups as expressions of a plan: the row that a key finds, and a column of the row found.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::LinkIndex;

/// The row of the target that the keys find, as an unsigned number, or NULL.
pub(crate) fn link_row(index: Arc<LinkIndex>, chain: &str, keys: Vec<Expr>) -> Expr {
    // Volatile, so that the optimizer never copies the search into every expression that uses the row.
    let signature = Signature::any(keys.len(), Volatility::Volatile);
    ScalarUDF::from(LinkRow { index, name: format!("link_row({chain})"), signature }).call(keys)
}

/// A column of the target at a row that [`link_row`] found. The name tells columns of one target apart.
pub(crate) fn link_column(index: &LinkIndex, name: &str, values: ArrayRef, row: Expr) -> Expr {
    let name = format!("link_column({name})");
    let signature = Signature::exact(vec![DataType::UInt32], Volatility::Immutable);
    ScalarUDF::from(LinkColumn { index: index.id(), name, values, signature }).call(vec![row])
}

#[derive(Debug)]
struct LinkRow {
    index: Arc<LinkIndex>,
    name: String,
    signature: Signature,
}

impl PartialEq for LinkRow {
    fn eq(&self, other: &Self) -> bool {
        self.index.id() == other.index.id()
    }
}

impl Eq for LinkRow {}

impl Hash for LinkRow {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.id().hash(state);
    }
}

impl ScalarUDFImpl for LinkRow {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::UInt32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let keys = ColumnarValue::values_to_arrays(&args.args)?;
        let rows = self.index.find(&keys).map_err(|error| DataFusionError::External(Box::new(error)))?;
        Ok(ColumnarValue::Array(Arc::new(rows)))
    }
}

#[derive(Debug)]
struct LinkColumn {
    /// With the name, tells the column apart: one index belongs to one set of rows.
    index: u64,
    name: String,
    values: ArrayRef,
    signature: Signature,
}

impl PartialEq for LinkColumn {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index && self.name == other.name
    }
}

impl Eq for LinkColumn {}

impl Hash for LinkColumn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for LinkColumn {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(self.values.data_type().clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = ColumnarValue::values_to_arrays(&args.args)?;
        let rows =
            rows.first().ok_or_else(|| DataFusionError::Internal("link_column takes one argument".to_owned()))?;
        Ok(ColumnarValue::Array(arrow::compute::take(&self.values, rows, None)?))
    }
}
