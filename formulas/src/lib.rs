//! The formula language of drillcore.
//!
//! This crate will turn the text of a formula into a typed tree: `{late} / {n}`, `SUM({flights:distance})`. It begins
//! with what every error about a text needs, the place in it: a [`Span`] says which bytes are meant, a [`Position`] says
//! where that is for a person, and [`Span::render`] shows the line with the place marked below it.
//!
//! The crate knows nothing of queries, datasets, Arrow or DataFusion, and has no dependencies. The engine knows it, never
//! the other way round: names in a formula stay names here, and the engine looks them up. No query is answered with a
//! formula yet.
//!
//! # Untrusted input
//!
//! Formulas may come from anybody. Nothing here panics on any text or any span, also one that belongs to another text;
//! what is shown of a text is cut to [`Span::SHOWN_CHARS`] characters, and control characters are not shown as they are.

mod span;

pub use span::{Position, Span};
