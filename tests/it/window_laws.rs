//! Windows by formulas over random answers, against a model that looks at all rows for each row.
//!
//! Values are whole units: of 1, of a hundredth (decimals), or of a quarter (floats, so that every sum of them is a
//! float). All arithmetic of the model is that of whole numbers until the last step.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray};
use drillcore::Dataset;
use drillcore_formulas::{Kind, Presence, WindowFunction};
use drillcore_tests::engine_side::Db;
use drillcore_tests::rng::Rng;
use serde_json::{Map, Value, json};

use crate::run::setting;

const TABLES: u64 = 80;
const WINDOWS: usize = 12;

/// The columns of the answer: three dimensions, then three measures.
const NAMES: [&str; 6] = ["p", "q", "day", "i", "m", "f"];
const DAY: usize = 2;
const DIMENSIONS: usize = 3;
const MEMBERS: [&str; 3] = ["A", "B", "a"];

/// The cells of a row, in units.
type Row = [Option<i64>; 6];

/// How many units a column has in a whole.
fn units(column: usize) -> f64 {
    [1.0, 1.0, 1.0, 1.0, 100.0, 4.0][column]
}

/// A key of an order.
#[derive(Debug, Clone, Copy)]
struct Key {
    column: usize,
    descending: bool,
    nulls_first: bool,
}

impl Key {
    fn ascending(column: usize) -> Self {
        Self { column, descending: false, nulls_first: false }
    }

    fn compare(self, left: &Row, right: &Row) -> Ordering {
        match (left[self.column], right[self.column]) {
            (Some(left), Some(right)) if self.descending => right.cmp(&left),
            (Some(left), Some(right)) => left.cmp(&right),
            (left, right) if self.nulls_first => left.is_some().cmp(&right.is_some()),
            (left, right) => left.is_none().cmp(&right.is_none()),
        }
    }
}

fn compare(keys: &[Key], left: &Row, right: &Row) -> Ordering {
    keys.iter().fold(Ordering::Equal, |before, key| before.then_with(|| key.compare(left, right)))
}

/// A call of a window function.
#[derive(Debug)]
struct Call {
    function: WindowFunction,
    of: Option<usize>,
    reach: Option<usize>,
    partition: Option<Vec<usize>>,
    order: Vec<Key>,
    /// Whether partition and order stand beside the text.
    beside: bool,
}

fn ranks(function: WindowFunction) -> bool {
    use WindowFunction as F;
    matches!(function, F::Rank | F::DenseRank | F::PercentRank | F::CumeDist | F::RowNumber | F::Ntile)
}

fn over_everything(function: WindowFunction) -> bool {
    use WindowFunction as F;
    matches!(
        function,
        F::PercentOfTotal | F::WindowSum | F::WindowAverage | F::WindowMin | F::WindowMax | F::WindowCount
    )
}

/// A random table: each combination of members once, in any order.
fn table(rng: &mut Rng) -> Vec<Row> {
    let mut keys = BTreeSet::new();
    for _ in 0..1 + rng.below(30) {
        let mut member = |count: usize| if rng.chance(15) { None } else { Some(rng.below(count) as i64) };
        keys.insert([member(3), member(2), member(6)]);
    }
    let value = |rng: &mut Rng, most: i64| if rng.chance(20) { None } else { Some(rng.between(-most, most)) };
    let mut rows: Vec<Row> = Vec::new();
    for [p, q, day] in keys {
        rows.push([p, q, day, value(rng, 4), value(rng, 300), value(rng, 20)]);
    }
    rng.shuffle(&mut rows);
    rows
}

fn batch(rows: &[Row]) -> RecordBatch {
    let column = |column: usize| rows.iter().map(move |row| row[column]);
    let text = |at: usize| -> ArrayRef {
        Arc::new(column(at).map(|member| member.map(|member| MEMBERS[member as usize])).collect::<StringArray>())
    };
    let day = |day: i64| 20_000 + 9 * i32::try_from(day).expect("a day");
    let cents: Decimal128Array = column(4).map(|cents| cents.map(i128::from)).collect();
    let quarters = column(5).map(|quarters| quarters.map(|quarters| quarters as f64 / 4.0));
    let columns: [(&str, ArrayRef); 6] = [
        ("p", text(0)),
        ("q", text(1)),
        ("day", Arc::new(column(DAY).map(|member| member.map(day)).collect::<Date32Array>())),
        ("i", Arc::new(column(3).collect::<Int64Array>())),
        ("m", Arc::new(cents.with_precision_and_scale(20, 2).expect("a decimal"))),
        ("f", Arc::new(quarters.collect::<Float64Array>())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true))).expect("a batch")
}

/// A random call of a function.
fn call(function: WindowFunction, rng: &mut Rng) -> Call {
    let (mut of, mut reach) = (None, None);
    for parameter in function.entry().parameters {
        match parameter.kind {
            Kind::Constant(..) if parameter.presence == Presence::Optional && rng.chance(50) => {}
            Kind::Constant(..) => reach = Some(1 + rng.below(5)),
            _ => of = Some(DIMENSIONS + rng.below(3)),
        }
    }
    let some = |rng: &mut Rng, most: usize| {
        let mut columns: Vec<usize> = (0..most).collect();
        rng.shuffle(&mut columns);
        columns.truncate(1 + rng.below(3));
        columns
    };
    let partition = match rng.below(3) {
        0 => None,
        1 => Some(Vec::new()),
        _ => Some(some(rng, DIMENSIONS)),
    };
    let mut order = Vec::new();
    if ranks(function) || rng.chance(60) {
        for column in some(rng, NAMES.len()) {
            order.push(Key { column, descending: rng.chance(50), nulls_first: rng.chance(30) });
        }
    }
    Call { function, of, reach, partition, order, beside: rng.chance(30) }
}

impl Call {
    /// The window of a document.
    fn document(&self, name: &str) -> Value {
        let mut arguments: Vec<String> = self.of.iter().map(|of| format!("{{{}}}", NAMES[*of])).collect();
        arguments.extend(self.reach.map(|reach| reach.to_string()));
        let mut inside = arguments.join(", ");
        let mut window = Map::new();
        if self.beside {
            self.put_clauses(&mut window);
        } else {
            if let Some(partition) = &self.partition {
                let names: Vec<String> = partition.iter().map(|column| format!("{{{}}}", NAMES[*column])).collect();
                let names = if names.is_empty() { "()".to_owned() } else { names.join(", ") };
                inside += &format!(" PARTITION BY {names}");
            }
            if !self.order.is_empty() {
                let keys = self.order.iter().map(|key| {
                    let direction = if key.descending { " DESC" } else { "" };
                    let nulls = if key.nulls_first { " NULLS FIRST" } else { "" };
                    format!("{{{}}}{direction}{nulls}", NAMES[key.column])
                });
                inside += &format!(" ORDER BY {}", keys.collect::<Vec<_>>().join(", "));
            }
        }
        window.insert("as".to_owned(), name.into());
        window.insert("formula".to_owned(), format!("{}({})", self.function.entry().name, inside.trim()).into());
        window.into()
    }

    /// The same as a named function, if there is one.
    fn named(&self, name: &str) -> Option<Value> {
        use WindowFunction as F;
        let (function, field) = match self.function {
            F::RunningSum => ("running_total", ""),
            F::MovingAverage => ("moving_average", "size"),
            F::PercentOfTotal => ("percent_of_total", ""),
            F::PercentChange => ("percent_change", "offset"),
            F::Difference => ("difference", "offset"),
            F::Lag => ("lag", "offset"),
            F::Lead => ("lead", "offset"),
            F::FirstValue => ("first_value", ""),
            F::LastValue => ("last_value", ""),
            F::Rank => ("rank", ""),
            F::DenseRank => ("dense_rank", ""),
            F::RowNumber => ("row_number", ""),
            F::Ntile => ("ntile", "n"),
            _ => return None,
        };
        let mut window = Map::new();
        self.put_clauses(&mut window);
        window.insert("as".to_owned(), name.into());
        window.insert("function".to_owned(), function.into());
        if let Some(of) = self.of {
            window.insert("of".to_owned(), NAMES[of].into());
        }
        if let Some(reach) = self.reach {
            window.insert(field.to_owned(), reach.into());
        }
        Some(window.into())
    }

    fn put_clauses(&self, window: &mut Map<String, Value>) {
        if let Some(partition) = &self.partition {
            let names: Vec<&str> = partition.iter().map(|column| NAMES[*column]).collect();
            window.insert("partition_by".to_owned(), names.into());
        }
        let keys = self.order.iter().map(|key| {
            let direction = if key.descending { "desc" } else { "asc" };
            let nulls = if key.nulls_first { "first" } else { "last" };
            json!({"by": NAMES[key.column], "order": direction, "nulls": nulls})
        });
        window.insert("order_by".to_owned(), keys.collect());
    }

    /// The values by the model, in the order of the rows.
    fn values(&self, rows: &[Row]) -> Vec<Option<f64>> {
        use WindowFunction as F;
        let along_day = self.order.is_empty() && !over_everything(self.function);
        let asked = if along_day { vec![Key::ascending(DAY)] } else { self.order.clone() };
        let mut order = asked.clone();
        order.extend((0..DIMENSIONS).map(Key::ascending));
        let named = |column: &usize| asked.iter().any(|key| key.column == *column);
        let whole = ranks(self.function)
            || over_everything(self.function)
            || matches!(self.function, F::FirstValue | F::LastValue);
        let partition: Vec<usize> = match &self.partition {
            Some(partition) => partition.clone(),
            None if whole => Vec::new(),
            None => (0..DIMENSIONS).filter(|column| !named(column)).collect(),
        };
        let value = |own: &Row| {
            let together = |row: &&Row| partition.iter().all(|column| row[*column] == own[*column]);
            let mut part: Vec<&Row> = rows.iter().filter(together).collect();
            part.sort_by(|left, right| compare(&order, left, right));
            let at = part.iter().position(|row| row[..DIMENSIONS] == own[..DIMENSIONS]).expect("the row itself");
            self.value(&part, at, &asked)
        };
        rows.iter().map(value).collect()
    }

    /// The value of the row at a place of its partition.
    fn value(&self, part: &[&Row], at: usize, asked: &[Key]) -> Option<f64> {
        use WindowFunction as F;
        let reach = self.reach.unwrap_or(1);
        let of = self.of.unwrap_or(DIMENSIONS);
        let cell = |place: usize| part.get(place).and_then(|row| row[of]);
        let earlier = at.checked_sub(reach).and_then(cell);
        let shown = |value: i64| value as f64 / units(of);
        let frame = match self.function {
            F::MovingSum | F::MovingAverage | F::MovingMin | F::MovingMax => &part[(at + 1).saturating_sub(reach)..=at],
            F::RunningSum | F::RunningAverage | F::RunningMin | F::RunningMax | F::RunningCount => &part[..=at],
            _ => part,
        };
        let seen: Vec<i64> = frame.iter().filter_map(|row| row[of]).collect();
        let sum = (!seen.is_empty()).then(|| seen.iter().sum::<i64>());
        let before = part.iter().filter(|row| compare(asked, row, part[at]).is_lt()).count();
        let not_after = part.iter().filter(|row| compare(asked, row, part[at]).is_le()).count();
        let count = |count: usize| Some(count as f64);
        match self.function {
            F::RunningSum | F::MovingSum | F::WindowSum => sum.map(shown),
            // One division, and no rounding before it.
            F::RunningAverage | F::MovingAverage | F::WindowAverage => {
                sum.map(|sum| sum as f64 / (units(of) * seen.len() as f64))
            }
            F::RunningMin | F::MovingMin | F::WindowMin => seen.into_iter().min().map(shown),
            F::RunningMax | F::MovingMax | F::WindowMax => seen.into_iter().max().map(shown),
            F::RunningCount => count(seen.len()),
            F::WindowCount => count(part.len()),
            F::Rank => count(before + 1),
            F::DenseRank => {
                let mut keys: Vec<&Row> = part[..before].to_vec();
                keys.dedup_by(|left, right| compare(asked, left, right).is_eq());
                count(keys.len() + 1)
            }
            F::PercentRank if part.len() == 1 => Some(0.0),
            F::PercentRank => Some(before as f64 / (part.len() - 1) as f64),
            F::CumeDist => Some(not_after as f64 / part.len() as f64),
            F::RowNumber => count(at + 1),
            F::Ntile => {
                // Dealt out one by one, each part has what it has in the end.
                let mut sizes = vec![0; reach];
                (0..part.len()).for_each(|card| sizes[card % reach] += 1);
                let mut end = 0;
                let found = sizes.iter().position(|size| {
                    end += size;
                    at < end
                });
                found.and_then(|found| count(found + 1))
            }
            F::Lag => earlier.map(shown),
            F::Lead => cell(at + reach).map(shown),
            F::FirstValue => cell(0).map(shown),
            F::LastValue => cell(part.len() - 1).map(shown),
            F::Difference => Some(shown(cell(at)? - earlier?)),
            F::PercentChange => Some(shown(cell(at)?) / shown(earlier.filter(|base| *base != 0)?) - 1.0),
            F::PercentOfTotal => Some(shown(cell(at)?) / shown(sum.filter(|sum| *sum != 0)?)),
        }
    }
}

#[test]
fn random_answers_have_the_values_of_a_model() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ 0x77_696e;
    let (mut called, mut values) = (BTreeSet::new(), 0);
    for number in 0..TABLES {
        let rng = &mut Rng::new(seed.wrapping_add(number));
        let mut rows = table(rng);
        let db = Db::in_memory().expect("an engine");
        db.create(Dataset::batches("t", vec![batch(&rows)])).expect("a dataset");
        let calls: Vec<Call> = (0..WINDOWS).map(|_| call(*rng.pick(WindowFunction::ALL), rng)).collect();
        let mut windows: Vec<Value> = Vec::new();
        for (index, call) in calls.iter().enumerate() {
            windows.push(call.document(&format!("w{index}")));
            windows.extend(call.named(&format!("v{index}")));
        }
        let dimension = |index: usize| json!({"column_id": NAMES[index], "as": NAMES[index]});
        let measure = |index: usize| json!({"column_id": NAMES[index], "aggregation": "max", "as": NAMES[index]});
        let limit = rng.between(0, 40);
        let query = json!({
            "dataset_id": "t",
            "dimensions": (0..DIMENSIONS).map(dimension).collect::<Vec<_>>(),
            "measures": (DIMENSIONS..NAMES.len()).map(measure).collect::<Vec<_>>(),
            "window": windows,
            "limit": {"by": limit},
        });
        let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}\n{query}"));
        let found: Vec<Vec<Value>> = serde_json::from_str(&answer.data_json()).expect("rows");
        let keys: Vec<Key> = (0..DIMENSIONS).map(Key::ascending).collect();
        rows.sort_by(|left, right| compare(&keys, left, right));
        assert_eq!(found.len(), rows.len().min(limit as usize), "{query}");
        let place = |name: &str| answer.columns().iter().position(|column| column.name == name);
        for (index, call) in calls.iter().enumerate() {
            let own = place(&format!("w{index}")).expect("a column");
            for (row, expected) in found.iter().zip(call.values(&rows)) {
                assert_eq!(row[own].as_f64(), expected, "table {number}, {call:?}, row {row:?}\n{query}\n{rows:?}");
                if let Some(named) = place(&format!("v{index}")) {
                    assert_eq!(row[own], row[named], "table {number}, {call:?}, row {row:?}\n{query}");
                }
                values += usize::from(expected.is_some());
            }
            called.insert(call.function.entry().name);
        }
    }
    assert_eq!(called.len(), WindowFunction::ALL.len(), "only {called:?} were called");
    assert!(values > 3_000, "only {values} values were compared");
}
