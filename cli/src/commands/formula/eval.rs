//! `drillcore formula eval`: the value of a formula.

use std::path::Path;

use clap::Args;
use drillcore::{Cell, Query};
use drillcore_formulas::{
    Diagnostic, FormulaLevel, Setting, Value, check_row, diagnose, evaluate, parse, parse_all, references,
};
use serde_json::json;

use super::names::Known;
use super::setting::SettingArgs;
use super::{input, shown, told};
use crate::commands::scope::ScopeArgs;
use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore formula eval \"UPPER('straße') || '!'\"
  drillcore formula eval \"DATE_DIFF('day', @2024-03-01, TODAY())\" --timezone Europe/Brussels
  drillcore formula eval --dataset flights 'SUM({distance}) / COUNTR()'
  drillcore formula eval --dataset orders 'SUM({amount})' --param tenant_id=acme";

/// Evaluates a formula and prints its value; null where there is none.
///
/// Without a dataset the formula has constants and functions only, and no store is needed. With one it is an aggregate
/// over all rows.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct EvalArgs {
    /// The text of the formula; - is standard input.
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// The dataset that the aggregates of the formula are over.
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
    #[command(flatten)]
    setting: SettingArgs,
    #[command(flatten)]
    scope: ScopeArgs,
}

/// Evaluates the formula.
pub(super) async fn run(dir: &Path, args: &EvalArgs) -> Outcome {
    let text = input::text(&args.text)?;
    let setting = args.setting.setting()?;
    let value = match &args.dataset {
        Some(dataset) => Box::pin(over(dir, dataset, &text, args, &setting)).await?,
        None => alone(&text, &setting)?,
    };
    output::answer(&value)
}

/// The value of a formula without columns, as the reference of the language gives it.
fn alone(text: &str, setting: &Setting) -> Outcome<String> {
    let mut nothing = Known::default();
    told::all(text, &diagnose(text, setting, FormulaLevel::Row, &mut nothing))?;
    let formula = parse(text).and_then(|formula| check_row(&formula, setting, &mut nothing));
    let formula = formula.map_err(|error| Failure::new(error.message()))?;
    let value = evaluate(&formula, &mut |()| Value::Null);
    Ok(shown::value(&value, formula.value_type))
}

/// The value of a formula over all rows of a dataset.
async fn over(dir: &Path, dataset: &str, text: &str, args: &EvalArgs, setting: &Setting) -> Outcome<String> {
    of_groups(text)?;
    let query = json!({
        "dataset_id": dataset,
        "measures": [{"formula": text, "as": "value"}],
        "options": args.setting.options(setting),
    });
    let query = Query::from_json(&query.to_string()).map_err(|error| told::by_engine(text, error))?;
    let engine = store::existing(dir).await?;
    let answer = Box::pin(engine.query(&query, &args.scope.scope())).await;
    let answer = answer.map_err(|error| told::by_engine(text, error))?;
    Ok(shown::cell(&answer.cell(0, 0).unwrap_or(Cell::Null)))
}

/// Refuses a formula that has no meaning for a whole dataset.
fn of_groups(text: &str) -> Outcome {
    let formula = match parse_all(text) {
        Ok(formula) => formula,
        Err(errors) => {
            let found: Vec<Diagnostic> = errors.into_iter().map(Diagnostic::from).collect();
            return told::all(text, &found);
        }
    };
    let found = references(&formula);
    match found.outside.first() {
        Some(name) if !found.has_aggregates => {
            let message = format!("the formula has a value for each row, because `{}` is a column", name.name);
            Err(Failure::new(message).hint("put columns inside an aggregate, such as SUM, AVG, MAX or COUNTD"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use drillcore_formulas::Setting;

    use super::{alone, of_groups};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        // 2024-03-01T23:30Z, which is the next day in Brussels.
        let zone = "Europe/Brussels".parse().unwrap();
        let setting = Setting { zone, now: 1_709_335_800_000_000, ..Setting::default() };
        assert_eq!(alone(text, &setting).unwrap(), expected, "{text}");
    }

    #[test]
    fn values_are_printed_in_their_form() {
        check("1 + 2", "3");
        check("-3", "-3");
        check("1.25 * 2", "2.50");
        check("6 / 2", "3.0");
        check("UPPER('straße')", "STRASSE");
        check("1 < 2", "true");
        check("NULL", "null");
        check("1 / 0", "null");
        check("@2024-03-01", "2024-03-01");
        check("@2024-03-01T10:30", "2024-03-01T10:30:00");
        check("NOW()", "2024-03-01T23:30:00Z");
        check("TODAY()", "2024-03-02");
        check("@1h30m", "5400");
    }

    #[test]
    fn what_has_no_value_is_refused() {
        for (text, message) in [
            ("{x}", "error: the formula has an error\n"),
            ("SUM(1) + SUMM(2)", "error: the formula has an error\n"),
            ("SUM(1)", "error: the formula has an error\n"),
            ("1 +", "error: the formula has an error\n"),
        ] {
            assert_eq!(alone(text, &Setting::default()).unwrap_err().render(), message, "{text}");
        }
    }

    #[test]
    fn a_formula_of_rows_has_no_value_for_a_dataset() {
        assert!(of_groups("SUM({distance}) / COUNTR()").is_ok());
        assert!(of_groups("1 + 2").is_ok());
        let refused = of_groups("{distance} / 2").unwrap_err().render();
        assert!(refused.starts_with("error: the formula has a value for each row, because `distance` is a column\n"));
        assert!(of_groups("1 +").is_err());
    }
}
