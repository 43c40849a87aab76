//! What can be said of a tree as it is written.

use drillcore_formulas::{Expr, ExprKind};

/// What a part is made of, in the order of the text.
#[must_use]
pub fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Negate(inner)
        | ExprKind::Not(inner)
        | ExprKind::IsNull { value: inner, .. }
        | ExprKind::Cast { value: inner, .. } => vec![inner.as_ref()],
        ExprKind::Arithmetic(_, left, right) | ExprKind::Compare(_, left, right) | ExprKind::Concat(left, right) => {
            vec![left.as_ref(), right.as_ref()]
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().collect(),
        ExprKind::In { value, list, .. } => std::iter::once(value.as_ref()).chain(list).collect(),
        ExprKind::Between { value, low, high, .. } => vec![value.as_ref(), low.as_ref(), high.as_ref()],
        ExprKind::Case { subject, branches, otherwise } => {
            let both = branches.iter().flat_map(|(condition, value)| [condition, value]);
            subject.as_deref().into_iter().chain(both).chain(otherwise.as_deref()).collect()
        }
        ExprKind::Call(call) => call.arguments.iter().chain(call.filter.as_deref()).collect(),
        _ => Vec::new(),
    }
}

/// A part and all that it is made of, the outer before the inner.
pub(super) fn all_parts(expr: &Expr) -> Vec<&Expr> {
    let mut found = vec![expr];
    let mut next = 0;
    while let Some(part) = found.get(next).copied() {
        found.extend(parts(part));
        next += 1;
    }
    found
}

/// How deep it is; a name or constant has a depth of one.
#[must_use]
pub fn depth(expr: &Expr) -> usize {
    1 + parts(expr).into_iter().map(depth).max().unwrap_or(0)
}

/// The functions that it calls, by name, as often as it does.
#[must_use]
pub fn functions(expr: &Expr) -> Vec<&'static str> {
    let called = all_parts(expr).into_iter().filter_map(|part| match &part.kind {
        ExprKind::Call(call) => Some(call.function.name()),
        _ => None,
    });
    called.collect()
}
