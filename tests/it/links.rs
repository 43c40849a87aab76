//! Links look up; they never multiply or drop rows.

use drillcore_tests::arrow_form::batches;
use drillcore_tests::engine_side::{Db, from_batches};
use drillcore_tests::json::Json;
use drillcore_tests::nyc::{nyc_world, parquet_batches};
use drillcore_tests::random_world::random_world;
use drillcore_tests::rng::Rng;
use drillcore_tests::world::World;
use serde_json::{Value, json};

/// The rows of an answer.
fn rows(db: &Db, query: &Value) -> Vec<Json> {
    let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{error}\n{query}"));
    Json::parse(&answer.data_json()).expect("JSON").items().to_vec()
}

fn whole(json: &Json) -> i64 {
    match json {
        Json::Number(written) => written.parse().expect("an integer"),
        other => panic!("{other:?} is no number"),
    }
}

/// Every way to use every link of a world leaves as many rows as there are.
fn check(db: &Db, world: &World, total: i64) {
    let base = world.tables[0].name.as_str();
    let count = json!({"column_id": "*", "aggregation": "count"});
    let counted = |query: Value| -> i64 {
        let found = rows(db, &query);
        found.iter().map(|row| whole(row.items().last().expect("a count"))).sum()
    };
    assert_eq!(counted(json!({"dataset_id": base, "measures": [count]})), total);
    let mut everything = Vec::new();
    for path in world.paths.iter().skip(1) {
        let way = path.reference.as_str();
        for column in &world.tables[path.table].columns {
            let linked = json!({"dataset_id": way, "column_id": column.id});
            everything.push(linked.clone());
            for order in ["asc", "desc"] {
                // The first values are those of the whole list, whatever way the engine takes for a short one.
                let distinct = |limit: Value| {
                    rows(
                        db,
                        &json!({
                            "dataset_id": base,
                            "dimensions": [{"dataset_id": way, "column_id": column.id, "as": "value"}],
                            "order": [{"by": "value", "order": order}],
                            "limit": limit,
                        }),
                    )
                };
                let (all, few) = (distinct(json!({"by": 90_000})), distinct(json!({"by": 3})));
                assert_eq!(few, all[..all.len().min(3)], "{order} values of {way}.{}", column.id);
            }
            let grouped = json!({"dataset_id": base, "dimensions": [linked], "measures": [count]});
            assert_eq!(counted(grouped), total, "grouped by {way}.{}", column.id);
        }
        let linked = json!({"dataset_id": way, "column_id": world.tables[path.table].columns[0].id});
        let tested = |expression: &str| {
            counted(json!({
                "dataset_id": base,
                "measures": [count],
                "where": [{"expression": expression, "parameters": [linked]}],
            }))
        };
        assert_eq!(tested("? is null") + tested("? is not null"), total, "filtered by {way}");
        let measured = json!({
            "dataset_id": base,
            "measures": [{"dataset_id": way, "column_id": linked["column_id"], "aggregation": "count_values"}, count],
        });
        assert_eq!(counted(measured), total, "measured over {way}");
    }
    let listed = json!({
        "dataset_id": base,
        "dimensions": everything,
        "options": {"rollup_data": false},
    });
    assert_eq!(rows(db, &listed).len() as i64, total, "all links at once");
}

#[test]
fn flights_stay_as_many_through_every_link() {
    let world = nyc_world(&mut Rng::new(1));
    let flights = parquet_batches("flights.parquet").swap_remove(0);
    let total = flights.num_rows() as i64;
    let db = Db::in_memory().expect("an engine");
    db.create_nyc(Some(vec![flights])).expect("datasets");
    db.link_world(&world).expect("links");
    check(&db, &world, total);
    db.accelerate_world(&world).expect("a sync");
    check(&db, &world, total);
}

#[test]
fn rows_stay_as_many_when_keys_are_doubled_missing_or_null() {
    for seed in 0..6 {
        let rng = &mut Rng::new(seed);
        let world = random_world("links", rng);
        let db = Db::in_memory().expect("an engine");
        for table in &world.tables {
            db.create(from_batches(table, batches(table, rng))).expect("a dataset");
        }
        db.link_world(&world).expect("links");
        check(&db, &world, world.tables[0].rows.len() as i64);
    }
}

#[test]
fn a_sum_over_a_link_adds_the_value_once_per_row_of_the_base() {
    let world = nyc_world(&mut Rng::new(1));
    let flights = parquet_batches("flights.parquet").swap_remove(0);
    let db = Db::in_memory().expect("an engine");
    db.create_nyc(Some(vec![flights])).expect("datasets");
    db.link_world(&world).expect("links");
    // Seats times flights per plane, added up here, against the sum the engine gives.
    let per_plane = json!({
        "dataset_id": "flights",
        "dimensions": [{"column_id": "tailnum"}, {"dataset_id": "plane", "column_id": "seats"}],
        "measures": [{"column_id": "*", "aggregation": "count"}],
        "where": [{"expression": "? is not null", "parameters": [{"dataset_id": "plane", "column_id": "seats"}]}],
    });
    let expected: i64 = rows(&db, &per_plane).iter().map(|row| whole(&row.items()[1]) * whole(&row.items()[2])).sum();
    let summed = json!({
        "dataset_id": "flights",
        "measures": [{"dataset_id": "plane", "column_id": "seats", "aggregation": "sum"}],
    });
    assert!(expected > 0);
    assert_eq!(whole(&rows(&db, &summed)[0].items()[0]), expected);
}
