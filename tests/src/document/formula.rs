//! Formulas as text, every part in brackets.

use crate::spec::{At, Expr};

use super::Document;
use super::literal::decimal;

impl Document<'_> {
    /// The text of a formula.
    pub(super) fn formula(&self, formula: &Expr) -> String {
        match formula {
            Expr::Column(at) => self.reference(*at),
            Expr::Measure(index) => format!("{{m{index}}}"),
            Expr::Aggregate(call) => {
                let arguments: Vec<String> =
                    call.of.iter().chain(&call.second).map(|argument| self.formula(argument)).collect();
                let filter = call.filter.as_ref().map_or(String::new(), |filter| {
                    let space = if arguments.is_empty() { "" } else { " " };
                    format!("{space}WHERE {}", self.formula(filter))
                });
                format!("{}({}{filter})", call.function.name(), arguments.join(", "))
            }
            Expr::Integer(value) if *value < 0 => format!("({value})"),
            Expr::Integer(value) => value.to_string(),
            Expr::Decimal { units, scale } if *units < 0 => format!("({})", decimal(*units, *scale)),
            Expr::Decimal { units, scale } => decimal(*units, *scale),
            Expr::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Expr::Arithmetic(sign, left, right) => self.infix(left, sign.text(), right),
            Expr::Compare(comparison, left, right) => self.infix(left, comparison.text(), right),
            Expr::And(left, right) => self.infix(left, "AND", right),
            Expr::Or(left, right) => self.infix(left, "OR", right),
            Expr::Concat(left, right) => self.infix(left, "||", right),
            Expr::Not(inner) => format!("(NOT {})", self.formula(inner)),
            Expr::IsNull(inner) => format!("({} IS NULL)", self.formula(inner)),
            Expr::If(condition, value, otherwise) => {
                let parts = [Some(condition), Some(value), otherwise.as_ref()];
                let parts: Vec<String> = parts.into_iter().flatten().map(|part| self.formula(part)).collect();
                format!("IF({})", parts.join(", "))
            }
            Expr::Coalesce(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.formula(part)).collect();
                format!("COALESCE({})", parts.join(", "))
            }
        }
    }

    fn infix(&self, left: &Expr, sign: &str, right: &Expr) -> String {
        format!("({} {sign} {})", self.formula(left), self.formula(right))
    }

    fn reference(&self, at: At) -> String {
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let column = quoted(&self.ground.column(at).id);
        if at.path == 0 && self.spec.base_at_query {
            return format!("{{{column}}}");
        }
        format!("{{{}:{column}}}", quoted(&self.ground.world.paths[at.path].reference))
    }
}
