//! Arrow IPC files, in file and in stream format.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatchReader;
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};
use serde::{Deserialize, Serialize};

use super::contract::{BatchIter, ReadRequest, Source};
use super::memory::first_rows;
use super::{fields, files, names};
use crate::error::Result;
use crate::model::Column;

/// The first bytes of the file format.
const FILE_START: &[u8] = b"ARROW1";

/// The first bytes of the stream format. What starts with neither must not reach the reader, which would take it for a
/// length.
const STREAM_START: &[u8] = &[0xFF; 4];

/// An Arrow IPC file, in file or stream format (of Arrow 0.15 or later); its first bytes say which one. Compressed
/// buffers are not supported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArrowIpcSource {
    path: PathBuf,
}

type Batches = Box<dyn RecordBatchReader + Send>;

impl ArrowIpcSource {
    /// The file of that path.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file for some of its columns, in that order, or for all of them.
    fn open(&self, columns: Option<Vec<usize>>) -> Result<Batches> {
        let mut file = BufReader::new(files::open(&self.path)?);
        let start = start(&mut file).map_err(|cause| files::unreadable(&self.path, "Arrow IPC", cause))?;
        let reader = if start == FILE_START {
            file_reader(file, columns)
        } else if start.starts_with(STREAM_START) {
            stream_reader(file, columns)
        } else {
            return Err(files::error(&self.path, "cannot read the file as Arrow IPC: it starts with something else"));
        };
        reader.map_err(|cause| files::unreadable(&self.path, "Arrow IPC", cause))
    }
}

/// The first bytes of the file, which is then at its start again.
fn start(file: &mut BufReader<File>) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    file.by_ref().take(FILE_START.len() as u64).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(start)
}

fn file_reader(file: BufReader<File>, columns: Option<Vec<usize>>) -> std::result::Result<Batches, ArrowError> {
    Ok(Box::new(FileReader::try_new(file, columns)?))
}

fn stream_reader(file: BufReader<File>, columns: Option<Vec<usize>>) -> std::result::Result<Batches, ArrowError> {
    Ok(Box::new(StreamReader::try_new(file, columns)?))
}

impl Source for ArrowIpcSource {
    fn describe(&self) -> String {
        format!("arrow ipc {}", self.path.display())
    }

    fn discover(&self) -> Result<Vec<Column>> {
        self.discover_without(&[])
    }

    fn discover_without(&self, left_out: &[String]) -> Result<Vec<Column>> {
        let batches = self.open(None)?;
        fields::columns(&batches.schema(), left_out).map_err(|error| error.at(self.path.display().to_string()))
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter> {
        let schema = self.open(None)?.schema();
        let places = fields::column_names(&schema)
            .and_then(|names| names::positions(&names, &request.columns))
            .map_err(|error| error.at(self.path.display().to_string()))?;
        let batches = self.open(Some(places))?;
        let path = self.path.clone();
        let mut left = request.limit.unwrap_or(u64::MAX);
        Ok(Box::new(batches.map_while(move |batch| match batch {
            Ok(batch) => first_rows(batch, &mut left).map(Ok),
            Err(cause) => Some(Err(files::unreadable(&path, "Arrow IPC", cause))),
        })))
    }
}
