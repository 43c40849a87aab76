//! The closure of keys that name their parents.

use rayon::prelude::*;

use super::arena::{Arena, fits};
use super::given::{Given, Linked};
use crate::closure::column::{at, number, put};
use crate::closure::key::Key;
use crate::closure::names::Names;
use crate::closure::texts::Texts;
use crate::closure::{Closure, NodeKind};
use crate::{Orphans, Result};

impl Closure {
    /// The closure of a table in which every row is a member: its key, the key of its parent, and the name to show. The
    /// keys are the inputs; parents and names belong to the key of the same index, and are NULL behind their end. No
    /// names at all (an empty slice) is fine: members are shown by their keys then, as they are where a name is NULL or
    /// empty.
    ///
    /// A parent that is NULL or the key itself is the root. A parent that is no key is the root too with
    /// [`Orphans::Root`]. Rows without a key are all on the NULL member, a child of the root; their parents and names
    /// do not matter. Every member with children has own rows. Trees may be as deep as they are long.
    ///
    /// ```
    /// use drillcore_hierarchies::{Closure, MemberPath, Orphans};
    ///
    /// let (keys, managers) = ([Some("1"), Some("2"), Some("3")], [None, Some("1"), Some("2")]);
    /// let closure = Closure::of_parents(&keys, &managers, &[Some("Ada"), Some("Bob")], Orphans::Error)?;
    /// let three = closure.find(&["1", "2", "3"].into_iter().collect::<MemberPath>());
    /// assert_eq!(three.and_then(|three| closure.name(three, "en")), Some("3"));
    /// assert_eq!(closure.find_name("en", "Bob"), closure.find_id("2"));
    /// # Ok::<(), drillcore_hierarchies::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every key that is given twice, every cycle with its members and, with [`Orphans::Error`], every parent that is
    /// no key. These faults quote keys, which are values of the data: who shows them decides whether they may be seen.
    pub fn of_parents(
        keys: &[Option<&str>],
        parents: &[Option<&str>],
        names: &[Option<&str>],
        orphans: Orphans,
    ) -> Result<Self> {
        fits(keys.len())?;
        let rows_with_key = (0_usize..).zip(keys).filter_map(|(row, key)| Some((row, (*key)?)));
        let given: Vec<Given<'_>> =
            rows_with_key.map(|(row, id)| Given { id, parent: parent(parents, row, id) }).collect();
        let linked = Linked::of(&given, orphans)?;
        let mut arena = Arena::with_capacity(keys.len());
        let places = place_keys(&mut arena, &given, &linked);

        let null = if given.len() < keys.len() { arena.push(0, NodeKind::Null, "") } else { 0 };
        let mut places = places.into_iter();
        let rows = keys.iter().map(|key| key.and_then(|_| places.next()).unwrap_or(null));
        let rows: Vec<u32> = rows.collect();
        let (mut closure, numbers) = arena.finish(&rows)?;

        let named = rows.iter().zip(names).filter_map(|(place, name)| Some((at(&numbers, *place), (*name)?)));
        closure.name_nodes(named);
        Ok(closure)
    }

    /// Keeps names, given with their nodes.
    fn name_nodes<'n>(&mut self, named: impl Iterator<Item = (u32, &'n str)>) {
        let mut named = named.filter(|(_, name)| !name.is_empty()).peekable();
        if named.peek().is_none() {
            return;
        }
        let mut names = vec![""; self.len()];
        for (node, name) in named {
            put(&mut names, node, name);
        }
        self.names = Names::Plain(Texts::of(&names));
    }
}

/// The parent of the key in a row; nothing for the root.
fn parent<'a>(parents: &[Option<&'a str>], row: usize, key: &str) -> Option<&'a str> {
    parents.get(row).copied().flatten().filter(|parent| *parent != key)
}

/// Puts the keys under their parents, siblings by key, and tells their places.
fn place_keys<'a>(arena: &mut Arena<'a>, given: &[Given<'a>], linked: &Linked<'_>) -> Vec<u32> {
    let keys = given.par_iter().enumerate();
    let mut sorted: Vec<(Key<'a>, usize)> = keys.map(|(index, member)| (Key::new(Some(member.id)), index)).collect();
    sorted.par_sort_unstable();

    let mut places = vec![0_u32; given.len()];
    // The root has place 0.
    for (place, (_, index)) in (1_u32..).zip(&sorted) {
        put(&mut places, number(*index), place);
    }
    for (key, index) in &sorted {
        let parent = linked.above.get(*index).copied().flatten().map_or(0, |parent| at(&places, parent));
        arena.push(parent, NodeKind::Member, key.text().unwrap_or_default());
    }
    places
}
