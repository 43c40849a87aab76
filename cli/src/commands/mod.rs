//! The commands, one file each, and the kinds of argument that several of them take.

pub(crate) mod accelerate;
pub(crate) mod compact;
pub(crate) mod define;
pub(crate) mod describe;
pub(crate) mod explain;
pub(crate) mod explore;
pub(crate) mod formula;
pub(crate) mod hierarchy;
pub(crate) mod import;
pub(crate) mod link;
pub(crate) mod query;
pub(crate) mod restore;
pub(crate) mod sql;
pub(crate) mod sync;
pub(crate) mod vacuum;
pub(crate) mod verify;
pub(crate) mod versions;

mod column_type;
mod document;
mod length;
mod scope;
