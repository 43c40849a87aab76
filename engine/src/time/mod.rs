//! Zones with transition tables, calendar buckets, cyclic parts and date literals. Nothing here knows of DataFusion.
//!
//! Instants are microseconds since 1970-01-01T00:00Z, local times are microseconds since 1970-01-01T00:00 on the wall
//! clock, days are counted from 1970-01-01. All intervals are half-open.

mod calendar;
mod civil;
mod cyclic;
mod literal;
mod zone;

pub(crate) use calendar::{Bucket, Calendar};
pub(crate) use cyclic::{changes_with, part_label};
pub(crate) use literal::{TimeInterval, TimeKind, parse_interval};
pub(crate) use zone::{Segment, Zone};
