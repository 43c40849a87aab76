//! Which combinations of the other dimensions count in a group of a cumulative aggregate.

use std::collections::HashMap;

use super::keys::KeyTable;
use crate::error::Result;

/// The leaves of an answer by what tells their rows apart besides the date.
pub(super) struct Combinations<'a> {
    /// All combinations, those of earlier rows among them.
    pub(super) all: &'a KeyTable,
    /// The combination of each leaf.
    pub(super) of_leaf: &'a [usize],
    /// The bucket of each leaf, where groups are told apart by it.
    pub(super) buckets: Option<&'a [Option<i64>]>,
    /// The group of each leaf; none where it left the answer.
    pub(super) group_of: &'a [Option<usize>],
}

/// A group, by what its leaves share.
#[derive(Debug, Clone, Default)]
pub(super) struct Member {
    pub(super) bucket: Option<i64>,
    pub(super) combinations: Vec<usize>,
}

impl Combinations<'_> {
    /// What counts in each of `count` groups that keep the dimensions at some places: every combination with their
    /// members, as if they were the only dimensions. So an account without a row in a month counts in its total. What
    /// left the answer does not.
    pub(super) fn of_groups(&self, count: usize, kept: &[usize]) -> Result<Vec<Member>> {
        let columns = self.all.columns()?;
        let columns: Vec<_> = kept.iter().filter_map(|place| columns.get(*place)).cloned().collect();
        let mut coarse = KeyTable::new(columns.iter().map(|column| column.data_type().clone()))?;
        let coarse_of = coarse.add(&columns, self.all.len())?;
        let mut finer = vec![Vec::new(); coarse.len()];
        for (combination, coarse) in coarse_of.iter().enumerate() {
            if let Some(finer) = finer.get_mut(*coarse) {
                finer.push(combination);
            }
        }
        let mut stays: HashMap<(Option<i64>, usize), bool> = HashMap::new();
        let mut shared: Vec<Option<(Option<i64>, usize)>> = vec![None; count];
        for (leaf, (combination, group)) in self.of_leaf.iter().zip(self.group_of).enumerate() {
            let bucket = self.buckets.and_then(|buckets| buckets.get(leaf).copied().flatten());
            *stays.entry((bucket, *combination)).or_default() |= group.is_some();
            if let (Some(place), Some(coarse)) =
                (group.and_then(|group| shared.get_mut(group)), coarse_of.get(*combination))
            {
                place.get_or_insert((bucket, *coarse));
            }
        }
        let member = |(bucket, coarse): (Option<i64>, usize)| {
            let left = |combination: &usize| stays.get(&(bucket, *combination)) == Some(&false);
            let finer = finer.get(coarse).into_iter().flatten();
            Member { bucket, combinations: finer.copied().filter(|combination| !left(combination)).collect() }
        };
        Ok(shared.into_iter().map(|shared| shared.map(member).unwrap_or_default()).collect())
    }
}
