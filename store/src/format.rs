//! `format.json`: which format a store has, and what software must understand to read or write it.

use std::io;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{CATALOG_DIR, DATASETS_DIR, FORMAT_FILE, temp_name};
use crate::seal::{seal, unseal};
use crate::storage::Publish;

/// The version of the on-disk format this build reads and writes.
pub const FORMAT_VERSION: u32 = 1;

const FORMAT_NAME: &str = "drillcore-store";

/// A reader feature: rows named by deletion vectors are not there.
pub(crate) const DELETION_VECTORS: &str = "deletion_vectors";
/// A writer feature: rows are found by key runs, which have to be kept up with the rows.
pub(crate) const KEY_RUNS: &str = "key_runs";

/// Features a reader must know that this build knows.
const KNOWN_READER_FEATURES: &[&str] = &[DELETION_VECTORS];
/// Features a writer must know that this build knows.
const KNOWN_WRITER_FEATURES: &[&str] = &[KEY_RUNS];

/// What software must know to read a version, and to commit on top of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Features {
    pub(crate) deletion_vectors: bool,
    pub(crate) key_runs: bool,
}

impl Features {
    /// The names for a header's `reader_features`.
    pub(crate) fn of_readers(self) -> Vec<String> {
        self.deletion_vectors.then(|| DELETION_VECTORS.to_owned()).into_iter().collect()
    }

    /// The names for a header's `writer_features`.
    pub(crate) fn of_writers(self) -> Vec<String> {
        self.key_runs.then(|| KEY_RUNS.to_owned()).into_iter().collect()
    }
}

/// What `format.json` says; it never changes after it was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FormatFile {
    format: String,
    version: u32,
    pub(crate) store_id: Uuid,
    #[serde(default)]
    reader_features: Vec<String>,
    #[serde(default)]
    pub(crate) writer_features: Vec<String>,
}

/// Refuses what this build cannot read.
pub(crate) fn check_readable(version: u32, reader_features: &[String], path: &str) -> Result<()> {
    if version != FORMAT_VERSION {
        let error = Error::new(ErrorKind::UnsupportedFormat, "the format version is not known to this build");
        return Err(error.with_path(path).with_context("found", version).with_context("known", FORMAT_VERSION));
    }
    refuse_unknown(reader_features, KNOWN_READER_FEATURES, "reading needs a feature this build lacks", path)
}

/// Refuses to write on top of what this build would not keep up.
pub(crate) fn check_writable(writer_features: &[String], path: &str) -> Result<()> {
    refuse_unknown(writer_features, KNOWN_WRITER_FEATURES, "writing needs a feature this build lacks", path)
}

fn refuse_unknown(required: &[String], known: &[&str], message: &str, path: &str) -> Result<()> {
    match required.iter().find(|feature| !known.contains(&feature.as_str())) {
        None => Ok(()),
        Some(feature) => Err(Error::new(ErrorKind::UnsupportedFormat, message)
            .with_path(path)
            .with_context("feature", feature.escape_debug())),
    }
}

/// Reads `format.json`, making it first in a place that holds no store.
pub(crate) fn open_or_create(context: &Context) -> Result<FormatFile> {
    if let Some(found) = read(context)? {
        return Ok(found);
    }
    let listing = context.storage.list("").map_err(|error| Error::io("list the folder", "", error))?;
    if listing.iter().any(|entry| [CATALOG_DIR, DATASETS_DIR].contains(&entry.name.as_str())) {
        // Somebody may have made the store since the first look.
        let missing = || Error::corruption(FORMAT_FILE, "the file is missing from a store with content");
        return read(context)?.ok_or_else(missing);
    }
    create(context)
}

fn read(context: &Context) -> Result<Option<FormatFile>> {
    let Some(bytes) = context.read_all(FORMAT_FILE)? else { return Ok(None) };
    let content = unseal(&bytes, FORMAT_FILE)?;
    let found: FormatFile = serde_json::from_slice(content).map_err(|error| unknown_shape(FORMAT_FILE, error))?;
    if found.format != FORMAT_NAME {
        return Err(Error::new(ErrorKind::UnsupportedFormat, "not a store of this software").with_path(FORMAT_FILE));
    }
    check_readable(found.version, &found.reader_features, FORMAT_FILE)?;
    Ok(Some(found))
}

/// Content whose digest is right but whose shape is not was written by other software, not damaged.
pub(crate) fn unknown_shape(path: &str, source: serde_json::Error) -> Error {
    Error::new(ErrorKind::UnsupportedFormat, "the content has a shape this build does not know")
        .with_path(path)
        .with_source(source)
}

fn create(context: &Context) -> Result<FormatFile> {
    let made = FormatFile {
        format: FORMAT_NAME.to_owned(),
        version: FORMAT_VERSION,
        store_id: context.env.new_id(),
        reader_features: Vec::new(),
        writer_features: Vec::new(),
    };
    let content = serde_json::to_vec(&made).map_err(|error| unknown_shape(FORMAT_FILE, error))?;
    let temp = temp_name(context.env.new_id());
    context.write_durably(&temp, &seal(&content))?;
    let published = context.storage.publish(&temp, FORMAT_FILE);
    let outcome = settle(context, made, published);
    context.remove_quietly(&temp);
    let settled = outcome?;
    context.storage.sync_dir("").map_err(|error| Error::io("sync the folder", "", error))?;
    Ok(settled)
}

/// Whoever published first made the store; an error at the link leaves the question to what can be read now.
fn settle(context: &Context, made: FormatFile, published: io::Result<Publish>) -> Result<FormatFile> {
    match published {
        Ok(Publish::Published) => Ok(made),
        Ok(Publish::AlreadyExists) => {
            read(context)?.ok_or_else(|| Error::corruption(FORMAT_FILE, "the file vanished while the store was made"))
        }
        Err(error) => match read(context) {
            Ok(Some(found)) => Ok(found),
            _ => Err(Error::io("link the new file", FORMAT_FILE, error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorKind, Features, check_readable, check_writable};

    #[test]
    fn unknown_versions_and_features_are_refused_by_type() {
        assert!(check_readable(1, &[], "x").is_ok());
        for (version, features) in [(0, vec![]), (2, vec![]), (1, vec!["rollups".to_owned()])] {
            let error = check_readable(version, &features, "x").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnsupportedFormat);
        }
        let error = check_writable(&["keys".to_owned()], "x").unwrap_err();
        assert!(error.to_string().contains("feature keys"), "{error}");
    }

    #[test]
    fn features_this_build_declares_are_known_to_it() {
        assert_eq!(Features::default().of_readers().len() + Features::default().of_writers().len(), 0);
        let all = Features { deletion_vectors: true, key_runs: true };
        assert_eq!((all.of_readers().len(), all.of_writers().len()), (1, 1));
        assert!(check_readable(1, &all.of_readers(), "x").is_ok());
        assert!(check_writable(&all.of_writers(), "x").is_ok());
        assert!(check_readable(1, &all.of_writers(), "x").is_err(), "of writers only");
    }
}
