//! What holds for every text that is taken for a formula. The fuzz target and the test that replays its findings share
//! this file.

use drillcore_formulas::{Error, Expr, MAX_ERRORS, MAX_SOURCE_BYTES, parse, parse_all, references, renamed};

/// Reads a text as a formula: it is refused with errors that have a place, or its printed form and its form with all
/// names replaced by themselves are read as the same formula. Gives the first error of the refusal.
pub(crate) fn check(source: &str) -> Option<Error> {
    let formula = match parse_all(source) {
        Ok(formula) => formula,
        Err(errors) => {
            assert!((1..=MAX_ERRORS).contains(&errors.len()), "{} errors", errors.len());
            for error in &errors {
                assert!(error.span().text(source).is_some(), "{:?} is no place of the text", error.span());
                assert_eq!(error.message().lines().count(), 1, "{:?}", error.message());
                assert!(error.render(source).len() < 4_000, "what is told of an error is too long");
            }
            let first = errors.into_iter().next();
            assert_eq!(parse(source).err(), first, "one error and all errors begin with another one");
            return first;
        }
    };
    assert_eq!(parse(source).as_ref(), Ok(&formula), "all errors are none, but one is told");
    let plain = formula.clone().without_spans();
    let printed = formula.to_string();
    // Blanks and quotes make it longer than the text was.
    if printed.len() <= MAX_SOURCE_BYTES {
        let again = parse(&printed).map(Expr::without_spans);
        assert_eq!(again.as_ref(), Ok(&plain), "another formula is read from the printed form {printed}");
        assert_eq!(again.map(|again| again.to_string()), Ok(printed), "the printed form is printed in another way");
    }
    let found = references(&formula);
    for reference in found.in_aggregates.iter().chain(&found.outside) {
        let text = reference.span.text(source).unwrap_or_default();
        assert!(text.starts_with('{') && text.ends_with('}'), "a name stands at {text:?}");
    }
    assert_eq!(
        renamed(source, &mut |_| None).as_deref(),
        Ok(source),
        "nothing was renamed, but the text is another one"
    );
    match renamed(source, &mut |reference| Some(reference.clone())) {
        Ok(same) => {
            let same = parse(&same).map(Expr::without_spans);
            assert_eq!(same.as_ref(), Ok(&plain), "names that were replaced by themselves are others");
        }
        Err(error) => assert!(source.len() > MAX_SOURCE_BYTES / 2, "{error}"),
    }
    None
}
