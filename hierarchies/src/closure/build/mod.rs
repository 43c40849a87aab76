//! Closures of elements, of paths, and of keys with their parents.
//!
//! All of them fill an arena, in which siblings are in their order, and let it be numbered.
//!
//! - `arena`: nodes in any order of parents, and their numbering
//! - `given`: ids with the ids of their parents, and all that can be wrong with them
//! - `of_tree`, `of_paths`, `of_parents`: one kind of hierarchy each

mod arena;
mod given;
mod of_parents;
mod of_paths;
mod of_tree;
