//! Formulas that look at one name, through functions under which larger values never become smaller ones.

use drillcore_formulas::{ClockFunction, Node, ScalarFunction, Type, Typed};

use super::Names;
use super::view::{Edge, View};
use crate::model::Level;
use crate::time::Calendar;

/// The first day of the year 1.
const FIRST_DAY: i32 = -719_162;

/// A name behind such functions.
#[derive(Debug)]
pub(super) struct Chain<'t, L> {
    /// The name, which stands for no formula.
    pub(super) name: &'t L,
    /// Its type.
    pub(super) name_type: Type,
    /// The functions; the name is the argument of the last.
    views: Vec<View>,
}

impl<'t, L> Chain<'t, L> {
    /// The formula as a chain, if it is one of at least one function.
    pub(super) fn of(tree: &'t Typed<L>, names: &impl Names<L>) -> Option<Self> {
        let (mut at, mut views) = (tree, Vec::new());
        loop {
            at = match &at.node {
                Node::Leaf(name) => match names.behind(name) {
                    Some(formula) => formula,
                    None if views.is_empty() => return None,
                    None => return Some(Self { name, name_type: at.value_type, views }),
                },
                Node::Convert(inner) => {
                    if inner.value_type != at.value_type {
                        views.push(View::of_conversion(inner.value_type, at.value_type)?);
                    }
                    inner
                }
                Node::Call(function, arguments) => {
                    let (view, of) = View::of_call(*function, arguments)?;
                    let of_days = view.is_of_days();
                    views.push(view);
                    if of_days && of.value_type == Type::LocalDatetime {
                        views.push(View::Day);
                    }
                    of
                }
                _ => return None,
            };
        }
    }

    /// The value of the name at which the formula reaches a constant.
    pub(super) fn edge(&self, constant: i128) -> Edge {
        self.views.iter().fold(Edge { first: constant, sure: constant }, |edge, view| Edge {
            first: view.edge(edge.first).first,
            sure: view.edge(edge.sure).sure,
        })
    }

    /// The first and the last value of the name of those for which the formula has a value and the edges are right.
    pub(super) fn domain(&self) -> (i128, i128) {
        let (mut least, mut greatest) = (i128::MIN, i128::MAX);
        for view in &self.views {
            let (low, high) = view.domain();
            let from = if least == i128::MIN { low } else { low.max(view.edge(least).sure) };
            let beyond = greatest.checked_add(1).map(|beyond| view.edge(beyond).first);
            let to = beyond.map_or(high, |beyond| high.min(beyond.saturating_sub(1)));
            (least, greatest) = (from, to);
        }
        (least, greatest)
    }
}

/// The time, the level and the calendar of a call that gives the same as the bucket of a query.
///
/// Functions of the calendar have no value outside of the years 1 to 9999, but buckets do. So they are the same only
/// where the time cannot lie outside and its period cannot begin before.
pub(super) fn as_bucket<'t, L>(
    function: ScalarFunction,
    arguments: &'t [Typed<L>],
    names: &impl Names<L>,
) -> Option<(&'t Typed<L>, Level, Calendar)> {
    let (View::First(calendar, level), time) = View::of_call(function, arguments)? else { return None };
    let begins_with_a_period = calendar.date_bucket(level, FIRST_DAY).0 == FIRST_DAY;
    (begins_with_a_period && is_known(time, names)).then_some((time, level, calendar))
}

/// Whether all values are of the years 1 to 9999.
fn is_known<L>(time: &Typed<L>, names: &impl Names<L>) -> bool {
    match &time.node {
        Node::Call(ScalarFunction::Clock(ClockFunction::Wall | ClockFunction::DateOf), _) => true,
        Node::Convert(inner) => {
            let is_day = inner.value_type == Type::LocalDatetime && time.value_type == Type::Date;
            is_day && is_known(inner, names)
        }
        Node::Leaf(name) => names.behind(name).is_some_and(|formula| is_known(formula, names)),
        _ => false,
    }
}
