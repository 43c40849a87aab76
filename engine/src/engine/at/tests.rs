//! Going back: by number and by time, with the filters and links of today, alone and beside other queries.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use chrono::{DateTime, TimeDelta, Utc};
use futures::executor::block_on;
use serde_json::Value;

use crate::catalog::{Acceleration, Dataset, DatasetFilter, ParameterType};
use crate::clock::Clock;
use crate::engine::{DrillCell, Engine, PushMode};
use crate::error::ErrorKind;
use crate::model::Link;
use crate::query::{Limit, Operator, Query, QueryBatch, column, name, sum};
use crate::result::QueryResult;
use crate::scope::Scope;
use crate::source::Rows;

/// A clock that somebody sets, in minutes of a day.
#[derive(Debug, Default)]
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        minute(self.0.load(Ordering::SeqCst))
    }
}

fn minute(minutes: i64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
}

/// An engine whose versions are committed when a test says.
struct Place {
    engine: Engine,
    clock: Arc<SetClock>,
}

impl Place {
    fn new() -> Self {
        let clock = Arc::new(SetClock::default());
        let engine = Engine::builder().threads(2).clock(Arc::clone(&clock) as Arc<dyn Clock>).in_memory().unwrap();
        Self { engine, clock }
    }

    fn push(&self, minutes: i64, dataset: &str, mode: PushMode, header: [&str; 3], rows: Vec<[Value; 3]>) {
        self.clock.0.store(minutes, Ordering::SeqCst);
        let rows = Rows::new(header, rows.into_iter().map(Vec::from).collect());
        block_on(self.engine.push(dataset, mode, rows)).unwrap();
    }

    /// Notes in three versions, of the minutes 10, 20 and 30.
    fn with_notes() -> Self {
        let place = Self::new();
        let notes = |minutes: i64, mode: PushMode, text: &str, tenant: &str, size: i64| {
            let row = [text.into(), tenant.into(), size.into()];
            place.push(minutes, "notes", mode, ["text", "tenant", "size"], vec![row]);
        };
        notes(10, PushMode::Create, "a", "acme", 1);
        notes(20, PushMode::Append, "b", "zenith", 2);
        notes(30, PushMode::Replace, "c", "acme", 4);
        place
    }

    fn ask(&self, query: &Query) -> QueryResult {
        block_on(self.engine.query(query, &Scope::unrestricted())).unwrap_or_else(|error| panic!("{error}"))
    }

    #[track_caller]
    fn check(&self, query: &Query, rows: &str, version: u64) {
        let answer = self.ask(query);
        assert_eq!((answer.data_json().as_str(), versions(&answer).as_slice()), (rows, [version].as_slice()));
    }

    #[track_caller]
    fn check_refused(&self, query: &Query, kind: ErrorKind, message: &str) {
        let error = block_on(self.engine.query(query, &Scope::unrestricted())).unwrap_err();
        assert_eq!((error.kind(), error.message(), error.path()), (kind, message, Some("/at")));
    }

    fn reason(&self, query: &Query) -> String {
        block_on(self.engine.explain(query, &Scope::unrestricted())).unwrap().datasets[0].reason.clone()
    }
}

fn versions(answer: &QueryResult) -> Vec<u64> {
    answer.provenance().snapshots.iter().map(|snapshot| snapshot.version).collect()
}

fn by_text() -> Query {
    Query::on("notes").dimension(column("text")).measure(sum("size").named("total"))
}

#[test]
fn versions_are_found_by_number_and_by_time() {
    let place = Place::with_notes();
    let [first, second, third] = [r#"[["a",1]]"#, r#"[["a",1],["b",2]]"#, r#"[["c",4]]"#];
    place.check(&by_text(), third, 3);
    for (version, rows) in [(1, first), (2, second), (3, third)] {
        place.check(&by_text().at_version(version), rows, version);
    }
    for (minutes, rows, version) in [(10, first, 1), (19, first, 1), (20, second, 2), (29, second, 2), (99, third, 3)] {
        place.check(&by_text().at_time(minute(minutes)), rows, version);
    }
    place.check(&by_text().at_version(1), first, 1);
    // The base need not be named.
    let anywhere = Query::default().dimension(column("notes.text")).measure(sum("notes.size")).at_version(1);
    place.check(&anywhere, first, 1);
}

#[test]
fn explain_tells_which_version_and_why() {
    let place = Place::with_notes();
    assert_eq!(place.reason(&by_text()), "version 3, because its rows were pushed into the store");
    assert_eq!(place.reason(&by_text().at_version(1)), "version 1, because the query asks for it");
    assert_eq!(place.reason(&by_text().at_version(3)), "version 3, because the query asks for it");
    assert_eq!(
        place.reason(&by_text().at_time(minute(25))),
        "version 2, the newest one at 2026-01-01T00:25:00Z, because the query asks for that"
    );
}

#[test]
fn versions_that_are_not_there_are_refused() {
    let place = Place::with_notes();
    let unknown = "dataset `notes` has no version 9; the newest one is version 3";
    place.check_refused(&by_text().at_version(9), ErrorKind::NotFound, unknown);
    let early = "dataset `notes` had no version yet at 2026-01-01T00:09:00Z";
    place.check_refused(&by_text().at_time(minute(9)), ErrorKind::NotFound, early);
    // Ten versions are kept, whatever their age.
    for minutes in 40..50 {
        let row = ["d".into(), "acme".into(), 1.into()];
        place.push(minutes, "notes", PushMode::Append, ["text", "tenant", "size"], vec![row]);
    }
    place.clock.0.store(60 * 24 * 60, Ordering::SeqCst);
    assert_eq!(block_on(place.engine.vacuum(false)).unwrap().versions_removed, 3);
    let expired = "dataset `notes` no longer has version 1; the oldest one is version 4";
    place.check_refused(&by_text().at_version(1), ErrorKind::NotFound, expired);
    let error = block_on(place.engine.query(&by_text().at_time(minute(25)), &Scope::unrestricted())).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::NotFound, Some("/at")));
    assert!(error.message().starts_with("dataset `notes` no longer has the version of 2026-01-01T00:25:00Z"));
    assert_eq!(versions(&place.ask(&by_text().at_version(4))), [4]);
}

#[test]
fn a_dataset_that_is_read_from_its_source_has_no_versions() {
    let place = Place::new();
    let values: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let batch = RecordBatch::try_from_iter([("size", values)]).unwrap();
    block_on(place.engine.create(Dataset::batches("live", vec![batch]))).unwrap();
    let query = Query::on("live").measure(sum("size")).at_version(1);
    let never = "dataset `live` has no versions, because it is not accelerated";
    place.check_refused(&query, ErrorKind::InvalidQuery, never);
    block_on(place.engine.accelerate("live", Acceleration::full())).unwrap();
    let not_yet = "dataset `live` has no versions yet, because it is not synced";
    place.check_refused(&query, ErrorKind::InvalidQuery, not_yet);
    block_on(place.engine.sync("live")).unwrap();
    place.check(&query, "[[3]]", 1);
}

#[test]
fn scopes_and_links_are_those_of_today() {
    let place = Place::with_notes();
    let by_tenant = DatasetFilter::parameter("tenant", Operator::Equal, "tenant_id", ParameterType::Hierarchy);
    block_on(place.engine.set_filters("notes", vec![by_tenant])).unwrap();
    let ask = |query: &Query, scope: &Scope| block_on(place.engine.query(query, scope));
    let before = by_text().at_version(2);
    let zenith = ask(&before, &Scope::new().parameter("tenant_id", "zenith")).unwrap();
    assert_eq!(zenith.data_json(), r#"[["b",2]]"#);
    assert_eq!(ask(&before, &Scope::new()).unwrap_err().kind(), ErrorKind::AccessDenied);

    let tenants = |mode: PushMode, name: &str| {
        let row = ["acme".into(), name.into(), 0.into()];
        place.push(70, "tenants", mode, ["id", "name", "n"], vec![row]);
    };
    tenants(PushMode::Create, "Acme");
    block_on(place.engine.link(Link::new("owner").from("notes", ["tenant"]).to("tenants", ["id"]))).unwrap();
    tenants(PushMode::Replace, "ACME");
    let named = Query::on("notes").dimension(column("owner.name")).measure(sum("size")).at_version(1);
    let answer = place.ask(&named);
    assert_eq!(answer.data_json(), r#"[["ACME",1]]"#);
    assert_eq!(versions(&answer), [1, 2], "only the base is read as it was");
}

#[test]
fn queries_of_a_batch_go_back_each_for_itself() {
    let place = Place::with_notes();
    let at = [None, Some(1), None, Some(2), Some(1), Some(3)];
    let query = |at: Option<u64>| at.map_or_else(by_text, |version| by_text().at_version(version));
    for order in [at.to_vec(), at.iter().rev().copied().collect()] {
        let batch = QueryBatch::new(order.iter().map(|at| query(*at)));
        let answers = block_on(place.engine.query_batch(&batch, &Scope::unrestricted()));
        for (at, answer) in order.iter().zip(answers) {
            let answer = answer.unwrap();
            assert_eq!(versions(&answer), [at.unwrap_or(3)]);
            assert_eq!(answer.data_json(), place.ask(&query(*at)).data_json());
        }
    }
}

#[test]
fn the_rows_behind_a_cell_are_those_of_its_version() {
    let place = Place::with_notes();
    let query = by_text().at_version(2);
    let behind = |query: &Query| {
        let cell = DrillCell::new().member("text", "b");
        block_on(place.engine.drill_through(query, &cell, None, Limit::default(), &Scope::unrestricted())).unwrap()
    };
    assert_eq!(behind(&query).data_json(), r#"[["b","zenith",2]]"#);
    assert_eq!(behind(&by_text()).num_rows(), 0);
    // Here the groups are looked at before the rows are.
    let best = query.having(name("total").greater_than(0));
    assert_eq!(versions(&behind(&best)), [2]);
    assert_eq!(behind(&best).num_rows(), 1);
}
