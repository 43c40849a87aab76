//! Types and levels: what a formula means, or why it means nothing.
//!
//! The rules about types stand at [`check_row`].
//!
//! # Levels
//!
//! In row level `{x}` is a column and an aggregate is an error. In aggregate level `{x}` is a measure; inside an
//! aggregate, also in its condition, row level holds.

mod budget;
mod build;
mod cast;
mod choice;
mod constants;
mod expression;
mod finer;
mod instants;
mod level;
mod number;
mod parts;
mod scalar;
mod time;
mod unify;
mod window;

use crate::tree::{Expr, Reference};
use crate::{Aggregate, AggregateFunction, AggregateLeaf, Error, Setting, Type, Typed, WindowLeaf};
use expression::{Checker, Shared};
use level::{GroupLevel, RowLevel};
use window::WindowLevel;

/// What the names in a formula stand for. Errors are messages; the formula's [`Error`] has their place.
pub trait Names {
    /// A column of a row. It is repeated where the formula looks at it twice, as in `{x} IN (1, 2)`.
    type Column: Clone;
    /// A measure of a group.
    type Measure: Clone;

    /// The column that a reference names, and its type.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn column(&mut self, reference: &Reference) -> Result<(Self::Column, Type), String>;

    /// The measure of the same query that a reference names, and its type.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn measure(&mut self, reference: &Reference) -> Result<(Self::Measure, Type), String>;

    /// The type of an aggregate over values of a type; there are none for a count of rows. Where there are two
    /// arguments, it is that of the first.
    ///
    /// # Errors
    ///
    /// The aggregate does not take such values.
    fn aggregate_type(&self, function: AggregateFunction, argument: Option<Type>) -> Result<Type, String>;

    /// A column that holds, in each row, the value of an aggregate over the rows with the same keys, as in
    /// `{price} / AVG({price} FIXED {carrier})`.
    ///
    /// # Errors
    ///
    /// Why there is none; unless told otherwise, that such values have no meaning here.
    fn fixed(&mut self, aggregate: Aggregate<Self::Column>) -> Result<Self::Column, String> {
        Err(format!("the aggregate {} cannot stand in a formula of row level here", aggregate.function.name()))
    }
}

/// The meaning of a formula that is evaluated row by row: `{x}` is a column, and an aggregate is an error.
///
/// Every conversion that the rules below ask for is a node of the result.
///
/// # Types
///
/// `decimal(19,0)` is what an integer counts as beside a decimal. `whole` is the number of digits before the point.
///
/// | formula | operands become | result |
/// |---|---|---|
/// | constant `12`, `12.50`, `1e3`, `'a'`, `TRUE` | | integer, decimal(4,2), float, text, boolean; a whole number beyond 64 bits is a decimal |
/// | `+` `-` `*` of integers | | integer |
/// | `+` `-` with a decimal | integer: decimal(19,0) | decimal, scale the larger, whole the larger and 1 more |
/// | `*` with a decimal | integer: decimal(19,0) | decimal, precisions added, scales added |
/// | `+` `-` `*` with a float | float | float |
/// | `/` of any numbers | float | float |
/// | a decimal of more than 76 digits | | 76 digits, if each operand's own whole digits still fit; else all is float |
/// | `-a`, `ABS`, `ROUND` of a number | | the same type |
/// | `=` `<>` `<` `<=` `>` `>=`, `IN`, `BETWEEN` | one type for both, see below | boolean |
/// | `AND`, `OR`, `NOT`, conditions | must be boolean | boolean |
/// | `IS NULL` of anything | | boolean |
/// | `a \|\| b` of texts, numbers, booleans | text | text |
/// | `IF`, `CASE`, `COALESCE` | one type for all values | that type |
/// | `NULLIF(a, b)` | compared as by `=` | type of a |
/// | `CAST(a, hierarchy)`, of text, number, boolean | | text |
/// | `CAST(a, numeric)`, of text, number, boolean | | float |
/// | `CAST(a, integer)`, of text, number, boolean | | integer |
/// | aggregates | | what [`Names::aggregate_type`] says; conditions must be boolean, weights and divisors numbers |
///
/// One type for several values: the same type for the same type; integers and decimals become the decimal with the
/// larger scale and whole of both, or float if that has more than 76 digits; numbers with a float among them become
/// float. Nothing else goes together: a text constant beside a date is an error, not a date. NULL takes the type of the
/// others; NULL alone is an integer where a number is asked for, a boolean where a condition is, else a text.
///
/// # Errors
///
/// A name does not exist, types do not fit, an aggregate occurs, or the formula passes
/// [`MAX_TYPED_NODES`](crate::MAX_TYPED_NODES).
pub fn check_row<N: Names>(formula: &Expr, setting: &Setting, names: &mut N) -> Result<Typed<N::Column>, Error> {
    let mut shared = Shared::new(setting);
    Checker::new(RowLevel { names, in_aggregate: false }, &mut shared).formula(formula)
}

/// The meaning of a formula that is evaluated once per group: `{x}` is a measure, but a column inside an aggregate. The
/// rules about types are those of [`check_row`].
///
/// # Errors
///
/// A name does not exist, types do not fit, an aggregate stands inside another without `INCLUDE` or `FIXED`, or the
/// formula passes [`MAX_TYPED_NODES`](crate::MAX_TYPED_NODES).
#[expect(clippy::type_complexity, reason = "the type says what the parts are")]
pub fn check_aggregate<N: Names>(
    formula: &Expr,
    setting: &Setting,
    names: &mut N,
) -> Result<Typed<AggregateLeaf<N::Column, N::Measure>>, Error> {
    let mut shared = Shared::new(setting);
    Checker::new(GroupLevel { names }, &mut shared).formula(formula)
}

/// The meaning of a formula that is evaluated once per row of an answer: as [`check_aggregate`], and window functions
/// look at other rows.
///
/// # Errors
///
/// As [`check_aggregate`]; a window function stands inside another one or inside an aggregate.
#[expect(clippy::type_complexity, reason = "the type says what the parts are")]
pub fn check_window<N: Names>(
    formula: &Expr,
    setting: &Setting,
    names: &mut N,
) -> Result<Typed<WindowLeaf<N::Column, N::Measure>>, Error> {
    let mut shared = Shared::new(setting);
    Checker::new(WindowLevel::new(names), &mut shared).formula(formula)
}

#[cfg(test)]
mod tests;
