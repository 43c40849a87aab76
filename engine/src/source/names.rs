//! Column names as sources give them.

use std::collections::HashSet;

use crate::error::{Error, ErrorKind, Result};
use crate::model::Column;
use crate::suggest;

/// The names of columns in order: an empty one becomes `column_1`, `column_2`, .. by its place. Fails with a message
/// that lists the names that occur more than once.
pub(super) fn complete<I>(names: I) -> std::result::Result<Vec<String>, String>
where
    I: IntoIterator,
    I::Item: Into<String>,
{
    let mut complete: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    let mut doubles: Vec<String> = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        let name: String = name.into();
        let name = if name.is_empty() { numbered(index) } else { name };
        if !seen.insert(name.clone()) && !doubles.contains(&name) {
            doubles.push(name.clone());
        }
        complete.push(name);
    }
    match doubles.as_slice() {
        [] => Ok(complete),
        [one] => Err(format!("the column name `{one}` occurs more than once")),
        several => Err(format!("the column names `{}` occur more than once", several.join("`, `"))),
    }
}

/// The name of a column that has none, by its place from 0.
pub(super) fn numbered(index: usize) -> String {
    format!("column_{}", index + 1)
}

/// Where a column stands among the names of its source.
pub(super) fn position(names: &[String], column: &Column) -> Result<usize> {
    names.iter().position(|name| *name == column.source_name).ok_or_else(|| {
        let hint = suggest::hint(&column.source_name, names.iter().map(String::as_str));
        Error::new(ErrorKind::SourceError, format!("the source has no column `{}`{hint}", column.source_name))
    })
}

/// Where each column stands among the names of its source.
pub(super) fn positions(names: &[String], columns: &[Column]) -> Result<Vec<usize>> {
    columns.iter().map(|column| position(names, column)).collect()
}

#[cfg(test)]
mod tests {
    use super::{complete, positions};
    use crate::model::{Column, ColumnType};

    #[test]
    fn names_are_completed_and_doubles_are_named() {
        assert_eq!(
            complete(["a", "", "b", ""]),
            Ok(vec!["a".into(), "column_2".into(), "b".into(), "column_4".into()])
        );
        assert_eq!(complete(["a", "a", "a"]), Err("the column name `a` occurs more than once".into()));
        assert_eq!(complete(["a", "b", "b", "a"]), Err("the column names `b`, `a` occur more than once".into()));
        // A name that is there already is not given twice.
        assert_eq!(complete(["", "column_1"]), Err("the column name `column_1` occurs more than once".into()));
    }

    #[test]
    fn a_column_that_is_not_there_is_named_with_the_nearest_one() {
        let names = ["carrier".to_owned(), "origin".to_owned()];
        let wanted = [Column::new("origin", ColumnType::Text), Column::new("carrier", ColumnType::Text)];
        assert_eq!(positions(&names, &wanted).expect("there"), [1, 0]);
        let error = positions(&names, &[Column::new("orign", ColumnType::Text)]).expect_err("missing");
        assert_eq!(error.to_string(), "the source has no column `orign`; did you mean `origin`?");
    }
}
