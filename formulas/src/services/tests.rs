//! What holds for any text and any cursor.

use proptest::prelude::*;

use super::{Candidate, CandidateKind, FormulaLevel, complete, diagnose, signature_help};
use crate::{AggregateFunction, Names, Reference, Setting, Type, parse};

const PIECES: &str = "{a} {a:b} {\"a\":\"b { } }} 'a' ' \" \"é 1 1.5 . ( ) ( ) , , + - * / || = <> ! % AND OR NOT IS \
    NULL IN BETWEEN LIKE CASE WHEN THEN ELSE END CAST( text WHERE FULL FIXED INCLUDE PARTITION ORDER BY DESC NULLS SUM( \
    IF( ROUND( COUNTR( LAG( RANK( DATE_TRUNC( 'month' AT_ZONE( FORMAT_DATE( foo( x @ @2024-03-01 @1d -- /* */ é";

fn soup() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = PIECES.split_ascii_whitespace().chain(["\n", "\u{0}"]).collect();
    proptest::collection::vec(proptest::sample::select(pieces), 0..30).prop_map(|pieces| pieces.join(" "))
}

/// Every other name exists.
struct Half;

impl Names for Half {
    type Column = ();
    type Measure = ();

    fn column(&mut self, reference: &Reference) -> Result<((), Type), String> {
        if reference.dataset.is_none() { Ok(((), Type::Integer)) } else { Err("no such column".to_owned()) }
    }

    fn measure(&mut self, reference: &Reference) -> Result<((), Type), String> {
        self.column(reference)
    }

    fn aggregate_type(&self, _: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
        Ok(argument.unwrap_or(Type::Integer))
    }
}

fn candidates() -> Vec<Candidate> {
    let candidate = |name: &str, dataset: Option<&str>| Candidate {
        name: name.to_owned(),
        dataset: dataset.map(str::to_owned),
        kind: CandidateKind::Column,
        value_type: None,
    };
    vec![candidate("a", None), candidate("b:\"}", Some("a")), candidate("é", Some("é é"))]
}

fn check(source: &str, cursor: usize) -> Result<(), TestCaseError> {
    for completion in complete(source, cursor, &candidates()) {
        let (start, end) = (completion.span.start(), completion.span.end());
        prop_assert!(completion.span.text(source).is_some(), "{completion:?}");
        // It takes the place of what the cursor is at.
        prop_assert!(start <= cursor && end >= cursor.min(source.len()).saturating_sub(3), "{completion:?}");
        prop_assert!(!completion.insert.is_empty());
    }
    if let Some(help) = signature_help(source, cursor) {
        prop_assert!(help.active.is_none_or(|active| active < help.parameters.len()));
        prop_assert!(help.parameters.iter().all(|parameter| parameter.span.text(&help.signature).is_some()));
    }
    for level in [FormulaLevel::Row, FormulaLevel::Aggregate, FormulaLevel::Window] {
        let found = diagnose(source, &Setting::default(), level, &mut Half);
        prop_assert!(parse(source).is_ok() || !found.is_empty());
        for one in &found {
            prop_assert!(one.span.text(source).is_some(), "{one:?}");
            prop_assert_eq!(one.message.lines().count(), 1);
            prop_assert!(one.render(source).contains('^'));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_and_cursor_are_no_fault(source in any::<String>(), cursor in 0_usize..300) {
        check(&source, cursor)?;
        check(&source, usize::MAX)?;
    }

    #[test]
    fn any_soup_and_cursor_are_no_fault(source in soup(), cursor in 0_usize..200) {
        check(&source, cursor)?;
    }
}

#[test]
fn every_cursor_in_a_formula_is_no_fault() {
    let source = "ROUND(SUM({a} * 2 WHERE {\"é\"} = 'é' FIXED {a:b}), 1) || CASE WHEN {a} THEN @1d /* é */ END -- é\n";
    for cursor in 0..source.len() + 3 {
        check(source, cursor).unwrap();
    }
}

#[test]
fn the_longest_text_is_no_fault() {
    for unit in ["(", "{", "'", "SUM(", "CASE ", "{a}+", "1,", "/*", "é", "IF(1,"] {
        let source = unit.repeat(70_000 / unit.len());
        check(&source, source.len()).unwrap();
        let source = unit.repeat(60_000 / unit.len());
        check(&source, source.len()).unwrap();
    }
}
