//! Whether an acceleration fits its dataset.

use super::{Acceleration, LoadType, Strategy};
use crate::catalog::DatasetEntry;
use crate::error::{Error, Result};
use crate::model::{Column, Kind};

impl Acceleration {
    /// Whether syncs read only what has changed, at least now and then.
    pub(crate) fn has_deltas(&self) -> bool {
        match self.load_type {
            LoadType::Full => false,
            LoadType::Delta => true,
            LoadType::FullDelta { every } => every > 1,
        }
    }

    /// The columns of which the version time of a row is made: the latest of them counts.
    pub(crate) fn version_columns(&self) -> impl Iterator<Item = &str> {
        let of_update = [&self.created_at, &self.updated_at, &self.deleted_at];
        let counted = if self.strategy == Strategy::Insert { 1 } else { of_update.len() };
        of_update.into_iter().take(counted).flatten().map(String::as_str)
    }

    /// Refuses settings that contradict each other or name columns that are not there or of a wrong type.
    pub(crate) fn check(&self, entry: &DatasetEntry) -> Result<()> {
        self.check_load(entry)?;
        self.check_strategy(entry)?;
        self.check_further(entry)?;
        for (index, column) in self.key.iter().enumerate() {
            entry.column(column)?;
            if self.key.iter().take(index).any(|earlier| earlier == column) {
                return refuse(entry, format!("names column `{column}` twice in its key"));
            }
        }
        for column in &self.cluster_by {
            entry.column(column)?;
        }
        for (setting, column) in
            [("created_at", &self.created_at), ("updated_at", &self.updated_at), ("deleted_at", &self.deleted_at)]
        {
            if let Some(column) = column {
                check_time(entry, setting, entry.column(column)?)?;
            }
        }
        Ok(())
    }

    fn check_load(&self, entry: &DatasetEntry) -> Result<()> {
        if self.load_type == (LoadType::FullDelta { every: 0 }) {
            return refuse(entry, "cannot be read in full every 0 syncs; 1 means every time");
        }
        if self.has_deltas() && self.created_at.is_none() {
            return refuse(entry, "needs `created_at`, the column that says when a row was made, for deltas");
        }
        if self.max_sync_period.is_some_and(|period| period.is_zero()) {
            return refuse(entry, "cannot catch up in pieces of no length (`max_sync_period`)");
        }
        Ok(())
    }

    fn check_strategy(&self, entry: &DatasetEntry) -> Result<()> {
        let name = self.strategy.name();
        let (updates, deletes) = match self.strategy {
            Strategy::Insert => (false, false),
            Strategy::InsertUpdate => (true, false),
            Strategy::InsertUpdateDelete => (true, true),
        };
        if updates && self.key.is_empty() {
            return refuse(entry, format!("needs a key for the strategy `{name}`"));
        }
        for (setting, given, wanted, says) in [
            ("updated_at", self.updated_at.is_some(), updates, "was last changed"),
            ("deleted_at", self.deleted_at.is_some(), deletes, "was deleted"),
        ] {
            if wanted && !given {
                let message =
                    format!("needs `{setting}`, the column that says when a row {says}, for the strategy `{name}`");
                return refuse(entry, message);
            }
            if given && !wanted {
                return refuse(entry, format!("has the strategy `{name}`, which takes no `{setting}`"));
            }
        }
        Ok(())
    }

    fn check_further(&self, entry: &DatasetEntry) -> Result<()> {
        let (deltas, keyed) = (self.has_deltas(), !self.key.is_empty());
        match self.reconcile_every {
            Some(0) => return refuse(entry, "cannot be reconciled every 0 syncs; 1 means every time"),
            Some(_) if !deltas => return refuse(entry, "is read in full each time and needs no `reconcile_every`"),
            Some(_) if !keyed => return refuse(entry, "needs a key for `reconcile_every`"),
            _ => {}
        }
        if self.retention.is_some() && self.created_at.is_none() {
            return refuse(entry, "needs `created_at`, the column that says when a row was made, for `retention`");
        }
        let Some(audit) = &self.audit else { return Ok(()) };
        if !deltas {
            return refuse(entry, "is read in full each time and needs no `audit`");
        }
        if !audit.level.is_calendar() {
            return refuse(entry, format!("cannot be audited by {}; take a day or longer", audit.level.name()));
        }
        if let Some(measure) = &audit.measure {
            entry.column(measure)?;
        }
        Ok(())
    }
}

fn check_time(entry: &DatasetEntry, setting: &str, column: &Column) -> Result<()> {
    if column.kind() == Kind::Datetime {
        return Ok(());
    }
    let (id, held) = (&column.id, column.column_type.name());
    refuse(entry, format!("cannot take `{id}` as `{setting}`: it is {held}, not a date or a datetime"))
}

fn refuse(entry: &DatasetEntry, reason: impl AsRef<str>) -> Result<()> {
    Err(Error::input(format!("dataset `{}` {}", entry.name, reason.as_ref())))
}
