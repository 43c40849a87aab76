//! What the examples of the entries leave open.

use super::evaluate;
use crate::interpret::Value;
use crate::{MAX_GROWN_BYTES, TextFunction};

fn t(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn i(value: i64) -> Value {
    Value::Integer(value)
}

#[track_caller]
fn check(function: TextFunction, arguments: &[Value], expected: impl Into<Value>) {
    let expected: Value = expected.into();
    assert_eq!(Value::from(evaluate(function, arguments)), expected, "{} of {arguments:?}", function.entry().name);
}

#[test]
fn case_follows_unicode() {
    for (text, upper, lower, proper) in [
        ("ǆ", "Ǆ", "ǆ", "Ǆ"),
        ("ŉ", "ʼN", "ŉ", "ʼN"),
        ("İ", "İ", "i\u{307}", "İ"),
        ("ΣΑΣ Σ ΑΣ.", "ΣΑΣ Σ ΑΣ.", "σας σ ας.", "Σας Σ Ας."),
        ("Σ.Σ", "Σ.Σ", "σ.ς", "Σ.Σ"),
        ("straße 2b", "STRASSE 2B", "straße 2b", "Straße 2b"),
        ("d\u{301}élan", "D\u{301}ÉLAN", "d\u{301}élan", "D\u{301}Élan"),
        ("١a ⅷX", "١A ⅧX", "١a ⅷx", "١a Ⅷx"),
    ] {
        check(TextFunction::Upper, &[t(text)], t(upper));
        check(TextFunction::Lower, &[t(text)], t(lower));
        check(TextFunction::Proper, &[t(text)], t(proper));
    }
}

#[test]
fn white_space_is_that_of_unicode() {
    let text = "\u{a0}\t\u{2003}a\u{3000}\nb\u{200b} ";
    check(TextFunction::Trim, &[t(text)], t("a\u{3000}\nb\u{200b}"));
    check(TextFunction::TrimLeft, &[t(text)], t("a\u{3000}\nb\u{200b} "));
    check(TextFunction::TrimRight, &[t(text)], t("\u{a0}\t\u{2003}a\u{3000}\nb\u{200b}"));
    check(TextFunction::CollapseSpaces, &[t(text)], t("a b\u{200b}"));
    check(TextFunction::Trim, &[t("\t \n")], t(""));
    check(TextFunction::Trim, &[t("ééaé"), t("xé")], t("a"));
    check(TextFunction::IsBlank, &[t("\u{a0}\u{2003}")], Value::Boolean(true));
    check(TextFunction::IsBlank, &[t("\u{200b}")], Value::Boolean(false));
}

#[test]
fn pieces_are_counted_in_characters_from_either_end() {
    check(TextFunction::Left, &[t("añ😀b"), i(3)], t("añ😀"));
    check(TextFunction::Left, &[t("añ"), i(i64::MAX)], t("añ"));
    check(TextFunction::Right, &[t("añ😀b"), i(3)], t("ñ😀b"));
    check(TextFunction::Right, &[t("añ"), i(0)], t(""));
    check(TextFunction::Right, &[t("añ"), i(i64::MIN)], Value::Null);
    for (start, length, expected) in [
        (1, Some(0), Some("")),
        (1, Some(-1), None),
        (2, Some(i64::MAX), Some("ñ😀b")),
        (i64::MAX, Some(i64::MAX), Some("")),
        (5, None, Some("")),
        (-1, None, Some("b")),
        (-3, Some(2), Some("ñ😀")),
        (-4, None, Some("añ😀b")),
        (-5, Some(2), Some("añ")),
        (i64::MIN, None, Some("añ😀b")),
        (0, None, None),
    ] {
        let arguments: Vec<Value> = [t("añ😀b"), i(start)].into_iter().chain(length.map(i)).collect();
        check(TextFunction::Substring, &arguments, expected.map(t));
    }
}

#[test]
fn parts_are_told_from_the_left() {
    for (text, separator, place, expected) in [
        ("aaa", "aa", 1, Some("")),
        ("aaa", "aa", 2, Some("a")),
        ("aaa", "aa", -1, Some("a")),
        ("aaa", "aa", -2, Some("")),
        ("aaa", "aa", -3, None),
        ("a, b", ", ", -1, Some("b")),
        ("", ",", 1, Some("")),
        ("", ",", -1, Some("")),
        ("ab", "", 1, Some("ab")),
        ("ab", "", -1, Some("ab")),
        ("ab", "", 2, None),
        ("a,b", ",", i64::MIN, None),
        ("a,b", ",", i64::MAX, None),
    ] {
        check(TextFunction::SplitPart, &[t(text), t(separator), i(place)], expected.map(t));
    }
    check(TextFunction::PartCount, &[t("aaaa"), t("aa")], i(3));
    check(TextFunction::Before, &[t("añb"), t("b")], t("añ"));
    check(TextFunction::After, &[t("añb"), t("b")], t(""));
    check(TextFunction::After, &[t(""), t("")], t(""));
}

#[test]
fn parts_are_found_by_character() {
    check(TextFunction::Position, &[t("😀añ"), t("ñ")], i(3));
    check(TextFunction::Position, &[t(""), t("")], i(1));
    check(TextFunction::Position, &[t("ab"), t("abc")], i(0));
    check(TextFunction::CountOf, &[t(""), t("")], i(0));
    check(TextFunction::Contains, &[t(""), t("a")], Value::Boolean(false));
    check(TextFunction::EndsWith, &[t("añ"), t("")], Value::Boolean(true));
    check(TextFunction::Replace, &[t("aXbX"), t("X"), t("ñ")], t("añbñ"));
    check(TextFunction::Replace, &[t(""), t(""), t("x")], t(""));
}

#[test]
fn texts_grow_up_to_the_bound() {
    let most = i64::try_from(MAX_GROWN_BYTES).unwrap();
    let whole = "a".repeat(MAX_GROWN_BYTES);
    check(TextFunction::Repeat, &[t("a"), i(most)], t(&whole));
    check(TextFunction::Repeat, &[t("a"), i(most + 1)], Value::Null);
    check(TextFunction::Repeat, &[t("ab"), i(i64::MAX)], Value::Null);
    check(TextFunction::Repeat, &[t(""), i(i64::MAX)], t(""));
    check(TextFunction::PadLeft, &[t(""), i(most), t("a")], t(&whole));
    check(TextFunction::PadLeft, &[t(""), i(most / 2 + 1), t("é")], Value::Null);
    check(TextFunction::PadRight, &[t("a"), i(i64::MAX)], Value::Null);
    check(TextFunction::PadRight, &[t("a"), i(i64::MAX), t("")], t("a"));
    check(TextFunction::PadRight, &[t(&format!("{whole}b")), i(most + 1)], Value::Null);
    check(TextFunction::Concat, &[t(&whole), Value::Null, t("")], t(&whole));
    check(TextFunction::Concat, &[t(&whole), t("b")], Value::Null);
    check(TextFunction::Join, &[t("-"), t(&whole), Value::Null], t(&whole));
    check(TextFunction::Join, &[t("-"), t(&whole), t("")], Value::Null);
    check(TextFunction::Translate, &[t(&whole), t("a"), t("é")], Value::Null);
    let half = "ab".repeat(MAX_GROWN_BYTES / 2);
    check(TextFunction::Replace, &[t(&half), t("b"), t("c")], t(&"ac".repeat(MAX_GROWN_BYTES / 2)));
    check(TextFunction::Replace, &[t(&half), t("ab"), t("abc")], Value::Null);
}

#[test]
fn padding_starts_over_and_counts_characters() {
    check(TextFunction::PadLeft, &[t("é"), i(6), t("añ")], t("añañaé"));
    check(TextFunction::PadRight, &[t("é"), i(6), t("añ")], t("éañaña"));
    check(TextFunction::PadRight, &[t("éab"), i(2), t("x")], t("éa"));
    check(TextFunction::PadLeft, &[t("ab"), i(0)], t(""));
}

#[test]
fn characters_by_number_and_by_set() {
    check(TextFunction::CodePoint, &[t("😀a")], i(0x1f600));
    check(TextFunction::Char, &[i(0x10_ffff)], t("\u{10ffff}"));
    check(TextFunction::Char, &[i(0x11_0000)], Value::Null);
    check(TextFunction::Char, &[i(i64::MAX)], Value::Null);
    check(TextFunction::Keep, &[t("añb😀a"), t("😀a")], t("a😀a"));
    check(TextFunction::Remove, &[t("añb😀a"), t("😀a")], t("ñb"));
    check(TextFunction::Digits, &[t("١2³4")], t("24"));
    check(TextFunction::Translate, &[t("añb"), t("ñb"), t("n")], t("an"));
    check(TextFunction::Translate, &[t("añb"), t("a"), t("xyz")], t("xñb"));
}

#[test]
fn likeness_is_by_character_and_bounded() {
    let longest = "é".repeat(1_000);
    check(TextFunction::Levenshtein, &[t("flaw"), t("lawn")], i(2));
    check(TextFunction::Levenshtein, &[t("é"), t("e")], i(1));
    check(TextFunction::Levenshtein, &[t(&longest), t("")], i(1_000));
    check(TextFunction::Levenshtein, &[t(""), t(&format!("{longest}é"))], Value::Null);
    check(TextFunction::Similarity, &[t("abcd"), t("abxd")], Value::Float(0.75));
    check(TextFunction::JaroWinkler, &[t("DIXON"), t("DICKSONX")], Value::Float(0.813_333_333_333_333_2));
    check(TextFunction::JaroWinkler, &[t("a"), t("")], Value::Float(0.0));
    check(TextFunction::JaroWinkler, &[t("abcdefgh"), t("abcdefgh")], Value::Float(1.0));
    check(TextFunction::JaroWinkler, &[t(&format!("{longest}é")), t("é")], Value::Null);
}

#[test]
fn soundex_is_that_of_the_archives() {
    for (name, code) in [
        ("Rupert", "R163"),
        ("Rubin", "R150"),
        ("Ashcroft", "A261"),
        ("Tymczak", "T522"),
        ("Pfister", "P236"),
        ("Honeyman", "H555"),
        ("Jackson", "J250"),
        ("Lee", "L000"),
        ("VanDeusen", "V532"),
        ("Gutierrez", "G362"),
        ("o'brien", "O165"),
        ("Öhlund", "H453"),
        ("", ""),
    ] {
        check(TextFunction::Soundex, &[t(name)], t(code));
    }
}

#[test]
fn urls_are_split_as_rfc_3986_says() {
    #[track_caller]
    fn check_url(url: &str, expected: [Option<&str>; 6]) {
        for (part, expected) in ["scheme", "host", "port", "path", "query", "fragment"].into_iter().zip(expected) {
            check(TextFunction::UrlPart, &[t(url), t(part)], expected.map(t));
        }
    }
    let full = [Some("ftp"), Some("h"), Some("21"), Some("/p"), Some("q?r"), Some("f#g")];
    check_url("ftp://u:w@h:21/p?q?r#f#g", full);
    check_url("", [None, None, None, Some(""), None, None]);
    check_url("mailto:a@b", [Some("mailto"), None, None, Some("a@b"), None, None]);
    check_url("1a:b", [None, None, None, Some("1a:b"), None, None]);
    check_url("//h?q", [None, Some("h"), None, Some(""), Some("q"), None]);
    check_url("file:///x", [Some("file"), Some(""), None, Some("/x"), None, None]);
    check_url("http://[::1]:80", [Some("http"), Some("[::1]"), Some("80"), Some(""), None, None]);
    check_url("http://[::1/", [Some("http"), None, None, Some("/"), None, None]);
    check_url("http://h:8x/", [Some("http"), None, None, Some("/"), None, None]);
    check_url("http://h:/", [Some("http"), Some("h"), Some(""), Some("/"), None, None]);
    check_url("http://a@b@c/\n", [Some("http"), Some("c"), None, Some("/\n"), None, None]);
    check_url("a/b:c?#", [None, None, None, Some("a/b:c"), Some(""), Some("")]);
}

#[test]
fn nulls_that_are_seen() {
    check(TextFunction::Concat, &[Value::Null, Value::Null], t(""));
    check(TextFunction::Join, &[t("-"), Value::Null, t("a"), t("b")], t("a-b"));
    check(TextFunction::Join, &[Value::Null, t("a")], Value::Null);
    check(TextFunction::IsBlank, &[Value::Null], Value::Boolean(true));
}
