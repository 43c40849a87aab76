//! References to columns: which dataset, through which links, at which level.

use std::sync::Arc;

use super::base::{Reach, chain_name, list, reach};
use super::{ColumnRef, DatasetRef, KeyPair, Lookup, Resolver, Scalar, scoped, wrong};
use crate::catalog::{DatasetEntry, key_type};
use crate::error::{Error, Result};
use crate::model::{Column, ColumnType, Kind, Link};
use crate::query::{DatetimeLevel, Reference, Target};

impl Resolver<'_> {
    /// The column that a reference names. `path` is the place of the object that holds the reference.
    pub(super) fn column(&mut self, reference: &Reference, path: &str) -> Result<(ColumnRef, Column)> {
        let id = match &reference.target {
            Target::Column(id) if id == "*" => {
                return Err(wrong(&format!("{path}/column_id"), "`*` stands for all rows and can only be counted"));
            }
            Target::Column(id) => id,
            Target::Name(name) => {
                let message = format!("`{name}` is a name of this query; a column_id is needed here");
                return Err(wrong(&format!("{path}/name"), message));
            }
        };
        let lookup = self.lookup(reference.dataset.as_deref(), path)?;
        let dataset = self.dataset_of(lookup);
        let column = dataset.column(id).map_err(|error| wrong(&format!("{path}/column_id"), error.message()))?.clone();
        Ok((ColumnRef { lookup, column: column.id.clone(), column_type: column.column_type }, column))
    }

    /// A column at a level, or as it is.
    pub(super) fn scalar(
        &mut self,
        reference: &Reference,
        level: Option<DatetimeLevel>,
        path: &str,
    ) -> Result<(Scalar, Column)> {
        let (of, column) = self.column(reference, path)?;
        let scalar = at_level(of, level).map_err(|message| wrong(&format!("{path}/level"), message))?;
        Ok((scalar, column))
    }

    /// How messages and default names call a column: its id, behind the link it is reached through.
    pub(super) fn display_name(&self, column: &ColumnRef) -> String {
        match column.lookup.and_then(|index| self.lookups.get(index)) {
            Some(lookup) => format!("{}.{}", lookup.chain, column.column),
            None => column.column.clone(),
        }
    }

    fn dataset_of(&self, lookup: Option<usize>) -> Arc<DatasetEntry> {
        lookup.and_then(|index| self.targets.get(index)).map_or_else(|| Arc::clone(&self.base), Arc::clone)
    }

    /// The lookup that a dataset_id means: none for the base.
    fn lookup(&mut self, name: Option<&str>, path: &str) -> Result<Option<usize>> {
        let Some(name) = name else { return Ok(None) };
        let catalog = self.catalog;
        let base = Arc::clone(&self.base);
        let at = format!("{path}/dataset_id");
        match reach(catalog, &base.name, name) {
            Reach::Chain(chain) => self.follow(&chain).map_err(|error| error.at(at)),
            Reach::Ambiguous(ways) => {
                let ways = list(ways.iter().map(String::as_str));
                Err(wrong(&at, format!("several links lead from `{}` to `{name}`; name one of {ways}", base.name)))
            }
            Reach::Unreachable => Err(wrong(&at, format!("no link leads from dataset `{}` to `{name}`", base.name))),
        }
    }

    /// Adds the lookups of a chain that are not in use yet.
    fn follow(&mut self, chain: &[&Link]) -> Result<Option<usize>> {
        let mut at = None;
        for length in 1..=chain.len() {
            let (Some(so_far), Some(link)) = (chain.get(..length), chain.get(length - 1)) else { break };
            let name = chain_name(so_far);
            let known = self.lookups.iter().position(|lookup| lookup.chain == name);
            at = Some(match known {
                Some(index) => index,
                None => self.add_lookup(name, at, link)?,
            });
        }
        Ok(at)
    }

    fn add_lookup(&mut self, chain: String, from: Option<usize>, link: &Link) -> Result<usize> {
        let source = self.dataset_of(from);
        let target = Arc::clone(self.catalog.dataset(&link.to)?);
        let mut keys = Vec::with_capacity(link.on.len());
        for (left, right) in &link.on {
            let (left, right) = (source.column(left)?, target.column(right)?);
            let key_type = key_type(left.column_type, right.column_type).ok_or_else(|| {
                Error::input(format!("link `{chain}` compares columns of different types; remove it and link anew"))
            })?;
            let from = ColumnRef { lookup: from, column: left.id.clone(), column_type: left.column_type };
            keys.push(KeyPair { from, to: right.id.clone(), key_type });
        }
        let filter = scoped::dataset_filters(&target, self.scope, &self.calendar)?;
        let dataset = DatasetRef { name: target.name.clone(), id: target.id };
        self.lookups.push(Lookup { chain, dataset, keys, filter });
        self.targets.push(target);
        Ok(self.lookups.len() - 1)
    }
}

/// A column at a level, or the reason why it cannot have it.
pub(super) fn at_level(of: ColumnRef, level: Option<DatetimeLevel>) -> Result<Scalar, String> {
    let Some(level) = level else { return Ok(Scalar::Column(of)) };
    let kind = of.column_type.kind();
    if kind != Kind::Datetime {
        return Err(format!("column `{}` is {} and has no levels", of.column, kind.as_str()));
    }
    let (below_day, name) = match level {
        DatetimeLevel::Bucket(level) => (!level.is_calendar(), level.name()),
        DatetimeLevel::Cyclic(part) => (part.is_below_day(), part.name()),
    };
    if below_day && of.column_type == ColumnType::Date {
        return Err(format!("column `{}` is a date and has no level `{name}`", of.column));
    }
    Ok(match level {
        DatetimeLevel::Bucket(level) => Scalar::Bucket { of, level },
        DatetimeLevel::Cyclic(part) => Scalar::Cyclic { of, part },
    })
}
