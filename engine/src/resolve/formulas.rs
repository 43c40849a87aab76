//! Formulas of a query: names become values of a row, or measures.

use std::sync::Arc;

use drillcore_formulas::{
    Aggregate, AggregateFunction, Expr, Names, Reference as FormulaReference, Setting, Span, Type, Typed,
    check_aggregate, check_row, parse, references,
};

use super::aggregates::{call_of, part_type};
use super::detail::Place;
use super::grain_names::grain_names;
use super::measures::Measures;
use super::outputs::Names as OutputNames;
use super::{Predicate, Resolver, Scalar};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Column, column_type, formula_type};
use crate::query::{Reference, Target};

/// The default name of what has none but a formula.
const FORMULA: &str = "formula";

impl Resolver<'_> {
    /// A formula of row level as a value, and a column that stands for it. `dataset` is that of its bare columns.
    pub(super) fn row_formula(&mut self, text: &str, dataset: Option<&str>, path: &str) -> Result<(Scalar, Column)> {
        let tree = parsed(text, path)?;
        let setting = self.setting();
        let outside = self.enter(&tree, path)?;
        let checked = check_row(&tree, &setting, &mut RowNames { resolver: &mut *self, dataset, path });
        self.leave(outside);
        let tree = checked.map_err(|error| self.refusal(&error, path))?;
        let column = Column::new(FORMULA, column_type(tree.value_type));
        let value = scalar(tree);
        value.check_size().map_err(|error| error.at(path))?;
        Ok((value, column))
    }

    /// A formula of aggregate level as a value over the aggregates of a group. `filter` is ANDed into every aggregate
    /// that stands in the text.
    pub(super) fn metric_formula(
        &mut self,
        text: &str,
        dataset: Option<&str>,
        filter: &Predicate,
        measures: &mut Measures,
        path: &str,
    ) -> Result<Scalar> {
        let tree = parsed(text, path)?;
        let setting = self.setting();
        let grains = grain_names(&tree);
        let outside = self.enter(&tree, path)?;
        let mut names =
            MetricNames { resolver: &mut *self, measures, dataset, path, grains: &grains, keys: Vec::new() };
        let checked = check_aggregate(&tree, &setting, &mut names);
        let keys = names.keys;
        self.leave(outside);
        let tree = checked.map_err(|error| self.refusal(&error, path))?;
        let place = Place { text, path, dataset, filter, keys: &keys };
        let value = scalar(tree.try_map(&mut |leaf| self.group_value(leaf, &place))?);
        value.check_size().map_err(|error| error.at(path))?;
        Ok(value)
    }

    /// A formula of aggregate level in having, post or the order.
    pub(super) fn answer_formula(&mut self, text: &str, dataset: Option<&str>, path: &str) -> Result<Scalar> {
        let all = Predicate::Constant(true);
        let mut measures = Measures::new(self.query.measures.len(), OutputNames::new(self.query)?);
        self.metric_formula(text, dataset, &all, &mut measures, &format!("{path}/formula"))
    }

    /// A formula over values that are at hand: `compose("{a} / {b}", ..)`.
    pub(super) fn compose(text: &str, values: &[(&str, &Scalar)]) -> Result<Scalar> {
        let tree = parsed(text, "")?;
        let setting = Setting::default();
        check_row(&tree, &setting, &mut AtHand { values }).map(scalar).map_err(|error| failed(&error, ""))
    }

    /// What the query says of zones, weeks, years and the clock.
    pub(super) fn setting(&self) -> Setting {
        let zone = self.calendar.zone().tz();
        let week_start = u8::try_from(self.calendar.week_start().days_from_monday()).unwrap_or_default();
        Setting { zone, week_start, fiscal_year_start: self.calendar.fiscal_year_start(), now: self.now }
    }
}

impl Resolver<'_> {
    /// What is wrong with a name in a formula, in words.
    pub(super) fn told(&mut self, error: Error) -> String {
        let message = error.message().to_owned();
        if error.kind() == ErrorKind::AccessDenied {
            self.denied = Some(error);
        }
        message
    }

    /// Why a formula is refused: by the scope if that does not decide a filter of what the formula names.
    pub(super) fn refusal(&mut self, error: &drillcore_formulas::Error, path: &str) -> Error {
        let refused = failed(error, path);
        self.denied.take().map_or(refused, |denied| denied.at(path))
    }
}

/// The datasets that a formula names, and where in it.
pub(super) fn datasets(text: &str) -> Vec<String> {
    let Ok(tree) = parse(text) else { return Vec::new() };
    let found = references(&tree);
    let all = found.in_aggregates.into_iter().chain(found.outside);
    all.filter_map(|reference| reference.dataset.clone()).collect()
}

/// The names in a formula that stand outside of its aggregates, and are not those of a dataset.
pub(super) fn names_outside(text: &str) -> Vec<String> {
    let Ok(tree) = parse(text) else { return Vec::new() };
    let bare = references(&tree).outside.into_iter().filter(|reference| reference.dataset.is_none());
    bare.map(|reference| reference.name.clone()).collect()
}

/// A tree as a value; a name alone is what it names.
pub(super) fn scalar(tree: Typed<Scalar>) -> Scalar {
    match tree.node {
        drillcore_formulas::Node::Leaf(leaf) => leaf,
        _ => Scalar::Computed(Arc::new(tree)),
    }
}

pub(super) fn parsed(text: &str, path: &str) -> Result<Expr> {
    parse(text).map_err(|error| failed(&error, path))
}

fn failed(error: &drillcore_formulas::Error, path: &str) -> Error {
    let span = error.span();
    Error::query(error.message()).with_span(span.start(), span.end()).at(path)
}

/// The names of a formula of row level.
struct RowNames<'r, 'a> {
    resolver: &'r mut Resolver<'a>,
    dataset: Option<&'r str>,
    path: &'r str,
}

fn row_column(
    resolver: &mut Resolver<'_>,
    reference: &FormulaReference,
    dataset: Option<&str>,
    path: &str,
) -> Result<(Scalar, Type), String> {
    let named = Reference {
        dataset: reference.dataset.clone().or_else(|| dataset.map(str::to_owned)),
        target: Target::Column(reference.name.clone()),
    };
    let (scalar, column) = resolver.value(&named, path).map_err(|error| resolver.told(error))?;
    Ok((scalar, formula_type(column.column_type)))
}

pub(super) fn result_type(function: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
    let call = call_of(function, &[])?;
    let of = argument.map(column_type);
    call.check_type(of)?;
    Ok(formula_type(match function {
        AggregateFunction::Rate | AggregateFunction::WeightedAverage => crate::model::ColumnType::Float,
        _ => part_type(&call.simple(), of),
    }))
}

impl Names for RowNames<'_, '_> {
    type Column = Scalar;
    type Measure = Scalar;

    fn column(&mut self, reference: &FormulaReference) -> Result<(Scalar, Type), String> {
        row_column(self.resolver, reference, self.dataset, self.path)
    }

    fn measure(&mut self, reference: &FormulaReference) -> Result<(Scalar, Type), String> {
        self.column(reference)
    }

    fn aggregate_type(&self, function: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
        result_type(function, argument)
    }

    fn fixed(&mut self, aggregate: Aggregate<Scalar>) -> Result<Scalar, String> {
        self.resolver.fixed_value(aggregate)
    }
}

/// The names of a formula of aggregate level: columns inside its aggregates, measures outside.
pub(super) struct MetricNames<'r, 'a> {
    pub(super) resolver: &'r mut Resolver<'a>,
    pub(super) measures: &'r mut Measures,
    pub(super) dataset: Option<&'r str>,
    pub(super) path: &'r str,
    /// The places of the names behind `FIXED` and `INCLUDE`, which may also be those of dimensions.
    pub(super) grains: &'r [Span],
    /// What these names stand for.
    pub(super) keys: Vec<(Scalar, Span)>,
}

impl Names for MetricNames<'_, '_> {
    type Column = Scalar;
    type Measure = Scalar;

    fn column(&mut self, reference: &FormulaReference) -> Result<(Scalar, Type), String> {
        let found = row_column(self.resolver, reference, self.dataset, self.path);
        if !self.grains.contains(&reference.span) {
            return found;
        }
        let found = found.or_else(|message| {
            let mut dimensions = self.resolver.dimensions.iter().filter(|_| reference.dataset.is_none());
            let called = dimensions.find(|dimension| dimension.output.name == reference.name);
            let value = called.map(|dimension| dimension.value.clone()).ok_or(message)?;
            let value_type = formula_type(value.output_type().column_type());
            Ok((value, value_type))
        });
        if let Ok((value, _)) = &found {
            self.keys.push((value.clone(), reference.span));
        }
        found
    }

    fn measure(&mut self, reference: &FormulaReference) -> Result<(Scalar, Type), String> {
        let found = self.resolver.measure_named(&reference.name, self.measures);
        let value = found.map_err(|error| self.resolver.told(error))?;
        let value_type = formula_type(value.output_type().column_type());
        Ok((value, value_type))
    }

    fn aggregate_type(&self, function: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
        let approximate =
            matches!(function, AggregateFunction::ApproxCountDistinct | AggregateFunction::ApproxPercentile);
        if approximate && self.resolver.query.options.exact {
            return Err(format!("{} needs the option `exact` to be false", function.name()));
        }
        result_type(function, argument)
    }
}

/// Names that stand for given values.
struct AtHand<'r> {
    values: &'r [(&'r str, &'r Scalar)],
}

impl Names for AtHand<'_> {
    type Column = Scalar;
    type Measure = Scalar;

    fn column(&mut self, reference: &FormulaReference) -> Result<(Scalar, Type), String> {
        let found = self.values.iter().find(|(name, _)| *name == reference.name);
        let (_, value) = found.ok_or_else(|| "no such value".to_owned())?;
        Ok(((*value).clone(), formula_type(value.output_type().column_type())))
    }

    fn measure(&mut self, reference: &FormulaReference) -> Result<(Scalar, Type), String> {
        self.column(reference)
    }

    fn aggregate_type(&self, _: AggregateFunction, _: Option<Type>) -> Result<Type, String> {
        Err("no aggregate stands here".to_owned())
    }
}
