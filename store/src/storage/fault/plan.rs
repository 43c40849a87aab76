//! Which operation fails, and how.

use std::io;

use super::{FaultKind, FaultRepeat};

/// Operations are counted from 1.
#[derive(Debug, Default)]
pub(super) struct Plan {
    operations: u64,
    fault: Option<Fault>,
    /// How many operations that fault has disturbed.
    strikes: u64,
    trace: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
struct Fault {
    operation: u64,
    repeat: FaultRepeat,
    kind: FaultKind,
}

/// What is still to happen once an operation took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Nothing,
    Error(io::ErrorKind),
    Short(io::ErrorKind),
    Repeated,
    Cut,
}

impl After {
    pub(super) fn finish<T>(self, value: T) -> io::Result<T> {
        match self {
            Self::Nothing | Self::Repeated | Self::Cut => Ok(value),
            Self::Error(kind) | Self::Short(kind) => Err(injected(kind)),
        }
    }

    /// How many of the bytes asked for a read gives.
    pub(super) fn given(self, length: usize) -> usize {
        if self == Self::Cut { length / 2 } else { length }
    }
}

fn injected(kind: io::ErrorKind) -> io::Error {
    io::Error::new(kind, "injected fault")
}

impl Plan {
    pub(super) fn operations(&self) -> u64 {
        self.operations
    }

    pub(super) fn trace(&self) -> &[String] {
        &self.trace
    }

    pub(super) fn strikes(&self) -> u64 {
        self.strikes
    }

    pub(super) fn fail_at(&mut self, operation: u64, repeat: FaultRepeat, kind: FaultKind) {
        self.fault = Some(Fault { operation, repeat, kind });
        self.strikes = 0;
    }

    pub(super) fn heal(&mut self) {
        self.fault = None;
    }

    /// Counts an operation and lets the planned fault strike.
    pub(super) fn step(&mut self, operation: &str, path: &str) -> io::Result<After> {
        self.operations += 1;
        self.trace.push(format!("{operation} {path}"));
        let Some(fault) = self.fault else { return Ok(After::Nothing) };
        let due = match fault.repeat {
            FaultRepeat::Once => self.operations == fault.operation,
            FaultRepeat::Persistent => self.operations >= fault.operation,
        };
        if !due {
            return Ok(After::Nothing);
        }
        let after = match fault.kind {
            FaultKind::Error(kind) => Err(injected(kind)),
            FaultKind::ErrorAfterEffect(kind) => Ok(After::Error(kind)),
            FaultKind::ShortWrite(kind) if operation == "write" => Ok(After::Short(kind)),
            FaultKind::ShortWrite(kind) => Err(injected(kind)),
            FaultKind::RepeatedPublish if operation == "publish" => Ok(After::Repeated),
            FaultKind::ShortRead if operation == "read" => Ok(After::Cut),
            FaultKind::RepeatedPublish | FaultKind::ShortRead => return Ok(After::Nothing),
        };
        self.strikes += 1;
        after
    }
}
