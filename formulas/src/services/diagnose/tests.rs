//! What is told of formulas, and about which piece of their text.

use super::{FormulaLevel, Severity, diagnose};
use crate::services::did_you_mean;
use crate::{
    AggregateFunction, MAX_ERRORS, Names, Reference, Setting, Type, check_aggregate, check_row, check_window, parse,
};

/// Columns `i`, `f`, `t`, `b`, `day`; measures `m` and `n`. No SUM of anything but numbers.
struct Sales;

impl Names for Sales {
    type Column = String;
    type Measure = String;

    fn column(&mut self, reference: &Reference) -> Result<(String, Type), String> {
        let value_type = match reference.name.as_str() {
            "i" => Type::Integer,
            "f" => Type::Float,
            "t" => Type::Text,
            "b" => Type::Boolean,
            "day" => Type::Date,
            other => {
                return Err(format!("no column `{other}`{}", did_you_mean(other, ["i", "f", "t", "b", "day"])));
            }
        };
        Ok((reference.name.clone(), value_type))
    }

    fn measure(&mut self, reference: &Reference) -> Result<(String, Type), String> {
        match reference.name.as_str() {
            "m" | "n" => Ok((reference.name.clone(), Type::Integer)),
            other => Err(format!("no measure `{other}`")),
        }
    }

    fn aggregate_type(&self, function: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
        match argument {
            Some(Type::Text) => Err(format!("no {} of text", function.name())),
            other => Ok(other.unwrap_or(Type::Integer)),
        }
    }
}

fn told(source: &str, level: FormulaLevel) -> Vec<(String, String)> {
    let found = diagnose(source, &Setting::default(), level, &mut Sales);
    let errors = found.into_iter().filter(|one| one.severity == Severity::Error);
    errors.map(|one| (one.span.text(source).unwrap().to_owned(), one.message)).collect()
}

/// The beginnings of messages, and the pieces that they are about.
#[track_caller]
fn check(source: &str, level: FormulaLevel, expected: &[(&str, &str)]) {
    let found = told(source, level);
    let fits = |((found, told), (piece, message)): (&(String, String), &(&str, &str))| {
        *found == **piece && told.starts_with(*message)
    };
    let all = found.len() == expected.len() && found.iter().zip(expected).all(fits);
    assert!(all, "{source}\n{found:#?}");
}

#[track_caller]
fn row(source: &str, expected: &[(&str, &str)]) {
    check(source, FormulaLevel::Row, expected);
}

#[track_caller]
fn group(source: &str, expected: &[(&str, &str)]) {
    check(source, FormulaLevel::Aggregate, expected);
}

#[test]
fn all_errors_of_the_syntax_are_told() {
    row(
        "IF(, SUMM({i}), 1 2)",
        &[
            (",", "expected a value"),
            ("SUMM", "there is no function `SUMM`; did you mean `SUM`?"),
            ("2", "expected an operator"),
        ],
    );
}

#[test]
fn parts_hide_no_faults_of_others() {
    row("{x} + {y} * {i}", &[("{x}", "no column `x`"), ("{y}", "no column `y`")]);
    row("IF({i}, {nope}, {t})", &[("{i}", "IF takes a condition"), ("{nope}", "no column `nope`")]);
    row(
        "IF({b}, {t} + 1, NOT {i}) || {daz}",
        &[
            ("{t}", "`+` takes numbers"),
            ("{i}", "NOT takes a condition"),
            ("{daz}", "no column `daz`; did you mean `day`?"),
        ],
    );
    row(
        "CASE WHEN {i} THEN {x} WHEN {t} THEN 1 ELSE {y} END",
        &[
            ("{i}", "WHEN takes a condition"),
            ("{x}", "no column"),
            ("{t}", "WHEN takes a condition"),
            ("{y}", "no column"),
        ],
    );
    row("DATE_TRUNC('mont', {x})", &[("'mont'", "DATE_TRUNC does not know this word"), ("{x}", "no column")]);
    row("DATE_TRUNC({x}, {t})", &[("{x}", "DATE_TRUNC takes one of")]);
    row(
        "{i} IN ({x}, 'a', 1, {b})",
        &[("{x}", "no column"), ("'a'", "integer cannot be compared"), ("{b}", "integer cannot be compared")],
    );
    row("ABS({x}, {y})", &[("ABS", "ABS takes 1 argument"), ("{x}", "no column"), ("{y}", "no column")]);
}

#[test]
fn no_fault_is_told_for_what_another_one_causes() {
    row("CASE WHEN {b} THEN {x} END + 1", &[("{x}", "no column")]);
    row("IF({b}, {x}) > {day}", &[("{x}", "no column")]);
    row("LENGTH({x} || 1) + 1", &[("{x}", "no column")]);
    row("({t} + 1) || 'a'", &[("{t}", "`+` takes numbers")]);
    group("MAX({x}) || 'a'", &[("{x}", "no column")]);
}

#[test]
fn names_are_looked_up_at_their_level() {
    group("{m} + SUM({i}) + SUM({m}) + {i}", &[("{m}", "no column `m`"), ("{i}", "no measure `i`")]);
    group("SUM({x} WHERE {y} > 1) / {z}", &[("{x}", "no column"), ("{y}", "no column"), ("{z}", "no measure")]);
    group("SUM({t}) + RATE({i}, {t})", &[("{t}", "SUM takes numbers"), ("{t}", "RATE takes numbers")]);
    group("MIN({t}) + {z}", &[("{t}", "no MIN of text"), ("{z}", "no measure")]);
    group("SUM({i} FIXED {x}) + {z}", &[("{x}", "no column"), ("{z}", "no measure")]);
    row("SUM({x}) + {y}", &[("SUM", "the aggregate SUM cannot stand"), ("{x}", "no column"), ("{y}", "no column")]);
    row("{x} + RANK()", &[("{x}", "no column"), ("RANK", "RANK is over the rows of an answer")]);
}

#[test]
fn aggregates_inside_aggregates_are_looked_into() {
    group("AVG(SUM({x} INCLUDE {t})) + {z}", &[("{x}", "no column"), ("{z}", "no measure")]);
    group("AVG(SUM({i} INCLUDE {t}) + {m}) + {z}", &[("{m}", "a name beside aggregates"), ("{z}", "no measure")]);
    group("SUM(MAX({i}))", &[("MAX", "the aggregate MAX cannot stand inside another aggregate; with INCLUDE")]);
    group("AVG(SUM(MAX({i}) INCLUDE {t}))", &[("MAX", "the aggregate MAX cannot stand inside another aggregate")]);
}

#[test]
fn windows_are_looked_into() {
    let window = |source: &str, expected: &[(&str, &str)]| check(source, FormulaLevel::Window, expected);
    window("LAG({m}, 1) - {n}", &[]);
    window("LAG({x}, 0.5) + SUM({y})", &[("{x}", "no measure"), ("0.5", "the offset of LAG"), ("{y}", "no column")]);
    window("LAG(RANK()) + {z}", &[("RANK", "RANK is over the rows of an answer"), ("{z}", "no measure")]);
}

#[test]
fn there_is_an_end_to_it() {
    let many = vec!["{x}"; 100].join(" + ");
    assert_eq!(told(&many, FormulaLevel::Row).len(), MAX_ERRORS);
    let nested = format!("{}{{i}}{}", "(".repeat(100), " IN (TRUE, FALSE))".repeat(100));
    assert!(!told(&nested, FormulaLevel::Row).is_empty());
    let wide = format!("{{b}} IN ({})", vec!["NOT {b} AND {b}"; 2_000].join(", "));
    assert!(told(&wide, FormulaLevel::Row).is_empty());
    // More parts than are checked: what is wrong is told all the same.
    let wide = format!("{{b}} IN ({}, 1)", vec!["NOT {b}"; 3_000].join(", "));
    assert_eq!(told(&wide, FormulaLevel::Row).len(), 1);
}

#[test]
fn comparisons_with_null_are_warned_of() {
    #[track_caller]
    fn check(source: &str, expected: &[(&str, &str)]) {
        let found = diagnose(source, &Setting::default(), FormulaLevel::Row, &mut Sales);
        let pieces: Vec<_> = found.iter().map(|one| (one.span.text(source).unwrap(), one.severity)).collect();
        let warned: Vec<_> = expected.iter().map(|(piece, _)| (*piece, Severity::Warning)).collect();
        assert_eq!(pieces, warned, "{source}");
        for (one, (_, message)) in found.iter().zip(expected) {
            assert!(one.message.starts_with(*message), "{}", one.message);
            assert!(one.render(source).contains(": warning: "));
        }
    }
    check("{i} = NULL OR {i} IS NULL", &[("{i} = NULL", "a comparison with NULL")]);
    check("{i} NOT IN (1, NULL)", &[("NULL", "NOT IN is never true")]);
    check("{i} IN (1, NULL)", &[("NULL", "a NULL in a list")]);
    check("CASE {i} WHEN NULL THEN 1 WHEN 2 THEN NULL END", &[("NULL", "a NULL is equal to nothing")]);
    check("COALESCE({i}, NULL)", &[]);
}

/// What is right has no errors, and what is wrong has at least the one that the check gives.
#[test]
fn it_agrees_with_the_check() {
    let setting = Setting::default();
    for source in [
        "1",
        "{i} + 1",
        "SUM({i} WHERE {b}) / {m}",
        "LAG({m})",
        "AVG(SUM({i} INCLUDE {t}))",
        "SUM({i} FIXED {t})",
        "SUM(MAX({i}) WHERE {x})",
        "{i} + 'a'",
        "IF({b}, 1, 'a')",
        "COALESCE({t}, {day}, {x})",
        "FIRST({i})",
        "STRING_LIST({i}, {t})",
        "LAG(SUM({x}))",
        "AT_ZONE({day}, 'Mars')",
    ] {
        let formula = parse(source).unwrap();
        for (level, expected) in [
            (FormulaLevel::Row, check_row(&formula, &setting, &mut Sales).err()),
            (FormulaLevel::Aggregate, check_aggregate(&formula, &setting, &mut Sales).err()),
            (FormulaLevel::Window, check_window(&formula, &setting, &mut Sales).err()),
        ] {
            let found = diagnose(source, &setting, level, &mut Sales);
            assert_eq!(found.is_empty(), expected.is_none(), "{source} {level:?}");
            if let Some(error) = expected {
                assert!(found.iter().any(|one| one.span == error.span()), "{source} {level:?}\n{found:?}");
            }
        }
    }
}
