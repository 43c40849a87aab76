//! Option lists of pickers.

use drillcore::{
    Cell, DatasetFilter, DistinctValues, ErrorKind, Level, Link, Literal, Operator, OptionList, OptionOrder,
    ParameterType, PushMode, Rows, Scope, column, level,
};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    push(
        &db,
        "sales",
        &["city", "amount", "day", "active", "shop", "tenant"],
        json!([
            ["Ghent", 10, "2026-03-02", true, 1, "acme"],
            ["ghent", 2, "2026-03-30", false, 1, "acme"],
            ["Bruges", 10, "2026-04-01", true, 2, "acme"],
            ["Bruges", 105, "2026-04-02", true, 2, "zenith"],
            ["", 7, "2026-05-01", null, 9, "zenith"],
            [null, null, null, null, null, "zenith"],
            ["Aalst", 1, "2026-03-02", false, 2, "zenith"],
        ]),
    );
    push(&db, "shops", &["id", "owner"], json!([[1, "Ann"], [2, "Bob"]]));
    db.link(Link::new("shop").from("sales", ["shop"]).to("shops", ["id"])).expect("a link");
    db
}

fn push(db: &Db, dataset: &str, header: &[&str], rows: Value) {
    let rows = serde_json::from_value(rows).expect("rows");
    block_on(db.engine().push(dataset, PushMode::Create, Rows::new(header.iter().copied(), rows))).expect("a push");
}

fn list(db: &Db, request: &DistinctValues) -> OptionList {
    block_on(db.engine().distinct_values(request, &Scope::unrestricted())).unwrap_or_else(|error| panic!("{error}"))
}

fn labels(list: &OptionList) -> Vec<&str> {
    list.options.iter().map(|option| option.label.as_str()).collect()
}

fn cities() -> DistinctValues {
    DistinctValues::new("sales", column("city"))
}

#[test]
fn values_come_in_order_and_null_on_request() {
    let db = db();
    let all = list(&db, &cities());
    assert_eq!((labels(&all), all.total), (vec!["", "Aalst", "Bruges", "Ghent", "ghent"], 5));
    assert!(all.options.iter().all(|option| option.count.is_none()));
    let with_null = list(&db, &cities().with_null().with_counts());
    assert_eq!((labels(&with_null), with_null.total), (vec!["", "Aalst", "Bruges", "Ghent", "ghent", ""], 6));
    assert_eq!(with_null.options.first().map(|first| &first.value), Some(&Cell::Text(String::new())));
    assert_eq!(with_null.options.last().map(|last| (&last.value, last.count)), Some((&Cell::Null, Some(1))));
}

#[test]
fn a_page_is_part_of_the_list() {
    let db = db();
    let page = list(&db, &cities().limit(2).offset(1));
    assert_eq!((labels(&page), page.total), (vec!["Aalst", "Bruges"], 5));
    let frequent = list(&db, &cities().order_by(OptionOrder::Count).limit(2));
    assert_eq!(labels(&frequent), ["Bruges", ""]);
    assert!(frequent.options.iter().all(|option| option.count.is_none()));
}

#[test]
fn the_search_looks_at_labels() {
    let db = db();
    let found = |request: &DistinctValues| -> (Vec<String>, u64) {
        let list = list(&db, request);
        (labels(&list).into_iter().map(str::to_owned).collect(), list.total)
    };
    let check = |request: DistinctValues, expected: &[&str]| {
        let expected = expected.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        let count = u64::try_from(expected.len()).expect("a few");
        assert_eq!(found(&request), (expected, count), "{request:?}");
    };
    check(cities().search("GH"), &["Ghent", "ghent"]);
    check(cities().search("h"), &[]);
    check(cities().search("h").anywhere(), &["Ghent", "ghent"]);
    let mut exact = cities().search("g");
    exact.case_sensitive = true;
    check(exact, &["ghent"]);
    check(cities().search("").with_null(), &["", "Aalst", "Bruges", "Ghent", "ghent"]);
    check(DistinctValues::new("sales", column("amount")).search("10"), &["10", "105"]);
    check(DistinctValues::new("sales", column("amount")).search("5").anywhere(), &["105"]);
    check(DistinctValues::new("sales", column("active")).search("T"), &["true"]);
    check(
        DistinctValues::new("sales", level("day", Level::Month)).search("2026-0"),
        &["2026-03-01", "2026-04-01", "2026-05-01"],
    );
    let month = level("day", drillcore::CyclicPart::MonthName);
    check(DistinctValues::new("sales", month.clone()).search("ma"), &["March", "May"]);
    let page = list(&db, &DistinctValues::new("sales", month).search("ma").limit(1).offset(1));
    assert_eq!((labels(&page), page.total), (vec!["May"], 2));
}

#[test]
fn other_filters_cascade() {
    let db = db();
    let march = level("day", Level::Month).equals("2026-03");
    assert_eq!(labels(&list(&db, &cities().filter(march.clone()))), ["Aalst", "Ghent", "ghent"]);
    let owners = DistinctValues::new("sales", column("shop.owner")).with_null().with_counts();
    let all = list(&db, &owners);
    let counts: Vec<_> = all.options.iter().map(|option| (option.label.as_str(), option.count)).collect();
    assert_eq!(counts, [("Ann", Some(2)), ("Bob", Some(3)), ("", Some(2))]);
    assert_eq!(labels(&list(&db, &owners.filter(march))), ["Ann", "Bob"]);
}

#[test]
fn chosen_values_are_never_lost() {
    let db = db();
    let chosen = ["Bruges", "Ypres", "Aalst"];
    let page = list(&db, &cities().search("b").limit(1).with_counts().chosen(chosen));
    assert_eq!(labels(&page), ["Bruges"]);
    assert!(page.options.iter().all(|option| option.chosen));
    let told: Vec<_> = page.chosen.iter().map(|one| (one.label.as_str(), one.exists, one.count)).collect();
    assert_eq!(told, [("Bruges", true, Some(2)), ("Ypres", false, Some(0)), ("Aalst", true, Some(1))]);
    let april = level("day", Level::Month).equals("2026-04");
    let page = list(&db, &cities().filter(april).chosen(chosen));
    assert_eq!(page.chosen.iter().map(|one| one.exists).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn chosen_values_are_compared_as_values() {
    let db = db();
    let check = |request: DistinctValues, literal: Literal, expected: (&str, bool)| {
        let list = list(&db, &request.chosen([literal.clone()]));
        let one = list.chosen.first().expect("the chosen one");
        assert_eq!((one.label.as_str(), one.exists), expected, "{literal:?}");
        assert_eq!(one.value, literal);
    };
    let amounts = || DistinctValues::new("sales", column("amount"));
    check(amounts(), Literal::Number(10.0), ("10", true));
    check(amounts(), Literal::Number(10.5), ("10.5", false));
    check(amounts(), "many".into(), ("many", false));
    check(amounts(), Literal::Null, ("", true));
    check(cities(), "".into(), ("", true));
    check(cities(), Literal::Integer(3), ("3", false));
    check(DistinctValues::new("sales", column("active")), true.into(), ("true", true));
    let months = || DistinctValues::new("sales", level("day", Level::Month));
    check(months(), "2026-03".into(), ("2026-03-01", true));
    check(months(), "2026-03-17".into(), ("2026-03-01", true));
    check(months(), "2026-06".into(), ("2026-06-01", false));
    check(months(), "soon".into(), ("soon", false));
    let names = || DistinctValues::new("sales", level("day", drillcore::CyclicPart::MonthName));
    check(names(), "may".into(), ("May", true));
    check(names(), Literal::Integer(6), ("June", false));
}

#[test]
fn a_scope_holds_for_lists_and_for_chosen_values() {
    let db = db();
    let by_tenant = DatasetFilter::parameter("tenant", Operator::Equal, "tenant_id", ParameterType::Hierarchy);
    block_on(db.engine().set_filters("sales", vec![by_tenant])).expect("a filter");
    let request = cities().with_counts().chosen(["Aalst", "Bruges"]);
    let acme = Scope::new().parameter("tenant_id", "acme");
    let list = block_on(db.engine().distinct_values(&request, &acme)).expect("a list");
    assert_eq!((labels(&list), list.total), (vec!["Bruges", "Ghent", "ghent"], 3));
    let told: Vec<_> = list.chosen.iter().map(|one| (one.exists, one.count)).collect();
    assert_eq!(told, [(false, Some(0)), (true, Some(1))]);
    let refused = block_on(db.engine().distinct_values(&request, &Scope::new())).expect_err("a refusal");
    assert_eq!(refused.kind(), ErrorKind::AccessDenied);
}

#[test]
fn a_list_is_json() {
    let db = db();
    let list = list(&db, &cities().with_counts().limit(2).chosen(["Ypres"]));
    let json = serde_json::to_value(&list).expect("JSON");
    assert_eq!(
        json["options"],
        json!([
            {"value": "", "label": "", "count": 1, "chosen": false},
            {"value": "Aalst", "label": "Aalst", "count": 1, "chosen": false},
        ])
    );
    assert_eq!(json["total"], 5);
    assert_eq!(json["chosen"], json!([{"value": "Ypres", "label": "Ypres", "exists": false, "count": 0}]));
    assert_eq!(json["provenance"]["path"], "snapshot");
}
