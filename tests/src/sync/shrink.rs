//! Shorter scripts that fail as well.

use std::time::{Duration, Instant};

use super::coverage::Coverage;
use super::model::Fault;
use super::play::{Failure, play};
use super::script::Script;
use super::step::Step;

/// What a shorter script is worth.
const PATIENCE: Duration = Duration::from_secs(20);

/// Leaves out steps as long as the script still fails and patience lasts.
#[must_use]
pub fn shrink(script: &Script, failure: Failure, fault: Option<Fault>) -> (Script, Failure) {
    let started = Instant::now();
    let (mut best, mut failure) = (script.clone(), failure);
    best.steps.truncate(failure.step + 1);
    let mut size = best.steps.len().div_ceil(2);
    while size > 0 {
        let mut start = best.steps.len().saturating_sub(size);
        loop {
            let mut shorter = best.clone();
            let end = shorter.steps.len().min(start + size);
            shorter.steps.drain(start..end);
            if started.elapsed() > PATIENCE {
                return (best, failure);
            }
            if begins_well(&shorter)
                && let Err(found) = play(&shorter, fault, &mut Coverage::default())
            {
                shorter.steps.truncate(found.step + 1);
                (best, failure) = (shorter, found);
            }
            if start == 0 {
                break;
            }
            start = start.saturating_sub(size).min(best.steps.len());
        }
        size /= 2;
    }
    (best, failure)
}

/// Whether the first sync comes before anything but rows, as in all scripts.
fn begins_well(script: &Script) -> bool {
    let first = script.steps.iter().find(|step| !matches!(step, Step::Insert { .. }));
    matches!(first, Some(Step::Sync | Step::SyncTwice))
}
