//! `drillcore accelerate`: says that a dataset shall have a cache, and how syncs keep it.

use std::path::Path;
use std::time::Duration;

use clap::{Args, ValueEnum};
use drillcore::{Acceleration, Audit, Level, LoadType, NullKeys, SchemaChange, Upkeep};

use super::length::length;
use crate::failure::Outcome;
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore accelerate airlines
  drillcore accelerate flights --cluster-by time_hour
  drillcore accelerate events --delta --created-at seen_at --overlap 15m
  drillcore accelerate orders --full-every 7 --created-at created --updated-at changed --key id --reconcile-every 24
  drillcore sync flights";

/// Says that a dataset shall have a cache; `sync` then fills it.
///
/// The cache is a snapshot in Parquet inside the store. Unless --delta or --full-every is given, every sync reads the
/// whole source and replaces the snapshot. With them it reads what has changed: rows are only ever added, unless
/// --updated-at says when they were changed and --deleted-at when they were deleted. Queries that run meanwhile are not
/// disturbed. Nothing is read before the first sync.
///
/// Lengths of time are whole numbers with a unit: 90s, 15m, 6h, 7d, 2w.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct AccelerateArgs {
    /// The dataset.
    name: String,
    /// Read only what has changed since the last sync; the first one reads everything.
    #[arg(long, requires = "created_at")]
    delta: bool,
    /// As --delta, but let one sync in so many read everything.
    #[arg(long, value_name = "SYNCS", requires = "created_at", conflicts_with = "delta")]
    full_every: Option<u32>,
    /// The columns that tell a row from all others.
    #[arg(long, value_name = "COLUMN,..", value_delimiter = ',')]
    key: Vec<String>,
    /// The column that says when a row was made.
    #[arg(long, value_name = "COLUMN")]
    created_at: Option<String>,
    /// The column that says when a row was last changed; rows are then told apart by their key.
    #[arg(long, value_name = "COLUMN", requires = "key")]
    updated_at: Option<String>,
    /// The column that says when a row was deleted.
    #[arg(long, value_name = "COLUMN", requires = "updated_at")]
    deleted_at: Option<String>,
    /// How far before the newest row known a delta begins to read.
    #[arg(long, value_name = "TIME", value_parser = length)]
    overlap: Option<Duration>,
    /// Leave rows of the latest such time to a later sync.
    #[arg(long, value_name = "TIME", value_parser = length)]
    lag: Option<Duration>,
    /// How far the clock of the source may be ahead; 5m unless given.
    #[arg(long, value_name = "TIME", value_parser = length)]
    clock_tolerance: Option<Duration>,
    /// Catch up in pieces of this length, each committed.
    #[arg(long, value_name = "TIME", value_parser = length)]
    max_sync_period: Option<Duration>,
    /// Neither fetch nor keep rows that were made longer ago.
    #[arg(long, value_name = "TIME", value_parser = length, requires = "created_at")]
    retention: Option<Duration>,
    /// What happens to rows with NULL in the key.
    #[arg(long, value_enum, default_value = "reject")]
    null_keys: NullKeysArg,
    /// What happens when the source has other columns than before.
    #[arg(long, value_enum, default_value = "fail")]
    on_schema_change: SchemaChangeArg,
    /// Once in so many syncs, delete the rows whose key the source no longer has.
    #[arg(long, value_name = "SYNCS", requires = "key")]
    reconcile_every: Option<u32>,
    /// Compare source and cache by year, quarter, month, week or day at every delta: the number of rows and, behind a
    /// colon, the values of a column.
    #[arg(long, value_name = "LEVEL[:COLUMN]", value_parser = audit, requires = "created_at")]
    audit: Option<Audit>,
    /// Let syncs leave small files and deleted rows to `drillcore compact`.
    #[arg(long)]
    manual_upkeep: bool,
    /// Sort the cache by these columns, so that filters on them read little.
    #[arg(long, value_name = "COLUMN,..", value_delimiter = ',')]
    cluster_by: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NullKeysArg {
    /// The sync fails.
    Reject,
    /// They are left out.
    Drop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SchemaChangeArg {
    /// The sync fails and names them.
    Fail,
    /// New columns and wider types are taken over.
    AddColumns,
    /// Everything is read anew with the columns that there are.
    FullReload,
}

/// `month` or `month:amount`.
fn audit(text: &str) -> Result<Audit, String> {
    let (level, measure) = match text.split_once(':') {
        Some((level, measure)) => (level, Some(measure)),
        None => (text, None),
    };
    let calendar = |level: &Level| level.is_calendar();
    let found = Level::from_name(level).filter(calendar).ok_or_else(|| {
        let names: Vec<&str> = Level::ALL.iter().filter(|level| calendar(level)).map(|level| level.name()).collect();
        format!("there is no such period `{level}`; the periods are {}", names.join(", "))
    })?;
    let audit = Audit::by(found);
    Ok(match measure {
        Some("") => return Err("there is no column behind the `:`".to_owned()),
        Some(measure) => audit.measure(measure),
        None => audit,
    })
}

impl AccelerateArgs {
    fn acceleration(&self) -> Acceleration {
        let mut given = Acceleration::full().key(&self.key).cluster_by(&self.cluster_by);
        if self.delta {
            given.load_type = LoadType::Delta;
        }
        if let Some(every) = self.full_every {
            given.load_type = LoadType::FullDelta { every };
        }
        given.created_at.clone_from(&self.created_at);
        given = match (&self.updated_at, &self.deleted_at) {
            (Some(updated), Some(deleted)) => given.insert_update_delete(updated, deleted),
            (Some(updated), None) => given.insert_update(updated),
            (None, _) => given.insert(),
        };
        given.overlap = self.overlap.unwrap_or(given.overlap);
        given.lag = self.lag.unwrap_or(given.lag);
        given.clock_tolerance = self.clock_tolerance.unwrap_or(given.clock_tolerance);
        (given.max_sync_period, given.retention) = (self.max_sync_period, self.retention);
        (given.reconcile_every, given.audit) = (self.reconcile_every, self.audit.clone());
        given.null_keys = match self.null_keys {
            NullKeysArg::Reject => NullKeys::Reject,
            NullKeysArg::Drop => NullKeys::Drop,
        };
        given.on_schema_change = match self.on_schema_change {
            SchemaChangeArg::Fail => SchemaChange::Fail,
            SchemaChangeArg::AddColumns => SchemaChange::AddColumns,
            SchemaChangeArg::FullReload => SchemaChange::FullReload,
        };
        given.upkeep(if self.manual_upkeep { Upkeep::Manual } else { Upkeep::Inline })
    }

    /// What syncs do, in a few words.
    fn describe(&self) -> String {
        let what = match (self.delta, self.full_every) {
            (_, Some(every)) => format!("changes, and everything once in {every} syncs"),
            (true, None) => "changes".to_owned(),
            (false, None) => "a full snapshot".to_owned(),
        };
        if self.cluster_by.is_empty() { what } else { format!("{what}, sorted by {}", self.cluster_by.join(", ")) }
    }
}

/// Keeps the acceleration in the catalog.
pub(crate) async fn run(dir: &Path, args: &AccelerateArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    Box::pin(engine.accelerate(&args.name, args.acceleration())).await?;
    output::note(&format!("{}: {}; fill it with `drillcore sync {}`", args.name, args.describe(), args.name));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;
    use drillcore::{Acceleration, Audit, Level, NullKeys, SchemaChange, Upkeep};

    use super::AccelerateArgs;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: AccelerateArgs,
    }

    fn parse(line: &str) -> Option<AccelerateArgs> {
        Line::try_parse_from(["accelerate", "orders"].into_iter().chain(line.split_whitespace()))
            .ok()
            .map(|line| line.args)
    }

    #[test]
    fn options_are_settings() {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        for (line, expected) in [
            ("", Acceleration::full()),
            ("--cluster-by a,b", Acceleration::full().cluster_by(["a", "b"])),
            (
                "--delta --created-at made --overlap 15m --lag 1m --max-sync-period 1d",
                Acceleration::delta("made").overlap(minutes(15)).lag(minutes(1)).max_sync_period(minutes(24 * 60)),
            ),
            (
                "--full-every 7 --created-at made --updated-at changed --key id,line --null-keys drop",
                Acceleration::full_delta(7, "made")
                    .key(["id", "line"])
                    .insert_update("changed")
                    .null_keys(NullKeys::Drop),
            ),
            (
                "--delta --created-at m --updated-at c --deleted-at g --key id --reconcile-every 9 --clock-tolerance 0s",
                Acceleration::delta("m")
                    .key(["id"])
                    .insert_update_delete("c", "g")
                    .reconcile_every(9)
                    .clock_tolerance(minutes(0)),
            ),
            (
                "--delta --created-at m --audit month:paid --retention 30d --on-schema-change add-columns --manual-upkeep",
                Acceleration::delta("m")
                    .audit(Audit::by(Level::Month).measure("paid"))
                    .retention(minutes(30 * 24 * 60))
                    .on_schema_change(SchemaChange::AddColumns)
                    .upkeep(Upkeep::Manual),
            ),
        ] {
            assert_eq!(parse(line).map(|args| args.acceleration()), Some(expected), "{line}");
        }
    }

    #[test]
    fn options_that_need_others_are_refused_without_them() {
        for line in [
            "--delta",
            "--full-every 7",
            "--delta --full-every 7 --created-at made",
            "--updated-at changed",
            "--deleted-at gone --key id",
            "--audit month",
            "--delta --created-at made --audit hour",
            "--delta --created-at made --audit month:",
            "--delta --created-at made --overlap 5",
            "--reconcile-every 3",
            "--null-keys keep",
        ] {
            assert!(parse(line).is_none(), "{line}");
        }
    }

    #[test]
    fn what_syncs_do_is_said_in_a_few_words() {
        let said = |line: &str| parse(line).map(|args| args.describe());
        assert_eq!(said("--cluster-by a,b").as_deref(), Some("a full snapshot, sorted by a, b"));
        let line = "--full-every 7 --created-at made";
        assert_eq!(said(line).as_deref(), Some("changes, and everything once in 7 syncs"));
    }
}
