//! Formulas whose names and types are known. Every conversion is a node of its own, so whoever evaluates the tree needs
//! no rules about types.

use crate::{ScalarFunction, Type};

/// A formula of known type. `L` is what names stand for: columns in a formula of row level, the values of a group in
/// one of aggregate level.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Typed<L> {
    /// What is computed.
    pub node: Node<L>,
    /// The type of the value.
    pub value_type: Type,
}

/// One step of a [`Typed`] formula.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Node<L> {
    /// The same value in every row.
    Constant(Constant),
    /// What a name stands for.
    Leaf(L),
    /// The value as the type of this node; NULL where that type cannot hold it.
    Convert(Box<Typed<L>>),
    /// The number with its sign turned; NULL where the integer has no counterpart.
    Negate(Box<Typed<L>>),
    /// Arithmetic. Both sides have the type of this node, but for [`Arithmetic::Divide`], whose sides are floats, and
    /// decimals, which keep their own: the result has the digits that hold it.
    Arithmetic(Arithmetic, Box<Typed<L>>, Box<Typed<L>>),
    /// A comparison of two values of one type. NULL if a side is NULL. Text by code point, `false` before `true`.
    Compare(Comparison, Box<Typed<L>>, Box<Typed<L>>),
    /// Three-valued: false if any part is, else NULL if any part is, else true.
    And(Vec<Typed<L>>),
    /// Three-valued: true if any part is, else NULL if any part is, else false.
    Or(Vec<Typed<L>>),
    /// Three-valued.
    Not(Box<Typed<L>>),
    /// Whether the value is NULL; never NULL itself.
    IsNull(Box<Typed<L>>),
    /// The value of the first branch whose condition is true, else that of `otherwise`, else NULL. A NULL condition is
    /// not true. All values have the type of this node.
    Case {
        /// Conditions and values.
        branches: Vec<(Typed<L>, Typed<L>)>,
        /// Without any: NULL.
        otherwise: Option<Box<Typed<L>>>,
    },
    /// Texts joined; NULL if a side is NULL, or if the result has more than [`MAX_GROWN_BYTES`](crate::MAX_GROWN_BYTES).
    Concat(Box<Typed<L>>, Box<Typed<L>>),
    /// A function of these values. They have the types that its [entry](ScalarFunction::entry) asks for.
    Call(ScalarFunction, Vec<Typed<L>>),
    /// The first value that is not NULL. All have the type of this node.
    Coalesce(Vec<Typed<L>>),
}

/// A value that stands in the text of a formula.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Constant {
    /// NULL, of the type of its node.
    Null,
    /// True or false.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A decimal: its digits without the point. Precision and scale are those of the node.
    Decimal(i128),
    /// A finite float, as its bits.
    Float(u64),
    /// A text.
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00Z.
    Datetime(i64),
    /// Microseconds since 1970-01-01T00:00 on a wall clock.
    LocalDatetime(i64),
}

/// The four operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// NULL past the type's range.
    Add,
    /// NULL past the type's range.
    Subtract,
    /// NULL past the type's range.
    Multiply,
    /// Of floats; NULL where the divisor is 0 or the result is not finite.
    Divide,
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Not the same.
    NotEqual,
    /// Below.
    Less,
    /// Not above.
    LessOrEqual,
    /// Above.
    Greater,
    /// Not below.
    GreaterOrEqual,
}

impl<L> Typed<L> {
    /// The same formula over other leaves.
    ///
    /// # Errors
    ///
    /// The first error of `change`.
    pub fn try_map<T, E>(self, change: &mut impl FnMut(L) -> Result<T, E>) -> Result<Typed<T>, E> {
        fn one<L, T, E>(inner: Typed<L>, change: &mut impl FnMut(L) -> Result<T, E>) -> Result<Box<Typed<T>>, E> {
            inner.try_map(change).map(Box::new)
        }
        fn all<L, T, E>(inner: Vec<Typed<L>>, change: &mut impl FnMut(L) -> Result<T, E>) -> Result<Vec<Typed<T>>, E> {
            inner.into_iter().map(|inner| inner.try_map(change)).collect()
        }
        let node = match self.node {
            Node::Constant(constant) => Node::Constant(constant),
            Node::Leaf(leaf) => Node::Leaf(change(leaf)?),
            Node::Convert(inner) => Node::Convert(one(*inner, change)?),
            Node::Negate(inner) => Node::Negate(one(*inner, change)?),
            Node::Arithmetic(how, left, right) => Node::Arithmetic(how, one(*left, change)?, one(*right, change)?),
            Node::Compare(how, left, right) => Node::Compare(how, one(*left, change)?, one(*right, change)?),
            Node::And(parts) => Node::And(all(parts, change)?),
            Node::Or(parts) => Node::Or(all(parts, change)?),
            Node::Not(inner) => Node::Not(one(*inner, change)?),
            Node::IsNull(inner) => Node::IsNull(one(*inner, change)?),
            Node::Case { branches, otherwise } => Node::Case {
                branches: branches
                    .into_iter()
                    .map(|(condition, value)| Ok((condition.try_map(change)?, value.try_map(change)?)))
                    .collect::<Result<_, E>>()?,
                otherwise: otherwise.map(|inner| one(*inner, change)).transpose()?,
            },
            Node::Concat(left, right) => Node::Concat(one(*left, change)?, one(*right, change)?),
            Node::Call(function, arguments) => Node::Call(function, all(arguments, change)?),
            Node::Coalesce(parts) => Node::Coalesce(all(parts, change)?),
        };
        Ok(Typed { node, value_type: self.value_type })
    }

    /// How many nodes there are, those inside leaves not counted.
    #[must_use]
    pub fn node_count(&self) -> usize {
        let mut count = 1;
        self.for_each_child(&mut |child| count += child.node_count());
        count
    }

    /// Calls `visit` with the parts that it is made of.
    fn for_each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match &self.node {
            Node::Constant(_) | Node::Leaf(_) => {}
            Node::Convert(inner) | Node::Negate(inner) | Node::Not(inner) | Node::IsNull(inner) => visit(inner),
            Node::Arithmetic(_, left, right) | Node::Compare(_, left, right) | Node::Concat(left, right) => {
                visit(left);
                visit(right);
            }
            Node::And(parts) | Node::Or(parts) | Node::Coalesce(parts) | Node::Call(_, parts) => {
                parts.iter().for_each(visit);
            }
            Node::Case { branches, otherwise } => {
                for (condition, value) in branches {
                    visit(condition);
                    visit(value);
                }
                otherwise.iter().for_each(|inner| visit(inner));
            }
        }
    }

    /// Calls `visit` with every leaf, in the order of the text.
    pub fn visit_leaves<'a>(&'a self, visit: &mut impl FnMut(&'a L)) {
        if let Node::Leaf(leaf) = &self.node {
            visit(leaf);
        }
        self.for_each_child(&mut |child| child.visit_leaves(visit));
    }
}
