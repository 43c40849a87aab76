//! A store with files of every kind, who needs which of them, and what whoever needs them should get.

use std::sync::Arc;

use arrow::array::RecordBatch;
use drillcore_store::{
    CommitOptions, Compression, DeletionVector, Error, ErrorKind, FileDigest, KeyEntry, Manifest, MemoryStorage,
    ParquetLayout, Snapshot, Store, VerifyScope,
};
use uuid::Uuid;

use crate::corruption::is_a_lock_or_lease;
use crate::sample::{Document, sample};
use crate::support::{batch, decode, open, schema};

/// A dataset whose data files have digests per block.
const LARGE: Uuid = Uuid::from_u128(0x0D_0003);

/// What somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Format,
    Catalog(u64),
    Manifest(Uuid, u64),
    /// The rows of a file of a version.
    Rows(Uuid, u64, usize),
    /// Which rows of its files are deleted.
    Deletions(Uuid, u64),
    /// All entries of the keys of a version.
    Keys(Uuid, u64),
}

/// What came of it.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    Id(Uuid),
    Document(Document),
    Manifest(Box<Manifest>),
    Rows(Vec<RecordBatch>),
    Deletions(Vec<Option<Arc<DeletionVector>>>),
    Entries(Vec<KeyEntry>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Format,
    Catalog,
    Manifest,
    Data,
    Digests,
    Deletions,
    Run,
}

impl Kind {
    /// Whether such files carry the digest of their own content.
    pub(super) fn is_sealed(self) -> bool {
        matches!(self, Self::Format | Self::Catalog | Self::Manifest)
    }
}

/// A file that is going to be damaged.
#[derive(Debug)]
pub(super) struct Victim {
    pub(super) path: String,
    pub(super) kind: Kind,
    /// What cannot be read without it.
    pub(super) need: Need,
}

/// The store, and who needs which of its files.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) storage: MemoryStorage,
    pub(super) victims: Vec<Victim>,
    /// Everything that can be asked for, and the right answer.
    pub(super) answers: Vec<(Need, Found)>,
}

pub(super) fn read(storage: &MemoryStorage, need: Need) -> Result<Found, Error> {
    let store = open(storage, 9)?;
    let snapshot = |dataset: Uuid, version: u64| store.dataset(dataset).snapshot(version);
    Ok(match need {
        Need::Format => Found::Id(store.id()),
        Need::Catalog(version) => Found::Document(store.catalog().read(version)?.parse()?),
        Need::Manifest(dataset, version) => Found::Manifest(Box::new(snapshot(dataset, version)?.manifest().clone())),
        Need::Rows(dataset, version, index) => {
            let file = snapshot(dataset, version)?.open_file(index)?;
            Found::Rows(file.guard(|| decode(&file))?)
        }
        Need::Deletions(dataset, version) => {
            let snapshot = snapshot(dataset, version)?;
            let vectors = (0..snapshot.files().len()).map(|index| snapshot.deletions(index));
            Found::Deletions(vectors.collect::<Result<Vec<_>, Error>>()?)
        }
        Need::Keys(dataset, version) => {
            let keys = snapshot(dataset, version)?.keys()?.expect("the dataset has a key");
            let batches = keys.entries().collect::<Result<Vec<Vec<KeyEntry>>, Error>>()?;
            Found::Entries(batches.concat())
        }
    })
}

/// Two files of several blocks each.
fn add_large(store: &Store) -> Result<(), Error> {
    let writer = store.dataset(LARGE).writer()?;
    let layout = ParquetLayout::default()
        .with_compression(Compression::None)
        .with_dictionary(false)
        .with_row_group_rows(16_000)
        .with_target_file_rows(16_000);
    let ids: Vec<i64> = (0..32_000).collect();
    let files = writer.write_parquet(&schema(), [Ok::<_, Error>(batch(&ids))], &layout)?;
    assert!(files.len() == 2 && files.iter().all(|file| file.size > 256 * 1024), "{files:?}");
    writer.commit_full(&schema(), files, &CommitOptions::default()).map(drop)
}

impl Scene {
    pub(super) fn new() -> Self {
        let storage = sample().unwrap();
        let store = open(&storage, 2).unwrap();
        add_large(&store).unwrap();
        let mut scene = Self { storage: storage.clone(), victims: Vec::new(), answers: Vec::new() };
        scene.add("format.json".to_owned(), Kind::Format, Need::Format);
        for version in store.catalog().versions().unwrap() {
            scene.add(format!("catalog/{version:020}.json"), Kind::Catalog, Need::Catalog(version));
        }
        for id in store.dataset_ids().unwrap() {
            let dataset = store.dataset(id);
            for version in dataset.versions().unwrap() {
                scene.add_version(&dataset.snapshot(version).unwrap());
            }
        }
        drop(store);
        let mut all: Vec<String> = storage.paths().into_iter().filter(|path| !is_a_lock_or_lease(path)).collect();
        let mut known: Vec<String> = scene.victims.iter().map(|victim| victim.path.clone()).collect();
        all.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, all, "every file is needed by somebody");
        scene
    }

    fn add_version(&mut self, snapshot: &Snapshot) {
        let (dataset, version) = (snapshot.dataset(), snapshot.version());
        let locate = |path: &str| format!("datasets/{dataset}/{path}");
        self.add(locate(&format!("manifest/{version:020}.json")), Kind::Manifest, Need::Manifest(dataset, version));
        for (index, file) in snapshot.files().iter().enumerate() {
            let need = Need::Rows(dataset, version, index);
            self.add(locate(&file.path), Kind::Data, need);
            if let FileDigest::Blocks { path, .. } = &file.digest {
                self.add(locate(path), Kind::Digests, need);
            }
            if let Some(deletions) = &file.deletions {
                self.add(locate(&deletions.path), Kind::Deletions, Need::Deletions(dataset, version));
            }
        }
        if let Some(keys) = &snapshot.manifest().keys {
            keys.runs.iter().for_each(|run| self.add(locate(&run.path), Kind::Run, Need::Keys(dataset, version)));
        }
    }

    /// Takes down a file, and what cannot be read without it; the first that needs a file needs all of it.
    fn add(&mut self, path: String, kind: Kind, need: Need) {
        if self.answers.iter().all(|(known, _)| *known != need) {
            self.answers.push((need, read(&self.storage, need).unwrap()));
        }
        if self.victims.iter().all(|victim| victim.path != path) {
            self.victims.push(Victim { path, kind, need });
        }
    }

    pub(super) fn content(&self, victim: &Victim) -> Vec<u8> {
        self.storage.content(&victim.path).unwrap().to_vec()
    }

    pub(super) fn with(&self, path: &str, content: Vec<u8>) -> MemoryStorage {
        let fork = self.storage.fork();
        fork.tamper(path, content);
        fork
    }

    /// Asks for everything: what comes is right, or an error that names one of the damaged files.
    pub(super) fn check_answers(&self, storage: &MemoryStorage, damaged: &[&Victim], told: &[ErrorKind], what: &str) {
        let is_damaged = |path: Option<&str>| damaged.iter().any(|victim| Some(victim.path.as_str()) == path);
        for (need, answer) in &self.answers {
            match read(storage, *need) {
                Ok(found) => assert_eq!(found, *answer, "{what}: {need:?}"),
                Err(error) => {
                    assert!(is_damaged(error.path()) && told.contains(&error.kind()), "{what}: {need:?}: {error}");
                }
            }
        }
    }

    /// The same, and whoever looks after the store is told of all damaged files.
    pub(super) fn check_all(&self, storage: &MemoryStorage, damaged: &[&Victim], what: &str) {
        self.check_answers(storage, damaged, &[ErrorKind::Corruption], what);
        if damaged.iter().any(|victim| victim.kind == Kind::Format) {
            return;
        }
        let report = open(storage, 8).unwrap().verify(VerifyScope::AllKept).unwrap();
        for victim in damaged {
            let is_told =
                report.problems.iter().any(|found| found.path == victim.path && found.kind == ErrorKind::Corruption);
            assert!(is_told, "{what}: {:?}", report.problems);
        }
    }
}
