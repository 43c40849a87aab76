//! The same batches in an engine and in a session of plain DataFusion.

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use drillcore::{Dataset, Engine, Link, Query, Scope};

use crate::Result;

/// Two engines that hold the same tables, each table as one stream of batches in memory.
pub struct Sides {
    engine: Engine,
    scope: Scope,
    /// Plain DataFusion with its default settings.
    pub session: SessionContext,
}

impl Sides {
    /// Both engines with so many threads. The links are for the one that knows links.
    pub async fn new(threads: usize, tables: &[(&str, &[RecordBatch])], links: Vec<Link>) -> Result<Self> {
        let engine = Engine::builder().threads(threads).in_memory()?;
        let session = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(threads));
        for (name, batches) in tables {
            let schema = batches.first().ok_or("a table has no batch")?.schema();
            engine.create(Dataset::batches(*name, batches.to_vec())).await?;
            session.register_table(*name, Arc::new(MemTable::try_new(schema, vec![batches.to_vec()])?))?;
        }
        for link in links {
            engine.link(link).await?;
        }
        Ok(Self { engine, scope: Scope::unrestricted(), session })
    }

    /// The engine's answer.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub async fn ask(&self, query: &Query) -> Vec<RecordBatch> {
        self.engine.query(query, &self.scope).await.expect("an answer").batches().to_vec()
    }

    /// DataFusion's answer, planned anew as the engine's is.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub async fn collect(&self, frame: &DataFrame) -> Vec<RecordBatch> {
        frame.clone().collect().await.expect("an answer")
    }
}
