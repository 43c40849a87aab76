//! Relations between answers that hold whatever the data is. TLP: a query is the sum of its parts where a condition is
//! true, false and unknown. NoREC: a filter counts as many rows as a plain column that says where it holds.

use std::collections::BTreeMap;

use drillcore_tests::arrow_form::batches;
use drillcore_tests::compare::units;
use drillcore_tests::document::document;
use drillcore_tests::engine_side::{Db, from_batches};
use drillcore_tests::generate::{base_column, condition_column, count, filter, plain_dimension, query};
use drillcore_tests::json::Json;
use drillcore_tests::random_world::random_world;
use drillcore_tests::rng::Rng;
use drillcore_tests::spec::{
    Aggregation, At, Call, Expr, Filter, Function, Leaf, Literal, Measure, Operator, Right, Spec,
};
use drillcore_tests::world::World;

use crate::run::setting;

/// Cases per world.
const PER_WORLD: usize = 50;

/// A world in an engine, read from its source.
fn worlds(salt: u64, cases: usize, check: impl Fn(&World, &Db, &mut Rng)) {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ salt;
    for number in 0..cases.div_ceil(PER_WORLD) {
        let rng = &mut Rng::new(seed.wrapping_add(number as u64));
        let world = random_world(&format!("metamorphic world {number}"), rng);
        let db = Db::in_memory().expect("an engine");
        for table in &world.tables {
            db.create(from_batches(table, batches(table, rng))).expect("a dataset");
        }
        db.link_world(&world).expect("links");
        for case in 0..PER_WORLD {
            if case == PER_WORLD / 2 {
                db.accelerate_world(&world).expect("a sync");
            }
            check(&world, &db, rng);
        }
    }
}

fn rows(world: &World, db: &Db, spec: &Spec) -> Vec<Json> {
    let text = document(world, spec).to_string();
    let answer = db.ask(&text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    Json::parse(&answer.data_json()).expect("JSON").items().to_vec()
}

/// Whole numbers as they are, NULL as none.
fn number(json: &Json) -> Option<i128> {
    match json {
        Json::Number(written) => Some(units(written, 0).unwrap_or_else(|| panic!("{written} is no integer"))),
        Json::Null => None,
        other => panic!("{other:?} is no number"),
    }
}

/// How the values of parts become that of the whole.
#[derive(Debug, Clone, Copy)]
enum Merge {
    Add,
    Least,
    Greatest,
}

fn merge(how: Merge, one: Option<i128>, other: Option<i128>) -> Option<i128> {
    match (how, one, other) {
        (_, None, value) | (_, value, None) => value,
        (Merge::Add, Some(one), Some(other)) => Some(one + other),
        (Merge::Least, Some(one), Some(other)) => Some(one.min(other)),
        (Merge::Greatest, Some(one), Some(other)) => Some(one.max(other)),
    }
}

const MERGES: [Merge; 6] = [Merge::Add, Merge::Add, Merge::Add, Merge::Add, Merge::Least, Merge::Greatest];

/// Measures that can be merged, in the order of [`MERGES`].
fn measures(world: &World) -> Vec<Measure> {
    let over = |aggregation: Aggregation, id: &str| Measure {
        aggregation,
        at: Some(base_column(world, id)),
        filter: Vec::new(),
    };
    vec![
        count(),
        over(Aggregation::CountValues, "name"),
        over(Aggregation::Sum, "count"),
        over(Aggregation::Sum, "great"),
        over(Aggregation::Min, "small"),
        over(Aggregation::Max, "great"),
    ]
}

/// The groups of some rows, each with its merged values.
fn merged(rows: &[Json], dimensions: usize) -> BTreeMap<String, Vec<Option<i128>>> {
    let mut groups: BTreeMap<String, Vec<Option<i128>>> = BTreeMap::new();
    for row in rows {
        let (keys, values) = row.items().split_at(dimensions);
        let values: Vec<Option<i128>> = values.iter().map(number).collect();
        let group = groups.entry(format!("{keys:?}")).or_insert_with(|| vec![None; values.len()]);
        for ((merged, value), how) in group.iter_mut().zip(values).zip(MERGES) {
            *merged = merge(how, *merged, value);
        }
    }
    groups
}

fn test(at: At, operator: Operator, right: Right) -> Filter {
    Filter::Leaf(Leaf { at, bucket: None, operator, right, nulls: None, case_sensitive: None })
}

/// The three parts of a condition that is a derived column.
fn parts(at: At) -> [Filter; 3] {
    let is = |value| test(at, Operator::Eq, Right::Literal(Literal::Boolean(value)));
    [is(true), is(false), test(at, Operator::IsNull, Right::Nothing)]
}

/// A query with some dimensions and filters, a derived condition, and nothing behind the groups.
fn template(rng: &mut Rng, world: &World) -> (Spec, At) {
    let drawn = query(rng, world);
    let mut spec = Spec { options: drawn.options, base_at_query: drawn.base_at_query, ..Spec::default() };
    spec.derived = vec![condition_column(rng, world)];
    for id in ["group", "flag", "small"] {
        if rng.chance(35) {
            spec.dimensions.push(plain_dimension(base_column(world, id)));
        }
    }
    let options = spec.options.clone();
    spec.filter = (0..rng.below(3)).map(|_| filter(rng, world, &options, 1)).collect();
    (spec, At { path: 0, column: world.tables[0].columns.len() })
}

#[test]
fn a_query_is_the_sum_of_its_three_parts() {
    let cases = setting("DRILLCORE_METAMORPHIC", 2_000) as usize;
    worlds(0x7109, cases, |world, db, rng| {
        let (mut spec, condition) = template(rng, world);
        let dimensions = spec.dimensions.len();
        spec.measures = measures(world);
        if rng.chance(25) {
            // As filters of the rows.
            let whole = merged(&rows(world, db, &spec), dimensions);
            let mut all = Vec::new();
            for part in parts(condition) {
                let mut spec = spec.clone();
                spec.filter.push(part);
                let found = rows(world, db, &spec);
                // Without dimensions there is a row of nothing for every part.
                all.extend(found);
            }
            assert_eq!(merged(&all, dimensions), whole, "{}", document(world, &spec));
            return;
        }
        // As filters of the measures, all in one query.
        let plain = spec.measures.clone();
        for part in parts(condition) {
            let filtered = plain.iter().cloned().map(|measure| Measure { filter: vec![part.clone()], ..measure });
            spec.measures.extend(filtered);
        }
        for row in rows(world, db, &spec) {
            let values: Vec<Option<i128>> = row.items()[dimensions..].iter().map(number).collect();
            let (whole, parts) = values.split_at(plain.len());
            for (place, how) in MERGES.into_iter().enumerate() {
                let each = parts.chunks(plain.len()).map(|part| part[place]);
                let together = each.fold(None, |before, value| merge(how, before, value));
                assert_eq!(together, whole[place], "measure {place} of {row:?}\n{}", document(world, &spec));
            }
        }
    });
}

#[test]
fn a_filter_counts_what_a_column_says() {
    let cases = setting("DRILLCORE_METAMORPHIC", 2_000) as usize;
    worlds(0x40ec, cases.div_ceil(4), |world, db, rng| {
        // Four conditions in one query that looks at every row.
        let (mut plain, first) = template(rng, world);
        plain.dimensions.clear();
        plain.filter.clear();
        plain.derived = (0..4)
            .map(|place| {
                let mut derived = condition_column(rng, world);
                derived.column.id = format!("x{place}");
                derived
            })
            .collect();
        let at = |place: usize| At { column: first.column + place, ..first };
        let ones = |place: usize| {
            let one = Expr::If(
                Box::new(Expr::Column(at(place))),
                Box::new(Expr::Integer(1)),
                Some(Box::new(Expr::Integer(0))),
            );
            let call = Call { function: Function::Sum, of: Some(one), second: None, filter: None };
            Measure { aggregation: Aggregation::Formula(Expr::Aggregate(Box::new(call))), at: None, filter: Vec::new() }
        };
        plain.measures = (0..4).map(ones).collect();
        let said = rows(world, db, &plain);
        for place in 0..4 {
            let mut filtered = plain.clone();
            filtered.measures = vec![count()];
            filtered.filter = vec![test(at(place), Operator::Eq, Right::Literal(Literal::Boolean(true)))];
            let counted = number(&rows(world, db, &filtered)[0].items()[0]);
            let summed = number(&said[0].items()[place]).unwrap_or(0);
            assert_eq!(counted, Some(summed), "{}", document(world, &filtered));
        }
    });
}
