//! From a text to one query, within limits that keep what comes behind from running out of stack.

use std::ops::ControlFlow;

use datafusion::sql::parser::{DFParserBuilder, Statement as ParsedStatement};
use datafusion::sql::sqlparser::ast::{Statement as SqlStatement, visit_relations};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::errors::refused;
use crate::error::{Error, ErrorKind, Result};

/// The most bytes of a text.
const MAX_BYTES: usize = 64 << 10;
/// How deep parentheses and subqueries nest at most.
const MAX_DEPTH: usize = 50;
/// The most operators, joins and subqueries: a chain of them is a deep tree, which later stages walk recursively.
const MAX_OPERATORS: usize = 200;
/// The most places where a table is named.
const MAX_TABLES: usize = 64;

/// A parsed query.
#[derive(Debug)]
pub(crate) struct Statement(pub(super) SqlStatement);

/// Reads a text that must be one query.
///
/// # Errors
///
/// `InvalidQuery` with line and column for what is no SQL, and for every statement that is no query; `LimitExceeded` for
/// a text that is too long or nests too deep.
pub(crate) fn parse(text: &str) -> Result<Statement> {
    let limit = |message: String| Error::new(ErrorKind::LimitExceeded, message);
    if text.len() > MAX_BYTES {
        return Err(limit(format!("the text has more than {MAX_BYTES} bytes")));
    }
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, text).tokenize_with_location();
    let tokens = tokens.map_err(|error| refused(ParserError::from(error).into()))?;
    if tokens.iter().filter(|token| deepens(token)).count() > MAX_OPERATORS {
        return Err(limit(format!("the text has more than {MAX_OPERATORS} operators, joins and subqueries")));
    }
    let builder = DFParserBuilder::new(tokens).with_dialect(&dialect).with_recursion_limit(MAX_DEPTH);
    let mut statements = builder.build().and_then(|mut parser| parser.parse_statements()).map_err(refused)?;
    let (Some(statement), None) = (statements.pop_front(), statements.pop_front()) else {
        return Err(Error::query("expected one query"));
    };
    let ParsedStatement::Statement(statement) = statement else { return Err(no_query()) };
    if !matches!(*statement, SqlStatement::Query(_)) {
        return Err(no_query());
    }
    let mut tables = 0;
    let counted = visit_relations(&*statement, |_| {
        tables += 1;
        if tables > MAX_TABLES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if counted.is_break() {
        return Err(limit(format!("the text names more than {MAX_TABLES} tables")));
    }
    Ok(Statement(*statement))
}

pub(super) fn no_query() -> Error {
    Error::query("only queries are answered: SELECT, WITH .. SELECT and VALUES")
}

/// Whether a token may make the tree of a query deeper.
fn deepens(token: &TokenWithSpan) -> bool {
    match &token.token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::NOT
                | Keyword::XOR
                | Keyword::DIV
                | Keyword::IN
                | Keyword::IS
                | Keyword::LIKE
                | Keyword::ILIKE
                | Keyword::RLIKE
                | Keyword::REGEXP
                | Keyword::SIMILAR
                | Keyword::BETWEEN
                | Keyword::COLLATE
                | Keyword::AT
                | Keyword::CASE
                | Keyword::OVERLAPS
                | Keyword::JOIN
                | Keyword::APPLY
                | Keyword::UNION
                | Keyword::EXCEPT
                | Keyword::MINUS
                | Keyword::INTERSECT
                | Keyword::SELECT
                | Keyword::FROM
                | Keyword::VALUES
                | Keyword::UNNEST
                | Keyword::LATERAL
        ),
        Token::EOF
        | Token::Whitespace(_)
        | Token::Comma
        | Token::LParen
        | Token::RParen
        | Token::Period
        | Token::SemiColon
        | Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_OPERATORS, MAX_TABLES, parse};
    use crate::error::ErrorKind;

    #[track_caller]
    fn check(text: &str, kind: ErrorKind) {
        let error = parse(text).expect_err(text);
        assert_eq!(error.kind(), kind, "{error}");
    }

    #[test]
    fn queries_are_read() {
        for text in [
            "SELECT 1",
            "select * from t;",
            "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
            "VALUES (1), (2)",
            "(SELECT 1) UNION ALL (SELECT 2)",
        ] {
            parse(text).unwrap();
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            ";",
            "SELECT 1; SELECT 2",
            "EXPLAIN SELECT 1",
            "EXPLAIN ANALYZE SELECT 1",
            "DESCRIBE t",
            "INSERT INTO t VALUES (1)",
            "UPDATE t SET a = 1",
            "DELETE FROM t",
            "CREATE TABLE t (a INT)",
            "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
            "CREATE VIEW v AS SELECT 1",
            "DROP TABLE t",
            "COPY t TO 'x.csv'",
            "COPY (SELECT 1) TO 'x.csv'",
            "SET datafusion.execution.batch_size = 1",
            "RESET datafusion.execution.batch_size",
            "SHOW TABLES",
            "BEGIN",
            "COMMIT",
            "PREPARE p AS SELECT 1",
            "EXECUTE p",
            "SELEC 1",
        ] {
            check(text, ErrorKind::InvalidQuery);
        }
    }

    #[test]
    fn a_mistake_has_a_place() {
        let error = parse("SELECT a\nFROM t WHERE )").unwrap_err();
        assert_eq!(error.path(), Some("line 2, column 14"), "{error}");
        assert!(!error.message().contains("Line:"), "{error}");
    }

    #[test]
    fn long_and_deep_texts_are_refused() {
        check(&format!("SELECT '{}'", "x".repeat(70_000)), ErrorKind::LimitExceeded);
        check(&format!("SELECT 1{}", " + 1".repeat(MAX_OPERATORS + 1)), ErrorKind::LimitExceeded);
        check(&format!("SELECT 1 FROM t{}", ", t".repeat(MAX_TABLES)), ErrorKind::LimitExceeded);
        check(&format!("SELECT {}1{}", "(".repeat(200), ")".repeat(200)), ErrorKind::LimitExceeded);
        parse(&format!("SELECT 1 IN (1{})", ", 1".repeat(10_000))).unwrap();
    }
}
