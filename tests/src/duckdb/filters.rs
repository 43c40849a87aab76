//! Conditions on rows.

use super::columns::Writer;
use super::conditions::Operand;
use crate::shown::{self, Shown};
use crate::spec::{Bucket, Dimension, Filter, Leaf, Right};

impl Writer<'_> {
    fn list<'f>(&self, filters: impl IntoIterator<Item = &'f Filter>, between: &str, none: &str) -> String {
        let parts: Vec<String> = filters.into_iter().map(|filter| self.filter(filter)).collect();
        if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(between)) }
    }

    /// All of some conditions.
    pub(super) fn all<'f>(&self, filters: impl IntoIterator<Item = &'f Filter>) -> String {
        self.list(filters, " AND ", "TRUE")
    }

    /// A condition that is never NULL.
    fn filter(&self, filter: &Filter) -> String {
        match filter {
            Filter::Leaf(leaf) | Filter::Context(leaf) => self.leaf(leaf),
            Filter::And(parts) => self.all(parts),
            Filter::Or(parts) => self.list(parts, " OR ", "FALSE"),
            Filter::Not(inner) => format!("(NOT {})", self.filter(inner)),
        }
    }

    fn leaf(&self, leaf: &Leaf) -> String {
        if leaf.operator.is_relative() {
            return self.relative(leaf);
        }
        let shown = shown::dimension(self.ground, &Dimension::new(leaf.at, leaf.bucket));
        let sensitive = leaf.case_sensitive.or(self.spec.options.case_sensitive).unwrap_or(true);
        let other = match leaf.right {
            Right::Column(at) => Some(self.column(at)),
            _ => None,
        };
        let left = Operand {
            sql: self.value(leaf.at, leaf.bucket),
            shown,
            level: match leaf.bucket {
                Some(Bucket::Level { level, .. }) => Some(level),
                _ => None,
            },
            kind: self.kind(leaf.at),
            folded: shown == Shown::Text && !sensitive,
        };
        self.test(&left, leaf.operator, &leaf.right, other.as_deref(), leaf.nulls)
    }
}
