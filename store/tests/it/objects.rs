//! Promise: in a bucket, without locks and leases, of several writers exactly one makes a version, nothing acknowledged
//! is lost, nothing young is removed, and whoever reads for too long is told so.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use drillcore_store::{
    CommitOptions, Environment, Error, ErrorKind, FaultKind, FaultOver, FaultRepeat, ObjectStorage, Retention,
    SeededEnvironment, Storage, Store, StoreOptions, SystemEnvironment, VacuumOptions, VerifyScope,
};
use object_store::memory::InMemory;
use tokio::runtime::{Builder, Runtime};

use crate::support::{DATASET, HOUR, commit_append, commit_delta, commit_full, latest_ids, read_ids, schema, write};

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_multi_thread().worker_threads(2).build().unwrap())
}

fn bucket() -> ObjectStorage {
    ObjectStorage::open(Arc::new(InMemory::new()), "stores/one", runtime().handle().clone()).unwrap()
}

/// A process: objects are dated by the clock of this machine, so that is where its own begins.
struct Process {
    store: Store,
    clock: Arc<SeededEnvironment>,
}

fn process(storage: &(impl Storage + Clone), seed: u64) -> Process {
    process_with(storage, seed, Retention { max_age: Duration::ZERO, min_versions: 1 }, Duration::ZERO)
}

fn process_with(storage: &(impl Storage + Clone), seed: u64, retention: Retention, refresh: Duration) -> Process {
    let clock = Arc::new(SeededEnvironment::new(seed, SystemEnvironment.now_us()));
    let options = StoreOptions::default().with_retention(retention).with_refresh(refresh);
    let options = options.with_environment(Arc::clone(&clock) as _);
    Process { store: Store::open(Arc::new(storage.clone()), options).unwrap(), clock }
}

#[test]
fn what_one_process_commits_another_reads() -> Result<(), Error> {
    let bucket = bucket();
    let (one, other) = (process(&bucket, 1), process(&bucket, 2));
    assert_eq!(one.store.id(), other.store.id());
    one.store.catalog().commit(0, "catalog")?;
    assert_eq!(other.store.catalog().latest()?.expect("committed").parse::<String>()?, "catalog");
    let (here, there) = (one.store.dataset(DATASET), other.store.dataset(DATASET));
    assert!(there.latest()?.is_none());
    commit_full(&here, &(0..25).collect::<Vec<_>>())?;
    assert_eq!(latest_ids(&there)?, (0..25).collect::<Vec<_>>());
    commit_delta(&there, &[3, 4], &[30])?;
    commit_append(&here, &[40])?;
    assert_eq!(latest_ids(&there)?, latest_ids(&here)?);
    assert_eq!(here.versions()?, [1, 2, 3]);
    assert_eq!(there.restore(1)?.version, 4);
    assert_eq!(latest_ids(&here)?, (0..25).collect::<Vec<_>>());
    let report = process(&bucket, 3).store.verify(VerifyScope::AllKept)?;
    assert!(report.is_clean() && report.orphans.is_empty() && report.foreign.is_empty(), "{report:?}");
    assert_eq!(other.store.dataset_ids()?, [DATASET]);
    one.store.remove_dataset(DATASET)?;
    assert!(process(&bucket, 4).store.dataset(DATASET).latest()?.is_none());
    assert!(one.store.dataset(DATASET).latest()?.is_none());
    Ok(())
}

#[test]
fn the_newest_version_is_asked_for_once_in_a_while_and_own_ones_are_known() -> Result<(), Error> {
    let bucket = bucket();
    let writer = process(&bucket, 1);
    commit_full(&writer.store.dataset(DATASET), &[1])?;
    writer.store.catalog().commit(0, "one")?;
    let faults = FaultOver::new(Arc::new(bucket));
    let reader = process_with(&faults, 2, Retention::default(), HOUR);
    let dataset = reader.store.dataset(DATASET);
    assert_eq!(dataset.latest()?.expect("committed").version(), 1);
    reader.store.catalog().latest()?;
    // The first question after the first answer is asked, the others are not.
    dataset.latest()?;
    reader.store.catalog().latest()?;
    commit_full(&writer.store.dataset(DATASET), &[2])?;
    writer.store.catalog().commit(1, "two")?;
    let asked = faults.operations();
    for _ in 0..5 {
        assert_eq!(dataset.latest()?.expect("committed").version(), 1);
        assert_eq!(reader.store.catalog().latest()?.expect("committed").version(), 1);
    }
    assert_eq!(faults.operations(), asked, "{:?}", faults.trace());
    assert_eq!(reader.store.catalog().latest_now()?.expect("committed").version(), 2);
    // A writer looks anyway, and what it saw is not overlooked afterwards.
    let begun = dataset.writer()?;
    assert_eq!(begun.base_version(), 2);
    assert_eq!(dataset.latest()?.expect("committed").version(), 2);
    // Somebody was faster: whoever tries again sees that.
    commit_full(&writer.store.dataset(DATASET), &[3])?;
    let files = write(&begun, &[4])?;
    let conflict = begun.commit_full(&schema(), files, &CommitOptions::default()).unwrap_err();
    assert_eq!(conflict.kind(), ErrorKind::Conflict);
    assert_eq!(latest_ids(&dataset)?, [3]);
    commit_full(&dataset, &[5])?;
    assert_eq!(latest_ids(&dataset)?, [5]);
    Ok(())
}

#[test]
fn racing_writers_have_one_winner_per_version() {
    let bucket = bucket();
    let run = |seed: u64| {
        let process = process(&bucket, seed);
        let dataset = process.store.dataset(DATASET);
        let mut won = Vec::new();
        while won.len() < 8 {
            let writer = dataset.writer().unwrap();
            let files = write(&writer, &[i64::try_from(seed).unwrap()]).unwrap();
            match writer.commit_full(&schema(), files, &CommitOptions::default()) {
                Ok(committed) => won.push((committed.version, seed)),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error}"),
            }
        }
        won
    };
    let mut won = thread::scope(|scope| {
        let racers = [scope.spawn(|| run(11)), scope.spawn(|| run(12)), scope.spawn(|| run(13))];
        racers.map(|racer| racer.join().unwrap()).concat()
    });
    won.sort_unstable();
    assert_eq!(won.iter().map(|(version, _)| *version).collect::<Vec<_>>(), (1..=24).collect::<Vec<u64>>());
    let reader = process(&bucket, 20).store.dataset(DATASET);
    for (version, seed) in won {
        assert_eq!(read_ids(&reader.snapshot(version).unwrap()).unwrap(), [i64::try_from(seed).unwrap()]);
    }
}

#[test]
fn only_what_is_old_is_removed() -> Result<(), Error> {
    let bucket = bucket();
    let upkeep = process(&bucket, 1);
    let dataset = upkeep.store.dataset(DATASET);
    for id in 1..=3 {
        commit_full(&dataset, &[id])?;
        upkeep.store.catalog().commit(u64::try_from(id).expect("small") - 1, "more")?;
    }
    let other = process(&bucket, 2);
    let at_work = other.store.dataset(DATASET).writer()?;
    let uncommitted = write(&at_work, &[9])?;

    // Nothing is kept by age, and yet others may be reading.
    for hours in [0, 20] {
        upkeep.clock.advance(HOUR * hours);
        let report = upkeep.store.vacuum()?;
        assert_eq!((report.removed.len(), report.postponed.len()), (0, 1), "{hours}: {report:?}");
        assert_eq!((dataset.versions()?.len(), upkeep.store.catalog().versions()?.len()), (3, 3));
    }
    // The file that was not committed is as old as the others here, and its writer has given up by then.
    upkeep.clock.advance(HOUR * 5);
    let report = upkeep.store.vacuum()?;
    assert_eq!((report.versions_removed, report.postponed.len()), (4, 0), "{report:?}");
    assert!(report.removed.contains(&format!("datasets/{DATASET}/{}", uncommitted[0].path)));
    assert_eq!((dataset.versions()?, upkeep.store.catalog().versions()?), (vec![3], vec![3]));
    assert_eq!(latest_ids(&dataset)?, [3]);
    assert!(upkeep.store.verify(VerifyScope::AllKept)?.orphans.is_empty());
    assert!(upkeep.store.vacuum()?.removed.is_empty());
    other.clock.advance(HOUR * 25);
    let late = at_work.commit_full(&schema(), uncommitted, &CommitOptions::default()).unwrap_err();
    assert!(matches!(late.kind(), ErrorKind::Conflict | ErrorKind::InvalidInput), "{late}");
    Ok(())
}

#[test]
fn a_purge_waits_for_readers_that_nobody_knows() -> Result<(), Error> {
    let bucket = bucket();
    let upkeep = process(&bucket, 1);
    let dataset = upkeep.store.dataset(DATASET);
    commit_full(&dataset, &(0..25).collect::<Vec<_>>())?;
    commit_delta(&dataset, &[7], &[])?;
    let reader = process(&bucket, 2).store.dataset(DATASET).snapshot(1)?;
    let purge = VacuumOptions::default().with_purge(true);
    dataset.vacuum_with(&purge)?;
    assert_eq!(read_ids(&reader)?, (0..25).collect::<Vec<_>>());
    upkeep.clock.advance(HOUR * 25);
    dataset.vacuum_with(&purge)?;
    assert_eq!(dataset.versions()?.len(), 1);
    assert_eq!(latest_ids(&dataset)?.len(), 24);
    Ok(())
}

#[test]
fn whoever_reads_for_too_long_is_told_to_try_again() -> Result<(), Error> {
    let bucket = bucket();
    let (upkeep, reader, other) = (process(&bucket, 1), process(&bucket, 2), process(&bucket, 4));
    commit_full(&upkeep.store.dataset(DATASET), &[1, 2, 3])?;
    let dataset = reader.store.dataset(DATASET);
    let unopened = dataset.latest()?.expect("committed");
    let file = other.store.dataset(DATASET).snapshot(1)?.open_file(0)?;
    commit_full(&upkeep.store.dataset(DATASET), &[4])?;
    // The process that removes knows its own readers.
    let own = upkeep.store.dataset(DATASET).snapshot(1)?;
    upkeep.clock.advance(HOUR * 25);
    upkeep.store.vacuum()?;
    assert_eq!(read_ids(&own)?, [1, 2, 3]);
    drop(own);
    assert_eq!(upkeep.store.vacuum()?.versions_removed, 1);

    let gone = file.read(&(0..file.size())).unwrap_err();
    assert_eq!((gone.kind(), gone.is_retryable()), (ErrorKind::SnapshotExpired, true), "{gone}");
    drop(file);
    let gone = unopened.open_file(0).unwrap_err();
    assert_eq!((gone.kind(), gone.is_retryable()), (ErrorKind::SnapshotExpired, true), "{gone}");
    assert_eq!(latest_ids(&dataset)?, [4]);

    // A file that is missing from a version that is there is damage all the same.
    let newest = process(&bucket, 3).store.dataset(DATASET).latest()?.expect("committed");
    bucket.remove(&newest.file_path(&newest.files()[0])).expect("removed");
    assert_eq!(newest.open_file(0).unwrap_err().kind(), ErrorKind::Corruption);
    Ok(())
}

#[test]
fn a_writer_that_slept_for_too_long_gives_up() -> Result<(), Error> {
    // Nothing is kept by age but for the longest commit, a quarter of which is six hours.
    for (hours, made) in [(6, true), (7, false)] {
        let sleeper = process(&bucket(), 1);
        let dataset = sleeper.store.dataset(DATASET);
        let writer = dataset.writer()?;
        let files = write(&writer, &[1])?;
        sleeper.clock.advance(HOUR * hours);
        let outcome = writer.commit_full(&schema(), files, &CommitOptions::default()).map_err(|error| error.kind());
        assert_eq!(outcome.map(|committed| committed.version), if made { Ok(1) } else { Err(ErrorKind::Conflict) });
        assert_eq!(commit_full(&dataset, &[2])?.version, if made { 2 } else { 1 }, "a new writer begins anew");
    }
    Ok(())
}

#[test]
fn versions_about_to_expire_are_not_restored() -> Result<(), Error> {
    // By age a version is kept for eight days and may be restored for six.
    for (days, min_versions, restored) in [(5, 1, true), (7, 1, false), (7, 2, true)] {
        let retention = Retention { max_age: HOUR * 24 * 8, min_versions };
        let upkeep = process_with(&bucket(), 1, retention, Duration::ZERO);
        let dataset = upkeep.store.dataset(DATASET);
        commit_full(&dataset, &[1])?;
        commit_full(&dataset, &[2])?;
        upkeep.clock.advance(HOUR * 24 * days);
        let outcome = dataset.restore(1).map(|committed| committed.version).map_err(|error| error.kind());
        assert_eq!(outcome, if restored { Ok(3) } else { Err(ErrorKind::VersionExpired) }, "{days} {min_versions}");
    }
    Ok(())
}

/// Loads, appends, changes; what was acknowledged and what was tried.
fn life(storage: &FaultOver, acknowledged: &mut u64) -> Result<(), Error> {
    let clock = Arc::new(SeededEnvironment::new(5, SystemEnvironment.now_us()));
    let options = StoreOptions::default().with_refresh(Duration::ZERO).with_environment(clock);
    let dataset = Store::open(Arc::new(storage.clone()), options)?.dataset(DATASET);
    commit_full(&dataset, &[1, 2, 3])?;
    *acknowledged = 1;
    commit_append(&dataset, &[4])?;
    *acknowledged = 2;
    commit_delta(&dataset, &[2], &[5])?;
    *acknowledged = 3;
    Ok(())
}

#[test]
fn every_request_may_fail_before_or_after_it_took_effect() {
    let model: [&[i64]; 4] = [&[], &[1, 2, 3], &[1, 2, 3, 4], &[1, 3, 4, 5]];
    let dry = FaultOver::new(Arc::new(bucket()));
    life(&dry, &mut 0).unwrap();
    let mut kinds_seen = BTreeSet::new();
    for operation in 1..=dry.operations() {
        for kind in [
            FaultKind::Error(io::ErrorKind::TimedOut),
            FaultKind::ErrorAfterEffect(io::ErrorKind::TimedOut),
            FaultKind::RepeatedPublish,
            FaultKind::ShortRead,
        ] {
            let told = if kind == FaultKind::ShortRead { ErrorKind::Corruption } else { ErrorKind::Io };
            let place = format!("{kind:?} at operation {operation}");
            let (bucket, mut acknowledged) = (bucket(), 0);
            let faults = FaultOver::new(Arc::new(bucket.clone()));
            faults.fail_at(operation, FaultRepeat::Once, kind);
            if let Err(error) = life(&faults, &mut acknowledged) {
                kinds_seen.insert(error.to_string());
                assert!([told, ErrorKind::CommitUnknown].contains(&error.kind()), "{place}: {error}");
            }
            let after = process(&bucket, 9);
            let dataset = after.store.dataset(DATASET);
            let version = dataset.latest().unwrap().map_or(0, |newest| newest.version());
            assert!((acknowledged..=acknowledged + 1).contains(&version), "{place}: {version}");
            assert_eq!(latest_ids(&dataset).unwrap(), model[usize::try_from(version).unwrap()], "{place}");
            assert!(after.store.verify(VerifyScope::AllKept).unwrap().is_clean(), "{place}");
            assert_eq!(commit_full(&dataset, &[7]).unwrap().version, version + 1, "{place}");
        }
    }
    assert!(!kinds_seen.is_empty());
}
