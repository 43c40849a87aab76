//! All of TPC-H's `lineitem`, made by a generator of our own: the columns, types, ranges and text lengths of its
//! specification, and about as many different values. The rows are not those of `dbgen`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray};

use crate::random::Random;

/// Rows in a batch.
const BATCH: usize = 8192;

/// What a scale of 1 has.
const ROWS: u64 = 6_001_215;
const PARTS: u64 = 200_000;
const SUPPLIERS: u64 = 10_000;

/// Days since 1970: of the first order (1 January 1992), of the last (2 August 1998), and the one that separates past and
/// future (17 June 1995).
const FIRST_DAY: i32 = 8_035;
const LAST_DAY: i32 = 10_440;
const TODAY: i32 = 9_298;

const INSTRUCTIONS: [&str; 4] = ["DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"];
const MODES: [&str; 7] = ["REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"];

/// Comments are cut out of a text of so many bytes.
const TEXT: usize = 8 << 20;
const SHORTEST: u64 = 10;
const LONGEST: u64 = 43;

const WORDS: [&str; 64] = [
    "above", "across", "after", "again", "amber", "among", "apples", "autumn", "before", "behind", "beneath", "boldly",
    "bridges", "brightly", "bundles", "calmly", "carriers", "cautious", "cellars", "copper", "daily", "distant",
    "dozens", "eager", "empty", "engines", "evenly", "farther", "fields", "final", "finally", "gardens", "gently",
    "gravel", "harbours", "idle", "islands", "kettles", "ladders", "lanterns", "letters", "linger", "meadows",
    "morning", "narrow", "nearly", "never", "orchards", "parcels", "patient", "pepper", "quickly", "quiet", "rarely",
    "resting", "rivers", "silver", "slowly", "special", "steadily", "through", "travel", "until", "wander",
];

/// How many rows a scale has: 6,001,215 of 1, and so many times as many of any other.
pub fn tpch_rows(scale: f64) -> u64 {
    (ROWS as f64 * scale).round() as u64
}

/// So many rows, the same ones every time, in the order of their keys. No column has NULLs.
///
/// `l_orderkey`, `l_partkey` and `l_suppkey` are integers of 64 bits, `l_linenumber` one of 32; an order has one to
/// seven lines, and eight of 32 numbers are orders. `l_quantity`, `l_extendedprice`, `l_discount` and `l_tax` are
/// decimals with two digits behind the point, three columns are dates, five are texts: of three, two, four and seven
/// values, and comments of 10 to 43 characters, nearly all different.
pub fn tpch_lines(rows: u64) -> impl Iterator<Item = RecordBatch> + Send {
    let mut maker = Maker::new(rows);
    let sizes = (0..rows.div_ceil(BATCH as u64)).map(move |number| (rows - number * BATCH as u64).min(BATCH as u64));
    sizes.map(move |size| maker.batch(size as usize))
}

#[derive(Debug)]
struct Maker {
    random: Random,
    text: String,
    parts: u64,
    suppliers: u64,
    /// Orders so far.
    orders: u64,
    day: i32,
    /// Lines of the order so far, and all that it has.
    line: u64,
    lines: u64,
}

/// Values of rows, by column.
#[derive(Debug, Default)]
struct Columns {
    order: Vec<i64>,
    part: Vec<i64>,
    supplier: Vec<i64>,
    line: Vec<i32>,
    quantity: Vec<i128>,
    price: Vec<i128>,
    discount: Vec<i128>,
    tax: Vec<i128>,
    returned: Vec<&'static str>,
    status: Vec<&'static str>,
    shipped: Vec<i32>,
    committed: Vec<i32>,
    received: Vec<i32>,
    instruction: Vec<&'static str>,
    mode: Vec<&'static str>,
    /// First byte and end in the text.
    comment: Vec<(usize, usize)>,
}

impl Maker {
    fn new(rows: u64) -> Self {
        let mut random = Random(19_980_802);
        let mut text = String::with_capacity(TEXT + 16);
        while text.len() < TEXT {
            text.push_str(WORDS[random.below(WORDS.len() as u64) as usize]);
            text.push_str(if random.below(9) == 0 { ", " } else { " " });
        }
        let share = |of_one: u64| (rows * of_one / ROWS).max(1);
        let (parts, suppliers) = (share(PARTS), share(SUPPLIERS).max(4));
        Self { random, text, parts, suppliers, orders: 0, day: 0, line: 0, lines: 0 }
    }

    fn batch(&mut self, rows: usize) -> RecordBatch {
        let mut columns = Columns::default();
        for _ in 0..rows {
            self.put_row(&mut columns);
        }
        columns.into_batch(&self.text)
    }

    fn days(&mut self, least: i32, most: i32) -> i32 {
        least + self.random.below((most - least + 1) as u64) as i32
    }

    fn put_row(&mut self, columns: &mut Columns) {
        if self.line == self.lines {
            (self.orders, self.line, self.lines) = (self.orders + 1, 0, 1 + self.random.below(7));
            self.day = self.days(FIRST_DAY, LAST_DAY);
        }
        self.line += 1;
        let number = self.orders - 1;
        columns.order.push((number / 8 * 32 + number % 8 + 1) as i64);
        columns.line.push(self.line as i32);

        let part = 1 + self.random.below(self.parts);
        // Each part has four suppliers, spread over all.
        let spread = self.random.below(4) * (self.suppliers / 4 + (part - 1) / self.suppliers);
        columns.part.push(part as i64);
        columns.supplier.push(((part + spread) % self.suppliers + 1) as i64);

        let quantity = 1 + self.random.below(50);
        let cents = 90_000 + part / 10 % 20_001 + 100 * (part % 1_000);
        columns.quantity.push(i128::from(quantity * 100));
        columns.price.push(i128::from(quantity * cents));
        columns.discount.push(i128::from(self.random.below(11)));
        columns.tax.push(i128::from(self.random.below(9)));

        let shipped = self.day + self.days(1, 121);
        let received = shipped + self.days(1, 30);
        columns.committed.push(self.day + self.days(30, 90));
        columns.shipped.push(shipped);
        columns.received.push(received);
        let returned = if self.random.below(2) == 0 { "R" } else { "A" };
        columns.returned.push(if received <= TODAY { returned } else { "N" });
        columns.status.push(if shipped > TODAY { "O" } else { "F" });

        columns.instruction.push(INSTRUCTIONS[self.random.below(INSTRUCTIONS.len() as u64) as usize]);
        columns.mode.push(MODES[self.random.below(MODES.len() as u64) as usize]);
        let length = (SHORTEST + self.random.below(LONGEST - SHORTEST + 1)) as usize;
        let first = self.random.below((TEXT - length) as u64) as usize;
        columns.comment.push((first, first + length));
    }
}

impl Columns {
    fn into_batch(self, text: &str) -> RecordBatch {
        let comments = self.comment.into_iter().map(|(first, end)| &text[first..end]);
        let columns: [(&str, ArrayRef); 16] = [
            ("l_orderkey", Arc::new(Int64Array::from(self.order))),
            ("l_partkey", Arc::new(Int64Array::from(self.part))),
            ("l_suppkey", Arc::new(Int64Array::from(self.supplier))),
            ("l_linenumber", Arc::new(Int32Array::from(self.line))),
            ("l_quantity", decimals(self.quantity)),
            ("l_extendedprice", decimals(self.price)),
            ("l_discount", decimals(self.discount)),
            ("l_tax", decimals(self.tax)),
            ("l_returnflag", texts(self.returned)),
            ("l_linestatus", texts(self.status)),
            ("l_shipdate", Arc::new(Date32Array::from(self.shipped))),
            ("l_commitdate", Arc::new(Date32Array::from(self.committed))),
            ("l_receiptdate", Arc::new(Date32Array::from(self.received))),
            ("l_shipinstruct", texts(self.instruction)),
            ("l_shipmode", texts(self.mode)),
            ("l_comment", Arc::new(StringArray::from_iter_values(comments))),
        ];
        RecordBatch::try_from_iter(columns).expect("columns of one length")
    }
}

fn decimals(hundredths: Vec<i128>) -> ArrayRef {
    Arc::new(Decimal128Array::from(hundredths).with_precision_and_scale(15, 2).expect("a decimal type"))
}

fn texts(values: Vec<&'static str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use arrow::array::{Array, AsArray, RecordBatch};
    use arrow::datatypes::{Date32Type, Decimal128Type, Int32Type, Int64Type};

    use super::{BATCH, FIRST_DAY, LAST_DAY, tpch_lines, tpch_rows};

    const SOME: u64 = 60_012;

    fn some() -> Vec<RecordBatch> {
        tpch_lines(SOME).collect()
    }

    #[test]
    fn a_scale_has_its_rows() {
        assert_eq!((tpch_rows(1.0), tpch_rows(0.01)), (6_001_215, SOME));
        let batches = some();
        assert_eq!(batches.iter().map(|batch| batch.num_rows() as u64).sum::<u64>(), SOME);
        assert!(batches.iter().rev().skip(1).all(|batch| batch.num_rows() == BATCH && batch.num_columns() == 16));
        assert_eq!(batches, some());
    }

    #[test]
    fn keys_are_unique_and_in_order() {
        let mut last = (0, 0);
        for batch in some() {
            let (orders, lines) =
                (batch.column(0).as_primitive::<Int64Type>(), batch.column(3).as_primitive::<Int32Type>());
            for (order, line) in orders.values().iter().zip(lines.values()) {
                assert!((*order, *line) > last && (1..=7).contains(line) && (order - 1) % 32 < 8);
                last = (*order, *line);
            }
        }
        // Four lines an order.
        assert!((58_000..62_000).contains(&last.0), "{}", last.0);
    }

    #[test]
    fn values_are_in_their_ranges() {
        let mut comments = HashSet::new();
        for batch in some() {
            let dates = |name: &str| batch.column_by_name(name).unwrap().as_primitive::<Date32Type>().values().to_vec();
            let decimals = |name: &str| {
                let column = batch.column_by_name(name).unwrap().as_primitive::<Decimal128Type>();
                assert_eq!((column.precision(), column.scale()), (15, 2));
                column.values().to_vec()
            };
            assert!(batch.columns().iter().all(|column| column.null_count() == 0));
            assert!(decimals("l_quantity").iter().all(|value| (100..=5_000).contains(value) && value % 100 == 0));
            assert!(decimals("l_extendedprice").iter().all(|value| (90_000..=10_495_000).contains(value)));
            assert!(decimals("l_discount").iter().all(|value| (0..=10).contains(value)));
            assert!(decimals("l_tax").iter().all(|value| (0..=8).contains(value)));
            let (shipped, received) = (dates("l_shipdate"), dates("l_receiptdate"));
            assert!(shipped.iter().all(|day| (FIRST_DAY + 1..=LAST_DAY + 121).contains(day)));
            assert!(shipped.iter().zip(&received).all(|(shipped, received)| (1..=30).contains(&(received - shipped))));
            for comment in batch.column_by_name("l_comment").unwrap().as_string::<i32>().iter().flatten() {
                assert!((10..=43).contains(&comment.len()));
                comments.insert(comment.to_owned());
            }
        }
        assert!(comments.len() as u64 > SOME * 99 / 100, "{} comments", comments.len());
    }
}
