//! Rows of the base with what a query needs of them, as SQL for SQLite, written from the semantics alone: nothing here
//! knows how the engine works. Each link is a correlated look for the least row number.

use std::collections::BTreeSet;

use rusqlite::types::Value;

use super::calendar::{Calendar, Kind as TimeKind, Range, period};
use super::condition::{Operand, ruled};
use super::formula::{Typed, express};
use crate::cell::Type;
use crate::ground::Ground;
use crate::shown::{self, Shown};
use crate::spec::{At, Bins, Bucket, Dimension, Expr, Filter, Having, Leaf, Operator, Output, Right, Spec};
use crate::world::World;

/// A statement, its parameters, and what its columns hold.
#[derive(Debug, Clone)]
pub struct Sql {
    /// The statement, with parameters `?1`, `?2`, ..
    pub text: String,
    /// The parameters.
    pub parameters: Vec<Value>,
}

/// What must be known of the rows before a statement over them can be written.
#[derive(Debug, Clone, Default)]
pub(super) struct Probes {
    /// The greatest value of a date that `last_available` looks at.
    pub(super) newest: Vec<(At, Option<i64>)>,
    /// For each dimension with a number of bins the least and the greatest value.
    pub(super) extents: Vec<(usize, Option<(i64, i64)>)>,
}

/// A name in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Writes one statement.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) spec: &'a Spec,
    probes: &'a Probes,
    used: BTreeSet<usize>,
    parameters: Vec<Value>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(world: &'a World, spec: &'a Spec, probes: &'a Probes) -> Self {
        let ground = Ground::new(world, spec);
        Self { ground, spec, probes, used: BTreeSet::new(), parameters: Vec::new() }
    }

    pub(super) fn finish(self, text: String) -> Sql {
        Sql { text, parameters: self.parameters }
    }

    /// Makes a parameter.
    pub(super) fn bind(&mut self, value: Value) -> String {
        self.parameters.push(value);
        format!("?{}", self.parameters.len())
    }

    /// A column as it stands in its table, or its formula.
    pub(super) fn column(&mut self, at: At) -> String {
        if let Some(derived) = self.ground.derived(at) {
            let value = self.formula(&derived.formula);
            return match value.shown {
                Shown::Sum(_) => format!("units({})", value.sql),
                _ => value.sql,
            };
        }
        self.used.insert(at.path);
        format!("p{}.{}", at.path, quoted(&self.ground.column(at).id))
    }

    /// A formula of row level.
    pub(super) fn formula(&mut self, formula: &Expr) -> Typed {
        let ground = self.ground;
        express(formula, &mut |leaf| match leaf {
            Expr::Column(at) => Typed::new(self.column(*at), shown::column(ground, *at)),
            other => panic!("{other:?} is no leaf of a row"),
        })
    }

    /// What the clock shows at a column's times.
    fn wall(&mut self, at: At) -> String {
        let column = self.column(at);
        match self.ground.column(at).ty {
            Type::Date => format!("({column} * 86400000000)"),
            Type::Datetime => format!("wall({column}, '{}')", self.spec.zone().name()),
            _ => column,
        }
    }

    fn calendar(&self) -> String {
        format!("{}, {}", self.spec.options.first_weekday(), self.spec.options.first_month())
    }

    /// A column at a level.
    pub(super) fn value(&mut self, at: At, bucket: Option<Bucket>) -> String {
        let column = self.column(at);
        let Some(bucket) = bucket else { return column };
        let wall = self.wall(at);
        let calendar = self.calendar();
        match bucket {
            Bucket::Part(part) => format!("part({wall}, {}, {calendar})", part.0),
            Bucket::Level { level, .. } if level.is_calendar() => {
                format!("first_day(day_of({wall}), {}, {calendar})", level.0)
            }
            Bucket::Level { level, .. } => format!("({column} - ({wall} - floor_wall({wall}, {})))", level.0),
        }
    }

    /// The key of a dimension.
    pub(super) fn key(&mut self, dimension: &Dimension, index: usize) -> String {
        let Some(bins) = &dimension.bins else { return self.value(dimension.at, dimension.bucket) };
        let column = self.column(dimension.at);
        let held = shown::column(self.ground, dimension.at);
        match bins {
            Bins::Width { size, origin } if held == Shown::Float => {
                let origin = origin.map_or(0.0, |origin| origin.float());
                format!("bin_float({column}, {:?}, {origin:?})", size.float())
            }
            Bins::Width { size, origin } => {
                let scale = size.scale.max(origin.map_or(0, |origin| origin.scale));
                let digits = super::value::digits(held);
                let own = scale.max(digits);
                let in_units = |number: crate::spec::Number| number.units * 10_i64.pow(own - number.scale);
                let origin = origin.map_or(0, in_units);
                let bin = format!("bin_exact(dec({column}, {}), {}, {origin})", own - digits, in_units(*size));
                // Borders have the digits of size and origin only.
                if own > scale { format!("shorter({bin}, {})", own - scale) } else { bin }
            }
            Bins::Count(bins) => {
                let extent = self.probes.extents.iter().find(|(of, _)| *of == index).and_then(|(_, extent)| *extent);
                extent.map_or_else(
                    || "NULL".to_owned(),
                    // What the base of a comparison has beyond the ends belongs to the first and the last bin.
                    |(least, greatest)| {
                        format!("bin_count(min(max({column}, {least}), {greatest}), {least}, {greatest}, {bins})")
                    },
                )
            }
            Bins::Edges(edges) => {
                let places: Vec<String> = edges
                    .iter()
                    .map(|edge| match held {
                        Shown::Float => format!("({column} >= {:?})", edge.float()),
                        other => {
                            let unit = 10_i64.pow(super::value::digits(other));
                            format!("({column} >= {})", edge.units * unit / 10_i64.pow(edge.scale))
                        }
                    })
                    .collect();
                format!("({})", places.join(" + "))
            }
            Bins::Groups { groups, rest } => {
                let mut cases = format!("CASE WHEN {column} IS NULL THEN NULL");
                for (name, members) in groups {
                    let members: Vec<String> =
                        members.iter().map(|member| self.bind(Value::Text(member.clone()))).collect();
                    let name = self.bind(Value::Text(name.clone()));
                    cases += &format!(" WHEN {column} IN ({}) THEN {name}", members.join(", "));
                }
                let rest = rest.as_ref().map_or(column, |rest| self.bind(Value::Text(rest.clone())));
                format!("{cases} ELSE {rest} END")
            }
        }
    }

    fn filters<'f>(&mut self, filters: impl IntoIterator<Item = &'f Filter>, between: &str, none: &str) -> String {
        let parts: Vec<String> = filters.into_iter().map(|filter| self.filter(filter)).collect();
        if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(between)) }
    }

    pub(super) fn all<'f>(&mut self, filters: impl IntoIterator<Item = &'f Filter>) -> String {
        self.filters(filters, " AND ", "1")
    }

    fn filter(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::Leaf(leaf) | Filter::Context(leaf) => self.leaf(leaf),
            Filter::And(parts) => self.filters(parts, " AND ", "1"),
            Filter::Or(parts) => self.filters(parts, " OR ", "0"),
            Filter::Not(inner) => format!("(NOT {})", self.filter(inner)),
        }
    }

    fn leaf(&mut self, leaf: &Leaf) -> String {
        if leaf.operator.is_relative() {
            return self.relative(leaf);
        }
        let shown = shown::dimension(self.ground, &Dimension::new(leaf.at, leaf.bucket));
        let sensitive = leaf.case_sensitive.or(self.spec.options.case_sensitive).unwrap_or(true);
        let other = match leaf.right {
            Right::Column(at) => Some(self.value(at, None)),
            _ => None,
        };
        let left = Operand {
            sql: self.value(leaf.at, leaf.bucket),
            shown,
            level: match leaf.bucket {
                Some(Bucket::Level { level, .. }) => Some(level),
                _ => None,
            },
            in_zone: self.ground.column(leaf.at).ty == Type::Datetime,
            folded: shown == Shown::Text && !sensitive,
        };
        self.test(&left, leaf.operator, &leaf.right, other.as_deref(), leaf.nulls)
    }

    /// A test relative to now or to the newest row.
    fn relative(&mut self, leaf: &Leaf) -> String {
        let calendar = Calendar::new(self.ground, leaf.at, &self.spec.options);
        let x = self.column(leaf.at);
        let (quantity, unit) = period(leaf);
        let test = match leaf.operator {
            Operator::LastAvailable => {
                let newest = self.probes.newest.iter().find(|(at, _)| *at == leaf.at).and_then(|(_, newest)| *newest);
                let range = newest.map(|newest| calendar.available(newest, quantity, unit));
                range.map_or_else(|| "0".to_owned(), |range| within(&x, range))
            }
            Operator::ToDateEach => {
                let wall = self.wall(leaf.at);
                let zone = self.spec.zone();
                let now = match calendar.kind {
                    TimeKind::Date => calendar.now() * super::wall::DAY,
                    TimeKind::Instant => super::wall::wall(calendar.now(), zone),
                    TimeKind::Local => calendar.now(),
                };
                format!("IFNULL(within({wall}, {now}, {}, {}), 0)", unit.0, self.calendar())
            }
            operator => within(&x, calendar.relative(operator, quantity, unit)),
        };
        ruled(test, format!("({x} IS NULL)"), leaf.nulls)
    }

    /// A condition on a row of the answer, whose cells are columns `c0`, `c1`, ..
    pub(super) fn having(&mut self, having: &Having, cells: &[Shown]) -> String {
        match having {
            Having::Leaf { cell, operator, right } => {
                let left = Operand {
                    sql: format!("c{cell}"),
                    shown: cells[*cell],
                    level: None,
                    in_zone: false,
                    folded: false,
                };
                self.test(&left, *operator, right, None, None)
            }
            Having::Or(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.having(part, cells)).collect();
                format!("({})", parts.join(" OR "))
            }
            Having::Not(inner) => format!("(NOT {})", self.having(inner, cells)),
        }
    }

    /// The base and the tables behind the links in use. A link finds the first row whose keys are equal.
    pub(super) fn tables(&self) -> String {
        let world = self.ground.world;
        let place =
            |links: &[usize]| world.paths.iter().position(|path| path.links == links).expect("a path of the world");
        let mut needed = BTreeSet::new();
        for path in &self.used {
            let links = &world.paths[*path].links;
            needed.extend((1..=links.len()).map(|length| place(&links[..length])));
        }
        let mut text = format!("{} p0", quoted(&world.tables[0].name));
        for path in needed {
            let links = &world.paths[path].links;
            let (last, before) = links.split_last().expect("a path over links");
            let link = &world.links[*last];
            let target = quoted(&world.tables[link.to].name);
            let from = place(before);
            let keys: Vec<String> = (link.on.iter())
                .map(|(left, right)| format!("x.{} = p{from}.{}", quoted(right), quoted(left)))
                .collect();
            text += &format!(
                " LEFT JOIN {target} p{path} ON p{path}.rowid = (SELECT MIN(x.rowid) FROM {target} x WHERE {})",
                keys.join(" AND ")
            );
        }
        text
    }

    /// The rows one by one, in the order of the query.
    pub(super) fn rows(mut self) -> Sql {
        let spec = self.spec;
        let measures = spec.measures.iter().filter_map(|measure| measure.at);
        let columns: Vec<Dimension> =
            spec.dimensions.iter().cloned().chain(measures.map(|at| Dimension::new(at, None))).collect();
        let mut parts: Vec<String> = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            parts.push(format!("{} AS k{index}", self.key(column, index)));
        }
        let filter = self.all(&spec.filter);
        let order = spec.order.iter().map(|key| {
            // Measures stand behind the dimensions, as further columns.
            let column = match key.of {
                Output::Dimension(index) => index,
                Output::Cell(index) => spec.dimensions.len() + index,
            };
            let direction = if key.descending { "DESC" } else { "ASC" };
            format!("k{column} {direction} NULLS {}, ", if key.nulls_first { "FIRST" } else { "LAST" })
        });
        let order: String = order.collect();
        let names: Vec<String> = (0..columns.len()).map(|index| format!("k{index}")).collect();
        let tables = self.tables();
        let limit = spec.limit.map_or(String::new(), |(rows, skipped)| format!(" LIMIT {rows} OFFSET {skipped}"));
        let text = format!(
            "SELECT {} FROM (SELECT {}, p0.rowid AS ordinal FROM {tables} WHERE {filter}) ORDER BY {order}ordinal{limit}",
            names.join(", "),
            parts.join(", "),
        );
        self.finish(text)
    }
}

/// Whether a column lies in a range.
pub(super) fn within(x: &str, range: Range) -> String {
    let start = range.start.map(|start| format!("{x} >= {start}"));
    let end = range.end.map(|end| format!("{x} < {end}"));
    let sides: Vec<String> = [start, end].into_iter().flatten().collect();
    if sides.is_empty() { "1".to_owned() } else { format!("IFNULL({}, 0)", sides.join(" AND ")) }
}
