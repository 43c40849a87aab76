//! A member of a hierarchy, named by the way to it.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::json;

/// A member of a hierarchy: the members on the way from the root to it, itself included. The empty path is the root,
/// which holds everything.
///
/// Two members are the same if their whole paths are. NULL is a member like any other, and not the text `null`. The text
/// form of a path is a JSON array.
///
/// Paths sort as a tree is shown: a member comes before what is under it, siblings by code point, NULL behind them.
///
/// ```
/// use drillcore_hierarchies::MemberPath;
///
/// let france: MemberPath = r#"["EUROPE", "FRANCE"]"#.parse()?;
/// let paris = france.child("Paris");
/// assert!(france.contains(&paris) && paris.is_under(&france));
/// assert_eq!(paris.parent(), Some(france));
/// assert_eq!(paris.to_string(), r#"["EUROPE","FRANCE","Paris"]"#);
/// # Ok::<(), drillcore_hierarchies::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct MemberPath {
    members: Vec<Option<String>>,
}

impl MemberPath {
    /// The root of every hierarchy.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The path of these members; NULL is `None`.
    ///
    /// ```
    /// use drillcore_hierarchies::MemberPath;
    ///
    /// let path = MemberPath::from_members([Some("BE".to_owned()), None]);
    /// assert_eq!(path.to_string(), r#"["BE",null]"#);
    /// ```
    #[must_use]
    pub fn from_members(members: impl IntoIterator<Item = Option<String>>) -> Self {
        Self { members: members.into_iter().collect() }
    }

    /// The child of that name.
    #[must_use]
    pub fn child(&self, member: impl Into<String>) -> Self {
        self.with(Some(member.into()))
    }

    /// The child that is NULL.
    #[must_use]
    pub fn null_child(&self) -> Self {
        self.with(None)
    }

    fn with(&self, member: Option<String>) -> Self {
        let mut members = self.members.clone();
        members.push(member);
        Self { members }
    }

    /// The member above; nothing for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.members.split_last()?;
        Some(Self { members: above.to_vec() })
    }

    /// How many steps it is from the root.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.members.len()
    }

    /// The members on the way from the root, which is none of them; NULL is `None`.
    pub fn members(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        self.members.iter().map(Option::as_deref)
    }

    /// Whether a member is this one or under it: whether it is in the subtree of this one.
    #[must_use]
    pub fn contains(&self, member: &Self) -> bool {
        member.members.starts_with(&self.members)
    }

    /// Whether this member is in the subtree of another one, which it is not itself.
    #[must_use]
    pub fn is_under(&self, other: &Self) -> bool {
        self.depth() > other.depth() && other.contains(self)
    }

    /// The deepest member whose subtree holds both.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        let both = self.members.iter().zip(&other.members);
        let members = both.take_while(|(left, right)| left == right).map(|(member, _)| member.clone());
        Self { members: members.collect() }
    }
}

impl<M: Into<String>> FromIterator<M> for MemberPath {
    /// The path of these members, none of which is NULL.
    fn from_iter<I: IntoIterator<Item = M>>(members: I) -> Self {
        Self { members: members.into_iter().map(|member| Some(member.into())).collect() }
    }
}

impl Ord for MemberPath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.members().map(sort_key).cmp(other.members().map(sort_key))
    }
}

/// `false` sorts before `true`: NULL comes behind every text.
fn sort_key(member: Option<&str>) -> (bool, Option<&str>) {
    (member.is_none(), member)
}

impl PartialOrd for MemberPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, member) in self.members().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match member {
                Some(text) => json::write_text(f, text)?,
                None => f.write_str("null")?,
            }
        }
        f.write_str("]")
    }
}

impl FromStr for MemberPath {
    type Err = Error;

    /// Reads a JSON array of texts and nulls.
    fn from_str(text: &str) -> Result<Self> {
        json::read_array(text).map(|members| Self { members })
    }
}

#[cfg(test)]
mod tests {
    use super::MemberPath;

    /// Every path of up to three of some awkward members.
    fn paths() -> Vec<MemberPath> {
        let mut all = vec![MemberPath::root()];
        let mut last = all.clone();
        for _ in 0..3 {
            let mut next = Vec::new();
            for path in &last {
                next.push(path.null_child());
                next.extend(["", "null", "a\"],[\\", "é😀\n\u{1}"].map(|member| path.child(member)));
            }
            all.extend_from_slice(&next);
            last = next;
        }
        all
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for path in paths() {
            assert_eq!(path.to_string().parse::<MemberPath>(), Ok(path));
        }
    }

    #[test]
    fn drilling_down_and_up_is_no_change() {
        for path in paths() {
            for child in [path.child("x"), path.null_child()] {
                assert!(child.is_under(&path) && path.contains(&child) && !child.contains(&path));
                assert_eq!(child.depth(), path.depth() + 1);
                assert_eq!(child.parent().as_ref(), Some(&path));
            }
        }
        assert_eq!(MemberPath::root().parent(), None);
    }

    #[test]
    fn the_common_member_is_the_deepest_that_holds_both() {
        let all = paths();
        for left in &all {
            for right in &all {
                let common = left.common(right);
                assert!(common.contains(left) && common.contains(right));
                let holders = all.iter().filter(|path| path.contains(left) && path.contains(right));
                assert_eq!(holders.map(MemberPath::depth).max(), Some(common.depth()));
            }
        }
    }

    #[test]
    fn a_member_is_before_its_subtree_and_siblings_are_by_code_point() {
        let path = |members: &[&str]| members.iter().copied().collect::<MemberPath>();
        let root = MemberPath::root();
        let sorted = [
            root.clone(),
            path(&["B"]),
            path(&["B", "z"]),
            path(&["B", "z", "a"]),
            path(&["B"]).null_child(),
            path(&["a"]),
            path(&["null"]),
            path(&["é"]),
            root.null_child(),
            root.null_child().child("a"),
        ];
        for (index, left) in sorted.iter().enumerate() {
            for (other, right) in sorted.iter().enumerate() {
                assert_eq!(left.cmp(right), index.cmp(&other), "{left} {right}");
            }
        }
    }
}
