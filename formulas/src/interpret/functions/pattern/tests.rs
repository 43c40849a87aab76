//! What the examples of the entries leave open.

use proptest::prelude::*;

use super::evaluate;
use crate::interpret::Value;
use crate::{MAX_GROWN_BYTES, PatternFunction};

fn t(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[track_caller]
fn check(function: PatternFunction, arguments: &[Value], expected: impl Into<Value>) {
    let expected: Value = expected.into();
    assert_eq!(Value::from(evaluate(function, arguments)), expected, "{} of {arguments:?}", function.entry().name);
}

#[test]
fn groups_are_found_by_number() {
    let pattern = t("(?<year>[0-9]{4})-([0-9]{2})(x)?");
    for (group, expected) in [(0, Some("2024-03")), (1, Some("2024")), (2, Some("03")), (3, None), (4, None)] {
        check(PatternFunction::Extract, &[t("2024-03"), pattern.clone(), Value::Integer(group)], expected.map(t));
    }
    check(PatternFunction::Extract, &[t("in 2024-03"), pattern.clone()], t("2024"));
    check(PatternFunction::Extract, &[t("ab"), t("(?:a)b")], t("ab"));
    check(PatternFunction::Extract, &[t("ab"), t("()b")], t(""));
}

#[test]
fn places_and_counts_are_by_character() {
    check(PatternFunction::Position, &[t("😀é1"), t("[0-9]")], Value::Integer(3));
    check(PatternFunction::Position, &[t("😀é"), t("$")], Value::Integer(3));
    check(PatternFunction::Count, &[t("😀é"), t("")], Value::Integer(3));
    check(PatternFunction::Count, &[t("aaa"), t("aa")], Value::Integer(1));
    check(PatternFunction::Matches, &[t("GRÜN"), t("(?i)^grün$")], Value::Boolean(true));
}

#[test]
fn replacements_are_those_of_the_regex_crate() {
    let names = r"(?<first>\w+) (\w+)?";
    for by in [
        "$2 $first",
        "${first}x$1x${1}x",
        "$",
        "$$",
        "$$1",
        "$$$1",
        "${",
        "${1",
        "${1$2}$2",
        "${nobody}$9$nobody",
        "$-$é${}",
        "",
    ] {
        let text = "ab cd, ef gh é ";
        let expected = crate::pattern(names).unwrap().replace_all(text, by).into_owned();
        check(PatternFunction::Replace, &[t(text), t(names), t(by)], t(&expected));
    }
}

#[test]
fn replacements_grow_up_to_the_bound() {
    let text = "a".repeat(MAX_GROWN_BYTES / 2);
    check(PatternFunction::Replace, &[t(&text), t("a"), t("$0$0")], t(&text.repeat(2)));
    check(PatternFunction::Replace, &[t(&text), t("a"), t("$0$0$0")], Value::Null);
    check(PatternFunction::Replace, &[t(&text.repeat(3)), t("b"), t("")], Value::Null);
    check(PatternFunction::Replace, &[t(&text.repeat(3)), t("a"), t("")], t(""));
}

#[test]
fn wildcards_stand_for_characters() {
    for (text, pattern, expected) in [
        ("", "", true),
        ("a", "", false),
        ("", "_", false),
        ("é", "_", true),
        ("a\nb", "a_b", true),
        ("abcabc", "%abc", true),
        ("abcab", "%abc", false),
        ("ab", "%a_b%", false),
        ("aaab", "%a_b%", true),
        ("abab", "ab%ab", true),
        ("aba", "ab%ba", false),
        ("a%b", r"a\%b", true),
        ("axb", r"a\%b", false),
        ("a_b", r"a\_b", true),
        (r"a\b", r"a\\b", true),
        (r"a\", r"a\", true),
        ("ab", r"\a\b", true),
        ("ab", "%%%b%", true),
    ] {
        check(PatternFunction::Like, &[t(text), t(pattern)], Value::Boolean(expected));
        check(PatternFunction::LikeAnyCase, &[t(text), t(pattern)], Value::Boolean(expected));
    }
}

#[test]
fn characters_of_another_case_are_like_each_other() {
    for (text, pattern, expected) in [
        ("ABC", "a_C", true),
        ("\u{212a}elvin", "kELVIN", true),
        ("mi\u{17f}t", "MIST", true),
        ("ΣΊΣΥΦΟΣ", "σίσ%ς", true),
        ("İ", "i", false),
        ("ẞ", "ß", true),
        ("ẞ", "ss", false),
    ] {
        check(PatternFunction::LikeAnyCase, &[t(text), t(pattern)], Value::Boolean(expected));
    }
}

#[test]
fn patterns_of_wildcards_are_bounded() {
    check(PatternFunction::Like, &[t(""), t(&"%".repeat(1_000))], Value::Boolean(true));
    check(PatternFunction::Like, &[t(""), t(&"%".repeat(1_001))], Value::Null);
    check(PatternFunction::LikeAnyCase, &[t(""), t(&"%".repeat(1_001))], Value::Null);
}

proptest! {
    #[test]
    fn wildcards_are_the_expressions_that_they_stand_for(text in "[ab]{0,8}", pattern in "[ab%_]{0,6}") {
        let expression = format!("^{}$", pattern.replace('%', ".*").replace('_', "."));
        let expected = crate::pattern(&expression).unwrap().is_match(&text);
        prop_assert_eq!(
            evaluate(PatternFunction::Like, &[t(&text), t(&pattern)]),
            Some(Value::Boolean(expected))
        );
    }
}
