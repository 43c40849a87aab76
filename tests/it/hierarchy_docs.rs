//! The page on hierarchies: its definitions are kept, its edits can be done, and what it says of rows behind members
//! and of figures that add up holds for the answers that it shows.

use drillcore::{
    Cell, Dimension, DrillCell, Edit, Element, Hierarchy, HierarchyKind, Limit, Members, Query, QueryResult, Scope,
    Target, column,
};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;

use crate::pages::{Block, HIERARCHIES, check_answer, defined, demo, is_query, parts, read};

fn blocks() -> Vec<Block> {
    parts(&read(HIERARCHIES)).0
}

/// The queries of the page that answer with rows, not with a pivot, and their answers.
fn answered(db: &Db) -> Vec<(Query, QueryResult)> {
    let queries = blocks().into_iter().filter(is_query).map(|block| {
        Query::from_json(&block.text).unwrap_or_else(|error| panic!("{HIERARCHIES}:{}: {error}", block.line))
    });
    let ask = |query: Query| {
        let answer = block_on(db.engine().query(&query, &Scope::unrestricted()));
        let answer = answer.unwrap_or_else(|error| panic!("{error}\n{}", query.to_json()));
        (query, answer)
    };
    queries.filter(|query| query.pivot.is_none()).map(ask).collect()
}

/// What the dimensions of a query show of hierarchies.
fn members(query: &Query) -> impl Iterator<Item = &Members> {
    query.dimensions.iter().filter_map(|dimension| match &dimension.reference.target {
        Target::Hierarchy(members) => Some(members),
        _ => None,
    })
}

/// The place of the measure that counts rows.
fn count(answer: &QueryResult) -> Option<usize> {
    answer.columns().iter().position(|column| ["flights", "people"].contains(&column.name.as_str()))
}

#[test]
fn the_definitions_of_the_page_are_kept() {
    let db = demo();
    let definitions: Vec<Hierarchy> = blocks().iter().filter_map(defined).collect();
    for definition in &definitions {
        let kept = block_on(db.engine().hierarchy(&definition.id)).expect("a hierarchy");
        assert_eq!(kept, *definition);
    }
    let of_kind = |is_it: fn(&HierarchyKind) -> bool| definitions.iter().filter(|one| is_it(&one.kind)).count();
    assert!(of_kind(|kind| matches!(kind, HierarchyKind::Levels { .. })) >= 2, "levels");
    assert!(of_kind(|kind| matches!(kind, HierarchyKind::Tree { .. })) >= 2, "trees");
    assert!(of_kind(|kind| matches!(kind, HierarchyKind::ParentChild { .. })) >= 2, "parents and children");
    assert!(of_kind(|kind| matches!(kind, HierarchyKind::Datetime { .. })) >= 2, "datetimes");
}

#[test]
fn the_edits_of_the_page_can_be_done() {
    let db = demo();
    let text = blocks().into_iter().find(|block| block.text.contains("\"edit\": \"move\"")).expect("edits").text;
    let edits: Vec<Edit> = serde_json::from_str(&text).expect("edits");
    let edited = block_on(db.engine().edit_hierarchy("coasts", &edits)).expect("an edited tree");
    let HierarchyKind::Tree { elements, .. } = edited.kind else { panic!("another kind") };
    let has = |element: Element| elements.contains(&element);
    assert!(has(Element::value("SEA").under("west").named("Seattle")), "what is upserted is there");
    assert!(has(Element::value("NYC").under("west").ordered(3.0)), "what is moved has its place");
    assert!(elements.iter().all(|element| element.id != "LAX"), "what is deleted is gone");
}

#[test]
fn behind_each_member_on_the_page_are_as_many_rows_as_it_counts() {
    let (db, everything) = (demo(), Scope::unrestricted());
    let mut page = Limit::default();
    page.by = Some(1);
    let mut looked_at = 0;
    for (query, answer) in answered(&db) {
        let Some(place) = count(&answer) else { continue };
        let query = query.total_rows();
        let shown = if query.dataset.as_deref() == Some("staff") { "name" } else { "flight" };
        let measure = &answer.columns()[place].name;
        for row in 0..answer.num_rows() {
            let cell = DrillCell::of_row(&answer, row).expect("a cell").measure(measure);
            let columns: Vec<Dimension> = vec![column(shown).into()];
            let behind = block_on(db.engine().drill_through(&query, &cell, Some(columns), page, &everything));
            let behind = behind.unwrap_or_else(|error| panic!("{error}\n{cell:?}\n{}", query.to_json()));
            let rows = behind.total_rows().map(|rows| Cell::Integer(rows.into()));
            assert_eq!(rows, answer.cell(row, place), "{cell:?}\n{}", query.to_json());
            looked_at += 1;
        }
    }
    assert!(looked_at >= 40, "only {looked_at} cells were looked at");
}

#[test]
fn members_that_are_not_expanded_add_up_to_everything() {
    let db = demo();
    let mut looked_at = 0;
    for (query, answer) in answered(&db) {
        // What is under a member is a filter on all rows.
        let is_whole = |of: &Members| of.expand.is_some() && of.under.is_none();
        let Some(place) = count(&answer).filter(|_| members(&query).any(is_whole)) else { continue };
        let mut total = query.clone();
        total.dimensions.clear();
        total.order.clear();
        let total = block_on(db.engine().query(&total, &Scope::unrestricted())).expect("a total");
        let mut sum = 0;
        for row in 0..answer.num_rows() {
            let Some(Cell::Member(member)) = answer.cell(row, 0) else { panic!("no member in row {row}") };
            let Some(Cell::Integer(rows)) = answer.cell(row, place) else { panic!("no number in row {row}") };
            sum += if member.expanded == Some(true) { 0 } else { rows };
        }
        assert_eq!(Some(Cell::Integer(sum)), total.cell(0, place - 1), "{}", query.to_json());
        looked_at += 1;
    }
    assert!(looked_at >= 4, "only {looked_at} expanded answers were looked at");
}

#[test]
fn rows_that_are_not_as_shown_are_noticed() {
    let db = demo();
    let document = r#"{"dataset_id": "staff", "dimensions": [{"hierarchy_id": "team"}],
        "measures": [{"column_id": "*", "aggregation": "count"}]}"#;
    let answers = [db.ask(document).expect("an answer")];
    let check = |language: &str, text: &str| {
        check_answer(&answers, &Block { language: language.to_owned(), line: 1, text: text.to_owned() }).is_ok()
    };
    let ann = r#"[{"id": "1", "path": ["1"], "name": "Ann"}, 6]"#;
    let gus = r#"[{"id": "7", "path": ["7"], "name": "Gus"}, 1]"#;
    assert!(check("json answer", &format!("[{ann}, {gus}]")));
    assert!(!check("json answer", &format!("[{gus}, {ann}]")), "another order");
    assert!(!check("json answer", &format!("[{ann}, {}]", gus.replace("Gus", "gus"))), "another name");
    assert!(!check("json answer", &format!("[{ann}]")), "a row less");
    assert!(!check("json answer", "[[1, 6]"), "no JSON");
    assert!(check("csv", "team,count\n1,6\n7,1\n"));
    assert!(!check("csv", "team,count\n1,6\n7,2\n"), "another figure");
}
