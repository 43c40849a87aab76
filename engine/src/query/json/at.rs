//! The version of the base that a query reads, both ways.

use serde_json::{Map, Value};

use super::node::Node;
use super::options::instant;
use super::write::set;
use crate::error::{Error, Result};
use crate::query::SnapshotAt;

pub(super) const FIELDS: [&str; 2] = ["version", "time"];

pub(super) fn read(node: &Node) -> Result<SnapshotAt> {
    let object = node.object("a version or a time")?;
    object.only(&FIELDS, &[])?;
    match (object.whole("version")?, object.read("time", instant)?) {
        (Some(version), None) => Ok(SnapshotAt::Version(version)),
        (None, Some(time)) => Ok(SnapshotAt::Time(time)),
        (None, None) => Err(Error::query("expected a `version` or a `time`")),
        (Some(_), Some(_)) => Err(Error::query("expected a `version` or a `time`, and not both")),
    }
}

pub(super) fn write(at: SnapshotAt) -> Value {
    let mut fields = Map::new();
    match at {
        SnapshotAt::Version(version) => set(&mut fields, "version", Some(version)),
        SnapshotAt::Time(_) => set(&mut fields, "time", Some(at.to_string())),
    }
    fields.into()
}
