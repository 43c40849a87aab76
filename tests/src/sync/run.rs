//! Many scripts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::coverage::Coverage;
use super::model::Fault;
use super::play::play;
use super::script::Script;
use super::shrink::shrink;

/// Failures after which a run stops, so that a broken rule does not fill the screen.
const ENOUGH: usize = 3;

/// What a run found.
#[derive(Debug, Default)]
pub struct Run {
    pub coverage: Coverage,
    /// Scripts that fail, made as short as patience allows, and how they fail.
    pub failures: Vec<String>,
}

/// Plays so many scripts, whose seeds begin with this one.
///
/// # Panics
/// If a thread does.
#[must_use]
pub fn run(scripts: u64, seed: u64) -> Run {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let failed = AtomicUsize::new(0);
    let one = |thread: usize| {
        let mut run = Run::default();
        for number in (thread as u64..scripts).step_by(threads) {
            if failed.load(Ordering::Relaxed) >= ENOUGH {
                break;
            }
            let script = Script::random(seed.wrapping_add(number));
            if let Err(failure) = play(&script, None, &mut run.coverage) {
                failed.fetch_add(1, Ordering::Relaxed);
                let (short, failure) = shrink(&script, failure, None);
                run.failures.push(format!("{short}fails at step {}: {}", failure.step + 1, failure.message));
            }
        }
        run
    };
    let mut all = Run::default();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || one(thread))).collect();
        for thread in threads {
            let run = thread.join().expect("a thread that ends");
            all.coverage.merge(&run.coverage);
            all.failures.extend(run.failures);
        }
    });
    all
}

/// How many scripts that a broken rule concerns it takes to notice it; none if so many do not.
#[must_use]
pub fn scripts_to_notice(fault: Fault, scripts: u64, seed: u64) -> Option<u64> {
    let concerned = (0..).map(|number| Script::random(seed.wrapping_add(number)));
    let concerned = concerned.filter(|script| fault.concerns(&script.config));
    let mut numbered = (1..=scripts).zip(concerned);
    let noticed = numbered.find(|(_, script)| play(script, Some(fault), &mut Coverage::default()).is_err());
    noticed.map(|(number, _)| number)
}
