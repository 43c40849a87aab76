//! Syncs against a naive reference: random scripts of what happens to a table and to its cache, and after each step the
//! rows and the reports that the rules demand.
//!
//! | file | |
//! |---|---|
//! | `row`, `table`, `feed` | the table as its owner has it, and the engine's ways to it |
//! | `config` | the ways to accelerate it |
//! | `model` | what the cache must hold and a report must say |
//! | `step`, `script`, `change` | what happens, random lists of it, and what it does to the table |
//! | `observed`, `play` | what the engine shows, and one script from beginning to end |
//! | `coverage`, `shrink`, `run` | many scripts, what they went through, and shorter ones that fail as well |

mod change;
mod clock;
mod config;
mod coverage;
mod feed;
mod model;
mod observed;
mod play;
mod row;
mod run;
mod script;
mod shrink;
mod step;
mod table;

pub use clock::HandClock;
pub use config::{Config, Key, KeyShape, Load, SchemaRule, Strategy};
pub use coverage::Coverage;
pub use feed::{Feed, Since, TableSource};
pub use model::{Cache, Counts, Fault, Mode, Model, Predicted, Refusal, State};
pub use play::{Failure, play};
pub use row::{Columns, Minute, Row, instant, micros, minute};
pub use run::{Run, run, scripts_to_notice};
pub use script::{FIRST_MINUTE, Script};
pub use shrink::shrink;
pub use step::{Arrival, Change, Crash, NewRow, Step, Version};
pub use table::Table;
