//! Readers of one process while a second one syncs and a third one compacts, vacuums and purges: every answer is that of
//! one version, no reader ever goes back in time, and nothing fails but by a conflict that says it can be tried again.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use drillcore::ErrorKind;
use drillcore_tests::rng::Rng;
use futures::executor::block_on;

use super::items::{
    check, check_purged, deltas, newest, open, prepare, until_done, version_of_rows, version_of_sums, write_source,
};
use crate::child::{Child, Told, tell, until_finished};
use crate::run::setting;

/// Tells a child where the store is; without it the tests of children have nothing to do.
const FOLDER: &str = "DRILLCORE_SYNC_PROCESSES_FOLDER";

/// The table grows with its versions, so a long run begins anew with another store now and then.
const ROUND: Duration = Duration::from_secs(10);

const READERS: u64 = 4;

/// Syncs version after version until the parent wants no more, each told of when it is safe.
#[test]
fn child_that_syncs() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let (dir, over) = (Path::new(&dir), until_finished());
    let (mut version, mut conflicts) = (newest(&open(dir)), 0);
    tell("ready", version);
    while !over.load(Ordering::SeqCst) {
        // A process keeps the versions that came after its first one for up to a minute. Coming and going lets others
        // remove them.
        let db = open(dir);
        for _ in 0..4 {
            version += 1;
            write_source(dir, version);
            conflicts += until_done(|| db.sync("items").map(drop));
            tell("synced", version);
        }
        if version.is_multiple_of(16) {
            conflicts += until_done(|| block_on(db.engine().vacuum(true)).map(drop));
        }
    }
    tell("conflicts", conflicts);
}

/// Compacts, vacuums and purges until the parent wants no more.
#[test]
fn child_that_tidies_up() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let (dir, over) = (Path::new(&dir), until_finished());
    let (mut works, mut rewritten, mut removed, mut conflicts) = (0, 0, 0, 0);
    tell("ready", 0);
    while !over.load(Ordering::SeqCst) {
        let db = open(dir);
        let engine = db.engine();
        for round in 0..3_u64 {
            conflicts += until_done(|| {
                let whole = round == 0;
                let report =
                    if whole { block_on(engine.compact_all("items")) } else { block_on(engine.compact("items")) };
                rewritten += u64::from(report?.version.is_some());
                Ok(())
            });
            conflicts += until_done(|| {
                removed += block_on(engine.vacuum(round > 0))?.versions_removed;
                Ok(())
            });
            works += 2;
        }
    }
    for (what, number) in [("works", works), ("rewritten", rewritten), ("removed", removed), ("conflicts", conflicts)] {
        tell(what, number);
    }
}

/// What the readers share.
struct Watch<'a> {
    dir: &'a Path,
    /// The last version that the syncing process told of.
    synced: AtomicU64,
    over: AtomicBool,
}

/// What happened in a run.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    answers: u64,
    /// Different versions that were seen by one reader, the most.
    versions: u64,
    conflicts: u64,
}

impl Seen {
    fn and(self, other: Self) -> Self {
        Self {
            answers: self.answers + other.answers,
            versions: self.versions.max(other.versions),
            conflicts: self.conflicts + other.conflicts,
        }
    }
}

impl Watch<'_> {
    /// Asks until all is over. Now and then the engine is opened anew, so that choosing a version races with removing it,
    /// and versions that were read are given up.
    fn read(&self, reader: u64) -> Seen {
        let (rng, mut seen, mut last) = (&mut Rng::new(reader), Seen::default(), 0);
        while !self.over.load(Ordering::SeqCst) {
            let db = open(self.dir);
            for _ in 0..rng.between(1, 12) {
                let least = self.synced.load(Ordering::SeqCst).max(last);
                let answer = if rng.chance(50) { version_of_sums(&db) } else { version_of_rows(&db) };
                match answer {
                    Ok(version) => {
                        assert!(version >= least, "version {version} is shown after {least} was there");
                        seen.answers += 1;
                        seen.versions += u64::from(version > last);
                        last = version;
                    }
                    Err(error) => {
                        assert!(error.kind() == ErrorKind::Conflict && error.is_retryable(), "a query fails: {error}");
                        seen.conflicts += 1;
                    }
                }
            }
        }
        seen
    }

    /// A reader that fails ends the others too.
    fn guarded(&self, reader: u64) -> Seen {
        catch_unwind(AssertUnwindSafe(|| self.read(reader))).unwrap_or_else(|panic| {
            self.over.store(true, Ordering::SeqCst);
            resume_unwind(panic)
        })
    }

    /// Listens to the syncing process for a time, or until a reader fails.
    fn listen(&self, syncing: &Child, length: Duration) {
        let started = Instant::now();
        while started.elapsed() < length && !self.over.load(Ordering::SeqCst) {
            self.note(&syncing.heard());
            thread::sleep(Duration::from_millis(2));
        }
        self.over.store(true, Ordering::SeqCst);
    }

    fn note(&self, told: &[Told]) {
        for (_, version) in told.iter().filter(|(what, _)| what == "synced") {
            self.synced.store(*version, Ordering::SeqCst);
        }
    }
}

/// What a child told of at its end.
fn told_of(told: &[Told], what: &str) -> u64 {
    let found = told.iter().find(|(word, _)| word == what);
    found.map(|(_, number)| *number).unwrap_or_else(|| panic!("the child did not tell of {what}"))
}

fn start(test: &str, dir: &Path) -> Child {
    let child = Child::start(&format!("sync::processes::{test}"), &[(FOLDER, dir.as_os_str())]);
    assert_eq!(child.hear().0, "ready");
    child
}

/// One store, watched for some time.
fn round(length: Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    prepare(dir, deltas());
    let (syncing, tidying) = (start("child_that_syncs", dir), start("child_that_tidies_up", dir));
    let watch = &Watch { dir, synced: AtomicU64::new(0), over: AtomicBool::new(false) };
    let seen = thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS).map(|reader| scope.spawn(move || watch.guarded(reader))).collect();
        watch.listen(&syncing, length);
        let seen = readers.into_iter().map(|reader| reader.join().expect("a reader"));
        seen.fold(Seen::default(), Seen::and)
    });
    let (tidied, rest) = (tidying.finish(), syncing.finish());
    watch.note(&rest);
    let (synced, sync_conflicts) = (watch.synced.load(Ordering::SeqCst), told_of(&rest, "conflicts"));
    let [works, rewritten, removed, conflicts] =
        ["works", "rewritten", "removed", "conflicts"].map(|what| told_of(&tidied, what));
    println!(
        "{} answers of up to {} versions by one reader, {} conflicts; {synced} syncs, {sync_conflicts} conflicts; \
         {works} works of upkeep, {rewritten} compactions and {removed} versions removed, {conflicts} conflicts",
        seen.answers, seen.versions, seen.conflicts
    );
    assert_eq!(check(dir, synced), synced, "the version told of last");
    check_purged(dir, synced);

    let seconds = length.as_secs().max(1);
    assert!(seen.answers >= 4 * seconds && seen.versions >= seconds && synced >= seconds, "hardly anything happened");
    assert!(rewritten > 0 && removed > 0, "nothing was taken away from the readers");
    // Readers meet a conflict only where versions go faster than they are read, sixteen times on end.
    assert!(seen.conflicts * 100 <= seen.answers, "{} conflicts in {} answers", seen.conflicts, seen.answers);
    assert!(sync_conflicts <= synced, "{sync_conflicts} conflicts in {synced} syncs");
    // A compaction gives way to every other one, and to deltas that keep coming.
    assert!(conflicts <= 10 * works, "{conflicts} conflicts in {works} works of upkeep");
}

#[test]
fn every_answer_is_that_of_one_version_across_processes() {
    let mut left = Duration::from_secs(setting("DRILLCORE_PROCESSES_SECONDS", 10));
    while !left.is_zero() {
        let length = left.min(ROUND);
        round(length);
        left -= length;
    }
}

/// Stops of a process, between which it goes on.
#[cfg(unix)]
const STOPS: u64 = 12;

/// Wherever a syncing process is stopped, others may remove what nobody needs, and it goes on as though nothing had
/// happened.
#[cfg(unix)]
#[test]
fn a_process_that_sleeps_anywhere_finds_what_it_needs() {
    use drillcore_store::{StoreOptions, VacuumOptions};

    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    prepare(dir, deltas());
    let syncing = start("child_that_syncs", dir);
    let stops = setting("DRILLCORE_STOPS", STOPS);
    let rng = &mut Rng::new(setting("DRILLCORE_STOP_SEED", 5));
    let (mut purged, mut removed, mut conflicts) = (0, 0, 0);
    for _ in 0..stops {
        thread::sleep(Duration::from_micros(rng.between(1_000, 60_000).unsigned_abs()));
        syncing.stop();
        {
            // Nobody waits for a lock that the sleeper may hold.
            let options = StoreOptions::default().with_lock_timeout(Duration::from_millis(20));
            let store = super::items::store(dir, options);
            for id in store.dataset_ids().expect("the datasets") {
                match store.dataset(id).vacuum_with(&VacuumOptions::default().with_purge(true)) {
                    Ok(report) => (purged, removed) = (purged + 1, removed + report.removed.len()),
                    Err(error) => {
                        assert!(error.is_retryable(), "a purge beside a sleeper fails: {error}");
                        conflicts += 1;
                    }
                }
            }
        }
        syncing.resume();
    }
    let told = syncing.finish();
    let synced = told.iter().filter(|(what, _)| what == "synced").map(|(_, version)| *version).max().expect("a sync");
    println!("{stops} stops: {purged} purges of {removed} files, {conflicts} gave way; {synced} syncs");
    assert_eq!(check(dir, synced), synced, "the version told of last");
    check_purged(dir, synced);
    assert!(purged > 0 && removed > 0, "nothing was removed while the process slept");
}
