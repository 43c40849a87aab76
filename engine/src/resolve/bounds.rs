//! How large formulas may become that are made of each other. Each of them is small, but a column that names another one
//! twice, which names another one twice, is not; and whoever walks a tree needs a stack as deep as the tree.

use std::collections::HashMap;
use std::sync::Arc;

use drillcore_formulas::{Expr, ExprKind, MAX_TYPED_NODES, Node, Typed};

use super::{Resolver, Scalar};
use crate::error::{Error, ErrorKind, Result};

/// The deepest value, with all that it is made of.
const MOST_DEPTH: usize = 384;

impl Resolver<'_> {
    /// Goes into a formula, whose names may lead into others. What it gives is for [`Self::leave`].
    pub(super) fn enter(&mut self, tree: &Expr, path: &str) -> Result<usize> {
        let outside = self.underway;
        let inside = outside.saturating_add(depth(tree));
        if inside > MOST_DEPTH {
            return Err(too_deep().at(path));
        }
        self.underway = inside;
        self.denied = None;
        Ok(outside)
    }

    /// Comes out of a formula.
    pub(super) fn leave(&mut self, outside: usize) {
        self.underway = outside;
    }
}

impl Scalar {
    /// Refuses a value that is too large with all that it is made of.
    pub(super) fn check_size(&self) -> Result<()> {
        let Self::Computed(tree) = self else { return Ok(()) };
        let size = Sizes::default().of_tree(tree);
        if size.depth > MOST_DEPTH {
            return Err(too_deep());
        }
        if size.nodes > MAX_TYPED_NODES {
            let message = format!("the formula and what it is made of have more than {MAX_TYPED_NODES} steps");
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        Ok(())
    }
}

fn too_deep() -> Error {
    let message = format!("the formula and what it is made of are more than {MOST_DEPTH} deep");
    Error::new(ErrorKind::LimitExceeded, message)
}

#[derive(Debug, Clone, Copy)]
struct Size {
    nodes: usize,
    depth: usize,
}

/// The sizes of values, each looked at once.
#[derive(Debug, Default)]
struct Sizes {
    known: HashMap<*const Typed<Scalar>, Size>,
}

impl Sizes {
    fn of(&mut self, value: &Scalar) -> Size {
        match value {
            Scalar::Computed(tree) => {
                let place = Arc::as_ptr(tree);
                if let Some(size) = self.known.get(&place) {
                    return *size;
                }
                let size = self.of_tree(tree);
                self.known.insert(place, size);
                size
            }
            Scalar::Derived { of, .. }
            | Scalar::Bucket { of, .. }
            | Scalar::Cyclic { of, .. }
            | Scalar::Bin { of, .. }
            | Scalar::Member { of, .. } => self.of(of),
            _ => Size { nodes: 1, depth: 1 },
        }
    }

    fn of_tree(&mut self, tree: &Typed<Scalar>) -> Size {
        match &tree.node {
            Node::Leaf(value) => self.of(value),
            Node::Convert(inner) | Node::Negate(inner) | Node::Not(inner) | Node::IsNull(inner) => {
                self.around([&**inner])
            }
            Node::Arithmetic(_, left, right) | Node::Compare(_, left, right) | Node::Concat(left, right) => {
                self.around([&**left, &**right])
            }
            Node::And(parts) | Node::Or(parts) | Node::Coalesce(parts) | Node::Call(_, parts) => self.around(parts),
            Node::Case { branches, otherwise } => {
                let branches = branches.iter().flat_map(|(condition, value)| [condition, value]);
                self.around(branches.chain(otherwise.as_deref()))
            }
            _ => Size { nodes: 1, depth: 1 },
        }
    }

    /// A node around others.
    fn around<'t>(&mut self, parts: impl IntoIterator<Item = &'t Typed<Scalar>>) -> Size {
        let mut size = Size { nodes: 1, depth: 1 };
        for part in parts {
            let inner = self.of_tree(part);
            size.nodes = size.nodes.saturating_add(inner.nodes);
            size.depth = size.depth.max(inner.depth.saturating_add(1));
        }
        size
    }
}

/// The depth of what is written.
fn depth(tree: &Expr) -> usize {
    let deepest = |parts: &[Expr]| parts.iter().map(depth).max().unwrap_or_default();
    let below = match &tree.kind {
        ExprKind::Negate(inner)
        | ExprKind::Not(inner)
        | ExprKind::IsNull { value: inner, .. }
        | ExprKind::Cast { value: inner, .. } => depth(inner),
        ExprKind::Arithmetic(_, left, right) | ExprKind::Concat(left, right) | ExprKind::Compare(_, left, right) => {
            depth(left).max(depth(right))
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => deepest(parts),
        ExprKind::In { value, list, .. } => depth(value).max(deepest(list)),
        ExprKind::Between { value, low, high, .. } => depth(value).max(depth(low)).max(depth(high)),
        ExprKind::Case { subject, branches, otherwise } => {
            let branches = branches.iter().map(|(condition, value)| depth(condition).max(depth(value)));
            let others = subject.iter().chain(otherwise).map(|part| depth(part));
            branches.chain(others).max().unwrap_or_default()
        }
        ExprKind::Call(call) => deepest(&call.arguments).max(call.filter.as_deref().map(depth).unwrap_or_default()),
        // Constants and names.
        _ => 0,
    };
    below + 1
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use drillcore_formulas::{Arithmetic, Node, Type, Typed, parse};

    use super::{MOST_DEPTH, Sizes, depth};
    use crate::model::ColumnType;
    use crate::resolve::{ColumnRef, Scalar};

    fn column() -> Scalar {
        Scalar::Column(ColumnRef { lookup: None, column: "a".to_owned(), column_type: ColumnType::Integer })
    }

    /// A sum of a value with itself.
    fn twice(of: &Scalar) -> Scalar {
        let leaf = || Box::new(Typed { node: Node::Leaf(of.clone()), value_type: Type::Integer });
        let node = Node::Arithmetic(Arithmetic::Add, leaf(), leaf());
        Scalar::Computed(Arc::new(Typed { node, value_type: Type::Integer }))
    }

    #[test]
    fn what_is_named_twice_counts_twice() {
        let four = twice(&twice(&column()));
        let size = Sizes::default().of(&four);
        assert_eq!((size.nodes, size.depth), (7, 3));
        assert!(four.check_size().is_ok());
    }

    #[test]
    fn doubling_ends() {
        let (mut value, mut doublings) = (column(), 0);
        while value.check_size().is_ok() {
            value = twice(&value);
            doublings += 1;
        }
        assert_eq!(doublings, 16);
    }

    #[test]
    fn chains_end() {
        let negated = |of: &Scalar| {
            let leaf = Box::new(Typed { node: Node::Leaf(of.clone()), value_type: Type::Integer });
            Scalar::Computed(Arc::new(Typed { node: Node::Negate(leaf), value_type: Type::Integer }))
        };
        let (mut value, mut links) = (column(), 0);
        while value.check_size().is_ok() {
            value = negated(&value);
            links += 1;
        }
        assert_eq!(links, MOST_DEPTH);
    }

    #[test]
    fn texts_have_a_depth() {
        for (text, expected) in [
            ("1", 1),
            ("-{a}", 2),
            ("{a} + {b} * -{c}", 4),
            ("CASE WHEN {a} > 1 THEN 2 ELSE -({b} + 3) END", 4),
            ("SUM({a} WHERE {b} IN (1, -{c}))", 4),
        ] {
            assert_eq!(depth(&parse(text).unwrap()), expected, "{text}");
        }
    }
}
