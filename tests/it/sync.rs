//! Caches that are synced: what they hold after any history, after a kill, and while everything happens at once, in one
//! process or in several.

mod isolation;
mod items;
mod kill;
mod processes;
mod scripts;
#[cfg(unix)]
mod sleeper;
