//! Objects in parts, services that overlook conditions, runtimes of all kinds.

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result,
};
use tokio::runtime::{Builder, Runtime};

use super::ObjectStorage;
use crate::error::ErrorKind;
use crate::storage::{Publish, Storage};

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

fn put(storage: &ObjectStorage, path: &str, content: &[u8]) -> io::Result<()> {
    let mut writer = storage.create(path)?;
    writer.write_all(content)?;
    writer.sync_and_close()
}

fn ramp(range: Range<usize>) -> Vec<u8> {
    range.map(|place| u8::try_from(place / 1_000 % 251).unwrap()).collect()
}

#[test]
fn large_objects_come_in_parts_and_are_whole_or_not_there() {
    let runtime = runtime();
    let storage = ObjectStorage::open(Arc::new(InMemory::new()), "p", runtime.handle().clone()).unwrap();
    let content = ramp(0..50_000_123);
    let mut writer = storage.create("large").unwrap();
    for piece in content.chunks(1_700_000) {
        writer.write_all(piece).unwrap();
        assert_eq!(storage.open("large").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
    writer.sync_and_close().unwrap();
    let file = storage.open("large").unwrap();
    assert!(file.is_remote());
    assert_eq!(file.size(), 50_000_123);
    for range in [0..10, 8 * 1024 * 1024 - 5..8 * 1024 * 1024 + 5, 50_000_000..50_000_123, 0..50_000_123] {
        let read = file.read_at(range.start as u64, range.len()).unwrap();
        assert!(read[..] == content[range.clone()], "{range:?}");
    }

    let mut abandoned = storage.create("abandoned").unwrap();
    abandoned.write_all(&content).unwrap();
    drop(abandoned);
    assert_eq!(storage.open("abandoned").unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn exactly_a_part_is_one_request() {
    let runtime = runtime();
    let storage = ObjectStorage::open(Arc::new(InMemory::new()), "", runtime.handle().clone()).unwrap();
    for bytes in [0, 1, 8 * 1024 * 1024 - 1, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1] {
        let path = format!("of{bytes}");
        put(&storage, &path, &ramp(0..bytes)).unwrap();
        assert!(storage.read(&path).unwrap()[..] == ramp(0..bytes)[..], "{bytes}");
        let again = put(&storage, &path, &ramp(1..bytes + 1_001));
        if bytes < 8 * 1024 * 1024 - 1_000 {
            assert_eq!(again.unwrap_err().kind(), io::ErrorKind::AlreadyExists, "{bytes}");
        }
    }
    // What a repeated request finds is what it has created.
    put(&storage, "of1", &ramp(0..1)).unwrap();
}

#[test]
fn a_prefix_is_a_world_of_its_own() {
    let runtime = runtime();
    let bucket = Arc::new(InMemory::new());
    let open = |prefix: &str| ObjectStorage::open(Arc::clone(&bucket) as _, prefix, runtime.handle().clone());
    let (one, other, all) = (open("a/one").unwrap(), open("a/one2").unwrap(), open("").unwrap());
    put(&one, "x/y", b"1").unwrap();
    assert!(other.list("").unwrap().is_empty(), "not even what begins alike, nor the probe");
    assert_eq!(one.list("").unwrap()[0].name, "x");
    assert_eq!(all.read("a/one/x/y").unwrap().as_ref(), b"1");
    assert_eq!(open("a//b").unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(format!("{one:?}"), r#"ObjectStorage { store: "InMemory", prefix: "a/one", .. }"#);
}

#[test]
fn listing_after_a_name_leaves_out_what_comes_before_and_below() {
    let runtime = runtime();
    let storage = ObjectStorage::open(Arc::new(InMemory::new()), "p", runtime.handle().clone()).unwrap();
    for path in ["log/.tmp", "log/1", "log/2", "log/3", "log/2below/4", "logs/9"] {
        put(&storage, path, b"").unwrap();
    }
    let names = |after| {
        let mut names: Vec<String> =
            storage.list_after("log", after).unwrap().into_iter().map(|entry| entry.name).collect();
        names.sort();
        names
    };
    assert_eq!(names("0"), ["1", "2", "3"]);
    assert_eq!(names("1"), ["2", "3"]);
    assert_eq!(names("3"), [""; 0]);
    assert!(storage.list_after("nowhere", "1").unwrap().is_empty());
}

#[test]
fn threads_of_other_runtimes_may_call_and_a_runtime_that_is_gone_is_an_error() {
    let runtime = runtime();
    let storage = ObjectStorage::open(Arc::new(InMemory::new()), "", runtime.handle().clone()).unwrap();
    let caller = Builder::new_current_thread().build().unwrap();
    caller.block_on(async { put(&storage, "a", b"1") }).unwrap();
    // A runtime of one thread will do, as long as that thread does not wait for the storage.
    let single = Builder::new_current_thread().build().unwrap();
    let handle = single.handle().clone();
    let asking = std::thread::spawn(move || {
        let storage = ObjectStorage::open(Arc::new(InMemory::new()), "", handle).unwrap();
        put(&storage, "a", b"1").unwrap();
        storage.publish("a", "b").unwrap()
    });
    let published = single.block_on(async {
        while !asking.is_finished() {
            tokio::task::yield_now().await;
        }
        asking.join()
    });
    assert_eq!(published.unwrap(), Publish::Published);
    drop(runtime);
    assert_eq!(storage.list("").unwrap_err().kind(), io::ErrorKind::Other);
}

/// A service that accepts conditions, and either overlooks or refuses them.
#[derive(Debug)]
struct Careless {
    objects: InMemory,
    refuses: bool,
}

impl fmt::Display for Careless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Careless")
    }
}

#[async_trait]
impl ObjectStore for Careless {
    async fn put_opts(&self, location: &Path, payload: PutPayload, _: PutOptions) -> Result<PutResult> {
        if self.refuses {
            let (operation, implementer) = ("put".to_owned(), self.to_string());
            return Err(object_store::Error::NotImplemented { operation, implementer });
        }
        self.objects.put_opts(location, payload, PutOptions::default()).await
    }

    async fn put_multipart_opts(&self, to: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.objects.put_multipart_opts(to, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.objects.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.objects.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.objects.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.objects.copy_opts(from, to, options).await
    }
}

#[test]
fn services_without_conditional_creation_are_refused() {
    let runtime = runtime();
    for refuses in [false, true] {
        let service = Careless { objects: InMemory::new(), refuses };
        let error = ObjectStorage::open(Arc::new(service), "", runtime.handle().clone()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnsupportedStorage, "{error}");
    }
}
