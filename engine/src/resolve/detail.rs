//! The aggregates of a formula: over the rows of a group, over those of other groups (`FULL`, `EXCLUDE`, `FIXED`), and
//! over the values of finer ones (`INCLUDE`, `FIXED` inside).

use drillcore_formulas::{
    Aggregate, AggregateLeaf, Finer as FinerBy, Groups as GroupsBy, Nested, Reference as FormulaReference, Span, Typed,
};

use super::aggregates::call_of;
use super::formulas::scalar;
use super::{Finer, Grain, Groups, Predicate, Resolver, Scalar, Test, wrong};
use crate::error::{Error, Result};
use crate::query::{Reference, Target};
use crate::suggest;

/// The most different lists of keys behind `INCLUDE` and `FIXED` in a query; each is a reading of its own, or two.
const MOST_READINGS: usize = 64;

/// Where a formula of aggregate level stands, and what holds for its aggregates.
pub(super) struct Place<'p> {
    pub(super) text: &'p str,
    pub(super) path: &'p str,
    /// The dataset of its bare columns.
    pub(super) dataset: Option<&'p str>,
    /// ANDed into every aggregate over rows.
    pub(super) filter: &'p Predicate,
    /// The values behind `FIXED` and `INCLUDE`, and where they stand.
    pub(super) keys: &'p [(Scalar, Span)],
}

impl Resolver<'_> {
    /// What a name or call in a formula of aggregate level stands for.
    pub(super) fn group_value(&mut self, leaf: AggregateLeaf<Scalar, Scalar>, place: &Place<'_>) -> Result<Scalar> {
        match leaf {
            AggregateLeaf::Measure(value) => Ok(value),
            AggregateLeaf::Aggregate(aggregate) => {
                let grain = self.grain(&aggregate.groups, place)?;
                self.over_rows(*aggregate, place.filter, &grain).map_err(|error| error.at(place.path))
            }
            AggregateLeaf::Nested(nested) => self.over_groups(*nested, place),
        }
    }

    /// An aggregate over rows. Which rows are one group is up to the caller.
    pub(super) fn over_rows(
        &mut self,
        aggregate: Aggregate<Scalar>,
        filter: &Predicate,
        grain: &Grain,
    ) -> Result<Scalar> {
        let Aggregate { function, argument, second, parameters, filter: own, .. } = aggregate;
        let filter = Predicate::all([filter.clone(), holds(own.map(scalar))]);
        let made = call_of(function, &parameters).map_err(Error::query)?;
        self.aggregate_over(made, argument.map(scalar), second.map(scalar), filter, grain)
    }

    /// An aggregate over the values of finer groups.
    fn over_groups(&mut self, nested: Nested<Scalar, Scalar>, place: &Place<'_>) -> Result<Scalar> {
        let Nested { function, argument, second, parameters, filter, finer } = nested;
        let (names, fixed) = match finer {
            FinerBy::Include(names) => (names, false),
            FinerBy::Fixed(names) => (names, true),
        };
        let mut by: Vec<Scalar> = Vec::with_capacity(names.len());
        for value in names.into_iter().map(scalar) {
            if !by.contains(&value) {
                by.push(value);
            }
        }
        let (inner, parts) = self.apart(|resolver| {
            let mut value = |tree: Typed<AggregateLeaf<Scalar, Scalar>>| resolver.finer_value(tree, place);
            let of = value(argument)?;
            let second = second.map(&mut value).transpose()?;
            let own = filter.map(&mut value).transpose()?;
            Ok::<_, Error>((of, second, own))
        });
        let (of, second, own) = inner?;
        let made = call_of(function, &parameters).map_err(|message| wrong(place.path, message))?;
        let grain = Grain::Finer(Box::new(Finer { by, fixed, parts }));
        self.aggregate_over(made, Some(of), second, holds(own), &grain).map_err(|error| error.at(place.path))
    }

    /// A value of a finer group.
    fn finer_value(&mut self, tree: Typed<AggregateLeaf<Scalar, Scalar>>, place: &Place<'_>) -> Result<Scalar> {
        let tree = tree.try_map(&mut |leaf| match leaf {
            AggregateLeaf::Aggregate(aggregate) => {
                self.over_rows(*aggregate, place.filter, &Grain::Row).map_err(|error| error.at(place.path))
            }
            AggregateLeaf::Measure(_) | AggregateLeaf::Nested(_) => {
                Err(Error::internal("a value of a finer group is made of other groups"))
            }
        })?;
        Ok(scalar(tree))
    }

    /// Which rows are one group of an aggregate.
    fn grain(&mut self, groups: &GroupsBy<Scalar>, place: &Place<'_>) -> Result<Grain> {
        let in_order = |mut dimensions: Vec<usize>| {
            dimensions.sort_unstable();
            dimensions.dedup();
            dimensions
        };
        match groups {
            GroupsBy::Query => Ok(Grain::Row),
            GroupsBy::Full => Ok(Grain::Full),
            GroupsBy::Exclude(names) => {
                let mut found = Vec::new();
                for name in names {
                    found.extend(self.excluded(name, place)?);
                }
                let found = in_order(found);
                Ok(if found.len() == self.dimensions.len() { Grain::Full } else { Grain::Exclude(found) })
            }
            GroupsBy::Fixed(keys) => {
                let mut found = Vec::with_capacity(keys.len());
                for key in keys {
                    found.push(self.among_dimensions(&scalar(key.clone()), place)?);
                }
                Ok(Grain::Fixed(in_order(found)))
            }
        }
    }

    /// The dimensions that a name behind `EXCLUDE` means: the one of that name, else all on that column.
    fn excluded(&mut self, name: &FormulaReference, place: &Place<'_>) -> Result<Vec<usize>> {
        let called = self.dimensions.iter().position(|dimension| dimension.output.name == name.name);
        if let (Some(index), None) = (called, &name.dataset) {
            return Ok(vec![index]);
        }
        let named = Reference {
            dataset: name.dataset.clone().or_else(|| place.dataset.map(str::to_owned)),
            target: Target::Column(name.name.clone()),
        };
        let column = self.value(&named, place.path).ok().map(|(value, _)| value);
        let dimensions = self.dimensions.iter().enumerate();
        let found: Vec<usize> = dimensions
            .filter(|(_, dimension)| column.as_ref().is_some_and(|column| is_on(&dimension.value, column)))
            .map(|(index, _)| index)
            .collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let hint = suggest::hint(&name.name, self.dimensions.iter().map(|dimension| dimension.output.name.as_str()));
        let message = format!("the query has no dimension `{}` to leave out{hint}", name.name);
        Err(Error::query(message).with_span(name.span.start(), name.span.end()).at(place.path))
    }

    /// The dimension that a key of `FIXED` is.
    fn among_dimensions(&self, key: &Scalar, place: &Place<'_>) -> Result<usize> {
        if let Some(index) = self.dimensions.iter().position(|dimension| dimension.value == *key) {
            return Ok(index);
        }
        let span = place.keys.iter().find(|(known, _)| known == key).map(|(_, span)| *span);
        let shown = span.and_then(|span| span.text(place.text)).unwrap_or("a key");
        let message =
            format!("`{shown}` is no dimension of the query; outside another aggregate all keys of FIXED must be");
        let error = Error::query(message);
        let error = match span {
            Some(span) => error.with_span(span.start(), span.end()),
            None => error,
        };
        Err(error.at(place.path))
    }

    /// Completes the groups with what their aggregates look at besides the rows of the query.
    pub(super) fn set_context(&self, groups: &mut Groups) -> Result<()> {
        if groups.is_of_rows() {
            return Ok(());
        }
        let (finer, fixed) = (groups.finer_readings(), groups.fixed_readings());
        let looks_at_context = !fixed.is_empty() || finer.iter().any(|reading| reading.fixed);
        if finer.len() + fixed.len() > MOST_READINGS {
            let message = format!("a query has at most {MOST_READINGS} different lists behind INCLUDE and FIXED");
            return Err(wrong("/measures", message));
        }
        if looks_at_context {
            groups.context = Some(self.asked.context().all());
        }
        Ok(())
    }
}

/// The test of a condition, if there is one.
fn holds(condition: Option<Scalar>) -> Predicate {
    condition.map_or(Predicate::Constant(true), |condition| Predicate::Test(Test::Holds(condition)))
}

/// Whether a dimension is a column, or a level, bins or groups of it.
fn is_on(dimension: &Scalar, column: &Scalar) -> bool {
    dimension == column
        || match dimension {
            Scalar::Bucket { of, .. }
            | Scalar::Cyclic { of, .. }
            | Scalar::Bin { of, .. }
            | Scalar::Member { of, .. } => is_on(of, column),
            _ => false,
        }
}
