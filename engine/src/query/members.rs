//! What a query says of a hierarchy: what of it a dimension shows, and the members that filters name.

use drillcore_hierarchies::MemberPath;

/// A hierarchy, and what a dimension shows of it. In filters only the hierarchy itself is named.
///
/// In JSON: `{"hierarchy_id": "geo", "level": 2, "under": ["EUROPE"]}`. The function [`hierarchy`](crate::hierarchy)
/// makes dimensions and filters of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Members {
    /// The id of the hierarchy, `hierarchy_id` in JSON.
    pub hierarchy: String,
    /// The level whose members are shown.
    pub level: Option<MemberLevel>,
    /// The member to whose subtree the dimension keeps.
    pub under: Option<Member>,
    /// Which members are shown with their children, so that levels stand in one column. It takes no level beside it.
    pub expand: Option<Expand>,
}

impl Members {
    /// All of a hierarchy.
    #[must_use]
    pub fn new(hierarchy: impl Into<String>) -> Self {
        Self { hierarchy: hierarchy.into(), level: None, under: None, expand: None }
    }
}

/// A level of a hierarchy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemberLevel {
    /// How far below the root: 1 stands for the members right below it.
    Number(u16),
    /// The name that the hierarchy gives to the level.
    Name(String),
}

impl From<u16> for MemberLevel {
    fn from(number: u16) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for MemberLevel {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<String> for MemberLevel {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

/// The members that are expanded: beside each its children are shown, if all above it are expanded too.
///
/// In JSON: `{"depth": 1, "open": [["EUROPE"]]}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Expand {
    /// All members above this depth are expanded. The root has the depth 0, so that 1, the default, shows the members
    /// right below it.
    pub depth: u16,
    /// Further members that are expanded.
    pub open: Vec<Member>,
}

impl Expand {
    /// Expands all members above a depth.
    #[must_use]
    pub fn to_depth(depth: u16) -> Self {
        Self { depth, open: Vec::new() }
    }
}

/// The root alone is expanded.
impl Default for Expand {
    fn default() -> Self {
        Self::to_depth(1)
    }
}

/// A member of a hierarchy as a query names it. It stands for its whole subtree.
///
/// A text is the id of a member, an array is the path to one:
///
/// ```
/// use drillcore::Member;
///
/// assert_eq!(Member::from("FRANCE"), Member::Id("FRANCE".to_owned()));
/// assert!(matches!(Member::from(["EUROPE", "FRANCE"]), Member::Path(path) if path.depth() == 2));
/// assert_eq!(Member::null(), Member::from([None::<&str>]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Member {
    /// The member with this id, which must be the only one that has it.
    Id(String),
    /// The member at the end of this path from the root. The empty path is the root.
    Path(MemberPath),
    /// The rows that stand on the member at the end of this path itself and not on what is under it.
    Own(MemberPath),
    /// All values that have no place in the tree.
    Unassigned,
}

impl Member {
    /// The rows that stand on a member itself, given by its path, and not on what is under it.
    #[must_use]
    pub fn own<M: Into<String>>(path: impl IntoIterator<Item = M>) -> Self {
        Self::Own(path.into_iter().collect())
    }

    /// All values that have no place in the tree.
    #[must_use]
    pub fn unassigned() -> Self {
        Self::Unassigned
    }

    /// The member NULL: the rows without a value. It is a child of the root.
    #[must_use]
    pub fn null() -> Self {
        Self::Path(MemberPath::root().null_child())
    }
}

/// The member with this id.
impl From<&str> for Member {
    fn from(id: &str) -> Self {
        Self::Id(id.to_owned())
    }
}

/// The member with this id.
impl From<&String> for Member {
    fn from(id: &String) -> Self {
        Self::Id(id.clone())
    }
}

/// The member with this id.
impl From<String> for Member {
    fn from(id: String) -> Self {
        Self::Id(id)
    }
}

/// The member at the end of this path.
impl From<MemberPath> for Member {
    fn from(path: MemberPath) -> Self {
        Self::Path(path)
    }
}

/// The member at the end of this path.
impl<const N: usize> From<[&str; N]> for Member {
    fn from(path: [&str; N]) -> Self {
        Self::Path(path.into_iter().collect())
    }
}

/// The member at the end of this path, on which None is NULL.
impl<const N: usize> From<[Option<&str>; N]> for Member {
    fn from(path: [Option<&str>; N]) -> Self {
        let below = |path: MemberPath, member: Option<&str>| match member {
            Some(text) => path.child(text),
            None => path.null_child(),
        };
        Self::Path(path.into_iter().fold(MemberPath::root(), below))
    }
}

/// The member at the end of this path.
impl From<Vec<String>> for Member {
    fn from(path: Vec<String>) -> Self {
        Self::Path(path.into_iter().collect())
    }
}
