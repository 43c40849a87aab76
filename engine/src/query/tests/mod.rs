//! The query document: what it reads, what it refuses and how, and that what is written is read back.

mod documents;
mod errors;
mod limits;
mod members;
mod parameters;
mod parts;
mod round_trip;
mod strategies;
