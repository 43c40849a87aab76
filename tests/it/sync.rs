//! Caches that are synced: what they hold after any history, after a kill, and while everything happens at once.

mod audits;
mod columns;
mod isolation;
mod kill;
mod scripts;
mod shop;
