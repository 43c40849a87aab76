//! How the columns of a source differ from those that were there before, and what of that can be taken.

use crate::catalog::FoundColumn;
use crate::error::{Error, Result};
use crate::model::{Column, ColumnType};

/// How the columns of the source differ from those of the dataset.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SchemaDiff {
    /// Columns that the dataset does not have.
    pub(crate) new: Vec<Column>,
    /// Columns of the dataset that the source does not have any more, by their names there.
    pub(crate) missing: Vec<String>,
    /// Columns whose values the dataset cannot hold any more.
    pub(crate) changed: Vec<Changed>,
}

/// A column that has another type now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Its name in the source.
    name: String,
    /// The type that the dataset holds.
    held: ColumnType,
    /// The type that the source has.
    now: ColumnType,
}

/// Compares the columns of the source as they were and as they are, for a dataset of these columns. A type matters only
/// if it has changed: that a dataset holds another one than its source has may be on purpose. If nobody knows how they
/// were, nothing is different.
pub(crate) fn schema_diff(before: &[FoundColumn], now: &[Column], columns: &[Column]) -> SchemaDiff {
    if before.is_empty() {
        return SchemaDiff::default();
    }
    let was = |name: &str| before.iter().find(|found| found.name == name);
    let has = |name: &str| columns.iter().any(|column| column.source_name == name);
    let is_new = |column: &&Column| !has(&column.source_name) && was(&column.source_name).is_none();
    let mut diff = SchemaDiff { new: now.iter().filter(is_new).cloned().collect(), ..SchemaDiff::default() };
    for column in columns {
        let name = &column.source_name;
        let Some(found) = now.iter().find(|found| found.source_name == *name) else {
            diff.missing.push(name.clone());
            continue;
        };
        let moved = was(name).is_some_and(|was| was.column_type != found.column_type);
        if moved && !can_hold(column.column_type, found.column_type) {
            diff.changed.push(Changed { name: name.clone(), held: column.column_type, now: found.column_type });
        }
    }
    diff
}

impl SchemaDiff {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is different, in words.
    pub(crate) fn describe(&self) -> String {
        let new = self.new.iter().map(|column| format!("column `{}` is new", column.source_name));
        let missing = self.missing.iter().map(|name| format!("column `{name}` is missing"));
        let changed = self.changed.iter().map(Changed::describe);
        new.chain(missing).chain(changed).collect::<Vec<_>>().join(", ")
    }

    /// The columns of the dataset with the new ones behind them and with wider types.
    ///
    /// # Errors
    ///
    /// `InvalidInput` with what cannot be taken in this way.
    pub(crate) fn added_to(&self, dataset: &str, columns: &[Column]) -> Result<Vec<Column>> {
        let refused = Self {
            new: Vec::new(),
            missing: self.missing.clone(),
            changed: self.changed.iter().filter(|changed| !is_wider(changed.now, changed.held)).cloned().collect(),
        };
        if !refused.is_empty() {
            let reason = refused.describe();
            let message =
                format!("the source of dataset `{dataset}` has changed more than columns can be added: {reason}");
            return Err(Error::input(message));
        }
        let mut next = columns.to_vec();
        self.retype(&mut next);
        next.extend(self.new.iter().cloned());
        Ok(next)
    }

    /// The columns of the dataset as the source has them now.
    pub(crate) fn taken_over(&self, columns: &[Column]) -> Vec<Column> {
        let mut next = columns.to_vec();
        next.retain(|column| !self.missing.contains(&column.source_name));
        self.retype(&mut next);
        next.extend(self.new.iter().cloned());
        next
    }

    /// The columns of the dataset with those types of the source that hold all values of the ones before, so that what
    /// is held can be read as them; none if there is no such type.
    pub(crate) fn widened(&self, columns: &[Column]) -> Option<Vec<Column>> {
        let wider = self.changed.iter().filter(|changed| is_wider(changed.now, changed.held));
        let wider = Self { changed: wider.cloned().collect(), ..Self::default() };
        if wider.is_empty() {
            return None;
        }
        let mut next = columns.to_vec();
        wider.retype(&mut next);
        Some(next)
    }

    fn retype(&self, columns: &mut [Column]) {
        for changed in &self.changed {
            for column in columns.iter_mut().filter(|column| column.source_name == changed.name) {
                if column.kind() != changed.now.kind() {
                    column.default_aggregation = Column::new("", changed.now).default_aggregation;
                    column.subtype = None;
                }
                column.column_type = changed.now;
            }
        }
    }
}

impl Changed {
    fn describe(&self) -> String {
        format!("column `{}` is {} and no longer fits {}", self.name, self.now.name(), self.held.name())
    }
}

/// Whether values of one type can be read as another one: each of them is checked then.
fn can_hold(held: ColumnType, found: ColumnType) -> bool {
    let to_float = held == ColumnType::Float && matches!(found, ColumnType::Integer | ColumnType::Decimal { .. });
    held == found || held == ColumnType::Text || to_float || is_wider(held, found)
}

/// Whether a type holds all values of a narrower one, exactly.
fn is_wider(wide: ColumnType, narrow: ColumnType) -> bool {
    let ColumnType::Decimal { precision, scale } = wide else { return false };
    let (before, behind) = match narrow {
        ColumnType::Integer => (19, 0),
        ColumnType::Decimal { precision, scale } => (i16::from(precision) - i16::from(scale), scale),
        _ => return false,
    };
    before <= i16::from(precision) - i16::from(scale) && behind <= scale
}

#[cfg(test)]
mod tests {
    use super::{Column, ColumnType, FoundColumn, schema_diff};
    use crate::catalog::SourceShape;
    use crate::model::Aggregation;

    const DECIMAL: ColumnType = ColumnType::Decimal { precision: 20, scale: 0 };

    fn found(columns: &[Column]) -> Vec<FoundColumn> {
        SourceShape::new(columns, &[]).found
    }

    fn columns(given: &[(&str, ColumnType)]) -> Vec<Column> {
        given.iter().map(|(name, column_type)| Column::new(*name, *column_type)).collect()
    }

    /// What is different when a source that had `a`, an integer, and `b`, a text, has these columns.
    #[track_caller]
    fn check(now: &[(&str, ColumnType)], described: &str, added: Result<&[(&str, ColumnType)], &str>) {
        let known = columns(&[("a", ColumnType::Integer), ("b", ColumnType::Text)]);
        let diff = schema_diff(&found(&known), &columns(now), &known);
        assert_eq!(diff.describe(), described);
        assert_eq!(diff.is_empty(), described.is_empty());
        match (diff.added_to("d", &known), added) {
            (Ok(found), Ok(expected)) => assert_eq!(found, columns(expected)),
            (Err(error), Err(expected)) => assert_eq!(error.message(), expected),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn columns_are_added_and_widened_and_nothing_else() {
        use ColumnType::{Date, Float, Integer, Text};
        check(&[("b", Text), ("a", Integer)], "", Ok(&[("a", Integer), ("b", Text)]));
        check(
            &[("a", Integer), ("b", Text), ("c", Date)],
            "column `c` is new",
            Ok(&[("a", Integer), ("b", Text), ("c", Date)]),
        );
        check(
            &[("a", DECIMAL), ("b", Text)],
            "column `a` is decimal(20,0) and no longer fits integer",
            Ok(&[("a", DECIMAL), ("b", Text)]),
        );
        let refused = "the source of dataset `d` has changed more than columns can be added: column `b` is missing, column `a` is float and no longer fits integer";
        let reason = "column `c` is new, column `b` is missing, column `a` is float and no longer fits integer";
        check(&[("a", Float), ("c", Date)], reason, Err(refused));
    }

    #[test]
    fn a_type_that_the_dataset_chose_stays_until_the_source_changes() {
        let was = columns(&[("a", ColumnType::Text)]);
        let chosen = columns(&[("a", ColumnType::Float)]);
        let differs = |now: &[Column]| !schema_diff(&found(&was), now, &chosen).is_empty();
        assert!(!differs(&was));
        assert!(!differs(&columns(&[("a", ColumnType::Integer)])), "integers can be read as floats");
        assert!(differs(&columns(&[("a", ColumnType::Date)])));
    }

    #[test]
    fn a_column_that_was_left_out_is_not_new() {
        let all = columns(&[("a", ColumnType::Integer), ("photo", ColumnType::Text)]);
        let kept = columns(&[("a", ColumnType::Integer)]);
        assert!(schema_diff(&found(&all), &all, &kept).is_empty());
        assert!(schema_diff(&[], &all, &kept).is_empty(), "nobody knows how it was");
    }

    #[test]
    fn taking_the_columns_over_keeps_what_is_known_of_them() {
        let mut known = columns(&[("a", ColumnType::Integer), ("b", ColumnType::Text), ("c", ColumnType::Integer)]);
        for column in &mut known {
            column.id = format!("{}_id", column.id);
        }
        known[2].default_aggregation = Aggregation::Average;
        let now = columns(&[("a", ColumnType::Text), ("c", DECIMAL), ("d", ColumnType::Date)]);
        let diff = schema_diff(&found(&known), &now, &known);
        let taken = diff.taken_over(&known);
        let shown = |column: &Column| (column.id.clone(), column.column_type, column.default_aggregation);
        assert_eq!(
            taken.iter().map(shown).collect::<Vec<_>>(),
            [
                ("a_id".to_owned(), ColumnType::Text, Aggregation::Count),
                ("c_id".to_owned(), DECIMAL, Aggregation::Average),
                ("d".to_owned(), ColumnType::Date, Aggregation::Count),
            ]
        );
        // Before the rows come only what can be read in those that are there.
        assert_eq!(
            diff.widened(&known).unwrap().iter().map(shown).collect::<Vec<_>>(),
            [
                ("a_id".to_owned(), ColumnType::Integer, known[0].default_aggregation),
                ("b_id".to_owned(), ColumnType::Text, known[1].default_aggregation),
                ("c_id".to_owned(), DECIMAL, Aggregation::Average),
            ]
        );
        let without = columns(&[("a", ColumnType::Text), ("b", ColumnType::Text), ("c", ColumnType::Integer)]);
        assert_eq!(schema_diff(&found(&known), &without, &known).widened(&known), None);
    }
}
