//! The vocabulary that every other module speaks: columns and their kinds, levels, aggregations, links, names.
//! Nothing here depends on another module of the engine.

mod aggregation;
mod column;
mod formula_type;
mod level;
mod link;

pub use aggregation::Aggregation;
pub use column::{Column, ColumnType, Kind, Subtype};
pub use drillcore_hierarchies::Localized;
pub(crate) use formula_type::{column_type, formula_type};
pub use level::{CyclicPart, Level, WeekStart};
pub use link::Link;
