//! The aggregate function.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};

use super::accumulate::{GroupedLists, SingleList};
use super::best::Rule;
use crate::functions::argument::text;
use crate::functions::exact::refuse_distinct;
use crate::functions::lists::list_type;

const NAME: &str = "string_list";

/// The texts that are not NULL with a separator between them, as `Utf8View`; NULL without any.
///
/// They stand in the order of their code points, or in the opposite order if it is descending. A text that occurs
/// several times stands there as often, or once if they are to be distinct. Behind `max` texts, if there are more, the
/// separator and `…` stand for the others.
pub(crate) fn string_list(of: Expr, separator: &str, distinct: bool, descending: bool, max: u64) -> Expr {
    let rule = Rule { separator: separator.to_owned(), distinct, descending, max };
    AggregateUDF::new_from_impl(StringListFunction::new(rule)).call(vec![of])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct StringListFunction {
    name: String,
    rule: Rule,
    signature: Signature,
}

impl StringListFunction {
    fn new(rule: Rule) -> Self {
        let Rule { separator, distinct, descending, max } = &rule;
        let distinct = if *distinct { ", distinct" } else { "" };
        let descending = if *descending { ", descending" } else { "" };
        let name = format!("{NAME}[{separator}{distinct}{descending}, {max}]");
        Self { name, rule, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for StringListFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        text(NAME, arg_types)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        refuse_distinct(NAME, args.is_distinct)?;
        let texts = list_type(DataType::Utf8View);
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "texts"), texts, true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(NAME, args.is_distinct)?;
        Ok(Box::new(SingleList::new(self.rule.clone())))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        refuse_distinct(NAME, args.is_distinct)?;
        Ok(Box::new(GroupedLists::new(self.rule.clone())))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
