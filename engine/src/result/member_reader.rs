//! Cells that are members of hierarchies, borrowed from their batch.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, ListArray, StringViewArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::Int64Type;
use serde::{Serialize, Serializer};

use super::member::{MemberCell, MemberKind, MemberObject, member_fields};

/// A column of members: structs with the fields of [`member_fields`].
#[derive(Debug, Clone)]
pub(super) struct Members {
    pub(super) id: StringViewArray,
    pub(super) path: ListArray,
    /// The members of all paths.
    steps: StringViewArray,
    pub(super) name: StringViewArray,
    pub(super) color: StringViewArray,
    pub(super) kinds: Arc<[MemberKind]>,
    pub(super) depth: Int64Array,
    pub(super) expanded: BooleanArray,
    pub(super) hidden_children: Int64Array,
    /// Rows without a value.
    pub(super) nulls: Option<NullBuffer>,
}

impl Members {
    /// The members of an array; nothing if it holds anything else.
    pub(super) fn new(array: &ArrayRef) -> Option<Self> {
        let array = array.as_struct_opt()?;
        if !array.fields().iter().map(|field| field.name()).eq(member_fields().iter().map(|field| field.name())) {
            return None;
        }
        let [id, path, name, color, kind, depth, expanded, hidden_children] = array.columns() else { return None };
        let path = path.as_list_opt::<i32>()?.clone();
        let steps = path.values().as_string_view_opt()?.clone();
        let kind = kind.as_string_view_opt()?;
        let kinds = (0..array.len()).map(|row| match text(kind, row) {
            // What stands below NULL has no meaning.
            _ if array.is_null(row) => Some(MemberKind::default()),
            name => MemberKind::named(name?),
        });
        Some(Self {
            id: id.as_string_view_opt()?.clone(),
            path,
            steps,
            name: name.as_string_view_opt()?.clone(),
            color: color.as_string_view_opt()?.clone(),
            kinds: kinds.collect::<Option<Arc<[_]>>>()?,
            depth: depth.as_primitive_opt::<Int64Type>()?.clone(),
            expanded: expanded.as_boolean_opt()?.clone(),
            hidden_children: hidden_children.as_primitive_opt::<Int64Type>()?.clone(),
            nulls: array.nulls().cloned(),
        })
    }

    /// The member of a row, which must be below the number of rows; nothing for NULL.
    pub(super) fn cell(&self, row: usize) -> Option<Member<'_>> {
        self.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)).then_some(Member { members: self, row })
    }

    /// The path of a row, which must be below the number of rows.
    pub(super) fn steps(&self, row: usize) -> impl Iterator<Item = Option<&str>> + Clone {
        let offset = |at: usize| self.path.value_offsets().get(at).and_then(|at| usize::try_from(*at).ok());
        let steps = offset(row).unwrap_or(0)..offset(row + 1).unwrap_or(0);
        steps.map(move |step| text(&self.steps, step))
    }
}

/// The member of one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'a> {
    members: &'a Members,
    row: usize,
}

impl<'a> Member<'a> {
    fn kind(self) -> MemberKind {
        self.members.kinds.get(self.row).copied().unwrap_or_default()
    }

    fn id(self) -> Option<&'a str> {
        text(&self.members.id, self.row)
    }

    fn name(self) -> Option<&'a str> {
        text(&self.members.name, self.row)
    }

    /// What it reads as in CSV and in workbooks; nothing for a member that is NULL.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        self.kind().text(self.id(), self.name())
    }

    /// What it reads as for people; nothing for a member that has neither name nor id.
    pub(super) fn shown(self) -> Option<Cow<'a, str>> {
        self.kind().shown(self.id(), self.name())
    }

    /// Appends bytes that are the same for two members just if they are the same member: by kind and path.
    pub(super) fn push_key(self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.kind().as_str().as_bytes());
        for step in self.members.steps(self.row) {
            let Some(step) = step else {
                out.push(b'0');
                continue;
            };
            out.push(b't');
            out.extend_from_slice(&u64::try_from(step.len()).unwrap_or(u64::MAX).to_be_bytes());
            out.extend_from_slice(step.as_bytes());
        }
    }

    /// The member by itself.
    pub(super) fn to_cell(self) -> MemberCell {
        let object = self.object();
        MemberCell {
            id: object.id.map(str::to_owned),
            path: object.path.map(|step| step.map(str::to_owned)).collect(),
            name: object.name.map(str::to_owned),
            color: object.color.map(str::to_owned),
            kind: object.kind,
            depth: object.depth,
            expanded: object.expanded,
            hidden_children: object.hidden_children,
        }
    }

    fn object(self) -> MemberObject<'a, impl Iterator<Item = Option<&'a str>> + Clone> {
        let Self { members, row } = self;
        MemberObject {
            id: self.id(),
            path: members.steps(row),
            name: self.name(),
            color: text(&members.color, row),
            kind: self.kind(),
            depth: integer(&members.depth, row),
            expanded: members.expanded.is_valid(row).then(|| members.expanded.value(row)),
            hidden_children: integer(&members.hidden_children, row),
        }
    }
}

impl Serialize for Member<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object().serialize(serializer)
    }
}

fn text(array: &StringViewArray, row: usize) -> Option<&str> {
    array.is_valid(row).then(|| array.value(row))
}

fn integer(array: &Int64Array, row: usize) -> Option<i64> {
    array.is_valid(row).then(|| array.value(row))
}
