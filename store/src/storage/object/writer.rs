//! Writing an object: small ones in one request, large ones in parts.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::mem::take;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{MultipartUpload, PutMultipartOptions, PutPayload};

use super::ObjectStorage;
use super::requests::Pending;
use crate::storage::StorageWriter;

/// All parts but the last have this size, which every service takes; 10,000 of them are the most of any.
const PART_BYTES: usize = 8 * 1024 * 1024;
const PARTS_IN_FLIGHT: usize = 4;

/// An object on its way. It exists for nobody before it is complete.
///
/// What fits into a part is created in one request, unless there is an object of that name. Services have no such
/// condition for what comes in parts; those are files of rows, keys and vectors, whose names are ids made for them.
pub(super) struct ObjectWriter {
    storage: ObjectStorage,
    location: Path,
    /// Not sent yet; never more than a part.
    buffer: Vec<u8>,
    upload: Option<Box<dyn MultipartUpload>>,
    parts: VecDeque<Pending<()>>,
}

/// Neither what is written nor what it is written with.
impl fmt::Debug for ObjectWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectWriter").field("location", &self.location.to_string()).finish_non_exhaustive()
    }
}

impl ObjectWriter {
    pub(super) fn new(storage: ObjectStorage, location: Path) -> Self {
        Self { storage, location, buffer: Vec::new(), upload: None, parts: VecDeque::new() }
    }

    fn send_part(&mut self) -> io::Result<()> {
        if self.upload.is_none() {
            let (store, location) = (Arc::clone(&self.storage.store), self.location.clone());
            let options = PutMultipartOptions::default();
            let begun = async move { store.put_multipart_opts(&location, options).await };
            self.upload = Some(self.storage.requests.run(begun)?);
        }
        if self.parts.len() >= PARTS_IN_FLIGHT
            && let Some(oldest) = self.parts.pop_front()
        {
            oldest.wait()?;
        }
        if let Some(upload) = &mut self.upload {
            let sent = upload.put_part(PutPayload::from(take(&mut self.buffer)));
            self.parts.push_back(self.storage.requests.start(sent));
        }
        Ok(())
    }

    fn complete(&mut self) -> io::Result<()> {
        self.send_part()?;
        for part in take(&mut self.parts) {
            part.wait()?;
        }
        let Some(mut upload) = self.upload.take() else { return Ok(()) };
        self.storage.requests.run(async move {
            let completed = upload.complete().await.map(drop);
            if completed.is_err() {
                // Parts that belong to no object cost as much as others. If the object came to be, there are none.
                let _left_behind = upload.abort().await;
            }
            completed
        })
    }

    fn put_whole(&mut self) -> io::Result<()> {
        let content = Bytes::from(take(&mut self.buffer));
        match self.storage.put_new(self.location.clone(), content.clone()) {
            // A request that was repeated after its answer got lost finds what it has created itself.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if self.storage.get(self.location.clone())? == content { Ok(()) } else { Err(error) }
            }
            outcome => outcome,
        }
    }
}

impl StorageWriter for ObjectWriter {
    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while self.buffer.len().saturating_add(bytes.len()) > PART_BYTES {
            let Some((now, later)) = bytes.split_at_checked(PART_BYTES - self.buffer.len()) else { break };
            self.buffer.extend_from_slice(now);
            self.send_part()?;
            bytes = later;
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn sync_and_close(mut self: Box<Self>) -> io::Result<()> {
        if self.upload.is_some() { self.complete() } else { self.put_whole() }
    }
}

impl Drop for ObjectWriter {
    fn drop(&mut self) {
        if let Some(mut upload) = self.upload.take() {
            let _unheard = self.storage.requests.start(async move { upload.abort().await });
        }
    }
}
