use std::sync::{Arc, Mutex, PoisonError};

use futures::executor::block_on;

use super::{ColumnChange, TakenOver, column_change};
use crate::catalog::{Acceleration, Dataset, SchemaChange};
use crate::engine::Engine;
use crate::error::{ErrorKind, Result};
use crate::model::{Column, ColumnType};
use crate::source::{BatchIter, ReadRequest, Source};

const DECIMAL: ColumnType = ColumnType::Decimal { precision: 20, scale: 0 };

/// Columns that change, and no rows.
#[derive(Debug, Clone)]
struct Empty(Arc<Mutex<Vec<Column>>>);

fn columns(given: &[(&str, ColumnType)]) -> Vec<Column> {
    given.iter().map(|(name, column_type)| Column::new(*name, *column_type)).collect()
}

impl Empty {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(columns(&[("a", ColumnType::Integer), ("b", ColumnType::Text)]))))
    }

    fn change(&self, now: &[(&str, ColumnType)]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = columns(now);
    }
}

impl Source for Empty {
    fn describe(&self) -> String {
        "columns without rows".to_owned()
    }

    fn discover(&self) -> Result<Vec<Column>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn read(&self, _: &ReadRequest) -> Result<BatchIter> {
        Ok(Box::new(std::iter::empty()))
    }
}

fn dataset(source: &Empty) -> Dataset {
    Dataset::from_source("d", Arc::new(source.clone()))
}

fn engine(source: &Empty) -> Engine {
    let engine = Engine::in_memory().unwrap();
    block_on(engine.create(dataset(source))).unwrap();
    let acceleration = Acceleration::full().on_schema_change(SchemaChange::FullReload);
    block_on(engine.accelerate("d", acceleration)).unwrap();
    engine
}

fn change(engine: &Engine) -> Result<ColumnChange> {
    let catalog = engine.inner.catalog()?;
    let entry = Arc::clone(catalog.dataset("d")?);
    column_change(&engine.inner, &catalog, &entry)
}

fn taken_over(engine: &Engine) -> TakenOver {
    match change(engine).unwrap() {
        ColumnChange::TakenOver(columns) => columns,
        ColumnChange::None | ColumnChange::Added { .. } => panic!("columns should be taken over"),
    }
}

fn types(engine: &Engine) -> Vec<(String, ColumnType)> {
    let catalog = engine.inner.catalog().unwrap();
    let entry = catalog.dataset("d").unwrap();
    entry.columns.iter().map(|column| (column.id.clone(), column.column_type)).collect()
}

#[test]
fn wider_columns_come_before_the_rows_and_the_others_after_them() {
    let source = Empty::new();
    let engine = engine(&source);
    source.change(&[("a", DECIMAL), ("c", ColumnType::Date)]);
    let columns = taken_over(&engine);
    assert_eq!(types(&engine), [("a".to_owned(), DECIMAL), ("b".to_owned(), ColumnType::Text)]);
    columns.commit(&engine.inner).unwrap();
    assert_eq!(types(&engine), [("a".to_owned(), DECIMAL), ("c".to_owned(), ColumnType::Date)]);
    assert!(matches!(change(&engine), Ok(ColumnChange::None)));
}

#[test]
fn what_was_widened_is_still_read_anew_when_nothing_else_tells() {
    let source = Empty::new();
    let engine = engine(&source);
    source.change(&[("a", DECIMAL), ("b", ColumnType::Text)]);
    drop(taken_over(&engine));
    // The process ended here, and dataset and source have the same columns.
    taken_over(&engine).commit(&engine.inner).unwrap();
    assert!(matches!(change(&engine), Ok(ColumnChange::None)));
}

#[test]
fn another_dataset_of_that_name_does_not_get_the_columns() {
    let wanted = [("a", ColumnType::Text), ("b", ColumnType::Text)];
    for replaces in [false, true] {
        let source = Empty::new();
        let engine = engine(&source);
        source.change(&wanted);
        let columns = taken_over(&engine);
        let other = Empty::new();
        if replaces {
            block_on(engine.replace(dataset(&other))).unwrap();
        } else {
            block_on(engine.drop_dataset("d")).unwrap();
            block_on(engine.create(dataset(&other))).unwrap();
        }
        assert_eq!(columns.commit(&engine.inner).unwrap_err().kind(), ErrorKind::Conflict);
        assert_eq!(types(&engine)[0].1, ColumnType::Integer);
    }
}

#[test]
fn columns_that_somebody_else_has_changed_stay() {
    let source = Empty::new();
    let engine = engine(&source);
    source.change(&[("a", ColumnType::Text), ("b", ColumnType::Text)]);
    let first = taken_over(&engine);
    source.change(&[("a", ColumnType::Date), ("b", ColumnType::Text)]);
    taken_over(&engine).commit(&engine.inner).unwrap();
    assert_eq!(first.commit(&engine.inner).unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(types(&engine)[0].1, ColumnType::Date);
}
