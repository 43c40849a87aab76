//! What fuzzing found, and what it should have found at once: every text in `fuzz/regressions` is replayed. Fuzzing
//! itself needs a nightly toolchain, see `fuzz/Cargo.toml`.
//!
//! A file is called `ok-..` if it must be understood and `err-..` if it must be refused. Formulas of other tests and of
//! the registry are replayed too; with the variable `DRILLCORE_FUZZ_CORPUS` they are written to `fuzz/corpus`, where
//! fuzzing begins with them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use drillcore_formulas::{Error, Function, Setting};
use drillcore_tests::rng::Rng;

#[path = "../../fuzz/checks/formula_check.rs"]
mod formula_check;
#[path = "../../fuzz/checks/formula_evaluate.rs"]
mod formula_evaluate;
#[path = "../../fuzz/checks/formula_names.rs"]
mod formula_names;
#[path = "../../fuzz/checks/formula_parse.rs"]
mod formula_parse;
#[path = "../../fuzz/checks/formula_text.rs"]
mod formula_text;
#[path = "../../fuzz/checks/query_json.rs"]
mod query_json;

/// Formulas that are put together by chance.
const RANDOM: usize = 2_000;

/// The four bytes before the text of a seed: UTC, weeks from Monday, years from January.
const HEAD: &[u8] = b"\0\0\0\0";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The names and contents of the files in a folder.
fn files(folder: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files =
        fs::read_dir(root().join(folder))?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    let name = |file: &Path| file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    files.iter().map(|file| Ok((name(file), fs::read(file)?))).collect()
}

/// The names and contents of a target's files.
fn seeds(target: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    files(&format!("fuzz/regressions/{target}"))
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("a text")
}

/// Replays the files of a target.
#[track_caller]
fn replay(target: &str, least: usize, check: impl Fn(&[u8]) -> Option<Error>) {
    let seeds = seeds(target).unwrap();
    assert!(seeds.len() >= least, "only {} files were found", seeds.len());
    for (name, bytes) in seeds {
        let refused = check(&bytes);
        assert_eq!(refused.is_none(), name.starts_with("ok-"), "{target}/{name}: {refused:?}");
        assert_eq!(refused.is_some(), name.starts_with("err-"), "{target}/{name}");
    }
}

/// A seed for fuzzing, if some are wanted.
fn keep(target: &str, name: &str, seed: &[u8]) {
    if std::env::var_os("DRILLCORE_FUZZ_CORPUS").is_some() {
        let folder = root().join("fuzz/corpus").join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::File::create(folder.join(name)).unwrap().write_all(seed).unwrap();
    }
}

#[test]
fn query_documents_are_read_back_or_refused_in_a_line() {
    let seeds = seeds("query_json").unwrap();
    assert!(seeds.len() > 20, "only {} files were found", seeds.len());
    for (name, bytes) in seeds {
        let refused = query_json::check(text(&bytes));
        assert_eq!(refused.is_none(), name.starts_with("ok-"), "{name}");
        assert_eq!(refused.is_some(), name.starts_with("err-"), "{name}");
        if let Some(error) = refused {
            assert_eq!(error.message().lines().count(), 1, "{name}");
            assert!(error.to_string().len() < 500, "{name}: the message is as long as what is wrong");
        }
    }
}

#[test]
fn formulas_are_read_back_or_refused_with_a_place() {
    replay("formula_parse", 12, |bytes| formula_parse::check(text(bytes)));
    for folder in ["ok", "err"] {
        for (name, bytes) in files(&format!("formulas/tests/{folder}")).unwrap() {
            let (source, _) = text(&bytes).split_once("\n----\n").unwrap_or_default();
            assert_eq!(formula_parse::check(source).is_none(), folder == "ok", "{name}");
            keep("formula_parse", &name, source.as_bytes());
            keep("formula_check", &name, &[HEAD, source.as_bytes()].concat());
            formula_check::check(&[HEAD, source.as_bytes()].concat());
        }
    }
}

#[test]
fn formulas_have_a_meaning_or_an_error_at_all_levels() {
    replay("formula_check", 12, formula_check::check);
}

#[test]
fn formulas_have_values_of_their_types() {
    replay("formula_evaluate", 5, formula_evaluate::check);
}

/// Formulas of the registry, which are seeds of all targets.
#[test]
fn examples_of_the_registry_hold_under_every_setting() {
    let (_, names, _) = formula_names::asked(HEAD);
    for function in Function::all() {
        for (place, (source, _)) in function.entry().examples.iter().enumerate() {
            assert_eq!(formula_parse::check(source), None, "{source}");
            let name = format!("{}-{place}", function.name().to_lowercase());
            keep("formula_parse", &name, source.as_bytes());
            for head in [HEAD, b"\x01\x06\x03\x01", b"\x02\x03\x0b\x02", b"\x04\x01\x00\x03"] {
                let seed = [head, source.as_bytes()].concat();
                assert_eq!(formula_check::check(&seed), None, "{source}");
                let (setting, ..) = formula_names::asked(head);
                assert_eq!(formula_evaluate::check_text(source, &setting, names), None, "{source}");
                keep("formula_check", &format!("{name}-{}", head[0]), &seed);
            }
        }
    }
}

/// A short run of what fuzzing does for long. Fuzzing begins with the bytes of these formulas.
#[test]
fn formulas_by_chance_have_values_of_their_types() {
    let rng = &mut Rng::new(20_130_101);
    let mut with_a_meaning = 0;
    for place in 0..RANDOM {
        let length = 4 + rng.below(60);
        let bytes: Vec<u8> = (0..length).map(|_| rng.bits() as u8).collect();
        let refused = formula_evaluate::check(&bytes);
        with_a_meaning += usize::from(refused.is_none());
        if place.is_multiple_of(20) {
            keep("formula_evaluate", &format!("random-{place}"), &bytes);
        }
        let source = formula_text::formula(&mut formula_text::Bytes(&bytes[4..]));
        assert_eq!(formula_parse::check(&source), None, "{source}");
        // The same over other names.
        formula_check::check(&[&bytes[..4], source.replace('{', "{x").as_bytes()].concat());
    }
    assert!(with_a_meaning * 5 > RANDOM, "only {with_a_meaning} formulas of {RANDOM} have a meaning");
    assert_eq!(formula_evaluate::check_text("1 + 1", &Setting::default(), formula_names::Chance(0)), None);
}
