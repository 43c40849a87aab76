//! Named groups of members.

use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::expr::Case;
use datafusion::logical_expr::{Expr, lit};

use super::arithmetic::convert_expr;
use crate::model::ColumnType;

/// The name of the first group that lists a member, else `rest`, else the member itself, as text. Utf8View; NULL stays
/// NULL and belongs to no group.
///
/// The members have the type of `input`, which is text, a truth value or a number.
///
/// # Errors
///
/// An internal one for members of several types.
pub(crate) fn groups_expr(input: Expr, groups: &[(String, Vec<ScalarValue>)], rest: Option<&str>) -> Result<Expr> {
    let name = |name: &str| lit(ScalarValue::Utf8View(Some(name.to_owned())));
    let mut branches = vec![(Box::new(input.clone().is_null()), Box::new(lit(ScalarValue::Utf8View(None))))];
    for (group, members) in groups {
        let members: Vec<&ScalarValue> = members.iter().filter(|member| !member.is_null()).collect();
        if members.windows(2).any(|pair| matches!(pair, [one, next] if one.data_type() != next.data_type())) {
            return Err(DataFusionError::Internal("the members of a group are of several types".into()));
        }
        let members: Vec<Expr> = members.into_iter().cloned().map(lit).collect();
        if !members.is_empty() {
            branches.push((Box::new(input.clone().in_list(members, false)), Box::new(name(group))));
        }
    }
    let otherwise = match rest {
        Some(rest) => name(rest),
        None => convert_expr(input, ColumnType::Text),
    };
    Ok(Expr::Case(Case::new(None, branches, Some(Box::new(otherwise)))))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array, RecordBatch, StringViewArray,
    };
    use datafusion::common::{DFSchema, ScalarValue};
    use datafusion::prelude::{SessionContext, col};

    use super::groups_expr;

    fn text(value: &str) -> ScalarValue {
        ScalarValue::Utf8View(Some(value.to_owned()))
    }

    #[track_caller]
    fn check(column: ArrayRef, groups: &[(&str, Vec<ScalarValue>)], rest: Option<&str>, expected: &[Option<&str>]) {
        let groups: Vec<_> = groups.iter().map(|(name, members)| ((*name).to_owned(), members.clone())).collect();
        let rows = column.len();
        let batch = RecordBatch::try_from_iter_with_nullable([("x", column, true)]).unwrap();
        let schema = DFSchema::try_from(batch.schema()).unwrap();
        let expr = groups_expr(col("x"), &groups, rest).unwrap();
        let expr = SessionContext::new().create_physical_expr(expr, &schema).unwrap();
        let found = expr.evaluate(&batch).unwrap().into_array(rows).unwrap();
        assert_eq!(found.as_string_view().iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn members_are_in_the_first_group_that_lists_them() {
        let airports: ArrayRef =
            Arc::new(StringViewArray::from(vec![Some("JFK"), Some("LGA"), Some("BRU"), None, Some("")]));
        let groups = [
            ("New York", vec![text("JFK"), text("LGA")]),
            ("J", vec![text("JFK"), ScalarValue::Utf8View(None)]),
            ("nobody", vec![]),
        ];
        let grouped = [Some("New York"), Some("New York"), Some("others"), None, Some("others")];
        check(Arc::clone(&airports), &groups, Some("others"), &grouped);
        let kept = [Some("New York"), Some("New York"), Some("BRU"), None, Some("")];
        check(Arc::clone(&airports), &groups, None, &kept);
        check(airports, &[], None, &[Some("JFK"), Some("LGA"), Some("BRU"), None, Some("")]);
    }

    #[test]
    fn members_of_other_types_become_text() {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), Some(-20), None]));
        check(numbers, &[("one", vec![ScalarValue::Int64(Some(1))])], None, &[Some("one"), Some("-20"), None]);
        let truths: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]));
        check(truths, &[("yes", vec![ScalarValue::Boolean(Some(true))])], None, &[Some("yes"), Some("false"), None]);
        let prices = Decimal128Array::from(vec![Some(150), Some(5), None]).with_precision_and_scale(5, 2).unwrap();
        let cheap = vec![ScalarValue::Decimal128(Some(5), 5, 2)];
        check(Arc::new(prices), &[("cheap", cheap)], None, &[Some("1.50"), Some("cheap"), None]);
    }

    #[test]
    fn members_of_several_types_are_refused() {
        let groups = [("g".to_owned(), vec![text("1"), ScalarValue::Int64(Some(1))])];
        assert!(groups_expr(col("x"), &groups, None).is_err());
    }
}
