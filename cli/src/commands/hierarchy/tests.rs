use clap::Parser;
use drillcore::{Element, Engine, Hierarchy, HierarchyKind, Localized, OwnRows, PushMode, Rows, Visibility};
use serde_json::Value;

use super::document::Document;
use super::outline::Line;
use super::show::Shown;
use super::{HierarchyArgs, HierarchyCommand, check, import, show};
use crate::failure::Outcome;

#[derive(Debug, Parser)]
struct CommandLine {
    #[command(flatten)]
    args: HierarchyArgs,
}

fn parsed(line: &[&str]) -> Result<HierarchyCommand, clap::Error> {
    CommandLine::try_parse_from([&["hierarchy"][..], line].concat()).map(|line| line.args.command)
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

async fn push(engine: &Engine, dataset: &str, header: [&str; 2], rows: &[[Option<&str>; 2]]) {
    let rows = rows.iter().map(|row| row.iter().map(|value| Value::from(*value)).collect()).collect();
    engine.push(dataset, PushMode::Create, Rows::new(header, rows)).await.unwrap();
}

/// Airports, one of which has no place in the tree and one no code.
async fn airports() -> Engine {
    let engine = Engine::in_memory().unwrap();
    let rows = [Some("LAX"), Some("LAX"), Some("T4"), Some("SFO"), Some("JFK"), None];
    push(&engine, "airports", ["faa", "city"], &rows.map(|faa| [faa, Some("x")])).await;
    engine
}

fn coasts() -> Hierarchy {
    let elements = [
        Element::group("west").named(Localized::new("West").with("nl", "Westen")),
        Element::value("LAX").under("west").named("Los Angeles"),
        Element::value("T4").under("LAX"),
        Element::value("SFO").under("west"),
        Element::value("OAK").under("west"),
    ];
    Hierarchy::tree("coasts", "airports", "faa", elements).named("Coasts")
}

async fn imported(engine: &Engine, line: &[&str], text: &str) -> Outcome<Hierarchy> {
    let HierarchyCommand::Import(args) = parsed(&[&["import"][..], line].concat()).unwrap() else { panic!("{line:?}") };
    let document = Document { name: "`it.json`".to_owned(), text: text.to_owned() };
    import::imported(engine, &args, &document).await
}

async fn refusal(engine: &Engine, line: &[&str], text: &str) -> String {
    imported(engine, line, text).await.unwrap_err().render()
}

fn elements(definition: &Hierarchy) -> &[Element] {
    let HierarchyKind::Tree { elements, .. } = &definition.kind else { panic!("no tree") };
    elements
}

async fn shown(engine: &Engine, line: &[&str]) -> Shown {
    let HierarchyCommand::Show(args) = parsed(&[&["show", "coasts"][..], line].concat()).unwrap() else {
        panic!("{line:?}")
    };
    let definition = engine.hierarchy("coasts").await.unwrap();
    show::shown(engine, &definition, &args).await.unwrap()
}

#[track_caller]
fn check_lines(found: &Shown, lines: &[(usize, &str, &str, u64)], more: u64) {
    let line = |line: &(usize, &str, &str, u64)| {
        let (depth, member, name, rows) = *line;
        Line { depth, member: member.to_owned(), name: name.to_owned(), rows }
    };
    assert_eq!(found, &Shown { lines: lines.iter().map(line).collect(), more });
}

#[test]
fn command_lines_are_understood() {
    for line in [
        &["import", "airports", "zones.json"][..],
        &["import", "airports", "-", "--format", "luzmo", "--column", "faa", "--id", "coasts"],
        &["import", "airports", "-", "--format", "luzmo-updates", "--id", "coasts"],
        &["export", "coasts", "--format", "luzmo-updates"],
        &["show"],
        &["show", "coasts", "--under", r#"["west",null]"#, "--depth", "64", "--limit", "1", "--locale", "nl"],
        &["check", "-"],
        &["drop", "coasts"],
    ] {
        assert!(parsed(line).is_ok(), "{line:?}: {:?}", parsed(line));
    }
}

#[test]
fn command_lines_that_make_no_sense_are_refused() {
    for line in [
        &["import", "airports"][..],
        &["import", "airports", "-", "--format", "csv"],
        &["export"],
        &["show", "--depth", "2"],
        &["show", "--under", "[]"],
        &["show", "coasts", "--under", "west"],
        &["show", "coasts", "--depth", "0"],
        &["show", "coasts", "--depth", "65"],
        &["show", "coasts", "--limit", "0"],
        &["check"],
        &["drop"],
    ] {
        assert!(parsed(line).is_err(), "{line:?}");
    }
}

#[test]
fn a_definition_takes_id_and_dataset_of_the_command_line() {
    wait(async {
        let engine = airports().await;
        let text = r#"{"id":"x","dataset_id":"elsewhere","kind":"levels","levels":[{"column_id":"city"}]}"#;
        let made = imported(&engine, &["airports", "it.json", "--id", "cities"], text).await.unwrap();
        assert_eq!(made, Hierarchy::levels("cities", "airports", ["city"]));
        assert_eq!(engine.hierarchy("cities").await.unwrap(), made);
        let refusal = refusal(&engine, &["staff", "it.json"], text).await;
        assert!(refusal.starts_with("error: hierarchy `x`: ") && refusal.contains("at /dataset_id"), "{refusal}");
    });
}

#[test]
fn the_faults_of_a_definition_are_counted() {
    wait(async {
        let text = r#"{"id":"x","dataset_id":"airports","kind":"tree","column_id":"faa",
            "elements":[{"id":"LAX","parent":"west"},{"id":"SFO"},{"id":"SFO"}]}"#;
        let refusal = refusal(&airports().await, &["airports", "it.json"], text).await;
        assert_eq!(refusal, "error: `it.json` has 2 faults\n");
    });
}

#[test]
fn a_tree_of_luzmo_takes_the_place_of_the_members() {
    let text = r#"[{"id": "", "name": {"en": "World"}, "children": [{"id": "JFK"}]}]"#;
    wait(async {
        let engine = airports().await;
        let line = ["airports", "it.json", "--format", "luzmo"];
        let with = |more: &[&'static str]| [&line[..], more].concat();
        let made = imported(&engine, &with(&["--column", "faa"]), text).await.unwrap();
        let tree = |id: &str| Hierarchy::tree(id, "airports", "faa", [Element::value("JFK")]).all_named("World");
        assert_eq!(made, tree("faa"));
        engine.save_hierarchy(coasts()).await.unwrap();
        imported(&engine, &with(&["--id", "coasts"]), text).await.unwrap();
        assert_eq!(engine.hierarchy("coasts").await.unwrap(), tree("coasts").named("Coasts"));
        let refusal = refusal(&engine, &with(&["--id", "other"]), text).await;
        assert!(refusal.starts_with("error: there is no tree `other` yet, "), "{refusal}");
    });
}

#[test]
fn updates_of_luzmo_edit_a_tree_or_leave_it() {
    wait(async {
        let engine = airports().await;
        engine.save_hierarchy(coasts()).await.unwrap();
        let line = ["airports", "it.json", "--format", "luzmo-updates", "--id", "coasts"];
        let text = r#"{"updates": [{"id": "JFK", "trace": ["_$root", "JFK"]}, {"id": "LAX", "name": "L.A."}]}"#;
        let made = imported(&engine, &line, text).await.unwrap();
        assert_eq!(elements(&made).len(), 6);
        assert!(elements(&made).contains(&Element::value("LAX").under("west").named("L.A.")));
        assert_eq!(engine.hierarchy("coasts").await.unwrap(), made);

        let text = r#"{"updates": [{"id": "LAX", "trace": ["_$root", "south", "LAX"]}]}"#;
        assert_eq!(refusal(&engine, &line, text).await, "error: `it.json` has a fault\n");
        assert_eq!(engine.hierarchy("coasts").await.unwrap(), made);
    });
}

#[test]
fn the_shapes_of_luzmo_are_for_a_tree_of_the_dataset() {
    wait(async {
        let engine = airports().await;
        engine.save_hierarchy(coasts()).await.unwrap();
        engine.save_hierarchy(Hierarchy::levels("geo", "airports", ["city", "faa"])).await.unwrap();
        for (format, text) in [("luzmo", "[]"), ("luzmo-updates", r#"{"updates": []}"#)] {
            for (dataset, id, start) in [
                ("airports", "geo", "hierarchy `geo` is of kind levels; "),
                ("flights", "coasts", "hierarchy `coasts` is one of dataset `airports`, not of `flights`"),
            ] {
                let refusal = refusal(&engine, &[dataset, "it.json", "--format", format, "--id", id], text).await;
                assert!(refusal.starts_with(&format!("error: {start}")), "{format}: {refusal}");
            }
        }
        let line = ["airports", "it.json", "--format", "luzmo-updates", "--id"];
        let other = refusal(&engine, &[&line[..], &["coasts", "--column", "city"]].concat(), "{}").await;
        assert!(other.starts_with("error: hierarchy `coasts` is a tree over `faa`, not over `city`\n"), "{other}");
        let unknown = refusal(&engine, &[&line[..], &["coast"]].concat(), "{}").await;
        assert!(unknown.contains("hint: `drillcore hierarchy show` lists the hierarchies"), "{unknown}");
    });
}

#[test]
fn a_tree_is_shown_as_it_is_over_the_data() {
    let all = [
        (0, "All", "", 6),
        (1, "west", "West", 4),
        (2, "LAX", "Los Angeles", 3),
        (3, "(own)", "", 2),
        (3, "T4", "", 1),
        (2, "SFO", "", 1),
        (1, "∅", "", 1),
        (1, "(unassigned)", "", 1),
        (2, "JFK", "", 1),
    ];
    wait(async {
        let engine = airports().await;
        engine.save_hierarchy(coasts()).await.unwrap();
        check_lines(&shown(&engine, &[]).await, &all, 0);
        check_lines(&shown(&engine, &["--limit", "3"]).await, &all[..4], 5);
        let top = [(0, "All", "", 6), (1, "west", "Westen", 4), (1, "∅", "", 1), (1, "(unassigned)", "", 1)];
        check_lines(&shown(&engine, &["--depth", "1", "--locale", "nl"]).await, &top, 0);
    });
}

#[test]
fn under_a_member_there_is_its_part_of_the_tree() {
    wait(async {
        let engine = airports().await;
        engine.save_hierarchy(coasts()).await.unwrap();
        let west = [(0, "west", "West", 4), (1, "LAX", "Los Angeles", 3), (2, "(own)", "", 2)];
        check_lines(&shown(&engine, &["--under", r#"["west"]"#, "--limit", "2"]).await, &west, 2);
        let lax = [(0, "LAX", "Los Angeles", 3), (1, "(own)", "", 2), (1, "T4", "", 1)];
        check_lines(&shown(&engine, &["--under", r#"["west","LAX"]"#, "--depth", "1"]).await, &lax, 0);
        // What has no place is found by its id alone.
        check_lines(&shown(&engine, &["--under", r#"["JFK"]"#]).await, &[(0, "JFK", "", 1)], 0);
        check_lines(&shown(&engine, &["--under", "[null]"]).await, &[(0, "∅", "", 1)], 0);
        check_lines(&shown(&engine, &["--under", r#"["east"]"#]).await, &[], 0);
    });
}

#[test]
fn what_is_hidden_is_not_shown_and_counts() {
    wait(async {
        let engine = airports().await;
        let hiding = coasts().unassigned(Visibility::Hidden).own_rows(OwnRows::Hidden).all_named("Everywhere");
        engine.save_hierarchy(hiding).await.unwrap();
        let lines = [
            (0, "Everywhere", "", 6),
            (1, "west", "West", 4),
            (2, "LAX (1 hidden)", "Los Angeles", 3),
            (3, "T4", "", 1),
            (2, "SFO", "", 1),
            (1, "∅", "", 1),
        ];
        check_lines(&shown(&engine, &[]).await, &lines, 0);
    });
}

#[test]
fn the_data_is_checked_too() {
    wait(async {
        let engine = airports().await;
        let rows = [("a", Some("b")), ("b", Some("a")), ("c", None), ("c", None), ("d", Some("x"))];
        push(&engine, "staff", ["id", "manager"], &rows.map(|(id, manager)| [Some(id), manager])).await;
        let org = Hierarchy::parent_child("org", "staff", "id", "manager");
        let strict = coasts().own_rows(OwnRows::Error);
        for (definition, faults) in [
            (coasts(), &[][..]),
            (org, &["1 key given twice", "1 cycle"][..]),
            (strict, &["hierarchy `coasts` allows no rows on members with others below them"][..]),
        ] {
            engine.save_hierarchy(definition.clone()).await.unwrap();
            let found = check::in_data(&engine, &definition).await.unwrap();
            assert_eq!(found.len(), faults.len(), "{found:?}");
            assert!(found.iter().zip(faults).all(|(found, fault)| found.starts_with(fault)), "{found:?}");
        }
    });
}
