//! Random queries over random tables: the engine and SQLite give the same answers, from sources, from snapshots and
//! after a restart.

use drillcore_tests::arrow_form::batches;
use drillcore_tests::duel::Duel;
use drillcore_tests::engine_side::{Db, from_batches, from_parquet};
use drillcore_tests::oracle::Oracle;
use drillcore_tests::random_world::random_world;
use drillcore_tests::rng::Rng;

use crate::run::{Run, setting};

/// How often each part of the language must have been in a query with an answer.
const WANTED: usize = 20;

/// Queries per world.
const PER_WORLD: usize = 50;

#[test]
fn random_tables_are_answered_as_sqlite_answers() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101);
    let queries = setting("DRILLCORE_ORACLE_QUERIES", 1_500) as usize * 3 / 4;
    let mut run = Run::default();
    for number in 0..queries.div_ceil(PER_WORLD) {
        let world_seed = seed.wrapping_add(number as u64);
        one_world(&mut run, world_seed, number % 2 == 0);
    }
    println!("{} queries\n{}", run.asked, run.coverage);
    run.finish();
    let missing = run.coverage.missing(WANTED);
    assert!(missing.is_empty(), "covered too little: {missing:?}");
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
    let answered = run.world(&duel, rng, PER_WORLD, WANTED + 2);
    if in_files {
        duel.db = Db::in_memory().expect("another engine, so that the first is gone");
        duel.db = Db::open(&store).expect("the store again");
        run.again(&duel, &answered[..answered.len().min(10)]);
    }
}
