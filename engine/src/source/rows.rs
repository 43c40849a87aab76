//! Rows that a caller hands over.

use std::collections::HashMap;

use arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::builder::{self, ColumnBuilder};
use super::conform::{Normalized, canonical_schema, conform};
use super::guess::JsonGuess;
use super::moment::DateFormat;
use super::{metadata, names};
use crate::error::{Error, Result};
use crate::model::Column;
use crate::suggest;

/// Faults told in one error.
const FAULTS: usize = 20;

/// Rows of JSON values under one header. In JSON it is `{"header": [..], "data": [[..], ..]}`.
///
/// ```
/// use drillcore::Rows;
/// use serde_json::json;
///
/// let data = vec![vec![json!("sweet"), json!(126)], vec![json!("sour"), json!(352)]];
/// let rows = Rows::new(["burrito", "weight"], data);
/// assert_eq!(rows.data.len(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows; each has a value for each name of the header, in its order. null is NULL.
    pub data: Vec<Vec<Value>>,
}

impl Rows {
    /// Rows under a header.
    #[must_use]
    pub fn new<H: Into<String>>(header: impl IntoIterator<Item = H>, data: Vec<Vec<Value>>) -> Self {
        Self { header: header.into_iter().map(Into::into).collect(), data }
    }

    /// Rows from JSON objects: the header is the union of their names, in the order in which they first occur; an
    /// object that lacks a name has NULL there.
    ///
    /// ```
    /// use drillcore::Rows;
    /// use serde_json::{Value, json};
    ///
    /// let objects = [json!({"a": 1}), json!({"a": 2, "b": "x"})];
    /// let rows = Rows::from_objects(objects.into_iter().filter_map(|object| match object {
    ///     Value::Object(members) => Some(members),
    ///     _ => None,
    /// }));
    /// assert_eq!(rows.header, ["a", "b"]);
    /// assert_eq!(rows.data[0], [json!(1), json!(null)]);
    /// ```
    #[must_use]
    pub fn from_objects(objects: impl IntoIterator<Item = Map<String, Value>>) -> Self {
        let mut rows = Self::default();
        let mut places: HashMap<String, usize> = HashMap::new();
        for object in objects {
            let mut row = vec![Value::Null; rows.header.len()];
            for (name, value) in object {
                match places.get(&name).and_then(|place| row.get_mut(*place)) {
                    Some(slot) => *slot = value,
                    None => {
                        places.insert(name.clone(), row.len());
                        rows.header.push(name);
                        row.push(value);
                    }
                }
            }
            rows.data.push(row);
        }
        let width = rows.header.len();
        for row in &mut rows.data {
            row.resize(width, Value::Null);
        }
        rows
    }

    /// The names of the columns, complete, if every row has a value for each.
    fn check(&self) -> Result<Vec<String>> {
        let names = names::complete(self.header.iter().cloned()).map_err(Error::input)?;
        let mut faults = Faults::default();
        for (index, row) in self.data.iter().enumerate() {
            if row.len() != names.len() {
                let (found, wanted) = (row.len(), names.len());
                faults.add(|| format!("row {} has {found} values where the header has {wanted}", index + 1));
            }
        }
        faults.into_result()?;
        Ok(names)
    }
}

/// The columns that the rows have, with the types found in all of them.
pub(crate) fn infer_rows(rows: &Rows) -> Result<Vec<Column>> {
    let names = rows.check()?;
    let mut guesses = vec![JsonGuess::new(); names.len()];
    for row in &rows.data {
        for (guess, value) in guesses.iter_mut().zip(row) {
            guess.observe(value);
        }
    }
    let describe = |(name, guess): (String, &JsonGuess)| metadata::described(name, guess.column_type());
    Ok(names.into_iter().zip(&guesses).map(describe).collect())
}

/// The rows as a batch of these columns, in canonical types. A column that the header lacks is NULL; a name in the
/// header that is no column is an error. Values that do not fit are all looked for before any is refused.
pub(crate) fn rows_to_batch(rows: &Rows, columns: &[Column]) -> Result<RecordBatch> {
    let names = rows.check()?;
    let is_known = |name: &String| columns.iter().any(|column| column.source_name == *name);
    if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
        let hint = suggest::hint(unknown, columns.iter().map(|column| column.source_name.as_str()));
        return Err(Error::input(format!("there is no column `{unknown}`{hint}")));
    }
    let mut faults = Faults::default();
    let mut arrays = Vec::with_capacity(columns.len());
    for column in columns {
        let place = names.iter().position(|name| *name == column.source_name);
        let mut builder = ColumnBuilder::new(column, DateFormat::Iso)?;
        for (index, row) in rows.data.iter().enumerate() {
            let value = place.and_then(|place| row.get(place)).unwrap_or(&Value::Null);
            if let Err(mismatch) = builder.append_json(value) {
                builder.append_null();
                let (row, name) = (index + 1, &column.source_name);
                faults.add(|| format!("row {row}, column `{name}`: the value {}", builder.reason(mismatch)));
            }
        }
        arrays.push(builder.finish());
    }
    faults.into_result()?;
    let batch = builder::batch(&canonical_schema(columns), arrays, rows.data.len())?;
    // JSON has no NaN, but it has -0.0.
    conform(&batch, columns, &mut Normalized::default())
}

/// What is wrong with rows: the first faults in words, the others as a number.
#[derive(Debug, Default)]
struct Faults {
    told: Vec<String>,
    count: usize,
}

impl Faults {
    fn add(&mut self, fault: impl FnOnce() -> String) {
        self.count += 1;
        if self.told.len() < FAULTS {
            self.told.push(fault());
        }
    }

    fn into_result(self) -> Result<()> {
        let told = self.told.join("; ");
        match (self.count, self.count - self.told.len()) {
            (0, _) => Ok(()),
            (1, _) => Err(Error::input(told)),
            (count, 0) => Err(Error::input(format!("{count} faults: {told}"))),
            (count, more) => Err(Error::input(format!("{count} faults: {told}; and {more} more"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::{Float64Type, Int64Type};
    use serde_json::{Value, json};

    use super::{Rows, infer_rows, rows_to_batch};
    use crate::model::{Column, ColumnType};

    fn rows(value: Value) -> Rows {
        serde_json::from_value(value).expect("rows")
    }

    #[test]
    fn types_are_found_and_kept() {
        let rows = rows(json!({
            "header": ["n", "x", "ok", "day", "at", "name", ""],
            "data": [
                [1, -0.0, true, "2013-01-01", "2013-01-01T05:00:00Z", "a", null],
                [null, 2, null, null, null, null, null],
            ],
        }));
        let columns = infer_rows(&rows).expect("columns");
        let found: Vec<String> = columns.iter().map(|column| column.column_type.name()).collect();
        assert_eq!(found, ["integer", "float", "boolean", "date", "datetime", "text", "text"]);
        assert_eq!(columns[6].id, "column_7");
        let batch = rows_to_batch(&rows, &columns).expect("a batch");
        assert_eq!(batch.num_rows(), 2);
        for (array, column) in batch.columns().iter().zip(&columns) {
            assert_eq!(*array.data_type(), column.column_type.arrow(), "{}", column.id);
        }
        let zero = batch.column(1).as_primitive::<Float64Type>().value(0);
        assert!(zero.to_bits() == 0, "-0.0 is 0.0");
    }

    #[test]
    fn a_column_that_is_missing_is_null_and_order_does_not_matter() {
        let rows = Rows::new(["b", "a"], vec![vec![json!("x"), json!(1)]]);
        let columns =
            ["a", "c", "b"].map(|id| Column::new(id, if id == "b" { ColumnType::Text } else { ColumnType::Integer }));
        let batch = rows_to_batch(&rows, &columns).expect("a batch");
        assert_eq!(batch.column(0).as_primitive::<Int64Type>().value(0), 1);
        assert_eq!(batch.column(1).null_count(), 1);
        assert_eq!(batch.column(2).as_string_view().value(0), "x");
    }

    #[test]
    fn objects_are_united() {
        let objects = [json!({"a": 1}), json!({"b": 2}), json!({"b": 3, "a": 4})];
        let rows = Rows::from_objects(objects.iter().filter_map(Value::as_object).cloned());
        assert_eq!(rows.header, ["a", "b"]);
        let wanted = [[json!(1), json!(null)], [json!(null), json!(2)], [json!(4), json!(3)]];
        assert_eq!(rows.data, wanted);
    }

    #[test]
    fn faults_are_collected_and_name_row_and_column() {
        let check = |rows: &Rows, columns: &[Column], wanted: &str| {
            assert_eq!(rows_to_batch(rows, columns).expect_err("refused").to_string(), wanted);
        };
        let columns = [Column::new("n", ColumnType::Integer), Column::new("day", ColumnType::Date)];
        let two = Rows::new(["n", "day"], vec![vec![json!("x"), json!("2013-02-30")], vec![json!(1), json!(null)]]);
        check(
            &two,
            &columns,
            "2 faults: row 1, column `n`: the value is not an integer of 64 bits; \
             row 1, column `day`: the value is not a date of the form YYYY-MM-DD",
        );
        let ragged = Rows::new(["n", "day"], vec![vec![json!(1), json!(null)], vec![json!(1)]]);
        check(&ragged, &columns, "row 2 has 1 values where the header has 2");
        assert!(infer_rows(&ragged).is_err());
        check(&Rows::new(["n", "dya"], vec![]), &columns, "there is no column `dya`; did you mean `day`?");
        check(&Rows::new(["n", "n"], vec![]), &columns, "the column name `n` occurs more than once");

        let many = Rows::new(["n"], vec![vec![json!("x")]; 25]);
        let message = rows_to_batch(&many, &columns).expect_err("refused").to_string();
        assert!(message.starts_with("25 faults: row 1, "), "{message}");
        assert!(
            message.ends_with("row 20, column `n`: the value is not an integer of 64 bits; and 5 more"),
            "{message}"
        );
    }
}
