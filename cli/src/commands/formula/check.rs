//! `drillcore formula check`: what is wrong with a formula, or its type.

use std::path::Path;

use clap::{Args, ValueEnum};
use drillcore_formulas::{FormulaLevel, Setting, Type, check_aggregate, check_row, check_window, diagnose, parse};

use super::names::Known;
use super::setting::SettingArgs;
use super::{input, told};
use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore formula check \"IF(1 < 2, 'yes', 'no')\"
  drillcore formula check --dataset flights '{distance} / {air_time} * 60'
  drillcore formula check --dataset flights --level aggregate 'SUM({distance}) / COUNTR()'
  drillcore formula check --dataset flights - < formula.txt";

/// Checks a formula: prints the type of its value, or everything that is wrong with it.
///
/// Without a dataset there are no columns, and no store is needed. With one, its columns and those behind its links are
/// known.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct CheckArgs {
    /// The text of the formula; - is standard input.
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// The dataset whose columns the formula names.
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
    /// What the formula gives a value for.
    #[arg(long, value_enum, default_value_t = Level::Row)]
    level: Level,
    #[command(flatten)]
    setting: SettingArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    /// Each row.
    Row,
    /// Each group of rows.
    Aggregate,
    /// Each row of an answer.
    Window,
}

/// Checks the formula.
pub(super) async fn run(dir: &Path, args: &CheckArgs) -> Outcome {
    let text = input::text(&args.text)?;
    let setting = args.setting.setting()?;
    let mut known = match &args.dataset {
        Some(dataset) => Box::pin(Known::of(&store::existing(dir).await?, dataset)).await?,
        None => Known::default(),
    };
    let value_type = checked(&text, args.level, &setting, &mut known)?;
    output::answer(&value_type.to_string())
}

/// The type of a formula. What is wrong with it goes to standard error.
fn checked(text: &str, level: Level, setting: &Setting, known: &mut Known) -> Outcome<Type> {
    told::all(text, &diagnose(text, setting, level.of_formula(), known))?;
    let found = parse(text).and_then(|formula| match level {
        Level::Row => check_row(&formula, setting, known).map(|found| found.value_type),
        Level::Aggregate => check_aggregate(&formula, setting, known).map(|found| found.value_type),
        Level::Window => check_window(&formula, setting, known).map(|found| found.value_type),
    });
    found.map_err(|error| Failure::new(error.message()))
}

impl Level {
    fn of_formula(self) -> FormulaLevel {
        match self {
            Self::Row => FormulaLevel::Row,
            Self::Aggregate => FormulaLevel::Aggregate,
            Self::Window => FormulaLevel::Window,
        }
    }
}

#[cfg(test)]
mod tests {
    use drillcore_formulas::Setting;

    use super::{Known, Level, checked};

    #[track_caller]
    fn check(text: &str, level: Level, expected: Result<&str, &str>) {
        let found = checked(text, level, &Setting::default(), &mut Known::default());
        let found = found.map(|found| found.to_string()).map_err(|failure| failure.render());
        let expected = expected.map(str::to_owned).map_err(|message| format!("error: {message}\n"));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_right_formula_has_a_type() {
        check("1 + 2.50", Level::Row, Ok("decimal(22,2)"));
        check("TODAY()", Level::Row, Ok("date"));
        check("COUNTR()", Level::Aggregate, Ok("integer"));
        check("RANK()", Level::Window, Ok("integer"));
        // What is warned of is no error.
        check("1 = NULL", Level::Row, Ok("boolean"));
    }

    #[test]
    fn a_wrong_one_has_errors() {
        check("1 +", Level::Row, Err("the formula has an error"));
        check("{x} + {y}", Level::Row, Err("the formula has 2 errors"));
        check("COUNTR()", Level::Row, Err("the formula has an error"));
        check("{n}", Level::Aggregate, Err("the formula has an error"));
    }
}
