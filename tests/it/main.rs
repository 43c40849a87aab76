//! The tests that cross crates, in one binary.

mod batch;
mod cancel;
mod crash;
mod distinct_values;
mod docs;
mod drill_through;
mod faults;
mod formulas;
mod fuzz_replay;
mod golden;
mod kill;
mod laws;
mod links;
mod metamorphic;
mod oracle_flights;
mod oracle_random;
mod persistence;
mod run;
mod saved;
mod schema;
mod scopes;
mod sql;
mod steps;
mod time_laws;
mod totals_law;
