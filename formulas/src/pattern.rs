//! Regular expressions in formulas.

use regex::{Regex, RegexBuilder};

/// The most bytes that a compiled pattern may take.
const MAX_COMPILED_BYTES: usize = 1 << 20;

/// The regular expression of a formula, in the syntax of the `regex` crate: linear time, no look-around, no
/// back-references; by Unicode scalar values.
///
/// # Errors
///
/// What is wrong with it, in one line; a pattern that takes more than 1 MiB when compiled is refused too.
///
/// # Example
///
/// ```
/// let number = drillcore_formulas::pattern("^[A-Z]{2}[0-9]+$")?;
/// assert!(number.is_match("SN1234"));
/// assert_eq!(drillcore_formulas::pattern("(a").unwrap_err(), "the pattern cannot be read: unclosed group");
/// # Ok::<(), String>(())
/// ```
pub fn pattern(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text).size_limit(MAX_COMPILED_BYTES).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
        error => {
            let told = error.to_string();
            let last = told.lines().last().unwrap_or_default();
            format!("the pattern cannot be read: {}", last.strip_prefix("error: ").unwrap_or(last))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn what_is_wrong_is_told_in_one_line() {
        for (text, message) in [
            ("(a\n\nb", "the pattern cannot be read: unclosed group"),
            (
                "(?=a)",
                "the pattern cannot be read: look-around, including look-ahead and look-behind, is not supported",
            ),
            (r"\p{Nothing}", "the pattern cannot be read: Unicode property not found"),
            (r"\w{10000}", "the pattern is too large"),
        ] {
            assert_eq!(pattern(text).unwrap_err(), message);
        }
    }

    #[test]
    fn patterns_look_at_characters() {
        assert!(pattern("^.$").unwrap().is_match("é"));
        assert!(pattern("(?i)straße").unwrap().is_match("STRAẞE"));
    }
}
