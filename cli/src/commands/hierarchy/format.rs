//! The shapes in which hierarchies are read and written.

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// The definition of a hierarchy of any kind.
    Drillcore,
    /// A tree as Luzmo's `hierarchy get` gives it.
    Luzmo,
    /// Members of a tree as Luzmo's `hierarchy update` takes them.
    LuzmoUpdates,
}
