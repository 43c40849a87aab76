//! Which groups have a value, or how many.

use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::logical_expr::EmitTo;

use crate::functions::exact::Counts;

/// Which groups have a value. As long as no row was left out, all have: a group is made for a row of its batch.
#[derive(Debug, Default)]
pub(super) struct Seen {
    groups: usize,
    flags: Option<Vec<bool>>,
}

/// What is kept for each group besides its sum.
#[derive(Debug)]
pub(super) enum Presence {
    /// For a sum: whether there is a value.
    Seen(Seen),
    /// For an average: how many.
    Counted(Counts),
}

impl Presence {
    /// The same kind, for no groups.
    pub(super) fn fresh(&self) -> Self {
        match self {
            Self::Seen(_) => Self::Seen(Seen::default()),
            Self::Counted(_) => Self::Counted(Counts::default()),
        }
    }

    /// Notes the rows of a batch, each with its group.
    pub(super) fn mark(&mut self, groups: &[usize], selected: Option<&BooleanBuffer>, total: usize) {
        match self {
            Self::Seen(seen) => seen.mark(groups, selected, total),
            Self::Counted(counts) => counts.mark(groups, selected, total),
        }
    }

    /// Takes out the groups that are emitted.
    pub(super) fn take(&mut self, emit: EmitTo) -> Self {
        match self {
            Self::Seen(seen) => Self::Seen(seen.take(emit)),
            Self::Counted(counts) => Self::Counted(counts.take(emit)),
        }
    }

    /// The groups without a value, as NULLs; nothing if all have one.
    pub(super) fn nulls(&self) -> Option<NullBuffer> {
        match self {
            Self::Seen(seen) => {
                let valid = NullBuffer::from(seen.flags.as_deref()?);
                (valid.null_count() > 0).then_some(valid)
            }
            Self::Counted(counts) => counts.nulls(),
        }
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Seen(seen) => seen.flags.as_ref().map_or(0, Vec::capacity),
            Self::Counted(counts) => counts.size(),
        }
    }
}

impl Seen {
    fn mark(&mut self, groups: &[usize], selected: Option<&BooleanBuffer>, total: usize) {
        let known = self.groups;
        self.groups = known.max(total);
        if self.flags.is_none() && selected.is_none() {
            return;
        }
        let flags = self.flags.get_or_insert_with(|| vec![true; known]);
        flags.resize(self.groups, false);
        for (row, group) in groups.iter().enumerate() {
            if let Some(flag) = flags.get_mut(*group) {
                *flag |= selected.is_none_or(|selected| selected.value(row));
            }
        }
    }

    fn take(&mut self, emit: EmitTo) -> Self {
        let groups = match emit {
            EmitTo::All => self.groups,
            EmitTo::First(count) => count.min(self.groups),
        };
        self.groups -= groups;
        let flags = self.flags.as_mut().map(|flags| emit.take_needed(flags));
        if self.groups == 0 {
            self.flags = None;
        }
        Self { groups, flags }
    }
}
