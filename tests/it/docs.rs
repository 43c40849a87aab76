//! The documents keep their word: every query in them has the answer that is shown, or is refused as they say; every
//! path and link in them leads somewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, TimestampMicrosecondArray};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use drillcore::{
    CsvDialect, Dataset, DerivedColumn, Error, ErrorKind, Formula, Link, Operator, QueryBatch, QueryResult, Scope,
};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::json;

/// The pages with queries, and how many each has at least.
const PAGES: [(&str, usize); 3] = [("docs/query.md", 30), ("docs/answers.md", 5), ("docs/formulas.md", 3)];

/// Ends of names by which a text in backticks is taken for a path.
const ENDS: [&str; 8] = ["/", ".rs", ".md", ".toml", ".py", ".json", ".csv", ".parquet"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of the files in a folder of the repository, in order, with the folder in front.
fn files(folder: &str, extension: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut found: Vec<String> =
        names.filter(|name| name.ends_with(extension)).map(|name| format!("{folder}/{name}")).collect();
    found.sort();
    found
}

/// A block between fences.
#[derive(Debug)]
struct Block {
    language: String,
    /// The number of its first line.
    line: usize,
    text: String,
}

/// The blocks of a document, and the lines around them with their numbers.
fn parts(document: &str) -> (Vec<Block>, Vec<(usize, &str)>) {
    let (mut blocks, mut prose) = (Vec::new(), Vec::new());
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(document.lines()) {
        match (line.trim_start().strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => blocks.push(block),
            (Some(language), None) => {
                open = Some(Block { language: language.trim().to_owned(), line: number + 1, text: String::new() });
            }
            (None, Some(mut block)) => {
                block.text += line;
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => prose.push((number, line)),
        }
    }
    assert!(open.is_none(), "a fence without an end");
    (blocks, prose)
}

/// The flights, with the links of the demo, and what the pages define.
fn demo() -> Db {
    let db = Db::in_memory().expect("an engine");
    db.create_nyc(None).expect("datasets");
    for link in [
        Link::new("airline").from("flights", ["carrier"]).to("airlines", ["carrier"]),
        Link::new("plane").from("flights", ["tailnum"]).to("planes", ["tailnum"]),
        Link::new("weather").from("flights", ["origin", "time_hour"]).to("weather", ["origin", "time_hour"]),
        Link::new("origin_airport").from("flights", ["origin"]).to("airports", ["faa"]),
        Link::new("dest_airport").from("flights", ["dest"]).to("airports", ["faa"]),
    ] {
        db.link(link).expect("a link");
    }
    let size = r#"IF({plane:seats} >= 200, "large", IF({plane:seats} > 0, "small"))"#;
    for column in [DerivedColumn::new("mph", "{distance} / {air_time} * 60"), DerivedColumn::new("plane_size", size)] {
        block_on(db.engine().derive("flights", column)).expect("a derived column");
    }
    let late_share = "ROUND(COUNTR(WHERE {arr_delay} > 15) / COUNTR(), 4)";
    block_on(db.engine().save_formula(Formula::new("late_share", "flights", late_share))).expect("a stored formula");
    db
}

/// Asks the queries of a document; tells what is wrong if one is refused or has an answer without rows.
fn ask(db: &Db, document: &str) -> Result<Vec<QueryResult>, String> {
    let batch = QueryBatch::from_json(document).map_err(|error| error.to_string())?;
    if batch.queries.is_empty() {
        return Err("no query".to_owned());
    }
    let mut answers = Vec::new();
    for (index, answer) in block_on(db.engine().query_batch(&batch, &Scope::unrestricted())).into_iter().enumerate() {
        match answer {
            Ok(answer) if answer.num_rows() > 0 => answers.push(answer),
            Ok(_) => return Err(format!("query {index} has an answer without rows")),
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(answers)
}

/// Whether a CSV is the answer, with the totals if there are any.
fn check_answer(answers: &[QueryResult], shown: &Block) -> Result<(), String> {
    let [answer] = answers else { return Err("a CSV shows the answer to one query".to_owned()) };
    let mut csv = Vec::new();
    let dialect = CsvDialect::default().totals(!answer.totals().is_empty());
    answer.write_csv(&mut csv, &dialect).map_err(|error| error.to_string())?;
    let csv = String::from_utf8_lossy(&csv);
    if csv == shown.text { Ok(()) } else { Err(format!("the answer is\n{csv}and not as shown")) }
}

/// Whether a document is refused with the place and the message of the block behind it.
fn check_refusal(db: &Db, document: &str, shown: Option<&Block>) -> Result<(), String> {
    let Some(shown) = shown else { return Err("a refused document without its message".to_owned()) };
    let Err(error) = db.ask(document) else { return Err("it is answered".to_owned()) };
    let place = error.path().filter(|path| !path.is_empty()).map(|path| format!("{path}: ")).unwrap_or_default();
    let message = format!("{place}{}", error.message());
    if message == shown.text.trim_end() { Ok(()) } else { Err(format!("it is refused like this: {message}")) }
}

#[test]
fn every_query_on_the_pages_has_its_answer() {
    let db = demo();
    let (mut wrong, mut shown) = (Vec::new(), 0);
    for (page, least) in PAGES {
        let text = read(page);
        let mut blocks = parts(&text).0.into_iter().peekable();
        let mut asked = 0;
        while let Some(block) = blocks.next() {
            let found = match block.language.as_str() {
                "json" => {
                    asked += 1;
                    let csv = blocks.next_if(|next| next.language == "csv");
                    shown += usize::from(csv.is_some());
                    let answers = ask(&db, &block.text);
                    answers.and_then(|answers| csv.map_or(Ok(()), |csv| check_answer(&answers, &csv)))
                }
                "json refused" => {
                    asked += 1;
                    let message = blocks.next_if(|next| next.language == "text");
                    check_refusal(&db, &block.text, message.as_ref())
                }
                "csv" => Err("a CSV without its query".to_owned()),
                _ => Ok(()),
            };
            wrong.extend(found.err().map(|problem| format!("{page}:{}: {problem}", block.line)));
        }
        assert!(asked >= least, "{page}: only {asked} documents were found");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown >= 30, "only {shown} answers are shown");
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
