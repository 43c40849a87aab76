//! The member of a row as an expression of a plan.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::MemberTree;
use super::keys::is_taken;

/// Which node is shown for each node of a tree, and what tells that from other ways to show the nodes of the same tree.
#[derive(Debug, Clone)]
pub(crate) struct ShownAs {
    pub(crate) name: String,
    pub(crate) nodes: Arc<[u32]>,
}

/// The node of a row by its key columns, as Int64, never NULL. All nodes are shown as themselves without `to`. The last
/// columns of the key may be left out, as [`MemberTree::columns_to`] says.
///
/// # Errors
///
/// An internal one if the tree has another number of key columns, or `to` of nodes.
pub(crate) fn member_expr(keys: Vec<Expr>, tree: &Arc<MemberTree>, to: Option<ShownAs>) -> Result<Expr> {
    if !tree.is_found_by(keys.len()) {
        return Err(DataFusionError::Internal("a member is looked up by another number of keys".to_owned()));
    }
    if to.as_ref().is_some_and(|to| to.nodes.len() != tree.closure().len()) {
        return Err(DataFusionError::Internal("members are shown as those of another hierarchy".to_owned()));
    }
    let columns = keys.len();
    Ok(ScalarUDF::new_from_impl(MemberFunction::new(Arc::clone(tree), to, columns)).call(keys))
}

#[derive(Debug)]
struct MemberFunction {
    /// Tells apart what different nodes are shown as: columns of plans are found by name.
    name: String,
    tree: Arc<MemberTree>,
    shown: Option<ShownAs>,
    columns: usize,
    signature: Signature,
}

impl MemberFunction {
    fn new(tree: Arc<MemberTree>, shown: Option<ShownAs>, columns: usize) -> Self {
        let id = &tree.definition().id;
        let name = match &shown {
            None => format!("member[{id}]"),
            Some(shown) => format!("member[{id} {}]", shown.name),
        };
        Self { name, tree, shown, columns, signature: Signature::user_defined(Volatility::Immutable) }
    }

    /// What is shown for each row.
    fn numbers(&self, keys: &[ArrayRef]) -> crate::error::Result<Vec<i64>> {
        match &self.shown {
            // There are as many as nodes.
            Some(shown) => {
                let to = |node: u32| shown.nodes.get(node as usize).copied().map_or(0, i64::from);
                self.tree.numbers(keys, to)
            }
            None => self.tree.numbers(keys, i64::from),
        }
    }
}

impl PartialEq for MemberFunction {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.tree == other.tree && self.columns == other.columns
    }
}

impl Eq for MemberFunction {}

impl Hash for MemberFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.tree.hash(state);
        self.columns.hash(state);
    }
}

impl ScalarUDFImpl for MemberFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let key_types = self.tree.key_types().get(..self.columns).unwrap_or_default();
        let taken = arg_types.len() == key_types.len()
            && key_types.iter().zip(arg_types).all(|(key_type, given)| is_taken(key_type, given));
        if taken {
            return Ok(key_types.to_vec());
        }
        let listed = |types: &[DataType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let (takes, given) = (listed(key_types), listed(arg_types));
        Err(DataFusionError::Plan(format!("`{}` takes ({takes}), not ({given})", self.name)))
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(&self.name, DataType::Int64, false)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_constant = args.args.iter().all(|key| matches!(key, ColumnarValue::Scalar(_)));
        let rows = if is_constant { 1 } else { args.number_rows };
        let keys = args.args.into_iter().map(|key| key.into_array_of_size(rows)).collect::<Result<Vec<_>>>()?;
        let numbers = self.numbers(&keys).map_err(|error| DataFusionError::External(Box::new(error)))?;
        let numbers = Int64Array::from(numbers);
        if is_constant {
            return ScalarValue::try_from_array(&numbers, 0).map(ColumnarValue::Scalar);
        }
        Ok(ColumnarValue::Array(Arc::new(numbers)))
    }
}
