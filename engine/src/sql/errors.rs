//! What is wrong with a text, or went wrong with its query, without a value of the data.

use arrow::error::ArrowError;
use datafusion::common::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;

use crate::error::{Error, ErrorKind};
use crate::execute::failed;

/// An error of parsing or planning. No row was read yet, so the text of the error can only repeat the query.
pub(crate) fn refused(error: DataFusionError) -> Error {
    let span = error.iter().find_map(|error| error.diagnostic()?.span);
    let place = span.map(|span| format!("line {}, column {}", span.start.line, span.start.column));
    let told = told(innermost(&error));
    let error = told.unwrap_or_else(|| failed(error));
    match place {
        Some(place) if error.kind() == ErrorKind::InvalidQuery => error.at(place),
        _ => error,
    }
}

/// An error of running a query. Texts of Arrow and DataFusion may hold values here and are left out.
pub(crate) fn broken(error: DataFusionError) -> Error {
    let known = match error.find_root() {
        DataFusionError::ArrowError(inner, _) => arithmetic(inner),
        DataFusionError::Execution(_) => Some(Error::query("a function of the query does not take one of its values")),
        root @ (DataFusionError::NotImplemented(_) | DataFusionError::Plan(_) | DataFusionError::SchemaError(..)) => {
            told(root)
        }
        _ => None,
    };
    known.unwrap_or_else(|| failed(error))
}

fn arithmetic(error: &ArrowError) -> Option<Error> {
    Some(match error {
        ArrowError::DivideByZero => Error::query("a number is divided by zero; write x / nullif(y, 0)"),
        ArrowError::ArithmeticOverflow(_) => Error::query("a number is out of the range of its type"),
        ArrowError::CastError(_) | ArrowError::ParseError(_) | ArrowError::InvalidArgumentError(_) => {
            Error::query("a value cannot be brought to another type; try_cast gives NULL for it")
        }
        ArrowError::ComputeError(_) => Error::query("a function of the query does not take one of its values"),
        _ => return None,
    })
}

/// Our own error for one that repeats nothing but the query; none for any other.
fn told(error: &DataFusionError) -> Option<Error> {
    Some(match error {
        DataFusionError::SQL(error, _) => return Some(unreadable(error)),
        DataFusionError::NotImplemented(_) => Error::new(ErrorKind::NotSupported, plain(&error.message())),
        DataFusionError::Plan(_) | DataFusionError::SchemaError(..) | DataFusionError::Configuration(_) => {
            Error::query(plain(&error.message()))
        }
        _ => return None,
    })
}

/// The error without those that only say more about it.
fn innermost(error: &DataFusionError) -> &DataFusionError {
    match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => innermost(inner),
        DataFusionError::Shared(inner) => innermost(inner),
        DataFusionError::Collection(several) => several.first().map_or(error, innermost),
        other => other,
    }
}

fn unreadable(error: &ParserError) -> Error {
    let text = match error {
        ParserError::RecursionLimitExceeded => {
            return Error::new(ErrorKind::LimitExceeded, "the text nests too deep");
        }
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text,
    };
    // `Expected: an expression, found: FROM at Line: 2, Column: 3`
    let Some((message, place)) = text.rsplit_once(" at Line: ") else { return Error::query(plain(text)) };
    match place.split_once(", Column: ") {
        Some((line, column)) => Error::query(plain(message)).at(format!("line {line}, column {column}")),
        None => Error::query(plain(message)),
    }
}

/// The first line of a message, as messages are written here.
fn plain(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim().trim_end_matches('.');
    let mut letters = line.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_ascii_uppercase() && second.is_ascii_lowercase() => {
            let mut plain = first.to_ascii_lowercase().to_string();
            plain.extend(line.chars().skip(1));
            plain
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use arrow::error::ArrowError;
    use datafusion::common::DataFusionError;

    use super::{broken, plain, refused};
    use crate::error::{Error, ErrorKind};

    #[test]
    fn values_do_not_get_into_messages() {
        for error in [
            ArrowError::CastError("Cannot cast string 'canary' to value of Int64 type".into()),
            ArrowError::ParseError("Error parsing timestamp from 'canary'".into()),
            ArrowError::ArithmeticOverflow("Overflow happened on: canary * 2".into()),
            ArrowError::DivideByZero,
        ] {
            let error = broken(DataFusionError::ArrowError(Box::new(error), None));
            assert_eq!(error.kind(), ErrorKind::InvalidQuery);
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
        let error = broken(DataFusionError::Execution("bad value canary".into()).context("canary"));
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }

    #[test]
    fn our_own_errors_come_back() {
        let ours = Error::new(ErrorKind::AccessDenied, "no");
        let error = refused(DataFusionError::External(Box::new(ours)).context("somewhere"));
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
    }

    #[test]
    fn messages_are_written_like_ours() {
        assert_eq!(plain("Invalid function 'f'.\nDid you mean 'g'?"), "invalid function 'f'");
        assert_eq!(plain("CTE is not there"), "CTE is not there");
        assert_eq!(plain(""), "");
    }
}
