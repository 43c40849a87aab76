//! Random queries over the flights of 2013 with their airlines, planes, airports and weather.

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use drillcore_tests::duel::Duel;
use drillcore_tests::engine_side::Db;
use drillcore_tests::nyc::{cells, nyc_world, parquet_batches};
use drillcore_tests::oracle::Oracle;
use drillcore_tests::rng::Rng;
use drillcore_tests::world::World;

use crate::run::{Run, setting};

#[test]
fn flights_are_answered_as_sqlite_answers() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101);
    let queries = setting("DRILLCORE_ORACLE_QUERIES", 5_000) as usize;
    let rng = &mut Rng::new(seed);
    let world = nyc_world(rng);
    let flights = parquet_batches("flights.parquet");
    let mut run = Run::default();
    // Some flights of all the year, for many queries; then all of them, for few.
    let few: Vec<RecordBatch> = flights.iter().map(|batch| every(batch, 113)).collect();
    let some = duel(&world, &few, Some(few.clone()));
    run.world(&some, rng, queries / 10, 0);
    drop(some);
    let all = duel(&world, &flights, None);
    run.world(&all, rng, queries.div_ceil(500), 0);
    println!("{} queries\n{}", run.asked, run.coverage);
    run.finish();
}

/// One row of so many.
fn every(batch: &RecordBatch, step: usize) -> RecordBatch {
    let rows: UInt32Array = (0..batch.num_rows() as u32).step_by(step).collect::<Vec<u32>>().into();
    take_record_batch(batch, &rows).expect("rows that are there")
}

fn duel(world: &World, rows: &[RecordBatch], given: Option<Vec<RecordBatch>>) -> Duel {
    let oracle = Oracle::new(world).expect("a loaded oracle");
    for batch in rows {
        oracle.insert("flights", &cells(batch)).expect("loaded flights");
    }
    let db = Db::in_memory().expect("an engine");
    db.create_nyc(given).expect("datasets");
    db.link_world(world).expect("links");
    Duel { world: world.clone(), db, oracle }
}
