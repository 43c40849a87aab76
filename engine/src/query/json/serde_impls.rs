//! Serde for the types that stand in documents of others: batches in requests, literals and operators in the catalog.
//! The texts of errors hold the place. A reader that rounds numbers has done so before they arrive here, which
//! [`Query::from_json`] avoids.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::node::Node;
use super::{filters, read, write};
use crate::query::{Literal, Operator, Query, QueryBatch};

impl Serialize for Query {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::one(Node::deserialize(deserializer)?, &BTreeMap::new()).map_err(D::Error::custom)
    }
}

impl Serialize for QueryBatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for QueryBatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::batch(Node::deserialize(deserializer)?, &BTreeMap::new()).map_err(D::Error::custom)
    }
}

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write::literal(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        filters::literal(&Node::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for Operator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Operator {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        filters::operator(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
