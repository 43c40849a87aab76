//! The choices that a definition makes.

use serde::{Deserialize, Serialize};

/// Whether the member of the values without a place is shown. Hidden or not, it counts in every total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// It is shown.
    #[default]
    Shown,
    /// It is left out of what is shown.
    Hidden,
}

/// What becomes of the rows of a member that has children.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnRows {
    /// They are a child of the member, so that children add up to it.
    #[default]
    Visible,
    /// That child is left out of what is shown; it counts in every total.
    Hidden,
    /// A query that meets such rows is refused.
    Error,
}

/// Which members of a level hierarchy are left out, so that their children move up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HideIf {
    /// None.
    #[default]
    Never,
    /// Those that are NULL or the empty text.
    Blank,
    /// Those that equal the member above them.
    EqualsParent,
}

/// What becomes of a row whose parent does not exist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orphans {
    /// It is a child of the root.
    #[default]
    Root,
    /// The hierarchy is refused.
    Error,
}

/// Whether a choice goes without saying.
pub(super) fn is_default<T: Default + PartialEq>(choice: &T) -> bool {
    *choice == T::default()
}
