//! The last chapter: a source that changes while its cache is kept by deltas. What the cache answers is compared with
//! what the source answers after every change.

mod rows;
mod shown;
mod source;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use drillcore::{
    Acceleration, Dataset, Engine, Level, Query, QueryResult, Scope, SyncReport, VersionInfo, average, column, count,
    level, sum,
};
use indicatif::ProgressBar;

use self::rows::States;
use self::source::ChangingSource;
use super::tiles::ZONE;
use crate::failure::{Failure, Outcome};
use crate::progress;

/// The dataset that is kept by deltas.
const CACHE: &str = "flights";
/// A dataset over the same source that reads it anew for every question.
const SOURCE: &str = "source";
/// How many steps [`play`] has.
const STEPS: u64 = 4;

/// What happened.
#[derive(Debug)]
struct Chapter {
    /// The syncs, each with what was there to be read.
    syncs: Vec<(&'static str, SyncReport)>,
    /// November in the first version and in the newest.
    november: [QueryResult; 2],
    /// The newest version before and after compaction.
    compacted: [VersionInfo; 2],
}

/// Plays the chapter with the flights of a Parquet file, and tells it.
pub(super) async fn told(file: &Path) -> Outcome<String> {
    let states = rows::read(file)?;
    let bar = progress::steps("changes", STEPS);
    let played = Box::pin(play(states, &bar)).await;
    bar.finish_and_clear();
    Ok(shown::chapter(&played?))
}

async fn play(states: States, bar: &ProgressBar) -> Outcome<Chapter> {
    let stage = Stage::new(ChangingSource::new(states.to_november), bar.clone()).await?;
    let first = stage.sync("everything").await?;
    stage.compare().await?;
    let november_then = stage.ask(&november(SOURCE)).await?;

    stage.source.show(states.to_december);
    let second = stage.sync("December and changes").await?;
    stage.compare().await?;
    let third = stage.sync("nothing new").await?;

    let in_first = stage.ask(&november(CACHE).at_version(first.1.version)).await?;
    if in_first.data_json() != november_then.data_json() {
        return Err(wrong("has another answer in its first version than the source had then"));
    }
    let now = stage.ask(&november(CACHE)).await?;
    let compacted = stage.compact().await?;
    stage.compare().await?;
    Ok(Chapter { syncs: vec![first, second, third], november: [in_first, now], compacted })
}

/// The source, and an engine of its own that knows it. It keeps everything in memory, because nobody can ask later for
/// rows of a source that ends with its process.
#[derive(Debug)]
struct Stage {
    engine: Engine,
    source: Arc<ChangingSource>,
    scope: Scope,
    bar: ProgressBar,
}

impl Stage {
    async fn new(source: ChangingSource, bar: ProgressBar) -> Outcome<Self> {
        let (engine, source) = (Engine::in_memory()?, Arc::new(source));
        for name in [CACHE, SOURCE] {
            let dataset = Dataset::from_source(name, Arc::<ChangingSource>::clone(&source));
            Box::pin(engine.create(dataset)).await?;
        }
        let acceleration = Acceleration::delta("time_hour").key(["id"]);
        let acceleration = acceleration.insert_update_delete("updated_at", "cancelled_at").cluster_by(["time_hour"]);
        Box::pin(engine.accelerate(CACHE, acceleration)).await?;
        Ok(Self { engine, source, scope: Scope::unrestricted(), bar })
    }

    async fn sync(&self, what: &'static str) -> Outcome<(&'static str, SyncReport)> {
        self.bar.set_message(what);
        let report = Box::pin(self.engine.sync(CACHE)).await?;
        self.bar.inc(1);
        Ok((what, report))
    }

    async fn ask(&self, query: &Query) -> Outcome<QueryResult> {
        Ok(Box::pin(self.engine.query(query, &self.scope)).await?)
    }

    /// The cache must have the answers that the source has now.
    async fn compare(&self) -> Outcome {
        for ((what, of_cache), (_, of_source)) in questions(CACHE).into_iter().zip(questions(SOURCE)) {
            let kept = self.ask(&of_cache).await?;
            // The source still has the rows that it says are deleted.
            let fresh = self.ask(&of_source.filter(column("cancelled_at").is_null())).await?;
            if kept.provenance().path != drillcore::Path::Snapshot {
                return Err(wrong(&format!("was not asked {what}, although it is filled")));
            }
            if kept.data_json() != fresh.data_json() {
                return Err(wrong(&format!("has another answer {what} than the source")));
            }
        }
        Ok(())
    }

    /// The newest version before compaction and after it.
    async fn compact(&self) -> Outcome<[VersionInfo; 2]> {
        self.bar.set_message("compaction");
        let before = self.newest().await?;
        Box::pin(self.engine.compact_all(CACHE)).await?;
        self.bar.inc(1);
        Ok([before, self.newest().await?])
    }

    async fn newest(&self) -> Outcome<VersionInfo> {
        let newest = Box::pin(self.engine.versions(CACHE)).await?.pop();
        newest.ok_or_else(|| wrong("has no version, although it is filled"))
    }
}

/// What both are asked, with words for it.
fn questions(dataset: &str) -> Vec<(&'static str, Query)> {
    let in_total = Query::on(dataset)
        .measure(count().named("flights"))
        .measure(average("arr_delay").named("delay"))
        .measure(sum("distance").named("miles"));
    let by_month = in_total.clone().dimension(level("time_hour", Level::Month).named("month")).timezone(ZONE);
    let by_airline = in_total.clone().dimension(column("carrier").named("airline"));
    vec![("by month", by_month), ("by airline", by_airline), ("in total", in_total)]
}

fn november(dataset: &str) -> Query {
    Query::on(dataset)
        .measure(count().named("flights"))
        .measure(average("arr_delay").named("minutes late on average"))
        .filter(column("month").equals(11))
}

fn wrong(what: &str) -> Failure {
    Failure::new(format!("the cache of a source that changes {what}"))
        .hint("this is a fault of drillcore: please report it")
}
