//! Only what is worth it is rewritten, and what passes through keeps its order.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use drillcore_store::{
    CommitOptions, CompactOptions, CompactReport, Error, ErrorKind, MemoryStorage, Operation, ParquetLayout, Snapshot,
    SortColumn,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::PageIndexPolicy;

use super::table::{self, Model, check, delta, load};
use crate::support::{
    DATASET, batch, commit_append, commit_delta, commit_full, latest_ids, open, path_ending, read_ids, schema,
    small_layout,
};

fn paths(snapshot: &Snapshot) -> Vec<String> {
    snapshot.files().iter().map(|file| file.path.clone()).collect()
}

/// Files below ten rows are small, and three are enough.
fn options() -> CompactOptions {
    CompactOptions::default().with_layout(small_layout()).with_small_file_rows(10).with_min_small_files(3)
}

#[test]
fn small_files_are_put_together_and_full_ones_are_left_alone() -> Result<(), Error> {
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    assert_eq!(dataset.compact(&options())?, CompactReport::default(), "nothing was ever written");
    assert!(dataset.latest()?.is_none());
    commit_full(&dataset, &(0..20).collect::<Vec<i64>>())?;
    for ids in [[40, 41, 42], [30, 31, 32]] {
        commit_append(&dataset, &ids)?;
    }
    let waiting = dataset.compact(&options())?;
    assert_eq!((waiting.version, waiting.files_before, waiting.files_after), (None, 4, 4));
    let before = commit_append(&dataset, &[20, 21, 22])?.snapshot;

    let report = dataset.compact(&options())?;
    let after = dataset.latest()?.expect("committed");
    assert_eq!((report.version, report.files_before, report.files_after), (Some(5), 5, 3));
    assert_eq!((report.rows_rewritten, report.dead_rows_removed, report.key_runs_merged), (9, 0, 0));
    assert_eq!(report.bytes_written, after.files()[2].size);
    assert_eq!(paths(&after)[..2], paths(&before)[..2]);
    assert_eq!(after.manifest().operation, Operation::Compact);
    let expected: Vec<i64> = (0..20).chain([40, 41, 42, 30, 31, 32, 20, 21, 22]).collect();
    assert_eq!(read_ids(&after)?, expected, "without a sorting rows keep their order");
    assert_eq!(read_ids(&before)?, expected, "the version before is still there");

    // All of it, in another order.
    let down = small_layout().with_sorting(vec![SortColumn::descending("id")]);
    let report = dataset.compact(&options().with_layout(down).with_all(true))?;
    assert_eq!((report.files_after, report.rows_rewritten), (3, 29));
    let mut expected = expected;
    expected.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(latest_ids(&dataset)?, expected);
    Ok(())
}

#[test]
fn files_with_many_deleted_rows_are_rewritten_and_keep_their_order() -> Result<(), Error> {
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    let ids: Vec<i64> = (0..30).map(|row| row * 7 % 30).collect();
    commit_full(&dataset, &ids)?;
    // A whole row group and more of the first file, one row of the second, two rows of the third.
    let deleted = [ids[4], ids[5], ids[6], ids[7], ids[9], ids[10], ids[20], ids[29]];
    let before = commit_delta(&dataset, &deleted, &[])?.snapshot;
    let report = dataset.compact(&options().with_small_file_rows(1).with_dead_share(0.2))?;
    let after = dataset.latest()?.expect("committed");
    assert_eq!((report.files_after, report.rows_rewritten, report.dead_rows_removed), (3, 13, 7));
    assert_eq!(paths(&after)[0], paths(&before)[1], "one row of ten is not worth it");
    let expected = [&ids[10..20], &ids[..10], &ids[20..]].concat();
    assert_eq!(read_ids(&after)?, expected.into_iter().filter(|id| !deleted.contains(id)).collect::<Vec<_>>());
    assert_eq!(after.manifest().dead_rows(), 1);
    assert_eq!(dataset.compact(&options().with_small_file_rows(1).with_dead_share(0.2))?.version, None);
    Ok(())
}

#[test]
fn files_that_are_full_by_their_bytes_are_left_alone() -> Result<(), Error> {
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    for ids in [[40, 41, 42], [30, 31, 32], [20, 21, 22]] {
        commit_append(&dataset, &ids)?;
    }
    let down = small_layout().with_sorting(vec![SortColumn::descending("id")]);
    let wide = options().with_layout(down).with_sort_bytes(1);
    let report = dataset.compact(&wide)?;
    assert_eq!((report.version, report.files_before, report.files_after), (Some(4), 3, 3));
    let after = dataset.latest()?.expect("committed");
    assert_eq!(read_ids(&after)?, [42, 41, 40, 32, 31, 30, 22, 21, 20], "no two row groups go together");
    assert!(after.files().iter().all(|file| file.full));
    assert_eq!(dataset.compact(&wide)?.version, None);
    assert_eq!(dataset.compact(&wide.clone().with_all(true))?.version, None, "not even if everything is asked for");
    // From the medium it is the same, and what comes later is small.
    let other = commit_append(&dataset, &[10])?.snapshot;
    assert_eq!(other.files().iter().map(|file| file.full).collect::<Vec<_>>(), [true, true, true, false]);
    assert_eq!(dataset.compact(&wide)?.version, None);
    commit_delta(&dataset, &[40, 41], &[])?;
    assert_eq!(dataset.compact(&wide)?.rows_rewritten, 1);
    assert!(!dataset.latest()?.expect("committed").files().iter().any(|file| file.full && file.rows == 1));
    Ok(())
}

#[test]
fn many_files_are_put_together_part_by_part() -> Result<(), Error> {
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    for id in 0..7 {
        commit_append(&dataset, &[id])?;
    }
    let few = options().with_max_inputs(3);
    let report = dataset.compact(&few)?;
    assert_eq!((report.files_after, report.rows_rewritten), (3, 7));
    assert_eq!(dataset.compact(&few.with_all(true))?.files_after, 1);
    assert_eq!(latest_ids(&dataset)?, (0..7).collect::<Vec<i64>>());
    // A purge must not leave anything for later.
    for id in 10..14 {
        commit_append(&dataset, &[id, id + 10])?;
    }
    commit_delta(&dataset, &[10, 11, 12, 13], &[])?;
    let at_once = options().with_min_small_files(usize::MAX).with_dead_share(0.0).with_max_inputs(2);
    assert_eq!(dataset.compact(&at_once)?.dead_rows_removed, 4);
    Ok(())
}

#[test]
fn a_large_key_run_is_not_merged_for_the_sake_of_one_file() -> Result<(), Error> {
    let compacting = options().with_small_file_rows(1);
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    load(&dataset, &table::rows(0..60, 1))?;
    let mut model: Model = table::rows(0..60, 1).into_iter().collect();
    let mut delete = |ids: &[i64]| {
        model.retain(|id, _| !ids.contains(id));
        delta(&dataset, &[], ids, 2).map(|_| model.clone())
    };
    // Half of the first file, but a twelfth of the run.
    delete(&[0, 1, 2, 3, 4])?;
    assert_eq!(dataset.compact(&compacting)?.version, None);
    let model = delete(&[10, 11, 12, 13, 20, 21, 22, 23, 24, 25, 26])?;
    let report = dataset.compact(&compacting)?;
    assert_eq!((report.rows_rewritten, report.dead_rows_removed, report.key_runs_merged), (14, 16, 3));
    check(&dataset.latest()?.expect("committed"), &model, "merged");

    // A run that is not much larger is merged at once.
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    load(&dataset, &table::rows(0..40, 1))?;
    delta(&dataset, &[], &[0, 1, 2], 2)?;
    assert_eq!(dataset.compact(&compacting)?.rows_rewritten, 7);
    // So it is if every deleted row has to go.
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    load(&dataset, &table::rows(0..60, 1))?;
    delta(&dataset, &[], &[0], 2)?;
    assert_eq!(dataset.compact(&compacting.with_dead_share(0.0))?.rows_rewritten, 9);
    Ok(())
}

#[test]
fn a_single_file_keeps_the_order_it_has() -> Result<(), Error> {
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    let by_name = vec![SortColumn::ascending("name"), SortColumn::descending("id")];
    let writer = dataset.writer()?;
    let layout = small_layout().with_sorting(by_name.clone());
    let files = writer.write_parquet(&schema(), [Ok::<_, Error>(batch(&[1, 2, 4, 5, 9, 6]))], &layout)?;
    writer.commit_full(&schema(), files, &CommitOptions::default())?;
    commit_delta(&dataset, &[2], &[])?;
    let sorting = || -> Result<Vec<(i32, bool)>, Error> {
        let file = dataset.latest()?.expect("committed").open_file(0)?;
        let footer = file.read_metadata(PageIndexPolicy::Skip)?;
        let sorting = footer.row_group(0).sorting_columns().cloned().unwrap_or_default();
        Ok(sorting.iter().map(|column| (column.column_idx, column.descending)).collect())
    };
    // Without a sorting of its own a compaction says what the file said, with one it makes that.
    dataset.compact(&options().with_dead_share(0.0))?;
    assert_eq!((latest_ids(&dataset)?, sorting()?), (vec![1, 4, 5, 9, 6], vec![(1, false), (0, true)]));
    commit_delta(&dataset, &[4], &[])?;
    let same = small_layout().with_sorting(by_name[..1].to_vec());
    dataset.compact(&options().with_dead_share(0.0).with_layout(same))?;
    assert_eq!((latest_ids(&dataset)?, sorting()?), (vec![1, 5, 9, 6], vec![(1, false), (0, true)]));
    commit_delta(&dataset, &[9], &[])?;
    let other = small_layout().with_sorting(vec![SortColumn::ascending("id")]);
    dataset.compact(&options().with_dead_share(0.0).with_layout(other))?;
    assert_eq!((latest_ids(&dataset)?, sorting()?), (vec![1, 5, 6], vec![(0, false)]));
    Ok(())
}

#[test]
fn many_rows_come_out_in_order() -> Result<(), Error> {
    const ROWS: i64 = 210_000;
    let numbers = Arc::new(Schema::new(vec![Field::new("number", DataType::Int64, false)]));
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    for part in 0..3 {
        // Every number once, as 48,271 has no divisor in common with their count.
        let values = (0..ROWS).filter(|row| row % 3 == part).map(|row| row * 48_271 % ROWS);
        let values: ArrayRef = Arc::new(Int64Array::from_iter_values(values));
        let rows = RecordBatch::try_new(Arc::clone(&numbers), vec![values]).expect("fits");
        let writer = dataset.writer()?;
        let files = writer.write_parquet(&numbers, [Ok::<_, Error>(rows)], &ParquetLayout::default())?;
        writer.commit_append(&numbers, files, &CommitOptions::default())?;
    }
    let layout = ParquetLayout::default().with_sorting(vec![SortColumn::ascending("number")]);
    dataset.compact(&CompactOptions::default().with_min_small_files(2).with_layout(layout))?;
    let file = dataset.latest()?.expect("committed").open_file(0)?;
    let mut values = Vec::new();
    for rows in ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build()).expect("opens") {
        values.extend_from_slice(rows.expect("reads").column(0).as_primitive::<Int64Type>().values());
    }
    assert!(values.into_iter().eq(0..ROWS));
    Ok(())
}

#[test]
fn damage_and_layouts_that_do_not_fit_are_told() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let dataset = open(&storage, 1)?.dataset(DATASET);
    commit_full(&dataset, &[1, 2, 3])?;
    commit_delta(&dataset, &[2], &[])?;
    let unknown = small_layout().with_sorting(vec![SortColumn::ascending("unknown")]);
    let error = dataset.compact(&options().with_all(true).with_layout(unknown)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let path = path_ending(&storage, ".parquet");
    let mut content = storage.content(&path).expect("present").to_vec();
    content[20] ^= 1;
    storage.tamper(&path, content);
    let error = open(&storage, 2)?.dataset(DATASET).compact(&options().with_all(true)).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Corruption, Some(path.as_str())));
    assert_eq!(dataset.versions()?, [1, 2]);
    Ok(())
}
