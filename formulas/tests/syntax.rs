//! Golden formulas: how each text in `ok` is printed, and what is told of the mistakes in each text in `err`.
//!
//! A file holds a formula, a line of four dashes, and what comes of it: its printed form, or all errors with their
//! places marked. To add a case is to add a file; `UPDATE_EXPECT=1` writes what comes of it. What is in the wrong folder
//! fails in any case.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use drillcore_formulas::{Error, Expr, parse, parse_all};

const SEPARATOR: &str = "\n----\n";

/// A formula and what should come of it.
#[derive(Debug)]
struct Case {
    path: PathBuf,
    source: String,
    expected: String,
}

fn cases(folder: &str) -> io::Result<Vec<Case>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let read = paths.into_iter().map(|path| {
        let text = fs::read_to_string(&path)?;
        let (source, expected) = text.split_once(SEPARATOR).unwrap_or_else(|| (text.trim_end_matches('\n'), ""));
        Ok(Case { source: source.to_owned(), expected: expected.to_owned(), path })
    });
    read.collect()
}

/// What is wrong with the files of a folder. `outcome` tells what comes of a formula, or why it is in the wrong folder.
fn wrong(cases: &[Case], outcome: fn(&str) -> Result<String, String>) -> io::Result<Vec<String>> {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for Case { path, source, expected } in cases {
        match outcome(source) {
            Ok(found) if found == *expected => {}
            Ok(found) if update => write!(File::create(path)?, "{source}{SEPARATOR}{found}")?,
            Ok(found) => wrong.push(format!("{}\nexpected:\n{expected}\nfound:\n{found}", path.display())),
            Err(message) => wrong.push(format!("{}\n{message}", path.display())),
        }
    }
    Ok(wrong)
}

fn printed(source: &str) -> Result<String, String> {
    let rendered = |errors: Vec<Error>| errors.iter().map(|error| error.render(source)).collect::<String>();
    let formula = parse_all(source).map_err(rendered)?;
    let printed = formula.to_string();
    if parse(&printed).map(Expr::without_spans) != Ok(formula.without_spans()) {
        return Err(format!("its printed form is another formula: {printed}"));
    }
    Ok(format!("{printed}\n"))
}

fn told(source: &str) -> Result<String, String> {
    let Err(errors) = parse_all(source) else { return Err("there is no error".to_owned()) };
    if parse(source).as_ref().err() != errors.first() {
        return Err("one error and all errors begin with another one".to_owned());
    }
    let rendered: Vec<_> = errors.iter().map(|error| error.render(source)).collect();
    Ok(rendered.join("\n"))
}

#[test]
fn formulas_are_printed() {
    let cases = cases("ok").unwrap();
    assert!(cases.len() >= 12, "only {} files", cases.len());
    let wrong = wrong(&cases, printed).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn mistakes_are_told_with_their_places() {
    let cases = cases("err").unwrap();
    assert!(cases.len() >= 25, "only {} files", cases.len());
    let wrong = wrong(&cases, told).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
