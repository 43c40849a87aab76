//! The documents keep their word: every query in them has the answer that is shown, or is refused as they say; every
//! path and link in them leads somewhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, TimestampMicrosecondArray};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use drillcore::{Dataset, Error, ErrorKind, Operator};
use drillcore_tests::engine_side::Db;
use serde_json::json;

use crate::pages::{ask, checked, demo, files, parts, read, root};

/// The pages with queries, and how many each has at least.
const PAGES: [(&str, usize); 4] =
    [("docs/query.md", 30), ("docs/answers.md", 5), ("docs/formulas.md", 3), ("docs/hierarchies.md", 15)];

/// Ends of names by which a text in backticks is taken for a path.
const ENDS: [&str; 8] = ["/", ".rs", ".md", ".toml", ".py", ".json", ".csv", ".parquet"];

#[test]
fn every_query_on_the_pages_has_its_answer() {
    let db = demo();
    let (mut wrong, mut shown) = (Vec::new(), 0);
    for (page, least) in PAGES {
        let checked = checked(&db, page);
        assert!(checked.asked >= least, "{page}: only {} documents were found", checked.asked);
        shown += checked.shown;
        wrong.extend(checked.wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown >= 55, "only {shown} answers are shown");
}

/// Every half hour and every day of three years, in which the table of relative dates is looked up.
fn calendar() -> Db {
    const HALF_HOUR: i64 = 30 * 60 * 1_000_000;
    let since_1970 = |day: NaiveDate| i32::try_from((day - NaiveDate::default()).num_days()).expect("a day");
    let days: Vec<i32> = (since_1970(date("2024-01-01"))..since_1970(date("2027-01-01"))).collect();
    let halves = |day: &i32| {
        let first = i64::from(*day) * 48;
        (first..first + 48).map(|half| half * HALF_HOUR)
    };
    let moments: Vec<i64> = days.iter().flat_map(halves).collect();
    let columns: [(&str, ArrayRef); 2] = [
        ("moments", Arc::new(TimestampMicrosecondArray::from(moments).with_timezone("UTC"))),
        ("days", Arc::new(Date32Array::from(days))),
    ];
    let db = Db::in_memory().expect("an engine");
    for (name, values) in columns {
        let batch = RecordBatch::try_from_iter([("at", values)]).expect("a batch");
        db.create(Dataset::batches(name, vec![batch])).expect("a dataset");
    }
    db
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A time or the start of a day, in a table.
fn moment(text: &str) -> NaiveDateTime {
    let parsed = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M");
    parsed.unwrap_or_else(|_| date(text).and_hms_opt(0, 0, 0).expect("a midnight"))
}

/// The first and the last value that a relative filter keeps.
fn kept(db: &Db, dataset: &str, operator: Operator, period: &[&str]) -> Result<[String; 2], Error> {
    let period = match period {
        [unit] => json!({"unit": unit}),
        [quantity, unit] => json!({"quantity": quantity.parse::<u32>().expect("a quantity"), "unit": unit}),
        other => panic!("{other:?} is no period"),
    };
    let measure = |aggregation: &str| json!({"column_id": "at", "aggregation": aggregation});
    let document = json!({
        "dataset_id": dataset,
        "measures": [measure("min"), measure("max")],
        "where": [{"expression": operator.as_str(), "parameters": [{"column_id": "at"}, period]}],
        "options": {"as_of": "2026-03-18T10:30:00Z"}
    });
    let answer = db.ask(&document.to_string())?;
    Ok([0, 1].map(|column| answer.cell(0, column).expect("a cell").to_string()))
}

#[test]
fn relative_dates_are_as_their_table_says() {
    let db = calendar();
    let page = read("docs/query.md");
    let mut rows = 0;
    for (number, line) in parts(&page).1 {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let ["", filter, from, before, first, behind, ""] = cells.as_slice() else { continue };
        let words: Vec<&str> = filter.split_whitespace().collect();
        let Some((name, period)) = words.split_first() else { continue };
        let operator = Operator::parse(name.trim_matches('`')).filter(|operator| operator.is_relative());
        let Some(operator) = operator else { continue };
        rows += 1;
        // What has no start begins with the first row.
        let start = |text: &str| if text == "open" { "2024-01-01".to_owned() } else { text.to_owned() };
        let time = |moment: NaiveDateTime| moment.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let expected = [time(moment(&start(from))), time(moment(before) - TimeDelta::minutes(30))];
        let found = kept(&db, "moments", operator, period).expect("an answer");
        assert_eq!(found, expected, "docs/query.md:{number}: datetimes");
        match (*first, kept(&db, "days", operator, period)) {
            ("refused", found) => {
                assert_eq!(found.expect_err("no answer").kind(), ErrorKind::InvalidQuery, "docs/query.md:{number}");
            }
            (first, found) => {
                let last = date(behind).pred_opt().expect("a day").to_string();
                assert_eq!(found.expect("an answer"), [start(first), last], "docs/query.md:{number}: dates");
            }
        }
    }
    assert!(rows >= 12, "only {rows} rows of the table were found");
}

#[test]
fn every_query_of_the_demo_has_an_answer() {
    let db = demo();
    let documents = files("data/queries", ".json");
    let problem = |path: &String| Some(format!("{path}: {}", ask(&db, &read(path)).err()?));
    let wrong: Vec<String> = documents.iter().filter_map(problem).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(documents.len() >= 6, "only {} documents were found", documents.len());
}

/// The files and folders of the repository, without what is built.
fn entries() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_dir = entry.file_type().expect("the type of an entry").is_dir();
            if is_dir && [".git", "target"].contains(&name.as_str()) {
                continue;
            }
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if is_dir {
                folders.push(path.clone());
            }
            found.insert(path);
        }
    }
    found
}

/// Whether a text in backticks leads somewhere: from the root if it begins with a folder there, else below any folder,
/// as a document calls what it speaks of. None if it is no path.
fn leads_somewhere(text: &str, entries: &BTreeSet<String>) -> Option<bool> {
    let from_root = text.split_once('/').is_some_and(|(first, _)| entries.contains(first));
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    if !plain || !(from_root || ENDS.iter().any(|end| text.ends_with(end))) {
        return None;
    }
    let path = text.trim_end_matches('/');
    let below = format!("/{path}");
    Some(entries.contains(path) || (!from_root && entries.iter().any(|entry| entry.ends_with(&below))))
}

/// The anchors of the headings of a document.
fn anchors(document: &str) -> BTreeSet<String> {
    let (_, prose) = parts(document);
    let headings = prose.into_iter().filter_map(|(_, line)| line.strip_prefix('#'));
    headings
        .map(|heading| {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// Whether the target of a link in a document leads somewhere; None for addresses of the web.
fn is_reached(document: &str, target: &str) -> Option<bool> {
    if target.contains("://") {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let file = match path {
        "" => root().join(document),
        path => root().join(document).parent().expect("a folder").join(path),
    };
    let Some(anchor) = anchor else { return Some(file.exists()) };
    Some(std::fs::read_to_string(file).is_ok_and(|text| anchors(&text).contains(anchor)))
}

#[test]
fn every_path_and_link_in_the_documents_leads_somewhere() {
    let entries = entries();
    let mut documents: Vec<String> =
        ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "SECURITY.md"].map(str::to_owned).to_vec();
    documents.extend(files("docs", ".md"));
    let (mut looked_at, mut wrong) = (0, Vec::new());
    for document in &documents {
        let text = read(document);
        for (number, line) in parts(&text).1 {
            let mut look = |found: Option<bool>, what: &str| {
                looked_at += usize::from(found.is_some());
                if found == Some(false) {
                    wrong.push(format!("{document}:{number}: {what}"));
                }
            };
            assert!(line.matches('`').count().is_multiple_of(2), "{document}:{number}: a backtick without its other");
            for quoted in line.split('`').skip(1).step_by(2) {
                // The page on the format speaks of paths in a store.
                if document != "docs/format.md" || quoted.starts_with("store/") {
                    look(leads_somewhere(quoted, &entries), quoted);
                }
            }
            for target in line.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
                look(is_reached(document, target.0), target.0);
            }
        }
    }
    assert!(wrong.is_empty(), "these lead nowhere:\n{}", wrong.join("\n"));
    assert!(looked_at > 100, "only {looked_at} paths and links were found");
}

#[test]
fn a_path_that_leads_nowhere_is_noticed() {
    let entries: BTreeSet<String> =
        ["engine", "engine/src", "engine/src/lib.rs", "docs", "docs/query.md"].map(str::to_owned).into();
    let check = |text, expected| assert_eq!(leads_somewhere(text, &entries), expected, "{text}");
    check("engine/src/lib.rs", Some(true));
    check("src/lib.rs", Some(true));
    check("engine/", Some(true));
    check("engine/lib.rs", Some(false));
    check("docs/queries.md", Some(false));
    check("ib.rs", Some(false));
    check("engine", None);
    check("? >= ?", None);
    check("Engine::open", None);
    assert_eq!(is_reached("docs/query.md", "#no-such-heading"), Some(false));
    assert_eq!(is_reached("docs/query.md", "../README.md"), Some(true));
    assert_eq!(is_reached("docs/query.md", "README.md"), Some(false));
    assert_eq!(is_reached("docs/query.md", "https://example.com"), None);
}
