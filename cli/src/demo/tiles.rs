//! The questions of the dashboard. Some are built in Rust, some are the documents in `data/queries`, which
//! `drillcore query` answers too.

use drillcore::{
    CyclicPart, Level, Query, QueryBatch, QueryResult, average, column, count, desc, distinct_count, level, name, sum,
};

use super::board::Board;
use super::view::{View, day_number, label_values, month_name, text, year};
use crate::failure::{Failure, Outcome};

/// Flights leave by the clock of New York.
pub(super) const ZONE: &str = "America/New_York";
/// How many tiles [`ask_all`] asks.
pub(super) const COUNT: u64 = 13;

const BY_MONTH_AND_CARRIER: &str = include_str!("../../../data/queries/by_month_and_carrier.json");
const LATE_DESTINATIONS: &str = include_str!("../../../data/queries/late_destinations.json");
const RAINY_DAYS: &str = include_str!("../../../data/queries/rainy_days.json");
const ROWS: &str = include_str!("../../../data/queries/rows.json");
const TOP_ROUTES: &str = include_str!("../../../data/queries/top_routes.json");

/// Asks everything, in the order in which it is shown.
pub(super) async fn ask_all(board: &mut Board<'_>) -> Outcome {
    board.ask("Key figures", View::Figures, key_figures()).await?;
    board.ask("Flights by month and airline", View::Months, document(BY_MONTH_AND_CARRIER)?).await?;
    board.ask("Departure delay by hour of the day, in minutes", View::Columns(text), by_hour()).await?;
    board.ask("Busiest routes", View::Table, document(TOP_ROUTES)?).await?;
    let makers = board.ask("Flights by maker of the plane", View::Bars(text), makers()).await?;
    if let Some(maker) = first_text(&makers) {
        board.ask(format!("Flights by maker of the plane > {maker}"), View::Bars(text), models(&maker)).await?;
    }
    board.ask("Departure delay without and with rain", View::Table, document(RAINY_DAYS)?).await?;
    drill_down(board).await?;
    board.ask("Planes that each airline flew", View::Bars(text), planes()).await?;
    board.ask("Destinations with many and late flights", View::Table, document(LATE_DESTINATIONS)?).await?;
    board.ask("Latest arrivals, row by row", View::Table, document(ROWS)?).await?;
    Ok(())
}

/// Year, month, day: each step asks one level finer inside the bucket with the longest delay of the step before.
async fn drill_down(board: &mut Board<'_>) -> Outcome {
    let years = board.ask("Arrival delay, in minutes: all years", View::Bars(year), delay(Level::Year)).await?;
    let Some(worst_year) = worst(&years) else { return Ok(()) };
    let in_year = level("time_hour", Level::Year).equals(&worst_year);
    let title = format!("Arrival delay, in minutes: all years > {}", year(&worst_year));
    let months = board.ask(title.clone(), View::Bars(month_name), delay(Level::Month).filter(in_year.clone())).await?;
    let Some(worst_month) = worst(&months) else { return Ok(()) };
    let in_month = level("time_hour", Level::Month).equals(&worst_month);
    let title = format!("{title} > {}", month_name(&worst_month));
    board.ask(title, View::Columns(day_number), delay(Level::Day).filter(in_year).filter(in_month)).await?;
    Ok(())
}

fn key_figures() -> Query {
    Query::on("flights")
        .measure(count().named("flights"))
        .measure(count().named("cancelled").filter(column("dep_time").is_null()))
        .measure(average("arr_delay").named("minutes late on average"))
        .measure(sum("distance").named("miles"))
        .measure(distinct_count("tailnum").named("planes"))
}

fn by_hour() -> Query {
    Query::on("flights")
        .dimension(level("time_hour", CyclicPart::HourInDay).named("hour"))
        .measure(average("dep_delay").named("delay"))
        .timezone(ZONE)
}

fn makers() -> Query {
    Query::on("flights")
        .dimension(column("plane.manufacturer").named("maker"))
        .measure(count().named("flights"))
        .filter(column("plane.manufacturer").is_not_null())
        .order_by(desc("flights"))
        .limit(8)
}

fn models(maker: &str) -> Query {
    Query::on("flights")
        .dimension(column("plane.model").named("model"))
        .measure(count().named("flights"))
        .filter(column("plane.manufacturer").equals(maker))
        .order_by(desc("flights"))
        .limit(8)
}

fn planes() -> Query {
    Query::on("flights")
        .dimension(column("airline.name").named("airline"))
        .measure(distinct_count("tailnum").named("planes"))
        .having(name("planes").at_least(50))
        .order_by(desc("planes"))
}

fn delay(by: Level) -> Query {
    Query::on("flights")
        .dimension(level("time_hour", by).named(by.name()))
        .measure(average("arr_delay").named("delay"))
        .timezone(ZONE)
}

/// The one query of a document.
fn document(json: &str) -> Outcome<Query> {
    let queries = QueryBatch::from_json(json)?.queries;
    queries.into_iter().next().ok_or_else(|| Failure::new("a document of the demo holds no query"))
}

/// The dimension of the first row.
fn first_text(answer: &QueryResult) -> Option<String> {
    answer.cell(0, 0).filter(|cell| !cell.is_null()).map(|cell| cell.to_string())
}

/// The bucket with the greatest value.
fn worst(answer: &QueryResult) -> Option<String> {
    let worst = label_values(answer).into_iter().filter_map(|(label, value)| Some((label, value?)));
    worst.max_by(|(_, left), (_, right)| left.total_cmp(right)).map(|(label, _)| label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_understood() {
        let dashboard = include_str!("../../../data/queries/dashboard.json");
        for (json, queries) in [
            (BY_MONTH_AND_CARRIER, 1),
            (LATE_DESTINATIONS, 1),
            (RAINY_DAYS, 1),
            (ROWS, 1),
            (TOP_ROUTES, 1),
            (dashboard, 3),
        ] {
            let batch = QueryBatch::from_json(json).unwrap();
            assert_eq!(batch.queries.len(), queries);
            assert!(batch.queries.iter().all(|query| query.name.is_some()));
        }
    }

    #[test]
    fn every_built_query_is_consistent() {
        let drilled = delay(Level::Day).filter(level("time_hour", Level::Month).equals("2013-07-01"));
        for query in [key_figures(), by_hour(), makers(), models("BOEING"), planes(), drilled] {
            assert!(query.check().is_ok(), "{}", query.to_json());
        }
    }
}
