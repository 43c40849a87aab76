//! What can be wrong with the members of a hierarchy.

use std::fmt::{self, Write as _};

/// One thing that is wrong with the members of a hierarchy. Its text is one line that names the members; ids are cut
/// where they are long, and control characters are not shown as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Members that are under each other in a ring.
    Cycle {
        /// The members, each followed by its parent, from the least id; the parent of the last is the first.
        members: Vec<String>,
    },
    /// An id that is given more than once, under the same parent.
    Duplicate {
        /// The id.
        id: String,
    },
    /// An id that is given under different parents.
    TwoParents {
        /// The id.
        id: String,
        /// The ids of the parents in the order in which they are given; the root is `""`, shown as `(root)`.
        parents: Vec<String>,
    },
    /// A member whose parent does not exist.
    Orphan {
        /// The id of the member.
        id: String,
        /// The id that no member has.
        parent: String,
    },
    /// A member that would be moved under itself or into its own subtree.
    UnderItself {
        /// The id of the member.
        id: String,
    },
    /// A change of a member that is not there.
    Unknown {
        /// The id that no member has.
        id: String,
    },
    /// A member that is deleted only once it has no children.
    HasChildren {
        /// The id of the member.
        id: String,
        /// How many children it has.
        children: usize,
    },
    /// A member whose given level is not the one below that of its parent.
    LevelGap {
        /// The id of the member.
        id: String,
        /// The level that is given.
        level: usize,
        /// The level that the member has.
        expected: usize,
    },
    /// A member without an id.
    EmptyId,
    /// An id that is longer than [`MOST_ID_BYTES`](crate::MOST_ID_BYTES).
    IdTooLong {
        /// Its first characters.
        id_start: String,
    },
    /// An id with a control character.
    ControlCharacter {
        /// The id.
        id: String,
    },
    /// An id that means the root.
    Reserved {
        /// The id.
        id: String,
    },
    /// More members than there may be.
    TooMany {
        /// How many there are.
        members: usize,
        /// How many there may be.
        most: usize,
    },
    /// A member that is too deep. Those below it are too deep as well and are not listed.
    TooDeep {
        /// The id of the member.
        id: String,
        /// Its depth; that of a child of the root is 1.
        depth: usize,
        /// The greatest depth that there may be.
        most: usize,
    },
    /// A place among the siblings that is NaN or infinite.
    NotFinite {
        /// The id of the member.
        id: String,
    },
}

/// How many members of a list are shown.
const SHOWN_MEMBERS: usize = 10;

/// How many characters of an id are shown.
const SHOWN_CHARS: usize = 64;

impl Fault {
    pub(crate) fn id_too_long(id: &str) -> Self {
        Self::IdTooLong { id_start: id.chars().take(SHOWN_CHARS).collect() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cycle { members } => cycle(f, members),
            Self::Duplicate { id } => write!(f, "{} is given more than once", Quoted(id)),
            Self::TwoParents { id, parents } => {
                write!(f, "{} is given under {} parents: ", Quoted(id), parents.len())?;
                for (index, parent) in parents.iter().take(SHOWN_MEMBERS).enumerate() {
                    f.write_str(if index > 0 { ", " } else { "" })?;
                    if parent.is_empty() { f.write_str("(root)")? } else { write!(f, "{}", Quoted(parent))? }
                }
                match parents.len().saturating_sub(SHOWN_MEMBERS) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::Orphan { id, parent } => write!(f, "the parent {} of {} does not exist", Quoted(parent), Quoted(id)),
            Self::UnderItself { id } => write!(f, "{} cannot be moved under itself or its own subtree", Quoted(id)),
            Self::Unknown { id } => write!(f, "there is no member {}", Quoted(id)),
            Self::HasChildren { id, children } => {
                let noun = if *children == 1 { "child" } else { "children" };
                write!(f, "{} cannot be deleted: it has {children} {noun}", Quoted(id))
            }
            Self::LevelGap { id, level, expected } => {
                write!(f, "{} is given level {level}, but its level is {expected}", Quoted(id))
            }
            Self::EmptyId => f.write_str("a member has an empty id, which means the root"),
            Self::IdTooLong { id_start } => {
                let most = crate::MOST_ID_BYTES;
                write!(f, "an id that begins with {} has more than {most} bytes", Quoted(id_start))
            }
            Self::ControlCharacter { id } => write!(f, "the id {} holds a control character", Quoted(id)),
            Self::Reserved { id } => write!(f, "the id {} means the root", Quoted(id)),
            Self::TooMany { members, most } => write!(f, "there are {members} members; the most are {most}"),
            Self::TooDeep { id, depth, most } => {
                write!(f, "{} is at depth {depth}; the greatest is {most}", Quoted(id))
            }
            Self::NotFinite { id } => write!(f, "the order of {} is no finite number", Quoted(id)),
        }
    }
}

/// The ring as a way that ends where it begins. What is left out of a long one is counted.
fn cycle(f: &mut fmt::Formatter<'_>, members: &[String]) -> fmt::Result {
    f.write_str("members are under each other: ")?;
    for member in members.iter().take(SHOWN_MEMBERS) {
        write!(f, "{} -> ", Quoted(member))?;
    }
    match members.len().saturating_sub(SHOWN_MEMBERS) {
        0 => {}
        more => write!(f, "{more} more -> ")?,
    }
    match members.first() {
        Some(first) => write!(f, "{}", Quoted(first)),
        None => Ok(()),
    }
}

/// An id for a message of one line.
#[derive(Debug)]
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('`')?;
        let mut chars = self.0.chars();
        for c in chars.by_ref().take(SHOWN_CHARS) {
            // The two separators break lines without being control characters.
            let breaks = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
            f.write_char(if breaks { ' ' } else { c })?;
        }
        f.write_str(if chars.next().is_some() { "…`" } else { "`" })
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[track_caller]
    fn check(fault: &Fault, text: &str) {
        assert_eq!(fault.to_string(), text);
    }

    fn id() -> String {
        "a".to_owned()
    }

    #[test]
    fn a_fault_is_one_line_that_names_the_members() {
        let texts = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<String>>();
        check(&Fault::Cycle { members: texts(&["a"]) }, "members are under each other: `a` -> `a`");
        check(
            &Fault::Cycle { members: texts(&["a", "c", "b"]) },
            "members are under each other: `a` -> `c` -> `b` -> `a`",
        );
        check(&Fault::Duplicate { id: id() }, "`a` is given more than once");
        check(
            &Fault::TwoParents { id: id(), parents: texts(&["", "b\nc"]) },
            "`a` is given under 2 parents: (root), `b c`",
        );
        check(&Fault::Orphan { id: id(), parent: "b".to_owned() }, "the parent `b` of `a` does not exist");
        check(&Fault::UnderItself { id: id() }, "`a` cannot be moved under itself or its own subtree");
        check(&Fault::Unknown { id: id() }, "there is no member `a`");
        check(&Fault::HasChildren { id: id(), children: 1 }, "`a` cannot be deleted: it has 1 child");
        check(&Fault::HasChildren { id: id(), children: 12 }, "`a` cannot be deleted: it has 12 children");
        check(&Fault::LevelGap { id: id(), level: 3, expected: 2 }, "`a` is given level 3, but its level is 2");
        check(&Fault::EmptyId, "a member has an empty id, which means the root");
        check(&Fault::id_too_long("bc"), "an id that begins with `bc` has more than 1024 bytes");
        check(&Fault::ControlCharacter { id: "a\u{0}\u{2028}b".to_owned() }, "the id `a  b` holds a control character");
        check(&Fault::Reserved { id: "_$root".to_owned() }, "the id `_$root` means the root");
        check(&Fault::TooMany { members: 9, most: 8 }, "there are 9 members; the most are 8");
        check(&Fault::TooDeep { id: id(), depth: 65, most: 64 }, "`a` is at depth 65; the greatest is 64");
        check(&Fault::NotFinite { id: id() }, "the order of `a` is no finite number");
    }

    #[test]
    fn long_faults_are_cut() {
        let members: Vec<String> = (0..12).map(|number| number.to_string()).collect();
        let shown = "`0` -> `1` -> `2` -> `3` -> `4` -> `5` -> `6` -> `7` -> `8` -> `9` -> 2 more -> `0`";
        check(&Fault::Cycle { members: members.clone() }, &format!("members are under each other: {shown}"));
        let parents = "`0`, `1`, `2`, `3`, `4`, `5`, `6`, `7`, `8`, `9` and 2 more";
        let fault = Fault::TwoParents { id: id(), parents: members };
        check(&fault, &format!("`a` is given under 12 parents: {parents}"));
        check(&Fault::Unknown { id: "é".repeat(64) }, &format!("there is no member `{}`", "é".repeat(64)));
        check(&Fault::Unknown { id: "é".repeat(65) }, &format!("there is no member `{}…`", "é".repeat(64)));
        let Fault::IdTooLong { id_start } = Fault::id_too_long(&"é".repeat(2000)) else { panic!("another fault") };
        assert_eq!(id_start, "é".repeat(64));
    }
}
