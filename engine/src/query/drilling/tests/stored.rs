//! The document of a query with the way to it, and what breadcrumbs show.

use drillcore_hierarchies::MemberPath;
use serde_json::json;

use super::{member, start, value};
use crate::model::Level;
use crate::query::drilling::{Clicked, Drilled};
use crate::query::{Literal, Member, column, hierarchy, level};

#[test]
fn the_way_is_kept_with_its_queries() {
    let regions = start(hierarchy("geo"));
    let nations = regions.down("geo", &member(["EUROPE"])).unwrap().labelled("Europe");
    let measures = json!([{"column_id": "*", "aggregation": "count", "as": "n"}]);
    let dimension = json!({"hierarchy_id": "geo", "level": 2, "under": ["EUROPE"]});
    let expected = json!({
        "query": {"dataset_id": "flights", "dimensions": [dimension], "measures": measures},
        "trail": [{
            "place": 0,
            "dimension": "geo",
            "step": "down",
            "clicked": {"member": ["EUROPE"]},
            "label": "Europe",
            "query": {"dataset_id": "flights", "dimensions": [{"hierarchy_id": "geo"}], "measures": measures}
        }]
    });
    let stored = serde_json::to_value(&nations).unwrap();
    assert_eq!(stored, expected);
    assert_eq!(serde_json::from_value::<Drilled>(stored).unwrap(), nations);
    let stored = serde_json::to_string(&regions).unwrap();
    assert!(!stored.contains("trail"), "{stored}");
    assert_eq!(serde_json::from_str::<Drilled>(&stored).unwrap(), regions);
    assert_eq!(nations.labelled("E").up(), Some(regions.labelled("no step")));
}

#[track_caller]
fn check_clicked(clicked: &Clicked, json: &serde_json::Value, label: &str) {
    assert_eq!(&serde_json::to_value(clicked).unwrap(), json);
    assert_eq!(&serde_json::from_value::<Clicked>(json.clone()).unwrap(), clicked);
    assert_eq!(clicked.label(), label);
}

#[test]
fn what_was_clicked_is_read_back_and_shown() {
    check_clicked(&Clicked::Null, &json!("null"), "∅");
    check_clicked(&value("JFK"), &json!({"value": "JFK"}), "JFK");
    check_clicked(&value(1.5), &json!({"value": 1.5}), "1.5");
    check_clicked(&value(true), &json!({"value": true}), "true");
    let long = Literal::decimal("12345678901234567890.5").unwrap();
    check_clicked(&value(long), &json!({"value": {"decimal": "12345678901234567890.5"}}), "12345678901234567890.5");
    check_clicked(&member("FR"), &json!({"member": "FR"}), "FR");
    check_clicked(&member(["EU", "FR"]), &json!({"member": ["EU", "FR"]}), "FR");
    check_clicked(&member([Some("EU"), None]), &json!({"member": ["EU", null]}), "∅");
    check_clicked(&member(MemberPath::root()), &json!({"member": []}), "All");
    check_clicked(&member(Member::own(["EU"])), &json!({"member": {"path": ["EU"], "own": true}}), "EU (own)");
    check_clicked(&member(Member::unassigned()), &json!({"member": {"unassigned": true}}), "(unassigned)");
    for plain in [json!({"path": ["EU"], "own": false}), json!({"path": ["EU"]})] {
        let read = serde_json::from_value::<Clicked>(json!({"member": plain})).unwrap();
        assert_eq!(read, member(["EU"]));
    }
    for wrong in [json!({"member": 7}), json!({"member": {"unassigned": false}}), json!({"member": {"own": true}})] {
        assert!(serde_json::from_value::<Clicked>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn a_breadcrumb_says_where_and_what() {
    let months = start(level("time_hour", Level::Month).named("when"));
    let days = months.down("when", &value("2013-02-01")).unwrap();
    let origins = days.to("when", &value("2013-02-03"), column("origin").into()).unwrap();
    let way: Vec<_> = origins
        .breadcrumb()
        .iter()
        .map(|crumb| (crumb.place(), crumb.dimension(), crumb.label(), crumb.query()))
        .collect();
    assert_eq!(way, [(0, "when", "2013-02-01", months.query()), (0, "when", "2013-02-03", days.query())]);
    assert_eq!(origins.breadcrumb()[1].clicked(), &value("2013-02-03"));
}
