//! What steps do to the table.

use super::config::{Config, KeyShape, SchemaRule};
use super::row::{Columns, Row};
use super::step::{Change, NewRow, Step, Version};
use super::table::Table;

impl Table {
    /// Changes the table; false if the step is none that does. `known` are the columns that the engine knows.
    pub fn apply(&mut self, step: &Step, config: &Config, known: Columns) -> bool {
        let rows = self.rows.len();
        let place = |place: &usize| place.checked_rem(rows);
        match step {
            Step::Insert { rows, .. } => self.rows.extend(rows.iter().map(|row| filled(row, config.key))),
            Step::Double { place: at, is_changed } => {
                if let Some(at) = place(at) {
                    let mut row = self.rows[at].clone();
                    if *is_changed {
                        row.number = row.number.map(|number| number + 1);
                    }
                    self.rows.push(row);
                }
            }
            Step::Update { place: at, version, at: time, number, keeps_old } => {
                if let Some(at) = place(at) {
                    let mut row = self.rows[at].clone();
                    row.number = Some(*number);
                    if *version != Version::Same {
                        row.updated = Some(*time);
                    }
                    if *keeps_old {
                        self.rows.push(row);
                    } else {
                        self.rows[at] = row;
                    }
                }
            }
            Step::SoftDelete { place: at, at: time } => {
                if let Some(at) = place(at) {
                    self.rows[at].deleted = Some(*time);
                }
            }
            Step::Revive { place: at, at: time } => {
                if let Some(at) = place(at) {
                    self.rows[at].deleted = None;
                    self.rows[at].updated = Some(*time);
                }
            }
            Step::HardDelete { place: at } => {
                if let Some(at) = place(at) {
                    self.rows.remove(at);
                }
            }
            Step::Columns(change) => self.columns = changed(self.columns, *change),
            Step::Mend => self.mend(config, known),
            _ => return false,
        }
        true
    }

    /// Takes out what a sync must refuse.
    fn mend(&mut self, config: &Config, known: Columns) {
        self.columns = match config.schema {
            SchemaRule::Fail => known,
            SchemaRule::Add => self.columns.and(known),
            SchemaRule::Reload => self.columns,
        };
        if config.key != KeyShape::None && !config.drops_nulls {
            self.rows.retain(|row| config.key_of(row).is_some());
        }
    }
}

fn changed(columns: Columns, change: Change) -> Columns {
    match change {
        Change::AddExtra => Columns { extra: true, ..columns },
        Change::AddNote => Columns { note: true, ..columns },
        Change::DropNote => Columns { note: false, ..columns },
        Change::Widen => Columns { wide: true, ..columns },
        Change::Narrow => Columns { wide: false, ..columns },
    }
}

/// The whole row. Half of the rows have a value in the columns that may come later.
fn filled(new: &NewRow, key: KeyShape) -> Row {
    let (id, code) = key.parts(new.identity);
    let (mut id, mut code) = (Some(id), Some(code));
    if new.is_null {
        match key {
            KeyShape::Code => code = None,
            KeyShape::Both if new.identity % 2 == 0 => code = None,
            _ => id = None,
        }
    }
    let texts = [None, Some("a"), Some(""), Some("é")];
    Row {
        id,
        code,
        created: new.created,
        updated: new.updated,
        deleted: new.deleted,
        number: (new.number != 7).then_some(new.number),
        text: texts[new.number.rem_euclid(4) as usize].map(str::to_owned),
        extra: (new.number % 2 == 0).then_some(new.number),
        note: (new.number % 3 == 0).then(|| format!("n{}", new.number)),
    }
}
