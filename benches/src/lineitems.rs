//! Rows with the shape of TPC-H's query 1: four groups, one of them small, and numbers to sum.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringViewArray};

use crate::random::Random;

/// Rows in a batch.
const BATCH: usize = 8192;

/// So many rows in batches, the same ones every time. The columns:
///
/// - `status`: one of four texts, one of them in less than one row of a hundred;
/// - `quantity`: whole numbers from 1 to 50 as floats;
/// - `price`: floats with two decimals, from 900 to 105,000;
/// - `items`: integers from 1 to 7;
/// - `wide`: floats whose exponents range from -300 to 300 (of two).
pub fn lineitems(rows: usize) -> Vec<RecordBatch> {
    let mut random = Random(19_920_902);
    let sizes = (0..rows.div_ceil(BATCH)).map(|index| BATCH.min(rows - index * BATCH));
    sizes.map(|size| batch(&mut random, size)).collect()
}

fn batch(random: &mut Random, rows: usize) -> RecordBatch {
    let status: StringViewArray = (0..rows).map(|_| Some(status(random.below(1000)))).collect();
    let quantity: Float64Array = (0..rows).map(|_| Some((1 + random.below(50)) as f64)).collect();
    let price: Float64Array = (0..rows).map(|_| Some((90_000 + random.below(10_410_001)) as f64 / 100.0)).collect();
    let items: Int64Array = (0..rows).map(|_| Some(1 + random.below(7) as i64)).collect();
    let wide: Float64Array = (0..rows).map(|_| Some(wide(random))).collect();
    let columns: [(&str, ArrayRef); 5] = [
        ("status", Arc::new(status)),
        ("quantity", Arc::new(quantity)),
        ("price", Arc::new(price)),
        ("items", Arc::new(items)),
        ("wide", Arc::new(wide)),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of one length")
}

/// One of four, by a number below a thousand.
pub(crate) fn status(of_a_thousand: u64) -> &'static str {
    match of_a_thousand {
        0..6 => "N/F",
        6..252 => "A/F",
        252..498 => "R/F",
        _ => "N/O",
    }
}

fn wide(random: &mut Random) -> f64 {
    let exponent = random.below(601) as i32 - 300;
    (1.0 + random.below(1 << 52) as f64 / (1_u64 << 52) as f64) * 2_f64.powi(exponent)
}
