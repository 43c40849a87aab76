//! Drilling: from a query and a cell that was clicked in its answer to the next query, and back. Nothing here knows a
//! catalog or asks anything.

mod below;
mod clicked;
mod crumb;
mod drilled;
mod member_form;
mod names;
mod replacing;
mod rows;
#[cfg(test)]
mod tests;

pub use clicked::Clicked;
pub use crumb::Crumb;
pub use drilled::Drilled;
