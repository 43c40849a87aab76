//! `drillcore demo`: five tables become a dashboard, asked from the files and from caches of them; then a source
//! changes, and its cache follows.

mod board;
mod charts;
mod data;
mod delta;
mod report;
mod tiles;
mod view;

use std::path::{Path, PathBuf};

use clap::Args;
use drillcore::{Engine, Query, Scope, count};

use self::board::Board;
use self::data::{FLIGHTS, TABLES};
use crate::failure::{Failure, Outcome};
use crate::{output, progress, store};

const EXAMPLES: &str = "\
Examples:
  drillcore demo
  drillcore demo --keep
  drillcore demo --data ~/drillcore/data/nycflights13 --store /tmp/demo-store

The store is left for more questions:
  drillcore describe
  drillcore query data/queries/top_routes.json";

/// Shows what drillcore does, with every flight that left New York in 2013.
///
/// Imports five tables, links them, and answers a dashboard from the files; then fills caches and answers it again
/// from those. Prints the answers, how long each took both ways, and whether both ways agree. Then new, corrected and
/// cancelled flights come into a source in memory, and its cache takes over what has changed.
///
/// The datasets airlines, airports, planes, weather and flights of the store are made anew, with their caches, so that
/// the demo can be run again. Other datasets are left alone.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct DemoArgs {
    /// The folder of the tables.
    #[arg(long, value_name = "DIR", default_value = "data/nycflights13")]
    data: PathBuf,
    /// Keep the datasets and caches of an earlier demo where they are complete, and answer from them.
    #[arg(long)]
    keep: bool,
}

/// Runs the demo.
pub(crate) async fn run(dir: &Path, args: &DemoArgs) -> Outcome {
    let folder = data::folder(&args.data)?;
    let engine = store::opened(dir).await?;
    let kept = args.keep && is_complete(&engine).await?;
    if args.keep && !kept {
        output::note("there is no complete demo in the store to keep, so it is made anew");
    }
    if !kept {
        import(&engine, &folder).await?;
    }
    let bar = progress::steps(if kept { "caches" } else { "files" }, tiles::COUNT);
    let mut board = Board::new(&engine, bar.clone());
    let asked = tiles::ask_all(&mut board).await;
    bar.finish_and_clear();
    asked?;
    if !kept {
        synced(&engine, &folder).await?;
        let bar = progress::steps("caches", tiles::COUNT);
        let asked = board.ask_again(&bar).await;
        bar.finish_and_clear();
        asked?;
    }
    for tile in &board.tiles {
        output::answer(&report::tile(tile))?;
    }
    output::answer(&report::comparison(&board.tiles))?;
    output::answer(&Box::pin(delta::told(&FLIGHTS.path(&folder))).await?)?;
    next(dir);
    Ok(())
}

/// Whether every table is there with its cache, and every link.
async fn is_complete(engine: &Engine) -> Outcome<bool> {
    let known = Box::pin(engine.datasets()).await?;
    for table in TABLES {
        let is_known = known.iter().any(|name| name == table.name);
        if !is_known || Box::pin(engine.describe(table.name)).await?.snapshot.is_none() {
            return Ok(false);
        }
    }
    let links = Box::pin(engine.describe("flights")).await?.links;
    Ok(data::links().iter().all(|link| links.contains(link)))
}

/// Makes the datasets and links, in the place of those of an earlier demo.
async fn import(engine: &Engine, folder: &Path) -> Outcome {
    output::answer(&report::heading(&format!("Tables in {}", folder.display())))?;
    for table in TABLES {
        Box::pin(engine.replace(table.dataset(folder))).await.map_err(|error| {
            Failure::from(error).hint("name a new folder with --store DIR to leave this store as it is")
        })?;
        let found = Box::pin(engine.describe(table.name)).await?;
        output::answer(&report::table(table.file, table.bytes(folder), &found))?;
    }
    output::answer(&report::heading("Links"))?;
    let known = Box::pin(engine.describe("flights")).await?.links;
    for link in data::links() {
        let keys: Vec<String> = link.on.iter().map(|(from, to)| format!("{from} = {}.{to}", link.to)).collect();
        let line = format!("{:<15} {} finds {} by {}", link.name, link.from, link.to, keys.join(" and "));
        if known.iter().any(|known| known.name == link.name) {
            Box::pin(engine.unlink(&link.from, &link.name)).await?;
        }
        Box::pin(engine.link(link)).await?;
        output::answer(&line)?;
    }
    Ok(())
}

/// Fills the caches, a line each.
async fn synced(engine: &Engine, folder: &Path) -> Outcome {
    output::answer(&report::heading("Caches"))?;
    for table in TABLES {
        Box::pin(engine.accelerate(table.name, table.acceleration())).await?;
        let bar = progress::rows(table.name, rows(engine, table.name).await);
        let shown = bar.clone();
        let report = Box::pin(engine.sync_with(table.name, move |progress| shown.set_position(progress.rows))).await;
        bar.finish_and_clear();
        let report = report?;
        let (before, after) = (progress::bytes(table.bytes(folder)), progress::bytes(report.bytes));
        output::answer(&format!("{:<10} {report}, {before} -> {after}", table.name))?;
    }
    Ok(())
}

/// How many rows a table has, for its bar.
async fn rows(engine: &Engine, name: &str) -> Option<u64> {
    let query = Query::on(name).measure(count());
    let answer = Box::pin(engine.query(&query, &Scope::unrestricted())).await.ok()?;
    answer.cell(0, 0)?.to_string().parse().ok()
}

fn next(dir: &Path) {
    let store = if dir == Path::new("drillcore-store") { String::new() } else { format!(" --store {}", dir.display()) };
    output::note(&format!(
        "\nnext: drillcore query data/queries/top_routes.json{store} (there are also by_month_and_carrier, rainy_days, \
         late_destinations, rows and dashboard)"
    ));
}
