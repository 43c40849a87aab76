//! A query as SQL for SQLite, written from the semantics alone: nothing here knows how the engine works.
//!
//! Three layers: the rows with their links (each a correlated look for the least row number), the groups, and the
//! conditions on groups with order and limit.

use std::collections::BTreeSet;

use rusqlite::types::Value;

use super::condition::Operand;
use crate::cell::Type;
use crate::shown::{self, Shown};
use crate::spec::{Aggregation, At, Bucket, Dimension, Filter, Having, Key, Leaf, Measure, Output, Right, Spec};
use crate::world::World;

/// A statement, its parameters, and what its columns hold.
#[derive(Debug, Clone)]
pub struct Sql {
    /// The statement, with parameters `?1`, `?2`, ..
    pub text: String,
    /// The parameters.
    pub parameters: Vec<Value>,
    /// What the columns hold.
    pub shown: Vec<Shown>,
}

/// Writes a query as SQL.
#[must_use]
pub fn render(world: &World, spec: &Spec) -> Sql {
    let mut writer = Writer { world, spec, used: BTreeSet::new(), parameters: Vec::new() };
    let (text, shown) = if spec.rows_mode { writer.rows() } else { writer.groups() };
    Sql { text, parameters: writer.parameters, shown }
}

/// A name in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Writes one statement.
pub(super) struct Writer<'a> {
    pub(super) world: &'a World,
    pub(super) spec: &'a Spec,
    used: BTreeSet<usize>,
    parameters: Vec<Value>,
}

impl Writer<'_> {
    /// Makes a parameter.
    pub(super) fn bind(&mut self, value: Value) -> String {
        self.parameters.push(value);
        format!("?{}", self.parameters.len())
    }

    pub(super) fn week_start(&self) -> u32 {
        self.spec.options.week_start.unwrap_or(0)
    }

    pub(super) fn fiscal(&self) -> u32 {
        self.spec.options.fiscal.unwrap_or(1)
    }

    /// A column as it stands in its table.
    fn column(&mut self, at: At) -> String {
        self.used.insert(at.path);
        format!("p{}.{}", at.path, quoted(&self.world.column(at.path, at.column).id))
    }

    /// What the clock shows at a column's times.
    fn wall(&mut self, at: At) -> String {
        let column = self.column(at);
        match self.world.column(at.path, at.column).ty {
            Type::Date => format!("({column} * 86400000000)"),
            Type::Datetime => format!("wall({column}, '{}')", self.spec.zone().name()),
            _ => column,
        }
    }

    /// A column at a level.
    fn value(&mut self, at: At, bucket: Option<Bucket>) -> String {
        let column = self.column(at);
        let Some(bucket) = bucket else { return column };
        let wall = self.wall(at);
        let calendar = format!("{}, {}", self.week_start(), self.fiscal());
        match bucket {
            Bucket::Part(part) => format!("part({wall}, {}, {calendar})", part.0),
            Bucket::Level { level, .. } if level.is_calendar() => {
                format!("first_day(day_of({wall}), {}, {calendar})", level.0)
            }
            Bucket::Level { level, .. } => format!("({column} - ({wall} - floor_wall({wall}, {})))", level.0),
        }
    }

    fn filters(&mut self, filters: &[Filter], between: &str, none: &str) -> String {
        let parts: Vec<String> = filters.iter().map(|filter| self.filter(filter)).collect();
        if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(between)) }
    }

    fn all(&mut self, filters: &[Filter]) -> String {
        self.filters(filters, " AND ", "1")
    }

    fn filter(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::Leaf(leaf) => self.leaf(leaf),
            Filter::And(parts) => self.all(parts),
            Filter::Or(parts) => self.filters(parts, " OR ", "0"),
            Filter::Not(inner) => format!("(NOT {})", self.filter(inner)),
        }
    }

    fn leaf(&mut self, leaf: &Leaf) -> String {
        let dimension = Dimension { at: leaf.at, bucket: leaf.bucket };
        let shown = shown::dimension(self.world, &dimension);
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
            in_zone: self.world.column(leaf.at.path, leaf.at.column).ty == Type::Datetime,
            folded: shown == Shown::Text && !sensitive,
        };
        self.test(&left, leaf.operator, &leaf.right, other.as_deref(), leaf.nulls)
    }

    fn having(&mut self, having: &Having) -> String {
        match having {
            Having::Leaf { measure, operator, right } => {
                let left = Operand {
                    sql: format!("m{measure}"),
                    shown: shown::measure(self.world, &self.spec.measures[*measure]),
                    level: None,
                    in_zone: false,
                    folded: false,
                };
                self.test(&left, *operator, right, None, None)
            }
            Having::Or(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.having(part)).collect();
                format!("({})", parts.join(" OR "))
            }
            Having::Not(inner) => format!("(NOT {})", self.having(inner)),
        }
    }

    /// The base and the tables behind the links in use. A link finds the first row whose keys are equal.
    fn tables(&self) -> String {
        let mut needed = BTreeSet::new();
        for path in &self.used {
            let links = &self.world.paths[*path].links;
            needed.extend((1..=links.len()).map(|length| self.path(&links[..length])));
        }
        let mut text = format!("{} p0", quoted(&self.world.tables[0].name));
        for path in needed {
            let links = &self.world.paths[path].links;
            let (last, before) = links.split_last().expect("a path over links");
            let link = &self.world.links[*last];
            let target = quoted(&self.world.tables[link.to].name);
            let from = self.path(before);
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

    fn path(&self, links: &[usize]) -> usize {
        self.world.paths.iter().position(|path| path.links == links).expect("a path of the world")
    }

    fn rows(&mut self) -> (String, Vec<Shown>) {
        let spec = self.spec;
        let measures = spec.measures.iter().filter_map(|measure| measure.at);
        let columns: Vec<Dimension> =
            spec.dimensions.iter().copied().chain(measures.map(|at| Dimension { at, bucket: None })).collect();
        let mut parts: Vec<String> = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            parts.push(format!("{} AS k{index}", self.value(column.at, column.bucket)));
        }
        let filter = self.all(&spec.filter);
        // Measures stand behind the dimensions, as further columns.
        let shift = spec.dimensions.len();
        let order: String = spec.order.iter().map(|key| format!("{}, ", Self::key(key, "k", shift))).collect();
        let names: Vec<String> = (0..columns.len()).map(|index| format!("k{index}")).collect();
        let tables = self.tables();
        let text = format!(
            "SELECT {} FROM (SELECT {}, p0.rowid AS ordinal FROM {tables} WHERE {filter}) ORDER BY {order}ordinal{}",
            names.join(", "),
            parts.join(", "),
            self.limit()
        );
        (text, columns.iter().map(|column| shown::dimension(self.world, column)).collect())
    }

    fn groups(&mut self) -> (String, Vec<Shown>) {
        let spec = self.spec;
        let (mut inner, mut outer, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for (index, dimension) in spec.dimensions.iter().enumerate() {
            inner.push(format!("{} AS k{index}", self.value(dimension.at, dimension.bucket)));
            keys.push(format!("k{index}"));
            outer.push(format!("k{index}"));
        }
        for (index, measure) in spec.measures.iter().enumerate() {
            let value = match (measure.aggregation, measure.at) {
                (Aggregation::Count, _) | (_, None) => "1".to_owned(),
                (_, Some(at)) => self.value(at, None),
            };
            inner.push(match measure.filter.as_slice() {
                [] => format!("{value} AS v{index}"),
                filter => format!("CASE WHEN {} THEN {value} END AS v{index}", self.all(filter)),
            });
            outer.push(format!("{} AS m{index}", self.aggregate(measure, index)));
        }
        let filter = self.all(&spec.filter);
        let having: Vec<String> = spec.having.iter().map(|having| self.having(having)).collect();
        let mut order: Vec<String> = spec.order.iter().map(|key| Self::key(key, "m", 0)).collect();
        order.extend(keys.iter().map(|key| format!("{key} ASC NULLS LAST")));
        let tables = self.tables();
        let group = if keys.is_empty() { String::new() } else { format!(" GROUP BY {}", keys.join(", ")) };
        let having = if having.is_empty() { String::new() } else { format!(" WHERE {}", having.join(" AND ")) };
        let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
        let text = format!(
            "SELECT * FROM (SELECT {} FROM (SELECT {} FROM {tables} WHERE {filter}){group}){having}{order}{}",
            outer.join(", "),
            inner.join(", "),
            self.limit()
        );
        let dimensions = spec.dimensions.iter().map(|dimension| shown::dimension(self.world, dimension));
        let measures = spec.measures.iter().map(|measure| shown::measure(self.world, measure));
        (text, dimensions.chain(measures).collect())
    }

    fn aggregate(&self, measure: &Measure, index: usize) -> String {
        let value = format!("v{index}");
        let scale = match measure.at.map(|at| shown::column(self.world, at)) {
            Some(Shown::Integer) => Some(0),
            Some(Shown::Decimal(scale)) => Some(scale),
            _ => None,
        };
        let own = |name: &str| match scale {
            Some(scale) => format!("{name}_int({value}, {scale})"),
            None => format!("{name}_float({value})"),
        };
        match measure.aggregation {
            Aggregation::Count | Aggregation::CountValues => format!("COUNT({value})"),
            Aggregation::DistinctCount => format!("COUNT(DISTINCT {value})"),
            Aggregation::Min => format!("MIN({value})"),
            Aggregation::Max => format!("MAX({value})"),
            numeric => own(numeric.name()),
        }
    }

    fn key(key: &Key, measures: &str, shift: usize) -> String {
        let name = match key.of {
            Output::Dimension(index) => format!("k{index}"),
            Output::Measure(index) => format!("{measures}{}", shift + index),
        };
        let direction = if key.descending { "DESC" } else { "ASC" };
        format!("{name} {direction} NULLS {}", if key.nulls_first { "FIRST" } else { "LAST" })
    }

    fn limit(&self) -> String {
        match self.spec.limit {
            Some((rows, skipped)) => format!(" LIMIT {rows} OFFSET {skipped}"),
            None => String::new(),
        }
    }
}
