//! Other names in the text of a formula.

use crate::parser::fits;
use crate::tree::Reference;
use crate::{Error, parse, references};

/// The text of a formula with other names: `change` is asked about each reference, in the order of the text, and gives
/// what shall stand in its place, or nothing where it shall stay. Its span does not matter. Everything else is kept byte
/// for byte: comments, blanks, cases, and what only looks like a reference inside a text or a comment.
///
/// # Errors
///
/// The text is no formula, a new name is empty, or the new text is longer than a formula may be.
///
/// ```
/// use drillcore_formulas::{Reference, renamed};
///
/// let source = "sum( {dist}  /* miles, not {km} */ fixed {origin} )";
/// let text = renamed(source, &mut |reference| {
///     (reference.name == "dist").then(|| Reference { name: "distance".to_owned(), ..reference.clone() })
/// })?;
/// assert_eq!(text, "sum( {distance}  /* miles, not {km} */ fixed {origin} )");
/// # Ok::<(), drillcore_formulas::Error>(())
/// ```
pub fn renamed(source: &str, change: &mut dyn FnMut(&Reference) -> Option<Reference>) -> Result<String, Error> {
    let formula = parse(source)?;
    let found = references(&formula);
    let mut all: Vec<&Reference> = found.in_aggregates.into_iter().chain(found.outside).collect();
    all.sort_by_key(|reference| reference.span.start());
    let (mut text, mut kept) = (String::with_capacity(source.len()), 0);
    for old in all {
        let Some(new) = change(old) else { continue };
        if new.name.is_empty() || new.dataset.as_deref() == Some("") {
            return Err(Error::new(old.span, "a name in a formula cannot be empty"));
        }
        text.push_str(source.get(kept..old.span.start()).unwrap_or_default());
        text.push_str(&new.to_string());
        kept = old.span.end();
    }
    text.push_str(source.get(kept..).unwrap_or_default());
    fits(&text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::renamed;
    use crate::{MAX_SOURCE_BYTES, Reference, Span, parse};

    fn named(dataset: Option<&str>, name: &str) -> Reference {
        Reference { dataset: dataset.map(str::to_owned), name: name.to_owned(), span: Span::at(0) }
    }

    /// Renames `a` to `b c` of `d`.
    #[track_caller]
    fn check(source: &str, expected: &str) {
        let found = renamed(source, &mut |reference| (reference.name == "a").then(|| named(Some("d"), "b c")));
        assert_eq!(found.as_deref(), Ok(expected), "{source}");
    }

    #[test]
    fn all_else_is_kept() {
        check("1", "1");
        check("{ a }", "{d:b c}");
        check(" {a}+{x} ", " {d:b c}+{x} ");
        check("{x:a}*-{ \"a\" }--{a}\n", "{d:b c}*-{d:b c}--{a}\n");
        check("'{a}' || \"{a}\" /* {a} */ || {é:a}", "'{a}' || \"{a}\" /* {a} */ || {d:b c}");
        check("case {a} WHEN {A} then cast ({a}, Text) end", "case {d:b c} WHEN {A} then cast ({d:b c}, Text) end");
        check("{a} not  like {a}", "{d:b c} not  like {d:b c}");
        check("{a} in ({a},{b},\t{a})", "{d:b c} in ({d:b c},{b},\t{d:b c})");
    }

    #[test]
    fn names_in_clauses_are_renamed() {
        check("sum({x} where {a} fixed {a},{b})", "sum({x} where {d:b c} fixed {d:b c},{b})");
        check(
            "lag({x} partition by {a} order by {b},{a} desc)",
            "lag({x} partition by {d:b c} order by {b},{d:b c} desc)",
        );
    }

    #[test]
    fn references_are_told_in_the_order_of_the_text() {
        let mut told = Vec::new();
        let source = "{a} + SUM({b} WHERE {c} FIXED {d}) - {e}";
        renamed(source, &mut |reference| {
            told.push(reference.name.clone());
            None
        })
        .unwrap();
        assert_eq!(told, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn what_would_be_no_formula_is_refused() {
        let refused = |source: &str, new: Reference| renamed(source, &mut |_| Some(new.clone())).unwrap_err();
        let error = refused("1 + {a}", named(None, ""));
        assert_eq!((error.message(), error.span().start()), ("a name in a formula cannot be empty", 4));
        assert_eq!(refused("{a}", named(Some(""), "a")).message(), "a name in a formula cannot be empty");
        assert_eq!(refused("{a} +", named(None, "b")).message(), "expected a value, found the end");
        let error = refused("{a}", named(None, &"a".repeat(MAX_SOURCE_BYTES)));
        assert_eq!(error.message(), "the formula has 65538 bytes; the most are 65536");
    }

    proptest! {
        #[test]
        fn any_name_can_be_given(dataset in proptest::option::of(".{1,8}"), name in ".{1,8}") {
            let new = named(dataset.as_deref(), &name);
            let source = "SUM({a} /* {a} */ WHERE {b} > 1 FIXED {a})";
            let text = renamed(source, &mut |old| (old.name == "a").then(|| new.clone())).unwrap();
            let mut expected = Vec::new();
            renamed(&text, &mut |found| {
                expected.push((found.dataset.clone(), found.name.clone()));
                None
            }).unwrap();
            let new = (dataset, name);
            prop_assert_eq!(expected, [new.clone(), (None, "b".to_owned()), new]);
            prop_assert!(parse(&text).is_ok());
        }
    }
}
