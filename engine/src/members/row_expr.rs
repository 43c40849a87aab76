//! The member of a row whose node is known by ordinal, as an expression of a plan.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array};
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::{MemberTree, RowNodes, ShownAs};

/// The node of a row by its ordinal, as Int64, never NULL. All nodes are shown as themselves without `to`. `through` is
/// the chain of links on which rows find their member, which in one query tells apart the members of one hierarchy that
/// rows find in different ways.
///
/// # Errors
///
/// An internal one if `to` is of another number of nodes than the tree.
pub(crate) fn row_member_expr(
    ordinal: Expr,
    tree: &Arc<MemberTree>,
    rows: &Arc<RowNodes>,
    through: Option<&str>,
    to: Option<ShownAs>,
) -> Result<Expr> {
    if to.as_ref().is_some_and(|to| to.nodes.len() != tree.closure().len()) {
        return Err(DataFusionError::Internal("members are shown as those of another hierarchy".to_owned()));
    }
    let id = &tree.definition().id;
    let of = through.map_or_else(|| id.clone(), |through| format!("{through}.{id}"));
    let name = match &to {
        None => format!("member_of_row[{of}]"),
        Some(to) => format!("member_of_row[{of} {}]", to.name),
    };
    let function = RowMember {
        name,
        rows: Arc::clone(rows),
        shown: to.map(|to| to.nodes),
        signature: Signature::exact(vec![DataType::Int64], Volatility::Immutable),
    };
    Ok(ScalarUDF::new_from_impl(function).call(vec![ordinal]))
}

#[derive(Debug)]
struct RowMember {
    /// Tells apart what different nodes are shown as: columns of plans are found by name.
    name: String,
    rows: Arc<RowNodes>,
    shown: Option<Arc<[u32]>>,
    signature: Signature,
}

impl PartialEq for RowMember {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Arc::ptr_eq(&self.rows, &other.rows)
    }
}

impl Eq for RowMember {}

impl Hash for RowMember {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        Arc::as_ptr(&self.rows).hash(state);
    }
}

impl ScalarUDFImpl for RowMember {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(&self.name, DataType::Int64, false)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let ordinals = args.args.into_iter().next().map(|ordinals| ordinals.into_array_of_size(rows)).transpose()?;
        let ordinals = ordinals.as_ref().and_then(|ordinals| ordinals.as_primitive_opt::<Int64Type>());
        let Some(ordinals) = ordinals.filter(|ordinals| ordinals.null_count() == 0) else {
            return Err(DataFusionError::Internal("a row has no ordinal".to_owned()));
        };
        let shown = self.rows.shown(ordinals.values(), self.shown.as_deref());
        let shown = shown.map_err(|error| DataFusionError::External(Box::new(error)))?;
        Ok(ColumnarValue::Array(Arc::new(Int64Array::from(shown))))
    }
}
