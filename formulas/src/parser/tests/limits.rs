use std::time::{Duration, Instant};

use crate::{MAX_DEPTH, MAX_NODES, MAX_SOURCE_BYTES, MAX_TEXT_BYTES, parse, parse_all, references};

/// The stack that a formula must get by with.
const STACK_BYTES: usize = 2 << 20;

/// Runs this on a small stack.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap().join().unwrap();
}

/// Formulas of this depth, one for each way to nest.
fn nested(depth: usize) -> [String; 10] {
    let around =
        |open: &str, value: &str, close: &str| format!("{}{value}{}", open.repeat(depth - 1), close.repeat(depth - 1));
    [
        around("", "1", " + 1"),
        around("- ", "{a}", ""),
        around("NOT ", "TRUE", ""),
        around("ABS(", "1", ")"),
        around("1 - (", "1", ")"),
        around("CASE WHEN TRUE THEN ", "1", " END"),
        around("CASE ", "1", " WHEN 1 THEN 1 END"),
        around("(", "1", " IS NULL)"),
        around("SUM(1 WHERE ", "TRUE", ")"),
        around("1 IN (1, ", "1", ")"),
    ]
}

#[test]
fn depth_is_limited() {
    let too_deep = "the formula is nested too deeply; the most are 128 levels";
    for source in nested(MAX_DEPTH) {
        let formula = parse(&source).unwrap();
        assert_eq!(parse(&formula.to_string()).unwrap().without_spans(), formula.without_spans(), "{source}");
    }
    for source in nested(MAX_DEPTH + 1) {
        assert_eq!(parse(&source).unwrap_err().message(), too_deep, "{source}");
    }
    assert!(parse(&format!("{}1{}", "(".repeat(200), ")".repeat(200))).is_ok());
    for opening in ["(", "-(", "NOT (", "ABS(", "CASE WHEN ", "CASE ", "1 + ", "1 IN (", "CAST(", "SUM(1 WHERE "] {
        let source = opening.repeat(MAX_SOURCE_BYTES / opening.len());
        assert_eq!(parse(&source).unwrap_err().message(), too_deep, "{opening}");
    }
}

#[test]
fn nodes_and_bytes_are_limited() {
    // The list, what is looked for, and the whole.
    let flat = |nodes: usize| format!("1 IN ({})", vec!["1"; nodes - 2].join(","));
    assert!(parse(&flat(MAX_NODES)).is_ok());
    assert_eq!(parse(&flat(MAX_NODES + 1)).unwrap_err().message(), "the formula has more than 10000 parts");
    // Names in clauses count too: the names, the argument, and the call.
    let named = |nodes: usize| format!("SUM(1 FIXED {})", vec!["{a}"; nodes - 2].join(","));
    assert!(parse(&named(MAX_NODES)).is_ok());
    assert_eq!(parse(&named(MAX_NODES + 1)).unwrap_err().message(), "the formula has more than 10000 parts");
    let blank = " ".repeat(MAX_SOURCE_BYTES - 1);
    assert!(parse(&format!("1{blank}")).is_ok());
    let error = parse(&format!("1 {blank}")).unwrap_err();
    assert_eq!(error.message(), "the formula has 65537 bytes; the most are 65536");
}

#[test]
fn texts_are_limited() {
    let quotes = "''".repeat(MAX_TEXT_BYTES);
    let formula = parse(&format!("'{quotes}'")).unwrap();
    assert_eq!(parse(&formula.to_string()).unwrap(), formula);
    let error = parse(&format!("1 || '{quotes}é'")).unwrap_err();
    assert_eq!(error.message(), "the text has 4098 bytes; the most are 4096");
    assert_eq!((error.span().start(), error.span().end()), (5, 5 + 2 * MAX_TEXT_BYTES + 4));
}

#[test]
fn the_deepest_formulas_need_a_small_stack() {
    on_small_stack(|| {
        for source in nested(MAX_DEPTH) {
            let formula = parse(&source).unwrap();
            assert_eq!(formula.clone().without_spans(), parse(&formula.to_string()).unwrap().without_spans());
            assert!(references(&formula).outside.len() < 2);
            assert!(format!("{formula:?}").len() > MAX_DEPTH);
        }
    });
}

#[test]
fn hostile_texts_are_refused_at_once() {
    let openings = [
        "(",
        "CASE WHEN ",
        "CASE ",
        "IF(",
        "-",
        "- ",
        "NOT ",
        "SUM(",
        "{",
        "{\"",
        "'",
        "\"",
        "@",
        "@1d",
        "/*",
        "--",
        "1 IN (",
        "CAST(",
        "CAST(1, decimal(",
        "SUM(1 WHERE ",
        "SUM(1 FIXED {a}, ",
        "LAG(1 PARTITION BY (",
        "RANK(ORDER BY ",
        "1 LIKE ",
        "1 + ",
        "1+",
        "1 OR ",
        "1 AND ",
        "1 BETWEEN ",
        "x ",
        "x(",
        "(1 2, ",
        "((1 2), ",
        "IF(1, ",
        "IF(1 2, ",
        ")",
        ",",
        "]",
        "é",
        "\u{0}",
        "{a}}",
        "{a:",
        "1.",
        "1e",
        "''",
        "*/",
    ];
    on_small_stack(move || {
        for opening in openings {
            // As long as a formula may be, and far longer.
            for length in [MAX_SOURCE_BYTES, 1 << 20] {
                let source = opening.repeat(length / opening.len());
                let start = Instant::now();
                let error = parse(&source).unwrap_err();
                let errors = parse_all(&source).unwrap_err();
                assert!(start.elapsed() < Duration::from_secs(2), "{opening}: {:?}", start.elapsed());
                assert_eq!(errors.first(), Some(&error), "{opening}");
            }
        }
    });
}

#[test]
fn long_chains_are_refused_at_once() {
    on_small_stack(|| {
        for link in ["1 + ", "TRUE OR ", "1 || ", "IF(TRUE, 1, ", "CASE 1 WHEN 1 THEN ", "NOT ", "- "] {
            for terms in [1_000, 10_000, 100_000] {
                let start = Instant::now();
                let source = format!("{}1", link.repeat(terms));
                let fits = link == "TRUE OR " && terms == 1_000;
                assert_eq!(parse(&source).is_ok(), fits, "{link} {terms}");
                assert!(start.elapsed() < Duration::from_secs(2), "{link} {terms}: {:?}", start.elapsed());
            }
        }
    });
}
