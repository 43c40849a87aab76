//! Many rounds over many worlds.

use std::thread;

use super::coverage::Coverage;
use super::duel::round;
use super::formula::Formula;
use super::generate::Generator;
use super::world::World;
use crate::rng::Rng;

/// Formulas per world. The generator looks for what was made little in its world, so that a world depends on nothing
/// but its seed.
const PER_WORLD: usize = 2_000;

/// Formulas per query.
const PER_ROUND: usize = 25;

/// Differences after which a run stops, so that a broken rule does not fill the screen.
const ENOUGH: usize = 5;

/// What a run found.
#[derive(Debug, Default)]
pub struct Run {
    /// What was covered.
    pub coverage: Coverage,
    /// Reports of what differs.
    pub differences: Vec<String>,
}

impl Run {
    fn is_over(&self) -> bool {
        self.differences.len() >= ENOUGH
    }

    /// Formulas over one world.
    fn world(&mut self, seed: u64, count: usize) {
        let rng = &mut Rng::new(seed);
        let world = World::new(rng);
        let mut coverage = Coverage::default();
        let mut left = count;
        while left > 0 && !self.is_over() {
            let size = left.min(PER_ROUND);
            let (table, setting) = (world.table(rng), World::setting(rng));
            let mut generator = Generator::new(rng, table, &setting, &mut coverage);
            let formulas: Vec<Formula> = (0..size).map(|_| generator.formula()).collect();
            for report in round(&world.db, table, &setting, &formulas, &mut coverage) {
                self.differences.push(format!("world {seed}, formula {} or later\n{report}", count - left));
            }
            left -= size;
        }
        self.coverage.merge(&coverage);
    }
}

/// So many formulas, in worlds whose seeds begin with this one. Each thread has worlds and engines of its own.
///
/// # Panics
/// If a thread does.
#[must_use]
pub fn run(formulas: usize, seed: u64, threads: usize) -> Run {
    let worlds = formulas.div_ceil(PER_WORLD);
    let one = move |thread: usize| {
        let mut run = Run::default();
        for world in (thread..worlds).step_by(threads) {
            if run.is_over() {
                break;
            }
            run.world(seed.wrapping_add(world as u64), PER_WORLD.min(formulas - world * PER_WORLD));
        }
        run
    };
    let runs: Vec<Run> = thread::scope(|scope| {
        let spawned: Vec<_> = (0..threads).map(|thread| scope.spawn(move || one(thread))).collect();
        spawned.into_iter().map(|thread| thread.join().expect("a thread that ends")).collect()
    });
    let mut all = Run::default();
    for run in runs {
        all.coverage.merge(&run.coverage);
        all.differences.extend(run.differences);
    }
    all
}
