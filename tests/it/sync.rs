//! Caches that are synced: what they hold after any history, after a kill, and while everything happens at once, in one
//! process or in several.

mod audits;
mod columns;
mod isolation;
mod items;
mod kill;
mod processes;
mod scripts;
mod shop;
#[cfg(unix)]
mod sleeper;
