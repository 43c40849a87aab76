//! The parts of a formula.

use crate::tree::{Expr, ExprKind};

/// The parts that a formula is made of, in the order of the text.
pub(super) fn parts(expr: &mut Expr) -> Vec<&mut Expr> {
    match &mut expr.kind {
        ExprKind::Literal(_) | ExprKind::Reference(_) => Vec::new(),
        ExprKind::Negate(inner)
        | ExprKind::Not(inner)
        | ExprKind::IsNull { value: inner, .. }
        | ExprKind::Cast { value: inner, .. } => vec![&mut **inner],
        ExprKind::Arithmetic(_, left, right) | ExprKind::Concat(left, right) | ExprKind::Compare(_, left, right) => {
            vec![&mut **left, &mut **right]
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter_mut().collect(),
        ExprKind::In { value, list, .. } => {
            let mut all = vec![&mut **value];
            all.extend(list);
            all
        }
        ExprKind::Between { value, low, high, .. } => vec![&mut **value, &mut **low, &mut **high],
        ExprKind::Case { subject, branches, otherwise } => {
            let mut all: Vec<&mut Expr> = subject.as_deref_mut().into_iter().collect();
            for (condition, value) in branches {
                all.extend([condition, value]);
            }
            all.extend(otherwise.as_deref_mut());
            all
        }
        ExprKind::Call(call) => call.arguments.iter_mut().chain(call.filter.as_deref_mut()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::parts;
    use crate::parse;

    #[test]
    fn all_parts_are_there() {
        for source in [
            "1",
            "-{a}",
            "{a} + {b} * {c}",
            "{a} || {b}",
            "NOT {a} AND {b} IS NULL OR {c}",
            "{a} IN ({b}, {c})",
            "{a} NOT BETWEEN {b} AND {c}",
            "CASE {a} WHEN {b} THEN {c} WHEN {d} THEN {e} ELSE {f} END",
            "CASE WHEN {a} THEN {b} END",
            "CAST({a}, text)",
            "FIRST({a}, {b} WHERE {c})",
        ] {
            let mut formula = parse(source).unwrap();
            let mut expected = Vec::new();
            formula.clone().for_each_child(&mut |part| expected.push(part.clone()));
            let found: Vec<_> = parts(&mut formula).into_iter().map(|part| part.clone()).collect();
            assert_eq!(found, expected, "{source}");
        }
    }
}
