//! The trees of hierarchies: read from the data that a query sees, and kept as long as its snapshot stays.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringViewArray, new_null_array};
use arrow::compute::{cast, concat, concat_batches};
use arrow::datatypes::{DataType, TimeUnit};

use super::Inner;
use super::tables::{Route, Routes};
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::execute::failed;
use crate::members::{MemberKey, MemberTree};
use crate::plan;
use crate::resolve::WantedTree;
use crate::result::column_texts;

impl Inner {
    /// The tree of a hierarchy over the rows of its dataset that a scope lets be seen.
    pub(super) async fn member_tree(
        &self,
        catalog: &Catalog,
        wanted: &WantedTree,
        routes: &mut Routes,
    ) -> Result<Arc<MemberTree>> {
        let query = wanted.query();
        let opened = self.open_tables(catalog, &query, routes).await?;
        let version = match routes.get(&wanted.dataset.name) {
            Some(Route::Snapshot { pinned, .. }) => Some(pinned.version()),
            _ => None,
        };
        let key = version.map(|version| MemberKey {
            revision: wanted.key.revision,
            dataset: wanted.key.dataset,
            version,
            calendar: wanted.key.calendar.clone(),
            filter: wanted.key.filter.clone(),
            types: wanted
                .keys
                .iter()
                .map(|key| key.output_type().column_type())
                .chain(wanted.others.iter().map(|other| other.column_type))
                .collect(),
        });
        if let Some(known) = key.as_ref().and_then(|key| self.members.get(key)) {
            // Queries have added to trees since then.
            self.members.fit();
            return Ok(known);
        }
        let session = self.executor.session();
        let logical = plan::logical_plan(&query, &opened.tables).map_err(failed)?;
        let physical = session.plan(&logical).await?;
        let schema = physical.schema();
        let batches = session.collect(physical).await?;
        let arrow = |error| Error::internal("the members of a hierarchy cannot be put together").with_source(error);
        let rows = concat_batches(&schema, &batches).map_err(arrow)?;
        let mut keys = with_null(rows.columns(), wanted.keys.len())?;
        let others = keys.split_off(wanted.keys.len());
        let mut texts = Vec::with_capacity(keys.len() + others.len());
        for column in keys.iter().chain(&others) {
            texts.push(ids(column, query.calendar.zone().name())?);
        }
        let tree = Arc::new(MemberTree::build(&wanted.definition, keys, &texts)?);
        if let Some(key) = key {
            self.members.put(key, &tree);
        }
        Ok(tree)
    }
}

/// The members with one that is NULL, which rows belong to that a link finds nothing for.
fn with_null(columns: &[ArrayRef], keys: usize) -> Result<Vec<ArrayRef>> {
    let rows = columns.first().map_or(0, |column| column.len());
    let is_null = |row: usize| columns.iter().take(keys).all(|column| column.is_null(row));
    if (0..rows).any(is_null) {
        return Ok(columns.to_vec());
    }
    let longer = |column: &ArrayRef| concat(&[column.as_ref(), new_null_array(column.data_type(), 1).as_ref()]);
    let longer = columns.iter().map(longer).collect::<Result<_, _>>();
    longer.map_err(|error| Error::internal("a member without a value cannot be added").with_source(error))
}

/// Values as ids of members: texts as they are, others as CSV shows them.
fn ids(column: &ArrayRef, zone: &str) -> Result<ArrayRef> {
    let zoned = match column.data_type() {
        DataType::Utf8View => return Ok(Arc::clone(column)),
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => {
            let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some(zone.into()));
            &cast(column, &zoned).map_err(|error| Error::internal("an instant has no zone").with_source(error))?
        }
        _ => column,
    };
    let texts = column_texts(zoned)?;
    let texts = texts.into_iter().enumerate().map(|(row, text)| zoned.is_valid(row).then_some(text));
    Ok(Arc::new(texts.collect::<StringViewArray>()))
}
