//! The faults of a formula whose syntax is right, part by part.

use super::FormulaLevel;
use super::parts::parts;
use crate::tree::{Call, Expr, ExprKind, Literal};
use crate::{Error, Function, MAX_ERRORS, Names, Setting, check_aggregate, check_row, check_window, references};

/// How often a formula or a part of it is checked at most: what is left over then is told by what is around it.
const MAX_CHECKS: usize = 1_000;

/// Where a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Level(FormulaLevel),
    /// Among the rows of an aggregate.
    Rows,
}

/// Looks for faults.
#[derive(Debug)]
pub(super) struct Faults<'n, N> {
    setting: Setting,
    names: &'n mut N,
    found: Vec<Error>,
    checks: usize,
}

impl<'n, N: Names> Faults<'n, N> {
    /// All faults of a formula, in no order.
    pub(super) fn of(mut formula: Expr, setting: &Setting, level: FormulaLevel, names: &'n mut N) -> Vec<Error> {
        let mut faults = Self { setting: *setting, names, found: Vec::new(), checks: 0 };
        let at = At::Level(level);
        if let Some(first) = faults.check(&formula, at) {
            faults.visit(&mut formula, at);
            // Unless all checks were used up there is at least one by now.
            faults.report(first);
        }
        faults.found
    }

    fn check(&mut self, expr: &Expr, at: At) -> Option<Error> {
        self.checks += 1;
        match at {
            _ if self.checks > MAX_CHECKS || self.found.len() >= MAX_ERRORS => None,
            At::Rows | At::Level(FormulaLevel::Row) => check_row(expr, &self.setting, self.names).err(),
            At::Level(FormulaLevel::Aggregate) => check_aggregate(expr, &self.setting, self.names).err(),
            At::Level(FormulaLevel::Window) => check_window(expr, &self.setting, self.names).err(),
        }
    }

    /// Keeps a fault, unless its place has one already.
    fn report(&mut self, error: Error) {
        let known = self.found.iter().any(|known| known.span() == error.span());
        if !known && self.found.len() < MAX_ERRORS {
            self.found.push(error);
        }
    }

    /// Finds the faults of a part. If it has any it becomes NULL, which fits everywhere.
    fn visit(&mut self, expr: &mut Expr, at: At) {
        // An aggregate among rows of another one is wrong for reasons that only the outer one knows.
        let unclear = at == At::Rows && references(expr).has_aggregates;
        if unclear || matches!(expr.kind, ExprKind::Literal(_)) || self.check(expr, at).is_none() {
            return;
        }
        self.visit_parts(expr, at);
        while let Some(error) = self.check(expr, at) {
            let span = error.span();
            self.report(error);
            // The same check without that part may find more.
            let blamed = parts(expr).into_iter().find(|part| part.span == span && !is_null(part));
            let Some(part) = blamed else { break };
            part.kind = ExprKind::Literal(Literal::Null);
        }
        expr.kind = ExprKind::Literal(Literal::Null);
    }

    fn visit_parts(&mut self, expr: &mut Expr, at: At) {
        if let ExprKind::Call(call) = &mut expr.kind {
            self.visit_call(call, at);
            return;
        }
        for part in parts(expr) {
            self.visit(part, at);
        }
    }

    fn visit_call(&mut self, call: &mut Call, at: At) {
        let inside = match call.function {
            Function::Window(_) if at == At::Level(FormulaLevel::Window) => At::Level(FormulaLevel::Aggregate),
            // It does not stand here at all.
            Function::Window(_) => return,
            Function::Aggregate(_) if is_nested(call) => {
                for part in call.arguments.iter_mut().chain(call.filter.as_deref_mut()) {
                    self.visit_inner(part);
                }
                return;
            }
            Function::Aggregate(_) => At::Rows,
            _ => at,
        };
        let entry = call.function.entry();
        for (place, argument) in call.arguments.iter_mut().enumerate() {
            // What must be a constant has no parts.
            if !entry.parameter(place).is_some_and(|parameter| parameter.kind.is_constant()) {
                self.visit(argument, inside);
            }
        }
        if let Some(filter) = &mut call.filter {
            self.visit(filter, inside);
        }
    }

    /// Looks at the rows of the aggregates that stand inside another one.
    fn visit_inner(&mut self, expr: &mut Expr) {
        let of_rows = match &expr.kind {
            ExprKind::Call(call) => matches!(call.function, Function::Aggregate(_)) && !is_nested(call),
            _ => false,
        };
        if of_rows {
            self.visit_parts(expr, At::Rows);
        } else {
            parts(expr).into_iter().for_each(|part| self.visit_inner(part));
        }
    }
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(Literal::Null))
}

/// Whether an aggregate holds others.
fn is_nested(call: &Call) -> bool {
    call.arguments.iter().chain(call.filter.as_deref()).any(|part| references(part).has_aggregates)
}
