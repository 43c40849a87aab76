use crate::{Error, MAX_ERRORS, parse, parse_all};

/// These errors are told of a text, in this order.
#[track_caller]
fn told(source: &str, messages: &[&str]) {
    let errors = parse_all(source).unwrap_err();
    let found: Vec<&str> = errors.iter().map(Error::message).collect();
    assert_eq!(found, messages, "{source}");
    assert_eq!(parse(source).as_ref(), Err(&errors[0]), "{source}");
}

#[test]
fn a_formula_without_errors_is_the_same() {
    for source in
        ["1", "SUM({a} WHERE {b} FIXED {c}) + IF({d}, (1), @1d)", "{a} IN (1, (2)) OR CAST({b}, decimal(2, 1)) > 0"]
    {
        assert_eq!(parse_all(source), parse(source).map_err(|error| vec![error]), "{source}");
    }
}

#[test]
fn each_part_in_brackets_tells_its_error() {
    told(
        "IF({a} > , 2 3, @2024-13-01)",
        &["expected a value, found `,`", "expected an operator, `,` or `)`, found `3`", "there is no month 13"],
    );
    told("(1 2) + (3 4, 5)", &["expected an operator or `)`, found `2`", "expected an operator or `)`, found `4`"]);
    told(
        "{a} IN (1 2, *, 3) AND FOO",
        &[
            "expected an operator, `,` or `)`, found `2`",
            "expected a value, found `*`",
            "`FOO` has no meaning here; names of columns are written in braces: {FOO}",
        ],
    );
    told("CAST(1 2, text) + CAST(1, qqqq)", &["expected `,` and a type, found `2`", "there is no type `qqqq`"]);
    told(
        "SUM({a} FIXED carrier, {b}) + LAG({c} ORDER BY 1)",
        &["names of columns are written in braces: {carrier}", "expected a name in braces, found `1`"],
    );
    told(
        "ROUND((1 +), (2 % 3))",
        &["expected a value, found `)`", "`%` has no meaning here; MOD(a, b) is the remainder of a division"],
    );
}

#[test]
fn what_can_be_read_is_read_on() {
    told(
        "SUMM({a}, 1 2) + qqqqqqqq(MEDAIN({b}))",
        &[
            "there is no function `SUMM`; did you mean `SUM`?",
            "expected an operator, `,` or `)`, found `2`",
            "there is no function `qqqqqqqq`",
            "there is no function `MEDAIN`; did you mean `MEDIAN`?",
        ],
    );
    told(
        "distance / air_time",
        &[
            "`distance` has no meaning here; names of columns are written in braces: {distance}",
            "`air_time` has no meaning here; names of columns are written in braces: {air_time}",
        ],
    );
    told(
        "COUNT(*) + COUNT(DISTINCT {a}) + 1e999",
        &[
            "`*` is no value; COUNTR() counts the rows",
            "DISTINCT does not stand here; COUNTD(a) counts the different values",
            "the number is too large for a float",
        ],
    );
    told(
        "SUM({a} FULL FIXED {b}) + ROUND({c} WHERE 1)",
        &[
            "FIXED cannot stand behind FULL; there is one such clause in a call",
            "only aggregates take WHERE, not ROUND; IF(condition, value) leaves values out",
        ],
    );
    told(
        "DATE '2024-01-01' < @1.5h",
        &["a date is written as @2024-03-01", "durations have whole numbers: @1h30m, not @1.5h"],
    );
}

#[test]
fn there_is_no_avalanche() {
    told("1 2 3 * * 4", &["expected an operator or the end, found `2`"]);
    told("SUM(((1 2 3", &["expected an operator or `)`, found `2`"]);
    told("SUM(1 2 3 4 (5 6) ((), 7)", &["expected an operator, `,` or `)`, found `2`"]);
    told("IF('a, 1, 2) + FOO", &["the text is not closed: `'` is missing"]);
    told(
        "IF(§ § §, 1) /* ",
        &["the character U+00A7 has no meaning here", "the comment is not closed: `*/` is missing"],
    );
    told(
        "how many flights are there?",
        &[
            "`how` has no meaning here; names of columns are written in braces: {how}",
            "expected an operator or the end, found `many`",
        ],
    );
}

#[test]
fn the_number_of_errors_is_limited() {
    for source in [["x"; 100].join(" + "), format!("IF({})", ["1 2"; 100].join(", "))] {
        let errors = parse_all(&source).unwrap_err();
        assert_eq!(errors.len(), MAX_ERRORS, "{source}");
        assert_eq!(Err(&errors[0]), parse(&source).as_ref(), "{source}");
    }
    let source = ["x"; MAX_ERRORS - 1].join(" + ");
    assert_eq!(parse_all(&source).unwrap_err().len(), MAX_ERRORS - 1);
}

#[test]
fn a_limit_ends_it_all() {
    let deep = format!("IF(x, {}, x)", "(".repeat(300));
    let found: Vec<String> = parse_all(&deep).unwrap_err().iter().map(Error::to_string).collect();
    assert_eq!(
        found,
        [
            "`x` has no meaning here; names of columns are written in braces: {x}",
            "the formula is nested too deeply; the most are 128 levels",
        ]
    );
    let long = "1".repeat(70_000);
    assert_eq!(parse_all(&long), Err(vec![parse(&long).unwrap_err()]));
}
