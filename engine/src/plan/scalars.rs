//! Values of a row as expressions.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, cast, lit, when};
use datafusion::scalar::ScalarValue;
use drillcore_formulas::{Comparison, Typed};

use super::formula::{Names, compare, formula, has_ranges, ranged};
use super::{FixedValues, ORDINAL, RowMembers, Tables, named, part_name, place};
use crate::functions::{bin_expr, bucket_expr, cyclic_expr, groups_expr, low_expr};
use crate::links::{LookupColumn, LookupTable, fixed_value, link_column, link_row};
use crate::members::{ShownAs, member_expr, row_member_expr};
use crate::resolve::{ColumnRef, NodeOf, ResolvedQuery, Scalar};
use crate::time::Calendar;

/// Turns the values of one query into expressions.
pub(super) struct Scalars<'a> {
    query: &'a ResolvedQuery,
    lookups: &'a [LookupTable],
    fixed: Option<&'a FixedValues>,
    /// What is known by ordinal, where the plan has rows with ordinals.
    rows: Option<&'a RowMembers>,
    /// Whether the columns that datasets derive are at hand, by their names.
    by_name: bool,
}

impl<'a> Scalars<'a> {
    pub(super) fn new(query: &'a ResolvedQuery, tables: &'a Tables) -> Self {
        let (fixed, rows) = (Some(&tables.fixed), Some(&tables.rows));
        Self { query, lookups: &tables.lookups, fixed, rows, by_name: false }
    }

    /// For plans over one dataset alone.
    pub(super) fn of_base(query: &'a ResolvedQuery) -> Self {
        Self { query, lookups: &[], fixed: None, rows: None, by_name: false }
    }

    /// The same over values that have no ordinals.
    pub(super) fn without_ordinals(self) -> Self {
        Self { rows: None, ..self }
    }

    /// The same where the columns that datasets derive are at hand.
    pub(super) fn by_name(self) -> Self {
        Self { by_name: true, ..self }
    }

    pub(super) fn calendar(&self) -> &Calendar {
        &self.query.calendar
    }

    /// What finds the row of a lookup, in terms of columns and of the rows of the lookups before it.
    pub(super) fn row_of(&self, index: usize) -> Result<Option<Expr>> {
        let (Some(lookup), Some(table)) = (self.query.lookups.get(index), self.lookups.get(index)) else {
            return Ok(None);
        };
        let mut keys = Vec::with_capacity(lookup.keys.len());
        for key in &lookup.keys {
            keys.push(as_type(self.column(&key.from)?, &key.from, &key.key_type.arrow()));
        }
        Ok(Some(link_row(Arc::clone(&table.index), &lookup.chain, keys)))
    }

    pub(super) fn expr(&self, scalar: &Scalar) -> Result<Expr> {
        match scalar {
            Scalar::Column(column) => self.column(column),
            Scalar::Derived { column, .. } if self.by_name => Ok(named(&column.column)),
            Scalar::Derived { of, .. } => self.expr(of),
            Scalar::Bucket { of, level } => Ok(bucket_expr(self.expr(of)?, *level, self.calendar())),
            Scalar::Cyclic { of, part } => Ok(cyclic_expr(self.expr(of)?, *part, self.calendar())),
            Scalar::Bin { of, bins } => Ok(low_expr(bin_expr(self.expr(of)?, bins), bins)),
            Scalar::Member { of, groups, rest } => groups_expr(self.expr(of)?, groups, rest.as_deref()),
            Scalar::Node(node) => self.node(node),
            Scalar::Computed(tree) => formula(tree, self),
            Scalar::Fixed(fixed) => {
                let unread = || DataFusionError::Internal("a fixed value was not read".to_owned());
                let table = self.fixed.and_then(|tables| tables.find(fixed)).ok_or_else(unread)?;
                let keys = fixed.keys.iter().map(|key| self.identity(key)).collect::<Result<Vec<_>>>()?;
                fixed_value(table, keys)
            }
            Scalar::Part { index, .. } => Ok(named(&part_name(*index))),
            Scalar::Output { index, .. } => Ok(named(&place(*index))),
        }
    }

    /// The comparison of a value with a constant. `expr` is the value.
    pub(super) fn compared(&self, of: &Scalar, expr: Expr, how: Comparison, constant: &ScalarValue) -> Result<Expr> {
        let plain = compare(how, expr, lit(constant.clone()));
        match self.behind(of) {
            Some(tree) => ranged(plain, tree, how, constant, self),
            None => Ok(plain),
        }
    }

    /// Whether comparisons of a value with constants are ranges of a column that is not the value itself.
    pub(super) fn has_ranges(&self, of: &Scalar) -> Result<bool> {
        self.behind(of).map_or(Ok(false), |tree| has_ranges(tree, self))
    }

    /// A key to group by, and the value that a group's key stands for. Values of a link's target are grouped by the
    /// number of the first row that has them.
    pub(super) fn key(&self, scalar: &Scalar, group: Expr) -> Result<(Expr, Expr)> {
        if let Scalar::Derived { of, .. } = scalar {
            return self.key(of, group);
        }
        if let Scalar::Column(column) = scalar
            && let Some(lookup) = column.lookup
        {
            let (table, chain, row) = self.lookup(lookup, column)?;
            let found = self.lookup_column(table, column)?;
            if let Some(identities) = found.identities() {
                let name = format!("{chain}.{}", column.column);
                let key = link_column(&table.index, &format!("{name}#identity"), Arc::clone(identities), row);
                let value = link_column(&table.index, &name, Arc::clone(found.values()), group);
                return Ok((key, value));
            }
        }
        if let Scalar::Bin { of, bins } = scalar {
            return Ok((bin_expr(self.expr(of)?, bins), low_expr(group, bins)));
        }
        Ok((self.expr(scalar)?, group))
    }

    /// A value that is distinct exactly where the scalar is.
    pub(super) fn identity(&self, scalar: &Scalar) -> Result<Expr> {
        Ok(self.key(scalar, lit(false))?.0)
    }

    /// The member of a row. Behind a link that of each row of the target is found once, and a row without a target
    /// belongs to the member that is NULL.
    fn node(&self, node: &NodeOf) -> Result<Expr> {
        let to = node.shown.of.as_ref();
        let shown_as = || to.map(|nodes| ShownAs { name: node.shown.name(), nodes: Arc::clone(nodes) });
        if let Some(rows) = self.rows.and_then(|rows| rows.find(node)) {
            let lookup = node.keys.first().and_then(Scalar::column_ref).and_then(|column| column.lookup);
            let chain = lookup.and_then(|lookup| self.query.lookups.get(lookup)).map(|lookup| lookup.chain.as_str());
            return row_member_expr(named(ORDINAL), &node.tree, rows, chain, shown_as());
        }
        if let Some((lookup, columns)) = of_one_lookup(node.read_keys())
            && let [first, ..] = columns.as_slice()
        {
            let (table, chain, row) = self.lookup(lookup, first)?;
            let values = columns.iter().map(|column| Ok(Arc::clone(self.lookup_column(table, column)?.values())));
            let values = values.collect::<Result<Vec<_>>>()?;
            let names: Vec<&str> = columns.iter().map(|column| column.column.as_str()).collect();
            let nodes = node.tree.rows().of_target(table.index.id(), &names, || node.tree.nodes(&values));
            let nodes = nodes.map_err(|error| DataFusionError::External(Box::new(error)))?;
            let shown = |node: u32| to.and_then(|to| to.get(node as usize)).copied().unwrap_or(node);
            let nodes = nodes.iter().map(|node| i64::from(shown(*node)));
            let nodes: ArrayRef = Arc::new(nodes.collect::<Int64Array>());
            // The name tells columns apart, also those of one hierarchy that show different members.
            let name = format!("{chain}.{}#{} {}", node.tree.definition().id, node.tree.stamp(), node.shown.name());
            let found = link_column(&table.index, &name, nodes, row);
            let null = node.tree.null_node().map_err(|error| DataFusionError::External(Box::new(error)))?;
            return when(found.clone().is_null(), lit(i64::from(shown(null)))).otherwise(found);
        }
        let keys = node.read_keys().iter().map(|key| self.expr(key)).collect::<Result<Vec<_>>>()?;
        member_expr(keys, &node.tree, shown_as())
    }

    fn column(&self, column: &ColumnRef) -> Result<Expr> {
        let Some(lookup) = column.lookup else { return Ok(named(&column.column)) };
        let (table, chain, row) = self.lookup(lookup, column)?;
        let values = Arc::clone(self.lookup_column(table, column)?.values());
        Ok(link_column(&table.index, &format!("{chain}.{}", column.column), values, row))
    }

    fn lookup(&self, lookup: usize, column: &ColumnRef) -> Result<(&'a LookupTable, &'a str, Expr)> {
        let table = self.lookups.get(lookup).ok_or_else(|| missing(column))?;
        let chain =
            self.query.lookups.get(lookup).map(|lookup| lookup.chain.as_str()).ok_or_else(|| missing(column))?;
        Ok((table, chain, named(&row_name(lookup))))
    }

    fn lookup_column(&self, table: &'a LookupTable, column: &ColumnRef) -> Result<&'a LookupColumn> {
        table.columns.get(&column.column).ok_or_else(|| missing(column))
    }
}

impl Names<Scalar> for Scalars<'_> {
    fn leaf(&self, name: &Scalar) -> Result<Expr> {
        self.expr(name)
    }

    fn behind<'t>(&self, name: &'t Scalar) -> Option<&'t Typed<Scalar>> {
        match name {
            Scalar::Computed(tree) => Some(tree.as_ref()),
            Scalar::Derived { of, .. } if !self.by_name => self.behind(of),
            _ => None,
        }
    }
}

fn missing(column: &ColumnRef) -> DataFusionError {
    DataFusionError::Internal(format!("lookup column {} was not read", column.column))
}

/// The lookup that some values are plain columns of.
fn of_one_lookup(keys: &[Scalar]) -> Option<(usize, Vec<&ColumnRef>)> {
    let columns = keys.iter().map(|key| match key {
        Scalar::Column(column) => Some(column),
        _ => None,
    });
    let columns = columns.collect::<Option<Vec<_>>>()?;
    let lookup = columns.first()?.lookup?;
    columns.iter().all(|column| column.lookup == Some(lookup)).then_some((lookup, columns))
}

/// The column of a plan that holds the row found by a lookup.
pub(super) fn row_name(lookup: usize) -> String {
    format!("#row{lookup}")
}

/// The expression, cast where the column holds another type.
fn as_type(expr: Expr, column: &ColumnRef, data_type: &DataType) -> Expr {
    if column.column_type.arrow() == *data_type { expr } else { cast(expr, data_type.clone()) }
}
