//! Promise: upkeep changes neither the rows nor what keys lead to, whoever writes meanwhile and wherever it is cut short,
//! and a purge leaves nothing of deleted rows behind.

mod choice;
mod columns;
pub(crate) mod crash;
mod laws;
mod meanwhile;
mod purge;
mod table;
