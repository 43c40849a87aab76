//! What is read, what is refused, and how much of it.

mod clauses;
mod faults;
mod limits;
mod reads;
mod recovery;
mod soup;

use crate::parse;

/// A formula is read as what is printed.
#[track_caller]
fn check(source: &str, printed: &str) {
    match parse(source) {
        Ok(formula) => assert_eq!(formula.to_string(), printed, "{source}"),
        Err(error) => panic!("{}", error.render(source)),
    }
}

/// A text is no formula: this is told, and this piece of it is meant.
#[track_caller]
fn refused(source: &str, meant: &str, message: &str) {
    let error = parse(source).unwrap_err();
    assert_eq!((error.message(), error.span().text(source)), (message, Some(meant)), "{source}");
    assert_eq!(error.to_string().lines().count(), 1, "{source}");
}
