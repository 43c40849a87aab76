//! Windows that a formula computes.

use drillcore_formulas::{
    AggregateFunction, Expr, Function, Names, Reference as FormulaReference, ResultType, Type, WindowFunction,
    WindowLeaf, check_window,
};

use super::frame::{frame, needs_given_order};
use super::{Window, WindowPart, partition, total};
use crate::error::{Error, Result};
use crate::model::{column_type, formula_type};
use crate::query::{self, Target};
use crate::resolve::answer::Answer;
use crate::resolve::detail::Place;
use crate::resolve::formulas::{MetricNames, parsed, scalar};
use crate::resolve::grain_names::{for_each_call, grain_names};
use crate::resolve::measures::Measures;
use crate::resolve::order::sort_keys;
use crate::resolve::outputs::Names as OutputNames;
use crate::resolve::steps::answer_of;
use crate::resolve::{Groups, Output, OutputType, Predicate, Resolver, Scalar, SortKey};
use crate::suggest;

/// The place of the text inside the window.
const PATH: &str = "/formula";

impl Resolver<'_> {
    /// A window that a formula computes. Errors carry the place inside the window.
    pub(super) fn window_formula(
        &mut self,
        asked: &query::Window,
        reference: &query::Reference,
        groups: &Groups,
    ) -> Result<Window> {
        let Target::Formula(text) = &reference.target else {
            return Err(Error::internal("a window has no formula"));
        };
        let (query, dataset) = (self.query, reference.dataset.as_deref());
        let answer = answer_of(groups);
        let formula = parsed(text, PATH)?;
        let columns = Columns { answer: &answer, own: &asked.name, windows: &query.windows };
        let (order, partition) = (sort_keys(&asked.order_by, &answer)?, partition(asked, &answer)?);
        let calls = Calls { formula: &formula, columns, order, partition };
        let setting = self.setting();
        let grains = grain_names(&formula);
        let mut measures = Measures::new(query.measures.len(), OutputNames::new(query)?);
        let outside = self.enter(&formula, PATH)?;
        let names = MetricNames {
            resolver: &mut *self,
            measures: &mut measures,
            dataset,
            path: PATH,
            grains: &grains,
            keys: Vec::new(),
        };
        let mut names = WindowNames { names, columns };
        let checked = check_window(&formula, &setting, &mut names);
        let keys = names.names.keys;
        self.leave(outside);
        let tree = checked.map_err(|error| self.refusal(&error, PATH))?;
        let all = Predicate::Constant(true);
        let place = Place { text, path: PATH, dataset, filter: &all, keys: &keys };
        let first = groups.outputs().count();
        let mut parts: Vec<WindowPart> = Vec::new();
        let tree = tree.try_map(&mut |leaf| match leaf {
            WindowLeaf::Group(leaf) => self.group_value(leaf, &place),
            WindowLeaf::Window(call) => {
                let part = self.window_part(*call, &calls, &place)?;
                let output_type = part.output_type;
                let known = parts.iter().position(|known| *known == part);
                let index = first + known.unwrap_or(parts.len());
                if known.is_none() {
                    parts.push(part);
                }
                Ok(Scalar::Output { index, output_type })
            }
        })?;
        let value = scalar(tree);
        value.check_size().map_err(|error| error.at(PATH))?;
        let total = total(asked, &value)?;
        let output = Output::plain(&asked.name, value.output_type());
        Ok(Window { parts, place: first, value, total, output, replaces: None })
    }

    /// A call of a window function.
    fn window_part(
        &mut self,
        call: drillcore_formulas::Window<Scalar, Scalar>,
        calls: &Calls<'_>,
        place: &Place<'_>,
    ) -> Result<WindowPart> {
        let drillcore_formulas::Window { function, argument, parameters, partition, order } = call;
        let of = match argument {
            Some(argument) => Some(scalar(argument.try_map(&mut |leaf| self.group_value(leaf, place))?)),
            None => None,
        };
        if let Some(of) = &of {
            of.check_size().map_err(|error| error.at(PATH))?;
        }
        let mut keys: Vec<SortKey> = Vec::with_capacity(order.len());
        for key in &order {
            let of = calls.columns.column(&key.by).map_err(|message| refused(&key.by, message))?;
            if !keys.iter().any(|known| known.of == of) {
                keys.push(SortKey { of, descending: key.descending, nulls_first: key.nulls_first });
            }
        }
        let keys = if keys.is_empty() { calls.order.clone() } else { keys };
        let partition = match partition {
            Some(names) => Some(names.iter().map(|name| calls.columns.dimension(name)).collect::<Result<Vec<_>>>()?),
            None => calls.partition.clone(),
        };
        let frame = frame(function, keys, partition, calls.columns.answer);
        let frame = frame.ok_or_else(|| calls.without_order(function))?;
        let output_type = output_type(function, of.as_ref().map(Scalar::output_type));
        let reach = parameters.first().and_then(|reach| u64::try_from(*reach).ok());
        Ok(WindowPart {
            function,
            of,
            reach: reach.unwrap_or(1),
            default: None,
            order: frame.order,
            asked: frame.asked,
            partition: frame.partition,
            output_type,
        })
    }
}

/// What a function gives of a value.
fn output_type(function: WindowFunction, of: Option<OutputType>) -> OutputType {
    use WindowFunction as F;
    let whole = OutputType::Plain(column_type(Type::Integer));
    match (function, function.entry().result) {
        // What they give is a value of the column, and is shown as such.
        (
            F::Lag
            | F::Lead
            | F::FirstValue
            | F::LastValue
            | F::RunningMin
            | F::RunningMax
            | F::MovingMin
            | F::MovingMax
            | F::WindowMin
            | F::WindowMax,
            _,
        ) => of.unwrap_or(whole),
        (_, ResultType::Always(value_type)) => OutputType::Plain(column_type(value_type)),
        _ => of.map_or(whole, |of| OutputType::Plain(of.column_type())),
    }
}

fn refused(reference: &FormulaReference, message: String) -> Error {
    Error::query(message).with_span(reference.span.start(), reference.span.end()).at(PATH)
}

/// The calls of a formula, and what holds for those that say no order or no partition.
struct Calls<'c> {
    formula: &'c Expr,
    columns: Columns<'c>,
    order: Vec<SortKey>,
    partition: Option<Vec<usize>>,
}

impl Calls<'_> {
    /// The refusal of a call that has no order: of the first one in the text.
    fn without_order(&self, function: WindowFunction) -> Error {
        let name = function.entry().name;
        let how = "ORDER BY in its brackets, or an `order_by` beside the formula";
        let error = Error::query(if needs_given_order(function) {
            format!("{name} needs an order: {how}")
        } else {
            format!("the query has no date among its dimensions, so {name} needs an order: {how}")
        });
        let mut place = None;
        for_each_call(self.formula, &mut |call| {
            if call.function == Function::Window(function) && call.order.is_empty() {
                place = place.or(Some(call.name_span));
            }
        });
        let error = match place {
            Some(span) => error.with_span(span.start(), span.end()),
            None => error,
        };
        error.at(PATH)
    }
}

/// The columns of the answer that a window can name: those before it.
#[derive(Clone, Copy)]
struct Columns<'c> {
    answer: &'c Answer<'c>,
    /// The name of the window.
    own: &'c str,
    windows: &'c [query::Window],
}

impl Columns<'_> {
    /// The column of that name; none if the answer has no such.
    fn find(&self, reference: &FormulaReference) -> Result<Option<Scalar>, String> {
        let name = &reference.name;
        if reference.dataset.is_some() {
            let message = "outside aggregates a name is that of a column of the answer, which has no dataset";
            return Err(message.to_owned());
        }
        if let Some(index) = self.answer.outputs().position(|output| output.name == *name) {
            let found = self.answer.at(index);
            return match found.as_ref().map(Scalar::output_type) {
                Some(OutputType::Histogram) => Err(format!("`{name}` is a histogram, which is no single value")),
                Some(OutputType::Node) => Err(format!("`{name}` is a member of a hierarchy, which is no value")),
                _ => Ok(found),
            };
        }
        if name == self.own {
            return Err("a window cannot be computed from itself".to_owned());
        }
        if self.windows.iter().any(|window| window.name == *name) {
            return Err(format!("`{name}` stands further down; a window is computed from columns before it"));
        }
        Ok(None)
    }

    /// The column of that name.
    fn column(&self, reference: &FormulaReference) -> Result<Scalar, String> {
        self.find(reference)?.ok_or_else(|| self.unknown(&reference.name))
    }

    /// The place of the dimension of that name.
    fn dimension(&self, reference: &FormulaReference) -> Result<usize> {
        match self.column(reference) {
            Ok(Scalar::Output { index, .. }) if index < self.answer.dimensions.len() => Ok(index),
            Ok(_) => Err(refused(reference, format!("`{}` is no dimension", reference.name))),
            Err(message) => Err(refused(reference, message)),
        }
    }

    fn unknown(&self, name: &str) -> String {
        let hint = suggest::hint(name, self.answer.outputs().map(|output| output.name.as_str()));
        format!("the query calls nothing `{name}`{hint}; columns of a dataset stand inside an aggregate")
    }
}

/// The names of a formula of window level: columns of datasets inside its aggregates, those of the answer outside.
struct WindowNames<'r, 'a, 'c> {
    names: MetricNames<'r, 'a>,
    columns: Columns<'c>,
}

impl Names for WindowNames<'_, '_, '_> {
    type Column = Scalar;
    type Measure = Scalar;

    fn column(&mut self, reference: &FormulaReference) -> Result<(Scalar, Type), String> {
        self.names.column(reference)
    }

    /// A column of the answer, or else a stored formula.
    fn measure(&mut self, reference: &FormulaReference) -> Result<(Scalar, Type), String> {
        let value = match self.columns.find(reference)? {
            Some(value) => value,
            None if self.names.resolver.catalog.formulas.contains_key(&reference.name) => {
                let found = self.names.resolver.stored_formula(&reference.name, self.names.measures);
                found.map_err(|error| self.names.resolver.told(error))?.0
            }
            None => return Err(self.columns.unknown(&reference.name)),
        };
        let value_type = formula_type(value.output_type().column_type());
        Ok((value, value_type))
    }

    fn aggregate_type(&self, function: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
        self.names.aggregate_type(function, argument)
    }
}
