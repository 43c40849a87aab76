//! One script against an engine, with the states beside it that the rules allow. After a power cut there may be several
//! of these until the next look decides.

mod crash;
mod versions;

use std::collections::BTreeMap;
use std::sync::Arc;

use drillcore::{Engine, Error, SyncReport};
use drillcore_store::{FaultStorage, Store, StoreOptions, VerifyScope};
use futures::executor::block_on;

use super::clock::HandClock;
use super::config::{Config, Load};
use super::coverage::Coverage;
use super::feed::Feed;
use super::model::{Cache, Counts, Fault, Mode, Model, Predicted, State};
use super::observed::{NAME, Observed};
use super::row::Columns;
use super::script::{FIRST_MINUTE, Script};
use super::step::Step;
use crate::engine_side::Db;

/// Where a script failed, and how.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The place of the step; the number of steps where it was after the last one.
    pub step: usize,
    pub message: String,
}

/// Plays a script, against rules of which one is broken if there is a fault.
///
/// # Errors
/// Where the engine does not do what the rules say.
pub fn play(script: &Script, fault: Option<Fault>, coverage: &mut Coverage) -> Result<(), Failure> {
    script.config.tags().into_iter().for_each(|tag| coverage.add(tag));
    let failed = |step: usize| move |message: String| Failure { step, message };
    let mut play = Play::start(&script.config, fault, coverage).map_err(failed(0))?;
    for (place, step) in script.steps.iter().enumerate() {
        play.coverage.add(step.name());
        play.step(step).map_err(failed(place))?;
    }
    play.verify().map_err(failed(script.steps.len()))
}

struct Play<'a> {
    config: &'a Config,
    model: Model<'a>,
    fault: Option<Fault>,
    coverage: &'a mut Coverage,
    clock: HandClock,
    feed: Feed,
    storage: FaultStorage,
    db: Db,
    /// What the engine may be in; they all show the same rows.
    states: Vec<State>,
    /// By version: what it may be in then.
    history: BTreeMap<u64, Vec<State>>,
    /// Operations that the last sync or compaction took.
    cost: u64,
}

fn open(storage: &FaultStorage, clock: &HandClock) -> Result<Db, String> {
    let builder = Engine::builder().threads(1).clock(Arc::new(clock.clone()));
    block_on(builder.storage(Arc::new(storage.clone()))).map(Db::from).map_err(|error| format!("opening: {error}"))
}

/// Adds states, each at most once.
fn unite(states: &mut Vec<State>, more: impl IntoIterator<Item = State>) {
    for state in more {
        if !states.contains(&state) {
            states.push(state);
        }
    }
}

impl<'a> Play<'a> {
    fn start(config: &'a Config, fault: Option<Fault>, coverage: &'a mut Coverage) -> Result<Self, String> {
        let (clock, storage) = (HandClock::new(FIRST_MINUTE), FaultStorage::new());
        let db = open(&storage, &clock)?;
        let feed = Feed::new(config.since);
        db.create(feed.dataset(NAME)).map_err(|error| format!("a dataset: {error}"))?;
        block_on(db.engine().accelerate(NAME, config.acceleration()))
            .map_err(|error| format!("an acceleration: {error}"))?;
        let states = vec![State { columns: Columns::default(), reload_due: false, cache: None }];
        let (model, history) = (Model::new(config, fault), BTreeMap::new());
        Ok(Self { config, model, fault, coverage, clock, feed, storage, db, states, history, cost: 60 })
    }

    /// The columns that the engine knows. All states agree on what is visible.
    fn known(&self) -> Columns {
        self.states[0].columns
    }

    fn is_synced(&self) -> bool {
        self.states[0].cache.is_some()
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        let known = self.known();
        if self.feed.table().apply(step, self.config, known) {
            return Ok(());
        }
        self.feed.publish();
        match step {
            Step::Advance(minutes) => {
                self.clock.advance(*minutes);
                Ok(())
            }
            Step::Sync => self.sync().map(drop),
            Step::SyncTwice => self.sync_twice(),
            Step::Reopen => {
                self.db = open(&self.storage, &self.clock)?;
                self.observe()
            }
            Step::CrashSync(crash) => self.crash_in_sync(crash),
            // The others need a cache.
            _ if !self.is_synced() => Ok(()),
            Step::CrashCompact(crash) => self.crash(crash, Self::compact, |states, _| states),
            Step::Reconcile => self.reconcile(),
            Step::Compact => {
                let before = self.storage.operations();
                self.compact()?;
                self.cost = self.storage.operations() - before;
                self.observe()
            }
            Step::Vacuum => self.vacuum(false),
            Step::Purge => self.vacuum(true),
            Step::Restore(place) => self.restore(*place),
            Step::Look(place) => self.look(*place),
            _ => Err("a step that nobody takes".to_owned()),
        }
    }

    fn predict(&self) -> Vec<Predicted> {
        let (table, now) = (self.feed.table(), self.clock.minute());
        self.states.iter().map(|state| self.model.sync(state, &table, now)).collect()
    }

    /// Syncs, and says in which mode if it was not refused.
    fn sync(&mut self) -> Result<Option<Mode>, String> {
        let predicted = self.predict();
        let before = self.storage.operations();
        let outcome = self.db.sync(NAME);
        self.cost = self.storage.operations() - before;
        let mode = self.settle(predicted, outcome.as_ref())?;
        self.observe()?;
        Ok(mode)
    }

    /// Keeps the states in which a sync does what it did.
    fn settle(
        &mut self,
        predicted: Vec<Predicted>,
        outcome: Result<&SyncReport, &Error>,
    ) -> Result<Option<Mode>, String> {
        let (mut next, mut reasons, mut done) = (Vec::new(), Vec::new(), None);
        for (state, Predicted { outcome: expected, between }) in self.states.iter().zip(predicted) {
            match (outcome, expected) {
                (Ok(report), Ok((after, counts))) => {
                    let differences = counts.differences(report, self.config.load != Load::Full);
                    if differences.is_empty() {
                        unite(&mut next, [after]);
                        done = Some(counts);
                    } else {
                        reasons.push(format!("the report says {}", differences.join(", ")));
                    }
                }
                (Err(error), Err(refusal)) if error.kind() == refusal.kind() => {
                    unite(&mut next, [state.clone()].into_iter().chain(between));
                }
                (Err(error), Err(refusal)) => reasons.push(format!("a refusal ({refusal:?}) reads: {error}")),
                (Ok(_), Err(refusal)) => reasons.push(format!("a sync that must be refused ({refusal:?}) is not")),
                (Err(error), Ok(_)) => reasons.push(format!("a sync fails: {error}")),
            }
        }
        if next.is_empty() {
            return Err(reasons.join("; or "));
        }
        self.states = next;
        self.count(done.as_ref());
        Ok(done.map(|counts| counts.mode))
    }

    fn count(&mut self, done: Option<&Counts>) {
        let coverage = &mut *self.coverage;
        let Some(counts) = done else {
            coverage.add("a sync is refused");
            return;
        };
        let changes = counts.has_changes();
        coverage.add(if changes { "a sync changes something" } else { "a sync changes nothing" });
        coverage.add_if(counts.mode == Mode::Full, "a full load");
        coverage.add_if(counts.mode == Mode::Reload, "a full load because of columns");
        coverage.add_if(counts.updated > 0, "rows are updated");
        coverage.add_if(counts.deleted > 0, "rows are deleted");
        coverage.add_if(counts.dropped > 0, "duplicates are dropped");
        coverage.add_if(counts.null_keys > 0, "null keys are dropped");
        coverage.add_if(counts.conflicts > 0, "conflicts are decided");
        coverage.add_if(counts.late > 0, "late rows come");
        coverage.add_if(counts.expired > 0, "rows expire");
        coverage.add_if(counts.reconciled > 0, "a row is reconciled");
    }

    /// The second of two syncs finds nothing to do; only a full load may find that rows are gone.
    fn sync_twice(&mut self) -> Result<(), String> {
        let Some(first) = self.sync()? else { return Ok(()) };
        let (before, version) = (self.states[0].cache.clone(), self.newest());
        let second = self.sync()?;
        if self.config.reconcile_every.is_some_and(|every| every > 1) {
            // Keys may be compared in the second only.
            return Ok(());
        }
        if second == Some(Mode::Delta) || second == Some(first) {
            let rows = |cache: Option<&Cache>| cache.map(|cache| cache.rows.clone());
            if rows(before.as_ref()) != rows(self.states[0].cache.as_ref()) {
                return Err("a second sync changes rows".to_owned());
            }
        }
        let counts = self.config.load != Load::Delta || self.config.reconcile_every.is_some();
        if second == Some(Mode::Delta) && !counts && self.newest() != version {
            return Err("a second sync makes a version".to_owned());
        }
        Ok(())
    }

    /// The newest version that was seen.
    fn newest(&self) -> Option<u64> {
        self.history.last_key_value().map(|(version, _)| *version)
    }

    /// Keeps the states that look like what there is.
    fn observe(&mut self) -> Result<(), String> {
        let observed = Observed::new(&self.db)?;
        let reasons: Vec<Option<String>> = self.states.iter().map(|state| observed.difference(state)).collect();
        if reasons.iter().all(Option::is_some) {
            let mut reasons: Vec<String> = reasons.into_iter().flatten().collect();
            reasons.dedup();
            return Err(reasons.join("; or "));
        }
        let mut reasons = reasons.into_iter();
        self.states.retain(|_| reasons.next().flatten().is_none());
        if let Some(version) = observed.version {
            if self.newest().is_some_and(|newest| newest > version) {
                return Err(format!("version {version} is the newest, though there was a newer one"));
            }
            self.history.insert(version, self.states.clone());
        }
        Ok(())
    }

    fn compact(&mut self) -> Result<(), String> {
        block_on(self.db.engine().compact(NAME)).map(drop).map_err(|error| format!("a compaction fails: {error}"))
    }

    fn vacuum(&mut self, purge: bool) -> Result<(), String> {
        block_on(self.db.engine().vacuum(purge)).map(drop).map_err(|error| format!("a vacuum fails: {error}"))?;
        self.observe()
    }

    fn reconcile(&mut self) -> Result<(), String> {
        if !self.states.iter().all(|state| self.model.can_reconcile(state)) {
            return Ok(());
        }
        let report = block_on(self.db.engine().reconcile(NAME)).map_err(|error| format!("reconciling: {error}"))?;
        let mut gone = 0;
        let table = self.feed.table().clone();
        for state in &mut self.states {
            let Some(cache) = &mut state.cache else { continue };
            gone = self.model.reconcile(cache, &table);
        }
        if gone != report.reconciled {
            return Err(format!("reconciled: {} instead of {gone}", report.reconciled));
        }
        self.coverage.add_if(gone > 0, "a row is reconciled");
        self.observe()
    }

    /// Everything in the store is whole.
    fn verify(&self) -> Result<(), String> {
        let store = Store::open(Arc::new(self.storage.clone()), StoreOptions::default());
        let report = store.and_then(|store| store.verify(VerifyScope::AllKept)).map_err(|error| error.to_string())?;
        if report.is_clean() { Ok(()) } else { Err(format!("the store is damaged: {:?}", report.problems)) }
    }
}
