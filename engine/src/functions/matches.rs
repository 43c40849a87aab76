//! Regular expressions.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::BooleanArray;
use arrow::datatypes::DataType;
use datafusion::common::Result as FunctionResult;
use datafusion::common::cast::as_string_view_array;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use regex::{Regex, RegexBuilder};

use super::argument::{text, unary};
use crate::error::{Error, ErrorKind, Result};

/// Bytes of a pattern.
const MAX_PATTERN_BYTES: usize = 10_000;
/// Groups and repetitions inside each other.
const MAX_NESTING: u32 = 100;
/// Bytes of a compiled pattern.
const MAX_COMPILED_BYTES: usize = 4 << 20;

/// Whether a text matches a regular expression anywhere (`^` and `$` anchor it). The syntax is that of the regex crate,
/// and a search takes time linear in the text whatever the pattern is. Utf8View in, Boolean out.
///
/// # Errors
/// `InvalidQuery` for a pattern that is none, with the place in it; `LimitExceeded` for one that is too large.
pub(crate) fn matches_expr(input: Expr, pattern: &str, case_sensitive: bool) -> Result<Expr> {
    let function = MatchesFunction {
        name: format!("matches[{pattern}{}]", if case_sensitive { "" } else { ", any case" }),
        pattern: pattern.to_owned(),
        case_sensitive,
        regex: compiled(pattern, case_sensitive)?,
        signature: Signature::user_defined(Volatility::Immutable),
    };
    Ok(ScalarUDF::new_from_impl(function).call(vec![input]))
}

/// Checks a pattern without using it.
///
/// # Errors
/// As [`matches_expr`].
pub(crate) fn check_pattern(pattern: &str) -> Result<()> {
    compiled(pattern, true).map(drop)
}

fn compiled(pattern: &str, case_sensitive: bool) -> Result<Regex> {
    if pattern.len() > MAX_PATTERN_BYTES {
        let message = format!("a regular expression has at most {MAX_PATTERN_BYTES} bytes, not {}", pattern.len());
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    // Parsed once more by the builder below, whose error does not say where.
    regex_syntax::ParserBuilder::new()
        .nest_limit(MAX_NESTING)
        .case_insensitive(!case_sensitive)
        .build()
        .parse(pattern)
        .map_err(|error| refused(&error))?;
    RegexBuilder::new(pattern)
        .nest_limit(MAX_NESTING)
        .case_insensitive(!case_sensitive)
        .size_limit(MAX_COMPILED_BYTES)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(limit) => Error::new(
                ErrorKind::LimitExceeded,
                format!("the regular expression is larger than {limit} bytes when compiled; repeat less in it"),
            ),
            _ => Error::query("the regular expression cannot be compiled"),
        })
}

fn refused(error: &regex_syntax::Error) -> Error {
    let (reason, span) = match error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), Some(error.span())),
        regex_syntax::Error::Translate(error) => (error.kind().to_string(), Some(error.span())),
        _ => ("it cannot be read".to_owned(), None),
    };
    let error = Error::query(format!("not a regular expression: {reason}"));
    match span {
        Some(span) => error.with_span(span.start.offset, span.end.offset),
        None => error,
    }
}

#[derive(Debug)]
struct MatchesFunction {
    name: String,
    pattern: String,
    case_sensitive: bool,
    regex: Regex,
    signature: Signature,
}

impl PartialEq for MatchesFunction {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern && self.case_sensitive == other.case_sensitive
    }
}

impl Eq for MatchesFunction {}

impl Hash for MatchesFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pattern.hash(state);
        self.case_sensitive.hash(state);
    }
}

impl ScalarUDFImpl for MatchesFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> FunctionResult<Vec<DataType>> {
        text("matches", arg_types)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> FunctionResult<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> FunctionResult<ColumnarValue> {
        unary(&args, |array| {
            let texts = as_string_view_array(array)?;
            let matches: BooleanArray = texts.iter().map(|text| text.map(|text| self.regex.is_match(text))).collect();
            Ok(Arc::new(matches))
        })
    }

    fn is_strict(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, RecordBatch, StringViewArray};
    use datafusion::prelude::{SessionContext, col};

    use super::matches_expr;
    use crate::error::ErrorKind;

    #[test]
    fn a_pattern_matches_anywhere_and_null_stays_null() {
        #[track_caller]
        fn check(pattern: &str, case_sensitive: bool, expected: &[Option<bool>]) {
            let texts = vec![Some("New York"), Some("york"), None, Some("Gr\u{fc}n")];
            let texts: ArrayRef = Arc::new(StringViewArray::from(texts));
            let batch = RecordBatch::try_from_iter([("t", texts)]).unwrap();
            let expr = matches_expr(col("t"), pattern, case_sensitive).unwrap();
            let frame = SessionContext::new().read_batch(batch).unwrap().select(vec![expr]).unwrap();
            let batches = tokio::runtime::Runtime::new().unwrap().block_on(frame.collect()).unwrap();
            assert_eq!(batches[0].column(0).as_boolean().iter().collect::<Vec<_>>(), expected, "{pattern}");
        }
        check("York", true, &[Some(true), Some(false), None, Some(false)]);
        check("York", false, &[Some(true), Some(true), None, Some(false)]);
        check("^york$", false, &[Some(false), Some(true), None, Some(false)]);
        check("GR\u{dc}N", false, &[Some(false), Some(false), None, Some(true)]);
        check("", true, &[Some(true), Some(true), None, Some(true)]);
    }

    #[test]
    fn functions_are_equal_by_pattern_and_case() {
        let same = |left: (&str, bool), right: (&str, bool)| {
            matches_expr(col("t"), left.0, left.1).unwrap() == matches_expr(col("t"), right.0, right.1).unwrap()
        };
        assert!(same(("a", true), ("a", true)));
        assert!(!same(("a", true), ("a", false)));
        assert!(!same(("a", true), ("b", true)));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_its_place() {
        let error = matches_expr(col("t"), "ab(cd", true).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidQuery);
        assert_eq!(error.message(), "not a regular expression: unclosed group");
        assert_eq!(error.span(), Some((2, 3)));
        let translated = matches_expr(col("t"), r"\p{Nothing}", true).unwrap_err();
        assert_eq!(translated.kind(), ErrorKind::InvalidQuery);
        assert_eq!(translated.span(), Some((0, 11)));
    }

    #[test]
    fn patterns_have_limits() {
        let kind = |pattern: &str| matches_expr(col("t"), pattern, true).unwrap_err().kind();
        assert_eq!(kind(&"a".repeat(10_001)), ErrorKind::LimitExceeded);
        assert_eq!(kind(r"\w{10000}"), ErrorKind::LimitExceeded);
        assert_eq!(kind(&format!("{}a{}", "(".repeat(101), ")".repeat(101))), ErrorKind::InvalidQuery);
    }
}
