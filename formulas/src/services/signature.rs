//! How a function is called, in one line.

use crate::{Entry, Presence, Span};

/// A signature and the places of its parameters.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) text: String,
    /// The bytes of each name.
    pub(super) parameters: Vec<Span>,
}

/// How a function is called: its name and its parameters in brackets. What may be left out stands in square brackets,
/// each inside the one before; what may be repeated has `..` behind it.
///
/// ```
/// use drillcore_formulas::{Function, signature};
///
/// assert_eq!(signature(Function::find("split")?.entry()), "SPLIT_PART(text, separator, place)");
/// assert_eq!(signature(Function::find("round")?.entry()), "ROUND(number[, digits])");
/// assert_eq!(signature(Function::find("coalesce")?.entry()), "COALESCE(value[, other ..])");
/// assert_eq!(signature(Function::find("now")?.entry()), "NOW()");
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn signature(entry: &Entry) -> String {
    written(entry).text
}

pub(super) fn written(entry: &Entry) -> Written {
    let mut text = format!("{}(", entry.name);
    let (mut parameters, mut open) = (Vec::with_capacity(entry.parameters.len()), 0);
    for (place, parameter) in entry.parameters.iter().enumerate() {
        if parameter.presence != Presence::Required {
            text.push('[');
            open += 1;
        }
        if place > 0 {
            text.push_str(", ");
        }
        let start = text.len();
        text.push_str(parameter.name);
        parameters.push(Span::new(start, text.len()));
        if parameter.presence == Presence::Repeated {
            text.push_str(" ..");
        }
    }
    text.push_str(&"]".repeat(open));
    text.push(')');
    Written { text, parameters }
}

#[cfg(test)]
mod tests {
    use super::{signature, written};
    use crate::Function;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(signature(Function::find(name).unwrap().entry()), expected);
    }

    #[test]
    fn what_may_be_left_out_is_marked() {
        check("PI", "PI()");
        check("ABS", "ABS(number)");
        check("IF", "IF(condition, value[, otherwise])");
        check("FORMAT_NUMBER", "FORMAT_NUMBER(number, digits[, decimal[, group]])");
        check("JOIN", "JOIN(separator, text[, more ..])");
    }

    #[test]
    fn parameters_are_where_they_stand() {
        for function in Function::all() {
            let entry = function.entry();
            let written = written(entry);
            let names: Vec<_> = written.parameters.iter().map(|span| span.text(&written.text)).collect();
            let expected: Vec<_> = entry.parameters.iter().map(|parameter| Some(parameter.name)).collect();
            assert_eq!(names, expected, "{}", written.text);
            assert_eq!(written.text.matches('[').count(), written.text.matches(']').count());
        }
    }
}
