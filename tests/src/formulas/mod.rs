//! The formula language twice: random typed formulas over random tables, compiled by the engine and evaluated one value
//! at a time by the reference of the formula crate. Whatever a function is, the registry tells: nothing here knows a
//! single one of them, but for the planted faults.
//!
//! | file | |
//! |---|---|
//! | `texts`, `times`, `table` | values with everything that can go wrong in them, and tables of these |
//! | `class`, `catalog` | types as the generator sees them, and which function can give which |
//! | `generate`, `operations`, `calls`, `literal` | random formulas as text |
//! | `names`, `tree`, `formula` | a text that is parsed and checked, and what can be said of its tree |
//! | `values`, `shown` | the engine's Arrow answer as values, and values as text |
//! | `ask`, `duel`, `shrink` | one round: both sides, and a smaller formula that still shows a difference |
//! | `coverage`, `world`, `run` | many rounds, and what they covered |
//! | `faults` | faults that are planted, to see that rounds find them |

mod ask;
mod calls;
mod catalog;
mod class;
mod coverage;
mod duel;
mod faults;
mod formula;
mod generate;
mod literal;
mod names;
mod operations;
mod run;
mod shown;
mod shrink;
mod table;
mod texts;
mod times;
mod tree;
mod values;
mod world;

pub use ask::{Answered, ask};
pub use catalog::{Callable, Catalog, Signature};
pub use class::Class;
pub use coverage::Coverage;
pub use duel::{Difference, compare, round};
pub use faults::Fault;
pub use formula::Formula;
pub use generate::Generator;
pub use names::Columns;
pub use run::{Run, run};
pub use shown::{described, shown};
pub use table::{Column, Table};
pub use tree::{depth, functions, parts};
pub use values::{same, values};
pub use world::World;
