//! What a command says when it fails: one `error:` line, the place, the causes, hints, and an exit code.

use std::fmt::{self, Write as _};
use std::io;
use std::process::ExitCode;

use drillcore::{Error, ErrorKind};

/// The result of everything a command does.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Something went wrong.
const FAILED: u8 = 1;
/// The command line or the query document is wrong; clap uses the same code.
const USAGE: u8 = 2;

/// Why a command stops.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
    place: Option<String>,
    causes: Vec<String>,
    hints: Vec<String>,
}

impl Failure {
    /// A failure of the work itself.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { code: FAILED, message: message.into(), place: None, causes: Vec::new(), hints: Vec::new() }
    }

    /// A command line that makes no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, ..Self::new(message) }
    }

    /// Whoever read standard output has gone: there is nobody to tell, and nothing went wrong.
    fn closed() -> Self {
        Self { code: 0, ..Self::new("") }
    }

    /// Standard output, or a file that holds an answer, could not be written.
    pub(crate) fn write(target: impl fmt::Display, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::closed();
        }
        Self::new(format!("{target} cannot be written: {error}"))
    }

    /// Adds what the user can do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Puts the place of a wrong query inside its document.
    pub(crate) fn inside(mut self, outer: &str) -> Self {
        if self.code == USAGE {
            self.place = Some(format!("{outer}{}", self.place.unwrap_or_default()));
        }
        self
    }

    /// The lines for standard error; empty if there is nothing to say.
    pub(crate) fn render(&self) -> String {
        if self.code == 0 {
            return String::new();
        }
        let mut text = format!("error: {}\n", self.message);
        let place = self.place.iter().map(|place| ("at", place));
        let causes = self.causes.iter().map(|cause| ("because", cause));
        let hints = self.hints.iter().map(|hint| ("hint:", hint));
        for (word, rest) in place.chain(causes).chain(hints) {
            // Writing to a String never fails.
            let _ = writeln!(text, "  {word} {rest}");
        }
        text
    }

    /// The exit code of the process: 0, 1 or 2.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // A name that does not exist is wrong in the document if it has a place there.
        let in_document = error.path().is_some_and(|path| path.starts_with('/'));
        let code = match error.kind() {
            ErrorKind::InvalidQuery => USAGE,
            ErrorKind::NotFound | ErrorKind::NotSupported if in_document => USAGE,
            _ => FAILED,
        };
        Self {
            code,
            message: error.message().to_owned(),
            place: place(&error),
            causes: causes(&error),
            hints: hint(error.kind()).map(str::to_owned).into_iter().collect(),
        }
    }
}

fn place(error: &Error) -> Option<String> {
    let path = error.path().filter(|path| !path.is_empty());
    match (path, error.span()) {
        (Some(path), Some((start, end))) => Some(format!("{path}, bytes {start} to {end}")),
        (Some(path), None) => Some(path.to_owned()),
        (None, Some((start, end))) => Some(format!("bytes {start} to {end}")),
        (None, None) => None,
    }
}

/// The errors below this one, one line each, without those that the line above already holds.
fn causes(error: &Error) -> Vec<String> {
    let mut known = error.message().to_owned();
    let mut lines = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        let line = text.lines().next().unwrap_or_default().trim();
        if !line.is_empty() && !known.contains(line) {
            line.clone_into(&mut known);
            lines.push(line.to_owned());
        }
        next = cause.source();
    }
    lines
}

fn hint(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::NotFound => Some("`drillcore describe` lists the datasets of the store, their columns and links"),
        ErrorKind::AccessDenied => Some("give the parameters of the scope with --param name=value"),
        ErrorKind::LimitExceeded => Some("ask for less: add a filter or a limit"),
        ErrorKind::Conflict => Some("somebody else changed the store first: run the command again"),
        ErrorKind::Internal => Some("this is a fault of drillcore: please report it"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use drillcore::QueryBatch;

    use super::Failure;

    #[test]
    fn hints_stand_on_their_own_lines() {
        let failure = Failure::new("no store at `x`").hint("make one").hint("or name one");
        assert_eq!(failure.render(), "error: no store at `x`\n  hint: make one\n  hint: or name one\n");
        assert_eq!(failure.code, 1);
        assert_eq!(Failure::usage("no").code, 2);
    }

    #[test]
    fn a_closed_pipe_is_silent_and_other_write_errors_are_not() {
        let closed = Failure::write("standard output", &io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((closed.render().as_str(), closed.code), ("", 0));
        let full = Failure::write("standard output", &io::Error::from(io::ErrorKind::StorageFull));
        assert!(full.render().starts_with("error: standard output cannot be written: "), "{}", full.render());
        assert_eq!(full.code, 1);
    }

    #[test]
    fn a_wrong_document_is_a_usage_error_with_its_place() {
        let document = r#"{"queries": [{"dimensions": [{"dataset_id": "flights", "colum_id": "origin"}]}]}"#;
        let failure = Failure::from(QueryBatch::from_json(document).unwrap_err());
        assert_eq!(failure.code, 2);
        let text = failure.render();
        assert!(text.starts_with("error: "), "{text}");
        assert!(text.contains("\n  at /queries/0/dimensions/0"), "{text}");
    }
}
