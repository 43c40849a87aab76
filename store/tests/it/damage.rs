//! Promise: in a store with files of every kind, whatever is flipped, cut, swapped, missing or foreign is told of by the
//! file's name as soon as it is needed; and whoever does not need it reads what there was, and nothing else.

mod scene;

use drillcore_store::{ErrorKind, MemoryStorage, Storage};

use self::scene::{Kind, Scene, Victim, read};
use crate::life::print;
use crate::support::in_parallel;

/// Where a file is cut, at most.
const CUTS: usize = 256;
/// Files up to here are damaged at every byte.
const SMALL: usize = 64 * 1024;

const DAMAGED: [ErrorKind; 1] = [ErrorKind::Corruption];
/// Content with a digest that fits was not damaged but put where it does not belong.
const MISPLACED: [ErrorKind; 2] = [ErrorKind::Corruption, ErrorKind::UnsupportedFormat];

#[track_caller]
fn check_refused(storage: &MemoryStorage, victim: &Victim, told: &[ErrorKind], what: &str) {
    check_one_refused(storage, &[victim], told, what);
}

/// Reads what the first of some damaged files is needed for, which may need the others as well.
#[track_caller]
fn check_one_refused(storage: &MemoryStorage, victims: &[&Victim], told: &[ErrorKind], what: &str) {
    let need = victims.first().map(|victim| victim.need).unwrap();
    match read(storage, need) {
        Ok(found) => panic!("{what} is not noticed: {found:?}"),
        Err(error) => {
            assert!(victims.iter().any(|victim| error.path() == Some(victim.path.as_str())), "{what}: {error}");
            assert!(told.contains(&error.kind()), "{what}: {error}");
        }
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap()
}

/// Numbers from 0 to below `length`, at most so many of them, evenly spread.
fn spread(length: usize, most: usize) -> Vec<usize> {
    let count = length.min(most);
    (0..count).map(|index| index * length / count).collect()
}

#[test]
fn every_flipped_byte_of_every_kind_of_file_is_noticed() {
    let scene = Scene::new();
    let mut flips = Vec::new();
    for victim in &scene.victims {
        let length = scene.content(victim).len();
        let most = if length <= SMALL { length } else { CUTS };
        flips.extend(spread(length, most).into_iter().map(|position| (victim, position)));
    }
    in_parallel(number(flips.len()), |flip| {
        let (victim, position) = flips[usize::try_from(flip).unwrap() - 1];
        let mut content = scene.content(victim);
        content[position] ^= 1 << (position % 8);
        check_refused(&scene.with(&victim.path, content), victim, &DAMAGED, &format!("a flip at {position}"));
    });
    print(&format!("{} flips in {} files are noticed", flips.len(), scene.victims.len()));
    assert!(flips.len() >= 40_000 && scene.victims.len() >= 30, "{} flips", flips.len());
    for victim in &scene.victims {
        let mut content = scene.content(victim);
        let middle = content.len() / 2;
        content[middle] ^= 0x40;
        scene.check_all(&scene.with(&victim.path, content), &[victim], &format!("{} flipped", victim.path));
    }
}

#[test]
fn every_kind_of_file_is_noticed_that_ends_elsewhere() {
    let scene = Scene::new();
    let mut cuts = Vec::new();
    for victim in &scene.victims {
        cuts.extend(spread(scene.content(victim).len(), CUTS).into_iter().map(|length| (victim, length)));
    }
    in_parallel(number(cuts.len()), |cut| {
        let (victim, length) = cuts[usize::try_from(cut).unwrap() - 1];
        let mut content = scene.content(victim);
        content.truncate(length);
        check_refused(&scene.with(&victim.path, content), victim, &DAMAGED, &format!("a cut at {length}"));
    });
    print(&format!("{} cuts of {} files are noticed", cuts.len(), scene.victims.len()));
    let in_full = scene.victims.iter().filter(|victim| scene.content(victim).len() >= CUTS).count();
    assert!(in_full >= 22 && cuts.len() >= in_full * CUTS, "{in_full} files, {} cuts", cuts.len());
    for victim in &scene.victims {
        // What follows a vector is not read by whoever reads the vector.
        if victim.kind != Kind::Deletions {
            let longer = [scene.content(victim), vec![0]].concat();
            check_refused(&scene.with(&victim.path, longer), victim, &DAMAGED, "a byte too many");
        }
        let shorter = scene.content(victim).split_off(1);
        let what = format!("{} without its first byte", victim.path);
        scene.check_all(&scene.with(&victim.path, shorter), &[victim], &what);
    }
}

#[test]
fn files_that_changed_places_are_noticed() {
    let scene = Scene::new();
    let mut pairs = Vec::new();
    for (index, one) in scene.victims.iter().enumerate() {
        let later = scene.victims.iter().skip(index + 1);
        pairs.extend(later.filter(|other| other.kind == one.kind).map(|other| (one, other)));
    }
    in_parallel(number(pairs.len()), |pair| {
        let (one, other) = pairs[usize::try_from(pair).unwrap() - 1];
        let what = format!("{} and {} swapped", one.path, other.path);
        let swapped = scene.with(&one.path, scene.content(other));
        swapped.tamper(&other.path, scene.content(one));
        check_one_refused(&swapped, &[one, other], &DAMAGED, &what);
        check_one_refused(&swapped, &[other, one], &DAMAGED, &what);
        scene.check_all(&swapped, &[one, other], &what);
    });
    print(&format!("{} pairs of files that changed places are noticed", pairs.len()));
    assert!(pairs.len() >= 100, "{} pairs", pairs.len());
    for kind in [Kind::Catalog, Kind::Manifest, Kind::Data, Kind::Digests, Kind::Deletions, Kind::Run] {
        assert!(pairs.iter().any(|(one, _)| one.kind == kind), "no {kind:?} has changed its place");
    }
}

/// Their digests fit, wherever they are.
#[test]
fn sealed_files_of_another_kind_are_refused() {
    let scene = Scene::new();
    let sealed = || scene.victims.iter().filter(|victim| victim.kind.is_sealed());
    let mut cases = 0;
    for victim in sealed() {
        for other in sealed().filter(|other| other.kind != victim.kind) {
            let what = format!("{} in the place of {}", other.path, victim.path);
            let storage = scene.with(&victim.path, scene.content(other));
            check_refused(&storage, victim, &MISPLACED, &what);
            scene.check_answers(&storage, &[victim], &MISPLACED, &what);
            cases += 1;
        }
    }
    assert!(cases >= 50, "{cases} cases");
}

#[test]
fn foreign_files_under_our_names_are_noticed() {
    let scene = Scene::new();
    let mut foreign: Vec<(String, Vec<u8>)> = [b"".as_slice(), b"\n", b"{}", b"PAR1", b"not ours"]
        .map(|content| (format!("{:?}", String::from_utf8_lossy(content)), content.to_vec()))
        .to_vec();
    for kind in [Kind::Data, Kind::Digests, Kind::Deletions, Kind::Run] {
        let some = scene.victims.iter().find(|victim| victim.kind == kind).expect("one of every kind");
        foreign.push((format!("{kind:?}"), scene.content(some)));
    }
    let mut cases = Vec::new();
    for victim in &scene.victims {
        let own = scene.content(victim);
        cases.extend(foreign.iter().filter(|(_, content)| *content != own).map(|case| (victim, case)));
    }
    in_parallel(number(cases.len()), |case| {
        let (victim, (name, content)) = cases[usize::try_from(case).unwrap() - 1];
        let what = format!("{name} in the place of {}", victim.path);
        let storage = scene.with(&victim.path, content.clone());
        check_refused(&storage, victim, &DAMAGED, &what);
        scene.check_all(&storage, &[victim], &what);
    });
    print(&format!("{} foreign files under our names are noticed", cases.len()));
    assert!(cases.len() >= 250, "{} cases", cases.len());
}

#[test]
fn missing_files_are_noticed() {
    let scene = Scene::new();
    let mut missing = 0;
    for victim in scene.victims.iter().filter(|victim| !victim.kind.is_sealed() || victim.kind == Kind::Format) {
        let storage = scene.storage.fork();
        storage.remove(&victim.path).unwrap();
        let what = format!("{} missing", victim.path);
        check_refused(&storage, victim, &DAMAGED, &what);
        scene.check_all(&storage, &[victim], &what);
        missing += 1;
    }
    assert!(missing >= 18, "{missing} files");
}

/// What a reader of a version is told that is no longer there: whether it was removed in its time, is missing between
/// others, or is not known to have been. No other version is read in its stead.
#[test]
fn missing_versions_are_told_apart() {
    let scene = Scene::new();
    let (mut expired, mut missing, mut unknown) = (0, 0, 0);
    for victim in scene.victims.iter().filter(|victim| matches!(victim.kind, Kind::Catalog | Kind::Manifest)) {
        let (folder, name) = victim.path.rsplit_once('/').unwrap();
        let is_version = |path: &String| path.strip_prefix(folder).is_some_and(|name| name.ends_with(".json"));
        let versions: Vec<String> = scene.storage.paths().into_iter().filter(is_version).collect();
        let storage = scene.storage.fork();
        storage.remove(&victim.path).unwrap();
        let error = read(&storage, victim.need).unwrap_err();
        let (first, last) = (versions.first().unwrap().ends_with(name), versions.last().unwrap().ends_with(name));
        let (kind, count) = match (first, last) {
            (_, true) => (ErrorKind::InvalidInput, &mut unknown),
            (true, false) => (ErrorKind::VersionExpired, &mut expired),
            (false, false) => (ErrorKind::Corruption, &mut missing),
        };
        *count += 1;
        assert_eq!((error.kind(), error.path()), (kind, Some(folder)), "{}: {error}", victim.path);
        for (need, answer) in &scene.answers {
            match read(&storage, *need) {
                Ok(found) => assert_eq!(found, *answer, "{need:?} without {}", victim.path),
                Err(error) => assert_eq!((error.kind(), error.path()), (kind, Some(folder)), "{need:?}: {error}"),
            }
        }
    }
    // Of the catalog, of two datasets of several versions, and of one of a single version.
    assert_eq!((expired, missing, unknown), (3, 6, 4));
}
