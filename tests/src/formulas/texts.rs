//! Texts in which something can go wrong, and what formulas have as constant texts.

use chrono::NaiveDate;
use drillcore_formulas::DateFormat;

use super::times::day;
use crate::rng::Rng;

/// Plain texts.
const ASCII: [&str; 22] = [
    "alpha",
    "Beta",
    "gamma delta",
    "  padded  ",
    "a,b,c",
    "x-y_z",
    "Hello World",
    "the quick brown fox",
    "N12345",
    "foo@bar.com",
    "",
    "a",
    "AAAA",
    "aXbXc",
    "1 2 3",
    "a%b_c",
    "it's",
    "\"q\"",
    "tab\there",
    "line\nbreak",
    "alphabet",
    "key=value;k2=v2",
];

/// Letters that change their length with their case, marks that combine, signs of several code points.
const UNICODE: [&str; 24] = [
    "é",
    "e\u{301}",
    "straße",
    "STRAẞE",
    "ΣΑΣ",
    "σας",
    "İstanbul",
    "ıi",
    "\u{fb01}n",
    "\u{1c6}",
    "日本語",
    "😀",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "a😀b",
    "z\u{301}\u{323}",
    "\u{200f}عربي",
    "Å\u{212b}",
    "\u{a0}x\u{2003}",
    "ÀÉÎ",
    "ñandú",
    "\u{2167}",
    "\u{10ffff}",
    "\u{1d4b3}",
    "naïve café",
];

/// Texts that are numbers, and some that are nearly.
const NUMBERS: [&str; 22] = [
    "12",
    "-7.5",
    "0",
    "3",
    "42",
    "0.125",
    "1e3",
    "-1.5E-2",
    "007",
    "+5",
    ".5",
    "1000000",
    "9223372036854775807",
    "9223372036854775808",
    "123456789.987654321",
    "1,234.50",
    "12 km",
    " 8 ",
    "٣",
    "true",
    "no",
    "-0",
];

/// Texts that are dates or times, and some that are nearly.
const DATES: [&str; 20] = [
    "2024-03-01",
    "2024-02-29",
    "2023-02-29",
    "1999-12-31",
    "2024-03-01T10:30:00Z",
    "2024-03-01T10:30:00+02:00",
    "2024-03-01T10:30",
    "2024-03-01 10:30:15.25",
    "2026-03-29T02:30:00",
    "0001-01-01",
    "9999-12-31",
    "01/02/2024",
    "31/12/2023",
    "20240301",
    "2024-3-1",
    "1 Mar 2024",
    "March 1, 2024",
    "10:30",
    "2024-13-01",
    "12024-01-01",
];

/// Few short texts, so that there are equal ones.
const SHORT: [&str; 7] = ["a", "b", "A", "ab", "B", "", " "];

/// Words that a text function may look for.
const PIECES: [&str; 16] = ["a", "b", "A", "", " ", ",", "-", "X", "al", "é", "😀", "\u{301}", "1", "2024", "ß", "o"];

/// Separators.
const SEPARATORS: [&str; 7] = [",", ", ", "", "-", " | ", "é", "X"];

/// Patterns of regular expressions.
const PATTERNS: [&str; 24] = [
    "a",
    "^a",
    "b$",
    "[a-z]+",
    "[A-Z]",
    "[0-9]+",
    r"\d{2,4}",
    r"(\w+)\s(\w+)",
    "(a)(b)?",
    "",
    "^$",
    ".",
    "(?i)alpha",
    r"\bfox\b",
    "x|y|z",
    "[^a-z]",
    r"\p{L}+",
    "(?s).*",
    "é|e",
    r"(\d+)-(\d+)-(\d+)",
    r"\s+",
    "(?P<first>.)",
    "😀",
    "a*?",
];

/// Formats of dates and times.
const FORMATS: [&str; 20] = [
    "YYYY-MM-DD",
    "DD/MM/YYYY",
    "MM/DD/YY",
    "YYYYMMDD",
    "D MMM YYYY",
    "MMMM D, YYYY",
    "EEEE D MMMM YYYY, h:mm a",
    "YYYY-MM-DD HH:mm:ss",
    "YYYY-MM-DD'T'HH:mm:ss.SSS",
    "YYYY-MM-DD HH:mm:ss.SSSSSS",
    "YYYY-DDDD",
    "DDD YYYY",
    "Q YYYY",
    "YYYY-M-D",
    "YYYY",
    "hh:mm:ss A",
    "H:m:s",
    "GGGG-'W'WW",
    "E W",
    "'day' D 'of' YYYY",
];

fn one(pool: &[&'static str], rng: &mut Rng) -> String {
    (*rng.pick(pool)).to_owned()
}

pub(super) fn plain_text(rng: &mut Rng) -> String {
    one(&ASCII, rng)
}

pub(super) fn wide_text(rng: &mut Rng) -> String {
    one(&UNICODE, rng)
}

pub(super) fn number_text(rng: &mut Rng) -> String {
    match rng.below(3) {
        0 => one(&NUMBERS, rng),
        1 => rng.between(-999, 99_999).to_string(),
        _ => format!("{}.{:02}", rng.between(0, 9_999), rng.between(0, 99)),
    }
}

pub(super) fn date_text(rng: &mut Rng) -> String {
    if rng.chance(50) {
        return one(&DATES, rng);
    }
    let date = NaiveDate::from_epoch_days(day(rng)).expect("a moderate date");
    let format = *rng.pick(&["%Y-%m-%d", "%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%Y-%m-%dT12:30:00Z", "%Y-%m-%d 23:59:59"]);
    date.format(format).to_string()
}

pub(super) fn mixed_text(rng: &mut Rng) -> String {
    let count = rng.between(1, 4);
    let piece = |rng: &mut Rng| match rng.below(5) {
        0 => one(&UNICODE, rng),
        1 => one(&PIECES, rng),
        2 => rng.between(0, 99).to_string(),
        _ => one(&ASCII, rng),
    };
    (0..count).map(|_| piece(rng)).collect()
}

pub(super) fn short_text(rng: &mut Rng) -> String {
    one(&SHORT, rng)
}

/// A text as it stands in a formula.
pub(super) fn constant_text(rng: &mut Rng) -> String {
    match rng.below(10) {
        0 | 1 => plain_text(rng),
        2 => wide_text(rng),
        3 => number_text(rng),
        4 => date_text(rng),
        5 => short_text(rng),
        _ => one(&PIECES, rng),
    }
}

pub(super) fn separator(rng: &mut Rng) -> String {
    one(&SEPARATORS, rng)
}

pub(super) fn pattern(rng: &mut Rng) -> String {
    one(&PATTERNS, rng)
}

/// A format of dates; mostly one in which dates can be read.
pub(super) fn date_format(rng: &mut Rng) -> String {
    let format = one(&FORMATS, rng);
    let readable = DateFormat::parse(&format).is_ok_and(|format| format.can_be_read());
    if readable || rng.chance(50) { format } else { one(&FORMATS[..10], rng) }
}
