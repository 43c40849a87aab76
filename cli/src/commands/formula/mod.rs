//! `drillcore formula`: checks, evaluates and documents formulas.

mod check;
mod docs;
mod eval;
mod input;
mod names;
mod setting;
mod shown;
mod told;

use std::path::Path;

use clap::{Args, Subcommand};

use crate::failure::Outcome;

const EXAMPLES: &str = "\
Examples:
  drillcore formula eval 'ROUND(2.5 * 1.21, 2)'
  drillcore formula eval \"DATE_TRUNC('week', TODAY())\" --timezone Europe/Brussels --week-start sunday
  drillcore formula eval --dataset flights 'SUM({distance}) / COUNTR()'
  drillcore formula check --dataset flights '{distance} / {air_time} * 60'
  drillcore formula check --dataset flights --level aggregate - < formula.txt
  drillcore formula docs
  drillcore formula docs date_diff";

/// Checks, evaluates and documents formulas.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct FormulaArgs {
    #[command(subcommand)]
    command: FormulaCommand,
}

#[derive(Debug, Subcommand)]
enum FormulaCommand {
    Check(check::CheckArgs),
    Eval(eval::EvalArgs),
    Docs(docs::DocsArgs),
}

/// Does what is asked of formulas.
pub(crate) async fn run(dir: &Path, args: &FormulaArgs) -> Outcome {
    match &args.command {
        FormulaCommand::Check(args) => Box::pin(check::run(dir, args)).await,
        FormulaCommand::Eval(args) => Box::pin(eval::run(dir, args)).await,
        FormulaCommand::Docs(args) => docs::run(args),
    }
}

#[cfg(test)]
mod tests;
