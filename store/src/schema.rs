//! Schemas as manifests keep them: a JSON form of our own that no release of a library can change.

use std::collections::{BTreeMap, HashMap, HashSet};

use arrow::datatypes::{DataType, Field, Schema};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::type_text::{parse_type, type_text};

/// The columns of a table.
///
/// ```
/// use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
/// use drillcore_store::SchemaDoc;
///
/// let schema = Schema::new(vec![
///     Field::new("id", DataType::Int64, false),
///     Field::new("at", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true),
/// ]);
/// let doc = SchemaDoc::from_arrow(&schema)?;
/// assert_eq!(doc.fields[1].data_type, "timestamp(us, UTC)");
/// assert_eq!(doc.to_arrow()?, schema);
/// # Ok::<(), drillcore_store::Error>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaDoc {
    /// The columns in order; there is at least one, and no two have the same name.
    pub fields: Vec<FieldDoc>,
    /// Key and value pairs of the whole table, as Arrow has them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// One column.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDoc {
    /// The name, compared byte by byte.
    pub name: String,
    /// The type in words, such as `int64`, `decimal128(18, 2)` or `timestamp(us, Europe/Brussels)`; docs/format.md
    /// lists them all.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Whether NULL may occur.
    pub nullable: bool,
    /// Key and value pairs of the column, as Arrow has them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

impl SchemaDoc {
    /// Describes an Arrow schema. Whether a dictionary is ordered is not kept.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if there are no columns, a name occurs twice, or a type cannot be stored (nested
    /// types, intervals, run-end encoding).
    pub fn from_arrow(schema: &Schema) -> Result<Self> {
        let mut names = HashSet::new();
        if schema.fields().is_empty() {
            return Err(Error::new(ErrorKind::InvalidInput, "a schema needs at least one column"));
        }
        if let Some(twice) = schema.fields().iter().find(|field| !names.insert(field.name())) {
            let error = Error::new(ErrorKind::InvalidInput, "a column name occurs twice");
            return Err(error.with_context("column", twice.name().escape_debug()));
        }
        let fields = schema.fields().iter().map(|field| FieldDoc::from_arrow(field)).collect::<Result<Vec<_>>>()?;
        Ok(Self { fields, metadata: sorted(schema.metadata()) })
    }

    /// The Arrow schema described.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedFormat`] if a type is not known to this build.
    pub fn to_arrow(&self) -> Result<Schema> {
        let fields = self.fields.iter().map(FieldDoc::to_arrow).collect::<Result<Vec<_>>>()?;
        Ok(Schema::new_with_metadata(fields, hashed(&self.metadata)))
    }
}

impl FieldDoc {
    fn from_arrow(field: &Field) -> Result<Self> {
        let data_type = type_text(field.data_type()).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "a column has a type that cannot be stored")
                .with_context("column", field.name().escape_debug())
                .with_context("type", field.data_type())
        })?;
        let metadata = sorted(field.metadata());
        Ok(Self { name: field.name().clone(), data_type, nullable: field.is_nullable(), metadata })
    }

    fn to_arrow(&self) -> Result<Field> {
        let data_type: DataType = parse_type(&self.data_type).ok_or_else(|| {
            Error::new(ErrorKind::UnsupportedFormat, "a column has a type this build does not know")
                .with_context("column", self.name.escape_debug())
                .with_context("type", self.data_type.escape_debug())
        })?;
        Ok(Field::new(&self.name, data_type, self.nullable).with_metadata(hashed(&self.metadata)))
    }
}

fn sorted(metadata: &HashMap<String, String>) -> BTreeMap<String, String> {
    metadata.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn hashed(metadata: &BTreeMap<String, String>) -> HashMap<String, String> {
    metadata.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::{DataType, ErrorKind, Field, Schema, SchemaDoc};

    #[test]
    fn schemas_survive_json_with_their_metadata() {
        let metadata = |key: &str| [(key.to_owned(), "v".to_owned())].into_iter().collect();
        let fields = vec![
            Field::new("a \"quoted\"", DataType::Utf8View, true).with_metadata(metadata("k")),
            Field::new("A", DataType::Decimal128(18, -2), false),
        ];
        let schema = Schema::new_with_metadata(fields, metadata("table"));
        let json = serde_json::to_string(&SchemaDoc::from_arrow(&schema).unwrap()).unwrap();
        let doc: SchemaDoc = serde_json::from_str(&json).unwrap();
        assert_eq!(doc.to_arrow().unwrap(), schema);
    }

    #[test]
    fn what_cannot_be_stored_is_refused_by_name() {
        let list = DataType::new_list(DataType::Int8, true);
        let cases = [
            vec![],
            vec![Field::new("a", DataType::Int8, true), Field::new("a", DataType::Int8, true)],
            vec![Field::new("a", list, true)],
        ];
        for fields in cases {
            let error = SchemaDoc::from_arrow(&Schema::new(fields)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
    }
}
