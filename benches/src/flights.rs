//! The demo's tables in an engine: every flight that left New York in 2013, with what it is linked to.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use drillcore::{Acceleration, Dataset, Engine, Link, Query, QueryResult, Scope, column_in};
use tempfile::TempDir;

use crate::{Result, data};

/// Where the rows of an answer are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The files, as a dataset that is not accelerated.
    Source,
    /// Snapshots in a store on disk.
    Snapshot,
}

impl Place {
    /// Both places.
    pub const ALL: [Self; 2] = [Self::Source, Self::Snapshot];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Snapshot => "snapshot",
        }
    }

    fn is(self, path: drillcore::Path) -> bool {
        match self {
            Self::Source => path == drillcore::Path::Source,
            Self::Snapshot => path == drillcore::Path::Snapshot,
        }
    }
}

/// An engine that answers from one place.
#[derive(Debug)]
pub struct Flights {
    engine: Engine,
    scope: Scope,
    place: Place,
    /// Declared last, so that the engine is gone before its folder.
    _store: TempDir,
}

impl Flights {
    /// The demo's tables and links in a new store in a temporary folder; for [`Place::Snapshot`] synced too.
    pub async fn open(place: Place) -> Result<Self> {
        let store = tempfile::tempdir()?;
        let engine = Engine::open(store.path()).await?;
        for name in ["airlines", "airports", "planes"] {
            let file = data("nycflights13").join(format!("{name}.csv"));
            engine.create(Dataset::csv(name, file).null_text("NA")).await?;
        }
        for name in ["weather", "flights"] {
            let file = data("nycflights13").join(format!("{name}.parquet"));
            engine.create(Dataset::parquet(name, file)).await?;
        }
        for link in links() {
            engine.link(link).await?;
        }
        if place == Place::Snapshot {
            for name in engine.datasets().await? {
                let acceleration = match name.as_str() {
                    "flights" => Acceleration::full().cluster_by(["time_hour"]),
                    _ => Acceleration::full(),
                };
                engine.accelerate(&name, acceleration).await?;
                engine.sync(&name).await?;
            }
        }
        Ok(Self { engine, scope: Scope::unrestricted(), place, _store: store })
    }

    /// The answer to a query.
    ///
    /// # Panics
    ///
    /// If there is none, or if it did not come from the place.
    pub async fn ask(&self, query: &Query) -> QueryResult {
        let answer = self.engine.query(query, &self.scope).await.expect("an answer");
        assert!(self.place.is(answer.provenance().path), "the answer came from another place");
        answer
    }
}

fn links() -> [Link; 5] {
    [
        Link::new("airline").from("flights", ["carrier"]).to("airlines", ["carrier"]),
        Link::new("plane").from("flights", ["tailnum"]).to("planes", ["tailnum"]),
        Link::new("weather").from("flights", ["origin", "time_hour"]).to("weather", ["origin", "time_hour"]),
        Link::new("origin_airport").from("flights", ["origin"]).to("airports", ["faa"]),
        Link::new("dest_airport").from("flights", ["dest"]).to("airports", ["faa"]),
    ]
}

/// All rows of one of the demo's tables, in the types of the engine.
pub async fn rows_of(table: &str, columns: &[&str]) -> Result<Vec<RecordBatch>> {
    let engine = Engine::builder().max_rows(1_000_000).in_memory()?;
    let csv = data("nycflights13").join(format!("{table}.csv"));
    let dataset = if csv.is_file() {
        Dataset::csv(table, csv).null_text("NA")
    } else {
        Dataset::parquet(table, csv.with_extension("parquet"))
    };
    engine.create(dataset).await?;
    let query = Query::on(table).rows();
    let query = columns.iter().fold(query, |query, column| query.dimension(column_in(table, *column).named(*column)));
    let answer = engine.query(&query, &Scope::unrestricted()).await?;
    let named = |batch: &RecordBatch| -> Result<RecordBatch> {
        let fields = columns.iter().zip(batch.columns());
        let fields = fields.map(|(name, values)| Field::new(*name, values.data_type().clone(), true));
        let schema = Schema::new(fields.collect::<Vec<_>>());
        Ok(RecordBatch::try_new(Arc::new(schema), batch.columns().to_vec())?)
    };
    answer.batches().iter().map(named).collect()
}
