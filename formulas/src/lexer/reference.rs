//! Names in braces.

use super::quoted;
use crate::tree::Reference;
use crate::{Error, Span};

/// Reads a reference behind its opening brace, which is at `start`; also tells the bytes up to behind the closing one.
pub(super) fn read(rest: &str, start: usize) -> Result<(Reference, usize), Error> {
    let mut reader = Reader { rest, all: rest.len(), start };
    let first = reader.name()?;
    let (dataset, name) = if reader.eat(':') { (Some(first), reader.name()?) } else { (None, first) };
    if !reader.eat('}') {
        return Err(match reader.rest.chars().next() {
            Some(':') => reader.error("a reference has one `:`; put names that hold one in double quotes"),
            Some('{') | None => reader.unclosed(),
            Some(_) => reader.error("a quoted name ends here; expected `:` or `}`"),
        });
    }
    let length = reader.read();
    Ok((Reference { dataset, name, span: Span::new(start, start + 1 + length) }, length))
}

#[derive(Debug)]
struct Reader<'s> {
    /// What is not read yet.
    rest: &'s str,
    /// The bytes that there were to read.
    all: usize,
    /// Where the opening brace is.
    start: usize,
}

impl Reader<'_> {
    /// The bytes that were read.
    fn read(&self) -> usize {
        self.all - self.rest.len()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let behind = self.rest.strip_prefix(wanted);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    /// A name and the blanks around it.
    fn name(&mut self) -> Result<String, Error> {
        self.rest = self.rest.trim_start();
        let name = if self.eat('"') {
            let Some((name, length)) = quoted(self.rest, '"') else {
                return Err(self.error("the quoted name is not closed: `\"` is missing"));
            };
            self.rest = self.rest.get(length..).unwrap_or_default().trim_start();
            name
        } else {
            self.plain()
        };
        if !name.is_empty() {
            return Ok(name);
        }
        let unclosed = self.rest.is_empty() || self.rest.starts_with('{');
        Err(if unclosed { self.unclosed() } else { self.error("a name is missing in the reference") })
    }

    /// A name without quotes, where two closing braces are one; without the blanks behind it.
    fn plain(&mut self) -> String {
        let mut name = String::new();
        loop {
            let end = self.rest.find([':', '{', '}']).unwrap_or(self.rest.len());
            let (text, behind) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
            name.push_str(text);
            self.rest = behind;
            let Some(more) = behind.strip_prefix("}}") else { break };
            name.push('}');
            self.rest = more;
        }
        name.truncate(name.trim_end().len());
        name
    }

    fn error(&self, message: &str) -> Error {
        Error::new(Span::new(self.start, self.start + 1 + self.read()), message)
    }

    fn unclosed(&self) -> Error {
        self.error("the reference is not closed: `}` is missing")
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn check(source: &str, dataset: Option<&str>, name: &str, length: usize) {
        let (reference, read) = read(source.strip_prefix('{').unwrap(), 0).unwrap();
        assert_eq!((reference.dataset.as_deref(), reference.name.as_str()), (dataset, name), "{source}");
        assert_eq!((read + 1, reference.span.end()), (length, length), "{source}");
    }

    #[track_caller]
    fn refused(source: &str, message: &str, end: usize) {
        let error = read(source.strip_prefix('{').unwrap(), 0).unwrap_err();
        assert_eq!((error.message(), error.span().end()), (message, end), "{source}");
    }

    #[test]
    fn names_and_datasets() {
        check("{a} + 1", None, "a", 3);
        check("{flights:distance}", Some("flights"), "distance", 18);
        check("{origin_airport.country:name}", Some("origin_airport.country"), "name", 29);
        check("{ departure time : é }", Some("departure time"), "é", 23);
        check("{a}}b}", None, "a}b", 6);
        check("{a}}}}}", None, "a}}", 7);
        check("{\"a:b\":\"c\"}", Some("a:b"), "c", 11);
        check("{ \"a\"\"{}b\" : \" c \" }", Some("a\"{}b"), " c ", 20);
        check("{a\"b}", None, "a\"b", 5);
    }

    #[test]
    fn faults_are_told_with_their_place() {
        refused("{", "the reference is not closed: `}` is missing", 1);
        refused("{a", "the reference is not closed: `}` is missing", 2);
        refused("{a + {b}", "the reference is not closed: `}` is missing", 5);
        refused("{a}}", "the reference is not closed: `}` is missing", 4);
        refused("{}", "a name is missing in the reference", 1);
        refused("{ : a}", "a name is missing in the reference", 2);
        refused("{a: }", "a name is missing in the reference", 4);
        refused("{\"\"}", "a name is missing in the reference", 3);
        refused("{a:b:c}", "a reference has one `:`; put names that hold one in double quotes", 4);
        refused("{\"a\" b}", "a quoted name ends here; expected `:` or `}`", 5);
        refused("{\"a}", "the quoted name is not closed: `\"` is missing", 2);
    }
}
