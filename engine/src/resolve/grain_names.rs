//! The calls in a formula, and the names behind `FIXED` and `INCLUDE` in them, which may be those of dimensions.

use drillcore_formulas::{Call, Expr, ExprKind, GrainKind, Span};

/// The places of the names behind `FIXED` and `INCLUDE`.
pub(super) fn grain_names(formula: &Expr) -> Vec<Span> {
    let mut found = Vec::new();
    for_each_call(formula, &mut |call| {
        if let Some(grain) = &call.grain
            && matches!(grain.kind, GrainKind::Fixed | GrainKind::Include)
        {
            found.extend(grain.by.iter().map(|reference| reference.span));
        }
    });
    found
}

/// Calls `visit` with every call in a formula, those inside another one before it.
pub(super) fn for_each_call(expr: &Expr, visit: &mut dyn FnMut(&Call)) {
    match &expr.kind {
        ExprKind::Negate(inner)
        | ExprKind::Not(inner)
        | ExprKind::IsNull { value: inner, .. }
        | ExprKind::Cast { value: inner, .. } => for_each_call(inner, visit),
        ExprKind::Arithmetic(_, left, right) | ExprKind::Concat(left, right) | ExprKind::Compare(_, left, right) => {
            for_each_call(left, visit);
            for_each_call(right, visit);
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().for_each(|part| for_each_call(part, visit)),
        ExprKind::In { value, list, .. } => {
            for_each_call(value, visit);
            list.iter().for_each(|part| for_each_call(part, visit));
        }
        ExprKind::Between { value, low, high, .. } => {
            [value, low, high].into_iter().for_each(|part| for_each_call(part, visit));
        }
        ExprKind::Case { subject, branches, otherwise } => {
            subject.iter().for_each(|part| for_each_call(part, visit));
            for (condition, value) in branches {
                for_each_call(condition, visit);
                for_each_call(value, visit);
            }
            otherwise.iter().for_each(|part| for_each_call(part, visit));
        }
        ExprKind::Call(call) => {
            call.arguments.iter().chain(call.filter.as_deref()).for_each(|part| for_each_call(part, visit));
            visit(call);
        }
        // Constants and names.
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use drillcore_formulas::parse;

    use super::grain_names;

    #[track_caller]
    fn check(source: &str, expected: &[&str]) {
        let spans = grain_names(&parse(source).unwrap());
        let names: Vec<&str> = spans.iter().map(|span| &source[span.start()..span.end()]).collect();
        assert_eq!(names, expected, "{source}");
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        check("SUM({a}) + {b}", &[]);
        check("SUM({a} FULL) - SUM({a} EXCLUDE {b})", &[]);
        check("-SUM({a} WHERE {b} > 1 FIXED {c}, {d:e}) / {f}", &["{c}", "{d:e}"]);
        check(
            "IF(SUM({a} FIXED {b}) IN (1, SUM({a} FIXED {c})), AVG(SUM({a} INCLUDE {d})), 0)",
            &["{b}", "{c}", "{d}"],
        );
        check("CASE WHEN NOT SUM({a} FIXED {b}) IS NULL THEN 1 ELSE SUM({a} FIXED {c}) END", &["{b}", "{c}"]);
        check("SUM({a} FIXED {b}) BETWEEN 1 AND CAST(SUM({a} FIXED {c}), integer)", &["{b}", "{c}"]);
        check("COUNT(SUM({a} FIXED {b}) WHERE SUM({a} FIXED {b}) > 3) = 1 AND TRUE", &["{b}", "{b}"]);
    }
}
