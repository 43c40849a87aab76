//! Rows that name their parents.

use drillcore::{ErrorKind, Hierarchy, Orphans};
use drillcore_tests::engine_side::Db;
use drillcore_tests::hierarchies::asking::{by, check, ids, numbers, refusal, rows, save, table, test, texts, with};
use drillcore_tests::hierarchies::cells::{member, named, own};
use serde_json::{Value, json};

/// A person: the number, that of the boss, the name and the pay.
type Person = (Option<i64>, Option<i64>, Option<&'static str>, i64);

/// Ann is above Bo and Cy, Bo above Di, Cy above number 10, who has no name; the boss of Ed is gone.
const STAFF: [Person; 7] = [
    (Some(1), None, Some("Ann"), 100),
    (Some(2), Some(1), Some("Bo"), 50),
    (Some(3), Some(1), Some("Cy"), 60),
    (Some(4), Some(2), Some("Di"), 30),
    (Some(5), Some(9), Some("Ed"), 20),
    (None, Some(1), Some("Gus"), 5),
    (Some(10), Some(3), None, 1),
];

fn staff(people: &[Person]) -> Db {
    let db = Db::in_memory().expect("an engine");
    let columns = vec![
        ("id", numbers(people.iter().map(|person| person.0))),
        ("boss", numbers(people.iter().map(|person| person.1))),
        ("name", texts(people.iter().map(|person| person.2))),
        ("amount", numbers(people.iter().map(|person| Some(person.3)))),
    ];
    table(&db, "staff", columns);
    save(&db, org());
    db
}

fn org() -> Hierarchy {
    Hierarchy::parent_child("org", "staff", "id", "boss").name_column("name").levels_named(["board", "director"])
}

fn shown(more: Value) -> Value {
    by("staff", json!([with(json!({"hierarchy_id": "org"}), more)]))
}

#[test]
fn people_stand_below_their_bosses() {
    let db = staff(&STAFF);
    let ed = json!([named(json!(["5"]), "Ed"), 1, 20]);
    let gus = json!([null, 1, 5]);
    let board = json!([[named(json!(["1"]), "Ann"), 5, 241], ed, gus]);
    check(&db, &shown(json!({})), board.clone());
    check(&db, &shown(json!({"level": "board"})), board.clone());
    let ann = json!([with(own(json!(["1"])), json!({"name": "Ann"})), 1, 100]);
    let directors =
        json!([ann, [named(json!(["1", "2"]), "Bo"), 2, 80], [named(json!(["1", "3"]), "Cy"), 2, 61], ed, gus]);
    check(&db, &shown(json!({"level": "director"})), directors.clone());
    let all = json!([
        ann,
        [with(own(json!(["1", "2"])), json!({"name": "Bo"})), 1, 50],
        [named(json!(["1", "2", "4"]), "Di"), 1, 30],
        [with(own(json!(["1", "3"])), json!({"name": "Cy"})), 1, 60],
        [member(json!(["1", "3", "10"])), 1, 1],
        ed,
        gus,
    ]);
    for level in [3, 4, 1000] {
        check(&db, &shown(json!({"level": level})), all.clone());
    }
    check(&db, &shown(json!({"under": 2})), json!([all[1], all[2]]));
    check(&db, &shown(json!({"under": ["1", "3"]})), json!([all[3], all[4]]));
    db.accelerate("staff", &[]).expect("a sync");
    check(&db, &shown(json!({})), board);
    check(&db, &shown(json!({"level": 3})), all);
}

#[test]
fn a_person_takes_all_below() {
    let db = staff(&STAFF);
    let of = |expression: &str, members: Value| {
        let query = with(by("staff", json!([])), json!({"where": [test("org", expression, members)]}));
        rows(&db, &query)[0].clone()
    };
    assert_eq!(of("? = ?", json!(1)), [json!(5), json!(241)]);
    assert_eq!(of("? = ?", json!("2")), [json!(2), json!(80)]);
    assert_eq!(of("? = ?", json!({"path": [1], "own": true})), [json!(1), json!(100)]);
    assert_eq!(of("? in ?", json!([[1, 2], 5])), [json!(3), json!(100)]);
    assert_eq!(of("? not in ?", json!([[1, 2], 5])), [json!(4), json!(166)]);
    assert_eq!(of("? = ?", json!(null)), [json!(1), json!(5)]);
    // A path has to be the way to the member.
    assert_eq!(of("? = ?", json!([2])), [json!(0), json!(null)]);
    assert_eq!(ids(&db, "staff", json!([test("org", "? = ?", json!(3))])), [3, 10]);
}

#[test]
fn a_boss_who_is_not_there_may_be_refused() {
    let db = staff(&STAFF);
    save(&db, org().orphans(Orphans::Error));
    check_refused(&db, "1 key whose parent does not exist");
    save(&db, org());
    assert!(db.ask(&shown(json!({})).to_string()).is_ok());
}

#[track_caller]
fn check_refused(db: &Db, what: &str) {
    let refused = refusal(db, &shown(json!({})));
    assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{refused}");
    assert_eq!(refused.message(), format!("hierarchy `org` cannot be used: {what}"));
    // No key of the data is told.
    let told = format!("{refused} {refused:?} {}", refused.to_json());
    assert!(!told.contains("4711"), "{told}");
    // A filter needs the tree as well.
    let filtered = with(by("staff", json!([])), json!({"where": [test("org", "? = ?", json!(1))]}));
    assert_eq!(refusal(db, &filtered).message(), refused.message());
}

#[test]
fn rings_and_keys_that_are_there_twice_are_refused_by_number() {
    let person = |id: i64, boss: i64| (Some(id), Some(boss), None, 1);
    check_refused(&staff(&[person(4711, 4712), person(4712, 4711), person(1, 1)]), "1 cycle");
    let two = [person(4711, 4712), person(4712, 4713), person(4713, 4711), person(4714, 4715), person(4715, 4714)];
    check_refused(&staff(&two), "2 cycles");
    check_refused(&staff(&[person(4711, 4711), person(4711, 4711), person(2, 2)]), "1 key given twice");
    check_refused(&staff(&[person(1, 1), person(4711, 4711), person(4711, 1)]), "1 key with several parents");
    // Who is his own boss has none.
    let db = staff(&[person(1, 1), person(2, 1)]);
    check(&db, &shown(json!({})), json!([[member(json!(["1"])), 2, 2]]));
}

#[test]
fn keys_may_be_texts_and_trees_may_be_deep() {
    let db = Db::in_memory().expect("an engine");
    let keys: Vec<String> = (0..2_000).map(|number| format!("k{number:04}")).collect();
    let columns = vec![
        ("id", numbers((0..2_000).map(Some))),
        ("code", texts(keys.iter().map(|key| Some(key.as_str())))),
        ("above", texts([None].into_iter().chain(keys.iter().map(|key| Some(key.as_str()))).take(2_000))),
        ("amount", numbers((0..2_000).map(|_| Some(1)))),
    ];
    table(&db, "t", columns);
    save(&db, Hierarchy::parent_child("chain", "t", "code", "above"));
    check(&db, &by("t", json!([{"hierarchy_id": "chain"}])), json!([[member(json!(["k0000"])), 2_000, 2_000]]));
    let deep = by("t", json!([{"hierarchy_id": "chain", "under": "k1997"}]));
    let path: Vec<&str> = keys.iter().map(String::as_str).collect();
    let expected = json!([[own(json!(path[..1_998])), 1, 1], [member(json!(path[..1_999])), 2, 2]]);
    check(&db, &deep, expected);
    let below = ids(&db, "t", json!([test("chain", "? = ?", json!("k1990"))]));
    assert_eq!(below, (1_990..2_000).collect::<Vec<i64>>());
}
