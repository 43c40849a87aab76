use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::{SessionContext, col};
use drillcore_hierarchies::{Element, HideIf, Hierarchy};

use crate::members::testing::{built, texts, tree_of};
use crate::members::{MemberTree, ShownAs, member_expr};

pub(super) fn airports() -> Arc<MemberTree> {
    let elements = [Element::group("west"), Element::value("LAX").under("west"), Element::value("SEA").under("west")];
    tree_of(&elements, texts(&[Some("SEA"), Some("LAX"), Some("JFK"), None]))
}

/// The values of expressions over rows, whose columns are called `x` and `y`.
pub(super) fn answer(columns: Vec<ArrayRef>, exprs: Vec<Expr>) -> Result<Vec<Vec<i64>>> {
    let named = ["x", "y"].into_iter().zip(columns).map(|(name, column)| (name, column, true));
    let batch = RecordBatch::try_from_iter_with_nullable(named)?;
    let exprs = exprs.into_iter().enumerate().map(|(place, expr)| expr.alias(format!("e{place}"))).collect::<Vec<_>>();
    let frame = SessionContext::new().read_batch(batch)?.select(exprs)?;
    for field in frame.schema().fields() {
        assert_eq!((field.data_type(), field.is_nullable()), (&DataType::Int64, false));
    }
    let batches = tokio::runtime::Runtime::new().unwrap().block_on(frame.collect())?;
    let values = |column: &ArrayRef| {
        assert_eq!(column.null_count(), 0);
        column.as_primitive::<Int64Type>().values().to_vec()
    };
    Ok(batches[0].columns().iter().map(values).collect())
}

pub(super) fn shown(tree: &MemberTree, level: usize) -> ShownAs {
    ShownAs { name: format!("level {level}"), nodes: tree.at_level(level) }
}

#[test]
fn rows_are_nodes_or_what_is_shown_for_them() {
    let tree = airports();
    let rows = texts(&[Some("SEA"), None, Some("JFK"), Some("JFK"), Some("LAX")]);
    let exprs = [None, Some(0), Some(1), Some(9)].map(|level| {
        let to = level.map(|level| shown(&tree, level));
        member_expr(vec![col("x")], &tree, to).unwrap()
    });
    // The root, west, LAX, SEA, NULL, unassigned, JFK.
    let nodes = vec![3, 4, 6, 6, 2];
    let expected = [nodes.clone(), vec![0; 5], vec![1, 4, 5, 5, 1], nodes];
    assert_eq!(answer(vec![rows], exprs.to_vec()).unwrap(), expected);
}

#[test]
fn keys_of_several_columns_are_found_together() {
    let countries = texts(&[Some("BE"), Some("BE"), None]);
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(1)]));
    let keys = vec![Arc::clone(&countries), Arc::clone(&numbers)];
    let names = [countries, texts(&[Some("1"), None, Some("1")])];
    let tree = built(Hierarchy::levels("geo", "shops", ["country", "number"]), keys.clone(), &names);
    let expr = member_expr(vec![col("x"), col("y")], &tree, None).unwrap();
    // The root, BE, its 1, its NULL, NULL, its 1.
    assert_eq!(answer(keys.clone(), vec![expr]).unwrap(), [[2, 3, 5]]);

    // The country alone tells the member of the first level, and of the second all that is told is its country.
    assert_eq!([0, 1, 2, 9].map(|depth| tree.columns_to(depth)), [1, 1, 2, 2]);
    let above = member_expr(vec![col("x")], &tree, Some(shown(&tree, 1))).unwrap();
    let root = member_expr(vec![col("x")], &tree, Some(shown(&tree, 0))).unwrap();
    assert_eq!(answer(keys.clone(), vec![above, root]).unwrap(), [[1, 1, 4], [0, 0, 0]]);
    let strange = member_expr(vec![lit("FR")], &tree, Some(shown(&tree, 1))).unwrap();
    assert_eq!(answer(keys.clone(), vec![strange]).unwrap(), [[0, 0, 0]]);

    // A constant beside a column, and constants alone.
    let number = |number| lit(ScalarValue::Int64(number));
    let beside = member_expr(vec![col("x"), number(Some(1))], &tree, None).unwrap();
    let country = lit(ScalarValue::Utf8View(Some("BE".to_owned())));
    let alone = member_expr(vec![country, number(None)], &tree, None).unwrap();
    assert_eq!(answer(keys, vec![beside, alone]).unwrap(), [[2, 2, 5], [3, 3, 3]]);
}

#[test]
fn texts_in_other_forms_are_taken() {
    let tree = airports();
    let rows = [Some("SEA"), None, Some("JFK")];
    let dictionary: DictionaryArray<Int32Type> = rows.into_iter().collect();
    let columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from(rows.to_vec())), Arc::new(dictionary)];
    let exprs = ["x", "y"].map(|column| member_expr(vec![col(column)], &tree, None).unwrap());
    let null = member_expr(vec![lit(ScalarValue::Null)], &tree, None).unwrap();
    let exprs = exprs.into_iter().chain([null]).collect();
    assert_eq!(answer(columns, exprs).unwrap(), [[3, 4, 6], [3, 4, 6], [4, 4, 4]]);
}

#[test]
fn what_does_not_fit_is_refused_when_it_is_planned() {
    let tree = airports();
    assert!(member_expr(vec![], &tree, None).is_err());
    assert!(member_expr(vec![col("x"), col("y")], &tree, None).is_err());
    assert!(member_expr(vec![col("x")], &tree, Some(ShownAs { name: "less".to_owned(), nodes: [0].into() })).is_err());
    // Columns may be left out of paths alone.
    let hidden = Hierarchy::levels("geo", "shops", ["country", "city"]).hide_if(HideIf::Blank);
    let names = [texts(&[Some("BE")]), texts(&[Some("Ghent")])];
    let ragged = built(hidden, names.to_vec(), &names);
    assert!(member_expr(vec![col("x")], &ragged, None).is_err());
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let expr = member_expr(vec![col("x")], &tree, None).unwrap();
    let error = answer(vec![numbers], vec![expr]).unwrap_err().to_string();
    assert!(error.contains("`member[regions]` takes (Utf8View), not (Int64)"), "{error}");
}

#[test]
fn expressions_are_equal_by_tree_and_by_what_is_shown() {
    let tree = airports();
    let expr = |to: Option<&ShownAs>| member_expr(vec![col("x")], &tree, to.cloned()).unwrap();
    let (first, second) = (shown(&tree, 1), shown(&tree, 2));
    assert_eq!(expr(None), expr(None));
    assert_eq!(expr(Some(&first)), expr(Some(&first)));
    assert_eq!(expr(Some(&first)), expr(Some(&shown(&tree, 1))));
    assert_ne!(expr(Some(&first)), expr(Some(&second)));
    assert_ne!(expr(Some(&first)), expr(None));
    assert_ne!(expr(None), member_expr(vec![col("x")], &airports(), None).unwrap());

    // Columns of plans are found by name; the name is the same in every process.
    let name = |expr: Expr| expr.schema_name().to_string();
    assert_eq!(name(expr(None)), "member[regions](x)");
    assert_ne!(name(expr(Some(&first))), name(expr(Some(&second))));
    assert_eq!(name(expr(Some(&first))), name(member_expr(vec![col("x")], &airports(), Some(first.clone())).unwrap()));
}
