//! Semi-additive aggregates: inside each group, for each entity only the rows with the last date count, all of them,
//! and these are aggregated by another aggregate.
//!
//! What the aggregate stores between its phases is a list of entities, each with the key of the entity and that of its
//! last date, both in the row format of `arrow` (`Binary`), and the state of the inner aggregate over the rows of that
//! date. Where two states meet, the later date wins; states of the same date are merged.

mod accumulate;
mod entities;
mod function;
mod inner;
#[cfg(test)]
mod tests;

pub(crate) use function::latest;
