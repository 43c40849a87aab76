//! Bins of an answer that comes in several batches: each must be described, also one that only the last batch has.

use drillcore::{PushMode, Rows};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

#[test]
fn every_bin_of_a_long_answer_is_described() {
    let db = Db::in_memory().expect("an engine");
    let rows: Vec<Vec<Value>> = (0..40_000).map(|number| vec![json!(number)]).collect();
    block_on(db.engine().push("numbers", PushMode::Create, Rows::new(["x"], rows))).expect("a push");
    let query = json!({
        "dataset_id": "numbers",
        "dimensions": [{"column_id": "x", "as": "bin", "discretization": {"type": "linear", "size": 10_000}}],
        "measures": [{"column_id": "x"}],
        "options": {"rollup_data": false}
    });
    let answer = db.ask(&query.to_string()).expect("an answer");
    assert!(answer.batches().len() > 1, "the test needs several batches");
    let orders: Vec<i64> = answer.columns()[0].bins.iter().map(|bin| bin.order).collect();
    assert_eq!(orders, [0, 1, 2, 3]);
}
