//! The engine's side of a test: the one place that knows how datasets are made and queries are asked.

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use drillcore::{
    Acceleration, ColumnSpec, ColumnType, Dataset, Engine, Error, Link, Query, QueryResult, Scope, SyncReport,
};
use futures::executor::block_on;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use crate::cell::Type;
use crate::nyc::nyc_file;
use crate::world::{Table, World};

/// An engine under test, called from threads without a runtime of their own.
#[derive(Debug, Clone)]
pub struct Db {
    engine: Engine,
}

impl From<Engine> for Db {
    fn from(engine: Engine) -> Self {
        Self { engine }
    }
}

impl Db {
    /// An engine on a folder.
    ///
    /// # Errors
    /// What the engine says.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        block_on(Engine::builder().threads(2).open(dir)).map(Self::from)
    }

    /// An engine in memory.
    ///
    /// # Errors
    /// What the engine says.
    pub fn in_memory() -> Result<Self, Error> {
        Engine::builder().threads(2).in_memory().map(Self::from)
    }

    /// The engine itself.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Makes a dataset.
    ///
    /// # Errors
    /// What the engine says.
    pub fn create(&self, dataset: Dataset) -> Result<(), Error> {
        block_on(self.engine.create(dataset))
    }

    /// Makes a link.
    ///
    /// # Errors
    /// What the engine says.
    pub fn link(&self, link: Link) -> Result<(), Error> {
        block_on(self.engine.link(link))
    }

    /// Accelerates a dataset and syncs it.
    ///
    /// # Errors
    /// What the engine says.
    pub fn accelerate(&self, dataset: &str, cluster_by: &[String]) -> Result<SyncReport, Error> {
        block_on(self.engine.accelerate(dataset, Acceleration::full().cluster_by(cluster_by)))?;
        self.sync(dataset)
    }

    /// Syncs a dataset.
    ///
    /// # Errors
    /// What the engine says.
    pub fn sync(&self, dataset: &str) -> Result<SyncReport, Error> {
        block_on(self.engine.sync(dataset))
    }

    /// Asks a query of the whole data.
    ///
    /// # Errors
    /// What the engine says.
    pub fn ask(&self, document: &str) -> Result<QueryResult, Error> {
        self.ask_as(document, &Scope::unrestricted())
    }

    /// Asks a query under a scope.
    ///
    /// # Errors
    /// What the engine says.
    pub fn ask_as(&self, document: &str, scope: &Scope) -> Result<QueryResult, Error> {
        let query = Query::from_json(document)?;
        block_on(self.engine.query(&query, scope))
    }

    /// Makes the links of a world.
    ///
    /// # Errors
    /// What the engine says.
    pub fn link_world(&self, world: &World) -> Result<(), Error> {
        for link in &world.links {
            let (from, to) = (&world.tables[link.from].name, &world.tables[link.to].name);
            let (left, right): (Vec<String>, Vec<String>) = link.on.iter().cloned().unzip();
            self.link(Link::new(&link.name).from(from, left).to(to, right))?;
        }
        Ok(())
    }

    /// Accelerates and syncs every table of a world.
    ///
    /// # Errors
    /// What the engine says.
    pub fn accelerate_world(&self, world: &World) -> Result<(), Error> {
        world.tables.iter().try_for_each(|table| self.accelerate(&table.name, &table.cluster_by).map(drop))
    }

    /// Makes the datasets of the flights, from their files; the flights themselves from batches, if some are given.
    ///
    /// # Errors
    /// What the engine says.
    pub fn create_nyc(&self, flights: Option<Vec<RecordBatch>>) -> Result<(), Error> {
        self.create(match flights {
            Some(batches) => Dataset::batches("flights", batches),
            None => Dataset::parquet("flights", nyc_file("flights.parquet")),
        })?;
        for name in ["airlines", "planes", "airports"] {
            self.create(Dataset::csv(name, nyc_file(&format!("{name}.csv"))).null_text("NA"))?;
        }
        self.create(Dataset::parquet("weather", nyc_file("weather.parquet")))
    }
}

/// A table as a dataset from batches in memory.
#[must_use]
pub fn from_batches(table: &Table, batches: Vec<RecordBatch>) -> Dataset {
    described(table, Dataset::batches(&table.name, batches))
}

/// A table as a dataset from a Parquet file that is written for it, with small row groups.
///
/// # Panics
/// If the file cannot be written.
#[must_use]
pub fn from_parquet(table: &Table, batches: &[RecordBatch], dir: &Path) -> Dataset {
    let path = dir.join(format!("{}.parquet", table.name));
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(64)).build();
    let file = File::create(&path).expect("a new file");
    let mut writer = ArrowWriter::try_new(file, batches[0].schema(), Some(properties)).expect("a writer");
    for batch in batches {
        writer.write(batch).expect("a written batch");
    }
    writer.close().expect("a finished file");
    described(table, Dataset::parquet(&table.name, path))
}

/// Says what the file cannot: which times are wall clock times, and where others were written down.
fn described(table: &Table, dataset: Dataset) -> Dataset {
    table.columns.iter().fold(dataset, |dataset, column| match (column.ty, column.source_zone) {
        (Type::LocalDatetime, _) => dataset.column_type(&column.id, ColumnType::LocalDatetime),
        (_, Some(zone)) => dataset.column(ColumnSpec::new(&column.id).source_timezone(zone.name())),
        _ => dataset,
    })
}
