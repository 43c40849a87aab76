//! What the name of a number says about it: whether adding it up makes sense.
//!
//! | the last word of the name | default aggregation | why |
//! |---|---|---|
//! | `id`, `uuid`, `guid`, `key`, `code`, `zip`, `zipcode`, `postcode`, `phone`, `tz` | distinct count | the digits are a name; sums and means of names say nothing |
//! | `year`, `quarter`, `month`, `week`, `weekday`, `day`, `hour`, `minute`, `second` | distinct count | a place in the calendar or on the clock (plurals are amounts and are summed) |
//! | `lat`, `latitude`, `lon`, `lng`, `long`, `longitude` | average, subtype coordinates | points on the globe do not add up; only columns with decimals |
//! | `rate`, `ratio`, `percent`, `percentage`, `pct`, `average`, `avg`, `mean`, `median`, `score`, `rating`, `age` | average | already divided or a state, not an amount |
//! | `temp`, `temperature`, `dewp`, `dewpoint`, `humid`, `humidity`, `pressure`, `visib`, `visibility`, `speed`, `gust`, `dir`, `direction`, `alt`, `altitude`, `elevation` | average | states of air, place and motion |
//! | any name with the word `per` | average | a rate, whatever its unit |
//!
//! All other numbers are summed, everything else is counted. A dataset can say otherwise for each column.

use crate::model::{Aggregation, Column, ColumnType, Kind, Subtype};

const LABELS: [&str; 19] = [
    "id", "uuid", "guid", "key", "code", "zip", "zipcode", "postcode", "phone", "tz", "year", "quarter", "month",
    "week", "weekday", "day", "hour", "minute", "second",
];

const COORDINATES: [&str; 6] = ["lat", "latitude", "lon", "lng", "long", "longitude"];

const STATES: [&str; 28] = [
    "rate",
    "ratio",
    "percent",
    "percentage",
    "pct",
    "average",
    "avg",
    "mean",
    "median",
    "score",
    "rating",
    "age",
    "temp",
    "temperature",
    "dewp",
    "dewpoint",
    "humid",
    "humidity",
    "pressure",
    "visib",
    "visibility",
    "speed",
    "gust",
    "dir",
    "direction",
    "alt",
    "altitude",
    "elevation",
];

/// A column of a source, with what its name says about it.
pub(super) fn described(name: impl Into<String>, column_type: ColumnType) -> Column {
    let mut column = Column::new(name, column_type);
    if column.kind() != Kind::Numeric {
        return column;
    }
    let words = words(&column.source_name);
    let Some(last) = words.last().map(String::as_str) else { return column };
    if words.iter().any(|word| word == "per") {
        column.default_aggregation = Aggregation::Average;
    } else if LABELS.contains(&last) {
        column.default_aggregation = Aggregation::DistinctCount;
    } else if COORDINATES.contains(&last) && column_type != ColumnType::Integer {
        column.default_aggregation = Aggregation::Average;
        column.subtype = Some(Subtype::Coordinates);
    } else if STATES.contains(&last) {
        column.default_aggregation = Aggregation::Average;
    }
    column
}

/// The words of a name in lower case: split at what is neither letter nor digit, and where a capital follows a small
/// letter or a digit.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_small = false;
    for letter in name.chars() {
        if (!letter.is_alphanumeric() || (letter.is_uppercase() && after_small)) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        after_small = letter.is_alphanumeric() && !letter.is_uppercase();
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{described, words};
    use crate::model::{Aggregation, ColumnType, Subtype};

    #[test]
    fn words_are_found_in_every_usual_spelling() {
        for name in ["wind_speed", "windSpeed", "WindSpeed", "Wind speed", "wind-SPEED", "_wind__speed_"] {
            assert_eq!(words(name), ["wind", "speed"], "{name}");
        }
        assert_eq!(words("customerID"), ["customer", "id"]);
        assert_eq!(words("__"), Vec::<String>::new());
    }

    #[test]
    fn names_decide_the_default_aggregation_of_numbers_only() {
        let of = |name: &str, column_type| described(name, column_type).default_aggregation;
        for (name, wanted) in [
            ("distance", Aggregation::Sum),
            ("air_time", Aggregation::Sum),
            ("total_minutes", Aggregation::Sum),
            ("id", Aggregation::DistinctCount),
            ("customerId", Aggregation::DistinctCount),
            ("year", Aggregation::DistinctCount),
            ("birth_year", Aggregation::DistinctCount),
            ("paid", Aggregation::Sum),
            ("wind_speed", Aggregation::Average),
            ("conversion rate", Aggregation::Average),
            ("cost_per_hour", Aggregation::Average),
        ] {
            assert_eq!(of(name, ColumnType::Integer), wanted, "{name}");
            assert_eq!(of(name, ColumnType::Text), Aggregation::Count, "{name}");
            assert_eq!(of(name, ColumnType::Datetime), Aggregation::Count, "{name}");
        }
    }

    #[test]
    fn coordinates_have_decimals() {
        let latitude = described("lat", ColumnType::Float);
        assert_eq!(latitude.subtype, Some(Subtype::Coordinates));
        assert_eq!(latitude.default_aggregation, Aggregation::Average);
        let long = described("long", ColumnType::Integer);
        assert_eq!((long.subtype, long.default_aggregation), (None, Aggregation::Sum));
    }
}
