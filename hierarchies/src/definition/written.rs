//! Definitions as they are written in JSON.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::hierarchy::{Hierarchy, Kind};
use super::level::{ColumnLevel, LevelInfo};
use super::options::{HideIf, Orphans, OwnRows, Visibility};
use crate::error::{Error, Result};
use crate::{Color, Element, Localized};

/// The fields of every kind. One flat shape, because a tagged enum would be read into a buffer first and lose the
/// places of what is wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    id: String,
    dataset_id: String,
    #[serde(default)]
    name: Localized,
    #[serde(default)]
    all: Localized,
    kind: WrittenKind,
    #[serde(default)]
    unassigned: Visibility,
    #[serde(default)]
    own_rows: OwnRows,
    column_id: Option<String>,
    levels: Option<Vec<WrittenLevel>>,
    hide_if: Option<HideIf>,
    elements: Option<Vec<Element>>,
    key: Option<String>,
    parent: Option<String>,
    name_column: Option<String>,
    orphans: Option<Orphans>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenKind {
    Levels,
    Tree,
    ParentChild,
    Datetime,
}

impl WrittenKind {
    fn name(self) -> &'static str {
        match self {
            Self::Levels => "levels",
            Self::Tree => "tree",
            Self::ParentChild => "parent_child",
            Self::Datetime => "datetime",
        }
    }

    /// A field that this kind needs.
    fn needed<T>(self, field: Option<T>, at: &str) -> Result<T> {
        field.ok_or_else(|| self.wrong("missing", at))
    }

    /// A field that this kind has not.
    fn refuse(self, is_given: bool, at: &str) -> Result<()> {
        if is_given { Err(self.wrong("unknown", at)) } else { Ok(()) }
    }

    fn wrong(self, how: &str, at: &str) -> Error {
        let field = at.rsplit('/').next().unwrap_or(at);
        Error::definition(at, format!("{how} field `{field}` of a hierarchy of kind `{}`", self.name()))
    }
}

impl TryFrom<Written> for Hierarchy {
    type Error = Error;

    fn try_from(mut written: Written) -> Result<Self> {
        let kind = written.take_kind()?;
        written.refuse_rest()?;
        let Written { id, dataset_id, name, all, unassigned, own_rows, .. } = written;
        Ok(Self { id, dataset: dataset_id, name, all, kind, unassigned, own_rows })
    }
}

impl Written {
    fn take_kind(&mut self) -> Result<Kind> {
        let kind = self.kind;
        Ok(match kind {
            WrittenKind::Levels => Kind::Levels {
                levels: convert(kind.needed(self.levels.take(), "/levels")?, |at, level| level.column_level(kind, at))?,
                hide_if: self.hide_if.take().unwrap_or_default(),
            },
            WrittenKind::Tree => Kind::Tree {
                column: kind.needed(self.column_id.take(), "/column_id")?,
                levels: self.take_infos()?,
                elements: self.elements.take().unwrap_or_default(),
            },
            WrittenKind::ParentChild => Kind::ParentChild {
                key: kind.needed(self.key.take(), "/key")?,
                parent: kind.needed(self.parent.take(), "/parent")?,
                name: self.name_column.take(),
                orphans: self.orphans.take().unwrap_or_default(),
                levels: self.take_infos()?,
            },
            WrittenKind::Datetime => Kind::Datetime {
                column: kind.needed(self.column_id.take(), "/column_id")?,
                levels: convert(kind.needed(self.levels.take(), "/levels")?, |at, level| level.text(at))?,
            },
        })
    }

    fn take_infos(&mut self) -> Result<Vec<LevelInfo>> {
        let kind = self.kind;
        convert(self.levels.take().unwrap_or_default(), |at, level| level.info(kind, at))
    }

    /// What is left once the kind has taken its fields belongs to another one.
    fn refuse_rest(&self) -> Result<()> {
        let given = [
            ("/column_id", self.column_id.is_some()),
            ("/levels", self.levels.is_some()),
            ("/hide_if", self.hide_if.is_some()),
            ("/elements", self.elements.is_some()),
            ("/key", self.key.is_some()),
            ("/parent", self.parent.is_some()),
            ("/name_column", self.name_column.is_some()),
            ("/orphans", self.orphans.is_some()),
        ];
        given.into_iter().try_for_each(|(at, is_given)| self.kind.refuse(is_given, at))
    }
}

fn convert<T>(levels: Vec<WrittenLevel>, mut one: impl FnMut(&str, WrittenLevel) -> Result<T>) -> Result<Vec<T>> {
    levels.into_iter().enumerate().map(|(index, level)| one(&format!("/levels/{index}"), level)).collect()
}

/// A level of any kind: a datetime has texts, all else objects.
#[derive(Debug)]
enum WrittenLevel {
    Text(String),
    Fields(LevelFields),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelFields {
    column_id: Option<String>,
    name: Option<String>,
    #[serde(default)]
    label: Localized,
    color: Option<Color>,
}

impl WrittenLevel {
    fn column_level(self, kind: WrittenKind, at: &str) -> Result<ColumnLevel> {
        let LevelFields { column_id, name, label, color } = self.fields(at)?;
        kind.refuse(color.is_some(), &format!("{at}/color"))?;
        let column = kind.needed(column_id, &format!("{at}/column_id"))?;
        Ok(ColumnLevel { name: name.unwrap_or_else(|| column.clone()), column, label })
    }

    fn info(self, kind: WrittenKind, at: &str) -> Result<LevelInfo> {
        let LevelFields { column_id, name, label, color } = self.fields(at)?;
        kind.refuse(column_id.is_some(), &format!("{at}/column_id"))?;
        let name = kind.needed(name, &format!("{at}/name"))?;
        Ok(LevelInfo { name, label, color })
    }

    fn fields(self, at: &str) -> Result<LevelFields> {
        match self {
            Self::Fields(fields) => Ok(fields),
            Self::Text(_) => Err(Error::definition(at, "a level of this kind is an object")),
        }
    }

    fn text(self, at: &str) -> Result<String> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Fields(_) => Err(Error::definition(at, "a level of a datetime is a text")),
        }
    }
}

impl<'de> Deserialize<'de> for WrittenLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LevelVisitor)
    }
}

#[derive(Debug)]
struct LevelVisitor;

impl<'de> Visitor<'de> for LevelVisitor {
    type Value = WrittenLevel;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a level: an object or a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<WrittenLevel, E> {
        Ok(WrittenLevel::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WrittenLevel, A::Error> {
        LevelFields::deserialize(MapAccessDeserializer::new(map)).map(WrittenLevel::Fields)
    }
}
