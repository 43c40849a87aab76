//! Aggregates whose groups are not the rows of the answer: those of coarser groups (`FULL`, `EXCLUDE`), of groups of the
//! context (`FIXED`), and over the values of finer groups (`INCLUDE`, and `FIXED` inside another aggregate).
//!
//! Coarser groups are merged from the states of the finest ones, before having drops any of them. The others have
//! readings of their own.

use arrow::array::{ArrayRef, new_null_array};
use arrow::compute::kernels::zip::zip;

use super::coarser::{Coarser, Grouping};
use super::finer::{FinerGroups, Outer};
use super::fixed_groups::FixedGroups;
use super::states::States;
use super::table::broken;
use crate::error::{Error, Result};
use crate::model::ColumnType;
use crate::plan::Evaluator;
use crate::resolve::{FinerReading, FixedReading, Grain, Groups, Part};

/// The readings of such aggregates.
#[derive(Debug, Default)]
pub(super) struct Grains {
    /// Where each aggregate that is not cumulative comes from, in their order. Empty where all of them are over the rows
    /// of their group.
    sources: Vec<Source>,
    pub(super) present: Readings,
    /// Those of the base of a comparison.
    pub(super) base: Readings,
    /// Rows that were read for them.
    pub(super) rows_scanned: Vec<Option<u64>>,
}

/// The readings of one period, in the order of [`Groups::fixed_readings`] and [`Groups::finer_readings`].
#[derive(Debug, Default)]
pub(super) struct Readings {
    pub(super) fixed: Vec<FixedGroups>,
    pub(super) finer: Vec<FinerGroups>,
}

#[derive(Debug)]
enum Source {
    /// An aggregate of the finest groups, by its place among them.
    Own(usize),
    /// The same of coarser groups: without any dimension, or without some.
    Coarser { place: usize, left_out: LeftOut },
    /// One of a reading over groups of the context.
    Fixed { reading: usize, place: usize, column_type: ColumnType },
    /// One over the finer groups of a reading, with the places of what it is made of.
    Finer { reading: usize, part: Box<Part>, inner: Vec<usize> },
}

#[derive(Debug, PartialEq, Eq)]
enum LeftOut {
    All,
    Some(Vec<usize>),
}

impl LeftOut {
    /// Some aggregates of the groups without these dimensions.
    fn values(
        &self,
        which: &[usize],
        states: &States,
        leaf_of: &[Option<usize>],
        grouping: &Grouping<'_>,
    ) -> Result<Vec<ArrayRef>> {
        let mut stays: Vec<usize> = match self {
            Self::All => Vec::new(),
            Self::Some(some) => grouping.kept.iter().copied().filter(|dimension| !some.contains(dimension)).collect(),
        };
        let by = |stays: &[usize]| {
            let coarser = Coarser::new(stays, grouping)?;
            let number = |leaf: &Option<usize>| leaf.and_then(|leaf| coarser.of_leaf.get(leaf).copied());
            let of_state: Vec<Option<usize>> = leaf_of.iter().map(number).collect();
            coarser.values(states, which, &of_state)
        };
        let values = by(&stays)?;
        let Some(blurred) = grouping.blurred.filter(|blurred| stays.contains(&blurred.dimension)) else {
            return Ok(values);
        };
        stays.retain(|dimension| *dimension != blurred.dimension);
        let without = by(&stays)?;
        let pairs = values.iter().zip(&without);
        pairs.map(|(own, without)| zip(blurred.groups, without, own).map_err(broken)).collect()
    }
}

impl Grains {
    pub(super) fn new(groups: &Groups) -> Result<Self> {
        if groups.is_of_rows() {
            return Ok(Self::default());
        }
        let own = groups.own_parts();
        let (fixed, finer) = (groups.fixed_readings(), groups.finer_readings());
        let parts = groups.parts.iter().filter(|part| part.cumulative.is_none());
        let sources = parts.map(|part| source(part, &own, &fixed, &finer)).collect::<Option<Vec<_>>>();
        let sources = sources.ok_or_else(|| Error::internal("an aggregate is in no reading"))?;
        Ok(Self { sources, ..Self::default() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The aggregates of each group in one period: `readings` are its readings, `states` those of the finest groups,
    /// whose numbers `leaf_of` gives.
    pub(super) fn values(
        &self,
        readings: &Readings,
        states: &States,
        leaf_of: &[Option<usize>],
        grouping: &Grouping<'_>,
        evaluator: &Evaluator<'_>,
    ) -> Result<Vec<ArrayRef>> {
        let mut found: Vec<Option<ArrayRef>> = vec![None; self.sources.len()];
        let mut put = |places: &[usize], values: Vec<ArrayRef>| {
            for (place, values) in places.iter().zip(values) {
                if let Some(found) = found.get_mut(*place) {
                    *found = Some(values);
                }
            }
        };
        let (places, own): (Vec<usize>, Vec<usize>) = self.own().unzip();
        if !own.is_empty() {
            let group = |leaf: &Option<usize>| leaf.and_then(|leaf| grouping.group_of.get(leaf).copied().flatten());
            let group_of: Vec<Option<usize>> = leaf_of.iter().map(group).collect();
            put(&places, states.merge_only(&own, &group_of, grouping.count)?);
        }
        for left_out in self.left_out() {
            let (places, which): (Vec<usize>, Vec<usize>) = self.coarser(left_out).unzip();
            put(&places, left_out.values(&which, states, leaf_of, grouping)?);
        }
        for (reading, fixed) in readings.fixed.iter().enumerate() {
            let (places, asked) = self.fixed(reading);
            let which: Vec<usize> = asked.iter().map(|(place, _)| *place).collect();
            let missing = || asked.iter().map(|(_, held)| new_null_array(&held.arrow(), grouping.count)).collect();
            put(&places, fixed.values(&which, grouping)?.unwrap_or_else(missing));
        }
        for (reading, finer) in readings.finer.iter().enumerate() {
            let (places, outer): (Vec<usize>, Vec<Outer<'_>>) = self.finer(reading).unzip();
            put(&places, finer.values(&outer, grouping, evaluator)?);
        }
        let complete: Option<Vec<ArrayRef>> = found.into_iter().collect();
        complete.ok_or_else(|| Error::internal("an aggregate was not read"))
    }

    /// The sources that are aggregates of the finest groups, and their places among these.
    fn own(&self) -> impl Iterator<Item = (usize, usize)> {
        self.sources.iter().enumerate().filter_map(|(index, source)| match source {
            Source::Own(place) => Some((index, *place)),
            _ => None,
        })
    }

    /// The different coarser groups.
    fn left_out(&self) -> Vec<&LeftOut> {
        let mut found = Vec::new();
        for source in &self.sources {
            if let Source::Coarser { left_out, .. } = source
                && !found.contains(&left_out)
            {
                found.push(left_out);
            }
        }
        found
    }

    /// The sources of coarser groups, and their places among the aggregates of the finest ones.
    fn coarser(&self, of: &LeftOut) -> impl Iterator<Item = (usize, usize)> {
        self.sources.iter().enumerate().filter_map(move |(index, source)| match source {
            Source::Coarser { place, left_out } if left_out == of => Some((index, *place)),
            _ => None,
        })
    }

    /// The sources of a reading over the context; their places in it and types.
    fn fixed(&self, of: usize) -> (Vec<usize>, Vec<(usize, ColumnType)>) {
        let found = self.sources.iter().enumerate().filter_map(|(index, source)| match source {
            Source::Fixed { reading, place, column_type } if *reading == of => Some((index, (*place, *column_type))),
            _ => None,
        });
        found.unzip()
    }

    /// The sources over the finer groups of a reading.
    fn finer(&self, of: usize) -> impl Iterator<Item = (usize, Outer<'_>)> {
        self.sources.iter().enumerate().filter_map(move |(index, source)| match source {
            Source::Finer { reading, part, inner } if *reading == of => Some((index, Outer { part, inner })),
            _ => None,
        })
    }
}

fn source(part: &Part, own: &[&Part], fixed: &[FixedReading<'_>], finer: &[FinerReading<'_>]) -> Option<Source> {
    let place = |parts: &[&Part]| parts.iter().position(|known| known.same_values(part));
    Some(match &part.grain {
        Grain::Row => Source::Own(place(own)?),
        Grain::Full => Source::Coarser { place: place(own)?, left_out: LeftOut::All },
        Grain::Exclude(some) => Source::Coarser { place: place(own)?, left_out: LeftOut::Some(some.clone()) },
        Grain::Fixed(by) => {
            let reading = fixed.iter().position(|reading| reading.by == by.as_slice())?;
            let place = place(&fixed.get(reading)?.parts)?;
            Source::Fixed { reading, place, column_type: part.column_type }
        }
        Grain::Finer(own) => {
            let reading = finer.iter().position(|reading| reading.is_of(own))?;
            let all = &finer.get(reading)?.parts;
            let inner = own.parts.iter().map(|part| all.iter().position(|known| *known == part));
            Source::Finer { reading, part: Box::new(part.clone()), inner: inner.collect::<Option<Vec<_>>>()? }
        }
    })
}
