//! `drillcore define` and `drillcore undefine`: stored formulas and derived columns.

use std::path::Path;

use clap::{Args, Subcommand};
use drillcore::{DerivedColumn, Engine, ErrorKind, Formula};

use crate::failure::Outcome;
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore define formula late_share --dataset flights 'COUNTR(WHERE {arr_delay} > 15) / COUNTR()'
  drillcore define column flights mph '{distance} / {air_time} * 60' --materialize
  drillcore sync flights

Queries then use them:
  {\"measures\": [{\"formula_id\": \"late_share\"}]}
  {\"dimensions\": [{\"dataset_id\": \"flights\", \"column_id\": \"mph\"}]}";

const UNDEFINE_EXAMPLES: &str = "\
Examples:
  drillcore undefine formula late_share
  drillcore undefine column flights mph";

/// Stores a formula under a name, or lets a dataset derive a column.
///
/// A stored formula has one value per group and is used as a measure. A derived column has one value per row and is
/// used like any other column, also behind links. What has the name already is defined anew.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct DefineArgs {
    #[command(subcommand)]
    what: Define,
}

#[derive(Debug, Subcommand)]
enum Define {
    /// Stores a formula of aggregate level.
    #[command(after_long_help = EXAMPLES)]
    Formula {
        /// The name that queries use.
        name: String,
        /// The dataset whose rows it is over.
        #[arg(long, value_name = "DATASET")]
        dataset: String,
        /// The text, for example 'SUM({distance}) / COUNTR()'.
        #[arg(value_name = "EXPR", allow_hyphen_values = true)]
        expression: String,
        /// What it tells, for people.
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
    /// Lets a dataset derive a column, by a formula of row level.
    #[command(after_long_help = EXAMPLES)]
    Column {
        /// The dataset.
        dataset: String,
        /// The name that queries use.
        name: String,
        /// The text, for example '{distance} / {air_time}'.
        #[arg(value_name = "EXPR", allow_hyphen_values = true)]
        expression: String,
        /// Let the next sync compute the column and store it in the cache.
        #[arg(long)]
        materialize: bool,
        /// The shown name.
        #[arg(long, value_name = "TEXT")]
        label: Option<String>,
    },
}

/// Forgets a stored formula, or a column that a dataset derives.
///
/// What other formulas, columns or filters still use stays, and they are named.
#[derive(Debug, Args)]
#[command(after_long_help = UNDEFINE_EXAMPLES)]
pub(crate) struct UndefineArgs {
    #[command(subcommand)]
    what: Undefine,
}

#[derive(Debug, Subcommand)]
enum Undefine {
    /// Forgets a stored formula.
    #[command(after_long_help = UNDEFINE_EXAMPLES)]
    Formula {
        /// Its name or id.
        name: String,
    },
    /// Forgets a derived column.
    #[command(after_long_help = UNDEFINE_EXAMPLES)]
    Column {
        /// The dataset.
        dataset: String,
        /// The name of the column.
        name: String,
    },
}

/// Defines what is asked for.
pub(crate) async fn run(dir: &Path, args: &DefineArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    match &args.what {
        Define::Formula { name, dataset, expression, description } => {
            let formula = Box::pin(formula(&engine, name, dataset, expression, description.as_deref())).await?;
            Box::pin(engine.save_formula(formula)).await?;
            output::note(&format!("formula {name}: use it as {{\"formula_id\": \"{name}\"}}"));
        }
        Define::Column { dataset, name, expression, materialize, label } => {
            let mut column = DerivedColumn::new(name, expression);
            column.materialize = *materialize;
            if let Some(label) = label {
                column = column.label(label);
            }
            Box::pin(engine.derive(dataset, column)).await?;
            let stored =
                if *materialize { format!("; store it with `drillcore sync {dataset}`") } else { String::new() };
            output::note(&format!("{dataset}: column {name}{stored}"));
        }
    }
    Ok(())
}

/// Forgets what is named.
pub(crate) async fn forget(dir: &Path, args: &UndefineArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    match &args.what {
        Undefine::Formula { name } => {
            Box::pin(engine.remove_formula(name)).await?;
            output::note(&format!("formula {name} is forgotten"));
        }
        Undefine::Column { dataset, name } => {
            Box::pin(engine.remove_derived(dataset, name)).await?;
            output::note(&format!("{dataset}: column {name} is forgotten"));
        }
    }
    Ok(())
}

/// The formula as it is to be kept: with the id and what else is known of the one that has the name.
async fn formula(
    engine: &Engine,
    name: &str,
    dataset: &str,
    expression: &str,
    description: Option<&str>,
) -> Outcome<Formula> {
    let mut formula = match Box::pin(engine.formula(name)).await {
        Ok(known) => known,
        Err(error) if error.kind() == ErrorKind::NotFound => Formula::new(name, dataset, expression),
        Err(error) => return Err(error.into()),
    };
    dataset.clone_into(&mut formula.dataset);
    expression.clone_into(&mut formula.expression);
    Ok(match description {
        Some(text) => formula.description(text),
        None => formula,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use drillcore::{Engine, PushMode, Rows};

    use super::{Define, DefineArgs, formula};

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: DefineArgs,
    }

    #[test]
    fn a_text_may_begin_with_a_sign() {
        let line = Line::try_parse_from(["define", "column", "flights", "early", "-{arr_delay}", "--materialize"]);
        let Define::Column { expression, materialize, .. } = line.unwrap().args.what else { panic!("no column") };
        assert_eq!((expression.as_str(), materialize), ("-{arr_delay}", true));
        assert!(Line::try_parse_from(["define", "formula", "late", "COUNTR()"]).is_err(), "no dataset");
    }

    #[test]
    fn a_name_that_is_defined_anew_keeps_its_id() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let engine = Engine::in_memory().unwrap();
            let rows = Rows::new(["amount"], vec![vec![30.into()]]);
            engine.push("sales", PushMode::Create, rows).await.unwrap();
            let first = formula(&engine, "mean", "sales", "AVG({amount})", Some("Per sale")).await.unwrap();
            let id = engine.save_formula(first).await.unwrap();
            let second = formula(&engine, "mean", "sales", "MEDIAN({amount})", None).await.unwrap();
            assert_eq!((second.id, second.expression.as_str()), (id, "MEDIAN({amount})"));
            assert_eq!(second.description.get("en"), Some("Per sale"));
        });
    }
}
