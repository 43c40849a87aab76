//! Ids with the ids of their parents.

use std::collections::{BTreeMap, HashSet};

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use rayon::prelude::*;

use crate::closure::column::{at, put};
use crate::{Error, Fault, Orphans, Result};

/// A member as it is given: its id, and that of its parent, without one if the root is meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) id: &'a str,
    pub(super) parent: Option<&'a str>,
}

/// Members that form a tree.
#[derive(Debug)]
pub(super) struct Linked<'a> {
    /// The index of every id.
    pub(super) index: HashMap<&'a str, u32>,
    /// The index of the parent of each member; nothing if that is the root.
    pub(super) above: Vec<Option<u32>>,
}

impl<'a> Linked<'a> {
    /// Finds the parents. The error lists all that is wrong: ids given twice, parents that are not there if they have
    /// to be, and cycles. Of an id that is given twice, the first one stands for it in the others.
    pub(super) fn of(given: &[Given<'a>], orphans: Orphans) -> Result<Self> {
        let mut index: HashMap<&'a str, u32> = HashMap::with_capacity(given.len());
        let mut again: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (number, member) in (0_u32..).zip(given) {
            match index.entry(member.id) {
                Entry::Vacant(entry) => {
                    entry.insert(number);
                }
                Entry::Occupied(entry) => again.entry(*entry.get()).or_default().push(number),
            }
        }
        let above: Vec<Option<u32>> = given.par_iter().map(|member| index.get(member.parent?).copied()).collect();

        let mut faults: Vec<Fault> =
            again.iter().filter_map(|(first, others)| repeated(given, *first, others)).collect();
        if matches!(orphans, Orphans::Error) {
            let firsts = (0_u32..).zip(given).zip(&above).filter(|(_, above)| above.is_none());
            faults.extend(firsts.filter_map(|((number, member), _)| {
                let parent = member.parent?;
                let orphan = || Fault::Orphan { id: member.id.to_owned(), parent: parent.to_owned() };
                (index.get(member.id) == Some(&number)).then(orphan)
            }));
        }
        faults.extend(cycles(given, &above));
        if faults.is_empty() { Ok(Self { index, above }) } else { Err(Error::from(faults)) }
    }
}

/// What is wrong with an id that is given more than once.
fn repeated(given: &[Given<'_>], first: u32, others: &[u32]) -> Option<Fault> {
    let all = [first].into_iter().chain(others.iter().copied()).filter_map(|number| given.get(number as usize));
    let mut seen = HashSet::new();
    let parents: Vec<Option<&str>> = all.map(|member| member.parent).filter(|parent| seen.insert(*parent)).collect();
    let id = given.get(first as usize)?.id.to_owned();
    if parents.len() == 1 {
        return Some(Fault::Duplicate { id });
    }
    // The empty id is how faults name the root.
    let parents = parents.into_iter().map(|parent| parent.unwrap_or_default().to_owned()).collect();
    Some(Fault::TwoParents { id, parents })
}

/// All cycles, by their least member.
fn cycles(given: &[Given<'_>], above: &[Option<u32>]) -> Vec<Fault> {
    let mut found: Vec<Vec<&str>> = Vec::new();
    // Who came by first, on the way up from which start (counted from 1, 0 is nobody). A walk that meets itself has
    // found a cycle; one that meets an earlier walk ends where that one ended.
    let mut passed = vec![0_u32; above.len()];
    for (walk, start) in (1_u32..).zip(0_u32..).take(above.len()) {
        let mut next = Some(start);
        while let Some(member) = next.filter(|member| at(&passed, *member) == 0) {
            put(&mut passed, member, walk);
            next = at(above, member);
        }
        if let Some(member) = next.filter(|member| at(&passed, *member) == walk) {
            found.push(cycle(given, above, member));
        }
    }
    found.sort_unstable();
    found.iter().map(|members| Fault::Cycle { members: members.iter().map(|id| (*id).to_owned()).collect() }).collect()
}

/// The members of the cycle through a member, from child to parent, the least one first.
fn cycle<'a>(given: &[Given<'a>], above: &[Option<u32>], member: u32) -> Vec<&'a str> {
    let mut members = Vec::new();
    let mut next = Some(member);
    while let Some(step) = next.and_then(|number| given.get(number as usize)) {
        members.push(step.id);
        next = next.and_then(|number| at(above, number)).filter(|number| *number != member);
    }
    let least = (0..).zip(&members).min_by_key(|(_, id)| **id).map_or(0, |(place, _)| place);
    members.rotate_left(least);
    members
}
