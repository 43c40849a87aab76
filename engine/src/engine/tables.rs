//! Opening what a query reads: each dataset from its snapshot if it has one, else from its source; the targets of links
//! in memory, kept for later queries as long as their snapshot stays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::compute::{cast, concat_batches};
use datafusion::catalog::TableProvider;

use super::Inner;
use super::derived::table_of;
use crate::catalog::{Catalog, DatasetEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::failed;
use crate::links::{LinkIndex, LookupColumn, LookupKey, LookupTable};
use crate::plan::{FixedValues, RowMembers, Tables, columns_read, lookup_plan};
use crate::resolve::{Lookup, ResolvedQuery};
use crate::result::Path;
use crate::tables::SourceTable;
use drillcore_store::Snapshot;

/// Everything that a query reads.
pub(super) struct Opened {
    pub(super) tables: Tables,
    /// Where the datasets are read.
    pub(super) routes: Routes,
}

/// By dataset: where it is read.
pub(super) type Routes = BTreeMap<String, Route>;

/// Where a dataset is read, and why.
#[derive(Debug, Clone)]
pub(super) enum Route {
    Snapshot {
        pinned: Arc<Snapshot>,
        pushed: bool,
        /// Whether a query asks for this version, which is not the newest one.
        past: bool,
    },
    Source {
        accelerated: bool,
        described: String,
    },
}

impl Route {
    pub(super) fn path(&self) -> Path {
        match self {
            Self::Snapshot { .. } => Path::Snapshot,
            Self::Source { .. } => Path::Source,
        }
    }

    pub(super) fn reason(&self) -> String {
        match self {
            Self::Snapshot { pinned, pushed: true, .. } => {
                format!("version {}, because its rows were pushed into the store", pinned.version())
            }
            Self::Snapshot { pinned, pushed: false, .. } => {
                format!("version {}, because it is accelerated and synced", pinned.version())
            }
            Self::Source { accelerated: true, described } => {
                format!("{described}, because it is accelerated but not synced yet")
            }
            Self::Source { accelerated: false, described } => format!("{described}, because it is not accelerated"),
        }
    }
}

impl Inner {
    /// Chooses where each dataset of the query is read, unless that is known already, pins the snapshots, and reads the
    /// targets of links.
    pub(super) async fn open_tables(
        &self,
        catalog: &Catalog,
        query: &ResolvedQuery,
        routes: &mut Routes,
    ) -> Result<Opened> {
        let datasets = query.lookups.iter().map(|lookup| &lookup.dataset).chain([&query.base]);
        for dataset in datasets {
            if !routes.contains_key(&dataset.name) {
                let entry = catalog.dataset(&dataset.name)?;
                routes.insert(dataset.name.clone(), self.route(entry)?);
            }
        }
        let mut read = columns_read(query);
        let mut lookups = Vec::with_capacity(query.lookups.len());
        for (index, lookup) in query.lookups.iter().enumerate() {
            let entry = catalog.dataset(&lookup.dataset.name)?;
            let columns = read.remove(&Some(index)).unwrap_or_default();
            lookups.push(self.lookup_table(query, lookup, entry, routes.get(&entry.name), &columns).await?);
        }
        let entry = catalog.dataset(&query.base.name)?;
        let base = self.table(entry, routes.get(&entry.name))?;
        let tables = Tables { base, lookups, fixed: FixedValues::default(), rows: RowMembers::default() };
        Ok(Opened { tables, routes: routes.clone() })
    }

    /// The snapshot of a dataset if it has one, else its source.
    pub(super) fn route(&self, entry: &DatasetEntry) -> Result<Route> {
        let source = entry.source();
        if (source.is_none() || entry.acceleration.is_some())
            && let Some(pinned) = self.store.dataset(entry.id).latest()?
        {
            return Ok(Route::Snapshot { pinned, pushed: source.is_none(), past: false });
        }
        let source = source.ok_or_else(|| {
            Error::new(ErrorKind::Storage, format!("dataset `{}` has no rows in the store", entry.name))
        })?;
        Ok(Route::Source { accelerated: entry.acceleration.is_some(), described: source.describe() })
    }

    pub(super) fn table(&self, entry: &DatasetEntry, route: Option<&Route>) -> Result<Arc<dyn TableProvider>> {
        match (route, entry.source()) {
            (Some(Route::Snapshot { pinned, .. }), _) => {
                let files = self.open.open(pinned)?;
                Ok(Arc::new(table_of(Arc::clone(pinned), files, entry)?))
            }
            (_, Some(source)) => Ok(Arc::new(SourceTable::new(source, entry.columns.clone()))),
            (_, None) => Err(Error::internal("a dataset has neither a snapshot nor a source")),
        }
    }

    async fn lookup_table(
        &self,
        query: &ResolvedQuery,
        lookup: &Lookup,
        entry: &DatasetEntry,
        route: Option<&Route>,
        columns: &BTreeSet<String>,
    ) -> Result<LookupTable> {
        let version = match route {
            Some(Route::Snapshot { pinned, .. }) => Some(pinned.version()),
            _ => None,
        };
        let key = version.map(|version| LookupKey::new(lookup, version, &entry.columns));
        let known = key.as_ref().and_then(|key| self.lookups.get(key));
        let missing: BTreeSet<String> = match &known {
            Some(table) => columns.iter().filter(|column| !table.columns.contains_key(*column)).cloned().collect(),
            None => columns.clone(),
        };
        if let Some(table) = &known
            && missing.is_empty()
        {
            return Ok(table.clone());
        }
        let table = self.read_lookup(query, lookup, entry, route, known, missing).await?;
        if let Some(key) = key {
            self.lookups.put(key, &table);
        }
        Ok(table)
    }

    /// Reads columns of a link's target in the order of its source, and its keys unless they are known.
    async fn read_lookup(
        &self,
        query: &ResolvedQuery,
        lookup: &Lookup,
        entry: &DatasetEntry,
        route: Option<&Route>,
        known: Option<LookupTable>,
        missing: BTreeSet<String>,
    ) -> Result<LookupTable> {
        let mut read = missing.clone();
        if known.is_none() {
            read.extend(lookup.keys.iter().map(|key| key.to.clone()));
        }
        let table = self.table(entry, route)?;
        let plan = lookup_plan(query, &table, &read, &lookup.filter).map_err(failed)?;
        let session = self.executor.session();
        let physical = session.plan(&plan).await?;
        let schema = physical.schema();
        let batches = session.collect(physical).await?;
        let arrow = |error| Error::internal("the target of a link cannot be put together").with_source(error);
        let rows = concat_batches(&schema, &batches).map_err(arrow)?;
        let column = |name: &str| -> Result<ArrayRef> {
            let found = rows.column_by_name(name).cloned();
            found.ok_or_else(|| Error::internal("a column of a link's target was not read"))
        };
        let mut columns = BTreeMap::new();
        for name in &missing {
            columns.insert(name.clone(), LookupColumn::new(column(name)?));
        }
        match known {
            Some(known) => {
                columns.extend(known.columns);
                Ok(LookupTable { index: known.index, columns })
            }
            None => {
                let keys = lookup.keys.iter().map(|key| cast(&*column(&key.to)?, &key.key_type.arrow()).map_err(arrow));
                let index = Arc::new(LinkIndex::build(&keys.collect::<Result<Vec<_>>>()?)?);
                Ok(LookupTable { index, columns })
            }
        }
    }
}
