//! How large a formula may be.

/// The longest text of a formula, in bytes.
pub const MAX_SOURCE_BYTES: usize = 64 * 1024;

/// The deepest tree. A name or constant has a depth of one; `1 + 2 + 3` is three deep, `a AND b AND c` two.
pub const MAX_DEPTH: usize = 128;

/// The most nodes of a tree: names, constants, operations, calls.
pub const MAX_NODES: usize = 10_000;

/// The longest constant text in a formula, in bytes, without its quotes.
pub const MAX_TEXT_BYTES: usize = 4 * 1024;

/// The most errors of one text that [`parse_all`](crate::parse_all) tells.
pub const MAX_ERRORS: usize = 20;

/// The most nodes of a checked formula. It has more than its text, because conversions become nodes and what an `IN` or
/// `BETWEEN` looks at is repeated.
pub const MAX_TYPED_NODES: usize = 65_536;

/// The most expressions that are open at one place of the text. Twice the depth: a printed tree has at most one pair of
/// brackets around each node, and it shall be readable again.
pub(crate) const MAX_NESTING: usize = 2 * MAX_DEPTH;

/// The longest text, in bytes, that a function makes out of shorter ones; what would be longer is NULL.
pub const MAX_GROWN_BYTES: usize = 256 * 1024;

/// The most regular expressions of a formula; each takes up to 1 MiB when it is compiled.
pub(crate) const MAX_PATTERNS: usize = 64;
