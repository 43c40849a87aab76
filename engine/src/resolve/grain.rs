//! Which rows are one group of an aggregate, where they are not those of its row in the answer.

use super::{Call, Groups, Part, Predicate, Scalar};

/// Which rows are one group of an aggregate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) enum Grain {
    /// Those of the row of the answer.
    #[default]
    Row,
    /// All rows of the query.
    Full,
    /// Those with the members of the row, but in these dimensions.
    Exclude(Vec<usize>),
    /// Those with the members of the row in these dimensions, among all rows of the context.
    Fixed(Vec<usize>),
    /// Finer groups, each of which gives one value.
    Finer(Box<Finer>),
}

/// What an aggregate over finer groups takes. Its own values and filter are made of [`Finer::parts`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Finer {
    /// What makes the groups finer.
    pub(crate) by: Vec<Scalar>,
    /// Whether a value is that of all rows of the context with the same `by`, instead of the rows of the finer group.
    pub(crate) fixed: bool,
    /// The aggregates over each of the finer groups.
    pub(crate) parts: Vec<Part>,
}

/// Finer groups that are read together: all aggregates over groups by the same values.
#[derive(Debug)]
pub(crate) struct FinerReading<'a> {
    pub(crate) by: &'a [Scalar],
    pub(crate) fixed: bool,
    pub(crate) parts: Vec<&'a Part>,
}

/// Groups by some dimensions over the rows of the context, with all aggregates over them.
#[derive(Debug)]
pub(crate) struct FixedReading<'a> {
    pub(crate) by: &'a [usize],
    pub(crate) parts: Vec<&'a Part>,
}

impl Part {
    /// Whether two aggregates are the same but for their groups.
    pub(crate) fn same_values(&self, other: &Self) -> bool {
        self.call == other.call
            && self.of == other.of
            && self.by == other.by
            && self.filter == other.filter
            && self.latest == other.latest
    }

    /// Whether it, or what it is made of, is approximate.
    pub(super) fn is_approximate(&self) -> bool {
        let inner = match &self.grain {
            Grain::Finer(finer) => finer.parts.iter().any(Self::is_approximate),
            _ => false,
        };
        inner || matches!(self.call, Call::ApproxDistinct | Call::ApproxPercentile(_))
    }
}

impl Groups {
    /// Whether every aggregate that is not cumulative is over the rows of its group.
    pub(crate) fn is_of_rows(&self) -> bool {
        self.parts.iter().all(|part| part.grain == Grain::Row)
    }

    /// The aggregates that are read with the finest groups, each once: what coarser groups take is merged from them.
    pub(crate) fn own_parts(&self) -> Vec<&Part> {
        let own = |part: &&Part| {
            part.cumulative.is_none() && matches!(part.grain, Grain::Row | Grain::Full | Grain::Exclude(_))
        };
        let own = self.parts.iter().filter(own);
        if self.is_of_rows() {
            return own.collect();
        }
        let mut found: Vec<&Part> = Vec::new();
        for part in own {
            if !found.iter().any(|known| known.same_values(part)) {
                found.push(part);
            }
        }
        found
    }

    /// The finer groups that are read.
    pub(crate) fn finer_readings(&self) -> Vec<FinerReading<'_>> {
        let mut found: Vec<FinerReading<'_>> = Vec::new();
        for part in &self.parts {
            let Grain::Finer(finer) = &part.grain else { continue };
            let known = found.iter().position(|known| known.is_of(finer));
            let place = known.unwrap_or_else(|| {
                found.push(FinerReading { by: &finer.by, fixed: finer.fixed, parts: Vec::new() });
                found.len() - 1
            });
            let Some(reading) = found.get_mut(place) else { continue };
            for inner in &finer.parts {
                if !reading.parts.contains(&inner) {
                    reading.parts.push(inner);
                }
            }
        }
        found
    }

    /// The groups of the context that are read.
    pub(crate) fn fixed_readings(&self) -> Vec<FixedReading<'_>> {
        let mut found: Vec<FixedReading<'_>> = Vec::new();
        for part in &self.parts {
            let Grain::Fixed(by) = &part.grain else { continue };
            match found.iter_mut().find(|known| known.by == by.as_slice()) {
                Some(reading) => reading.parts.push(part),
                None => found.push(FixedReading { by, parts: vec![part] }),
            }
        }
        found
    }

    /// The rows of the context: in the present, and in the base of a comparison where these are others.
    pub(crate) fn context_filters(&self) -> impl Iterator<Item = &Predicate> {
        let base = self.steps.compare.as_ref().and_then(|compare| compare.context.as_ref());
        self.context.iter().chain(base)
    }

    /// The filter of every reading besides those of the finest groups, in a query with a filter.
    pub(crate) fn further_filters<'a>(&'a self, filter: &'a Predicate) -> Vec<&'a Predicate> {
        let periods = || std::iter::once(filter).chain(self.steps.compare.iter().map(|compare| &compare.filter));
        let mut found = Vec::new();
        for reading in self.finer_readings() {
            found.extend(periods());
            if reading.fixed {
                found.extend(self.context_filters());
            }
        }
        for _ in self.fixed_readings() {
            found.extend(self.context_filters());
        }
        found
    }
}

impl FinerReading<'_> {
    /// Whether it is the one that an aggregate needs.
    pub(crate) fn is_of(&self, finer: &Finer) -> bool {
        self.fixed == finer.fixed && self.by == finer.by.as_slice()
    }
}
