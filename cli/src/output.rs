//! Standard output holds answers only; messages go to standard error. No write here can panic.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use crate::failure::{Failure, Outcome};

/// Writes a text to standard output, with a line end behind it if it has none.
pub(crate) fn answer(text: &str) -> Outcome {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    raw(format!("{text}{end}").as_bytes())
}

/// Writes bytes to standard output as they are.
pub(crate) fn raw(bytes: &[u8]) -> Outcome {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| Failure::write("standard output", &error))
}

/// Writes bytes to standard output, unless a person would see them on a terminal.
pub(crate) fn binary_answer(bytes: &[u8]) -> Outcome {
    if io::stdout().is_terminal() {
        return Err(Failure::usage("an Arrow answer is binary and standard output is a terminal")
            .hint("send it into a file: drillcore query .. --format arrow > answer.arrow")
            .hint("or name a folder with --out DIR"));
    }
    raw(bytes)
}

/// Writes an answer into a file of its own.
pub(crate) fn file(path: &Path, bytes: &[u8]) -> Outcome {
    File::create(path)
        .and_then(|mut file| file.write_all(bytes))
        .map_err(|error| Failure::write(format_args!("`{}`", path.display()), &error))
}

/// Says something on standard error. Nobody listening is no reason to stop.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
