//! Values by key: one for all rows with the same keys. Unlike in a link, NULL is a key like others.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{Array, ArrayRef, UInt32Array, new_null_array};
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, Rows, SortField};
use datafusion::common::{DataFusionError, Result as PlanResult, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
};
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::error::{Error, ErrorKind, Result};

/// Values by key. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct FixedTable(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Tells tables apart in plans.
    id: u64,
    /// None where all rows share the first value.
    index: Option<Index>,
    /// The value of each key, and last the one of a key that is not there.
    values: ArrayRef,
}

#[derive(Debug)]
struct Index {
    converter: RowConverter,
    keys: Rows,
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl FixedTable {
    /// Indexes values by keys, which are different; `values` has one more, for keys that are not there. Without keys all
    /// rows share the first value.
    ///
    /// # Errors
    ///
    /// `LimitExceeded` past four billion keys.
    pub(crate) fn new(keys: &[ArrayRef], values: ArrayRef) -> Result<Self> {
        let index = if keys.is_empty() { None } else { Some(Index::new(keys)?) };
        Ok(Self::of(index, values))
    }

    /// A table of which only the type of its values is known; all of them are NULL.
    pub(crate) fn unread(value_type: &DataType) -> Self {
        Self::of(None, new_null_array(value_type, 1))
    }

    fn of(index: Option<Index>, values: ArrayRef) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(Arc::new(Inner { id: NEXT.fetch_add(1, Ordering::Relaxed), index, values }))
    }

    /// The value of each row, by the keys of the rows.
    fn find(&self, keys: &[ArrayRef], rows: usize) -> PlanResult<ArrayRef> {
        let places: UInt32Array = match &self.0.index {
            None => UInt32Array::from_value(0, rows),
            Some(index) => index.find(keys, self.0.values.len().saturating_sub(1))?,
        };
        Ok(arrow::compute::take(&self.0.values, &places, None)?)
    }
}

impl Index {
    fn new(keys: &[ArrayRef]) -> Result<Self> {
        let broken = |error| Error::internal("the keys of fixed values cannot be compared").with_source(error);
        let fields = keys.iter().map(|key| SortField::new(key.data_type().clone())).collect();
        let converter = RowConverter::new(fields).map_err(broken)?;
        let keys = converter.convert_columns(keys).map_err(broken)?;
        // One more than the keys must have a number too.
        let Ok(count) = u32::try_from(keys.num_rows().saturating_add(1)) else {
            let message = "a FIXED value has more than 4,294,967,294 different keys";
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        };
        let hasher = DefaultHashBuilder::default();
        let mut places = HashTable::with_capacity(keys.num_rows());
        for (place, key) in (0..count).zip(&keys) {
            let hash = hasher.hash_one(key.as_ref());
            places.insert_unique(hash, place, |other| hasher.hash_one(keys.row(*other as usize).as_ref()));
        }
        Ok(Self { converter, keys, places, hasher })
    }

    fn find(&self, keys: &[ArrayRef], missing: usize) -> PlanResult<UInt32Array> {
        let missing = u32::try_from(missing).map_err(|error| DataFusionError::External(Box::new(error)))?;
        let wanted = self.converter.convert_columns(keys)?;
        let place_of = |key: arrow::row::Row<'_>| {
            let same = |other: &u32| self.keys.row(*other as usize) == key;
            self.places.find(self.hasher.hash_one(key.as_ref()), same).copied().unwrap_or(missing)
        };
        Ok(UInt32Array::from_iter_values(wanted.iter().map(place_of)))
    }
}

/// The value of the table for the keys of a row.
pub(crate) fn fixed_value(table: &FixedTable, keys: Vec<Expr>) -> PlanResult<Expr> {
    if keys.is_empty() {
        return Ok(lit(ScalarValue::try_from_array(&table.0.values, 0)?));
    }
    let signature = Signature::any(keys.len(), Volatility::Immutable);
    Ok(ScalarUDF::from(FixedLookup { table: table.clone(), signature }).call(keys))
}

#[derive(Debug)]
struct FixedLookup {
    table: FixedTable,
    signature: Signature,
}

impl PartialEq for FixedLookup {
    fn eq(&self, other: &Self) -> bool {
        self.table.0.id == other.table.0.id
    }
}

impl Eq for FixedLookup {}

impl Hash for FixedLookup {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.table.0.id.hash(state);
    }
}

impl ScalarUDFImpl for FixedLookup {
    fn name(&self) -> &str {
        "fixed_value"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> PlanResult<DataType> {
        Ok(self.table.0.values.data_type().clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> PlanResult<ColumnarValue> {
        let rows = args.number_rows;
        let keys = args.args.into_iter().map(|key| key.into_array_of_size(rows)).collect::<PlanResult<Vec<_>>>()?;
        Ok(ColumnarValue::Array(self.table.find(&keys, rows)?))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringViewArray};
    use arrow::datatypes::{DataType, Int64Type};

    use super::FixedTable;

    fn texts(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringViewArray::from_iter(values.iter().copied()))
    }

    fn numbers(values: &[Option<i64>]) -> ArrayRef {
        Arc::new(Int64Array::from(values.to_vec()))
    }

    #[track_caller]
    fn check(keys: &[ArrayRef], values: &[Option<i64>], wanted: &[ArrayRef], expected: &[Option<i64>]) {
        let table = FixedTable::new(keys, numbers(values)).unwrap();
        let found = table.find(wanted, expected.len()).unwrap();
        assert_eq!(found.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn null_is_a_key_and_what_is_not_there_has_the_last_value() {
        let keys = texts(&[Some("a"), None, Some("a text that is longer than a view")]);
        let wanted = texts(&[None, Some("a text that is longer than a view"), Some("b"), Some("a"), Some("")]);
        check(&[keys], &[Some(1), Some(2), None, Some(9)], &[wanted], &[Some(2), None, Some(9), Some(1), Some(9)]);
    }

    #[test]
    fn several_keys_do_not_run_together() {
        let keys = [texts(&[Some("a"), Some("a"), None]), numbers(&[Some(1), None, Some(1)])];
        let wanted = [texts(&[None, Some("a"), Some("a"), None]), numbers(&[Some(1), None, Some(1), None])];
        check(&keys, &[Some(1), Some(2), Some(3), None], &wanted, &[Some(3), Some(2), Some(1), None]);
    }

    #[test]
    fn without_keys_all_rows_share_the_value() {
        check(&[], &[Some(7), Some(9)], &[], &[Some(7), Some(7)]);
        let unread = FixedTable::unread(&DataType::Int64).find(&[], 2).unwrap();
        assert_eq!(unread.null_count(), 2);
    }
}
