//! What a dashboard asks about order lines.

use drillcore::{Level, Query, average, column, count, desc, distinct_count, level, max, name, sum};

/// A query with a name.
#[derive(Debug, Clone)]
pub struct Tile {
    /// What it asks.
    pub name: &'static str,
    /// How many columns of the answer are keys.
    pub keys: usize,
    /// The query.
    pub query: Query,
}

/// Sums in four groups, over all rows of a dataset of order lines: the query that is asked next.
pub fn by_status(dataset: &str) -> Query {
    let query = Query::on(dataset).dimension(column("status")).measure(count());
    query.measure(sum("quantity")).measure(sum("price"))
}

/// Five queries over a dataset of order lines. None depends on when a row was changed.
pub fn tiles(dataset: &str) -> Vec<Tile> {
    let on = || Query::on(dataset);
    let tile = |name, keys, query| Tile { name, keys, query };
    let figures = on().measure(count()).measure(sum("price")).measure(average("discount"));
    let a_day = level("created_at", Level::Day).equals("2010-01-02");
    let by_hour = on().dimension(level("created_at", Level::Hour)).measure(count()).measure(sum("items"));
    let parts = on().dimension(column("part")).measure(count().named("lines")).measure(max("price").named("price"));
    let rows = on().rows().dimension(column("id")).dimension(column("price").named("price"));
    let dear = column("price").at_least(104_900);
    vec![
        tile("key figures", 0, figures.measure(distinct_count("part"))),
        tile("by status", 1, by_status(dataset)),
        tile("a day by hour", 1, by_hour.filter(a_day)),
        tile("top parts", 1, parts.order_by(desc(name("lines"))).order_by(desc(name("price"))).limit(10)),
        tile("ten dearest lines", 1, rows.filter(dear).order_by(desc("price")).order_by(column("id")).limit(10)),
    ]
}
