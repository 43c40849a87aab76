//! The oracle finds planted faults: each within the queries of one run.

use drillcore_tests::arrow_form::batches;
use drillcore_tests::document::document;
use drillcore_tests::duel::{Duel, judge};
use drillcore_tests::engine_side::{Db, from_batches};
use drillcore_tests::faults::{Change, Fault, all};
use drillcore_tests::generate::rich_query;
use drillcore_tests::json::Json;
use drillcore_tests::oracle::{Answer, Oracle};
use drillcore_tests::random_world::random_world;
use drillcore_tests::rng::Rng;
use drillcore_tests::spec::Spec;

use crate::run::setting;

/// Queries after which a fault counts as not found.
const QUERIES: usize = 3_000;

/// Queries per world.
const PER_WORLD: usize = 100;

/// A fault, and what became of it.
struct Hunt {
    fault: Fault,
    /// Queries on which it could have shown.
    tried: usize,
    found: bool,
}

impl Hunt {
    /// Asks a query with the fault planted. A query that the engine then refuses shows nothing.
    fn ask(&mut self, duel: &Duel, spec: &Spec, expected: &Answer) {
        let mut query = document(&duel.world, spec);
        if let Change::Query(change) = self.fault.change
            && !change(&mut query)
        {
            return;
        }
        let Ok(answer) = duel.db.ask(&query.to_string()) else { return };
        let mut answer = Json::parse(&answer.to_json()).expect("JSON");
        if let Change::Answer(change) = self.fault.change
            && !change(&query, &mut answer)
        {
            return;
        }
        self.tried += 1;
        self.found |= judge(spec, expected, &answer).is_err();
    }
}

#[test]
fn every_planted_fault_is_found() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ 0xfa17;
    let mut hunts: Vec<Hunt> = all().into_iter().map(|fault| Hunt { fault, tried: 0, found: false }).collect();
    assert!(hunts.len() >= 30, "only {} faults", hunts.len());
    for number in 0..QUERIES / PER_WORLD {
        if hunts.iter().all(|hunt| hunt.found) {
            break;
        }
        let rng = &mut Rng::new(seed.wrapping_add(number as u64));
        let duel = duel(rng, number);
        for _ in 0..PER_WORLD {
            let spec = rich_query(rng, &duel.world);
            let expected = duel.expect(&spec);
            // Only where both agree without the fault does a difference show the fault.
            if expected.rows.len() < 2 || duel.check(&spec, &expected).is_err() {
                continue;
            }
            hunts.iter_mut().filter(|hunt| !hunt.found).for_each(|hunt| hunt.ask(&duel, &spec, &expected));
        }
    }
    for Hunt { fault, tried, found } in &hunts {
        println!("{:50} {}", fault.name, if *found { format!("found by query {tried}") } else { "missed".to_owned() });
    }
    let missed: Vec<&str> = hunts.iter().filter(|hunt| !hunt.found).map(|hunt| hunt.fault.name).collect();
    assert!(missed.is_empty(), "not found: {missed:?}");
}

fn duel(rng: &mut Rng, number: usize) -> Duel {
    let world = random_world(&format!("world {number} of faults"), rng);
    let oracle = Oracle::new(&world).expect("a loaded oracle");
    let db = Db::in_memory().expect("an engine");
    for table in &world.tables {
        db.create(from_batches(table, batches(table, rng))).expect("a dataset");
    }
    db.link_world(&world).expect("links");
    Duel { world, db, oracle }
}
