//! Rows of the table that is synced, as the tests see them, and which columns it has.

use std::fmt;

use chrono::{DateTime, Utc};
use drillcore::ColumnType;

/// Minutes since the start of 2026, UTC. All times of the tests are whole minutes.
pub type Minute = i64;

const START_MICROS: i64 = 1_767_225_600_000_000;
const MINUTE_MICROS: i64 = 60_000_000;

/// Microseconds since 1970.
#[must_use]
pub fn micros(at: Minute) -> i64 {
    START_MICROS + at * MINUTE_MICROS
}

/// The minute of an instant, if it is one.
#[must_use]
pub fn minute(micros: i64) -> Option<Minute> {
    let since = micros - START_MICROS;
    (since % MINUTE_MICROS == 0).then_some(since / MINUTE_MICROS)
}

/// The instant of a minute.
///
/// # Panics
/// If it is beyond the calendar.
#[must_use]
pub fn instant(at: Minute) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros(at)).expect("an instant of the calendar")
}

/// A row, with the columns that the table may get later.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub id: Option<i64>,
    pub code: Option<String>,
    pub created: Option<Minute>,
    pub updated: Option<Minute>,
    pub deleted: Option<Minute>,
    pub number: Option<i64>,
    pub text: Option<String>,
    pub extra: Option<i64>,
    pub note: Option<String>,
}

fn shown<T: fmt::Display>(value: Option<&T>) -> String {
    value.map_or_else(|| "-".to_owned(), ToString::to_string)
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, code, created, updated, deleted, number, text, extra, note } = self;
        write!(f, "id {} code {}", shown(id.as_ref()), shown(code.as_ref()))?;
        let times = [("created", created), ("updated", updated), ("deleted", deleted)];
        for (name, at) in times {
            write!(f, " {name} {}", shown(at.as_ref()))?;
        }
        write!(f, " number {} text {:?}", shown(number.as_ref()), text.as_deref().unwrap_or("-"))?;
        match (extra, note) {
            (None, None) => Ok(()),
            _ => write!(f, " extra {} note {}", shown(extra.as_ref()), shown(note.as_ref())),
        }
    }
}

/// The columns of a table that come and go, and whether its numbers are decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Columns {
    /// A number that was added.
    pub extra: bool,
    /// A text that was added.
    pub note: bool,
    /// Whether `number` is a decimal of 20 digits instead of an integer.
    pub wide: bool,
}

impl Columns {
    /// The ids of all columns, in the order of the table.
    #[must_use]
    pub fn ids(self) -> Vec<&'static str> {
        let mut ids = vec!["id", "code", "created_at", "updated_at", "deleted_at", "number", "text"];
        ids.extend(self.extra.then_some("extra"));
        ids.extend(self.note.then_some("note"));
        ids
    }

    /// What a column holds.
    #[must_use]
    pub fn column_type(self, id: &str) -> ColumnType {
        match id {
            "number" if self.wide => ColumnType::Decimal { precision: 20, scale: 0 },
            "id" | "number" | "extra" => ColumnType::Integer,
            "code" | "text" | "note" => ColumnType::Text,
            _ => ColumnType::Datetime,
        }
    }

    /// The row as a table with these columns shows it.
    #[must_use]
    pub fn mask(self, row: &Row) -> Row {
        let mut row = row.clone();
        row.extra = row.extra.filter(|_| self.extra);
        row.note = row.note.filter(|_| self.note);
        row
    }

    /// Whether `other` has all of these columns, and numbers that hold all of these numbers.
    #[must_use]
    pub fn fit_into(self, other: Self) -> bool {
        self.extra <= other.extra && self.note <= other.note && self.wide <= other.wide
    }

    /// Whether the columns are the same, whatever they hold.
    #[must_use]
    pub fn has_names_of(self, other: Self) -> bool {
        self.ids() == other.ids()
    }

    /// These columns and those of `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { extra: self.extra | other.extra, note: self.note | other.note, wide: self.wide | other.wide }
    }
}
