//! Zones with transition tables, calendar buckets, cyclic parts, date literals, relative dates and shifted periods.
//! Nothing here knows of DataFusion.
//!
//! Instants are microseconds since 1970-01-01T00:00Z, local times are microseconds since 1970-01-01T00:00 on the wall
//! clock, days are counted from 1970-01-01. All intervals are half-open. What a [`TimeKind`] goes with is a day for
//! dates, an instant for datetimes and a local time for wall clock times.
//!
//! | file | what it answers |
//! |---|---|
//! | `zone`, `calendar`, `civil` | offsets of a zone; the bucket of a value; dates of day numbers |
//! | `cyclic`, `literal` | parts that come round again; what a literal stands for |
//! | `range`, `value` | ranges with open ends; values of the three kinds seen as days |
//! | `span` | adding months, weeks, days, and buckets of the clock |
//! | `relative`, `elapsed` | ranges relative to now; the same elapsed part of each period |
//! | `shift` | the period and the buckets that a range and its buckets are compared with |
//! | `buckets` | every bucket of a range, every value of a cyclic part |

mod buckets;
mod calendar;
mod civil;
mod cyclic;
mod elapsed;
mod literal;
mod range;
mod relative;
mod shift;
mod span;
mod value;
mod zone;

pub(crate) use buckets::{bucket_starts, buckets_between, cyclic_values, label_of, label_range};
pub(crate) use calendar::{Bucket, Calendar};
pub(crate) use civil::{Civil, DAY, SECOND, day_number, days_from_monday};
pub(crate) use cyclic::{changes_with, part_label};
pub(crate) use elapsed::Elapsed;
pub(crate) use literal::{TimeInterval, TimeKind, parse_interval};
pub(crate) use range::OpenRange;
pub(crate) use relative::{Relative, available_range, relative_range};
pub(crate) use shift::{Displacement, Shift, previous_period};
pub(crate) use zone::{Segment, Zone};
