//! The tests that cross crates, in one binary.

mod crash;
mod docs;
mod fuzz_replay;
mod golden;
mod kill;
mod laws;
mod links;
mod oracle_flights;
mod oracle_random;
mod persistence;
mod run;
mod scopes;
