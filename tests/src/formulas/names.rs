//! What names stand for in a formula over a table: places of columns.

use drillcore_formulas::{AggregateFunction, Names, Reference, Type};

use super::table::Column;

/// The columns that a formula can name.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a>(pub &'a [Column]);

impl Names for Columns<'_> {
    type Column = usize;
    type Measure = ();

    fn column(&mut self, reference: &Reference) -> Result<(usize, Type), String> {
        let place = self.0.iter().position(|column| column.name == reference.name);
        place.map(|place| (place, self.0[place].value_type)).ok_or_else(|| "there is no such column".to_owned())
    }

    fn measure(&mut self, _: &Reference) -> Result<((), Type), String> {
        Err("there are no measures".to_owned())
    }

    fn aggregate_type(&self, _: AggregateFunction, _: Option<Type>) -> Result<Type, String> {
        Err("there are no aggregates".to_owned())
    }
}
