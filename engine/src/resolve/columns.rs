//! References to columns: which dataset, through which links, at which level.

use std::sync::Arc;

use super::base::{LONGEST_CHAIN, Reach, list, reach};
use super::definitions::own_value;
use super::{ColumnRef, DatasetRef, KeyPair, Lookup, Resolver, Scalar, scoped, wrong};
use crate::catalog::{DatasetEntry, key_type};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Column, ColumnType, Kind, Link};
use crate::query::{DatetimeLevel, Reference, Target};

/// How far one of the query's own columns is resolved.
pub(super) enum Derivation {
    /// Its formula is being read; who meets it again has found a cycle.
    Begun,
    Done(Scalar, Box<Column>),
}

impl Resolver<'_> {
    /// The value of a row that a reference names, and what is known of its column. `path` is the place of the object
    /// that holds the reference.
    pub(super) fn value(&mut self, reference: &Reference, path: &str) -> Result<(Scalar, Column)> {
        let id = match &reference.target {
            Target::Column(id) if id == "*" => {
                return Err(wrong(&format!("{path}/column_id"), "`*` stands for all rows and can only be counted"));
            }
            Target::Column(id) => id,
            Target::Expression(text) => {
                return self.row_formula(text, reference.dataset.as_deref(), &format!("{path}/expression"));
            }
            Target::Formula(text) => {
                return self.row_formula(text, reference.dataset.as_deref(), &format!("{path}/formula"));
            }
            Target::Name(name) => {
                let message = format!("`{name}` is a name of this query; a column_id is needed here");
                return Err(wrong(&format!("{path}/name"), message));
            }
            Target::Hierarchy(_) => {
                let message = "a hierarchy is a dimension, or what a filter tests; it has no value in a row";
                return Err(wrong(&format!("{path}/hierarchy_id"), message));
            }
            Target::StoredFormula(name) => {
                let message = format!("`{name}` is a stored formula, which has no value in a row");
                return Err(wrong(&format!("{path}/formula_id"), message));
            }
        };
        let lookup = self.lookup(reference.dataset.as_deref(), path)?;
        if lookup.is_none()
            && let Some(found) = self.derivation(id)?
        {
            return Ok(found);
        }
        let at = format!("{path}/column_id");
        self.column_at(lookup, id).map_err(|error| match error.kind() {
            ErrorKind::NotFound => wrong(&at, error.message()),
            _ => error.at(at),
        })
    }

    /// Resolves all of the query's own columns, so that a wrong one is told even where nothing uses it.
    pub(super) fn resolve_derived(&mut self) -> Result<()> {
        let query = self.query;
        for (index, derived) in query.derived.iter().enumerate() {
            if self.base.column(&derived.name).is_ok() || self.base.derived_column(&derived.name).is_some() {
                let message = format!("dataset `{}` has a column `{}` already", self.base.name, derived.name);
                return Err(wrong(&format!("/derived/{index}/as"), message));
            }
            self.derivation(&derived.name)?;
        }
        Ok(())
    }

    /// One of the query's own columns.
    fn derivation(&mut self, name: &str) -> Result<Option<(Scalar, Column)>> {
        let query = self.query;
        let Some(index) = query.derived.iter().position(|derived| derived.name == name) else { return Ok(None) };
        let Some(derived) = query.derived.get(index) else { return Ok(None) };
        let path = format!("/derived/{index}/expression");
        match self.derived.get(name) {
            Some(Derivation::Done(scalar, column)) => return Ok(Some((scalar.clone(), Column::clone(column)))),
            Some(Derivation::Begun) => {
                return Err(wrong(&path, format!("the derived column `{name}` is made of itself")));
            }
            None => {}
        }
        self.derived.insert(name.to_owned(), Derivation::Begun);
        let (scalar, mut column) = self.row_formula(&derived.expression, None, &path)?;
        name.clone_into(&mut column.id);
        self.derived.insert(name.to_owned(), Derivation::Done(scalar.clone(), Box::new(column.clone())));
        Ok(Some((scalar, column)))
    }

    /// A value at a level, or as it is.
    pub(super) fn scalar(
        &mut self,
        reference: &Reference,
        level: Option<DatetimeLevel>,
        path: &str,
    ) -> Result<(Scalar, Column)> {
        let (of, column) = self.value(reference, path)?;
        let scalar = at_level(of, &column.id, level).map_err(|message| wrong(&format!("{path}/level"), message))?;
        Ok((scalar, column))
    }

    /// How default names call a value: the id of its column, behind the link it is reached through; the name of a
    /// derived column, or `formula`.
    pub(super) fn shown_name(&self, value: &Scalar, column: &Column) -> String {
        match value {
            Scalar::Computed(_) | Scalar::Bin { .. } | Scalar::Member { .. } | Scalar::Node(_) => column.id.clone(),
            other => other.column_ref().map_or_else(|| column.id.clone(), |column| self.display_name(column)),
        }
    }

    /// How messages and default names call a column: its id, behind the link it is reached through.
    pub(super) fn display_name(&self, column: &ColumnRef) -> String {
        match column.lookup.and_then(|index| self.lookups.get(index)) {
            Some(lookup) => format!("{}.{}", lookup.chain, column.column),
            None => column.column.clone(),
        }
    }

    pub(super) fn dataset_of(&self, lookup: Option<usize>) -> Arc<DatasetEntry> {
        lookup.and_then(|index| self.targets.get(index)).map_or_else(|| Arc::clone(&self.base), Arc::clone)
    }

    /// The lookup that a dataset_id means: none for the base.
    fn lookup(&mut self, name: Option<&str>, path: &str) -> Result<Option<usize>> {
        let Some(name) = name else { return Ok(None) };
        self.lookup_from(None, name).map_err(|error| error.at(format!("{path}/dataset_id")))
    }

    /// The lookup through which a dataset is reached that has a hierarchy.
    pub(super) fn members_lookup(&mut self, name: &str, path: &str) -> Result<Option<usize>> {
        self.lookup(Some(name), path)
    }

    /// The lookup that a name means in the dataset behind another one, or in the base; that one itself for the name of
    /// the dataset.
    pub(super) fn lookup_from(&mut self, from: Option<usize>, name: &str) -> Result<Option<usize>> {
        let catalog = self.catalog;
        let dataset = self.dataset_of(from);
        match reach(catalog, &dataset.name, name) {
            Reach::Chain(chain) => self.follow(from, &chain),
            Reach::Ambiguous(ways) => {
                let ways = list(ways.iter().map(String::as_str));
                let message = format!("several links lead from `{}` to `{name}`; name one of {ways}", dataset.name);
                Err(Error::query(message))
            }
            Reach::Unreachable => {
                Err(Error::query(format!("no link leads from dataset `{}` to `{name}`", dataset.name)))
            }
        }
    }

    /// Adds the lookups of a chain that are not in use yet.
    fn follow(&mut self, from: Option<usize>, chain: &[&Link]) -> Result<Option<usize>> {
        let mut at = from;
        for link in chain {
            let name = match at.and_then(|index| self.lookups.get(index)) {
                Some(before) => format!("{}.{}", before.chain, link.name),
                None => link.name.clone(),
            };
            if from.is_some() && name.split('.').count() > LONGEST_CHAIN {
                return Err(Error::query(format!("`{name}` is a chain of more than {LONGEST_CHAIN} links")));
            }
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
        let (calendar, now) = (&self.calendar, self.now);
        let filter =
            scoped::dataset_filters(&target, self.scope, calendar, &mut |id| own_value(&target, id, calendar, now))?;
        let dataset = DatasetRef { name: target.name.clone(), id: target.id };
        self.lookups.push(Lookup { chain, dataset, keys, filter });
        self.targets.push(target);
        Ok(self.lookups.len() - 1)
    }
}

/// A value at a level, or the reason why it cannot have it.
pub(super) fn at_level(of: Scalar, name: &str, level: Option<DatetimeLevel>) -> Result<Scalar, String> {
    let Some(level) = level else { return Ok(of) };
    let column_type = of.output_type().column_type();
    if column_type.kind() != Kind::Datetime {
        return Err(format!("column `{name}` is {} and has no levels", column_type.kind().as_str()));
    }
    let (below_day, level_name) = match level {
        DatetimeLevel::Bucket(level) => (!level.is_calendar(), level.name()),
        DatetimeLevel::Cyclic(part) => (part.is_below_day(), part.name()),
    };
    if below_day && column_type == ColumnType::Date {
        return Err(format!("column `{name}` is a date and has no level `{level_name}`"));
    }
    let of = Arc::new(of);
    Ok(match level {
        DatetimeLevel::Bucket(level) => Scalar::Bucket { of, level },
        DatetimeLevel::Cyclic(part) => Scalar::Cyclic { of, part },
    })
}
