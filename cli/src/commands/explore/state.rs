//! What is asked: a dimension, the way down in it, filters, a measure and an order. The query follows from it alone.

use drillcore::{Clicked, Drilled, Error, Query, Totals, asc, desc};

use super::axis::{Axis, MEMBER};
use super::measure::VALUE;
use super::world::World;

/// More members are told by their number only.
pub(super) const MOST_ROWS: u64 = 10_000;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    axis: usize,
    /// Where the walk is in each dimension.
    places: Vec<Place>,
    /// The filters, the first first.
    kept: Vec<Kept>,
    measure: usize,
}

/// Where the walk is in a dimension.
#[derive(Debug, Clone, Default, PartialEq)]
struct Place {
    steps: Vec<Step>,
    by_member: bool,
}

/// A member that was gone below, or kept as a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) clicked: Clicked,
    /// How it was shown.
    pub(super) label: String,
}

/// A member that is kept as a filter, where it was found.
#[derive(Debug, Clone, PartialEq)]
struct Kept {
    axis: usize,
    steps: Vec<Step>,
    member: Step,
}

impl State {
    /// The top of a dimension, without filters.
    pub(super) fn new(axes: &[Axis], axis: usize, measure: usize) -> Self {
        let place = |axis: &Axis| Place { steps: Vec::new(), by_member: axis.by_member };
        Self { axis, places: axes.iter().map(place).collect(), kept: Vec::new(), measure }
    }

    /// The place of the dimension among those of the world.
    pub(super) fn axis(&self) -> usize {
        self.axis
    }

    /// The place of the measure among those of the world.
    pub(super) fn measure(&self) -> usize {
        self.measure
    }

    /// The way down in the dimension.
    pub(super) fn steps(&self) -> &[Step] {
        self.places.get(self.axis).map_or(&[], |place| &place.steps)
    }

    /// Whether the members are in their own order and not in that of the measure.
    pub(super) fn by_member(&self) -> bool {
        self.places.get(self.axis).is_some_and(|place| place.by_member)
    }

    /// The filters: each the place of its dimension, the way down to the member, and the member.
    pub(super) fn filters(&self) -> impl ExactSizeIterator<Item = (usize, &[Step], &Step)> {
        self.kept.iter().map(|kept| (kept.axis, kept.steps.as_slice(), &kept.member))
    }

    /// Below a member.
    pub(super) fn down(mut self, member: Step) -> Self {
        if let Some(place) = self.places.get_mut(self.axis) {
            place.steps.push(member);
        }
        self
    }

    /// Back up to where the member that was gone below is found, or the one that was kept as a filter. None at the very
    /// top.
    pub(super) fn up(mut self) -> Option<(Self, Clicked)> {
        let left = self.places.get_mut(self.axis).and_then(|place| place.steps.pop());
        if let Some(step) = left {
            return Some((self, step.clicked));
        }
        let Kept { axis, steps, member } = self.kept.pop()?;
        self.axis = axis;
        if let Some(place) = self.places.get_mut(axis) {
            place.steps = steps;
        }
        Some((self, member.clicked))
    }

    /// Another dimension, where the walk left it; the filters stay.
    pub(super) fn turned(mut self, forward: bool) -> Self {
        self.axis = next(self.axis, self.places.len(), forward);
        self
    }

    /// The top of the next dimension, over the rows of a member only.
    pub(super) fn keeping(mut self, member: Step) -> Self {
        let steps = self.steps().to_vec();
        self.kept.push(Kept { axis: self.axis, steps, member });
        let mut turned = self.turned(true);
        if let Some(place) = turned.places.get_mut(turned.axis) {
            place.steps.clear();
        }
        turned
    }

    /// Without the last filter; none where there is none.
    pub(super) fn dropping(mut self) -> Option<Self> {
        self.kept.pop()?;
        Some(self)
    }

    /// Another measure of so many.
    pub(super) fn measuring(mut self, count: usize, forward: bool) -> Self {
        self.measure = next(self.measure, count, forward);
        self
    }

    /// The other order.
    pub(super) fn reordered(mut self) -> Self {
        if let Some(place) = self.places.get_mut(self.axis) {
            place.by_member = !place.by_member;
        }
        self
    }

    /// The query, made by drilling from the top of the first dimension through all filters.
    ///
    /// # Errors
    ///
    /// What drilling refuses: what has nothing below.
    pub(super) fn drilled(&self, world: &World) -> Result<Drilled, Error> {
        let filters = self.kept.iter().map(|kept| (kept.axis, kept.steps.as_slice(), Some(&kept.member)));
        let legs = filters.chain([(self.axis, self.steps(), None)]);
        let mut way: Option<(Drilled, &Step)> = None;
        for (axis, steps, kept) in legs {
            let Some(axis) = world.axes.get(axis) else { continue };
            let dimension = axis.dimension.clone();
            let mut at = match way.take() {
                Some((before, member)) => before.to(MEMBER, &member.clicked, dimension)?.labelled(&member.label),
                None => Drilled::new(self.base(world).dimension(dimension)),
            };
            for step in steps {
                at = at.down(MEMBER, &step.clicked)?.labelled(&step.label);
            }
            match kept {
                Some(member) => way = Some((at, member)),
                None => return Ok(at),
            }
        }
        Ok(Drilled::new(self.base(world)))
    }

    /// All of the query but the dimension and the filters.
    fn base(&self, world: &World) -> Query {
        let mut query = Query::on(&world.dataset).totals(Totals::grand()).limit(MOST_ROWS).total_rows();
        if let Some(choice) = world.measures.get(self.measure) {
            query = query.measure(choice.measure.clone());
        }
        query = if self.by_member() { query.order_by(asc(MEMBER)) } else { query.order_by(desc(VALUE)) };
        if let Some(zone) = &world.timezone {
            query = query.timezone(zone);
        }
        match &world.locale {
            Some(locale) => query.locale(locale),
            None => query,
        }
    }
}

/// The place behind or before one of so many, in a circle.
fn next(place: usize, count: usize, forward: bool) -> usize {
    let count = count.max(1);
    let step = if forward { 1 } else { count - 1 };
    (place + step) % count
}
