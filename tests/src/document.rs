//! A query as the JSON document that the engine reads.

use chrono::DateTime;
use serde_json::{Map, Value, json};

use crate::oracle::wall;
use crate::spec::{At, Bucket, Filter, Having, Key, Leaf, Literal, Measure, Operator, Output, Pattern, Right, Spec};
use crate::world::World;

/// The document of a query. Its dimensions are called `d0`, `d1`, .. and its measures `m0`, `m1`, ..
#[must_use]
pub fn document(world: &World, spec: &Spec) -> Value {
    Document { world, spec }.query()
}

/// The document of a query that gives one column of all rows that pass some filters, in its own order.
#[must_use]
pub fn rows_of(world: &World, filters: &[Filter], column: At, template: &Spec) -> Value {
    let document = Document { world, spec: template };
    let mut options = document.options();
    options.insert("rollup_data".into(), false.into());
    json!({
        "dataset_id": world.tables[0].name,
        "dimensions": [named(document.column(column), "key")],
        "where": filters.iter().map(|filter| document.filter(filter)).collect::<Vec<_>>(),
        "order": [{"by": "key"}],
        "options": options,
    })
}

struct Document<'a> {
    world: &'a World,
    spec: &'a Spec,
}

fn named(mut reference: Map<String, Value>, name: &str) -> Map<String, Value> {
    reference.insert("as".into(), name.into());
    reference
}

impl Document<'_> {
    fn query(&self) -> Value {
        let spec = self.spec;
        let mut query = Map::new();
        if spec.base_at_query || !self.names_base() {
            query.insert("dataset_id".into(), self.world.tables[0].name.clone().into());
        }
        let dimensions = spec.dimensions.iter().enumerate().map(|(index, dimension)| {
            let mut object = self.at_level(dimension.at, dimension.bucket);
            object.insert("as".into(), format!("d{index}").into());
            Value::from(object)
        });
        query.insert("dimensions".into(), dimensions.collect());
        let measures = spec.measures.iter().enumerate().map(|(index, measure)| self.measure(measure, index));
        query.insert("measures".into(), measures.collect());
        query.insert("where".into(), spec.filter.iter().map(|filter| self.filter(filter)).collect());
        if !spec.having.is_empty() {
            query.insert("having".into(), spec.having.iter().map(|having| self.having(having)).collect());
        }
        query.insert("order".into(), spec.order.iter().map(key).collect());
        if let Some((rows, skipped)) = spec.limit {
            query.insert("limit".into(), json!({"by": rows, "offset": skipped}));
        }
        query.insert("options".into(), self.options().into());
        query.into()
    }

    /// Whether some column of the base stands in the query, by which the engine can tell where to start.
    fn names_base(&self) -> bool {
        let spec = self.spec;
        spec.dimensions.iter().any(|dimension| dimension.at.path == 0)
            || spec.measures.iter().any(|measure| measure.at.is_some_and(|at| at.path == 0))
    }

    fn options(&self) -> Map<String, Value> {
        const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let options = &self.spec.options;
        let mut object = Map::new();
        if let Some(zone) = options.zone {
            object.insert("timezone_id".into(), zone.name().into());
        }
        if let Some(days) = options.week_start {
            object.insert("week_start".into(), DAYS[days as usize].into());
        }
        if let Some(month) = options.fiscal {
            object.insert("fiscal_year_start".into(), month.into());
        }
        if let Some(sensitive) = options.case_sensitive {
            object.insert("case_sensitive".into(), sensitive.into());
        }
        if self.spec.rows_mode {
            object.insert("rollup_data".into(), false.into());
        }
        object
    }

    fn column(&self, at: At) -> Map<String, Value> {
        let mut object = Map::new();
        if at.path != 0 || !self.spec.base_at_query {
            object.insert("dataset_id".into(), self.world.paths[at.path].reference.clone().into());
        }
        object.insert("column_id".into(), self.world.column(at.path, at.column).id.clone().into());
        object
    }

    fn at_level(&self, at: At, bucket: Option<Bucket>) -> Map<String, Value> {
        let mut object = self.column(at);
        match bucket {
            None => {}
            Some(Bucket::Level { level, named: true }) => drop(object.insert("level".into(), level.name().into())),
            Some(Bucket::Level { level, named: false }) => drop(object.insert("level".into(), level.0.into())),
            Some(Bucket::Part(part)) => drop(object.insert("level".into(), part.name().into())),
        }
        object
    }

    fn measure(&self, measure: &Measure, index: usize) -> Value {
        let mut object = match measure.at {
            Some(at) => self.column(at),
            None => Map::from_iter([("column_id".to_owned(), Value::from("*"))]),
        };
        let name = measure.aggregation.name();
        let aggregation = if index.is_multiple_of(2) { json!({"type": name}) } else { json!(name) };
        object.insert("aggregation".into(), aggregation);
        object.insert("as".into(), format!("m{index}").into());
        if !measure.filter.is_empty() {
            object.insert("where".into(), measure.filter.iter().map(|filter| self.filter(filter)).collect());
        }
        object.into()
    }

    fn filter(&self, filter: &Filter) -> Value {
        let all = |parts: &[Filter]| parts.iter().map(|part| self.filter(part)).collect::<Vec<_>>();
        match filter {
            Filter::Leaf(leaf) => self.leaf(leaf),
            Filter::And(parts) => json!({"and": all(parts)}),
            Filter::Or(parts) => json!({"or": all(parts)}),
            Filter::Not(inner) => json!({"not": self.filter(inner)}),
        }
    }

    fn leaf(&self, leaf: &Leaf) -> Value {
        let mut object = self.test(self.at_level(leaf.at, leaf.bucket).into(), leaf.operator, &leaf.right);
        if let Some(nulls) = leaf.nulls {
            object.insert("nulls".into(), nulls.name().into());
        }
        if let Some(sensitive) = leaf.case_sensitive {
            object.insert("case_sensitive".into(), sensitive.into());
        }
        object.into()
    }

    fn having(&self, having: &Having) -> Value {
        match having {
            Having::Leaf { measure, operator, right } => {
                self.test(json!({"name": format!("m{measure}")}), *operator, right).into()
            }
            Having::Or(parts) => json!({"or": parts.iter().map(|part| self.having(part)).collect::<Vec<_>>()}),
            Having::Not(inner) => json!({"not": self.having(inner)}),
        }
    }

    fn test(&self, left: Value, operator: Operator, right: &Right) -> Map<String, Value> {
        let mut parameters = vec![left];
        match right {
            Right::Nothing => {}
            Right::Literal(value) => parameters.push(literal(value)),
            Right::Ends(low, high) => parameters.push(json!([literal(low), literal(high)])),
            Right::List(items) => parameters.push(items.iter().map(literal).collect()),
            Right::Pattern(value) => parameters.push(pattern(value).into()),
            Right::Column(at) => parameters.push(self.column(*at).into()),
        }
        let mut object = Map::new();
        object.insert("expression".into(), operator.text().into());
        object.insert("parameters".into(), parameters.into());
        object
    }
}

fn key(key: &Key) -> Value {
    let name = match key.of {
        Output::Dimension(index) => format!("d{index}"),
        Output::Measure(index) => format!("m{index}"),
    };
    let mut object = Map::from_iter([("by".to_owned(), Value::from(name))]);
    if key.descending {
        object.insert("order".into(), "desc".into());
    }
    if key.nulls_first {
        object.insert("nulls".into(), "first".into());
    }
    object.into()
}

/// A literal as it stands in a document.
fn literal(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Boolean(value) => (*value).into(),
        Literal::Integer(value) => (*value).into(),
        Literal::Float(value) => (*value).into(),
        Literal::Decimal { units, scale } => {
            let sign = if *units < 0 { "-" } else { "" };
            let unit = 10_u64.pow(*scale);
            let (whole, rest) = (units.unsigned_abs() / unit, units.unsigned_abs() % unit);
            let text = format!("{sign}{whole}.{rest:0width$}", width = *scale as usize);
            serde_json::from_str(&text).expect("a number")
        }
        Literal::Text(text) => text.as_str().into(),
        Literal::Day(day) => wall::date(*day).to_string().into(),
        Literal::Instant { micros, offset_minutes: 0 } => format!("{}Z", time(*micros)).into(),
        Literal::Instant { micros, offset_minutes } => {
            let sign = if *offset_minutes < 0 { '-' } else { '+' };
            let minutes = offset_minutes.abs();
            let shown = time(*micros + offset_minutes * 60_000_000);
            format!("{shown}{sign}{:02}:{:02}", minutes / 60, minutes % 60).into()
        }
        Literal::Local(wall) => time(*wall).into(),
        Literal::Period { text, .. } => text.as_str().into(),
    }
}

fn time(micros: i64) -> String {
    let at = DateTime::from_timestamp_micros(micros).expect("a time that chrono can hold");
    at.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string()
}

fn pattern(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Contains(text) => text.clone(),
        Pattern::Prefix(text) => format!("^{text}"),
        Pattern::Suffix(text) => format!("{text}$"),
        Pattern::Whole(text) => format!("^{text}$"),
        Pattern::Either(one, other) => format!("{one}|{other}"),
        Pattern::Digit => "[0-9]".to_owned(),
        Pattern::Any => ".".to_owned(),
        Pattern::Empty => "^$".to_owned(),
    }
}
