//! Functions of texts and patterns. What is found is what the `regex` crate finds; LIKE is a walk over all places that
//! the pattern can have come to.

mod like;
mod replace;

use regex::Regex;

use crate::PatternFunction;
use crate::interpret::Value;

pub(super) fn evaluate(function: PatternFunction, arguments: &[Value]) -> Option<Value> {
    match function {
        PatternFunction::Matches => Some(Value::Boolean(expression(arguments)?.is_match(text(arguments, 0)?))),
        PatternFunction::Extract => {
            let (text, pattern) = (text(arguments, 0)?, expression(arguments)?);
            let group = match arguments.get(2) {
                Some(Value::Integer(group)) => usize::try_from(*group).ok()?,
                Some(_) => return None,
                None => usize::from(pattern.captures_len() > 1),
            };
            let found = pattern.captures(text)?.get(group)?;
            Some(Value::Text(found.as_str().to_owned()))
        }
        PatternFunction::Replace => {
            let (text, by) = (text(arguments, 0)?, text(arguments, 2)?);
            replace::replace(text, &expression(arguments)?, by).map(Value::Text)
        }
        PatternFunction::Count => {
            let found = expression(arguments)?.find_iter(text(arguments, 0)?).count();
            i64::try_from(found).ok().map(Value::Integer)
        }
        PatternFunction::Position => {
            let (text, pattern) = (text(arguments, 0)?, expression(arguments)?);
            let place = pattern.find(text).map_or(0, |found| {
                let before = text.char_indices().filter(|(start, _)| *start < found.start());
                before.count() + 1
            });
            i64::try_from(place).ok().map(Value::Integer)
        }
        PatternFunction::Like => like::like(text(arguments, 0)?, text(arguments, 1)?, false).map(Value::Boolean),
        PatternFunction::LikeAnyCase => like::like(text(arguments, 0)?, text(arguments, 1)?, true).map(Value::Boolean),
    }
}

/// A text argument; none if it is NULL or not there.
fn text(arguments: &[Value], place: usize) -> Option<&str> {
    match arguments.get(place)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The second argument as a regular expression.
fn expression(arguments: &[Value]) -> Option<Regex> {
    crate::pattern(text(arguments, 1)?).ok()
}

#[cfg(test)]
mod tests;
