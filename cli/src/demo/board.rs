//! The dashboard as it is asked: each tile from the files first, then again from the caches.

use std::time::{Duration, Instant};

use drillcore::{Engine, Path, Query, QueryResult, Scope};
use indicatif::ProgressBar;

use super::view::View;
use crate::failure::{Failure, Outcome};

/// Measured runs of each tile, after one that is not measured.
pub(super) const RUNS: usize = 5;
/// Time after which a slow tile is not run again.
const PATIENCE: Duration = Duration::from_secs(1);

/// One question of the dashboard.
#[derive(Debug)]
pub(super) struct Tile {
    pub(super) title: String,
    pub(super) view: View,
    pub(super) query: Query,
    /// The newest answer.
    pub(super) answer: QueryResult,
    /// The median time of an answer that read the files.
    pub(super) from_files: Option<Duration>,
    /// The median time of an answer that read only caches.
    pub(super) from_caches: Option<Duration>,
}

/// The tiles asked so far.
#[derive(Debug)]
pub(super) struct Board<'a> {
    engine: &'a Engine,
    scope: Scope,
    progress: ProgressBar,
    pub(super) tiles: Vec<Tile>,
}

impl<'a> Board<'a> {
    pub(super) fn new(engine: &'a Engine, progress: ProgressBar) -> Self {
        Self { engine, scope: Scope::unrestricted(), progress, tiles: Vec::new() }
    }

    /// Asks a new tile. The answer is handed back too, for tiles that go on from it.
    pub(super) async fn ask(&mut self, title: impl Into<String>, view: View, query: Query) -> Outcome<QueryResult> {
        let title = title.into();
        self.progress.set_message(title.clone());
        let (answer, time) = self.timed(&query).await?;
        self.progress.inc(1);
        let cached = answer.provenance().path == Path::Snapshot;
        let (from_files, from_caches) = if cached { (None, Some(time)) } else { (Some(time), None) };
        self.tiles.push(Tile { title, view, query, answer: answer.clone(), from_files, from_caches });
        Ok(answer)
    }

    /// Asks every tile again, now that there are caches. They must give the same answers.
    pub(super) async fn ask_again(&mut self, progress: &ProgressBar) -> Outcome {
        let mut tiles = std::mem::take(&mut self.tiles);
        for tile in &mut tiles {
            progress.set_message(tile.title.clone());
            let (answer, time) = self.timed(&tile.query).await?;
            progress.inc(1);
            if answer.provenance().path != Path::Snapshot {
                return Err(wrong(&tile.title, "was not answered from the caches, although all are filled"));
            }
            if answer.data_json() != tile.answer.data_json() {
                return Err(wrong(&tile.title, "has one answer from the files and another from the caches"));
            }
            tile.answer = answer;
            tile.from_caches = Some(time);
        }
        self.tiles = tiles;
        Ok(())
    }

    async fn timed(&self, query: &Query) -> Outcome<(QueryResult, Duration)> {
        let begin = Instant::now();
        let mut answer = Box::pin(self.engine.query(query, &self.scope)).await?;
        let mut times = Vec::with_capacity(RUNS);
        while times.len() < RUNS && (times.is_empty() || begin.elapsed() < PATIENCE) {
            let start = Instant::now();
            answer = Box::pin(self.engine.query(query, &self.scope)).await?;
            times.push(start.elapsed());
        }
        Ok((answer, median(times)))
    }
}

fn wrong(tile: &str, what: &str) -> Failure {
    Failure::new(format!("tile `{tile}` {what}")).hint("this is a fault of drillcore: please report it")
}

/// The middle one; of two in the middle the longer.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::median;

    #[test]
    fn a_slow_outlier_does_not_move_the_median() {
        let times = |millis: &[u64]| millis.iter().copied().map(Duration::from_millis).collect();
        assert_eq!(median(times(&[900, 5, 4, 6, 7])), Duration::from_millis(6));
        assert_eq!(median(times(&[3, 9])), Duration::from_millis(9));
        assert_eq!(median(Vec::new()), Duration::ZERO);
    }
}
