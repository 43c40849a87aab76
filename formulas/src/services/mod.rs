//! What editors, documentation and the command line ask of the language: everything that is wrong with a formula, what
//! can be written at a place of it, what a call takes, what each function does, and the finer meaning of a value.
//!
//! All of it reads the registry, so a function that is added there is known here. Nothing here panics on any text or
//! any cursor; cursors are bytes, and one inside a character counts as before it.

mod complete;
mod diagnose;
mod find;
mod help;
mod kind;
mod manual;
mod scan;
mod signature;
mod subtype;

pub use complete::{Candidate, CandidateKind, Completion, CompletionKind, complete};
pub use diagnose::{Diagnostic, FormulaLevel, Severity, diagnose};
pub use find::did_you_mean;
pub use help::{ParameterHelp, SignatureHelp, signature_help};
pub use manual::{function_markdown, reference_markdown};
pub use signature::signature;
pub use subtype::{Subtype, aggregate_subtype, infer_subtype, window_subtype};

#[cfg(test)]
mod tests;
