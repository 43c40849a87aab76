//! Several queries in one call: they see the same versions of everything, read the same tables together, and come back
//! as each is done.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt as _};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::answer::Asker;
use super::query::Prepared;
use super::tables::{Route, Routes};
use super::{Engine, Inner};
use crate::error::{Error, Result};
use crate::execute::{AbortOnDrop, Session, within, within_rest};
use crate::plan::base_columns;
use crate::query::{Query, QueryBatch};
use crate::result::QueryResult;
use crate::scope::Scope;
use crate::shared::{Candidate, Group, share, tables};

impl Engine {
    /// Answers the queries of one document, each on its own: a failed one stands as an error in its place, and the
    /// answers stand in the order of the queries. See [`Engine::query_batch_stream`].
    pub async fn query_batch(&self, batch: &QueryBatch, scope: &Scope) -> Vec<Result<QueryResult>> {
        let mut stream = self.query_batch_stream(batch, scope);
        let mut answers = Vec::with_capacity(batch.queries.len());
        while let Some(answer) = stream.next().await {
            answers.push(answer);
        }
        answers.sort_by_key(|(index, _)| *index);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    /// The answers to the queries of one document as each is done, with its place in the document. Every query is
    /// answered exactly once; a failed one with an error.
    ///
    /// The work starts at once, on the engine's threads, and stops when the stream is dropped. All queries see the same
    /// versions of the datasets. Queries over the same table share the reading of it where that pays, and equal queries
    /// are computed once; the answers are those that the queries have alone. Of a shared reading each answer's
    /// [`rows_scanned`](crate::Provenance::rows_scanned) counts the rows that were handed to its query.
    ///
    /// ```
    /// use drillcore::{Engine, PushMode, Query, QueryBatch, Rows, Scope, column, count, sum};
    /// use futures::StreamExt as _;
    ///
    /// # async fn example() -> Result<(), drillcore::Error> {
    /// # let engine = Engine::in_memory()?;
    /// let rows = Rows::new(["city", "sales"], vec![vec!["Ghent".into(), 3.into()], vec!["Bruges".into(), 4.into()]]);
    /// engine.push("sales", PushMode::Create, rows).await?;
    /// let total = Query::on("sales").measure(sum("sales"));
    /// let by_city = Query::on("sales").dimension(column("city")).measure(count());
    /// let mut answers = engine.query_batch_stream(&QueryBatch::new([total, by_city]), &Scope::unrestricted());
    /// while let Some((index, answer)) = answers.next().await {
    ///     assert_eq!(answer?.num_rows(), index + 1);
    /// }
    /// # Ok(()) }
    /// # futures::executor::block_on(example()).unwrap();
    /// ```
    #[must_use]
    pub fn query_batch_stream(&self, batch: &QueryBatch, scope: &Scope) -> BatchAnswers {
        let (answers, received) = mpsc::unbounded_channel();
        let (inner, queries, scope) = (Arc::clone(&self.inner), batch.queries.clone(), Arc::new(scope.clone()));
        let missing = (0..queries.len()).collect();
        let work = async move { Box::pin(inner.answer_batch(queries, &scope, &answers)).await };
        // If the engine has stopped nothing is received, and each query is answered by an error.
        let work = self.inner.executor.start(work).ok();
        BatchAnswers { received, missing, _work: work }
    }
}

/// The answers to a batch of queries as they come, each with the place of its query: what
/// [`Engine::query_batch_stream`] returns. Dropping it stops what is not answered yet.
#[derive(Debug)]
pub struct BatchAnswers {
    received: mpsc::UnboundedReceiver<Answer>,
    /// The queries that are not answered yet.
    missing: BTreeSet<usize>,
    _work: Option<AbortOnDrop<()>>,
}

type Answer = (usize, Result<QueryResult>);

impl Stream for BatchAnswers {
    type Item = Answer;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Answer>> {
        let this = self.get_mut();
        match this.received.poll_recv(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some((index, answer))) => {
                this.missing.remove(&index);
                Poll::Ready(Some((index, answer)))
            }
            // Whoever had to answer the rest has gone.
            Poll::Ready(None) => Poll::Ready(this.missing.pop_first().map(|index| {
                let error = Error::internal("the query ended without an answer; please report it");
                (index, Err(placed(error, index)))
            })),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.missing.len(), Some(self.missing.len()))
    }
}

fn placed(error: Error, index: usize) -> Error {
    error.within(&format!("/queries/{index}"))
}

/// A query of a batch that is ready to run.
struct Tile {
    index: usize,
    query: Query,
    prepared: Prepared,
    preparing: Duration,
}

impl Inner {
    async fn answer_batch(
        self: Arc<Self>,
        queries: Vec<Query>,
        scope: &Arc<Scope>,
        answers: &mpsc::UnboundedSender<Answer>,
    ) {
        let call = Uuid::new_v4();
        let mut pinned = Routes::new();
        let mut tiles = Vec::with_capacity(queries.len());
        for (index, query) in queries.into_iter().enumerate() {
            match Box::pin(self.tile(index, query, scope, &mut pinned)).await {
                Ok(tile) => tiles.push(tile),
                // A stream that is gone has stopped this work too.
                Err(error) => drop(answers.send((index, Err(placed(error, index))))),
            }
        }
        // Queries beside each other keep the threads busy; each of them need not be split as far as it would be alone.
        let threads = self.executor.threads();
        let session = self.executor.session().with_partitions(threads.div_ceil(tiles.len().max(1)));
        let scans = self.executor.session();
        // The queries that share a scan must run beside each other, so what is bounded is the number of such groups.
        let gate = Arc::new(Semaphore::new(threads.max(2)));
        let mut running = JoinSet::new();
        for unit in units(tiles, &scans) {
            let Ok(permit) = Arc::clone(&gate).acquire_owned().await else { break };
            let permit = Arc::new(permit);
            for tile in unit {
                let (inner, scope, session) = (Arc::clone(&self), Arc::clone(scope), session.clone());
                let (permit, answers) = (Arc::clone(&permit), answers.clone());
                running.spawn(async move {
                    let index = tile.index;
                    let answer = Box::pin(inner.answer_tile(tile, &scope, &session, call)).await;
                    drop(permit);
                    drop(answers.send((index, answer.map_err(|error| placed(error, index)))));
                });
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Makes one query ready, with the snapshots that the queries before it have pinned.
    async fn tile(&self, index: usize, query: Query, scope: &Scope, pinned: &mut Routes) -> Result<Tile> {
        let started = Instant::now();
        let limit = query.options.timeout_ms.map(Duration::from_millis);
        let mut routes = pinned.clone();
        let prepared = Box::pin(within(limit, self.prepare(&query, scope, &mut routes))).await;
        // Which earlier version a query goes back to is its own affair.
        pinned.extend(routes.into_iter().filter(|(_, route)| !route.is_past()));
        let mut prepared = prepared?;
        let resolved = Arc::clone(&prepared.facts.resolved);
        let reads = |name: &String| {
            resolved.base.name == *name || resolved.lookups.iter().any(|lookup| lookup.dataset.name == *name)
        };
        prepared.facts.routes.retain(|name, _| reads(name));
        Ok(Tile { index, query, prepared, preparing: started.elapsed() })
    }

    async fn answer_tile(
        self: &Arc<Self>,
        tile: Tile,
        scope: &Scope,
        session: &Session,
        call: Uuid,
    ) -> Result<QueryResult> {
        let Tile { query, prepared, preparing, .. } = tile;
        let limit = query.options.timeout_ms.map(Duration::from_millis);
        let asker = Asker { query: &query, scope, preparing, call: Some(call) };
        let work = self.answer_prepared(&asker, prepared, session);
        Box::pin(within_rest(limit, preparing, work)).await
    }
}

/// The queries as they run: those that share a scan together, with the tables of that scan, and each other on its own.
fn units(tiles: Vec<Tile>, scans: &Session) -> Vec<Vec<Tile>> {
    let candidates: Vec<Candidate> = tiles.iter().map(|tile| candidate(&tile.prepared)).collect();
    let mut tiles: Vec<Option<Tile>> = tiles.into_iter().map(Some).collect();
    let mut units = Vec::new();
    for group in share(&candidates) {
        let mut unit: Vec<Tile> =
            group.members.iter().filter_map(|place| tiles.get_mut(*place).and_then(Option::take)).collect();
        share_tables(&mut unit, &group, scans);
        units.push(unit);
    }
    units.extend(tiles.into_iter().flatten().map(|tile| vec![tile]));
    units
}

/// Puts the tables of a shared scan in the place of the one that all members read.
fn share_tables(unit: &mut [Tile], group: &Group, scans: &Session) {
    let Some(first) = unit.first().map(|tile| &tile.prepared) else { return };
    // A scan that cannot be made is one that each of them finds fault with on its own.
    let Ok(shared) = tables(group, &first.facts.resolved, &first.tables.base, scans) else { return };
    for (tile, table) in unit.iter_mut().zip(shared) {
        tile.prepared.tables.base = table;
    }
}

fn candidate(prepared: &Prepared) -> Candidate {
    let facts = &prepared.facts;
    let base = &facts.resolved.base.name;
    let version = match facts.routes.get(base) {
        Some(Route::Snapshot { pinned, .. }) => Some(pinned.version()),
        _ => None,
    };
    let entry = facts.catalog.datasets.get(base);
    let acceleration = entry.and_then(|entry| entry.acceleration.as_ref()).filter(|_| version.is_some());
    let sorted_by = acceleration.and_then(|acceleration| acceleration.cluster_by.first());
    let candidate = Candidate::new(&facts.resolved, version, sorted_by.map(String::as_str));
    if prepared.tables.rows.is_empty() {
        return candidate;
    }
    candidate.reading(base_columns(&facts.resolved, &prepared.tables))
}
