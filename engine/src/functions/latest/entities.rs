//! The entities of a group, each with the rows of its last date.

use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef, UInt32Array, new_empty_array};
use arrow::compute::take_arrays;
use arrow::datatypes::Fields;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::Accumulator;
use hashbrown::HashMap;

use super::inner::{KEYS, Maker};
use crate::functions::exact::damaged;

/// What is handed to the inner accumulators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Rows.
    Rows,
    /// What other accumulators stored.
    States,
}

/// An entity.
#[derive(Debug, Default)]
struct Entity {
    /// The key of the last date; keys have the order of what they stand for, and none is empty.
    date: Box<[u8]>,
    /// Over the rows of that date.
    accumulator: Option<Box<dyn Accumulator>>,
    /// Rows of the batch at hand that are of that date.
    rows: Vec<u32>,
    /// What is counted of the accumulator in the bytes of all.
    bytes: usize,
}

/// The entities of one group.
#[derive(Debug, Default)]
pub(super) struct Entities {
    places: HashMap<Box<[u8]>, usize>,
    entities: Vec<Entity>,
    held: usize,
}

impl Entities {
    /// Takes in the rows of a batch: the key of its date, unless that is NULL, and of its entity, for each row.
    pub(super) fn add<'a>(
        &mut self,
        maker: &Maker,
        keys: impl Iterator<Item = (Option<&'a [u8]>, &'a [u8])>,
        columns: &[ArrayRef],
        part: Part,
    ) -> Result<()> {
        let mut touched = Vec::new();
        for (row, (date, key)) in (0_u32..).zip(keys) {
            let Some(date) = date else { continue };
            let place = self.place(key);
            let Some(entity) = self.entities.get_mut(place) else { continue };
            match date.cmp(&entity.date) {
                Ordering::Less => continue,
                Ordering::Equal => {}
                Ordering::Greater => {
                    self.held += date.len();
                    self.held -= entity.date.len() + entity.bytes;
                    *entity = Entity { date: date.into(), ..Entity::default() };
                }
            }
            if entity.rows.is_empty() {
                touched.push(place);
            }
            entity.rows.push(row);
        }
        for place in touched {
            let Some(entity) = self.entities.get_mut(place) else { continue };
            let rows = std::mem::take(&mut entity.rows);
            // Whose date went on within the batch is here more than once.
            if rows.is_empty() {
                continue;
            }
            let columns = take_arrays(columns, &UInt32Array::from(rows), None)?;
            let accumulator = entity.accumulator(maker)?;
            match part {
                Part::Rows => accumulator.update_batch(&columns)?,
                Part::States => accumulator.merge_batch(&columns)?,
            }
            let bytes = accumulator.size();
            self.held = self.held + bytes - entity.bytes;
            entity.bytes = bytes;
        }
        Ok(())
    }

    fn place(&mut self, key: &[u8]) -> usize {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let place = self.entities.len();
        self.places.insert(key.into(), place);
        self.entities.push(Entity::default());
        self.held += key.len();
        place
    }

    /// The keys of the entities and of their dates.
    pub(super) fn keys(&self) -> (Vec<&[u8]>, Vec<&[u8]>) {
        let mut keys: Vec<&[u8]> = vec![<&[u8]>::default(); self.entities.len()];
        for (key, place) in &self.places {
            if let Some(slot) = keys.get_mut(*place) {
                *slot = key;
            }
        }
        (keys, self.entities.iter().map(|entity| &*entity.date).collect())
    }

    /// What the inner accumulators store, a row for each entity. They may be empty then.
    pub(super) fn states(&mut self, maker: &Maker, fields: &Fields) -> Result<Vec<ArrayRef>> {
        let mut columns: Vec<Vec<ScalarValue>> = fields.iter().skip(KEYS).map(|_| Vec::new()).collect();
        for entity in &mut self.entities {
            let state = entity.accumulator(maker)?.state()?;
            if state.len() != columns.len() {
                return Err(damaged());
            }
            columns.iter_mut().zip(state).for_each(|(column, value)| column.push(value));
        }
        let columns = columns.into_iter().zip(fields.iter().skip(KEYS));
        columns
            .map(|(column, field)| {
                if column.is_empty() {
                    return Ok(new_empty_array(field.data_type()));
                }
                ScalarValue::iter_to_array(column)
            })
            .collect()
    }

    /// The inner aggregate over the rows of all entities.
    pub(super) fn total(&mut self, maker: &Maker, fields: &Fields) -> Result<ScalarValue> {
        let states = self.states(maker, fields)?;
        let mut total = maker.accumulator()?;
        if !self.entities.is_empty() {
            total.merge_batch(&states)?;
        }
        for (place, entity) in self.entities.iter_mut().enumerate() {
            // Storing may have emptied it.
            let mut again = maker.accumulator()?;
            let state: Vec<ArrayRef> = states.iter().map(|column| column.slice(place, 1)).collect();
            again.merge_batch(&state)?;
            entity.accumulator = Some(again);
        }
        total.evaluate()
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        let places = self.places.capacity() * size_of::<(Box<[u8]>, usize)>();
        places + self.entities.capacity() * size_of::<Entity>() + self.held
    }
}

impl Entity {
    fn accumulator(&mut self, maker: &Maker) -> Result<&mut (dyn Accumulator + 'static)> {
        if self.accumulator.is_none() {
            self.accumulator = Some(maker.accumulator()?);
        }
        self.accumulator.as_deref_mut().ok_or_else(damaged)
    }
}
