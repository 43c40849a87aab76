//! Words of the language at a place, and whether a value can stand there.

use super::super::scan::{Clause, Open, Place, Stage};
use super::{Completion, CompletionKind, begins};
use crate::Function;
use crate::lexer::{Keyword, TokenKind};

/// What can stand at a place.
#[derive(Debug, Default)]
pub(super) struct Fitting {
    pub(super) names: bool,
    pub(super) functions: bool,
    words: Vec<&'static str>,
}

/// Words, and how they are used.
const WORDS: &[(&str, &str)] = &[
    ("CASE", "CASE WHEN condition THEN value ELSE value END"),
    ("CAST(", "CAST(value, type)"),
    ("NOT", "NOT condition"),
    ("TRUE", "the condition that holds"),
    ("FALSE", "the condition that does not hold"),
    ("NULL", "no value"),
    ("AND", "condition AND condition"),
    ("OR", "condition OR condition"),
    ("IS NULL", "value IS NULL"),
    ("IS NOT NULL", "value IS NOT NULL"),
    ("NOT NULL", "value IS NOT NULL"),
    ("IN (", "value IN (value, ..)"),
    ("NOT IN (", "value NOT IN (value, ..)"),
    ("BETWEEN", "value BETWEEN low AND high"),
    ("NOT BETWEEN", "value NOT BETWEEN low AND high"),
    ("LIKE", "text LIKE 'pattern'"),
    ("NOT LIKE", "text NOT LIKE 'pattern'"),
    ("WHEN", "WHEN condition THEN value"),
    ("THEN", "WHEN condition THEN value"),
    ("ELSE", "ELSE value END"),
    ("END", "CASE .. END"),
    ("WHERE", "SUM({x} WHERE condition): only rows where it holds"),
    ("FULL", "SUM({x} FULL): over all rows of the query"),
    ("FIXED", "SUM({x} FIXED {y}): by these columns alone"),
    ("INCLUDE", "AVG(SUM({x} INCLUDE {y})): by these columns too"),
    ("EXCLUDE", "SUM({x} EXCLUDE {y}): without these dimensions"),
    ("PARTITION BY", "LAG({x} PARTITION BY {y}): rows that belong together"),
    ("ORDER BY", "RANK(ORDER BY {x} DESC): the order of the rows"),
    ("BY", "PARTITION BY {x}, ORDER BY {x}"),
    ("ASC", "ORDER BY {x} ASC: the least first"),
    ("DESC", "ORDER BY {x} DESC: the greatest first"),
    ("NULLS FIRST", "ORDER BY {x} NULLS FIRST"),
    ("NULLS LAST", "ORDER BY {x} NULLS LAST"),
    ("FIRST", "ORDER BY {x} NULLS FIRST"),
    ("LAST", "ORDER BY {x} NULLS LAST"),
];

const VALUES: &[&str] = &["CASE", "CAST(", "NOT", "TRUE", "FALSE", "NULL"];
const OPERATORS: &[&str] =
    &["AND", "OR", "IS NULL", "IS NOT NULL", "IN (", "NOT IN (", "BETWEEN", "NOT BETWEEN", "LIKE", "NOT LIKE"];

/// What can stand at the cursor, by the token before it.
pub(super) fn fitting(place: &Place<'_>) -> Fitting {
    let Some(before) = &place.before else { return value(&[]) };
    let clause = place.brackets().and_then(|brackets| brackets.clause);
    let in_names = matches!(clause, Some(Clause::Grain | Clause::Partition | Clause::Order));
    match &before.kind {
        TokenKind::Comma if in_names => name(),
        TokenKind::LeftBracket => value(clauses(place)),
        TokenKind::Comma
        | TokenKind::Arithmetic(_)
        | TokenKind::Comparison(_)
        | TokenKind::Concat
        | TokenKind::Invalid(_) => value(&[]),
        TokenKind::Reference(_) if in_names => words(behind_name(place, clause)),
        TokenKind::Number | TokenKind::Text(_) | TokenKind::At | TokenKind::RightBracket | TokenKind::Reference(_) => {
            operator(place)
        }
        TokenKind::Keyword(keyword) => behind_keyword(place, *keyword),
        TokenKind::Word => behind_word(&place.text(before).to_ascii_uppercase()),
        TokenKind::End => Fitting::default(),
    }
}

/// The words that fit and begin with what is typed.
pub(super) fn matching(place: &Place<'_>, fitting: &Fitting) -> Vec<Completion> {
    let typed = place.typed();
    let words = fitting.words.iter().filter(|word| begins(word, typed));
    words
        .map(|word| {
            let usage = WORDS.iter().find(|(known, _)| known == word).map_or("", |(_, usage)| *usage);
            let label = word.trim_end_matches([' ', '(']);
            Completion {
                kind: CompletionKind::Keyword,
                span: place.word(),
                insert: if place.bracket_follows() { label.to_owned() } else { (*word).to_owned() },
                label: label.to_owned(),
                filter: label.to_owned(),
                detail: usage.to_owned(),
                documentation: String::new(),
            }
        })
        .collect()
}

fn words(words: Vec<&'static str>) -> Fitting {
    Fitting { words, ..Fitting::default() }
}

fn name() -> Fitting {
    Fitting { names: true, ..Fitting::default() }
}

fn value(more: &[&'static str]) -> Fitting {
    Fitting { names: true, functions: true, words: [VALUES, more].concat() }
}

fn operator(place: &Place<'_>) -> Fitting {
    let of_case: &[&str] = match place.open.last() {
        Some(Open::Case(Stage::Case)) => &["WHEN"],
        Some(Open::Case(Stage::When)) => &["THEN"],
        Some(Open::Case(Stage::Then)) => &["WHEN", "ELSE", "END"],
        Some(Open::Case(Stage::Else)) => &["END"],
        _ => &[],
    };
    words([of_case, clauses(place), OPERATORS].concat())
}

/// The clauses that can begin in the brackets around the cursor.
fn clauses(place: &Place<'_>) -> &'static [&'static str] {
    let Some(brackets) = place.brackets() else { return &[] };
    let aggregate = place.calls(|function| matches!(function, Function::Aggregate(_)));
    let window = place.calls(|function| matches!(function, Function::Window(_)));
    match brackets.clause {
        None if aggregate => &["WHERE", "FULL", "FIXED", "INCLUDE", "EXCLUDE"],
        Some(Clause::Where) if aggregate => &["FULL", "FIXED", "INCLUDE", "EXCLUDE"],
        None if window => &["PARTITION BY", "ORDER BY"],
        _ => &[],
    }
}

/// What can follow a name in a clause of names.
fn behind_name(place: &Place<'_>, clause: Option<Clause>) -> Vec<&'static str> {
    let window = place.calls(|function| matches!(function, Function::Window(_)));
    match clause {
        Some(Clause::Partition) if window => vec!["ORDER BY"],
        Some(Clause::Order) if window => vec!["DESC", "ASC", "NULLS FIRST", "NULLS LAST"],
        _ => Vec::new(),
    }
}

fn behind_keyword(place: &Place<'_>, keyword: Keyword) -> Fitting {
    match keyword {
        Keyword::And
        | Keyword::Or
        | Keyword::When
        | Keyword::Then
        | Keyword::Else
        | Keyword::Where
        | Keyword::Between => value(&[]),
        Keyword::Case => value(&["WHEN"]),
        Keyword::Not if place.was_behind(Keyword::Is) => words(vec!["NULL"]),
        Keyword::Not if place.was_behind_value() => words(vec!["IN (", "BETWEEN", "LIKE"]),
        Keyword::Not => value(&[]),
        Keyword::Is => words(vec!["NULL", "NOT NULL"]),
        Keyword::True | Keyword::False | Keyword::Null | Keyword::End => operator(place),
        Keyword::In | Keyword::Cast => Fitting::default(),
    }
}

fn behind_word(word: &str) -> Fitting {
    match word {
        "FIXED" | "INCLUDE" | "EXCLUDE" | "BY" => name(),
        "PARTITION" | "ORDER" => words(vec!["BY"]),
        "ASC" | "DESC" => words(vec!["NULLS FIRST", "NULLS LAST"]),
        "NULLS" => words(vec!["FIRST", "LAST"]),
        "LIKE" => value(&[]),
        _ => Fitting::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::{OPERATORS, VALUES, WORDS};

    #[test]
    fn every_word_tells_how_it_is_used() {
        for word in VALUES.iter().chain(OPERATORS) {
            assert!(WORDS.iter().any(|(known, usage)| known == word && !usage.is_empty()), "{word}");
        }
    }
}
