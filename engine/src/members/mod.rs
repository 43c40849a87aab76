//! Members of hierarchies over rows: the closed tree of a hierarchy for one state of the data, the node of each row as
//! an expression of a plan, and how a node is shown.

mod cache;
mod expr;
mod faults;
mod index;
mod keys;
mod known_rows;
mod prefix;
mod row_expr;
mod rows;
mod show;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use cache::{MemberCache, MemberKey};
pub(crate) use expr::{ShownAs, member_expr};
pub(crate) use known_rows::{Asked, KnownRows, RowKey};
pub(crate) use row_expr::row_member_expr;
pub(crate) use rows::{RowNodes, RowNodesBuilder};
pub(crate) use show::member_cell;
pub(crate) use tree::MemberTree;
