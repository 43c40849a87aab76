//! `drillcore verify`: whether everything that is kept is as it was written.

use std::path::Path;

use clap::{Args, ValueEnum};
use drillcore::VerifyReport;

use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore verify
  drillcore verify --format json > report.json || echo damaged";

/// Reads everything that the store keeps, of all versions, and checks it against its digests.
///
/// Disturbs nobody, and changes nothing. The exit code is 1 if something is damaged; each damaged file has a line.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct VerifyArgs {
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// Checks the store, and fails if something is wrong.
pub(crate) async fn run(dir: &Path, args: &VerifyArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    let report = Box::pin(engine.verify()).await?;
    output::answer(&match args.format {
        Format::Table => lines(&report),
        Format::Json => serde_json::to_string_pretty(&report)
            .map_err(|error| Failure::new(format!("the report cannot be written as JSON: {error}")))?,
    })?;
    judged(report.damage.len())
}

fn lines(report: &VerifyReport) -> String {
    let damage = report.damage.iter().map(|damage| format!("\n{damage}"));
    format!("{report}{}", damage.collect::<String>())
}

/// What becomes of the command.
fn judged(damaged: usize) -> Outcome {
    let what = match damaged {
        0 => return Ok(()),
        1 => "1 file".to_owned(),
        several => format!("{several} files"),
    };
    Err(Failure::new(format!("{what} of the store cannot be read as written"))
        .hint("put back what a backup holds of them")
        .hint("or go back to a version that does not need them: `drillcore versions`, `drillcore restore`")
        .hint("or read the dataset anew from its source"))
}

#[cfg(test)]
mod tests {
    use drillcore::{Engine, PushMode, Rows};

    use super::{judged, lines};

    #[test]
    fn a_sound_store_has_one_line_and_damage_fails() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let report = runtime.block_on(async {
            let engine = Engine::in_memory().unwrap();
            let rows = Rows::new(["note"], vec![vec!["a".into()]]);
            engine.push("notes", PushMode::Create, rows).await.unwrap();
            engine.verify().await.unwrap()
        });
        let text = lines(&report);
        assert!(text.starts_with("2 versions, 1 file, 1 row, ") && text.ends_with(", all as it was written"), "{text}");
        assert_eq!(text.lines().count(), 1);
        assert!(judged(report.damage.len()).is_ok());
        assert!(judged(1).unwrap_err().render().starts_with("error: 1 file of the store cannot be read as written\n"));
        assert!(judged(3).unwrap_err().render().starts_with("error: 3 files of the store cannot be read as written\n"));
    }
}
