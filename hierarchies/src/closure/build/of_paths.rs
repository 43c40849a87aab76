//! The closure of levels: of all the paths that occur.

use rayon::prelude::*;

use super::arena::{Arena, fits};
use crate::closure::column::{number, put};
use crate::closure::key::Key;
use crate::closure::{Closure, NodeKind};
use crate::{HideIf, Result};

impl Closure {
    /// The closure of a hierarchy of levels. The inputs are the distinct combinations of the values of its columns, the
    /// coarsest level first.
    ///
    /// With [`HideIf::Blank`], a member that is NULL or empty is left out of its path; with [`HideIf::EqualsParent`],
    /// one that is the same as the member that is kept before it (NULL is the same as NULL). What is under a member
    /// left out moves up. A path that ends at a member with others under it is own rows of that member; the empty path
    /// is own rows of the root. Paths that are the same then share a node.
    ///
    /// ```
    /// use drillcore_hierarchies::{Closure, HideIf};
    ///
    /// let paths = [vec![Some("BE"), Some("Brussels")], vec![Some("MC"), None], vec![Some("BE"), Some("Ghent")]];
    /// let closure = Closure::of_paths(&paths, HideIf::Blank)?;
    /// let nodes = closure.row_nodes().iter().filter_map(|number| closure.node(*number));
    /// let ids: Vec<Option<&str>> = nodes.map(|node| closure.id(node)).collect();
    /// assert_eq!(ids, [Some("Brussels"), Some("MC"), Some("Ghent")]);
    /// # Ok::<(), drillcore_hierarchies::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// More members than there are numbers for.
    pub fn of_paths(paths: &[Vec<Option<&str>>], hide_if: HideIf) -> Result<Self> {
        fits(paths.len())?;
        let paths = Paths::of(paths, hide_if);
        let mut order: Vec<u32> = (0..paths.len()).collect();
        order.par_sort_unstable_by(|left, right| Ord::cmp(paths.get(*left), paths.get(*right)));

        let mut arena = Arena::with_capacity(order.len());
        let mut rows = vec![0_u32; order.len()];
        // The places on the way to the path before, the root first.
        let mut way = vec![0_u32];
        let mut before: &[Key<'_>] = &[];
        for path_number in order {
            let path = paths.get(path_number);
            let common = before.iter().zip(path).take_while(|(left, right)| left == right).count();
            way.truncate(common + 1);
            let mut last = way.last().copied().unwrap_or_default();
            for member in path.iter().skip(common) {
                last = match member.text() {
                    Some(text) => arena.push(last, NodeKind::Member, text),
                    None => arena.push(last, NodeKind::Null, ""),
                };
                way.push(last);
            }
            put(&mut rows, path_number, last);
            before = path;
        }
        arena.finish(&rows).map(|(closure, _)| closure)
    }
}

/// Paths without the members that are left out, behind each other in one piece of memory.
#[derive(Debug)]
struct Paths<'a> {
    members: Vec<Key<'a>>,
    /// Where each path begins, and where the last one ends.
    bounds: Vec<usize>,
}

impl<'a> Paths<'a> {
    fn of(paths: &'a [Vec<Option<&'a str>>], hide_if: HideIf) -> Self {
        let lengths: Vec<usize> = paths.par_iter().map(|path| kept(path, hide_if).count()).collect();
        let ends = lengths.iter().scan(0_usize, |end, length| {
            *end += length;
            Some(*end)
        });
        let bounds = [0].into_iter().chain(ends).collect();
        let members = paths.par_iter().flat_map_iter(move |path| kept(path, hide_if).map(Key::new)).collect();
        Self { members, bounds }
    }

    fn len(&self) -> u32 {
        number(self.bounds.len().saturating_sub(1))
    }

    fn get(&self, path: u32) -> &[Key<'a>] {
        let mut bounds = self.bounds.iter().copied().skip(path as usize);
        match (bounds.next(), bounds.next()) {
            (Some(start), Some(end)) => self.members.get(start..end).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// The members of a path that are not left out.
fn kept<'a>(path: &'a [Option<&'a str>], hide_if: HideIf) -> impl Iterator<Item = Option<&'a str>> {
    let mut before: Option<Option<&str>> = None;
    path.iter().copied().filter(move |member| {
        let keep = match hide_if {
            HideIf::Never => true,
            HideIf::Blank => member.is_some_and(|text| !text.is_empty()),
            HideIf::EqualsParent => before != Some(*member),
        };
        if keep {
            before = Some(*member);
        }
        keep
    })
}
