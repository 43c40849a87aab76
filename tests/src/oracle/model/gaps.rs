//! Members without rows.

use std::collections::BTreeMap;

use rusqlite::Result;
use rusqlite::types::Value;

use super::Model;
use crate::oracle::calendar::Calendar;
use crate::oracle::exact::quotient;
use crate::oracle::rows::quoted;
use crate::oracle::value::{exact, name, order, whole};
use crate::oracle::{MAX_ROWS, ask};
use crate::shown::{self, Shown};
use crate::spec::{Bins, Bucket, Dimension, Filter, Level, Number, Part};

impl Model<'_> {
    /// Adds the groups of all members of the flagged dimensions, crossed with each other and with the tuples in which
    /// the other dimensions occur. More than an answer may have are not made, only counted.
    pub(super) fn fill_gaps(&mut self) -> Result<Option<usize>> {
        let spec = self.spec;
        if !spec.dimensions.iter().any(|dimension| dimension.gaps) {
            return Ok(None);
        }
        let open: Vec<usize> = (0..spec.dimensions.len()).filter(|index| !spec.dimensions[*index].gaps).collect();
        let empty = || vec![Value::Null; spec.dimensions.len()];
        let mut tuples: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for leaf in &self.leaves {
            let mut keys = empty();
            open.iter().for_each(|index| keys[*index] = leaf.keys[*index].clone());
            tuples.insert(name(&keys), keys);
        }
        if open.is_empty() {
            // Only flagged dimensions: one tuple of nothing, whether rows occur or not.
            tuples.insert(name(&empty()), empty());
        }
        let mut crossed: Vec<Vec<Value>> = tuples.into_values().collect();
        let flagged = spec.dimensions.iter().enumerate().filter(|(_, dimension)| dimension.gaps);
        let members = flagged.map(|(index, dimension)| Ok((index, self.members(dimension, index)?)));
        let members = members.collect::<Result<Vec<_>>>()?;
        let product = members.iter().fold(crossed.len(), |product, (_, some)| product.saturating_mul(some.len()));
        if product > MAX_ROWS {
            return Ok(Some(product));
        }
        for (index, members) in &members {
            let with = |tuple: &Vec<Value>| {
                let tuple = tuple.clone();
                members.iter().map(move |member| {
                    let mut next = tuple.clone();
                    next[*index] = member.clone();
                    next
                })
            };
            crossed = crossed.iter().flat_map(with).collect();
        }
        let mut places = self.places();
        for keys in crossed {
            self.leaf_of(&mut places, &keys);
        }
        Ok(None)
    }

    /// The members of a dimension, without NULL; of too many the first.
    fn members(&self, dimension: &Dimension, index: usize) -> Result<Vec<Value>> {
        let mut occurring: Vec<&Value> =
            self.leaves.iter().map(|leaf| &leaf.keys[index]).filter(|key| **key != Value::Null).collect();
        occurring.sort_by(|left, right| order(left, right));
        let ends = occurring.first().copied().zip(occurring.last().copied());
        Ok(match (&dimension.bins, dimension.bucket) {
            (Some(bins), _) => {
                ends.map_or_else(Vec::new, |(first, last)| self.bins(dimension, index, bins, first, last))
            }
            (None, Some(Bucket::Level { level, .. })) => self.buckets(dimension, level, ends),
            (None, Some(Bucket::Part(part))) => values_of(part).map(Value::Integer).collect(),
            (None, None) => return self.column_members(dimension),
        })
    }

    /// All bins from the first to the last.
    fn bins(&self, dimension: &Dimension, index: usize, bins: &Bins, first: &Value, last: &Value) -> Vec<Value> {
        match (bins, first, last) {
            (Bins::Width { size, origin }, Value::Real(first), Value::Real(last)) => {
                let origin = origin.map_or(0.0, Number::float);
                let place = |border: f64| ((border - origin) / size.float()).round() as i64;
                (place(*first)..=place(*last))
                    .take(MAX_ROWS + 1)
                    .map(|place| Value::Real(origin + place as f64 * size.float() + 0.0))
                    .collect()
            }
            (Bins::Width { size, .. }, first, last) => {
                let (first, last) = whole(first).zip(whole(last)).expect("borders of bins");
                let Shown::Sum(digits) = shown::dimension(self.ground, dimension) else {
                    panic!("bins without digits")
                };
                let step = i128::from(size.units) * 10_i128.pow(digits - size.scale);
                (0..=(last - first) / step).take(MAX_ROWS + 1).map(|place| exact(first + place * step)).collect()
            }
            (Bins::Edges(_), Value::Integer(first), Value::Integer(last)) => {
                (*first..=*last).map(Value::Integer).collect()
            }
            (Bins::Count(count), ..) => {
                let extent = self.probes.extents.iter().find(|(of, _)| *of == index).and_then(|(_, extent)| *extent);
                let (least, greatest) = extent.expect("ends of bins that occur");
                let (least, width) = (i128::from(least), i128::from(greatest) - i128::from(least));
                let count = if width == 0 { 1 } else { i128::from(*count) };
                (0..count).map(|place| Value::Real(quotient(least * count + place * width, count))).collect()
            }
            other => panic!("no members are between {other:?}"),
        }
    }

    /// All buckets of the range of the date, or from the first to the last that occurs where the range is open.
    fn buckets(&self, dimension: &Dimension, level: Level, ends: Option<(&Value, &Value)>) -> Vec<Value> {
        let calendar = Calendar::new(self.ground, dimension.at, &self.spec.options);
        let range = self.range_on(dimension.at);
        let label =
            |value: &Value| if let Value::Integer(label) = value { *label } else { panic!("no label: {value:?}") };
        let start = range.and_then(|range| range.start).map(|start| calendar.label(start, level));
        let last = range.and_then(|range| range.end).map(|end| calendar.label(end - 1, level));
        let first = start.or(ends.map(|(first, _)| label(first)));
        let last = last.or(ends.map(|(_, last)| label(last)));
        let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
        let empty =
            range.is_some_and(|range| matches!((range.start, range.end), (Some(start), Some(end)) if end <= start));
        let mut found = Vec::new();
        let mut next = first;
        while next <= last && !empty && found.len() <= MAX_ROWS {
            found.push(Value::Integer(next));
            next = calendar.label(calendar.label_end(next, level), level);
        }
        found
    }

    /// The values of a column: in the rows of the base that pass its own filters and those of the context, or in all
    /// rows of a linked table that pass its own.
    fn column_members(&self, dimension: &Dimension) -> Result<Vec<Value>> {
        let at = dimension.at;
        let mut writer = self.writer();
        let column = writer.column(at);
        let linked = at.path != 0;
        let counts = |filter: &&Filter| filter.is_only_of(at) || (!linked && matches!(filter, Filter::Context(_)));
        let kept = writer.all(self.spec.filter.iter().filter(counts));
        let tables = if linked {
            let table = &self.world.tables[self.world.paths[at.path].table];
            format!("{} p{}", quoted(&table.name), at.path)
        } else {
            writer.tables()
        };
        let text = format!("SELECT DISTINCT {column} FROM {tables} WHERE {kept} AND {column} IS NOT NULL");
        let rows = ask(self.db, &writer.finish(text), 1)?;
        Ok(rows.into_iter().flatten().collect())
    }
}

/// All values of a cyclic part.
fn values_of(part: Part) -> std::ops::RangeInclusive<i64> {
    match part.0 {
        0 => 1..=4,
        1 | 2 => 1..=12,
        3 => 1..=53,
        4 => 1..=31,
        5 => 1..=366,
        6 | 7 => 1..=7,
        8 => 0..=23,
        _ => 0..=59,
    }
}
