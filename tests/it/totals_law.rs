//! Totals are native: each equals a query of its own, grouped by the total's keys over the rows of the groups that having,
//! top and post leave, whatever limit cuts off; for every exact aggregation.

use drillcore_tests::arrow_form::batches;
use drillcore_tests::document::document;
use drillcore_tests::engine_side::{Db, from_batches};
use drillcore_tests::generate::totals_case;
use drillcore_tests::json::Json;
use drillcore_tests::random_world::random_world;
use drillcore_tests::rng::Rng;
use drillcore_tests::spec::{Filter, Leaf, Literal, Operator, Right, Spec};
use drillcore_tests::world::World;

use crate::run::setting;

const WORLDS: u64 = 10;
const PER_WORLD: usize = 25;

fn ask(world: &World, db: &Db, spec: &Spec) -> Json {
    let text = document(world, spec).to_string();
    let answer = db.ask(&text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    Json::parse(&answer.to_json()).expect("JSON")
}

fn items(json: &Json, name: &str) -> Vec<Json> {
    json.get(name).map_or_else(Vec::new, |list| list.items().to_vec())
}

/// The filter that keeps the rows of one group: an equality for each dimension.
fn of_group(spec: &Spec, row: &Json) -> Filter {
    let tests = spec.dimensions.iter().zip(row.items()).map(|(dimension, member)| {
        let literal = match member {
            Json::Null => Literal::Null,
            Json::Boolean(value) => Literal::Boolean(*value),
            Json::Number(written) => Literal::Integer(written.parse().expect("an integer")),
            Json::Text(text) => Literal::Text(text.clone()),
            other => panic!("{other:?} is no member"),
        };
        Filter::Leaf(Leaf {
            at: dimension.at,
            bucket: None,
            operator: Operator::Eq,
            right: Right::Literal(literal),
            nulls: None,
            case_sensitive: matches!(member, Json::Text(_)).then_some(true),
        })
    });
    Filter::And(tests.collect())
}

#[test]
fn totals_are_queries_of_their_own() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ 0x707a;
    let mut cut = 0;
    for number in 0..WORLDS {
        let rng = &mut Rng::new(seed.wrapping_add(number));
        let world = random_world(&format!("world of totals {number}"), rng);
        let db = Db::in_memory().expect("an engine");
        for table in &world.tables {
            db.create(from_batches(table, batches(table, rng))).expect("a dataset");
        }
        db.link_world(&world).expect("links");
        for _ in 0..PER_WORLD {
            let spec = totals_case(rng, &world);
            let found = ask(&world, &db, &spec);
            let visible = items(&ask(&world, &db, &Spec { limit: None, totals: None, ..spec.clone() }), "data");
            cut += usize::from(items(&found, "data").len() < visible.len());
            let kept = Filter::Or(visible.iter().map(|row| of_group(&spec, row)).collect());
            let asked = spec.totals.as_ref().expect("totals");
            let levels = asked.grand.then(Vec::new).into_iter().chain(asked.levels.clone());
            for (level, totals) in levels.zip(items(&found, "totals")) {
                let mut own = Spec {
                    derived: spec.derived.clone(),
                    dimensions: level.iter().map(|index: &usize| spec.dimensions[*index].clone()).collect(),
                    measures: spec.measures.clone(),
                    filter: spec.filter.clone(),
                    options: spec.options.clone(),
                    base_at_query: true,
                    ..Spec::default()
                };
                own.filter.push(kept.clone());
                let expected = items(&ask(&world, &db, &own), "data");
                let rows = items(&totals, "data");
                let shown = || format!("totals of {level:?} of {}", document(&world, &spec));
                assert_eq!(rows.len(), expected.len(), "{}", shown());
                for (row, expected) in rows.iter().zip(&expected) {
                    let keys = level.iter().map(|index| row.items()[*index].clone());
                    let cells = row.items()[spec.dimensions.len()..].iter().take(spec.measures.len()).cloned();
                    let row: Vec<Json> = keys.chain(cells).collect();
                    assert_eq!(row, expected.items(), "{}", shown());
                }
            }
        }
    }
    assert!(cut > 20, "the limit cut off rows in {cut} answers only");
}
