//! Random queries over the flights of 2013 with their airlines, planes, airports and weather.

use arrow::array::RecordBatch;
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
    let queries = setting("DRILLCORE_ORACLE_QUERIES", 1_500) as usize;
    let rng = &mut Rng::new(seed);
    let world = nyc_world(rng);
    let flights = parquet_batches("flights.parquet");
    let mut run = Run::default();
    let some = duel(&world, &flights[..1], Some(flights[..1].to_vec()));
    run.world(&some, rng, queries / 4, 0);
    drop(some);
    let all = duel(&world, &flights, None);
    run.world(&all, rng, queries / 100, 0);
    println!("{} queries\n{}", run.asked, run.coverage);
    run.finish();
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
