//! Whatever came before and whatever the options are, compaction changes no row and no key, and what it says it made is
//! so.

use drillcore_store::{CompactOptions, DataFile, DatasetStore, MemoryStorage, SortColumn, SplitMix64, VerifyScope};

use super::table::{Model, Row, check, delta, load, read};
use crate::support::{DATASET, in_parallel, open, small_layout};

/// Orders that can be told from the rows.
const ORDERS: [Order; 3] = [Order::None, Order::IdDown, Order::VersionUpIdDown];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    None,
    IdDown,
    VersionUpIdDown,
}

impl Order {
    fn sorting(self) -> Vec<SortColumn> {
        let id = SortColumn::descending("id");
        match self {
            Self::None => Vec::new(),
            Self::IdDown => vec![id],
            Self::VersionUpIdDown => vec![SortColumn::ascending("version"), id],
        }
    }

    fn holds(self, rows: &[(u32, Row)]) -> bool {
        rows.is_sorted_by_key(|(_, (id, version))| match self {
            Self::None => (0, 0),
            Self::IdDown => (0, -id),
            Self::VersionUpIdDown => (*version, -id),
        })
    }
}

#[test]
fn random_lives_keep_their_rows_and_keys() {
    in_parallel(80, |seed| {
        let storage = MemoryStorage::new();
        let store = open(&storage, seed).unwrap();
        let dataset = store.dataset(DATASET);
        let mut random = SplitMix64::new(seed);
        let mut model = Model::new();
        for step in 1..16 {
            let place = format!("seed {seed}, step {step}");
            match random.below(if step == 1 { 1 } else { 9 }) {
                0 => {
                    let rows = some_rows(&mut random, 60, step);
                    model = rows.iter().copied().collect();
                    load(&dataset, &rows).unwrap();
                }
                1..=4 => {
                    let upserts = some_rows(&mut random, 8, step);
                    let mut deleted: Vec<i64> =
                        some_rows(&mut random, 12, step).into_iter().map(|(id, _)| id).collect();
                    deleted.retain(|id| upserts.iter().all(|(upserted, _)| upserted != id));
                    delta(&dataset, &upserts, &deleted, step).unwrap();
                    model.extend(upserts);
                    model.retain(|id, _| !deleted.contains(id));
                }
                _ => compact(&dataset, &mut random, &place),
            }
            check(&dataset.latest().unwrap().unwrap(), &model, &place);
        }
        store.vacuum().unwrap();
        let report = store.verify(VerifyScope::AllKept).unwrap();
        assert!(report.is_clean() && report.orphans.is_empty(), "seed {seed}: {report:?}");
        check(&dataset.latest().unwrap().unwrap(), &model, &format!("seed {seed}, at the end"));
    });
}

/// Up to so many rows with different ids, in no order.
fn some_rows(random: &mut SplitMix64, most: usize, version: i64) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for _ in 0..random.below(most + 1) {
        let id = i64::try_from(random.below(100)).unwrap();
        if rows.iter().all(|(held, _)| *held != id) {
            rows.push((id, version));
        }
    }
    rows
}

fn compact(dataset: &DatasetStore, random: &mut SplitMix64, place: &str) {
    let order = ORDERS[random.below(ORDERS.len())];
    let all = random.chance(1, 3);
    let options = CompactOptions::default()
        .with_layout(small_layout().with_sorting(order.sorting()))
        .with_small_file_rows(10)
        .with_min_small_files(random.below(4))
        .with_dead_share([0.0, 0.2, 0.7][random.below(3)])
        .with_all(all)
        .with_dead_horizon_us(i64::try_from(random.below(20)).unwrap());
    // How many files all rows make is checked below.
    let bounded = !all && random.chance(1, 2);
    let options = if bounded { options.with_max_inputs(random.below(5)).with_sort_bytes(1) } else { options };
    let before = dataset.latest().unwrap().unwrap();
    let report = dataset.compact(&options).unwrap();
    let after = dataset.latest().unwrap().unwrap();
    assert_eq!(report.version.unwrap_or_else(|| before.version()), after.version(), "{place}");
    assert_eq!((report.files_before, report.files_after), (before.files().len() as u64, after.files().len() as u64));
    let (dead_before, dead) = (before.manifest().dead_rows(), after.manifest().dead_rows());
    assert_eq!(report.dead_rows_removed, dead_before - dead, "{place}");
    if report.version.is_some() {
        assert!(after.manifest().touched("id").is_nothing(), "{place}: the rows are the same");
    }
    let runs = after.manifest().keys.as_ref().unwrap().runs.len();
    if options.all {
        let files = read(&after).unwrap();
        assert!(files.iter().all(|rows| order.holds(rows)), "{place}: {order:?}, {files:?}");
        // Files that were as large as memory allowed when they were put together stay as they are.
        let others: Vec<u64> = after.files().iter().filter(|file| !file.full).map(DataFile::live_rows).collect();
        let least = others.iter().sum::<u64>().div_ceil(10);
        assert_eq!(others.len() as u64, least, "{place}: all files but one are full");
        assert!(dead == 0 && runs <= 1, "{place}: {dead} dead rows, {runs} runs");
        assert_eq!(dataset.compact(&options).unwrap().version, None, "{place}: nothing is left to do");
    }
}
