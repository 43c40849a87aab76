//! What people write in other languages, and how it is said in this one.

/// For a word behind a value, where an operator could stand.
pub(super) fn behind_value(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_uppercase().as_str() {
        "ILIKE" => "LIKE_ANY_CASE(a, 'x%') is a function",
        "MATCHES" | "REGEXP" | "RLIKE" | "SIMILAR" => "REGEX_MATCHES(a, 'pattern') is a function",
        "OVER" => "PARTITION BY and ORDER BY stand inside the brackets of a window function",
        "FILTER" => "the condition of an aggregate stands inside its brackets: SUM(a WHERE b)",
        "WITHIN" | "SEPARATOR" => "what an aggregate takes stands in its brackets, apart by commas",
        "ELSEIF" | "ELSIF" => "a CASE may have any number of WHEN",
        "COLLATE" => "texts are compared by code point",
        "AS" => "a formula does not name its value",
        _ => return None,
    })
}

/// For a word before a text in quotes.
pub(super) fn before_text(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_uppercase().as_str() {
        "DATE" => "a date is written as @2024-03-01",
        "DATETIME" | "TIME" | "TIMESTAMP" | "TIMESTAMPTZ" => "a time is written as @2024-03-01T10:30",
        "INTERVAL" => "a duration is written as @1d12h",
        _ => return None,
    })
}

/// For a type that a `CAST` does not have: the one that is meant.
pub(super) fn cast_target(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_uppercase().as_str() {
        "STRING" | "STR" | "VARCHAR" | "NVARCHAR" | "CHAR" | "CHARACTER" => "text",
        "DOUBLE" | "REAL" | "FLOAT4" | "FLOAT8" | "FLOAT64" | "NUMBER" => "numeric",
        "INT" | "INT2" | "INT4" | "INT8" | "INT64" | "BIGINT" | "SMALLINT" | "LONG" | "SIGNED" => "integer",
        "DEC" | "MONEY" => "decimal(10, 2)",
        "BOOL" | "BIT" | "LOGICAL" => "boolean",
        "TIMESTAMP" | "TIMESTAMPTZ" => "datetime",
        _ => return None,
    })
}

/// For an `IF` without brackets.
pub(super) const IF_THEN: &str =
    "IF takes its parts in brackets: IF(condition, value, otherwise); or write CASE WHEN .. THEN .. ELSE .. END";
