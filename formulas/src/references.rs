//! The names that a formula depends on.

use crate::Function;
use crate::tree::{Expr, ExprKind, Reference};

/// The names in a formula, by what they can stand for; in the order of the text, repeated as often as they stand there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References<'a> {
    /// Those inside aggregates, also in their conditions and behind `FIXED` and the like: always columns.
    pub in_aggregates: Vec<&'a Reference>,
    /// The others: columns in a formula of row level, measures in one of aggregate level. Behind `PARTITION BY` and
    /// `ORDER BY` also dimensions of the query.
    pub outside: Vec<&'a Reference>,
    /// Whether there is an aggregate at all, also one without names like `COUNTR()`.
    pub has_aggregates: bool,
}

/// The names in a formula.
///
/// ```
/// use drillcore_formulas::{parse, references};
///
/// let formula = parse("{late} / SUM({flights:distance} WHERE {late} > 0)")?;
/// let references = references(&formula);
/// assert_eq!(references.outside.len(), 1);
/// assert_eq!(references.in_aggregates[0].dataset.as_deref(), Some("flights"));
/// assert_eq!(references.in_aggregates[1].name, "late");
/// # Ok::<(), drillcore_formulas::Error>(())
/// ```
#[must_use]
pub fn references(formula: &Expr) -> References<'_> {
    let mut found = References::default();
    collect(formula, false, &mut found);
    found
}

fn collect<'a>(expr: &'a Expr, in_aggregate: bool, found: &mut References<'a>) {
    let mut inside = in_aggregate;
    match &expr.kind {
        ExprKind::Reference(reference) if in_aggregate => found.in_aggregates.push(reference),
        ExprKind::Reference(reference) => found.outside.push(reference),
        ExprKind::Call(call) if matches!(call.function, Function::Aggregate(_)) => {
            found.has_aggregates = true;
            inside = true;
        }
        _ => {}
    }
    expr.for_each_child(&mut |child| collect(child, inside, found));
    if let ExprKind::Call(call) = &expr.kind {
        let names = if inside { &mut found.in_aggregates } else { &mut found.outside };
        names.extend(call.named());
    }
}

#[cfg(test)]
mod tests {
    use super::references;
    use crate::parse;

    #[track_caller]
    fn check(source: &str, in_aggregates: &[&str], outside: &[&str], has_aggregates: bool) {
        let formula = parse(source).unwrap();
        let found = references(&formula);
        let names = |references: &[&crate::Reference]| -> Vec<String> {
            references.iter().map(|reference| reference.name.clone()).collect()
        };
        assert_eq!(names(&found.in_aggregates), in_aggregates, "{source}");
        assert_eq!(names(&found.outside), outside, "{source}");
        assert_eq!(found.has_aggregates, has_aggregates, "{source}");
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        check("1", &[], &[], false);
        check("COUNTR()", &[], &[], true);
        check("COUNTR(WHERE {a} > 0) + {b}", &["a"], &["b"], true);
        check("-{a} * {a} || CAST({b}, text)", &[], &["a", "a", "b"], false);
        check(
            "{a} BETWEEN {b} AND {c} OR {d} IN ({e}, {f}) AND NOT {g} IS NULL",
            &[],
            &["a", "b", "c", "d", "e", "f", "g"],
            false,
        );
        check("CASE WHEN {a} THEN {b} ELSE SUM(IF({c}, {d})) END", &["c", "d"], &["a", "b"], true);
        check("FIRST({a}, {b} WHERE {c}) - ROUND({d}, 1)", &["a", "b", "c"], &["d"], true);
        check("CASE {a} WHEN {b} THEN {c} END = {d}", &[], &["a", "b", "c", "d"], false);
    }

    #[test]
    fn names_in_clauses_are_found_too() {
        check("SUM({a} WHERE {b} FIXED {c}, {d}) / {e}", &["a", "b", "c", "d"], &["e"], true);
        check("SUM({a} FIXED) - COUNTR(EXCLUDE {b})", &["a", "b"], &[], true);
        check("AVG(SUM({a} INCLUDE {b}) WHERE {c})", &["a", "b", "c"], &[], true);
        check("LAG({a} PARTITION BY {b}, {c} ORDER BY {d} DESC, {e})", &[], &["a", "b", "c", "d", "e"], false);
        check("RUNNING_SUM(SUM({a} FIXED {b}) ORDER BY {c})", &["a", "b"], &["c"], true);
    }
}
