//! Laws that hold between answers, whatever the right answer is.

use std::collections::BTreeSet;

use drillcore_tests::arrow_form::batches;
use drillcore_tests::cell::Type;
use drillcore_tests::compare::units;
use drillcore_tests::document::{document, rows_of};
use drillcore_tests::engine_side::{Db, from_batches};
use drillcore_tests::generate::{base_column, equality, filter, query};
use drillcore_tests::json::Json;
use drillcore_tests::random_world::random_world;
use drillcore_tests::rng::Rng;
use drillcore_tests::spec::{Aggregation, Filter, Leaf, Literal, Measure, Operator, Right, Spec};
use drillcore_tests::world::World;

use crate::run::setting;

struct Case {
    world: World,
    db: Db,
    rng: Rng,
    /// Its options hold for every query of the case.
    template: Spec,
}

impl Case {
    /// The ids of the rows that pass, which are told apart by nothing else.
    fn ids(&self, filters: &[Filter]) -> BTreeSet<i64> {
        let text = rows_of(&self.world, filters, base_column(&self.world, "id"), &self.template).to_string();
        let answer = self.db.ask(&text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        let data = Json::parse(&answer.data_json()).expect("JSON");
        let ids: Vec<i64> = data.items().iter().map(|row| number(&row.items()[0], 0) as i64).collect();
        assert!(ids.is_sorted(), "the order is asked for");
        ids.into_iter().collect()
    }

    fn filter(&mut self) -> Filter {
        filter(&mut self.rng, &self.world, &self.template.options, 0)
    }
}

fn number(json: &Json, scale: u32) -> i128 {
    match json {
        Json::Number(written) => units(written, scale).unwrap_or_else(|| panic!("{written} with {scale} decimals")),
        Json::Null => 0,
        other => panic!("{other:?} is no number"),
    }
}

fn not(filter: &Filter) -> Filter {
    Filter::Not(Box::new(filter.clone()))
}

/// Calls `check` for random worlds, from sources and from snapshots.
fn cases(salt: u64, each: usize, check: impl Fn(&mut Case)) {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ salt;
    for number in 0..6 {
        let mut rng = Rng::new(seed.wrapping_add(number));
        let world = random_world(&format!("law world {number}"), &mut rng);
        let db = Db::in_memory().expect("an engine");
        for table in &world.tables {
            db.create(from_batches(table, batches(table, &mut rng))).expect("a dataset");
        }
        db.link_world(&world).expect("links");
        let template = query(&mut rng, &world);
        let mut case = Case { world, db, rng, template };
        for round in 0..each {
            if round == each / 2 {
                case.db.accelerate_world(&case.world).expect("a sync");
            }
            case.template = query(&mut case.rng, &case.world);
            check(&mut case);
        }
    }
}

#[test]
fn a_filter_and_its_complement_make_up_all_rows() {
    cases(1, 40, |case| {
        let tested = case.filter();
        let (all, yes, no) = (case.ids(&[]), case.ids(std::slice::from_ref(&tested)), case.ids(&[not(&tested)]));
        assert!(yes.is_disjoint(&no), "{tested:?}");
        assert_eq!(&yes | &no, all, "{tested:?}");
        assert_eq!(case.ids(&[not(&not(&tested))]), yes, "{tested:?}");
    });
}

#[test]
fn and_or_and_the_order_of_filters_are_those_of_sets() {
    cases(2, 25, |case| {
        let (f, g) = (case.filter(), case.filter());
        let pair = vec![f.clone(), g.clone()];
        let (all, of_f, of_g) = (case.ids(&[]), case.ids(&pair[..1]), case.ids(&pair[1..]));
        let (both, any) = (&of_f & &of_g, &of_f | &of_g);
        assert_eq!(case.ids(&pair), both, "{f:?} and {g:?}");
        assert_eq!(case.ids(&[g.clone(), f.clone()]), both, "{g:?} and {f:?}");
        assert_eq!(case.ids(&[Filter::And(pair.clone())]), both, "{f:?} and {g:?}");
        assert_eq!(case.ids(&[Filter::Or(pair.clone())]), any, "{f:?} or {g:?}");
        assert_eq!(case.ids(&[not(&Filter::Or(pair))]), &all - &any, "neither {f:?} nor {g:?}");
    });
}

#[test]
fn a_list_is_as_many_equalities() {
    cases(3, 40, |case| {
        let (at, bucket, items) = equality(&mut case.rng, &case.world, &case.template.options);
        let leaf =
            |operator, right| Filter::Leaf(Leaf { at, bucket, operator, right, nulls: None, case_sensitive: None });
        let each = |operator| -> Vec<Filter> {
            items.iter().map(|item: &Literal| leaf(operator, Right::Literal(item.clone()))).collect()
        };
        let listed = leaf(Operator::In, Right::List(items.clone()));
        assert_eq!(case.ids(&[listed]), case.ids(&[Filter::Or(each(Operator::Eq))]), "in {items:?}");
        let listed = leaf(Operator::NotIn, Right::List(items.clone()));
        assert_eq!(case.ids(&[listed]), case.ids(&[Filter::And(each(Operator::Ne))]), "not in {items:?}");
    });
}

#[test]
fn totals_are_the_sums_of_their_groups() {
    cases(4, 25, |case| {
        let mut spec = case.template.clone();
        spec.rows_mode = false;
        spec.order.clear();
        spec.having.clear();
        spec.limit = None;
        let own = spec.measures.iter().flat_map(|measure| measure.filter.clone()).collect::<Vec<_>>();
        let sum = |id: &str, filter: &[Filter]| Measure {
            aggregation: Aggregation::Sum,
            at: Some(base_column(&case.world, id)),
            filter: filter.to_vec(),
        };
        let count = Measure { aggregation: Aggregation::Count, at: None, filter: own.clone() };
        spec.measures = vec![count, sum("count", &own), sum("great", &[]), sum("amount", &[]), sum("price", &own)];
        let scales: Vec<u32> = (spec.measures.iter())
            .map(|measure| match measure.at.map(|at| case.world.column(at.path, at.column).ty) {
                Some(Type::Decimal(scale)) => scale,
                _ => 0,
            })
            .collect();
        let sums = |spec: &Spec| -> Vec<i128> {
            let text = document(&case.world, spec).to_string();
            let answer = case.db.ask(&text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
            let data = Json::parse(&answer.data_json()).expect("JSON");
            let mut sums = vec![0; scales.len()];
            for row in data.items() {
                let values = &row.items()[spec.dimensions.len()..];
                for (place, (value, scale)) in values.iter().zip(&scales).enumerate() {
                    sums[place] += number(value, *scale);
                }
            }
            sums
        };
        let grouped = sums(&spec);
        spec.dimensions.clear();
        assert_eq!(grouped, sums(&spec));
    });
}
