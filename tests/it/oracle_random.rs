//! Random queries over random tables: the engine and SQLite give the same answers, from sources, from snapshots and
//! after a restart.

use std::thread;

use drillcore_tests::arrow_form::batches;
use drillcore_tests::coverage::WANTED_ROWS;
use drillcore_tests::duel::Duel;
use drillcore_tests::engine_side::{Db, from_batches, from_parquet};
use drillcore_tests::oracle::Oracle;
use drillcore_tests::random_world::random_world;
use drillcore_tests::rng::Rng;

use crate::run::{Run, setting};

/// Queries of a run in which everything must be covered.
const QUERIES: u64 = 5_000;

/// Queries per world.
const PER_WORLD: usize = 60;

/// Threads, each with worlds and an engine of its own.
const THREADS: usize = 2;

/// How much of what is wanted each thread looks for, in percent: together a bit more than needed.
const SHARE: usize = 100 / THREADS + 5;

#[test]
fn random_tables_are_answered_as_sqlite_answers() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101);
    let asked = setting("DRILLCORE_ORACLE_QUERIES", QUERIES);
    let worlds = (asked as usize * 9 / 10).div_ceil(PER_WORLD);
    let runs: Vec<Run> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    let mut run = Run::default();
                    for number in (thread..worlds).step_by(THREADS) {
                        let in_files = (number / THREADS).is_multiple_of(2);
                        one_world(&mut run, seed.wrapping_add(number as u64), in_files);
                    }
                    run
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread that ends")).collect()
    });
    let mut run = Run::default();
    runs.into_iter().for_each(|other| run.merge(other));
    println!("{} queries\n{}", run.asked, run.coverage);
    run.finish();
    if asked >= QUERIES {
        let missing = run.coverage.missing(100);
        assert!(missing.is_empty(), "covered too little: {missing:?}");
        let share = run.coverage.share_with_rows();
        assert!(share >= WANTED_ROWS, "only {share} % of the answers have two or more rows");
    }
}

fn one_world(run: &mut Run, seed: u64, in_files: bool) {
    let rng = &mut Rng::new(seed);
    let world = random_world(&format!("random world {seed}"), rng);
    let oracle = Oracle::new(&world).expect("a loaded oracle");
    let dir = tempfile::tempdir().expect("a folder");
    let store = dir.path().join("store");
    let db = if in_files { Db::open(&store) } else { Db::in_memory() }.expect("an engine");
    for table in &world.tables {
        let rows = batches(table, rng);
        let dataset = if in_files { from_parquet(table, &rows, dir.path()) } else { from_batches(table, rows) };
        db.create(dataset).expect("a dataset");
    }
    db.link_world(&world).expect("links");
    let mut duel = Duel { world, db, oracle };
    let answered = run.world(&duel, rng, PER_WORLD, SHARE);
    if in_files {
        duel.db = Db::in_memory().expect("another engine, so that the first is gone");
        duel.db = Db::open(&store).expect("the store again");
        run.again(&duel, &answered[..answered.len().min(10)]);
    }
}
