//! Rows that are found by their id.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Decimal128Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit};
use drillcore_store::{
    Changes, CommitOptions, Committed, CompactOptions, DataFile, DatasetStore, DaySet, Error, Full, KeyChanges,
    KeyEntry, KeyHasher, KeySecret, Keys, Operation, ParquetLayout, Place, SeededEnvironment, Snapshot, SnapshotWriter,
    SortColumn, Touched, row_digests,
};
use uuid::Uuid;

use super::shown::{living, shown_rows};
use crate::support::{HOUR, START_US, decode};

pub(crate) const ORDERS: Uuid = Uuid::from_u128(0x0D_0001);

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

/// An id, and the version of the dataset that wrote the row. All else in the row follows from these.
type Row = (i32, i32);

/// What the versions hold, by id, from version 1 on.
pub(crate) fn orders_of_versions() -> Vec<BTreeMap<i32, i32>> {
    let mut rows: BTreeMap<i32, i32> = (0..24).map(|id| (id, 1)).collect();
    let mut versions = vec![rows.clone()];
    let mut change = |upserts: &[Row], deleted: &[i32]| {
        rows.extend(upserts.iter().copied());
        rows.retain(|id, _| !deleted.contains(id));
        versions.push(rows.clone());
    };
    change(&[(3, 2), (14, 2), (40, 2)], &[5, 20]);
    change(&[(7, 3), (41, 3)], &[22]);
    change(&[], &[]);
    let second = versions[1].clone();
    versions.push(second.clone());
    versions.push(second.into_iter().filter(|(id, _)| *id != 0).chain([(14, 6)]).collect());
    versions
}

/// Makes all versions.
pub(super) fn fill(dataset: &DatasetStore, clock: &SeededEnvironment) -> Result<(), Error> {
    let mark = |text: &str| CommitOptions::default().with_property("watermark", text);
    let rows: Vec<Row> = (0..24).map(|id| (id, 1)).collect();
    load(dataset, &rows, &mark("one").with_property("by", "fill").with_token("load"))?;
    clock.advance(HOUR);
    // An id that was never there is deleted as well.
    delta(dataset, &[(3, 2), (14, 2), (40, 2)], &[5, 20, 99], false, &mark("two").with_token("second"))?;
    clock.advance(HOUR);
    delta(dataset, &[(7, 3), (41, 3)], &[22], true, &mark("three"))?;
    clock.advance(HOUR);
    let layout = layout().with_sorting(vec![SortColumn::descending("at")]);
    dataset.compact(&CompactOptions::default().with_layout(layout).with_all(true))?;
    clock.advance(HOUR);
    dataset.restore(2)?;
    clock.advance(HOUR);
    delta(dataset, &[(14, 6)], &[0], false, &mark("six"))?;
    Ok(())
}

fn layout() -> ParquetLayout {
    ParquetLayout::default().with_row_group_rows(8).with_target_file_rows(14)
}

/// The columns, or those that later rows have: wider types, and one more.
fn columns(wide: bool) -> SchemaRef {
    let (id, price) = if wide {
        (DataType::Int64, DataType::Decimal128(13, 4))
    } else {
        (DataType::Int32, DataType::Decimal128(9, 2))
    };
    let mut fields = vec![
        Field::new("id", id, false),
        Field::new("name", DataType::Utf8, true),
        Field::new("price", price, true),
        Field::new("at", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false),
        Field::new("value", DataType::Float64, true),
    ];
    fields.extend(wide.then(|| Field::new("note", DataType::Utf8, true)));
    Arc::new(Schema::new(fields))
}

fn at_us((id, version): Row) -> i64 {
    START_US + i64::from(id) * 5 * HOUR_US + i64::from(version)
}

fn batch(rows: &[Row], wide: bool) -> RecordBatch {
    let ids: ArrayRef = if wide {
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|(id, _)| i64::from(*id))))
    } else {
        Arc::new(Int32Array::from_iter_values(rows.iter().map(|(id, _)| *id)))
    };
    let names: StringArray =
        rows.iter().map(|(id, version)| (id % 4 != 0).then(|| format!("Nº {id}.{version}"))).collect();
    let ((precision, scale), unit) = if wide { ((13, 4), 100) } else { ((9, 2), 1) };
    let price =
        |(id, version): &Row| (id % 5 != 1).then(|| (i128::from(*id) * 125 - 900 + i128::from(*version)) * unit);
    let prices = Decimal128Array::from(rows.iter().map(price).collect::<Vec<Option<i128>>>());
    let times = TimestampMicrosecondArray::from_iter_values(rows.iter().map(|row| at_us(*row)));
    let values: Float64Array = rows.iter().map(|(id, _)| (id % 7 != 3).then(|| f64::from(*id) / 8.0 - 1.0)).collect();
    let mut arrays: Vec<ArrayRef> = vec![
        ids,
        Arc::new(names),
        Arc::new(prices.with_precision_and_scale(precision, scale).unwrap()),
        Arc::new(times.with_timezone("UTC")),
        Arc::new(values),
    ];
    if wide {
        let notes: StringArray = rows.iter().map(|(id, _)| (id % 2 == 1).then(|| format!("note {id}"))).collect();
        arrays.push(Arc::new(notes));
    }
    RecordBatch::try_new(columns(wide), arrays).unwrap()
}

fn write(writer: &SnapshotWriter, rows: &[Row], wide: bool) -> Result<Vec<DataFile>, Error> {
    writer.write_parquet(&columns(wide), [Ok(batch(rows, wide))], &layout())
}

fn hashes(hasher: &KeyHasher, ids: impl IntoIterator<Item = i64>) -> Result<Vec<u128>, Error> {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(ids));
    Ok(hasher.hash(&[ids])?.hashes)
}

/// Digests of rows as they stand in a file.
fn digests(secret: &KeySecret, rows: &RecordBatch) -> Result<Vec<u64>, Error> {
    let widened = |column: &ArrayRef| match column.data_type() {
        DataType::Int32 => cast(column, &DataType::Int64).unwrap(),
        _ => Arc::clone(column),
    };
    row_digests(secret, &rows.columns().iter().map(widened).collect::<Vec<ArrayRef>>())
}

/// The entries of rows that were written into files.
fn entries(secret: &KeySecret, files: &[DataFile], rows: &[Row], wide: bool) -> Result<Vec<KeyEntry>, Error> {
    let hashes = hashes(&KeyHasher::new(secret), rows.iter().map(|(id, _)| i64::from(*id)))?;
    let digests = digests(secret, &batch(rows, wide))?;
    let places = (0_u32..)
        .zip(files)
        .flat_map(|(file, described)| (0..u32::try_from(described.rows).unwrap()).map(move |row| Place { file, row }));
    let entries = hashes.into_iter().zip(digests).zip(rows).zip(places).map(|(((hash, digest), row), place)| {
        KeyEntry { hash, place: Some(place), version_time: Some(at_us(*row)), digest }
    });
    Ok(entries.collect())
}

fn load(dataset: &DatasetStore, rows: &[Row], options: &CommitOptions) -> Result<Committed, Error> {
    let writer = dataset.writer()?;
    let files = write(&writer, rows, false)?;
    let secret = writer.new_key_secret();
    let run = writer.write_keys(&files, entries(&secret, &files, rows, false)?)?;
    let keys = Keys { columns: vec!["id".to_owned()], secret, runs: vec![run] };
    writer.commit_full_with(&columns(false), Full::new(files).with_keys(keys), options)
}

/// Adds rows in place of those with their ids, and deletes others, in one commit.
pub(crate) fn delta(
    dataset: &DatasetStore,
    upserts: &[Row],
    deleted: &[i32],
    wide: bool,
    options: &CommitOptions,
) -> Result<Committed, Error> {
    let writer = dataset.writer()?;
    let base = writer.base()?.expect("loaded before");
    let index = base.keys()?.expect("the table has a key");
    let files = write(&writer, upserts, wide)?;
    let mut entries = entries(index.secret(), &files, upserts, wide)?;
    let dead = hashes(&index.hasher(), deleted.iter().copied().map(i64::from))?;
    entries.extend(dead.into_iter().zip(deleted).map(|(hash, id)| KeyEntry {
        hash,
        place: None,
        version_time: (*id != 20).then(|| at_us((*id, 9))),
        digest: 0,
    }));
    let mut changes = Changes::default().with_added(files.clone());
    let sought: Vec<u128> = entries.iter().map(|entry| entry.hash).collect();
    for place in index.find(&sought)?.into_iter().flatten().filter_map(|entry| entry.place) {
        let path = base.files()[usize::try_from(place.file).unwrap()].path.clone();
        changes.deleted.entry(path).or_default().insert(place.row);
    }
    let run = writer.write_keys(&files, entries)?;
    // All versions of a row are of one day.
    let ids = upserts.iter().map(|(id, _)| id).chain(deleted);
    let days = ids.map(|id| i32::try_from(at_us((*id, 0)).div_euclid(DAY_US)).unwrap());
    let changes = changes
        .with_keys(KeyChanges::Change { added: vec![run], removed: Vec::new() })
        .with_touched("at", Touched::days(DaySet::from_days(days)));
    writer.commit_changes(Operation::Delta, &columns(wide), changes, options)
}

/// Checks that a version has the rows of a model and that its keys lead to them.
#[track_caller]
pub(crate) fn check_orders(snapshot: &Snapshot, model: &BTreeMap<i32, i32>) {
    let row = |(id, version): (&i32, &i32)| shown_rows(&batch(&[(*id, *version)], *version == 3), snapshot.schema());
    let mut expected: Vec<Vec<String>> = model.iter().flat_map(row).collect();
    let files = 0..snapshot.files().len();
    let mut found: Vec<Vec<String>> =
        files.flat_map(|index| living(snapshot, index).unwrap()).map(|(_, row)| row).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected, "version {}", snapshot.version());
    check_keys(snapshot).unwrap();
}

/// The keys of a version lead to all of its living rows, and those of some other ids to none; where rows stand as they
/// were first written, their digests are those of the entries.
fn check_keys(snapshot: &Snapshot) -> Result<(), Error> {
    let index = snapshot.keys()?.expect("the table has a key");
    let is_compacted = snapshot.manifest().operation == Operation::Compact;
    let mut led_to = 0;
    for number in 0..snapshot.files().len() {
        let file = snapshot.open_file(number)?;
        let deleted = snapshot.deletions(number)?.unwrap_or_default();
        let mut row = 0;
        for batch in file.guard(|| decode(&file))? {
            let ids = cast(batch.column_by_name("id").unwrap(), &DataType::Int64).unwrap();
            let ids = ids.as_primitive::<Int64Type>().values().to_vec();
            let found = index.find(&hashes(&index.hasher(), ids.iter().copied())?)?;
            for ((id, entry), digest) in ids.into_iter().zip(found).zip(digests(index.secret(), &batch)?) {
                let place = Some(Place { file: u32::try_from(number).unwrap(), row });
                let what = format!("version {}, id {id}: {entry:?}", snapshot.version());
                if deleted.contains(row) {
                    assert_ne!(entry.and_then(|entry| entry.place), place, "{what}");
                } else {
                    assert_eq!(entry.and_then(|entry| entry.place), place, "{what}");
                    assert!(is_compacted || entry.is_some_and(|entry| entry.digest == digest), "{what}");
                    led_to += 1;
                }
                row += 1;
            }
        }
    }
    assert_eq!(led_to, snapshot.rows());
    let unknown = index.find(&hashes(&index.hasher(), 1_000..1_050)?)?;
    assert!(unknown.iter().all(Option::is_none), "{unknown:?}");
    Ok(())
}
