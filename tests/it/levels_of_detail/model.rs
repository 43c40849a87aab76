//! A naive model of aggregates over other groups: every value is computed from the rows anew.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// The columns that rows are told apart by.
pub(super) const KEYS: [&str; 3] = ["a", "b", "c"];

/// A row of the table; keys by number, also where they are texts.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) keys: [Option<i64>; 3],
    pub(super) x: Option<i64>,
    /// The derived column.
    pub(super) d: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// `SUM({x})`
    Sum,
    /// `COUNTR()`
    Rows,
    /// `COUNT({x})`
    Values,
    /// `MAX({x})`
    Max,
    /// `COUNTD({c})`
    Distinct,
    /// `SUM({d})`
    Derived,
}

/// An aggregate over rows, those with `x` at least so great.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aggregate {
    pub(super) call: Call,
    pub(super) least: Option<i64>,
}

/// What stands behind an aggregate; columns by number.
#[derive(Debug, Clone)]
pub(super) enum Grain {
    Query,
    Full,
    Exclude(Vec<usize>),
    Fixed(Vec<usize>),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Outer {
    Sum,
    Average,
    Min,
    Max,
    Count,
}

/// An aggregate over finer groups.
#[derive(Debug, Clone)]
pub(super) struct Nested {
    pub(super) outer: Outer,
    pub(super) inner: Aggregate,
    /// Added to it in each finer group.
    pub(super) plus: Option<Aggregate>,
    pub(super) by: Vec<usize>,
    pub(super) fixed: bool,
    /// Only finer groups whose `inner` is so great.
    pub(super) least: Option<i64>,
}

#[derive(Debug, Clone)]
pub(super) enum Leaf {
    Over(Aggregate, Grain),
    Nested(Nested),
}

/// One value, or the sum or difference of two; with a filter of the measure.
#[derive(Debug, Clone)]
pub(super) struct Formula {
    pub(super) first: Leaf,
    pub(super) then: Option<(char, Leaf)>,
    pub(super) least: Option<i64>,
}

/// The rows of a query.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) context: Vec<Row>,
    pub(super) rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Number {
    Whole(i64),
    Float(f64),
}

/// A row of an answer: its rows, and the members of the dimensions it keeps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'a> {
    pub(super) rows: &'a [&'a Row],
    pub(super) kept: &'a [(usize, Option<i64>)],
}

type Tuple = Vec<Option<i64>>;

fn tuple(row: &Row, by: &[usize]) -> Tuple {
    by.iter().map(|key| row.keys[*key]).collect()
}

fn whole(aggregate: Aggregate, filter: Option<i64>, rows: &[&Row]) -> Option<i64> {
    let passes =
        |row: &&&Row| [aggregate.least, filter].into_iter().flatten().all(|least| row.x.is_some_and(|x| x >= least));
    let rows: Vec<&&Row> = rows.iter().filter(passes).collect();
    let values = || rows.iter().filter_map(|row| row.x);
    let derived = || rows.iter().filter_map(|row| row.d);
    match aggregate.call {
        Call::Sum => (values().count() > 0).then(|| values().sum()),
        Call::Rows => Some(rows.len() as i64),
        Call::Values => Some(values().count() as i64),
        Call::Max => values().max(),
        Call::Distinct => Some(rows.iter().filter_map(|row| row.keys[2]).collect::<BTreeSet<_>>().len() as i64),
        Call::Derived => (derived().count() > 0).then(|| derived().sum()),
    }
}

fn outer(how: Outer, values: &[i64]) -> Option<Number> {
    let sum: i64 = values.iter().sum();
    match how {
        Outer::Count => Some(Number::Whole(values.len() as i64)),
        _ if values.is_empty() => None,
        Outer::Sum => Some(Number::Whole(sum)),
        Outer::Average => Some(Number::Float(sum as f64 / values.len() as f64)),
        Outer::Min => values.iter().min().copied().map(Number::Whole),
        Outer::Max => values.iter().max().copied().map(Number::Whole),
    }
}

impl Table {
    /// The value of a formula for a row of the answer.
    pub(super) fn value(&self, formula: &Formula, group: Group<'_>) -> Value {
        let value = |leaf: &Leaf| match leaf {
            Leaf::Over(aggregate, grain) => self.over(*aggregate, grain, formula.least, group).map(Number::Whole),
            Leaf::Nested(nested) => self.nested(nested, formula.least, group),
        };
        let first = value(&formula.first);
        let found = match &formula.then {
            None => first,
            Some((sign, then)) => first.zip(value(then)).map(|(left, right)| combined(*sign, left, right)),
        };
        match found {
            None => Value::Null,
            Some(Number::Whole(value)) => json!(value),
            Some(Number::Float(value)) => json!(value),
        }
    }

    fn over(&self, aggregate: Aggregate, grain: &Grain, filter: Option<i64>, group: Group<'_>) -> Option<i64> {
        let of = |rows: &[Row], by: &[&(usize, Option<i64>)]| {
            let rows: Vec<&Row> =
                rows.iter().filter(|row| by.iter().all(|(key, member)| row.keys[*key] == *member)).collect();
            whole(aggregate, filter, &rows)
        };
        match grain {
            Grain::Query => whole(aggregate, filter, group.rows),
            Grain::Full => of(&self.rows, &[]),
            Grain::Exclude(names) => {
                let stays: Vec<_> = group.kept.iter().filter(|(key, _)| !names.contains(key)).collect();
                of(&self.rows, &stays)
            }
            Grain::Fixed(names) => {
                let by: Vec<_> = group.kept.iter().filter(|(key, _)| names.contains(key)).collect();
                if by.len() == names.len() { of(&self.context, &by) } else { None }
            }
        }
    }

    fn nested(&self, nested: &Nested, filter: Option<i64>, group: Group<'_>) -> Option<Number> {
        let mut finer: BTreeMap<Tuple, Vec<&Row>> = BTreeMap::new();
        for row in group.rows {
            finer.entry(tuple(row, &nested.by)).or_default().push(row);
        }
        if nested.fixed {
            for (keys, rows) in &mut finer {
                *rows = self.context.iter().filter(|row| tuple(row, &nested.by) == *keys).collect();
            }
        }
        let values = finer.values().filter_map(|rows| {
            let inner = whole(nested.inner, filter, rows);
            if nested.least.is_some_and(|least| inner.is_none_or(|inner| inner < least)) {
                return None;
            }
            match nested.plus {
                Some(plus) => Some(inner? + whole(plus, filter, rows)?),
                None => inner,
            }
        });
        outer(nested.outer, &values.collect::<Vec<i64>>())
    }
}

fn combined(sign: char, left: Number, right: Number) -> Number {
    let float = |number| match number {
        Number::Whole(value) => value as f64,
        Number::Float(value) => value,
    };
    match (sign, left, right) {
        ('+', Number::Whole(left), Number::Whole(right)) => Number::Whole(left + right),
        (_, Number::Whole(left), Number::Whole(right)) => Number::Whole(left - right),
        ('+', left, right) => Number::Float(float(left) + float(right)),
        (_, left, right) => Number::Float(float(left) - float(right)),
    }
}

fn names(by: &[usize]) -> String {
    by.iter().map(|key| format!("{{{}}}", KEYS[*key])).collect::<Vec<_>>().join(", ")
}

impl Aggregate {
    /// The text of the aggregate, with what stands behind its condition.
    pub(super) fn text(self, behind: &str) -> String {
        let (name, argument) = match self.call {
            Call::Sum => ("SUM", "{x}"),
            Call::Rows => ("COUNTR", ""),
            Call::Values => ("COUNT", "{x}"),
            Call::Max => ("MAX", "{x}"),
            Call::Distinct => ("COUNTD", "{c}"),
            Call::Derived => ("SUM", "{d}"),
        };
        let condition = self.least.map_or_else(String::new, |least| format!(" WHERE {{x}} >= {least}"));
        format!("{name}({argument}{condition} {behind})")
    }
}

impl Leaf {
    fn text(&self) -> String {
        match self {
            Self::Over(aggregate, grain) => aggregate.text(&match grain {
                Grain::Query => String::new(),
                Grain::Full => "FULL".to_owned(),
                Grain::Exclude(by) => format!("EXCLUDE {}", names(by)),
                Grain::Fixed(by) => format!("FIXED {}", names(by)),
            }),
            Self::Nested(nested) => {
                let word = if nested.fixed { "FIXED" } else { "INCLUDE" };
                let behind = format!("{word} {}", names(&nested.by));
                let inner = nested.inner.text(&behind);
                let plus = nested.plus.map_or_else(String::new, |plus| format!(" + {}", plus.text(&behind)));
                let condition = nested.least.map_or_else(String::new, |least| format!(" WHERE {inner} >= {least}"));
                let outer = match nested.outer {
                    Outer::Sum => "SUM",
                    Outer::Average => "AVG",
                    Outer::Min => "MIN",
                    Outer::Max => "MAX",
                    Outer::Count => "COUNT",
                };
                format!("{outer}({inner}{plus}{condition})")
            }
        }
    }
}

impl Formula {
    pub(super) fn text(&self) -> String {
        let then = self.then.as_ref().map_or_else(String::new, |(sign, leaf)| format!(" {sign} {}", leaf.text()));
        format!("{}{then}", self.first.text())
    }
}
