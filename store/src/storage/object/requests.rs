//! Requests that run on somebody's runtime while the thread of the caller waits.

use std::future::Future;
use std::io;
use std::sync::mpsc::{Receiver, sync_channel};

use tokio::runtime::Handle;

/// Where requests run.
#[derive(Debug, Clone)]
pub(super) struct Requests {
    runtime: Handle,
}

/// A request under way.
#[derive(Debug)]
pub(super) struct Pending<T> {
    answer: Receiver<object_store::Result<T>>,
}

impl Requests {
    pub(super) fn new(runtime: Handle) -> Self {
        Self { runtime }
    }

    /// Starts a request. It is not blocked upon, because the thread may be one of another runtime, where that is
    /// forbidden; the answer comes through a channel.
    pub(super) fn start<T: Send + 'static>(
        &self,
        request: impl Future<Output = object_store::Result<T>> + Send + 'static,
    ) -> Pending<T> {
        let (send, answer) = sync_channel(1);
        self.runtime.spawn(async move {
            // Nobody may wait for it any more.
            let _unheard = send.send(request.await);
        });
        Pending { answer }
    }

    /// Starts a request and waits for its answer.
    pub(super) fn run<T: Send + 'static>(
        &self,
        request: impl Future<Output = object_store::Result<T>> + Send + 'static,
    ) -> io::Result<T> {
        self.start(request).wait()
    }
}

impl<T> Pending<T> {
    pub(super) fn wait(self) -> io::Result<T> {
        match self.answer.recv() {
            Ok(answer) => answer.map_err(to_io),
            Err(_closed) => Err(io::Error::other("the request was dropped, because its runtime has been shut down")),
        }
    }
}

/// The kinds that the store tells apart.
pub(super) fn to_io(error: object_store::Error) -> io::Error {
    use object_store::Error as Cause;
    let kind = match &error {
        Cause::NotFound { .. } => io::ErrorKind::NotFound,
        Cause::AlreadyExists { .. } => io::ErrorKind::AlreadyExists,
        Cause::NotSupported { .. } | Cause::NotImplemented { .. } => io::ErrorKind::Unsupported,
        Cause::InvalidPath { .. } => io::ErrorKind::InvalidInput,
        Cause::PermissionDenied { .. } | Cause::Unauthenticated { .. } => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
