//! One number with its previous period, as dashboards show in a tile of their own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::scalar::ScalarValue;
use serde::Serialize;

use super::answer::Asker;
use super::tables::Routes;
use super::{Engine, Inner};
use crate::error::{Error, Result};
use crate::execute::within;
use crate::query::{Compare, Query, Reference, Shift, Target};
use crate::resolve::{ResolvedQuery, Shape, compared_ranges};
use crate::result::{Cell, Provenance, Role, cell_of};
use crate::scope::Scope;

/// One number and what it was in an earlier period.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MetricTotal {
    /// The measure over all rows that pass the filters.
    pub value: Cell,
    /// The same over the rows of the earlier period.
    pub previous: Cell,
    /// `value - previous`; NULL where one of them is.
    pub change: Cell,
    /// The change as a fraction of `previous`; NULL where that is NULL or 0.
    pub change_ratio: Cell,
    /// The period that the filters give.
    pub period: MetricPeriod,
    /// The period compared with.
    pub previous_period: MetricPeriod,
    /// How far the periods lie apart, for people: `1 month earlier`, `previous period`.
    pub comparison: String,
    /// Where the numbers came from.
    pub provenance: Provenance,
}

/// A range of dates, or of times in the zone of the query.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MetricPeriod {
    /// The first date or time; NULL if the range has no start.
    pub start: Cell,
    /// The date or time behind the last; NULL if the range has no end.
    pub end: Cell,
}

impl Engine {
    /// One measure of a query over all its rows, compared with an earlier period.
    ///
    /// `over` is the date that is shifted, also the name of a dimension on it. The filters of the query say what the
    /// present period is; its dimensions and everything that works on groups is left aside. A `previous_period` needs
    /// a range with a start and an end.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::query`]; `InvalidQuery` if the query has no such measure, if the measure is no number, or if
    /// the filters test the date otherwise than by one range.
    ///
    /// ```
    /// use drillcore::{Cell, Engine, Level, PushMode, Query, Reference, Rows, Scope, Shift, column, sum};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// let rows = vec![vec!["2026-03-02".into(), 30.into()], vec!["2026-04-01".into(), 45.into()]];
    /// engine.push("sales", PushMode::Create, Rows::new(["day", "amount"], rows)).await?;
    ///
    /// let april = Query::on("sales").measure(sum("amount").named("total")).filter(column("day").equals("2026-04"));
    /// let month = Shift::By { quantity: 1, unit: Level::Month };
    /// let total =
    ///     engine.metric_total(&april, "total", Reference::column("day"), month, &Scope::unrestricted()).await?;
    /// assert_eq!((total.value, total.previous), (Cell::Integer(45), Cell::Integer(30)));
    /// assert_eq!(total.change, Cell::Integer(15));
    /// assert_eq!(total.change_ratio, Cell::Float(0.5));
    /// assert_eq!(total.previous_period.start.to_string(), "2026-03-01");
    /// assert_eq!(total.comparison, "1 month earlier");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn metric_total(
        &self,
        query: &Query,
        measure: &str,
        over: Reference,
        shift: Shift,
        scope: &Scope,
    ) -> Result<MetricTotal> {
        let compared = compared(query, measure, over, shift)?;
        let inner = Arc::clone(&self.inner);
        let (measure, scope) = (measure.to_owned(), scope.clone());
        let work = async move {
            let limit = compared.options.timeout_ms.map(Duration::from_millis);
            Box::pin(within(limit, inner.metric(&compared, &measure, shift, &scope))).await
        };
        self.inner.executor.run(work).await
    }
}

/// The query for the number and what it is compared with.
fn compared(query: &Query, measure: &str, over: Reference, shift: Shift) -> Result<Query> {
    let over = match &over.target {
        Target::Name(name) => {
            let found = query.dimensions.iter().find(|dimension| dimension.name.as_ref() == Some(name));
            let missing = || Error::query(format!("the query calls no dimension `{name}`")).at("/compare/name");
            found.map(|dimension| dimension.reference.clone()).ok_or_else(missing)?
        }
        _ => over,
    };
    let mut compared = query.clone();
    compared.dimensions = Vec::new();
    compared.having = Vec::new();
    compared.top = None;
    compared.windows = Vec::new();
    compared.post = Vec::new();
    compared.totals = None;
    compared.pivot = None;
    compared.order = Vec::new();
    compared.limit = None;
    compared.options.rollup_data = true;
    compared.options.total_rows = false;
    let mut compare = Compare::new(over, shift);
    compare.measures = vec![measure.to_owned()];
    compared.compare = Some(compare);
    Ok(compared)
}

impl Inner {
    async fn metric(
        self: &Arc<Self>,
        query: &Query,
        measure: &str,
        shift: Shift,
        scope: &Scope,
    ) -> Result<MetricTotal> {
        let started = Instant::now();
        let prepared = Box::pin(self.prepare(query, scope, &mut Routes::new())).await?;
        let resolved = Arc::clone(&prepared.facts.resolved);
        let asker = Asker { query, scope, preparing: started.elapsed(), call: None };
        let answer = Box::pin(self.answer_prepared(&asker, prepared, &self.executor.session())).await?;
        let missing = || Error::internal("a comparison has not the columns that it should have");
        let place = answer.columns().iter().position(|column| column.role == Role::Measure && column.name == measure);
        let place = place.ok_or_else(missing)?;
        let first = answer.columns().iter().position(|column| column.role == Role::Comparison);
        let first = first.ok_or_else(missing)?;
        let cell = |place: usize| answer.cell(0, place).ok_or_else(missing);
        let Shape::Grouped(groups) = &resolved.shape else {
            return Err(Error::internal("a comparison is of no groups"));
        };
        let compare = groups.steps.compare.as_ref().ok_or_else(|| Error::internal("a comparison was lost"))?;
        let [present, previous] = compared_ranges(&resolved, compare)?;
        Ok(MetricTotal {
            value: cell(place)?,
            previous: cell(first)?,
            change: cell(first + 1)?,
            change_ratio: cell(first + 2)?,
            period: period(&resolved, &present),
            previous_period: period(&resolved, &previous),
            comparison: told(shift),
            provenance: answer.provenance().clone(),
        })
    }
}

/// A range as it is shown.
fn period(query: &ResolvedQuery, [start, end]: &[Option<ScalarValue>; 2]) -> MetricPeriod {
    let shown = |side: &Option<ScalarValue>| match side {
        None => Cell::Null,
        Some(ScalarValue::TimestampMicrosecond(at, Some(_))) => {
            cell_of(&ScalarValue::TimestampMicrosecond(*at, Some(query.calendar.zone().name().into())))
        }
        Some(other) => cell_of(other),
    };
    MetricPeriod { start: shown(start), end: shown(end) }
}

/// A shift in words.
fn told(shift: Shift) -> String {
    match shift {
        Shift::PreviousPeriod => "previous period".to_owned(),
        Shift::By { quantity: 1, unit } => format!("1 {} earlier", unit.name()),
        Shift::By { quantity, unit } => format!("{quantity} {}s earlier", unit.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::{compared, told};
    use crate::error::ErrorKind;
    use crate::model::Level;
    use crate::query::{Query, Reference, Shift, column, count, level, name};

    #[test]
    fn shifts_in_words() {
        assert_eq!(told(Shift::PreviousPeriod), "previous period");
        assert_eq!(told(Shift::By { quantity: 1, unit: Level::Year }), "1 year earlier");
        assert_eq!(told(Shift::By { quantity: 7, unit: Level::Day }), "7 days earlier");
    }

    #[test]
    fn what_works_on_groups_is_left_aside() {
        let query = Query::on("sales")
            .dimension(level("day", Level::Month).named("month"))
            .measure(count().named("n"))
            .filter(column("day").equals("2026"))
            .having(name("n").greater_than(3))
            .limit(10);
        let asked = compared(&query, "n", Reference::name("month"), Shift::PreviousPeriod).unwrap();
        asked.check().unwrap();
        assert_eq!(asked.compare.map(|compare| compare.reference), Some(Reference::column("day")));
        assert_eq!(asked.filters, query.filters);
        assert_eq!((asked.dimensions.len(), asked.having.len(), asked.limit), (0, 0, None));
        let missing = compared(&query, "n", Reference::name("year"), Shift::PreviousPeriod).unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::InvalidQuery);
    }
}
