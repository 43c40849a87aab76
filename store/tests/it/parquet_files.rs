//! The files themselves: layout, statistics, order of rows, what is refused.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use drillcore_store::{
    CommitOptions, Compression, DatasetStore, Error, ErrorKind, FaultKind, FaultRepeat, FaultStorage, FileDigest,
    MemoryStorage, ParquetLayout, Snapshot, SortColumn,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::PageIndexPolicy;

use crate::support::{DATASET, batch, latest_ids, open, read_ids, schema, small_layout};

fn load(dataset: &DatasetStore, batches: &[RecordBatch], layout: &ParquetLayout) -> Result<Arc<Snapshot>, Error> {
    let schema = batches[0].schema();
    let writer = dataset.writer()?;
    let files = writer.write_parquet(&schema, batches.iter().cloned().map(Ok::<_, Error>), layout)?;
    Ok(writer.commit_full(&schema, files, &CommitOptions::default())?.snapshot)
}

#[test]
fn rows_fall_into_row_groups_and_files_however_they_come() {
    let ids: Vec<i64> = (0..23).collect();
    for piece in [1, 3, 4, 7, 23] {
        let dataset = open(&MemoryStorage::new(), 1).unwrap().dataset(DATASET);
        let batches: Vec<RecordBatch> = ids.chunks(piece).map(batch).collect();
        let snapshot = load(&dataset, &batches, &small_layout()).unwrap();
        let shape: Vec<(u64, u64)> = snapshot.files().iter().map(|file| (file.rows, file.row_groups)).collect();
        assert_eq!(shape, [(10, 3), (10, 3), (3, 1)], "pieces of {piece}");
        assert_eq!(read_ids(&snapshot).unwrap(), ids);
        let bounds: Vec<_> = snapshot.files().iter().map(|file| file.columns[0].min.clone().unwrap()).collect();
        assert_eq!(bounds, ["0", "10", "20"]);
    }
}

#[test]
fn every_compression_reads_back() {
    let ids: Vec<i64> = (0..5_000).collect();
    let kinds = [Compression::None, Compression::Snappy, Compression::Lz4, Compression::Zstd { level: 1 }];
    for compression in kinds {
        let dataset = open(&MemoryStorage::new(), 1).unwrap().dataset(DATASET);
        let layout = ParquetLayout::default().with_compression(compression);
        load(&dataset, &[batch(&ids)], &layout).unwrap();
        assert_eq!(latest_ids(&dataset).unwrap(), ids, "{compression:?}");
    }
}

#[test]
fn the_footer_says_what_the_manifest_says() {
    let dataset = open(&MemoryStorage::new(), 1).unwrap().dataset(DATASET);
    let ids: Vec<i64> = (0..9_000).collect();
    let layout = ParquetLayout::default()
        .with_row_group_rows(4_000)
        .with_data_page_rows(1_000)
        .with_sorting(vec![SortColumn::ascending("id")])
        .with_bloom_columns(vec!["name".to_owned()]);
    let snapshot = load(&dataset, &[batch(&ids)], &layout).unwrap();
    let described = &snapshot.files()[0];
    let file = snapshot.open_file(0).unwrap();
    assert_eq!((file.path(), file.size()), (snapshot.file_path(described).as_str(), described.size));
    let footer = file.read_metadata(PageIndexPolicy::Required).unwrap();
    assert_eq!(footer.num_row_groups() as u64, described.row_groups);
    let groups: Vec<i64> = footer.row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(groups, [4_000, 4_000, 1_000]);
    let sorting = footer.row_group(0).sorting_columns().unwrap();
    assert_eq!((sorting[0].column_idx, sorting[0].descending), (0, false));
    assert!(footer.row_group(0).column(1).bloom_filter_offset().is_some());
    assert!(footer.row_group(0).column(0).bloom_filter_offset().is_none());
    assert_eq!(footer.offset_index().unwrap()[0][0].page_locations().len(), 4);
    // Reading just the last bytes the manifest points at is enough to have the footer.
    let tail = file.read(&(file.size() - described.footer_bytes..file.size())).unwrap();
    let length = u64::from(u32::from_le_bytes(tail[tail.len() - 8..tail.len() - 4].try_into().unwrap()));
    assert_eq!(length + 8, described.footer_bytes);
    let plain = load(&dataset, &[batch(&ids)], &layout.with_page_index(false)).unwrap();
    let footer = plain.open_file(0).unwrap().read_metadata(PageIndexPolicy::Optional).unwrap();
    assert!(footer.row_group(0).column(0).column_index_offset().is_none());
}

#[test]
fn statistics_cover_all_row_groups() {
    let dataset = open(&MemoryStorage::new(), 1).unwrap().dataset(DATASET);
    let snapshot = load(&dataset, &[batch(&[5, -3, 9, 4, 0, 2, 6])], &small_layout()).unwrap();
    let columns = &snapshot.files()[0].columns;
    let [id, name, value] = columns.as_slice() else { panic!("{columns:?}") };
    assert_eq!((id.min.as_deref(), id.max.as_deref(), id.sum.as_deref()), (Some("-3"), Some("9"), Some("23")));
    assert_eq!((id.null_count, name.null_count), (0, 4));
    assert_eq!((name.min.as_deref(), name.max.as_deref(), name.sum.as_deref()), (Some("name 2"), Some("name 5"), None));
    assert_eq!((value.min.as_deref(), value.max.as_deref()), (Some("-0.75"), Some("2.25")));
}

#[test]
fn long_strings_have_cut_bounds() {
    let text = Arc::new(Schema::new(vec![Field::new("t", DataType::Utf8, true)]));
    let long = "ab".repeat(100);
    let values: ArrayRef = Arc::new(StringArray::from(vec!["a", long.as_str()]));
    let rows = RecordBatch::try_new(text, vec![values]).unwrap();
    let dataset = open(&MemoryStorage::new(), 1).unwrap().dataset(DATASET);
    let snapshot = load(&dataset, &[rows], &ParquetLayout::default()).unwrap();
    let stats = &snapshot.files()[0].columns[0];
    assert_eq!((stats.min.as_deref(), stats.min_exact), (Some("a"), true));
    assert!(!stats.max_exact && stats.max.as_deref() > Some(long.as_str()));
}

#[test]
fn wide_tables_and_dictionaries_come_back_as_they_were() {
    let (wide, rows) = wide_rows();
    let dataset = open(&MemoryStorage::new(), 1).unwrap().dataset(DATASET);
    let snapshot = load(&dataset, std::slice::from_ref(&rows), &ParquetLayout::default()).unwrap();
    assert_eq!(snapshot.schema(), &wide);
    let reader = ParquetRecordBatchReaderBuilder::try_new(snapshot.open_file(0).unwrap()).unwrap();
    let read = reader.with_batch_size(10_000).build().unwrap().next().unwrap().unwrap();
    assert_eq!(read, rows);
    let column: i64 = read.column(69).as_primitive::<Int64Type>().value(7);
    assert_eq!(column, 69 * 7);
}

fn wide_rows() -> (SchemaRef, RecordBatch) {
    let mut fields: Vec<Field> = (0..70).map(|index| Field::new(format!("c{index}"), DataType::Int64, true)).collect();
    let codes = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    fields.push(Field::new("code", codes, true));
    let wide = Arc::new(Schema::new(fields));
    let mut columns: Vec<ArrayRef> = (0..70_i64)
        .map(|index| Arc::new((0..300_i64).map(|row| index * row).collect::<Int64Array>()) as ArrayRef)
        .collect();
    let codes: arrow::array::DictionaryArray<arrow::datatypes::Int32Type> =
        (0..300).map(|row| Some(if row % 2 == 0 { "even" } else { "odd" })).collect();
    columns.push(Arc::new(codes));
    let rows = RecordBatch::try_new(Arc::clone(&wide), columns).unwrap();
    (wide, rows)
}

#[test]
fn rows_that_do_not_fit_the_schema_are_refused() {
    let dataset = open(&MemoryStorage::new(), 1).unwrap().dataset(DATASET);
    let writer = dataset.writer().unwrap();
    let refused = |fields: Vec<Field>| {
        let columns: Vec<ArrayRef> =
            fields.iter().map(|field| arrow::array::new_null_array(field.data_type(), 1)).collect();
        let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
        writer.parquet(&schema(), &small_layout()).unwrap().write(&rows).unwrap_err().kind()
    };
    assert_eq!(refused(vec![Field::new("id", DataType::Int64, true)]), ErrorKind::InvalidInput);
    let nulls = schema().fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
    assert_eq!(refused(nulls), ErrorKind::InvalidInput, "a NULL in id");
}

#[test]
fn the_error_of_the_rows_comes_out_as_it_is() {
    #[derive(Debug)]
    enum Failure {
        Source,
        Store,
    }
    impl From<Error> for Failure {
        fn from(_: Error) -> Self {
            Self::Store
        }
    }
    let storage = FaultStorage::new();
    let dataset = open(&storage, 1).unwrap().dataset(DATASET);
    let writer = dataset.writer().unwrap();
    let rows = [Ok(batch(&[1])), Err(Failure::Source)];
    assert!(matches!(writer.write_parquet(&schema(), rows, &small_layout()), Err(Failure::Source)));
    storage.fail_at(storage.operations() + 1, FaultRepeat::Once, FaultKind::Error(std::io::ErrorKind::Other));
    assert!(matches!(writer.write_parquet(&schema(), [Ok(batch(&[1]))], &small_layout()), Err(Failure::Store)));
}

#[test]
fn files_are_opened_once_and_shared_by_later_versions() {
    let storage = FaultStorage::new();
    let dataset = open(&storage, 1).unwrap().dataset(DATASET);
    crate::support::commit_full(&dataset, &[1, 2]).unwrap();
    assert_eq!(latest_ids(&dataset).unwrap(), [1, 2]);
    let snapshot = crate::support::commit_append(&dataset, &[3]).unwrap().snapshot;
    assert!(matches!(snapshot.files()[0].digest, FileDigest::Whole { .. }));
    let before = storage.operations();
    assert_eq!(snapshot.open_file(0).unwrap().path(), snapshot.file_path(&snapshot.files()[0]));
    assert_eq!(storage.operations(), before, "the first file was open already");
    snapshot.open_file(1).unwrap();
    assert_eq!(storage.operations(), before + 1);
    assert_eq!(snapshot.open_file(2).unwrap_err().kind(), ErrorKind::InvalidInput);
}
