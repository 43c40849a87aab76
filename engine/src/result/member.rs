//! Members of hierarchies as cells of an answer, and how a column of them is made.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Int64Builder, ListBuilder, NullBufferBuilder, StringViewBuilder, StructArray,
};
use arrow::datatypes::{DataType, Field, Fields};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::table::NULL;

/// What the generated members read as, where nothing else is known of them.
const OWN: &str = "(own)";
const UNASSIGNED: &str = "(unassigned)";
const ALL: &str = "All";

/// What a member of a hierarchy is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemberKind {
    /// A value of the data.
    #[default]
    Member,
    /// A category that is no value of the data.
    Virtual,
    /// The rows of a member that has children, as a child of its own.
    Own,
    /// The member above all values that have no place in the hierarchy.
    Unassigned,
    /// The root, which holds everything.
    All,
}

impl MemberKind {
    const EACH: [Self; 5] = [Self::Member, Self::Virtual, Self::Own, Self::Unassigned, Self::All];

    /// The name in documents: `member`, `virtual`, `own`, `unassigned`, `all`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Virtual => "virtual",
            Self::Own => "own",
            Self::Unassigned => "unassigned",
            Self::All => "all",
        }
    }

    /// The kind of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What a member reads as where programs read it: its id. Nothing for a member that is NULL.
    pub(super) fn text<'a>(self, id: Option<&'a str>, name: Option<&'a str>) -> Option<Cow<'a, str>> {
        self.read_as(match self {
            Self::Member | Self::Virtual | Self::Own => id,
            Self::Unassigned => None,
            Self::All => name,
        })
    }

    /// What a member reads as where people read it: its name, else its id. Nothing for a member that has neither.
    pub(super) fn shown<'a>(self, id: Option<&'a str>, name: Option<&'a str>) -> Option<Cow<'a, str>> {
        self.read_as(match self {
            Self::Member | Self::Virtual | Self::Own => name.or(id),
            Self::Unassigned | Self::All => name,
        })
    }

    fn read_as(self, called: Option<&str>) -> Option<Cow<'_, str>> {
        match self {
            Self::Member | Self::Virtual => called.map(Cow::Borrowed),
            Self::Own => Some(match called {
                None | Some("") => Cow::Borrowed(OWN),
                Some(member) => Cow::Owned(format!("{member} {OWN}")),
            }),
            Self::Unassigned => Some(Cow::Borrowed(called.unwrap_or(UNASSIGNED))),
            Self::All => Some(Cow::Borrowed(called.unwrap_or(ALL))),
        }
    }
}

/// A member of a hierarchy, as a cell of an answer. The member of rows that have no value at all is no such cell but
/// [`Cell::Null`](crate::Cell::Null).
///
/// It displays as in a table for people: its name, else its id; `Europe (own)` for the rows of a member that has
/// children, `(unassigned)` and `All` for the generated ones, `∅` for a member that is NULL below another one.
///
/// With serde it is the object that stands in JSON: always with `id` and `path`, with the others where they are known,
/// and with `"virtual": true`, `"own": true`, `"unassigned": true` or `"all": true` for a member of that kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MemberCell {
    /// The id; none where the member is NULL. The rows of a member that has children have the id of that member.
    pub id: Option<String>,
    /// The way from the root: the ids of the members above it, and its own. NULL is `None`. The rows of a member that
    /// has children have the path of that member; the path of the generated members is empty. Two members of one
    /// hierarchy are the same if their paths and kinds are.
    pub path: Vec<Option<String>>,
    /// The name to show, in the locale of the query, where it has one. For the rows of a member that has children it is
    /// the name of that member.
    pub name: Option<String>,
    /// The colour as `#rrggbb`, where it has one.
    pub color: Option<String>,
    /// What kind of member it is.
    pub kind: MemberKind,
    /// How many steps it is from the root; only in answers whose members are expanded.
    pub depth: Option<i64>,
    /// Whether its children stand in the answer too; only in answers whose members are expanded.
    pub expanded: Option<bool>,
    /// How many of its children are not shown, though they count in it; none where that is zero.
    pub hidden_children: Option<i64>,
}

impl fmt::Display for MemberCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.kind.shown(self.id.as_deref(), self.name.as_deref());
        f.pad(shown.as_deref().unwrap_or(NULL))
    }
}

impl Serialize for MemberCell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = MemberObject {
            id: self.id.as_deref(),
            path: self.path.iter().map(Option::as_deref),
            name: self.name.as_deref(),
            color: self.color.as_deref(),
            kind: self.kind,
            depth: self.depth,
            expanded: self.expanded,
            hidden_children: self.hidden_children,
        };
        object.serialize(serializer)
    }
}

/// The JSON object of a member, wherever the member is kept.
#[derive(Debug)]
pub(super) struct MemberObject<'a, P> {
    pub(super) id: Option<&'a str>,
    pub(super) path: P,
    pub(super) name: Option<&'a str>,
    pub(super) color: Option<&'a str>,
    pub(super) kind: MemberKind,
    pub(super) depth: Option<i64>,
    pub(super) expanded: Option<bool>,
    pub(super) hidden_children: Option<i64>,
}

impl<'a, P: Iterator<Item = Option<&'a str>> + Clone> Serialize for MemberObject<'a, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("id", &self.id)?;
        object.serialize_entry("path", &Sequence(self.path.clone()))?;
        if let Some(name) = self.name {
            object.serialize_entry("name", name)?;
        }
        if let Some(color) = self.color {
            object.serialize_entry("color", color)?;
        }
        if let Some(depth) = self.depth {
            object.serialize_entry("depth", &depth)?;
        }
        if let Some(expanded) = self.expanded {
            object.serialize_entry("expanded", &expanded)?;
        }
        if let Some(hidden_children) = self.hidden_children {
            object.serialize_entry("hidden_children", &hidden_children)?;
        }
        if self.kind != MemberKind::Member {
            object.serialize_entry(self.kind.as_str(), &true)?;
        }
        object.end()
    }
}

#[derive(Debug)]
struct Sequence<I>(I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for Sequence<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// The fields of a column of members. A NULL struct is the member of rows without a value.
pub(crate) fn member_fields() -> Fields {
    member_fields_of(&DataType::Utf8View)
}

/// The fields of a column of members, with text of that type.
pub(super) fn member_fields_of(text: &DataType) -> Fields {
    let step = Arc::new(Field::new_list_field(text.clone(), true));
    Fields::from(vec![
        Field::new("id", text.clone(), true),
        Field::new("path", DataType::List(step), false),
        Field::new("name", text.clone(), true),
        Field::new("color", text.clone(), true),
        Field::new("kind", text.clone(), false),
        Field::new("depth", DataType::Int64, true),
        Field::new("expanded", DataType::Boolean, true),
        Field::new("hidden_children", DataType::Int64, true),
    ])
}

/// A column of members that is being made, from its first row to its last. Where members repeat, a column of the
/// different ones and Arrow's `take` are cheaper.
#[derive(Debug)]
pub(crate) struct MemberColumn {
    id: StringViewBuilder,
    path: ListBuilder<StringViewBuilder>,
    name: StringViewBuilder,
    color: StringViewBuilder,
    kind: StringViewBuilder,
    depth: Int64Builder,
    expanded: BooleanBuilder,
    hidden_children: Int64Builder,
    nulls: NullBufferBuilder,
}

impl MemberColumn {
    /// A column without rows.
    pub(crate) fn new() -> Self {
        Self {
            id: StringViewBuilder::new(),
            path: ListBuilder::new(StringViewBuilder::new()),
            name: StringViewBuilder::new(),
            color: StringViewBuilder::new(),
            kind: StringViewBuilder::new(),
            depth: Int64Builder::new(),
            expanded: BooleanBuilder::new(),
            hidden_children: Int64Builder::new(),
            nulls: NullBufferBuilder::new(0),
        }
    }

    /// Adds a row with this member.
    pub(crate) fn push(&mut self, member: &MemberCell) {
        self.push_parts(member);
        self.nulls.append_non_null();
    }

    /// Adds a row with the member of rows without a value.
    pub(crate) fn push_null(&mut self) {
        // What stands below NULL has no meaning, but a path and a kind must be there.
        self.push_parts(&MemberCell::default());
        self.nulls.append_null();
    }

    fn push_parts(&mut self, member: &MemberCell) {
        self.id.append_option(member.id.as_deref());
        self.path.append_value(member.path.iter().map(Option::as_deref));
        self.name.append_option(member.name.as_deref());
        self.color.append_option(member.color.as_deref());
        self.kind.append_value(member.kind.as_str());
        self.depth.append_option(member.depth);
        self.expanded.append_option(member.expanded);
        self.hidden_children.append_option(member.hidden_children);
    }

    /// The column.
    pub(crate) fn finish(mut self) -> ArrayRef {
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(self.id.finish()),
            Arc::new(self.path.finish()),
            Arc::new(self.name.finish()),
            Arc::new(self.color.finish()),
            Arc::new(self.kind.finish()),
            Arc::new(self.depth.finish()),
            Arc::new(self.expanded.finish()),
            Arc::new(self.hidden_children.finish()),
        ];
        Arc::new(StructArray::new(member_fields(), arrays, self.nulls.finish()))
    }
}
