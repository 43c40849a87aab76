//! A query with the way to it.

use serde::{Deserialize, Serialize};

use super::below::below;
use super::crumb::Step;
use super::names::find;
use super::replacing::{first_page, replace};
use super::rows::{clicked_rows, same_member};
use super::{Clicked, Crumb};
use crate::error::{Error, Result};
use crate::query::{Dimension, Member, Members, Query, Target};

/// A query with the way by which people drilled to it. Each step makes the next query of this one and of a cell that
/// was clicked in its answer. Nothing is asked and no catalog is needed, so it can be kept wherever a query can.
///
/// ```
/// use drillcore::{Drilled, Engine, Level, Literal, PushMode, Query, Rows, Scope, column, level, sum};
///
/// # fn main() -> Result<(), drillcore::Error> {
/// # futures::executor::block_on(async {
/// let engine = Engine::in_memory()?;
/// let rows = vec![
///     vec!["2026-03-02".into(), "Ghent".into(), 30.into()],
///     vec!["2026-03-30".into(), "Bruges".into(), 40.into()],
///     vec!["2026-04-01".into(), "Ghent".into(), 5.into()],
/// ];
/// engine.push("sales", PushMode::Create, Rows::new(["day", "city", "amount"], rows)).await?;
/// let scope = Scope::unrestricted();
///
/// let query = Query::on("sales").dimension(level("day", Level::Month).named("when")).measure(sum("amount"));
/// let months = Drilled::new(query);
/// let answer = engine.query(months.query(), &scope).await?;
/// assert_eq!(answer.data_json(), r#"[["2026-03-01",70],["2026-04-01",5]]"#);
///
/// let days = months.down("when", &Literal::from("2026-03-01").into())?;
/// let answer = engine.query(days.query(), &scope).await?;
/// assert_eq!(answer.data_json(), r#"[["2026-03-02",30],["2026-03-30",40]]"#);
///
/// let cities = days.to("when", &Literal::from("2026-03-30").into(), column("city").into())?;
/// let answer = engine.query(cities.query(), &scope).await?;
/// assert_eq!(answer.data_json(), r#"[["Bruges",40]]"#);
///
/// let way: Vec<&str> = cities.breadcrumb().iter().map(|crumb| crumb.label()).collect();
/// assert_eq!(way, ["2026-03-01", "2026-03-30"]);
/// assert_eq!(cities.up(), Some(days));
/// assert_eq!(cities.up_to(0), Some(months));
/// # Ok(())
/// # })
/// # }
/// ```
///
/// # Totals agree
///
/// The next query is over the rows behind what was clicked and no others: all filters stay, and the one that is added,
/// or the subtree that the dimension keeps to, holds for exactly these rows. As totals are computed over rows, the
/// grand total of the next answer is what the clicked member had, whatever the aggregation. What is clicked is the
/// member: in a query of several dimensions its rows over all members of the others, of which it is the subtotal.
///
/// This is so before `having`, `top`, `post` and windows. They stay as they are and are about the new rows from then
/// on, a condition on the clicked dimension by its name included. What reads other rows than its own does not add up by
/// itself: comparisons, cumulative measures, and `FIXED` in formulas.
///
/// # Names
///
/// A dimension is called as in the answer: by its `as`, else by its default name, or by the id of its column or
/// hierarchy if no other dimension is meant by it. The dimension in its place keeps the `as`. One that had none gets
/// one where the query refers to it by name, so that order, top, totals, pivot and windows still find it. Keys of the
/// order that name the old dimension by its column and level name the new one; those by a cell of a pivot that is
/// called by a member of the old one go. A page begins at its first row again.
///
/// # As a document
///
/// With serde it is `{"query": .., "trail": [..]}`, where each query is its JSON document. It is read back if
/// [`Query::check`] accepts the queries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drilled {
    query: Query,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    trail: Vec<Crumb>,
}

impl Drilled {
    /// The start of a way.
    #[must_use]
    pub fn new(query: Query) -> Self {
        Self { query, trail: Vec::new() }
    }

    /// The query to ask.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The steps so far, the first first.
    #[must_use]
    pub fn breadcrumb(&self) -> &[Crumb] {
        &self.trail
    }

    /// One level down below what was clicked in a dimension.
    ///
    /// - Over a hierarchy: the members one level deeper under the clicked one. Where the dimension is expanded, the
    ///   clicked member is expanded too, beside all others, and no rows are left out. All but own rows can be gone
    ///   into, also the unassigned values. A member without children stands alone one level below, as itself.
    /// - From a level of a datetime: the next finer one inside the clicked bucket, from years by quarters, months,
    ///   days, hours, minutes and seconds to milliseconds; from weeks to days. The bucket becomes a filter at its
    ///   level.
    ///
    /// Whether the hierarchy has a level by the next number, and the date a time of day, is told when the query is
    /// asked.
    ///
    /// ```
    /// use drillcore::{Dimension, Drilled, Member, Query, count, hierarchy};
    ///
    /// let regions = Drilled::new(Query::on("airports").dimension(hierarchy("geo")).measure(count()));
    /// let nations = regions.down("geo", &Member::from(["EUROPE"]).into())?;
    /// let expected: Dimension = hierarchy("geo").level(2).under(["EUROPE"]).into();
    /// assert_eq!(nations.query().dimensions, vec![expected]);
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound` for the name of no dimension. `InvalidInput` for what cannot have been clicked there, and where there
    /// is nothing below: own rows, plain values, cyclic parts, bins and groups, for which [`Drilled::to`] is there.
    /// What [`Query::check`] says of the next query.
    pub fn down(&self, dimension: &str, clicked: &Clicked) -> Result<Self> {
        let (place, shown) = find(&self.query, dimension)?;
        let next = below(&self.query, dimension, shown, clicked)?;
        let mut query = self.query.clone();
        replace(&mut query, place, next.dimension);
        query.filters.extend(next.filters);
        self.stepped(next.step, place, dimension, clicked, query)
    }

    /// To another column or hierarchy: what was clicked becomes a filter, and `other` takes the place of the dimension.
    /// All filters stay.
    ///
    /// The filter is at the level of the dimension, also for cyclic parts, whose names are taken in English. Text is
    /// compared with its letter case, as groups are. NULL becomes `? is null`.
    ///
    /// The names in the query go on to mean what is in the place of the dimension, so the name of `other` counts only
    /// where there was none. A comparison and a cumulative measure stay with their date.
    ///
    /// ```
    /// use drillcore::{Drilled, Literal, Query, column, count};
    ///
    /// let origins = Drilled::new(Query::on("flights").dimension(column("origin")).measure(count()));
    /// let carriers = origins.to("origin", &Literal::from("JFK").into(), column("carrier").into())?;
    /// let expected =
    ///     Query::on("flights").dimension(column("carrier")).measure(count()).filter(column("origin").equals("JFK"));
    /// assert_eq!(carriers.query(), &expected);
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound` for the name of no dimension. `InvalidInput` for what cannot have been clicked there, and for bins
    /// and groups, whose rows no filter tells exactly. What [`Query::check`] says of the next query.
    pub fn to(&self, dimension: &str, clicked: &Clicked, other: Dimension) -> Result<Self> {
        let (place, shown) = find(&self.query, dimension)?;
        let rows = clicked_rows(&self.query, dimension, shown, clicked)?;
        let mut query = self.query.clone();
        replace(&mut query, place, other);
        query.filters.extend(rows);
        self.stepped(Step::To, place, dimension, clicked, query)
    }

    /// Takes a member of an expanded dimension out of those that are open. This is no step of its own: the way becomes
    /// the one on which the member was not opened. What is open under it stays so and is seen again when it is opened
    /// again.
    ///
    /// ```
    /// use drillcore::{Drilled, Member, Query, count, hierarchy};
    ///
    /// let tree = Drilled::new(Query::on("airports").dimension(hierarchy("geo").expanded(1)).measure(count()));
    /// let europe = Member::from(["EUROPE"]);
    /// let open = tree.down("geo", &europe.clone().into())?;
    /// assert_eq!(open.close("geo", &europe)?, tree);
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound` for the name of no dimension; `InvalidInput` if the member is not among those that are open one by
    /// one.
    pub fn close(&self, dimension: &str, member: &Member) -> Result<Self> {
        let (place, shown) = find(&self.query, dimension)?;
        let expand = shown.reference.members().and_then(|members| members.expand.as_ref());
        if !expand.is_some_and(|expand| expand.open.iter().any(|open| same_member(open, member))) {
            let message = format!("this member of `{dimension}` is not among those that are open one by one");
            return Err(Error::input(message));
        }
        let mut closed = self.clone();
        // What was clicked before the dimension got its place is about another one.
        let since = self.trail.iter().rposition(|crumb| crumb.replaced(place)).map_or(0, |last| last + 1);
        let mut later = self.trail.iter().enumerate().skip(since);
        let opened = later.find(|(_, crumb)| crumb.opened(place, member)).map(|(at, _)| at);
        let mut first = since;
        if let Some(at) = opened {
            let before = closed.trail.remove(at).query;
            first = at + 1;
            match closed.trail.get_mut(at) {
                Some(next) => next.query = before,
                None => {
                    closed.query = before;
                    return Ok(closed);
                }
            }
        }
        for crumb in closed.trail.iter_mut().skip(first) {
            shut(&mut crumb.query, place, member);
        }
        shut(&mut closed.query, place, member);
        Ok(closed)
    }

    /// The query before the last step, exactly; none at the start.
    #[must_use]
    pub fn up(&self) -> Option<Self> {
        self.up_to(self.trail.len().checked_sub(1)?)
    }

    /// The query after so many steps, exactly; 0 is the start. None if there were fewer.
    #[must_use]
    pub fn up_to(&self, crumbs: usize) -> Option<Self> {
        let (trail, later) = self.trail.split_at_checked(crumbs)?;
        let query = later.first().map_or(&self.query, Crumb::query);
        Some(Self { query: query.clone(), trail: trail.to_vec() })
    }

    /// Says what to show for the last step: a member may have a name that only its cell tells. Without a step nothing
    /// happens.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        if let Some(last) = self.trail.last_mut() {
            last.set_label(label.into());
        }
        self
    }

    fn stepped(&self, step: Step, place: usize, dimension: &str, clicked: &Clicked, query: Query) -> Result<Self> {
        query.check()?;
        let mut trail = self.trail.clone();
        trail.push(Crumb::new(step, place, dimension, clicked, self.query.clone()));
        Ok(Self { query, trail })
    }
}

fn shut(query: &mut Query, place: usize, member: &Member) {
    let target = query.dimensions.get_mut(place).map(|dimension| &mut dimension.reference.target);
    if let Some(Target::Hierarchy(Members { expand: Some(expand), .. })) = target {
        expand.open.retain(|open| !same_member(open, member));
    }
    first_page(query);
}
