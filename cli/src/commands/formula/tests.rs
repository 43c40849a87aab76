use clap::Parser;

use super::{FormulaArgs, FormulaCommand};

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: FormulaArgs,
}

fn parsed(line: &[&str]) -> Result<FormulaCommand, clap::Error> {
    Line::try_parse_from([&["formula"][..], line].concat()).map(|line| line.args.command)
}

#[test]
fn formulas_may_begin_with_a_sign() {
    for line in [
        &["eval", "-1 + 2"][..],
        &["eval", "-"],
        &["eval", "--timezone", "Europe/Brussels", "-{x}"],
        &["eval", "-@1d", "--week-start", "sunday", "--fiscal-year-start", "4", "--now", "2024-03-01T10:30Z"],
        &["check", "--dataset", "flights", "--level", "window", "-{x}"],
        &["docs"],
        &["docs", "sum"],
    ] {
        assert!(parsed(line).is_ok(), "{line:?}: {:?}", parsed(line));
    }
}

#[test]
fn command_lines_that_make_no_sense_are_refused() {
    for line in [
        &["eval"][..],
        &["check", "--level", "cell", "1"],
        &["eval", "1", "--week-start", "someday"],
        &["eval", "1", "--fiscal-year-start", "13"],
        &["docs", "sum", "avg"],
    ] {
        assert!(parsed(line).is_err(), "{line:?}");
    }
}
