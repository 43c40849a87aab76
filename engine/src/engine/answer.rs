//! Answering: equal queries that run at the same time are computed once; each asker gets an answer of their own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::Inner;
use super::query::{Computed, Facts, Prepared, compute};
use super::tables::{Route, Routes};
use crate::error::Result;
use crate::execute::{Session, within};
use crate::finish;
use crate::query::Query;
use crate::resolve::ResolvedQuery;
use crate::result::{Performance, QueryResult};
use crate::scope::Scope;

/// What makes two computations give the same rows: the query with everything fixed, the filters of the scope among it,
/// and the versions that are read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FlightKey {
    query: Arc<ResolvedQuery>,
    versions: BTreeMap<String, (Uuid, u64)>,
    /// A source may change from one reading to the next, so only the queries of one call take what it gives for the
    /// same.
    call: Option<Uuid>,
}

impl FlightKey {
    /// None where the computation is for this asker alone: a dataset is read from its source, outside a batch.
    fn new(facts: &Facts, call: Option<Uuid>) -> Option<Self> {
        let mut versions = BTreeMap::new();
        let mut sources = false;
        for (dataset, route) in &facts.routes {
            match route {
                Route::Snapshot { pinned, .. } => {
                    versions.insert(dataset.clone(), (pinned.dataset(), pinned.version()));
                }
                Route::Source { .. } => sources = true,
            }
        }
        let call = if sources { Some(call?) } else { None };
        Some(Self { query: Arc::clone(&facts.resolved), versions, call })
    }
}

/// Who asks, and since when.
pub(super) struct Asker<'a> {
    pub(super) query: &'a Query,
    pub(super) scope: &'a Scope,
    /// How long it took to prepare the query.
    pub(super) preparing: Duration,
    /// The batch that the query belongs to.
    pub(super) call: Option<Uuid>,
}

impl Inner {
    /// Answers one query within its limit of time.
    pub(super) async fn answer(
        self: &Arc<Self>,
        query: &Query,
        scope: &Scope,
        session: &Session,
    ) -> Result<QueryResult> {
        let limit = query.options.timeout_ms.map(Duration::from_millis);
        let work = async {
            let started = Instant::now();
            let prepared = Box::pin(self.prepare(query, scope, &mut Routes::new())).await?;
            let asker = Asker { query, scope, preparing: started.elapsed(), call: None };
            Box::pin(self.answer_prepared(&asker, prepared, session)).await
        };
        Box::pin(within(limit, work)).await
    }

    /// Computes a prepared query, or waits for somebody else who computes the same, and puts the answer together.
    pub(super) async fn answer_prepared(
        self: &Arc<Self>,
        asker: &Asker<'_>,
        prepared: Prepared,
        session: &Session,
    ) -> Result<QueryResult> {
        let started = Instant::now();
        let Prepared { facts, tables } = prepared;
        let (resolved, session) = (Arc::clone(&facts.resolved), session.clone());
        let work = async move { Box::pin(compute(&resolved, tables, &session)).await.map(Arc::new) };
        let computed = match FlightKey::new(&facts, asker.call) {
            Some(key) => self.flights.run(key, work).await?,
            None => work.await?,
        };
        let querying = started.elapsed();
        let Computed { mut columns, batches, totals, remainder, total_rows, rows_scanned } =
            Arc::unwrap_or_clone(computed);
        finish::describe_bins(&facts.resolved, &batches, &mut columns)?;
        let provenance = self.provenance(asker.query, asker.scope, &facts, rows_scanned);
        let performance = Performance {
            preparing_ms: millis(asker.preparing),
            querying_ms: millis(querying),
            ..Performance::default()
        };
        let name = asker.query.name.clone();
        let result = QueryResult::new(columns, batches, provenance, performance, Uuid::new_v4(), name)?;
        result.completed(remainder, totals, total_rows)
    }
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
