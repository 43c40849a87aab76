//! The filters of a query's `where`, kept apart so that some of them can be shifted or taken for the members of a
//! dimension.

use super::dates::raw;
use super::{Bound, ColumnRef, Predicate, Resolver, Scalar, Test};
use crate::error::Result;
use crate::query::{Filter, Operand, Operator};
use crate::time::OpenRange;

/// The filters over rows.
pub(super) struct Asked {
    /// Those of the dataset under the scope.
    pub(super) own: Predicate,
    /// Those of the query, ANDed.
    pub(super) parts: Vec<AskedPart>,
}

/// One filter of the top level.
#[derive(Debug, Clone)]
pub(super) struct AskedPart {
    /// All of its conditions.
    predicate: Predicate,
    /// What it is the conjunction of.
    conditions: Vec<Condition>,
    /// The columns that it names, also where the predicate needs none of them, as in a list without values.
    named: Vec<ColumnRef>,
    /// Whether it is a context filter.
    context: bool,
}

/// A condition that all rows must meet.
#[derive(Debug, Clone)]
struct Condition {
    predicate: Predicate,
    written: Written,
}

/// How a condition stands in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Test,
    /// The complement of a test: `!=`, `not between`, `not in`.
    Exclusion,
    /// An `or` or `not`.
    Group,
}

/// The one range that the conditions put on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AskedRange {
    pub(super) range: OpenRange,
    /// Whether there is one at all.
    pub(super) bounded: bool,
    /// Whether rows without a date pass it too.
    pub(super) nulls: bool,
}

impl AskedPart {
    fn new(conditions: Vec<Condition>, named: Vec<ColumnRef>, context: bool) -> Self {
        let predicate = Predicate::all(conditions.iter().map(|condition| condition.predicate.clone()));
        Self { predicate, conditions, named, context }
    }

    /// Whether it names nothing but some columns.
    fn is_only_of(&self, own: &[&ColumnRef]) -> bool {
        !self.named.is_empty() && self.named.iter().all(|column| own.contains(&column))
    }
}

impl Asked {
    pub(super) fn all(&self) -> Predicate {
        let parts = self.parts.iter().map(|part| part.predicate.clone());
        Predicate::all(std::iter::once(self.own.clone()).chain(parts))
    }

    /// Those of the dataset and of the context alone.
    pub(super) fn context(&self) -> Self {
        let parts = self.parts.iter().filter(|part| part.context).cloned();
        Self { own: self.own.clone(), parts: parts.collect() }
    }

    /// The conjunction of those that `keep`.
    pub(super) fn only(&self, keep: impl Fn(&AskedPart) -> bool) -> Predicate {
        let parts = self.parts.iter().filter(|part| keep(part)).map(|part| part.predicate.clone());
        Predicate::all(std::iter::once(self.own.clone()).chain(parts))
    }

    /// The conditions of the query, also those inside a top-level `and`.
    fn conditions(&self) -> impl Iterator<Item = &Predicate> {
        self.written().map(|(condition, _)| condition)
    }

    /// The same, and how they are written.
    fn written(&self) -> impl Iterator<Item = (&Predicate, Written)> {
        self.parts.iter().flat_map(|part| &part.conditions).flat_map(|condition| {
            let parts = match &condition.predicate {
                Predicate::And(inner) => inner.as_slice(),
                other => std::slice::from_ref(other),
            };
            parts.iter().map(move |part| (part, condition.written))
        })
    }

    /// The one range that the conditions put on a date: that of all plain ranges together. None where a range of the
    /// date stands inside `or` or `not`, or is one of several in a list. What else tests the date is no range.
    pub(super) fn range_on(&self, of: &Scalar) -> Option<AskedRange> {
        let mut asked = AskedRange { range: OpenRange { start: None, end: None }, bounded: false, nulls: true };
        for (condition, written) in self.written() {
            match plain_range(condition, written, of) {
                Some((range, nulls)) => {
                    asked.range = asked.range.and(range);
                    asked.bounded = true;
                    asked.nulls &= nulls;
                }
                None if written != Written::Exclusion && holds_range(condition, of) => return None,
                None => {}
            }
        }
        Some(asked)
    }

    /// All filters but the ranges that conditions put on some dates.
    pub(super) fn without_ranges(&self, dates: &[&Scalar]) -> Predicate {
        let is_range =
            |condition: &Predicate, written| dates.iter().any(|of| plain_range(condition, written, of).is_some());
        let others = self.written().filter(|(condition, written)| !is_range(condition, *written));
        Predicate::all(std::iter::once(self.own.clone()).chain(others.map(|(condition, _)| condition.clone())))
    }

    /// The range that plain conditions put on a date, and the conditions that test nothing but it in another way.
    pub(super) fn members_of(&self, date: &Scalar) -> (OpenRange, Vec<Predicate>) {
        let own = columns(date);
        let mut range = OpenRange { start: None, end: None };
        let mut others = Vec::new();
        for condition in self.conditions() {
            match range_of(condition, date) {
                Some(found) => range = range.and(found),
                None if only_of(condition, &own) => others.push(condition.clone()),
                None => {}
            }
        }
        (range, others)
    }

    /// The filters that bound the members of a dimension: those of the dataset and the context, and those that test
    /// nothing but the columns of the dimension.
    pub(super) fn on_members(&self, of: &Scalar) -> Predicate {
        let own = columns(of);
        self.only(|part| part.context || part.is_only_of(&own))
    }

    /// The filters of the query that test nothing but the columns of a dimension.
    pub(super) fn on_members_alone(&self, of: &Scalar) -> Predicate {
        let own = columns(of);
        let parts = self.parts.iter().filter(|part| part.is_only_of(&own));
        Predicate::all(parts.map(|part| part.predicate.clone()))
    }
}

fn only_of(predicate: &Predicate, own: &[&ColumnRef]) -> bool {
    let read = read(predicate);
    !read.is_empty() && read.iter().all(|column| own.contains(column))
}

fn columns(of: &Scalar) -> Vec<&ColumnRef> {
    let mut found = Vec::new();
    of.visit_named(&mut |column| found.push(column));
    found
}

fn read(predicate: &Predicate) -> Vec<&ColumnRef> {
    let mut found = Vec::new();
    predicate.visit_scalars(&mut |scalar| scalar.visit_named(&mut |column| found.push(column)));
    found
}

/// The range of a condition that is nothing else, and whether it lets rows without a date pass.
fn plain_range(condition: &Predicate, written: Written, on: &Scalar) -> Option<(OpenRange, bool)> {
    match condition {
        // A test with a rule for NULL, or a list of a date and NULL.
        Predicate::Or(parts) if written == Written::Test => match parts.as_slice() {
            [range, Predicate::Test(Test::Null(of))] if is_date(of, on) => Some((range_of(range, on)?, true)),
            _ => None,
        },
        condition => Some((range_of(condition, on)?, false)),
    }
}

/// Whether a value is a date, or a bucket of it, which is NULL where the date is.
fn is_date(of: &Scalar, date: &Scalar) -> bool {
    of == date || matches!(of, Scalar::Bucket { of, .. } if **of == *date)
}

/// Whether a range of a date stands somewhere in a condition.
fn holds_range(condition: &Predicate, on: &Scalar) -> bool {
    match condition {
        Predicate::Constant(_) => false,
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().any(|part| holds_range(part, on)),
        Predicate::Not(inner) => holds_range(inner, on),
        Predicate::Test(test) => matches!(test, Test::Range { of, .. } if of == on),
    }
}

/// The range of a condition that is nothing else.
fn range_of(condition: &Predicate, on: &Scalar) -> Option<OpenRange> {
    match condition {
        Predicate::Test(Test::Range { of, low, high, .. }) if of == on => {
            let side = |bound: Option<&Bound>| match bound {
                Some(bound) => raw(&bound.value).map(Some),
                None => Some(None),
            };
            let start = side(low.as_ref())?;
            let end = side(high.as_ref())?;
            Some(OpenRange { start, end })
        }
        _ => None,
    }
}

impl Resolver<'_> {
    /// The filters of the query but for those of the context. Those that depend on the newest row come last, because
    /// they look at the rows that all others leave.
    pub(super) fn resolve_where(&mut self) -> Result<()> {
        let query = self.query;
        let (available, plain): (Vec<_>, Vec<_>) =
            query.filters.iter().enumerate().partition(|(_, filter)| is_last_available(filter));
        for (index, filter) in plain.into_iter().filter(|(_, filter)| !is_context(filter)) {
            let part = self.asked_part(filter, &format!("/where/{index}"))?;
            self.asked.parts.push(part);
        }
        let rows = self.asked.all();
        let mut parts = Vec::with_capacity(available.len());
        for (index, filter) in available {
            let Filter::Leaf(leaf) = filter else { continue };
            let predicate = self.last_available(leaf, &rows, &format!("/where/{index}"))?;
            let named = self.named(filter, &format!("/where/{index}"))?;
            parts.push(AskedPart::new(vec![Condition { predicate, written: Written::Test }], named, leaf.context));
        }
        self.asked.parts.extend(parts);
        Ok(())
    }

    /// The subtrees of hierarchies that dimensions are of.
    pub(super) fn resolve_under(&mut self) -> Result<()> {
        let query = self.query;
        for (index, dimension) in query.dimensions.iter().enumerate() {
            let Some((predicate, of)) = self.rows_under(dimension, &format!("/dimensions/{index}"))? else { continue };
            let mut named = Vec::new();
            of.visit_named(&mut |column| named.push(column.clone()));
            self.asked.parts.push(AskedPart::new(vec![Condition { predicate, written: Written::Test }], named, false));
        }
        Ok(())
    }

    /// A filter of the top level.
    pub(super) fn asked_part(&mut self, filter: &Filter, path: &str) -> Result<AskedPart> {
        let mut conditions = Vec::new();
        self.conditions_of(filter, path, &mut conditions)?;
        let named = self.named(filter, path)?;
        Ok(AskedPart::new(conditions, named, is_context(filter)))
    }

    /// The columns that a filter names.
    fn named(&mut self, filter: &Filter, path: &str) -> Result<Vec<ColumnRef>> {
        let mut found = Vec::new();
        match filter {
            Filter::Leaf(leaf) => {
                let right = match &leaf.right {
                    Some(Operand::Field(field)) => Some(field),
                    _ => None,
                };
                for (place, field) in std::iter::once(&leaf.left).chain(right).enumerate() {
                    let of = self.side(field, &format!("{path}/parameters/{place}"), None)?;
                    of.visit_named(&mut |column| found.push(column.clone()));
                }
            }
            Filter::And(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    found.extend(self.named(part, &format!("{path}/and/{index}"))?);
                }
            }
            Filter::Or(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    found.extend(self.named(part, &format!("{path}/or/{index}"))?);
                }
            }
            Filter::Not(inner) => found = self.named(inner, &format!("{path}/not"))?,
        }
        Ok(found)
    }

    /// What a filter is the conjunction of.
    fn conditions_of(&mut self, filter: &Filter, path: &str, found: &mut Vec<Condition>) -> Result<()> {
        if let Filter::And(parts) = filter {
            for (index, part) in parts.iter().enumerate() {
                self.conditions_of(part, &format!("{path}/and/{index}"), found)?;
            }
            return Ok(());
        }
        let predicate = self.filter(filter, path, None)?;
        found.push(Condition { predicate, written: written(filter) });
        Ok(())
    }
}

fn written(filter: &Filter) -> Written {
    match filter {
        Filter::Leaf(leaf) => match leaf.operator {
            Operator::NotEqual | Operator::NotBetween | Operator::NotIn => Written::Exclusion,
            _ => Written::Test,
        },
        Filter::And(_) | Filter::Or(_) | Filter::Not(_) => Written::Group,
    }
}

/// Whether a filter of the top level is one of the context.
pub(super) fn is_context(filter: &Filter) -> bool {
    matches!(filter, Filter::Leaf(leaf) if leaf.context)
}

pub(super) fn is_last_available(filter: &Filter) -> bool {
    matches!(filter, Filter::Leaf(leaf) if leaf.operator == Operator::LastAvailable)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::scalar::ScalarValue;

    use super::{Asked, AskedPart, AskedRange, Condition, Written};
    use crate::model::{ColumnType, CyclicPart, Level};
    use crate::resolve::dates::between_raw;
    use crate::resolve::{ColumnRef, Predicate, Scalar, Test};
    use crate::time::OpenRange;

    fn date(column: &str) -> Scalar {
        Scalar::Column(ColumnRef { lookup: None, column: column.to_owned(), column_type: ColumnType::Date })
    }

    fn range(start: Option<i64>, end: Option<i64>) -> Predicate {
        between_raw(&date("day"), OpenRange { start, end }).unwrap()
    }

    fn null() -> Predicate {
        Predicate::Test(Test::Null(date("day")))
    }

    /// The first of January.
    fn new_year() -> Predicate {
        let of = Scalar::Cyclic { of: Arc::new(date("day")), part: CyclicPart::DayInYear };
        Predicate::Test(Test::OneOf { of, values: vec![ScalarValue::Int64(Some(1))], folded: false })
    }

    fn asked(conditions: Vec<(Predicate, Written)>) -> Asked {
        let conditions = conditions.into_iter().map(|(predicate, written)| Condition { predicate, written });
        Asked { own: range(Some(-9), None), parts: vec![AskedPart::new(conditions.collect(), Vec::new(), false)] }
    }

    /// What a condition beside a range from 1 to 9 does: the range of both, and whether the condition stays.
    #[track_caller]
    fn check(condition: Predicate, written: Written, expected: Option<(Option<i64>, Option<i64>, bool)>) {
        let shown = format!("{condition:?}");
        let asked = asked(vec![(range(Some(1), Some(9)), Written::Test), (condition, written)]);
        let found = asked.range_on(&date("day"));
        let others = asked.without_ranges(&[&date("day")]);
        let stays = others != range(Some(-9), None);
        assert_eq!(found.map(|found| (found.range.start, found.range.end, stays)), expected, "{shown}");
        assert!(found.is_none_or(|found| found.bounded && !found.nulls), "{shown}");
        // Another date is not concerned.
        let open = AskedRange { range: OpenRange { start: None, end: None }, bounded: false, nulls: true };
        assert_eq!(asked.range_on(&date("other")), Some(open));
        assert_eq!(asked.without_ranges(&[&date("other")]), asked.all());
    }

    #[test]
    fn ranges_are_taken_together_and_other_tests_stay() {
        let one = || range(Some(3), Some(4));
        check(range(Some(5), None), Written::Test, Some((Some(5), Some(9), false)));
        check(Predicate::all([one(), null().negate()]), Written::Test, Some((Some(3), Some(4), true)));
        check(one().negate(), Written::Exclusion, Some((Some(1), Some(9), true)));
        check(null().negate(), Written::Test, Some((Some(1), Some(9), true)));
        check(null(), Written::Group, Some((Some(1), Some(9), true)));
        check(new_year(), Written::Test, Some((Some(1), Some(9), true)));
        check(Predicate::any([new_year(), null()]), Written::Group, Some((Some(1), Some(9), true)));
        // A group that comes to a plain range is one.
        check(one().negate().negate(), Written::Group, Some((Some(3), Some(4), false)));
    }

    #[test]
    fn ranges_inside_others_are_refused() {
        let (one, other) = (range(Some(3), Some(4)), range(Some(6), Some(7)));
        check(one.clone().negate(), Written::Group, None);
        check(Predicate::any([one.clone(), other]), Written::Test, None);
        check(Predicate::any([one.clone(), new_year()]), Written::Group, None);
        check(Predicate::any([one, null()]), Written::Group, None);
    }

    #[test]
    fn a_rule_for_null_goes_with_its_range() {
        let with_null = |of| Predicate::any([range(Some(1), Some(9)), Predicate::Test(Test::Null(of))]);
        let month = Scalar::Bucket { of: Arc::new(date("day")), level: Level::Month };
        for of in [date("day"), month] {
            let both = asked(vec![(with_null(of.clone()), Written::Test), (with_null(of.clone()), Written::Test)]);
            let expected = AskedRange { range: OpenRange { start: Some(1), end: Some(9) }, bounded: true, nulls: true };
            assert_eq!(both.range_on(&date("day")), Some(expected));
            assert_eq!(both.without_ranges(&[&date("day")]), both.own);
            let one = asked(vec![(with_null(of), Written::Test), (range(Some(1), Some(9)), Written::Test)]);
            assert_eq!(one.range_on(&date("day")), Some(AskedRange { nulls: false, ..expected }));
        }
    }
}
