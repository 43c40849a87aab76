//! Functions of texts and patterns: regular expressions, and the wildcards of SQL.
//!
//! A regular expression is a constant, in the syntax that [`pattern`](crate::pattern()) reads: by Unicode scalar
//! values, found anywhere in the text unless `^` and `$` bind it, upper case told from lower unless it begins with
//! `(?i)`.

use crate::registry::{Parameter, functions, optional, required};
use crate::{Entry, Kind, ResultType, Type};

const BOOLEAN: ResultType = ResultType::Always(Type::Boolean);
const INTEGER: ResultType = ResultType::Always(Type::Integer);
const TEXT: ResultType = ResultType::Always(Type::Text);

const SUBJECT: Parameter = required("text", Kind::Text);
const PATTERN: Parameter = required("pattern", Kind::Pattern);
const WILDCARDS: Parameter = required("pattern", Kind::Text);

functions! {
    /// Functions of texts and patterns: regular expressions, and the wildcards of SQL.
    PatternFunction {
        Matches => Entry::new("REGEX_MATCHES", BOOLEAN, "whether the pattern is found anywhere in the text")
            .aliases(&["REGEXP_LIKE", "REGEXP_MATCH", "REGEXP_MATCHES"])
            .takes(&[SUBJECT, PATTERN])
            .examples(&[
                ("REGEX_MATCHES('N1234', '^N[0-9]+$')", "true"),
                ("REGEX_MATCHES('abc', 'B')", "false"),
                ("REGEX_MATCHES(NULL, 'B')", "null"),
            ]),
        Extract => Entry::new("REGEX_EXTRACT", TEXT, "what that group of the pattern holds where it is first found, 0 \
            for the whole; unless told the first group, or the whole of a pattern without groups; NULL if the pattern \
            is not found or the group has no part in it")
            .aliases(&["REGEXP_EXTRACT", "REGEXP_SUBSTR"])
            .takes(&[SUBJECT, PATTERN, optional("group", Kind::Constant(0, 99))])
            .examples(&[
                ("REGEX_EXTRACT('order 1234 of 7', '[0-9]+')", "1234"),
                ("REGEX_EXTRACT('AB-12', '([A-Z]+)-([0-9]+)')", "AB"),
                ("REGEX_EXTRACT('AB-12', '([A-Z]+)-([0-9]+)', 2)", "12"),
                ("REGEX_EXTRACT('AB-12', '([A-Z]+)-([0-9]+)', 0)", "AB-12"),
                ("REGEX_EXTRACT('b', '(a)|b')", "null"),
                ("REGEX_EXTRACT('abc', '[0-9]+')", "null"),
            ]),
        Replace => Entry::new("REGEX_REPLACE", TEXT, "the text with the other one wherever the pattern is found, where \
            `$1` or `${1}` is a group, `${name}` a named one, `$0` the whole and `$$` a dollar sign; NULL if longer \
            than 262144 bytes")
            .aliases(&["REGEXP_REPLACE"])
            .takes(&[SUBJECT, PATTERN, required("by", Kind::Text)])
            .examples(&[
                ("REGEX_REPLACE('a1b22', '[0-9]+', '#')", "a#b#"),
                ("REGEX_REPLACE('Doe, Jane', '(\\w+), (\\w+)', '$2 $1')", "Jane Doe"),
                ("REGEX_REPLACE('5', '5', '$$${0}')", "$5"),
                ("REGEX_REPLACE('abc', '', '-')", "-a-b-c-"),
            ]),
        Count => Entry::new("REGEX_COUNT", INTEGER, "how often the pattern is found, from the left and without \
            overlaps")
            .aliases(&["REGEXP_COUNT"])
            .takes(&[SUBJECT, PATTERN])
            .examples(&[
                ("REGEX_COUNT('a1b22', '[0-9]+')", "2"),
                ("REGEX_COUNT('abc', '[0-9]')", "0"),
                ("REGEX_COUNT('abc', '')", "4"),
            ]),
        Position => Entry::new("REGEX_POSITION", INTEGER, "the place at which the pattern is first found, in \
            characters counted from 1; 0 if it is not found")
            .aliases(&["REGEXP_INSTR"])
            .takes(&[SUBJECT, PATTERN])
            .examples(&[
                ("REGEX_POSITION('naïve 42', '[0-9]')", "7"),
                ("REGEX_POSITION('abc', '[0-9]')", "0"),
                ("REGEX_POSITION('', '$')", "1"),
            ]),
        Like => Entry::new("LIKE", BOOLEAN, "whether the whole text has the form of the pattern, where `_` is any \
            character, `%` any number of them and a character behind `\\` itself; NULL for a pattern of more than 1000 \
            characters")
            .takes(&[SUBJECT, WILDCARDS])
            .examples(&[
                ("LIKE('abcde', 'a%d_')", "true"),
                ("LIKE('abc', 'B%')", "false"),
                ("LIKE('50%', '__\\%')", "true"),
                ("LIKE('', '%')", "true"),
                ("LIKE('abc', NULL)", "null"),
            ]),
        LikeAnyCase => Entry::new("LIKE_ANY_CASE", BOOLEAN, "as LIKE, but characters that differ by case only (by the \
            simple case folding of Unicode) are the same")
            .aliases(&["ILIKE"])
            .takes(&[SUBJECT, WILDCARDS])
            .examples(&[
                ("LIKE_ANY_CASE('Ångström', 'åNG%')", "true"),
                ("LIKE_ANY_CASE('Straße', 'STRASSE')", "false"),
            ]),
    }
}
