//! What is no error, but hardly what was meant.

use super::{Diagnostic, Severity};
use crate::Span;
use crate::tree::{Expr, ExprKind, Literal};

const COMPARED: &str = "a comparison with NULL is NULL, never true; IS NULL tells whether there is a value";
const LISTED: &str = "a NULL in a list is equal to nothing";
const EXCLUDED: &str = "NOT IN is never true with a NULL in its list";
const CHOSEN: &str = "a NULL is equal to nothing; CASE WHEN x IS NULL THEN .. tells whether there is a value";

/// The warnings of a formula.
pub(super) fn of(formula: &Expr) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    collect(formula, &mut found);
    found
}

fn collect(expr: &Expr, found: &mut Vec<Diagnostic>) {
    let mut warn = |span: Span, message: &str| {
        found.push(Diagnostic { severity: Severity::Warning, span, message: message.to_owned() });
    };
    match &expr.kind {
        ExprKind::Compare(_, left, right) if is_null(left) || is_null(right) => warn(expr.span, COMPARED),
        ExprKind::In { list, negated, .. } => {
            let message = if *negated { EXCLUDED } else { LISTED };
            list.iter().filter(|item| is_null(item)).for_each(|item| warn(item.span, message));
        }
        ExprKind::Case { subject: Some(_), branches, .. } => {
            let conditions = branches.iter().map(|(condition, _)| condition);
            conditions.filter(|condition| is_null(condition)).for_each(|condition| warn(condition.span, CHOSEN));
        }
        _ => {}
    }
    expr.for_each_child(&mut |part| collect(part, found));
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(Literal::Null))
}
