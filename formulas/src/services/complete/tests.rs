//! What is offered, and how the text is after it was taken.

use super::{Candidate, CandidateKind, Completion, CompletionKind, complete};
use crate::{Function, Type};

fn candidates() -> Vec<Candidate> {
    let candidate = |name: &str, dataset: Option<&str>, kind, value_type| Candidate {
        name: name.to_owned(),
        dataset: dataset.map(str::to_owned),
        kind,
        value_type,
    };
    vec![
        candidate("distance", None, CandidateKind::Column, Some(Type::Integer)),
        candidate("dep_delay", None, CandidateKind::Column, Some(Type::Float)),
        candidate("odd:name", None, CandidateKind::Column, None),
        candidate("late_share", None, CandidateKind::Measure, Some(Type::Float)),
        candidate("name", Some("airline"), CandidateKind::Column, Some(Type::Text)),
        candidate("seats", Some("plane"), CandidateKind::Column, Some(Type::Integer)),
    ]
}

/// What is offered at the `|`, and the text without it.
fn at_bar(source: &str) -> (String, Vec<Completion>) {
    let cursor = source.find('|').unwrap();
    let text = source.replacen('|', "", 1);
    let found = complete(&text, cursor, &candidates());
    (text, found)
}

/// All texts that come of taking one of the first offers.
#[track_caller]
fn check(source: &str, expected: &[&str]) {
    let (text, found) = at_bar(source);
    let taken = found.iter().take(expected.len()).map(|one| {
        let (before, behind) = (&text[..one.span.start()], &text[one.span.end()..]);
        format!("{before}{}{behind}", one.insert)
    });
    assert_eq!(taken.collect::<Vec<_>>(), expected, "{source}");
    assert_eq!(found.is_empty(), expected.is_empty(), "{source}");
}

#[track_caller]
fn labels(source: &str, kind: CompletionKind, expected: &[&str]) {
    let (_, found) = at_bar(source);
    let found: Vec<_> = found.iter().filter(|one| one.kind == kind).map(|one| one.label.as_str()).collect();
    assert_eq!(found, expected, "{source}");
}

#[test]
fn names_are_found_inside_braces() {
    check("SUM({dis|", &["SUM({distance}"]);
    check("SUM({dis|})", &["SUM({distance})"]);
    check("SUM({|})", &["SUM({distance})", "SUM({dep_delay})", "SUM({\"odd:name\"})"]);
    check("SUM({di|stance} + 1)", &["SUM({distance} + 1)"]);
    check("SUM({di| + {seats})", &["SUM({distance} + {seats})"]);
    check("{plane:|}", &["{plane:seats}"]);
    check("{ plane : sea|ts } + 1", &["{plane:seats} + 1"]);
    check("{nobody:|}", &[]);
    check("{zzz|}", &[]);
    labels("{DEL|", CompletionKind::Column, &["dep_delay"]);
}

#[test]
fn datasets_are_offered_before_the_colon() {
    check("{pla|", &["{plane:seats}", "{plane:"]);
    check("{pla|}", &["{plane:seats}", "{plane:}"]);
    labels("{|", CompletionKind::Dataset, &["airline", "plane"]);
}

#[test]
fn names_are_offered_without_braces_too() {
    check("SUM(dist|)", &["SUM({distance})"]);
    labels("1 + lat|", CompletionKind::Measure, &["late_share"]);
    labels("SUM(lat|", CompletionKind::Measure, &[]);
    labels("{distance} |", CompletionKind::Column, &[]);
    let columns = ["distance", "dep_delay", "odd:name", "airline:name", "plane:seats"];
    labels("SUM({distance} FIXED |", CompletionKind::Column, &columns);
}

#[test]
fn functions_are_found_by_their_beginning() {
    check("spli|", &["SPLIT_PART("]);
    check("SPLI|T(1)", &["SPLIT_PART(1)"]);
    check("1 + pi|", &["1 + PI()"]);
    check("countr|", &["COUNTR("]);
    let (_, found) = at_bar("average|");
    let average = &found[0];
    assert_eq!((average.label.as_str(), average.filter.as_str()), ("AVG", "AVERAGE"));
    assert_eq!(average.detail, "AVG(number)");
    assert!(average.documentation.starts_with("The exact sum divided by the number of values."), "{average:?}");
    let running = ["RUNNING_AVG", "RUNNING_COUNT", "RUNNING_MAX", "RUNNING_MIN", "RUNNING_SUM"];
    labels("runn|", CompletionKind::Function, &running);
    labels("SUM(runn|", CompletionKind::Function, &[]);
    let (_, found) = at_bar("|");
    let functions = found.iter().filter(|one| one.kind == CompletionKind::Function).count();
    assert_eq!(functions, Function::all().count());
}

#[test]
fn words_fit_their_place() {
    labels("cas|", CompletionKind::Keyword, &["CASE", "CAST"]);
    labels(
        "CASE WHEN {distance} > 1 |",
        CompletionKind::Keyword,
        &["THEN", "AND", "OR", "IS NULL", "IS NOT NULL", "IN", "NOT IN", "BETWEEN", "NOT BETWEEN", "LIKE", "NOT LIKE"],
    );
    labels("CASE WHEN TRUE THEN 1 e|", CompletionKind::Keyword, &["ELSE", "END"]);
    labels("CASE WHEN TRUE THEN 1 ELSE 2 e|", CompletionKind::Keyword, &["END"]);
    labels("{distance} IS |", CompletionKind::Keyword, &["NULL", "NOT NULL"]);
    labels("{distance} IS NOT |", CompletionKind::Keyword, &["NULL"]);
    labels("{distance} NOT |", CompletionKind::Keyword, &["IN", "BETWEEN", "LIKE"]);
    labels("NOT tr|", CompletionKind::Keyword, &["TRUE"]);
    check("{distance} IN|", &["{distance} IN ("]);
    check("{distance} IN| (1)", &["{distance} IN (1)"]);
}

#[test]
fn clauses_fit_their_call() {
    labels("SUM({distance} w|", CompletionKind::Keyword, &["WHERE"]);
    labels("COUNTR(w|", CompletionKind::Keyword, &["WHERE"]);
    labels("SUM({distance} WHERE TRUE f|", CompletionKind::Keyword, &["FULL", "FIXED"]);
    labels("ROUND({distance} w|", CompletionKind::Keyword, &[]);
    let values = ["CASE", "CAST", "NOT", "TRUE", "FALSE", "NULL", "PARTITION BY", "ORDER BY"];
    labels("RANK(|", CompletionKind::Keyword, &values);
    labels("LAG({distance} PARTITION |", CompletionKind::Keyword, &["BY"]);
    labels("LAG({distance} PARTITION BY {a} |", CompletionKind::Keyword, &["ORDER BY"]);
    labels("LAG({distance} ORDER BY {a} |", CompletionKind::Keyword, &["DESC", "ASC", "NULLS FIRST", "NULLS LAST"]);
    labels("LAG({distance} ORDER BY {a} DESC NULLS |", CompletionKind::Keyword, &["FIRST", "LAST"]);
}

#[test]
fn constants_are_offered_where_they_must_stand() {
    check("DATE_TRUNC(|", &["DATE_TRUNC('year'", "DATE_TRUNC('quarter'", "DATE_TRUNC('month'"]);
    check("DATE_TRUNC(mon|, {a})", &["DATE_TRUNC('month', {a})"]);
    check("DATE_TRUNC('mon|', {a})", &["DATE_TRUNC('month', {a})"]);
    check("DATE_TRUNC('mon|, {a})", &["DATE_TRUNC('month', {a})"]);
    check("DATE_TRUNC(\"mon|\", {a})", &["DATE_TRUNC('month', {a})"]);
    check("AT_ZONE({a}, 'bruss|')", &["AT_ZONE({a}, 'Europe/Brussels')"]);
    check("AT_ZONE({a}, 'Europe/Bruss|')", &["AT_ZONE({a}, 'Europe/Brussels')"]);
    check("FORMAT_DATE({a}, '|')", &["FORMAT_DATE({a}, 'YYYY-MM-DD')"]);
    check("PARSE_NUMBER({a}, |", &["PARSE_NUMBER({a}, '.'", "PARSE_NUMBER({a}, ','"]);
    check("CAST({a}, dec|)", &["CAST({a}, decimal(10, 2))"]);
    check("REPLACE({a}, '|')", &[]);
    check("ROUND({a}, |)", &[]);
    let weeks = |source| at_bar(source).1.iter().filter(|one| one.label.contains("GGGG")).count();
    assert_eq!((weeks("FORMAT_DATE({a}, '|"), weeks("PARSE_DATE({a}, '|")), (1, 0));
}

#[test]
fn nothing_is_offered_where_nothing_can_be_meant() {
    check("1 -- su|", &[]);
    check("1 /* su|", &[]);
    check("1 + /* su| */ 2", &[]);
    check("12|", &[]);
    check("@2024|", &[]);
    check("'su|'", &[]);
    check("'su|", &[]);
    check("{distance} IN |", &[]);
    let long = format!("{}|", "1".repeat(70_000));
    check(&long, &[]);
    assert!(!at_bar("1 -- one\n+ su|").1.is_empty());
}
