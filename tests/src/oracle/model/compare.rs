//! The comparison: rows of the base join the groups of the present under shifted labels.

use rusqlite::types::Value;

use super::{Model, Side};
use crate::oracle::calendar::{Calendar, Length, Range};
use crate::oracle::rows::{Writer, within};
use crate::spec::{Bucket, Level};

impl<'a> Model<'a> {
    /// The dimensions that are buckets of the compared date, with their levels.
    fn shifted(&self) -> Vec<(usize, Level)> {
        let Some(compare) = &self.spec.compare else { return Vec::new() };
        let level = |bucket| match bucket {
            None => Some(Level(5)),
            Some(Bucket::Level { level, .. }) => Some(level),
            Some(Bucket::Part(_)) => None,
        };
        let dimensions = self.spec.dimensions.iter().enumerate().filter(|(_, dimension)| dimension.at == compare.at);
        dimensions.filter_map(|(index, dimension)| level(dimension.bucket).map(|level| (index, level))).collect()
    }

    fn displacement(&self) -> Option<(Calendar, Range, Length)> {
        let compare = self.spec.compare.as_ref()?;
        let calendar = Calendar::new(self.ground, compare.at, &self.spec.options);
        let range = self.range_on(compare.at).unwrap_or(Range { start: None, end: None });
        let length = calendar.length(compare.shift, range).expect("a comparison with a length");
        Some((calendar, range, length))
    }

    pub(super) fn base_filter(&self, writer: &mut Writer<'a>) -> String {
        let spec = self.spec;
        let compare = spec.compare.as_ref().expect("a comparison");
        let others = writer.all(spec.filter.iter().filter(|filter| self.range_in(filter, compare.at).is_none()));
        let (calendar, range, length) = self.displacement().expect("a comparison");
        let grain = self.shifted().first().map(|(_, level)| *level);
        let base = calendar.base_range(range, length, grain, compare.trim_running);
        if base.start.is_none() && base.end.is_none() {
            return others;
        }
        let column = writer.column(compare.at);
        format!("({others} AND {})", within(&column, base))
    }

    /// Gives each group its rows in the base; groups of the base alone come too.
    pub(super) fn join_base(&mut self) {
        let Some((calendar, _, length)) = self.displacement() else { return };
        let shifted = self.shifted();
        let mut places = self.places();
        for row in 0..self.facts.len() {
            if self.facts[row].side != Side::Base {
                continue;
            }
            let mut keys = self.facts[row].keys.clone();
            let mut meets = true;
            for (index, level) in &shifted {
                if let Value::Integer(label) = keys[*index] {
                    match calendar.present_label(label, *level, length) {
                        Some(label) => keys[*index] = Value::Integer(label),
                        None => meets = false,
                    }
                }
            }
            if meets {
                let leaf = self.leaf_of(&mut places, &keys);
                self.leaves[leaf].base.push(row);
            }
        }
    }

    /// Notes the days and buckets of groups that did not exist in the base.
    pub(super) fn mark_absent(&mut self) {
        let Some((calendar, _, length)) = self.displacement() else { return };
        let shifted = self.shifted();
        for leaf in &mut self.leaves {
            let absent = |(index, level): &&(usize, Level)| match leaf.keys[*index] {
                Value::Integer(label) => calendar.base_label(label, *level, length).is_none(),
                _ => false,
            };
            leaf.without_base = shifted.iter().filter(absent).map(|(index, _)| *index).collect();
        }
    }
}
