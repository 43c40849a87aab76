//! Random formulas over random tables, against the model.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use drillcore::Dataset;
use drillcore_tests::engine_side::Db;
use drillcore_tests::rng::Rng;
use serde_json::{Value, json};

use super::model::{Aggregate, Call, Formula, Grain, Group, KEYS, Leaf, Nested, Outer, Row, Table};
use crate::run::setting;

const TABLES: u64 = 60;
const PER_TABLE: usize = 8;

/// The texts of the first two keys.
const TEXTS: [&str; 4] = ["p", "q", "r", "s"];

fn rows(rng: &mut Rng) -> Vec<Row> {
    let count = rng.below(16);
    let row = |rng: &mut Rng| {
        let mut key = |most: i64| (!rng.chance(15)).then(|| rng.between(0, most));
        let keys = [key(1), key(2), key(3)];
        Row { keys, x: (!rng.chance(15)).then(|| rng.between(-5, 9)), d: None }
    };
    (0..count).map(|_| row(rng)).collect()
}

fn batch(rows: &[Row]) -> RecordBatch {
    let text = |key: usize| -> ArrayRef {
        let texts = rows.iter().map(|row| row.keys[key].map(|member| TEXTS[member as usize]));
        Arc::new(StringArray::from_iter(texts))
    };
    let numbers = |values: Vec<Option<i64>>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    let fields = [("a", DataType::Utf8), ("b", DataType::Utf8), ("c", DataType::Int64), ("x", DataType::Int64)];
    let fields: Vec<Field> = fields.into_iter().map(|(name, held)| Field::new(name, held, true)).collect();
    let c = rows.iter().map(|row| row.keys[2]).collect();
    let x = rows.iter().map(|row| row.x).collect();
    let columns = vec![text(0), text(1), numbers(c), numbers(x)];
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("a batch")
}

/// A member as it stands in documents.
fn member(key: usize, member: Option<i64>) -> Value {
    match member {
        None => Value::Null,
        Some(member) if key < 2 => json!(TEXTS[member as usize]),
        Some(member) => json!(member),
    }
}

/// Some of the keys, each once.
fn some(rng: &mut Rng, from: &[usize], least: usize) -> Vec<usize> {
    let mut from = from.to_vec();
    rng.shuffle(&mut from);
    from.truncate(least + rng.below(from.len() + 1 - least));
    from
}

/// Filters over rows.
#[derive(Debug, Clone, Copy)]
enum Test {
    AtLeast(i64),
    /// Keeps NULL.
    IsNot(usize, i64),
    /// Of the derived column.
    Derived(i64),
}

impl Test {
    fn random(rng: &mut Rng) -> Self {
        if rng.chance(50) {
            return Self::AtLeast(rng.between(-4, 4));
        }
        let key = rng.below(3);
        Self::IsNot(key, rng.between(0, key as i64 + 1))
    }

    fn holds(self, row: &Row) -> bool {
        match self {
            Self::AtLeast(least) => row.x.is_some_and(|x| x >= least),
            Self::IsNot(key, member) => row.keys[key] != Some(member),
            Self::Derived(least) => row.d.is_some_and(|d| d >= least),
        }
    }

    fn document(self, context: bool) -> Value {
        let (expression, column, value) = match self {
            Self::AtLeast(least) => ("? >= ?", "x", json!(least)),
            Self::IsNot(key, of) => ("? != ?", KEYS[key], member(key, Some(of))),
            Self::Derived(least) => ("? >= ?", "d", json!(least)),
        };
        json!({"expression": expression, "parameters": [{"column_id": column}, value], "context": context})
    }
}

/// A query, for both sides.
#[derive(Debug)]
struct Asked {
    dimensions: Vec<usize>,
    formulas: Vec<Formula>,
    /// The derived column: an aggregate and its keys.
    derived: Option<(Aggregate, Vec<usize>)>,
    context: Vec<Test>,
    filters: Vec<Test>,
    /// The least number of rows of a group.
    having: Option<i64>,
    levels: Vec<Vec<usize>>,
    all_rows: bool,
}

fn least(rng: &mut Rng, percent: u64) -> Option<i64> {
    rng.chance(percent).then(|| rng.between(-3, 5))
}

fn aggregate(rng: &mut Rng, derived: bool) -> Aggregate {
    let calls = [Call::Sum, Call::Sum, Call::Rows, Call::Values, Call::Max, Call::Distinct, Call::Derived];
    let calls = if derived { &calls[..] } else { &calls[..6] };
    Aggregate { call: *rng.pick(calls), least: least(rng, 25) }
}

fn leaf(rng: &mut Rng, dimensions: &[usize], derived: bool) -> Leaf {
    let over = aggregate(rng, derived);
    match rng.below(8) {
        0 => Leaf::Over(over, Grain::Query),
        1 => Leaf::Over(over, Grain::Full),
        2 | 3 if !dimensions.is_empty() => Leaf::Over(over, Grain::Exclude(some(rng, dimensions, 1))),
        4 => Leaf::Over(over, Grain::Fixed(some(rng, dimensions, 0))),
        other => {
            let fixed = other % 2 == 0;
            Leaf::Nested(Nested {
                outer: *rng.pick(&[Outer::Sum, Outer::Average, Outer::Average, Outer::Min, Outer::Max, Outer::Count]),
                inner: over,
                plus: rng.chance(25).then(|| aggregate(rng, derived)),
                by: some(rng, &[0, 1, 2], usize::from(!fixed)),
                fixed,
                least: least(rng, 20),
            })
        }
    }
}

fn asked(rng: &mut Rng) -> Asked {
    let mut dimensions = some(rng, &[0, 1, 2], 0);
    dimensions.truncate(2);
    let derived = rng.chance(35).then(|| (aggregate(rng, false), some(rng, &[0, 1, 2], 0)));
    let formula = |rng: &mut Rng| {
        let first = leaf(rng, &dimensions, derived.is_some());
        let then = rng.chance(30).then(|| (*rng.pick(&['+', '-']), leaf(rng, &dimensions, derived.is_some())));
        Formula { first, then, least: least(rng, 15) }
    };
    let formulas = (0..1 + rng.below(3)).map(|_| formula(rng)).collect();
    let mut filters: Vec<Test> = (0..rng.below(3)).map(|_| Test::random(rng)).collect();
    if derived.is_some() && rng.chance(50) {
        filters.push(Test::Derived(rng.between(-2, 6)));
    }
    let levels = dimensions.iter().map(|dimension| vec![*dimension]).collect();
    Asked {
        formulas,
        derived,
        context: (0..rng.below(2)).map(|_| Test::random(rng)).collect(),
        filters,
        having: rng.chance(30).then(|| rng.between(1, 2)),
        levels: if dimensions.len() > 1 { levels } else { Vec::new() },
        all_rows: rng.chance(30),
        dimensions,
    }
}

impl Asked {
    fn document(&self) -> Value {
        let dimensions: Vec<Value> =
            self.dimensions.iter().map(|key| json!({"column_id": KEYS[*key], "as": KEYS[*key]})).collect();
        let mut measures = vec![json!({"column_id": "*", "aggregation": "count", "as": "n"})];
        for formula in &self.formulas {
            let mut measure = json!({"formula": formula.text()});
            if let Some(least) = formula.least {
                measure["where"] = json!([Test::AtLeast(least).document(false)]);
                measure["where"][0].as_object_mut().expect("a filter").remove("context");
            }
            measures.push(measure);
        }
        let context = self.context.iter().map(|test| test.document(true));
        let filters: Vec<Value> = self.filters.iter().map(|test| test.document(false)).chain(context).collect();
        let levels: Vec<Vec<&str>> =
            self.levels.iter().map(|level| level.iter().map(|key| KEYS[*key]).collect()).collect();
        let over = if self.all_rows { "all_rows" } else { "visible" };
        let mut query = json!({
            "dataset_id": "t",
            "dimensions": dimensions,
            "measures": measures,
            "where": filters,
            "totals": {"grand": true, "levels": levels, "over": over},
        });
        if let Some((aggregate, keys)) = &self.derived {
            let keys: Vec<String> = keys.iter().map(|key| format!("{{{}}}", KEYS[*key])).collect();
            let text = aggregate.text(&format!("FIXED {}", keys.join(", ")));
            query["derived"] = json!([{"as": "d", "expression": text}]);
        }
        if let Some(least) = self.having {
            query["having"] = json!([{"expression": "? >= ?", "parameters": [{"name": "n"}, least]}]);
        }
        query
    }

    /// The rows of the answer and of its totals.
    fn expected(&self, rows: &[Row]) -> (Vec<Value>, Vec<Value>) {
        let mut context: Vec<Row> = rows.to_vec();
        context.retain(|row| self.context.iter().all(|test| test.holds(row)));
        if let Some((aggregate, keys)) = &self.derived {
            let plain = Formula { first: Leaf::Over(*aggregate, Grain::Fixed(keys.clone())), then: None, least: None };
            let all = Table { context: context.clone(), rows: Vec::new() };
            for row in &mut context {
                let kept: Vec<_> = keys.iter().map(|key| (*key, row.keys[*key])).collect();
                row.d = all.value(&plain, Group { rows: &[], kept: &kept }).as_i64();
            }
        }
        let mut left = context.clone();
        left.retain(|row| self.filters.iter().all(|test| test.holds(row)));
        let table = Table { context, rows: left };
        let all = grouped(&table.rows.iter().collect::<Vec<_>>(), &self.dimensions);
        let stays = |rows: &Vec<&Row>| self.having.is_none_or(|least| rows.len() as i64 >= least);
        let visible: Vec<Vec<&Row>> = all.iter().filter(|rows| stays(rows)).cloned().collect();
        let data = visible.iter().map(|rows| self.row(&table, rows, &self.dimensions)).collect();
        let below: Vec<&Row> = if self.all_rows { &all } else { &visible }.iter().flatten().copied().collect();
        let mut totals = vec![self.row(&table, &below, &[])];
        for level in &self.levels {
            totals.extend(grouped(&below, level).iter().map(|rows| self.row(&table, rows, level)));
        }
        (data, totals)
    }

    fn row(&self, table: &Table, rows: &[&Row], kept: &[usize]) -> Value {
        let first = rows.first();
        let kept: Vec<(usize, Option<i64>)> =
            kept.iter().map(|key| (*key, first.and_then(|row| row.keys[*key]))).collect();
        let shown = self.dimensions.iter().map(|key| {
            let found = kept.iter().find(|(known, _)| known == key);
            found.map_or(Value::Null, |(key, of)| member(*key, *of))
        });
        let mut cells: Vec<Value> = shown.collect();
        cells.push(json!(rows.len()));
        let group = Group { rows, kept: &kept };
        cells.extend(self.formulas.iter().map(|formula| table.value(formula, group)));
        Value::from(cells)
    }
}

/// Rows by some keys, in their order, NULL last. Without keys there is one group, also of no rows.
fn grouped<'a>(rows: &[&'a Row], by: &[usize]) -> Vec<Vec<&'a Row>> {
    if by.is_empty() {
        return vec![rows.to_vec()];
    }
    let mut groups: BTreeMap<Vec<(bool, Option<i64>)>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let key = by.iter().map(|key| (row.keys[*key].is_none(), row.keys[*key])).collect();
        groups.entry(key).or_default().push(row);
    }
    groups.into_values().collect()
}

/// How often each kind of value was asked for.
#[derive(Debug, Default)]
struct Seen {
    kinds: BTreeMap<&'static str, usize>,
    groups: usize,
}

impl Seen {
    fn add(&mut self, asked: &Asked, rows: usize) {
        let leaves = asked
            .formulas
            .iter()
            .flat_map(|formula| std::iter::once(&formula.first).chain(formula.then.iter().map(|(_, leaf)| leaf)));
        for leaf in leaves {
            let kind = match leaf {
                Leaf::Over(_, Grain::Query) => "query",
                Leaf::Over(_, Grain::Full) => "full",
                Leaf::Over(_, Grain::Exclude(_)) => "exclude",
                Leaf::Over(_, Grain::Fixed(_)) => "fixed",
                Leaf::Nested(Nested { fixed: true, .. }) => "fixed inside",
                Leaf::Nested(_) => "include",
            };
            *self.kinds.entry(kind).or_default() += 1;
        }
        *self.kinds.entry("derived").or_default() += usize::from(asked.derived.is_some());
        self.groups += usize::from(rows > 1);
    }
}

#[test]
fn formulas_agree_with_the_model() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ 0x10d;
    let mut seen = Seen::default();
    for number in 0..TABLES {
        let rng = &mut Rng::new(seed.wrapping_add(number));
        let rows = rows(rng);
        let db = Db::in_memory().expect("an engine");
        db.create(Dataset::batches("t", vec![batch(&rows)])).expect("a dataset");
        if number % 2 == 1 {
            db.accelerate("t", &[]).expect("a sync");
        }
        for _ in 0..PER_TABLE {
            let asked = asked(rng);
            let query = asked.document().to_string();
            let shown = || format!("seed {seed}, table {number}\n{query}\n{rows:?}");
            let answer = db.ask(&query).unwrap_or_else(|error| panic!("{error}\n{}", shown()));
            let document: Value = serde_json::from_str(&answer.to_json()).expect("JSON");
            let (data, totals) = asked.expected(&rows);
            assert_eq!(document["data"], Value::from(data.clone()), "{}", shown());
            let levels = document["totals"].as_array().expect("totals").iter();
            let found: Vec<Value> = levels.flat_map(|level| level["data"].as_array().expect("rows").clone()).collect();
            assert_eq!(found, totals, "totals of {}", shown());
            seen.add(&asked, data.len());
        }
    }
    assert!(seen.kinds.len() == 7 && seen.kinds.values().all(|count| *count >= 40), "{seen:?}");
    assert!(seen.groups >= 100, "{seen:?}");
}
