//! Which groups have a value, or how many.

use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::logical_expr::EmitTo;

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
    Counted(Vec<i64>),
}

impl Presence {
    /// The same kind, for no groups.
    pub(super) fn fresh(&self) -> Self {
        match self {
            Self::Seen(_) => Self::Seen(Seen::default()),
            Self::Counted(_) => Self::Counted(Vec::new()),
        }
    }

    /// Notes the rows of a batch, each with its group.
    pub(super) fn mark(&mut self, groups: &[usize], selected: Option<&BooleanBuffer>, total: usize) {
        match self {
            Self::Seen(seen) => seen.mark(groups, selected, total),
            Self::Counted(counts) => {
                counts.resize(total.max(counts.len()), 0);
                match selected {
                    None => count_rows(counts, groups.iter().map(|group| (*group, 1))),
                    Some(selected) => {
                        count_rows(counts, groups.iter().copied().zip(selected.iter().map(i64::from)));
                    }
                }
            }
        }
    }

    /// Takes out the groups that are emitted.
    pub(super) fn take(&mut self, emit: EmitTo) -> Self {
        match self {
            Self::Seen(seen) => Self::Seen(seen.take(emit)),
            Self::Counted(counts) => Self::Counted(emit.take_needed(counts)),
        }
    }

    /// The groups without a value, as NULLs; nothing if all have one.
    pub(super) fn nulls(&self) -> Option<NullBuffer> {
        let valid: NullBuffer = match self {
            Self::Seen(seen) => seen.flags.as_deref()?.into(),
            Self::Counted(counts) => counts.iter().map(|count| *count > 0).collect(),
        };
        (valid.null_count() > 0).then_some(valid)
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Seen(seen) => seen.flags.as_ref().map_or(0, Vec::capacity),
            Self::Counted(counts) => counts.capacity() * size_of::<i64>(),
        }
    }
}

/// Adds to the counts of groups.
pub(super) fn count_rows(counts: &mut [i64], rows: impl Iterator<Item = (usize, i64)>) {
    for (group, count) in rows {
        if let Some(total) = counts.get_mut(group) {
            *total += count;
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
