//! drillcore: analytics that live inside your service.

mod catalog;
mod clock;
mod engine;
mod error;
mod execute;
mod finish;
mod functions;
mod links;
mod model;
mod plan;
mod query;
mod resolve;
mod result;
mod scope;
mod source;
mod suggest;
mod tables;
mod time;

// Datasets, their columns and the links between them.
pub use catalog::{Acceleration, ColumnSpec, Dataset, DatasetFilter, FilterValue, LoadType, ParameterType};
pub use model::{Aggregation, Column, ColumnType, CyclicPart, Kind, Level, Link, Localized, Subtype, WeekStart};
// Where rows come from.
pub use source::{
    ArrowIpcSource, BatchIter, CsvSource, DateFormat, FloatCounts, JsonLinesSource, MemorySource, Normalized,
    ParquetSource, ReadRequest, Rows, Source, SourceSpec,
};
// Queries.
pub use query::{
    DatetimeLevel, Dimension, Field, Filter, Leaf, Limit, Literal, Measure, NullRule, NullsOrder, Operand, Operator,
    Options, Order, OrderKey, Query, QueryBatch, Reference, Target, and, asc, average, column, column_in, count,
    count_values, desc, distinct_count, level, max, median, min, name, not, or, stddev, sum, variance,
};
pub use scope::Scope;
// Answers.
pub use result::{
    Cell, CsvDialect, LineEnd, Path, Performance, Provenance, QueryResult, ResultColumn, Role, SnapshotRef, Table,
    batch_to_json,
};
// The engine.
pub use clock::{Clock, SystemClock};
pub use engine::{
    DatasetRoute, Description, Engine, EngineBuilder, Explanation, PushMode, PushReport, SnapshotDescription,
    SyncProgress, SyncReport,
};
pub use error::{Error, ErrorKind, Result};
