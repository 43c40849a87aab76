//! Guessing what a column holds from all of its values: a type stands as long as no value speaks against it.

use serde_json::Value;

use super::moment::{DateFormat, parse_datetime};
use super::number::{Shape, parse_truth, shape};
use crate::model::ColumnType;

// One bit for each thing that a column of text may turn out to be; dates take one bit for each format.
const BOOLEAN: u16 = 1;
const INTEGER: u16 = 1 << 1;
const BIG_INTEGER: u16 = 1 << 2;
const FLOAT: u16 = 1 << 3;
const DATETIME: u16 = 1 << 4;
const ISO_DATE: u16 = 1 << 5;
const DATES: [(u16, DateFormat); 5] = [
    (ISO_DATE, DateFormat::Iso),
    (1 << 6, DateFormat::YearFirstSlash),
    (1 << 7, DateFormat::DayFirstDot),
    (1 << 8, DateFormat::DayFirstSlash),
    (1 << 9, DateFormat::MonthFirstSlash),
];
const NUMBERS: u16 = INTEGER | BIG_INTEGER | FLOAT;
const EVERYTHING: u16 = (1 << 10) - 1;

/// Integers beyond 64 bits are kept exactly.
const BIG_INTEGER_TYPE: ColumnType = ColumnType::Decimal { precision: 38, scale: 0 };

/// What a column of texts may hold.
///
/// - boolean: true and false in any case, not 1 and 0;
/// - integer: no zero in front; beyond 64 bits decimal(38,0);
/// - float: at least one number; NaN and infinities by name go with them; numbers beyond 64 bits are rounded if others
///   have decimals;
/// - date: one format for all values, and one only;
/// - datetime: ISO 8601, dates among them are midnights;
/// - text: anything else, and columns without a value.
#[derive(Debug, Clone)]
pub(super) struct TextGuess {
    open: u16,
    any: bool,
    /// Whether there was a number other than NaN or an infinity.
    number: bool,
}

impl TextGuess {
    /// Nothing seen; all is possible.
    pub(super) fn new() -> Self {
        Self { open: EVERYTHING, any: false, number: false }
    }

    /// Nothing seen; only ISO dates and datetimes are looked for, because numbers and booleans have a notation of their
    /// own.
    fn moments() -> Self {
        Self { open: ISO_DATE | DATETIME, ..Self::new() }
    }

    /// Takes a value that is not NULL into account.
    pub(super) fn observe(&mut self, text: &[u8]) {
        self.any = true;
        if self.open == 0 {
            return;
        }
        let text = text.trim_ascii();
        let mut fits = 0;
        if self.open & NUMBERS != 0 {
            let shape = shape(text);
            fits |= match shape {
                Some(Shape::Integer) => NUMBERS,
                Some(Shape::BigInteger) => BIG_INTEGER | FLOAT,
                Some(Shape::Float | Shape::NotFinite) => FLOAT,
                None => 0,
            };
            self.number |= !matches!(shape, None | Some(Shape::NotFinite));
        }
        if self.open & BOOLEAN != 0 && parse_truth(text).is_some() {
            fits |= BOOLEAN;
        }
        for (bit, format) in DATES {
            if self.open & bit != 0 && format.parse(text).is_some() {
                fits |= bit;
            }
        }
        if self.open & DATETIME != 0 && parse_datetime(text).is_some() {
            fits |= DATETIME;
        }
        self.open &= fits;
    }

    /// Whether there was any value.
    pub(super) fn has_seen_any(&self) -> bool {
        self.any
    }

    /// The formats in which all values are dates.
    pub(super) fn date_formats(&self) -> impl Iterator<Item = DateFormat> + '_ {
        DATES.into_iter().filter(move |(bit, _)| self.open & bit != 0).map(|(_, format)| format)
    }

    /// The type that holds all values.
    pub(super) fn column_type(&self) -> ColumnType {
        let open = |bit: u16| self.open & bit != 0;
        if !self.any {
            ColumnType::Text
        } else if open(BOOLEAN) {
            ColumnType::Boolean
        } else if open(INTEGER) {
            ColumnType::Integer
        } else if open(BIG_INTEGER) {
            BIG_INTEGER_TYPE
        } else if open(FLOAT) && self.number {
            ColumnType::Float
        } else if self.date_formats().count() == 1 {
            ColumnType::Date
        } else if open(DATETIME) {
            ColumnType::Datetime
        } else {
            ColumnType::Text
        }
    }
}

const JSON_BOOLEAN: u8 = 1;
const JSON_INTEGER: u8 = 1 << 1;
const JSON_BIG_INTEGER: u8 = 1 << 2;
const JSON_FLOAT: u8 = 1 << 3;
const JSON_NUMBERS: u8 = JSON_INTEGER | JSON_BIG_INTEGER | JSON_FLOAT;
const JSON_TEXT: u8 = 1 << 4;
const JSON_NESTED: u8 = 1 << 5;

/// What a column of JSON values may hold: what its values are in JSON; texts that all are ISO dates or datetimes are
/// those; a mixture, arrays and objects are text.
#[derive(Debug, Clone)]
pub(super) struct JsonGuess {
    seen: u8,
    text: TextGuess,
}

impl JsonGuess {
    /// Nothing seen.
    pub(super) fn new() -> Self {
        Self { seen: 0, text: TextGuess::moments() }
    }

    /// Takes a value into account; null says nothing.
    pub(super) fn observe(&mut self, value: &Value) {
        self.seen |= match value {
            Value::Null => 0,
            Value::Bool(_) => JSON_BOOLEAN,
            Value::Number(number) if number.is_i64() => JSON_INTEGER,
            Value::Number(number) if number.is_u64() => JSON_BIG_INTEGER,
            Value::Number(_) => JSON_FLOAT,
            Value::String(text) => {
                self.text.observe(text.as_bytes());
                JSON_TEXT
            }
            Value::Array(_) | Value::Object(_) => JSON_NESTED,
        };
    }

    /// The type that holds all values.
    pub(super) fn column_type(&self) -> ColumnType {
        match self.seen {
            JSON_BOOLEAN => ColumnType::Boolean,
            JSON_INTEGER => ColumnType::Integer,
            JSON_TEXT => self.text.column_type(),
            seen if seen == 0 || seen & !JSON_NUMBERS != 0 => ColumnType::Text,
            seen if seen & JSON_FLOAT != 0 => ColumnType::Float,
            _ => BIG_INTEGER_TYPE,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{BIG_INTEGER_TYPE, JsonGuess, TextGuess};
    use crate::model::ColumnType::{self, Boolean, Date, Datetime, Float, Integer, Text};

    #[test]
    fn a_type_holds_until_a_value_speaks_against_it() {
        let check = |texts: &[&str], wanted: ColumnType| {
            let mut guess = TextGuess::new();
            for text in texts {
                guess.observe(text.as_bytes());
            }
            assert_eq!(guess.column_type(), wanted, "{texts:?}");
        };
        check(&[], Text);
        check(&["true", "FALSE"], Boolean);
        check(&["true", "1"], Text);
        check(&["0", "1"], Integer);
        check(&["1", " 2 ", "-3"], Integer);
        check(&["1", "01"], Text);
        check(&["1", "9223372036854775808"], BIG_INTEGER_TYPE);
        check(&["1", "2.5"], Float);
        check(&["1", "9223372036854775808", "0.5"], Float);
        check(&["1", "NaN"], Float);
        check(&["NaN", "inf"], Text);
        check(&["NaN", "Nancy"], Text);
        check(&["1", "2.5", "n/a"], Text);
        check(&["2013-01-01", "2013-12-31"], Date);
        check(&["2013-01-01", "2013-02-30"], Text);
        check(&["2013-01-01", "2013/01/02"], Text);
        check(&["2013/01/01", "2013/1/2"], Date);
        check(&["1.2.2013", "31.12.2013"], Date);
        check(&["01/02/2013", "13/02/2013"], Date);
        check(&["01/02/2013", "02/13/2013"], Date);
        check(&["01/02/2013", "02/03/2013"], Text);
        check(&["13/02/2013", "02/13/2013"], Text);
        check(&["2013-01-01T05:00:00Z", "2013-01-01 05:00"], Datetime);
        check(&["2013-01-01", "2013-01-01 05:00:00"], Datetime);
        check(&["2013-01-01 05:00:00", "later"], Text);
        check(&["20130101"], Integer);
        check(&["  "], Text);
    }

    #[test]
    fn json_values_are_what_they_are() {
        let check = |values: serde_json::Value, wanted: ColumnType| {
            let mut guess = JsonGuess::new();
            for value in values.as_array().expect("an array") {
                guess.observe(value);
            }
            assert_eq!(guess.column_type(), wanted, "{values}");
        };
        check(json!([]), Text);
        check(json!([null, null]), Text);
        check(json!([true, null, false]), Boolean);
        check(json!([1, null, -2]), Integer);
        check(json!([1, 2.5]), Float);
        check(json!([1, 9_223_372_036_854_775_808_u64]), BIG_INTEGER_TYPE);
        check(json!([0.5, 9_223_372_036_854_775_808_u64]), Float);
        check(json!(["12", "13"]), Text);
        check(json!(["true"]), Text);
        check(json!(["2013-01-01", null]), Date);
        check(json!(["2013-01-01", "2013-01-01T05:00:00Z"]), Datetime);
        check(json!(["01/13/2013"]), Text);
        check(json!([1, "a"]), Text);
        check(json!([true, 1]), Text);
        check(json!([[1, 2]]), Text);
        check(json!([{"a": 1}, "b"]), Text);
    }
}
