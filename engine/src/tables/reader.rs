//! How DataFusion reads the files of a snapshot: through the store, which checks every block against its digest before
//! it gives a byte out, and with footers that are already there. Local files are read where they are decoded; for those
//! behind a network other threads wait, several at once.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::common::{DataFusionError, Result};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetFileReaderFactory;
use datafusion::object_store::{OBJECT_STORE_COALESCE_DEFAULT, coalesce_ranges};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;

use super::open_files::{OpenFile, OpenFiles};
use crate::error::Error;

/// Makes readers for the files of one snapshot.
#[derive(Debug)]
pub(super) struct VerifiedReaders {
    files: Arc<OpenFiles>,
}

impl VerifiedReaders {
    pub(super) fn new(files: &Arc<OpenFiles>) -> Self {
        Self { files: Arc::clone(files) }
    }
}

impl ParquetFileReaderFactory for VerifiedReaders {
    fn create_reader(
        &self,
        _partition_index: usize,
        partitioned_file: PartitionedFile,
        _metadata_size_hint: Option<usize>,
        _metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let path = partitioned_file.object_meta.location.as_ref();
        let open = self.files.file(path);
        let open = open.ok_or_else(|| DataFusionError::Internal(format!("file {path} is not part of the snapshot")))?;
        Ok(Box::new(VerifiedReader { open: Arc::clone(open) }))
    }
}

struct VerifiedReader {
    open: Arc<OpenFile>,
}

impl AsyncFileReader for VerifiedReader {
    // The read blocks, but only a thread of the engine; a local file is in the page cache more often than not.
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        if self.open.file.is_remote() {
            return read_elsewhere(Arc::clone(&self.open), range).boxed();
        }
        let read = self.open.file.read(&range).map_err(|error| external(Error::from(error)));
        async move { read }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>, ParquetError>> {
        async move {
            if self.open.file.is_remote() {
                let fetch = |range| read_elsewhere(Arc::clone(&self.open), range);
                return coalesce_ranges(&ranges, fetch, OBJECT_STORE_COALESCE_DEFAULT).await;
            }
            let mut read = Vec::with_capacity(ranges.len());
            for range in ranges {
                read.push(self.get_bytes(range).await?);
            }
            Ok(read)
        }
        .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        let footer = Arc::clone(&self.open.footer);
        async move { Ok(footer) }.boxed()
    }
}

/// Waits for a read on a thread that may.
async fn read_elsewhere(open: Arc<OpenFile>, range: Range<u64>) -> Result<Bytes, ParquetError> {
    let read = tokio::task::spawn_blocking(move || open.file.read(&range)).await;
    let read = read.map_err(|_| external(Error::internal("the read ended in a panic or with the engine")))?;
    read.map_err(|error| external(Error::from(error)))
}

fn external(error: Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}
