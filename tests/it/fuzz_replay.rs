//! What fuzzing found, and what it should have found at once: every text in `fuzz/regressions` is replayed. Fuzzing
//! itself needs a nightly toolchain, see `fuzz/Cargo.toml`.
//!
//! A file is called `ok-..` if it must be understood and `err-..` if it must be refused.

use std::path::Path;
use std::{fs, io};

#[path = "../../fuzz/checks/query_json.rs"]
mod query_json;

/// The names and texts of a target's files.
fn seeds(target: &str) -> io::Result<Vec<(String, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/regressions").join(target);
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    let name = |file: &Path| file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    files.iter().map(|file| Ok((name(file), fs::read_to_string(file)?))).collect()
}

#[test]
fn query_documents_are_read_back_or_refused_in_a_line() {
    let seeds = seeds("query_json").unwrap();
    assert!(seeds.len() > 20, "only {} files were found", seeds.len());
    for (name, text) in seeds {
        let refused = query_json::check(&text);
        assert_eq!(refused.is_none(), name.starts_with("ok-"), "{name}");
        assert_eq!(refused.is_some(), name.starts_with("err-"), "{name}");
        if let Some(error) = refused {
            assert_eq!(error.message().lines().count(), 1, "{name}");
            assert!(error.to_string().len() < 500, "{name}: the message is as long as what is wrong");
        }
    }
}
