//! Promise: a version may have more and wider columns than the files it takes over, and says so in one way.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use drillcore_store::{Changes, CommitOptions, Error, ErrorKind, MemoryStorage, Operation, VerifyScope};

use crate::support::{DATASET, commit_full, open, schema, small_layout};

/// The columns of the other tests, with ids as decimals of two places and one column more.
fn wider() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Decimal128(21, 2), true),
        Field::new("name", DataType::Utf8, true),
        Field::new("value", DataType::Float64, true),
        Field::new("day", DataType::Date32, true),
    ]))
}

fn rows() -> RecordBatch {
    let ids = Decimal128Array::from(vec![Some(1_050), None]).with_precision_and_scale(21, 2).unwrap();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(ids),
        Arc::new(StringArray::from(vec!["a", "b"])),
        Arc::new(Float64Array::from(vec![0.5, 1.5])),
        Arc::new(Date32Array::from(vec![1, 2])),
    ];
    RecordBatch::try_new(wider(), columns).unwrap()
}

#[test]
fn older_files_are_told_in_the_new_columns() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    commit_full(&dataset, &[1, 2, 3])?;
    let writer = dataset.writer()?;
    let added = writer.write_parquet(&wider(), [Ok::<_, Error>(rows())], &small_layout())?;
    let changes = Changes::default().with_added(added);
    let committed = writer.commit_changes(Operation::Delta, &wider(), changes, &CommitOptions::default())?;
    let snapshot = committed.snapshot;
    assert_eq!((snapshot.schema(), snapshot.rows()), (&wider(), 5));
    let [old, new] = snapshot.files() else { panic!("two files") };
    for file in [old, new] {
        assert_eq!(
            file.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
            ["id", "name", "value", "day"]
        );
    }
    let id = &old.columns[0];
    assert_eq!((id.min.as_deref(), id.max.as_deref(), id.sum.as_deref()), (Some("100"), Some("300"), Some("600")));
    assert_eq!((old.columns[3].null_count, old.columns[3].min.as_deref()), (3, None));
    assert_eq!(new.columns[0].sum.as_deref(), Some("1050"));
    assert!(store.verify(VerifyScope::AllKept)?.is_clean(), "the versions mean the same bytes");
    let first = dataset.snapshot(1)?;
    assert_eq!((first.schema(), first.files()[0].columns[0].sum.as_deref()), (&schema(), Some("6")));
    // Going back brings the old columns back.
    assert_eq!(dataset.restore(1)?.snapshot.schema(), &schema());
    Ok(())
}

#[test]
fn columns_that_older_rows_cannot_have_are_refused() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let dataset = open(&storage, 1)?.dataset(DATASET);
    commit_full(&dataset, &[1])?;
    let writer = dataset.writer()?;
    let refused = |schema: &Schema| {
        let outcome = writer.commit_changes(Operation::Delta, schema, Changes::default(), &CommitOptions::default());
        outcome.unwrap_err().kind()
    };
    let without = Schema::new(schema().fields().iter().skip(1).cloned().collect::<Vec<_>>());
    assert_eq!(refused(&without), ErrorKind::InvalidInput);
    let not_null = [schema().fields().to_vec(), vec![Arc::new(Field::new("new", DataType::Int64, false))]].concat();
    assert_eq!(refused(&Schema::new(not_null)), ErrorKind::InvalidInput);
    assert_eq!(dataset.versions()?, [1]);
    // What is added has all columns.
    let id: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let narrow = RecordBatch::try_from_iter([("id", id)]).unwrap();
    let files = writer.write_parquet(&narrow.schema(), [Ok::<_, Error>(narrow)], &small_layout())?;
    let changes = Changes::default().with_added(files);
    let outcome = writer.commit_changes(Operation::Delta, &wider(), changes, &CommitOptions::default());
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::InvalidInput);
    Ok(())
}
