//! The command line of drillcore: bring files into a store, link and accelerate them, and ask questions.
//!
//! Answers go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 2 the command line
//! or the query document is wrong.

mod commands;
mod demo;
mod failure;
mod grid;
mod output;
mod plain;
mod progress;
mod store;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{
    accelerate, compact, define, describe, explain, explore, formula, hierarchy, import, link, query, restore, sql,
    sync, vacuum, verify, versions,
};
use crate::failure::{Failure, Outcome};

const FIRST_STEPS: &str = "\
First steps:
  drillcore demo
  drillcore import flights data/nycflights13/flights.parquet
  drillcore import airlines data/nycflights13/airlines.csv
  drillcore link airline flights.carrier airlines.carrier
  drillcore accelerate flights --cluster-by time_hour
  drillcore sync flights
  drillcore query data/queries/by_month_and_carrier.json

Exit codes:
  0  done
  1  failed
  2  the command line or the query document is wrong";

/// Answers dashboard queries from files, and from fast caches of them.
///
/// A store is a folder that holds the definitions of datasets (where their rows come from, what their columns mean),
/// the links between them, and their caches. Files stay where they are; a dataset is answered from its file until
/// `accelerate` and `sync` have made a cache of it.
///
/// Only answers are written to standard output; progress and messages go to standard error.
#[derive(Debug, Parser)]
#[command(name = "drillcore", version, after_long_help = FIRST_STEPS)]
struct Cli {
    /// The folder of the store.
    #[arg(long, global = true, value_name = "DIR", default_value = "drillcore-store")]
    store: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::DemoArgs),
    Import(import::ImportArgs),
    Link(link::LinkArgs),
    Accelerate(accelerate::AccelerateArgs),
    Define(define::DefineArgs),
    Undefine(define::UndefineArgs),
    Sync(sync::SyncArgs),
    Versions(versions::VersionsArgs),
    Restore(restore::RestoreArgs),
    Compact(compact::CompactArgs),
    Vacuum(vacuum::VacuumArgs),
    Verify(verify::VerifyArgs),
    Describe(describe::DescribeArgs),
    Query(query::QueryArgs),
    Sql(sql::SqlArgs),
    Explain(explain::ExplainArgs),
    Explore(explore::ExploreArgs),
    Formula(formula::FormulaArgs),
    Hierarchy(hierarchy::HierarchyArgs),
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = failure.render();
            if !text.is_empty() {
                output::note(text.trim_end());
            }
            failure.exit_code()
        }
    }
}

/// The engine brings its own threads; this runtime only waits for them.
fn run(cli: &Cli) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("no runtime could be started: {error}")))?;
    runtime.block_on(dispatch(cli))
}

async fn dispatch(cli: &Cli) -> Outcome {
    let store = cli.store.as_path();
    match &cli.command {
        Command::Demo(args) => Box::pin(demo::run(store, args)).await,
        Command::Import(args) => Box::pin(import::run(store, args)).await,
        Command::Link(args) => Box::pin(link::run(store, args)).await,
        Command::Accelerate(args) => Box::pin(accelerate::run(store, args)).await,
        Command::Define(args) => Box::pin(define::run(store, args)).await,
        Command::Undefine(args) => Box::pin(define::forget(store, args)).await,
        Command::Sync(args) => Box::pin(sync::run(store, args)).await,
        Command::Versions(args) => Box::pin(versions::run(store, args)).await,
        Command::Restore(args) => Box::pin(restore::run(store, args)).await,
        Command::Compact(args) => Box::pin(compact::run(store, args)).await,
        Command::Vacuum(args) => Box::pin(vacuum::run(store, args)).await,
        Command::Verify(args) => Box::pin(verify::run(store, args)).await,
        Command::Describe(args) => Box::pin(describe::run(store, args)).await,
        Command::Query(args) => Box::pin(query::run(store, args)).await,
        Command::Sql(args) => Box::pin(sql::run(store, args)).await,
        Command::Explain(args) => Box::pin(explain::run(store, args)).await,
        Command::Explore(args) => Box::pin(explore::run(store, args)).await,
        Command::Formula(args) => Box::pin(formula::run(store, args)).await,
        Command::Hierarchy(args) => Box::pin(hierarchy::run(store, args)).await,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::CommandFactory;

    use super::{Cli, Command, Parser};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_teaches_by_example() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("drillcore "), "{} has no example", command.get_name());
            assert!(command.get_about().is_some(), "{} has no description", command.get_name());
        }
    }

    #[test]
    fn the_store_may_stand_behind_the_command() {
        let cli = Cli::try_parse_from(["drillcore", "describe", "--store", "elsewhere"]).unwrap();
        assert_eq!(cli.store, Path::new("elsewhere"));
        assert!(matches!(cli.command, Command::Describe(_)));
        let cli = Cli::try_parse_from(["drillcore", "describe"]).unwrap();
        assert_eq!(cli.store, Path::new("drillcore-store"));
    }

    #[test]
    fn upkeep_is_understood() {
        for line in [
            &["drillcore", "versions", "flights", "--format", "json"][..],
            &["drillcore", "restore", "flights", "3"],
            &["drillcore", "compact", "flights", "airlines", "--fully"],
            &["drillcore", "compact", "--all"],
            &["drillcore", "vacuum", "--purge"],
            &["drillcore", "verify", "--format", "json"],
        ] {
            assert!(Cli::try_parse_from(line).is_ok(), "{line:?}");
        }
    }

    #[test]
    fn answers_have_six_formats() {
        for format in ["table", "json", "csv", "arrow", "xlsx", "md"] {
            let line = ["drillcore", "query", "-", "--format", format, "--totals", "--out", "answers"];
            assert!(Cli::try_parse_from(line).is_ok(), "{format}");
        }
    }

    #[test]
    fn command_lines_that_make_no_sense_are_refused() {
        for line in [
            &["drillcore", "sync"][..],
            &["drillcore", "sync", "flights", "--all"],
            &["drillcore", "link", "airline", "flights", "airlines.carrier"],
            &["drillcore", "import", "flights", "f.csv", "--type", "zip=zipcode"],
            &["drillcore", "query", "q.json", "--param", "tenant"],
            &["drillcore", "query", "q.json", "--format", "pdf"],
            &["drillcore", "define", "formula", "late_share", "COUNTR()"],
            &["drillcore", "undefine", "column", "flights"],
            &["drillcore", "versions"],
            &["drillcore", "restore", "flights"],
            &["drillcore", "restore", "flights", "0"],
            &["drillcore", "compact"],
            &["drillcore", "compact", "flights", "--all"],
            &["drillcore", "vacuum", "flights"],
        ] {
            assert!(Cli::try_parse_from(line).is_err(), "{line:?}");
        }
    }
}
