//! Members without rows.

use super::clock::place;
use super::columns::{Writer, key};
use super::dimensions::{Width, extent, float_width};
use super::literals::{cast, decimal, exact, quoted};
use crate::oracle::calendar::Range;
use crate::oracle::value::digits;
use crate::shown::Shown;
use crate::spec::{Bins, Bucket, Dimension, Filter, Level, Number, Part};

impl Writer<'_> {
    /// The tuples of all members of the flagged dimensions, crossed with each other and with the tuples in which the
    /// other dimensions occur.
    pub(super) fn members(&self) -> String {
        let dimensions = || self.spec.dimensions.iter().enumerate();
        let open: Vec<String> =
            dimensions().filter(|(_, dimension)| !dimension.gaps).map(|(index, _)| key(index)).collect();
        let mut tables: Vec<String> = Vec::new();
        if !open.is_empty() {
            tables.push(format!("(SELECT DISTINCT {} FROM occurring)", open.join(", ")));
        }
        for (index, dimension) in dimensions().filter(|(_, dimension)| dimension.gaps) {
            tables.push(format!("({})", self.members_of(dimension, index)));
        }
        format!("SELECT * FROM {}", tables.join(" CROSS JOIN "))
    }

    fn members_of(&self, dimension: &Dimension, index: usize) -> String {
        let name = key(index);
        let ends = format!("(SELECT min({name}) AS first, max({name}) AS last FROM occurring)");
        match (&dimension.bins, dimension.bucket) {
            (Some(Bins::Edges(_)), _) => format!("SELECT unnest(generate_series(first, last)) AS {name} FROM {ends}"),
            (Some(Bins::Count(bins)), _) => {
                let (first, last) = extent(index);
                let greatest = format!("CASE WHEN {first} = {last} THEN 0 ELSE {} END", bins - 1);
                format!("SELECT unnest(generate_series(0, {greatest})) AS {name} FROM {ends} WHERE first IS NOT NULL")
            }
            (Some(Bins::Width { size, origin }), _) => self.borders(index, *size, *origin, &ends),
            (Some(Bins::Groups { .. }), _) => panic!("groups have no members of their own"),
            (None, Some(Bucket::Level { level, .. })) => self.buckets(dimension, level, &name, &ends),
            (None, Some(Bucket::Part(part))) => {
                let (first, last) = values_of(part);
                format!("SELECT unnest(generate_series({first}, {last})) AS {name}")
            }
            (None, None) => self.values(dimension, &name),
        }
    }

    /// All borders from the first to the last.
    fn borders(&self, index: usize, size: Number, origin: Option<Number>, ends: &str) -> String {
        let name = key(index);
        let shown = self.dimensions[index];
        if shown == Shown::Float {
            let Width { size, origin } = float_width(size, origin);
            let place = |border: &str| format!("CAST(round(({border} - {origin}) / {size}) AS BIGINT)");
            let places = format!("unnest(generate_series({}, {})) AS place", place("first"), place("last"));
            return format!("SELECT {origin} + place * {size} + 0.0 AS {name} FROM (SELECT {places} FROM {ends})");
        }
        let size = exact(size, digits(shown));
        let border = cast(&format!("first + place * {size}"), &decimal(digits(shown)));
        let places = format!("unnest(generate_series(0, CAST((last - first) / {size} AS BIGINT))) AS place");
        format!("SELECT {border} AS {name} FROM (SELECT first, {places} FROM {ends})")
    }

    /// All buckets of the range of the date, or from the first to the last that occurs where the range is open.
    fn buckets(&self, dimension: &Dimension, level: Level, name: &str, ends: &str) -> String {
        let kind = self.kind(dimension.at);
        let Range { start, end } = self.range_on(dimension.at).unwrap_or(Range { start: None, end: None });
        let label = |value: i64| self.label(&place(value, kind), level, kind);
        let first = start.map_or_else(|| "first".to_owned(), label);
        let last = match (start, end) {
            (Some(start), Some(end)) if end <= start => "NULL".to_owned(),
            (_, Some(end)) => label(end - 1),
            (_, None) => "last".to_owned(),
        };
        let step = match level.0 {
            2 => "INTERVAL 3 MONTH".to_owned(),
            _ => format!("INTERVAL 1 {}", level.name()),
        };
        let time = |value: &str| cast(value, "TIMESTAMP");
        let series = format!("unnest(generate_series({}, {}, {step}))", time(&first), time(&last));
        let bucket = if level.is_calendar() { cast(&series, "DATE") } else { series };
        format!("SELECT {bucket} AS {name} FROM {ends}")
    }

    /// The values of a column: in the rows of the base that pass its own filters and those of the context, or in all
    /// rows of a linked table that pass its own.
    fn values(&self, dimension: &Dimension, name: &str) -> String {
        let (at, column) = (dimension.at, self.column(dimension.at));
        let linked = at.path != 0;
        let counts = |filter: &&Filter| filter.is_only_of(at) || (!linked && matches!(filter, Filter::Context(_)));
        let kept = self.all(self.spec.filter.iter().filter(counts));
        let table = if linked {
            let world = self.ground.world;
            let id = quoted(&self.ground.column(at).id);
            let target = quoted(&world.tables[world.paths[at.path].table].name);
            format!("(SELECT {id} AS {column} FROM {target})")
        } else {
            "rows".to_owned()
        };
        format!("SELECT DISTINCT {column} AS {name} FROM {table} WHERE {kept} AND {column} IS NOT NULL")
    }
}

/// The least and the greatest value of a cyclic part.
fn values_of(part: Part) -> (u32, u32) {
    match part.0 {
        0 => (1, 4),
        1 | 2 => (1, 12),
        3 => (1, 53),
        4 => (1, 31),
        5 => (1, 366),
        6 | 7 => (1, 7),
        8 => (0, 23),
        _ => (0, 59),
    }
}
