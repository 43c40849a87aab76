//! Analytics that live inside your service: tables of files and pushed rows, questions of the kind that dashboards ask,
//! exact answers.
//!
//! # Overview
//!
//! Five nouns, and an [`Engine`] that holds them together:
//!
//! - A [`Dataset`] is a table with a name. Its rows come from a file, from Arrow batches, from a [`Source`] of your
//!   own, or were [pushed](Engine::push).
//! - A [`Link`] finds, for each row of one dataset, at most one row of another. It never multiplies or drops rows.
//! - A [`Query`] asks for dimensions, measures, filters, an order and a limit. It is built in Rust or read from JSON.
//! - A [`Scope`] says who asks: it decides the filters that datasets bring along. No query runs without one.
//! - A [`QueryResult`] is the answer: the rows, what their columns mean, and where they were read.
//!
//! A dataset is read from its source until it is [accelerated](Engine::accelerate) and [synced](Engine::sync). From
//! then on queries read a snapshot in the engine's store, which gives the same answers.
//!
//! # Usage
//!
//! ```
//! use drillcore::{Engine, Level, PushMode, Query, Rows, Scope, desc, level, sum};
//!
//! # fn main() -> Result<(), drillcore::Error> {
//! # futures::executor::block_on(async {
//! let engine = Engine::in_memory()?; // Engine::open keeps everything in a folder
//! let rows = vec![
//!     vec!["2026-03-02".into(), "Ghent".into(), 30.into()],
//!     vec!["2026-03-30".into(), "Bruges".into(), 40.into()],
//!     vec!["2026-04-01".into(), "Ghent".into(), 5.into()],
//! ];
//! engine.push("sales", PushMode::Create, Rows::new(["day", "city", "amount"], rows)).await?;
//!
//! let query = Query::on("sales")
//!     .dimension(level("day", Level::Month).named("month"))
//!     .measure(sum("amount").named("total"))
//!     .order_by(desc("total"));
//! let answer = engine.query(&query, &Scope::unrestricted()).await?;
//! assert_eq!(answer.data_json(), r#"[["2026-03-01",70],["2026-04-01",5]]"#);
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # Examples
//!
//! ## Datasets from files
//!
//! Names and types are found in the file; what is found can be corrected. [`Dataset::parquet`],
//! [`Dataset::json_lines`] and [`Dataset::arrow_ipc`] take a path in the same way.
//!
//! ```
//! use drillcore::{ColumnSpec, Dataset, Engine, Localized, Query, Scope, column, count};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # futures::executor::block_on(async {
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("shops.csv");
//! std::fs::write(&file, "id,city,opened\n1,Ghent,2013-05-01\n2,Bruges,NA\n")?;
//!
//! let engine = Engine::in_memory()?;
//! let city = ColumnSpec::new("city").name(Localized::new("City").with("nl", "Stad"));
//! engine.create(Dataset::csv("shops", &file).null_text("NA").column(city)).await?;
//!
//! let query = Query::on("shops").dimension(column("city")).measure(count()).filter(column("opened").is_null());
//! let answer = engine.query(&query, &Scope::unrestricted()).await?;
//! assert_eq!(answer.columns()[0].label, "City");
//! assert_eq!(answer.data_json(), r#"[["Bruges",1]]"#);
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! ## Pushed rows
//!
//! A push is taken as a whole or not at all. When it returns, its rows are durable.
//!
//! ```
//! use drillcore::{Engine, ErrorKind, PushMode, Rows};
//!
//! # fn main() -> Result<(), drillcore::Error> {
//! # futures::executor::block_on(async {
//! let engine = Engine::in_memory()?;
//! let sales = |data| Rows::new(["city", "amount"], data);
//! engine.push("sales", PushMode::Create, sales(vec![vec!["Ghent".into(), 30.into()]])).await?;
//! let report = engine.push("sales", PushMode::Append, sales(vec![vec!["Bruges".into(), 40.into()]])).await?;
//! assert_eq!((report.rows, report.version), (1, 2));
//!
//! let wrong = sales(vec![vec!["Ypres".into(), 7.into()], vec!["Ypres".into(), "many".into()]]);
//! let refused = engine.push("sales", PushMode::Append, wrong).await.unwrap_err();
//! assert_eq!(refused.kind(), ErrorKind::InvalidInput);
//! assert_eq!(refused.message(), "row 2, column `amount`: the value is not an integer of 64 bits");
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! ## Links
//!
//! Columns of the row found are named behind the link: `shop.city`. What is not found is NULL.
//!
//! ```
//! use drillcore::{Engine, Link, PushMode, Query, Rows, Scope, column, sum};
//!
//! # fn main() -> Result<(), drillcore::Error> {
//! # futures::executor::block_on(async {
//! let engine = Engine::in_memory()?;
//! let shops = vec![vec![1.into(), "Ghent".into()], vec![2.into(), "Bruges".into()]];
//! engine.push("shops", PushMode::Create, Rows::new(["id", "city"], shops)).await?;
//! let sales = vec![vec![1.into(), 30.into()], vec![2.into(), 40.into()], vec![9.into(), 5.into()]];
//! engine.push("sales", PushMode::Create, Rows::new(["shop", "amount"], sales)).await?;
//! engine.link(Link::new("shop").from("sales", ["shop"]).to("shops", ["id"])).await?;
//!
//! let query = Query::on("sales").dimension(column("shop.city")).measure(sum("amount"));
//! let answer = engine.query(&query, &Scope::unrestricted()).await?;
//! assert_eq!(answer.data_json(), r#"[["Bruges",40],["Ghent",30],[null,5]]"#);
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! ## Queries in Rust
//!
//! [`column()`] and [`level`] make fields, fields make filters, [`sum`] and its like make measures. A measure can have
//! filters of its own, and [`name`] means a column of the answer.
//!
//! ```
//! use drillcore::{Engine, PushMode, Query, Rows, Scope, column, count, desc, name, or};
//! use serde_json::Value;
//!
//! # fn main() -> Result<(), drillcore::Error> {
//! # futures::executor::block_on(async {
//! let engine = Engine::in_memory()?;
//! let rows = vec![
//!     vec!["JFK".into(), "LAX".into(), 20.into()],
//!     vec!["JFK".into(), "LAX".into(), Value::Null],
//!     vec!["LGA".into(), "SFO".into(), 3.into()],
//!     vec!["LGA".into(), "ATL".into(), 90.into()],
//! ];
//! engine.push("flights", PushMode::Create, Rows::new(["origin", "dest", "delay"], rows)).await?;
//!
//! let query = Query::on("flights")
//!     .dimension(column("dest"))
//!     .measure(count().named("all"))
//!     .measure(count().named("late").filter(column("delay").greater_than(15)))
//!     .filter(or([column("origin").equals("JFK"), column("dest").starts_with("S")]))
//!     .having(name("all").at_least(1))
//!     .order_by(desc("all"))
//!     .limit(10);
//! let answer = engine.query(&query, &Scope::unrestricted()).await?;
//! assert_eq!(answer.data_json(), r#"[["LAX",2,1],["SFO",1,0]]"#);
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! ## Queries as JSON
//!
//! The same model as a document, in the vocabulary of Luzmo's data queries; `docs/query.md` of the repository has all
//! of it. Queries of one document are answered each on its own.
//!
//! ```
//! use drillcore::{Engine, PushMode, QueryBatch, Rows, Scope, batch_to_json};
//!
//! # fn main() -> Result<(), drillcore::Error> {
//! # futures::executor::block_on(async {
//! let engine = Engine::in_memory()?;
//! let rows = vec![vec!["Ghent".into(), 30.into()], vec!["Bruges".into(), 40.into()]];
//! engine.push("sales", PushMode::Create, Rows::new(["city", "amount"], rows)).await?;
//!
//! let batch = QueryBatch::from_json(
//!     r#"{"queries": [
//!         {"as": "total", "dataset_id": "sales", "measures": [{"column_id": "amount", "aggregation": "sum"}]},
//!         {"as": "wrong", "dataset_id": "sales", "dimensions": [{"column_id": "colour"}]}
//!     ]}"#,
//! )?;
//! let answers = engine.query_batch(&batch, &Scope::unrestricted()).await;
//! let refused = answers[1].as_ref().unwrap_err();
//! assert_eq!(refused.path(), Some("/queries/1/dimensions/0/column_id"));
//! assert!(batch_to_json(&answers).starts_with(r#"{"results":[{"data":[[70]],"columns":[{"name":"sum_amount""#));
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! ## Scopes
//!
//! A dataset can have filters whose values come from who asks. A scope that leaves one undecided is refused, so a
//! forgotten tenant is an error and not everybody's data.
//!
//! ```
//! use drillcore::{
//!     DatasetFilter, Engine, ErrorKind, Operator, ParameterType, PushMode, Query, Rows, Scope, sum,
//! };
//!
//! # fn main() -> Result<(), drillcore::Error> {
//! # futures::executor::block_on(async {
//! let engine = Engine::in_memory()?;
//! let rows = vec![vec!["acme".into(), 30.into()], vec!["zenith".into(), 40.into()]];
//! engine.push("sales", PushMode::Create, Rows::new(["tenant", "amount"], rows)).await?;
//! let by_tenant = DatasetFilter::parameter("tenant", Operator::Equal, "tenant_id", ParameterType::Hierarchy);
//! engine.set_filters("sales", vec![by_tenant]).await?;
//!
//! let query = Query::on("sales").measure(sum("amount"));
//! let acme = engine.query(&query, &Scope::new().parameter("tenant_id", "acme")).await?;
//! assert_eq!(acme.data_json(), "[[30]]");
//! let refused = engine.query(&query, &Scope::new()).await.unwrap_err();
//! assert_eq!(refused.kind(), ErrorKind::AccessDenied);
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! ## Snapshots, and why an answer came from where it did
//!
//! ```
//! use drillcore::{Acceleration, Dataset, Engine, Path, Query, Scope, sum};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # futures::executor::block_on(async {
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("sales.csv");
//! std::fs::write(&file, "day,amount\n2026-03-02,30\n2026-03-30,40\n")?;
//!
//! let engine = Engine::open(folder.path().join("store")).await?;
//! engine.create(Dataset::csv("sales", &file)).await?;
//! engine.accelerate("sales", Acceleration::full().cluster_by(["day"])).await?;
//! let (query, scope) = (Query::on("sales").measure(sum("amount")), Scope::unrestricted());
//! let from_file = engine.query(&query, &scope).await?;
//! assert_eq!(from_file.provenance().path, Path::Source);
//!
//! let report = engine.sync("sales").await?;
//! assert_eq!((report.rows, report.version), (2, 1));
//! let from_snapshot = engine.query(&query, &scope).await?;
//! assert_eq!(from_snapshot.provenance().path, Path::Snapshot);
//! assert_eq!(from_snapshot.data_json(), from_file.data_json());
//!
//! let why = engine.explain(&query, &scope).await?;
//! assert_eq!(why.datasets[0].reason, "version 1, because it is accelerated and synced");
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! ## What to do with an answer
//!
//! ```
//! use drillcore::{Cell, Engine, PushMode, Query, Rows, Scope, column, sum};
//!
//! # fn main() -> Result<(), drillcore::Error> {
//! # futures::executor::block_on(async {
//! # let engine = Engine::in_memory()?;
//! # let rows = vec![vec!["Ghent".into(), 30.into()], vec!["Bruges".into(), 40.into()]];
//! # engine.push("sales", PushMode::Create, Rows::new(["city", "amount"], rows)).await?;
//! let query = Query::on("sales").dimension(column("city")).measure(sum("amount").named("total"));
//! let answer = engine.query(&query, &Scope::unrestricted()).await?;
//! assert_eq!(answer.cell(0, 0), Some(Cell::Text("Bruges".into())));
//! assert_eq!(answer.to_csv(), "city,total\nBruges,40\nGhent,30\n");
//! assert!(answer.to_json().starts_with(r#"{"data":[["Bruges",40],["Ghent",30]],"columns":"#));
//! assert_eq!(answer.batches()[0].num_columns(), 2); // Arrow; to_arrow_ipc makes a stream of it
//! println!("{}", answer.table()); // for a terminal
//! for row in answer.rows() {
//!     println!("{}: {}", row[0], row[1]);
//! }
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # Time zones and NULL
//!
//! A datetime is an instant. The zone of the query, UTC unless it says otherwise, decides in which month or hour it
//! lies, what `2026-03` stands for in a filter, and how it is shown. Dates and wall clock times have no zone and never
//! move. The zone of the machine is never asked.
//!
//! A filter is true or false on every row, never unknown: a positive test of NULL is false, and a negative one is its
//! exact complement. Aggregations leave NULL out, except for the count of rows; in an order NULL comes last.
//!
//! ```
//! use drillcore::{Engine, Level, PushMode, Query, Rows, Scope, column, count, level, not};
//! use serde_json::Value;
//!
//! # fn main() -> Result<(), drillcore::Error> {
//! # futures::executor::block_on(async {
//! let engine = Engine::in_memory()?;
//! let rows = vec![
//!     vec!["2026-03-31T21:30:00Z".into(), 4.into()],
//!     vec!["2026-03-31T22:30:00Z".into(), Value::Null],
//! ];
//! engine.push("visits", PushMode::Create, Rows::new(["at", "pages"], rows)).await?;
//! let scope = Scope::unrestricted();
//!
//! let by_month = Query::on("visits").dimension(level("at", Level::Month)).measure(count());
//! assert_eq!(engine.query(&by_month, &scope).await?.data_json(), r#"[["2026-03-01",2]]"#);
//! let in_brussels = engine.query(&by_month.timezone("Europe/Brussels"), &scope).await?;
//! assert_eq!(in_brussels.data_json(), r#"[["2026-03-01",1],["2026-04-01",1]]"#);
//!
//! let few = Query::on("visits").measure(count()).filter(not(column("pages").greater_than(3)));
//! assert_eq!(engine.query(&few, &scope).await?.data_json(), "[[1]]"); // the row whose number of pages is not known
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! All rules are in `docs/query.md` of the repository, under "NULL", "Dates in filters" and "Options".
//!
//! # Limits
//!
//! | what | limit |
//! |---|---|
//! | bytes of a query document | [`QueryBatch::MAX_BYTES`], 4 MiB |
//! | queries in a document | [`QueryBatch::MAX_QUERIES`], 1,000 |
//! | dimensions and measures of a query; keys of its order | [`Query::MAX_COLUMNS`], 4,096 |
//! | tests in the filters of a query | [`Query::MAX_FILTERS`], 10,000 |
//! | depth to which filters nest | [`Query::MAX_FILTER_DEPTH`], 50 |
//! | values in a list | [`Query::MAX_LIST_VALUES`], 100,000 |
//! | a number in a query | 76 digits |
//! | a regular expression | 10,000 bytes, groups 100 deep, 4 MiB compiled |
//! | links in a chain | 8 |
//! | rows of a link's target | 4,294,967,295, in memory |
//! | rows of an answer | 100,000; [`EngineBuilder::max_rows`] and [`Query::max_rows`] |
//! | memory of sorting, grouping and the like | 1 GiB; [`EngineBuilder::memory_bytes`] |
//! | time of a query | none; [`Query::timeout`] |
//!
//! Past a limit there is an error, in most cases [`ErrorKind::LimitExceeded`]; nothing is cut silently.
//!
//! # Untrusted input
//!
//! **Queries** may come straight from a browser. A document can name datasets, columns and links and nothing else, and
//! the limits above bound it before it is looked at. It cannot reach around the filters of a dataset: those are part of
//! the resolved query, for the base and for everything behind a link. No value in a row makes a query fail, so errors
//! tell nothing about hidden rows, and messages never hold a value of the data. [`Error::to_json`] is for who asks;
//! the `Debug` form and the chain of causes are for your log, and so is an [`Explanation`].
//!
//! **Values of a scope** are compared with columns and never read as part of a query. One of another type than its
//! parameter is refused with [`ErrorKind::AccessDenied`]. Where they come from is the business of the host, which knows
//! who asks.
//!
//! **Panics**: none that a query or pushed rows can cause is known, and lints refuse what usually panics. If a library
//! below panics on the engine's threads, that call fails with [`ErrorKind::Internal`] and the engine goes on.
//!
//! **Regular expressions** are bounded in length, nesting and compiled size, and a search takes time linear in the
//! text.
//!
//! **Files are trusted**: paths are taken as they are, and decoders of Parquet or Arrow are not hardened against
//! whoever writes the file. The digests of a store find damage, not malice.
//!
//! **In practice**: give every query a [timeout](Query::timeout), pass the scope of whoever asks, and keep
//! [`Scope::unrestricted`] to the owner of all the data. `SECURITY.md` in the repository goes into detail.
//!
//! # Threads and runtimes
//!
//! An engine starts threads of its own, by default one per core for queries ([`EngineBuilder::threads`]) and as many
//! for encoding snapshots; files are read on others that may block. Its futures only wait for them. So they run on any
//! executor, need no Tokio runtime around them, and never hold up the host's.
//!
//! - Dropping the future of a query stops the query. A push or sync whose future is dropped has happened as a whole or
//!   not at all.
//! - An [`Engine`] is a handle: clone it, use it from many tasks. Dropping the last one waits for nothing.
//! - Several engines, also in several processes, may use one store on one file system. Each sees what the others
//!   commit from its next call on; readers keep the version they began with.
//! - A [`Source`] is called on threads where it may block.
//!
//! # Crate features
//!
//! - `sql` (off by default): read-only SQL over the datasets, `Engine::sql`, under the same scopes.

mod answer;
mod catalog;
mod clock;
mod engine;
mod error;
mod execute;
mod finish;
mod functions;
mod links;
mod members;
mod model;
mod plan;
mod query;
mod resolve;
mod result;
mod scope;
mod shared;
mod sorting;
mod source;
#[cfg(feature = "sql")]
mod sql;
mod suggest;
mod sync;
mod tables;
mod time;

// Datasets, their columns and the links between them.
pub use catalog::{
    Acceleration, Audit, ColumnSpec, Dataset, DatasetFilter, Definition, Dependency, DerivedColumn, FilterValue,
    Formula, LoadType, NullKeys, ParameterType, SavedQuery, SchemaChange, Strategy, Upkeep,
};
pub use model::{Aggregation, Column, ColumnType, CyclicPart, Kind, Level, Link, Localized, Subtype, WeekStart};
// Hierarchies over the columns of datasets.
#[doc(inline)]
pub use drillcore_hierarchies::{
    ChildRule, Color, ColumnLevel, Edit, Element, Error as HierarchyError, Fault, HideIf, Hierarchy,
    Kind as HierarchyKind, LevelInfo, MemberPath, Orphans, OwnRows, Visibility, luzmo,
};
// Where rows come from.
pub use source::{
    ArrowIpcSource, BatchIter, ChangedSince, CsvSource, DateFormat, FloatCounts, JsonLinesSource, MemorySource,
    Normalized, ParquetSource, ReadRequest, Rows, Source, SourceSpec,
};
// Queries.
pub use query::{
    AggregationSettings, Clicked, Compare, Crumb, Cumulative, CumulativeSpan, DatetimeLevel, Derived, Dimension,
    Discretization, Drilled, Expand, Field, Filter, Leaf, Limit, Literal, Measure, Member, MemberGroup, MemberLevel,
    Members, MembersField, NullRule, NullsOrder, Operand, Operator, Options, Order, OrderKey, PercentileKind, Pick,
    Pivot, PivotCell, Query, QueryBatch, Reference, Shift, SnapshotAt, Target, Top, Totals, TotalsOver, Window,
    WindowFunction, WindowTotal, WindowValue, and, approx_distinct_count, approx_percentile, asc, average, column,
    column_in, count, count_values, cumulative_sum, desc, distinct_count, expression, first, formula, hierarchy,
    histogram, last, level, max, median, min, mode, name, not, or, percentile, query_schema, rate, stddev, stddev_pop,
    stored_formula, string_list, sum, variance, variance_pop, weighted_average,
};
pub use scope::Scope;
// Answers.
pub use result::{
    Alert, AlertCondition, AlertOutcome, AlertState, Bin, Cell, CellShape, ChangedCell, ChangedRow, ColumnStatistics,
    Comparison, CsvDialect, Difference, LineEnd, MemberCell, MemberKind, Notify, Path, Performance, Provenance,
    QueryResult, Quoting, ResultColumn, Role, SnapshotRef, Spreadsheet, Table, Threshold, TotalRows, batch_to_json,
};
// The engine.
pub use clock::{Clock, SystemClock};
#[cfg(feature = "sql")]
pub use engine::SqlOptions;
pub use engine::{
    BatchAnswers, DatasetRoute, DerivedDescription, Description, Engine, EngineBuilder, Execution, ExecutionProgress,
    ExecutionStatus, ExecutionSummary, Explanation, PushMode, PushReport, SnapshotDescription,
};
pub use engine::{
    ChosenValue, DistinctValues, DrillCell, MetricPeriod, MetricTotal, OptionList, OptionOrder, OptionValue,
};
pub use engine::{CompactionReport, Damage, VacuumReport, VerifyReport, VersionInfo, VersionOperation};
pub use engine::{SyncMode, SyncPhase, SyncProgress, SyncReport};
pub use error::{Error, ErrorKind, Result};
pub use execute::ExecutionStage;

/// Compiles the Rust blocks of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
