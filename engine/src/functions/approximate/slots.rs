//! The sketches of groups.

use std::fmt::Debug;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryBuilder, BooleanArray, PrimitiveArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::ArrowPrimitiveType;
use datafusion::common::cast::as_binary_array;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::EmitTo;

use crate::functions::exact::no_such_group;

/// A kind of sketch, and what is read from it.
pub(super) trait Sketching: Debug + Clone + Send + Sync + 'static {
    type Sketch: Debug + Send + Sync + 'static;
    /// A value as the sketch takes it.
    type Item: Copy;
    type Output: ArrowPrimitiveType;

    /// The rows that count: not NULL, and let through by the filter. Nothing means all.
    fn selection(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>>;

    /// Calls `each` with each of some rows and its value.
    fn each(
        values: &dyn Array,
        rows: impl Iterator<Item = usize>,
        each: impl FnMut(usize, Self::Item) -> Result<()>,
    ) -> Result<()>;

    /// A sketch of no value.
    fn start(&self) -> Self::Sketch;

    /// Adds a value.
    fn insert(sketch: &mut Self::Sketch, item: Self::Item);

    /// Adds the values of another sketch.
    fn merge(sketch: &mut Self::Sketch, other: &Self::Sketch) -> Result<()>;

    /// The sketch in its stored form.
    fn write(sketch: &Self::Sketch) -> Vec<u8>;

    /// The sketch with a stored form; nothing if it is none, or one of other parameters.
    fn read(bytes: &[u8]) -> Option<Self::Sketch>;

    /// What is read from a sketch, or without any.
    fn result(&self, sketch: Option<&Self::Sketch>) -> Result<Option<<Self::Output as ArrowPrimitiveType>::Native>>;

    /// Bytes on the heap.
    fn size(sketch: &Self::Sketch) -> usize;
}

/// The sketch of each group; none for a group without values.
#[derive(Debug)]
pub(super) struct Slots<S: Sketching> {
    kind: S,
    sketches: Vec<Option<S::Sketch>>,
    /// Bytes of all sketches.
    held: usize,
}

impl<S: Sketching> Slots<S> {
    pub(super) fn new(kind: S, groups: usize) -> Self {
        let mut slots = Self { kind, sketches: Vec::new(), held: 0 };
        slots.resize(groups);
        slots
    }

    /// The same kind, for so many groups.
    pub(super) fn fresh(&self, groups: usize) -> Self {
        Self::new(self.kind.clone(), groups)
    }

    /// Makes room for so many groups.
    pub(super) fn resize(&mut self, groups: usize) {
        self.sketches.resize_with(groups.max(self.sketches.len()), || None);
    }

    /// Changes the sketch of a group.
    fn change(
        &mut self,
        group: Option<usize>,
        change: impl FnOnce(&S, &mut Option<S::Sketch>) -> Result<()>,
    ) -> Result<()> {
        let Self { kind, sketches, held } = self;
        let slot = group.and_then(|group| sketches.get_mut(group)).ok_or_else(no_such_group)?;
        let before = slot.as_ref().map_or(0, S::size);
        change(kind, slot)?;
        *held = *held + slot.as_ref().map_or(0, S::size) - before;
        Ok(())
    }

    /// Adds the values that count to their groups.
    pub(super) fn add(
        &mut self,
        values: &dyn Array,
        filter: Option<&BooleanArray>,
        group_of: impl Fn(usize) -> Option<usize>,
    ) -> Result<()> {
        let insert = |row: usize, item: S::Item| {
            self.change(group_of(row), |kind, slot| {
                S::insert(slot.get_or_insert_with(|| kind.start()), item);
                Ok(())
            })
        };
        match S::selection(values, filter)? {
            None => S::each(values, 0..values.len(), insert),
            Some(selected) => S::each(values, selected.set_indices(), insert),
        }
    }

    /// Adds stored sketches to their groups.
    pub(super) fn merge(&mut self, states: &dyn Array, group_of: impl Fn(usize) -> Option<usize>) -> Result<()> {
        for (row, bytes) in as_binary_array(states)?.iter().enumerate() {
            let Some(bytes) = bytes else { continue };
            let other = S::read(bytes).ok_or_else(damaged)?;
            self.change(group_of(row), |_, slot| match slot {
                Some(sketch) => S::merge(sketch, &other),
                None => {
                    *slot = Some(other);
                    Ok(())
                }
            })?;
        }
        Ok(())
    }

    /// Takes out the groups that are emitted.
    pub(super) fn take(&mut self, emit: EmitTo) -> Vec<Option<S::Sketch>> {
        let sketches = emit.take_needed(&mut self.sketches);
        self.held -= sketches.iter().flatten().map(S::size).sum::<usize>();
        sketches
    }

    /// What is read from sketches that were taken out.
    pub(super) fn results(&self, sketches: &[Option<S::Sketch>]) -> Result<ArrayRef> {
        let results = sketches.iter().map(|sketch| self.kind.result(sketch.as_ref()));
        let results: PrimitiveArray<S::Output> = results.collect::<Result<Vec<_>>>()?.into_iter().collect();
        Ok(Arc::new(results))
    }

    /// What is read from all sketches.
    pub(super) fn peek(&self) -> Result<ArrayRef> {
        self.results(&self.sketches)
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        self.sketches.capacity() * size_of::<Option<S::Sketch>>() + self.held
    }
}

/// Sketches as they are stored; NULL for none.
pub(super) fn stored<S: Sketching>(sketches: &[Option<S::Sketch>]) -> Result<ArrayRef> {
    let mut states = BinaryBuilder::new();
    let mut length = 0;
    for sketch in sketches {
        match sketch {
            Some(sketch) => {
                let bytes = S::write(sketch);
                length += bytes.len();
                if i32::try_from(length).is_err() {
                    let message = "the states of an approximate aggregate exceed 2 GiB";
                    return Err(DataFusionError::ResourcesExhausted(message.to_owned()));
                }
                states.append_value(bytes);
            }
            None => states.append_null(),
        }
    }
    Ok(Arc::new(states.finish()))
}

/// A stored state that is none.
pub(super) fn damaged() -> DataFusionError {
    DataFusionError::Execution("the stored state of an approximate aggregate is damaged".into())
}

/// What a sketch does not take.
pub(super) fn refused(error: datasketches::error::Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
