//! The types of parameters, and what a value of each is put in as.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::node::Node;
use super::object::{each, unknown};
use crate::error::{Error, Result};
use crate::model::Aggregation;
use crate::time::Zone;

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::query) enum ParameterType {
    One(Scalar),
    List(Scalar),
}

/// What one value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::query) enum Scalar {
    /// `start~end`, which stands for the list of the two.
    TimeRange,
    Aggregation,
    Zone,
    Text,
    Number,
    Boolean,
    Date,
    Datetime,
}

impl ParameterType {
    /// Every type with its name.
    pub(in crate::query) const ALL: [(&'static str, Self); 13] = [
        ("timerange", Self::One(Scalar::TimeRange)),
        ("aggregation", Self::One(Scalar::Aggregation)),
        ("tz", Self::One(Scalar::Zone)),
        ("text", Self::One(Scalar::Text)),
        ("number", Self::One(Scalar::Number)),
        ("boolean", Self::One(Scalar::Boolean)),
        ("date", Self::One(Scalar::Date)),
        ("datetime", Self::One(Scalar::Datetime)),
        ("array[text]", Self::List(Scalar::Text)),
        ("array[number]", Self::List(Scalar::Number)),
        ("array[boolean]", Self::List(Scalar::Boolean)),
        ("array[date]", Self::List(Scalar::Date)),
        ("array[datetime]", Self::List(Scalar::Datetime)),
    ];

    pub(super) fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found
            .map(|(_, held)| held)
            .ok_or_else(|| unknown("type of parameter", name, Self::ALL.into_iter().map(|(name, _)| name)))
    }

    /// A value as what it stands for in the document.
    pub(super) fn read(self, node: &Node) -> Result<Node> {
        match self {
            Self::One(held) => held.read(node),
            Self::List(held) => each(node.list()?, |node| held.read(node)).map(Node::List),
        }
    }
}

impl Scalar {
    fn read(self, node: &Node) -> Result<Node> {
        match self {
            Self::TimeRange => return range(node.text()?),
            Self::Aggregation => {
                let name = node.text()?;
                let names = Aggregation::ALL.into_iter().map(Aggregation::as_str);
                Aggregation::parse(name).map(drop).ok_or_else(|| unknown("aggregation", name, names))?;
            }
            Self::Zone => Zone::named(node.text()?).map(drop)?,
            Self::Text => node.text().map(drop)?,
            Self::Number if matches!(node, Node::Number(_)) => {}
            Self::Number => return Err(node.expected("a number")),
            Self::Boolean => node.boolean().map(drop)?,
            Self::Date if is_date(node.text()?) => {}
            Self::Date => return Err(Error::query("expected a date such as 2013-01-31")),
            Self::Datetime if is_datetime(node.text()?) => {}
            Self::Datetime => return Err(Error::query("expected a time such as 2013-01-31T05:00:00")),
        }
        Ok(node.clone())
    }
}

fn range(text: &str) -> Result<Node> {
    let wrong = || Error::query("expected a range such as 2013-01-01~2013-01-31");
    let (start, end) = text.split_once('~').ok_or_else(wrong)?;
    let (start, end) = (start.trim(), end.trim());
    if start.is_empty() || end.is_empty() || end.contains('~') {
        return Err(wrong());
    }
    Ok(Node::List(vec![Node::Text(start.to_owned()), Node::Text(end.to_owned())]))
}

fn is_date(text: &str) -> bool {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// A time with or without an offset, or a date.
fn is_datetime(text: &str) -> bool {
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    is_date(text)
        || DateTime::parse_from_rfc3339(text).is_ok()
        || forms.into_iter().any(|form| NaiveDateTime::parse_from_str(text, form).is_ok())
}
