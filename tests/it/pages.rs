//! What the tests of the documents share: the blocks of a page, the store that the pages speak of, and whether its
//! answers are those that are shown.

use std::path::{Path, PathBuf};

use drillcore::{CsvDialect, DerivedColumn, Formula, Hierarchy, Link, PushMode, QueryBatch, QueryResult, Rows, Scope};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::Value;

/// The page that defines the hierarchies of all pages. It holds other documents beside queries.
pub const HIERARCHIES: &str = "docs/hierarchies.md";

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of the files in a folder of the repository, in order, with the folder in front.
pub fn files(folder: &str, extension: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut found: Vec<String> =
        names.filter(|name| name.ends_with(extension)).map(|name| format!("{folder}/{name}")).collect();
    found.sort();
    found
}

/// A block between fences.
#[derive(Debug)]
pub struct Block {
    pub language: String,
    /// The number of its first line.
    pub line: usize,
    pub text: String,
}

/// The blocks of a document, and the lines around them with their numbers.
pub fn parts(document: &str) -> (Vec<Block>, Vec<(usize, &str)>) {
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
pub fn demo() -> Db {
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
    let blocks = parts(&read(HIERARCHIES)).0;
    for block in &blocks {
        if let Some(name) = block.language.strip_prefix("csv ") {
            push(&db, name, &block.text);
        }
    }
    for (block, definition) in blocks.iter().filter_map(|block| Some((block, defined(block)?))) {
        let saved = block_on(db.engine().save_hierarchy(definition));
        saved.unwrap_or_else(|error| panic!("{HIERARCHIES}:{}: {error}", block.line));
    }
    db
}

/// Makes a dataset of a small table: whole numbers and texts, and NULL where a field is empty.
fn push(db: &Db, name: &str, table: &str) {
    let mut lines = table.lines().map(|line| line.split(','));
    let header: Vec<&str> = lines.next().expect("a header").collect();
    let value = |field: &str| match field.parse::<i64>() {
        _ if field.is_empty() => Value::Null,
        Ok(number) => number.into(),
        Err(_) => field.into(),
    };
    let rows: Vec<Vec<Value>> = lines.map(|fields| fields.map(value).collect()).collect();
    let pushed = block_on(db.engine().push(name, PushMode::Create, Rows::new(header, rows)));
    pushed.unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// The hierarchy that a block of the page on hierarchies defines; none if it is something else.
pub fn defined(block: &Block) -> Option<Hierarchy> {
    document(block)?.get("kind")?;
    let read = serde_json::from_str(&block.text);
    Some(read.unwrap_or_else(|error| panic!("{HIERARCHIES}:{}: {error}", block.line)))
}

/// Whether a block of the page on hierarchies is a query.
pub fn is_query(block: &Block) -> bool {
    document(block).is_some_and(|document| ["dimensions", "measures"].iter().any(|part| document.get(part).is_some()))
}

/// A document of the page on hierarchies.
fn document(block: &Block) -> Option<Value> {
    let read = (block.language == "json").then(|| serde_json::from_str(&block.text))?;
    Some(read.unwrap_or_else(|error| panic!("{HIERARCHIES}:{}: {error}", block.line)))
}

/// What was found on a page.
#[derive(Debug, Default)]
pub struct Checked {
    /// Documents that were asked.
    pub asked: usize,
    /// Answers that are shown.
    pub shown: usize,
    /// What is not as the page says.
    pub wrong: Vec<String>,
}

/// Asks all documents of a page, and compares what comes out with what stands behind them.
pub fn checked(db: &Db, page: &str) -> Checked {
    let mut blocks = parts(&read(page)).0.into_iter().peekable();
    let mut checked = Checked::default();
    while let Some(block) = blocks.next() {
        let found = match block.language.as_str() {
            "json" if page == HIERARCHIES && !is_query(&block) => Ok(()),
            "json" => {
                checked.asked += 1;
                let shown = blocks.next_if(is_answer);
                checked.shown += usize::from(shown.is_some());
                let answers = ask(db, &block.text);
                answers.and_then(|answers| shown.map_or(Ok(()), |shown| check_answer(&answers, &shown)))
            }
            "json refused" => {
                checked.asked += 1;
                let message = blocks.next_if(|next| next.language == "text");
                check_refusal(db, &block.text, message.as_ref())
            }
            _ if is_answer(&block) => Err("an answer without its query".to_owned()),
            _ => Ok(()),
        };
        checked.wrong.extend(found.err().map(|problem| format!("{page}:{}: {problem}", block.line)));
    }
    checked
}

/// Whether a block shows an answer: all of it as CSV, or its rows as JSON.
fn is_answer(block: &Block) -> bool {
    ["csv", "json answer"].contains(&block.language.as_str())
}

/// Asks the queries of a document; tells what is wrong if one is refused or has an answer without rows.
pub fn ask(db: &Db, document: &str) -> Result<Vec<QueryResult>, String> {
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

/// Whether a block shows the answer: its rows, or as a CSV all of it, with the totals if there are any.
pub fn check_answer(answers: &[QueryResult], shown: &Block) -> Result<(), String> {
    let [answer] = answers else { return Err("what is shown is the answer to one query".to_owned()) };
    if shown.language == "json answer" {
        let json = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
        let found = answer.data_json();
        let same = json(&found)? == json(&shown.text)?;
        return if same { Ok(()) } else { Err(format!("the rows are\n{found}\nand not as shown")) };
    }
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
