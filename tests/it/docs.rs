//! The documents keep their word: every query in them has an answer, every path and link in them leads somewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use drillcore::{Link, QueryBatch, Scope};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;

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

/// The flights, with the links of the demo.
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
    db
}

/// Asks the queries of a document; tells what is wrong if one is refused or has an answer without rows.
fn ask(db: &Db, document: &str) -> Result<(), String> {
    let batch = QueryBatch::from_json(document).map_err(|error| error.to_string())?;
    if batch.queries.is_empty() {
        return Err("no query".to_owned());
    }
    for (index, answer) in block_on(db.engine().query_batch(&batch, &Scope::unrestricted())).into_iter().enumerate() {
        match answer {
            Ok(answer) if answer.num_rows() > 0 => {}
            Ok(_) => return Err(format!("query {index} has an answer without rows")),
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(())
}

/// Asks documents, given with their places.
fn check(documents: impl IntoIterator<Item = (String, String)>, least: usize) {
    let db = demo();
    let mut asked = 0;
    let mut wrong = Vec::new();
    for (place, document) in documents {
        asked += 1;
        if let Err(problem) = ask(&db, &document) {
            wrong.push(format!("{place}: {problem}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked >= least, "only {asked} documents were found");
}

#[test]
fn every_query_on_the_page_about_queries_has_an_answer() {
    let page = read("docs/query.md");
    let (blocks, _) = parts(&page);
    let queries = blocks.into_iter().filter(|block| block.language == "json");
    check(queries.map(|block| (format!("docs/query.md:{}", block.line), block.text)), 10);
}

#[test]
fn every_query_of_the_demo_has_an_answer() {
    check(files("data/queries", ".json").into_iter().map(|path| (path.clone(), read(&path))), 6);
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
