//! Pieces of formulas in any order.

use proptest::prelude::*;

use crate::{Expr, MAX_ERRORS, parse, parse_all, references};

const PIECES: &str = "{a} {a:b} {\"a\":\"b\"} { } }} 'a' ' \" 1 1.5 1e9 99999999999999999999 . ( ) ( ) ( ) , , + - * / || | = <> \
    < >= ! == % AND OR NOT IS NULL IN BETWEEN LIKE CASE WHEN THEN ELSE END CAST( text decimal(10,2) AS WHERE FULL FIXED \
    INCLUDE EXCLUDE PARTITION ORDER BY ASC DESC NULLS FIRST LAST DISTINCT SUM( IF( IF ROUND( COUNTR( LAG( RANK( FIRST( x \
    foo( @ @2024-03-01 @2024-03-01T10:30 @2024-03-01T10:30Z @1d12h @2024-13-01 -- /* */ é";

fn soup() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = PIECES.split_ascii_whitespace().chain(["\n", "\u{0}"]).collect();
    proptest::collection::vec(proptest::sample::select(pieces), 0..40).prop_map(|pieces| pieces.join(" "))
}

/// What holds for every text.
fn check(source: &str) -> Result<(), TestCaseError> {
    match parse_all(source) {
        Ok(formula) => {
            prop_assert_eq!(parse(source), Ok(formula.clone()));
            let printed = formula.to_string();
            prop_assert_eq!(
                parse(&printed).map(Expr::without_spans),
                Ok(formula.clone().without_spans()),
                "{}",
                printed
            );
            let found = references(&formula);
            for reference in found.in_aggregates.iter().chain(&found.outside) {
                let text = reference.span.text(source);
                let braced = text.is_some_and(|text| text.starts_with('{') && text.ends_with('}'));
                prop_assert!(braced);
            }
        }
        Err(errors) => {
            prop_assert!((1..=MAX_ERRORS).contains(&errors.len()));
            prop_assert_eq!(parse(source).err(), errors.first().cloned());
            for error in &errors {
                prop_assert!(error.span().text(source).is_some());
                prop_assert!(error.render(source).contains('^'));
                prop_assert_eq!(error.message().lines().count(), 1);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn any_text_is_read_or_refused(source in any::<String>()) {
        check(&source)?;
    }

    #[test]
    fn any_soup_is_read_or_refused(source in soup()) {
        check(&source)?;
    }
}
