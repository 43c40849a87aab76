//! Changes of trees, and what must hold of a tree.

mod apply;
mod draft;
mod edit;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
mod validate;
mod ways;

pub use apply::apply;
pub use edit::{ChildRule, Edit};
pub use validate::validate;
