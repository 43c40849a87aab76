//! The hierarchies of drillcore.
//!
//! This crate will hold level hierarchies, trees of members and the paths along which people drill. It begins with what
//! all of them speak of, the member: a [`MemberPath`] is a member named by the way from the root to it, because a name
//! alone is not enough (Paris in France is not Paris in Texas).
//!
//! The crate knows nothing of queries, rows, Arrow or DataFusion, and has no dependencies. The engine knows it, never the
//! other way round. No query is answered with a hierarchy yet.
//!
//! # Untrusted input
//!
//! Paths may come from anybody. Reading one never panics, and takes time and memory in proportion to its text.

mod error;
mod json;
mod member_path;

pub use error::{Error, Result};
pub use member_path::MemberPath;
