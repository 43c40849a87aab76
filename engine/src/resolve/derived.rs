//! The columns that datasets derive, as values of a row.

use std::sync::Arc;

use drillcore_formulas::{
    Aggregate, AggregateFunction, Names, Node, Reference as FormulaReference, Type, Typed, check_row,
};

use super::formulas::{parsed, result_type, scalar};
use super::{ColumnRef, Resolver, Scalar};
use crate::catalog::{DatasetEntry, DerivedColumn};
use crate::error::{Error, Result};
use crate::model::{Column, formula_type};

/// The place of a formula in its definition.
pub(super) const EXPRESSION: &str = "/expression";

impl Resolver<'_> {
    /// A column of the dataset behind a lookup, or of the base: one that it has, or one that it derives.
    pub(super) fn column_at(&mut self, lookup: Option<usize>, id: &str) -> Result<(Scalar, Column)> {
        let dataset = self.dataset_of(lookup);
        if let Some(derived) = dataset.derived_column(id) {
            return self.derived_column(lookup, &dataset, derived);
        }
        let found = dataset.columns.iter().find(|column| column.id == id);
        let column = found.ok_or_else(|| dataset.no_column(id))?.clone();
        let of = ColumnRef { lookup, column: column.id.clone(), column_type: column.column_type };
        Ok((Scalar::Column(of), column))
    }

    fn derived_column(
        &mut self,
        lookup: Option<usize>,
        dataset: &DatasetEntry,
        derived: &DerivedColumn,
    ) -> Result<(Scalar, Column)> {
        let key = (lookup, derived.name.clone());
        if let Some((value, column)) = self.stored.get(&key) {
            return Ok((value.clone(), column.clone()));
        }
        let held = self.held.get(&derived.name).copied().filter(|_| lookup.is_none());
        let value = if let Some(column_type) = held {
            Scalar::Column(ColumnRef { lookup, column: derived.name.clone(), column_type })
        } else {
            let found = self.definition(lookup, dataset, derived);
            found.map_err(|error| {
                if !self.deriving.is_empty() {
                    return error;
                }
                let message = format!("column `{}` of dataset `{}`: {}", derived.name, dataset.name, error.message());
                Error::new(error.kind(), message)
            })?
        };
        let column = shown(derived, &value);
        self.stored.insert(key, (value.clone(), column.clone()));
        Ok((value, column))
    }

    /// The value of a derived column by its formula. Errors have their place in that.
    pub(super) fn definition(
        &mut self,
        lookup: Option<usize>,
        dataset: &DatasetEntry,
        derived: &DerivedColumn,
    ) -> Result<Scalar> {
        let own = (dataset.name.clone(), derived.name.clone());
        if let Some(from) = self.deriving.iter().position(|begun| *begun == own) {
            let round: Vec<&(String, String)> = self.deriving.iter().skip(from).chain([&own]).collect();
            return Err(Error::query(format!("columns are made of each other: {}", circle(&round))));
        }
        self.deriving.push(own);
        let found = self.computed(lookup, &derived.expression);
        self.deriving.pop();
        let of = Arc::new(self.only_found(lookup, found?));
        let column_type = of.output_type().column_type();
        Ok(Scalar::Derived { column: ColumnRef { lookup, column: derived.name.clone(), column_type }, of })
    }

    fn computed(&mut self, lookup: Option<usize>, expression: &str) -> Result<Scalar> {
        let tree = parsed(expression, EXPRESSION)?;
        let setting = self.setting();
        let outside = self.enter(&tree, EXPRESSION)?;
        let checked = check_row(&tree, &setting, &mut DatasetNames { resolver: &mut *self, lookup });
        self.leave(outside);
        let value = scalar(checked.map_err(|error| self.refusal(&error, EXPRESSION))?);
        value.check_size().map_err(|error| error.at(EXPRESSION))?;
        Ok(value)
    }

    /// The value where a lookup finds a row, else NULL: also of a formula that makes something of NULL.
    fn only_found(&self, lookup: Option<usize>, value: Scalar) -> Scalar {
        let Some(lookup) = lookup.and_then(|index| self.lookups.get(index).map(|lookup| (index, lookup))) else {
            return value;
        };
        let tree = match &value {
            Scalar::Computed(tree) if !is_strict(tree) => tree,
            _ => return value,
        };
        // A row that was found has all parts of its key.
        let (index, found) = lookup;
        let Some(key) = found.keys.first() else { return value };
        let dataset = self.dataset_of(Some(index));
        let Some(column) = dataset.columns.iter().find(|column| column.id == key.to) else { return value };
        let key = ColumnRef { lookup: Some(index), column: key.to.clone(), column_type: column.column_type };
        let key = Typed { node: Node::Leaf(Scalar::Column(key)), value_type: formula_type(column.column_type) };
        let absent = Typed { node: Node::IsNull(Box::new(key)), value_type: Type::Boolean };
        let present = Typed { node: Node::Not(Box::new(absent)), value_type: Type::Boolean };
        let (tree, value_type) = (Typed::clone(tree), tree.value_type);
        let node = Node::Case { branches: vec![(present, tree)], otherwise: None };
        Scalar::Computed(Arc::new(Typed { node, value_type }))
    }
}

/// The column as messages, default names and answers know it.
fn shown(derived: &DerivedColumn, value: &Scalar) -> Column {
    let mut column = Column::new(&derived.name, value.output_type().column_type());
    column.name.clone_from(&derived.label);
    column.subtype = derived.subtype;
    column.format.clone_from(&derived.format);
    column
}

/// `a → b → a`, with the datasets where there are several.
fn circle(round: &[&(String, String)]) -> String {
    let one = round.iter().all(|(dataset, _)| round.first().is_some_and(|(first, _)| first == dataset));
    let shown = round.iter().map(|(dataset, name)| if one { name.clone() } else { format!("{dataset}:{name}") });
    shown.collect::<Vec<_>>().join(" → ")
}

/// Whether a formula is NULL for certain where all its names are.
fn is_strict(tree: &Typed<Scalar>) -> bool {
    match &tree.node {
        Node::Leaf(_) => true,
        Node::Convert(inner) | Node::Negate(inner) | Node::Not(inner) => is_strict(inner),
        Node::Arithmetic(_, left, right) | Node::Compare(_, left, right) | Node::Concat(left, right) => {
            is_strict(left) || is_strict(right)
        }
        _ => false,
    }
}

/// The names in the formula of a derived column: columns of its dataset, and of what links from there find.
struct DatasetNames<'r, 'a> {
    resolver: &'r mut Resolver<'a>,
    lookup: Option<usize>,
}

impl Names for DatasetNames<'_, '_> {
    type Column = Scalar;
    type Measure = Scalar;

    fn column(&mut self, reference: &FormulaReference) -> Result<(Scalar, Type), String> {
        let lookup = match &reference.dataset {
            Some(name) => self.resolver.lookup_from(self.lookup, name),
            None => Ok(self.lookup),
        };
        let found = lookup.and_then(|lookup| self.resolver.column_at(lookup, &reference.name));
        let (value, column) = found.map_err(|error| self.resolver.told(error))?;
        Ok((value, formula_type(column.column_type)))
    }

    fn measure(&mut self, reference: &FormulaReference) -> Result<(Scalar, Type), String> {
        self.column(reference)
    }

    fn aggregate_type(&self, function: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
        result_type(function, argument)
    }

    fn fixed(&mut self, aggregate: Aggregate<Scalar>) -> Result<Scalar, String> {
        if self.lookup.is_some() {
            return Err("a FIXED value is over the rows of the query, so a column behind a link has none".to_owned());
        }
        self.resolver.fixed_value(aggregate)
    }
}
