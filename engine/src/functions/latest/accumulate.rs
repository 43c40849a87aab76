//! The accumulator that DataFusion drives, for one group.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryArray, StructArray};
use arrow::datatypes::{DataType, Fields};
use arrow::row::{RowConverter, Rows, SortField};
use datafusion::common::cast::{as_binary_array, as_list_array, as_struct_array};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::Accumulator;

use super::entities::{Entities, Part};
use super::inner::{KEYS, Maker};
use crate::functions::exact::{column, damaged};
use crate::functions::values::one_list;

/// An aggregate over the rows of the last date of each entity.
#[derive(Debug)]
pub(super) struct Latest {
    maker: Maker,
    /// What is stored for one entity.
    fields: Fields,
    dates: RowConverter,
    /// Nothing if the group is one entity.
    keys: Option<RowConverter>,
    entities: Entities,
}

impl Latest {
    /// For a date and entities of these types.
    pub(super) fn new(maker: Maker, fields: Fields, date: DataType, entities: Vec<DataType>) -> Result<Self> {
        let converter = |types: Vec<DataType>| RowConverter::new(types.into_iter().map(SortField::new).collect());
        let keys = if entities.is_empty() { None } else { Some(converter(entities)?) };
        Ok(Self { maker, fields, dates: converter(vec![date])?, keys, entities: Entities::default() })
    }
}

impl Accumulator for Latest {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let (own, rest) = values.split_at_checked(self.maker.arity()).ok_or_else(damaged)?;
        let (date, entities) = rest.split_first().ok_or_else(damaged)?;
        let dates = self.dates.convert_columns(std::slice::from_ref(date))?;
        let keys: Option<Rows> = self.keys.as_ref().map(|keys| keys.convert_columns(entities)).transpose()?;
        let rows = (0..date.len()).map(|row| {
            let key = keys.as_ref().map(|keys| keys.row(row).data()).unwrap_or_default();
            (date.is_valid(row).then(|| dates.row(row).data()), key)
        });
        self.entities.add(&self.maker, rows, own, Part::Rows)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for entities in as_list_array(column(states, 0)?)?.iter().flatten() {
            let columns = as_struct_array(entities.as_ref())?.columns();
            let keys = as_binary_array(column(columns, 0)?)?;
            let dates = as_binary_array(column(columns, 1)?)?;
            let stored = columns.get(KEYS..).ok_or_else(damaged)?;
            let rows = dates.iter().zip(keys).map(|(date, key)| (date, key.unwrap_or_default()));
            self.entities.add(&self.maker, rows, stored, Part::States)?;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.entities.total(&self.maker, &self.fields)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let stored = self.entities.states(&self.maker, &self.fields)?;
        let (keys, dates) = self.entities.keys();
        let keys: [ArrayRef; KEYS] = [keys, dates].map(|keys| Arc::new(BinaryArray::from_vec(keys)) as ArrayRef);
        let columns = keys.into_iter().chain(stored).collect();
        let entities = StructArray::try_new(self.fields.clone(), columns, None)?;
        Ok(vec![one_list(Arc::new(entities))?])
    }

    fn size(&self) -> usize {
        let converters = self.dates.size() + self.keys.as_ref().map_or(0, RowConverter::size);
        size_of::<Self>() + converters + self.entities.size()
    }
}
