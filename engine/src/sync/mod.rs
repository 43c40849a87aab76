//! What a sync makes of the rows that it reads: which ones count, which take the place of held ones, which go. Values
//! and arrays only; where they come from and how they are committed is the business of `engine/sync`.
//!
//! | file | what it answers |
//! |---|---|
//! | `state`, `due` | What do versions remember of their syncs? Is all to be read, or what has changed? |
//! | `roles`, `versions`, `window` | By which columns does a sync go? When was a row changed? Is its time in question? |
//! | `schema` | How do the columns of the source differ from those known, and what of that can be taken? |
//! | `keys`, `digests`, `incoming` | Which rows have no key? What identifies the others, and when are two the same? |
//! | `merge` | Which rows are written and which held ones go, by strategy? |
//! | `arrange` | In which order are rows written, and where does each end up? |
//! | `full` | The same while everything is read |
//! | `held` | Which rows does a snapshot hold, and where? |
//! | `audit`, `reconcile` | Where do source and cache differ? |
//! | `touched` | On which days has anything changed? |

mod arrange;
mod audit;
mod digests;
mod due;
mod full;
mod held;
mod incoming;
mod keys;
mod merge;
mod reconcile;
mod roles;
mod schema;
mod state;
mod touched;
mod versions;
mod window;

pub(crate) use arrange::arrange;
pub(crate) use audit::{Periods, PeriodsOf};
pub(crate) use due::{Load, is_reconcile_due, load_due, retention_us};
pub(crate) use full::{FullLoad, FullRows};
pub(crate) use held::{HeldRows, TimeRange, each_held, held_rows};
pub(crate) use incoming::Incoming;
pub(crate) use keys::key_columns_text;
pub(crate) use merge::{Counts, Exchanged, HeldKeys, Merged, exchange, insert_by_key, insert_missing, replace, upsert};
pub(crate) use reconcile::vanished;
pub(crate) use roles::Roles;
pub(crate) use schema::{SchemaDiff, schema_diff};
pub(crate) use state::{Basis, SyncState};
pub(crate) use touched::TouchedDays;
pub(crate) use versions::{NO_TIME, micros, version_times};
pub(crate) use window::Window;
