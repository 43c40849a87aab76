//! Power cuts during work, and what comes up after them.

use drillcore_store::{FaultKind, FaultRepeat, FaultStorage};

use super::{Play, open, unite};
use crate::sync::model::{Predicted, State};
use crate::sync::observed::NAME;
use crate::sync::step::Crash;

impl Play<'_> {
    pub(super) fn crash_in_sync(&mut self, crash: &Crash) -> Result<(), String> {
        let predicted = self.predict();
        let sync = |play: &mut Self| play.db.sync(NAME).map(drop).map_err(|error| error.to_string());
        self.crash(crash, sync, move |before, done| {
            let mut states = Vec::new();
            for (state, Predicted { outcome, between }) in before.into_iter().zip(predicted) {
                let after = outcome.map(|(after, _)| after);
                match (done, after) {
                    (true, Ok(after)) => unite(&mut states, [after]),
                    // It must be refused, and was not.
                    (true, Err(_)) => {}
                    (false, after) => unite(&mut states, [state].into_iter().chain(between).chain(after)),
                }
            }
            states
        })
    }

    /// The power fails during some work, and the engine comes up again on what the medium holds then. `after` says what
    /// it may be in, by whether the work said that it was done.
    pub(super) fn crash(
        &mut self,
        crash: &Crash,
        work: impl FnOnce(&mut Self) -> Result<(), String>,
        after: impl FnOnce(Vec<State>, bool) -> Vec<State>,
    ) -> Result<(), String> {
        let at = self.storage.operations() + 1 + self.cost * crash.share / 100;
        let lost = std::io::ErrorKind::Other;
        if crash.after {
            self.storage.fail_at(at, FaultRepeat::Once, FaultKind::ErrorAfterEffect(lost));
        } else {
            self.storage.fail_at(at, FaultRepeat::Persistent, FaultKind::Error(lost));
        }
        let before = self.states.clone();
        let outcome = work(self);
        let place = self.storage.trace().get(at as usize - 1).cloned().unwrap_or_else(|| "the end".to_owned());
        let image = self.storage.crash(crash.seed, crash.mode);
        self.states = after(before.clone(), outcome.is_ok());
        if self.states.is_empty() {
            return Err("a sync that must be refused is not, though the power fails".to_owned());
        }
        let context = |message: String| format!("after a power cut at `{place}` (work done: {outcome:?}): {message}");
        self.storage = FaultStorage::from_image(&image);
        self.db = open(&self.storage, &self.clock).map_err(context)?;
        self.observe().map_err(context)?;
        let is_before = self.states.iter().any(|state| before.contains(state));
        let survivor = if is_before { "before" } else { "after" };
        self.coverage.add(format!("a crash is survived by the state {survivor}"));
        Ok(())
    }
}
