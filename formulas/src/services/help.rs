//! The call around a cursor, and what it takes.

use super::scan::{Called, Open, Place};
use super::signature::written;
use crate::{Function, Presence, Span};

/// What stands in the brackets of a call, while it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHelp {
    /// How it is called: `SPLIT_PART(text, separator, place)`.
    pub signature: String,
    /// What it takes, in order.
    pub parameters: Vec<ParameterHelp>,
    /// Which of them the cursor is at. None in a clause, such as behind `WHERE`, and where there are no more.
    pub active: Option<usize>,
    /// What it gives, as a sentence without its subject.
    pub summary: &'static str,
}

/// One thing that a call takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterHelp {
    /// The bytes of the signature that name it.
    pub span: Span,
    /// What it may be: `integer`, `'year' or 'month'`.
    pub takes: String,
}

/// What the innermost call around a cursor takes. The text may be unfinished.
///
/// `cursor` is a byte; past the end it counts as the end, inside a character as before it. None outside of all calls,
/// and in a call of what is no function.
///
/// ```
/// use drillcore_formulas::signature_help;
///
/// let source = "ROUND(SUM({distance}), ";
/// let help = signature_help(source, source.len()).unwrap();
/// assert_eq!(help.signature, "ROUND(number[, digits])");
/// assert_eq!(help.active, Some(1));
/// assert_eq!(help.parameters[1].span.text(&help.signature), Some("digits"));
/// assert_eq!(help.parameters[1].takes, "constant whole number from -38 to 38");
/// ```
#[must_use]
pub fn signature_help(source: &str, cursor: usize) -> Option<SignatureHelp> {
    let place = Place::find(source, cursor)?;
    let brackets = place.open.iter().rev().find_map(|open| match open {
        Open::Brackets(brackets) if brackets.called != Called::Nothing => Some(*brackets),
        _ => None,
    })?;
    let mut help = match brackets.called {
        Called::Function(function) => of_function(function, brackets.commas),
        Called::Cast => of_cast(brackets.commas),
        Called::Unknown | Called::Nothing => return None,
    };
    help.active = help.active.filter(|_| brackets.clause.is_none());
    Some(help)
}

fn of_function(function: Function, commas: usize) -> SignatureHelp {
    let entry = function.entry();
    let written = written(entry);
    let takes = entry.parameters.iter().map(|parameter| parameter.kind.to_string());
    let spans = written.parameters.into_iter();
    let parameters: Vec<_> = spans.zip(takes).map(|(span, takes)| ParameterHelp { span, takes }).collect();
    let endless = entry.parameters.last().is_some_and(|parameter| parameter.presence == Presence::Repeated);
    let last = parameters.len().checked_sub(1);
    let active = if endless { last.map(|last| commas.min(last)) } else { Some(commas) };
    let active = active.filter(|active| *active < parameters.len());
    SignatureHelp { signature: written.text, parameters, active, summary: entry.summary }
}

/// `CAST`, which is no function, but looks like one.
fn of_cast(commas: usize) -> SignatureHelp {
    const SIGNATURE: &str = "CAST(value, type)";
    let parameter = |start, end, takes: &str| ParameterHelp { span: Span::new(start, end), takes: takes.to_owned() };
    SignatureHelp {
        signature: SIGNATURE.to_owned(),
        parameters: vec![parameter(5, 10, "value of any type"), parameter(12, 16, "name of a type")],
        active: Some(commas).filter(|active| *active < 2),
        summary: "the value as another type",
    }
}

#[cfg(test)]
mod tests {
    use super::signature_help;

    /// The name that is marked in the signature at the `|`, in angle brackets; or nothing.
    #[track_caller]
    fn check(source: &str, expected: Option<&str>) {
        let cursor = source.find('|').unwrap();
        let source = source.replacen('|', "", 1);
        let found = signature_help(&source, cursor).map(|help| {
            let Some(parameter) = help.active.map(|active| &help.parameters[active]) else { return help.signature };
            let (start, end) = (parameter.span.start(), parameter.span.end());
            format!("{}<{}>{}", &help.signature[..start], &help.signature[start..end], &help.signature[end..])
        });
        assert_eq!(found.as_deref(), expected, "{source}");
    }

    #[test]
    fn the_innermost_call_is_told() {
        check("ROUND(|", Some("ROUND(<number>[, digits])"));
        check("ROUND({a}, |", Some("ROUND(number[, <digits>])"));
        check("ROUND(SUM(|{a}), 1)", Some("SUM(<number>)"));
        check("ROUND(SUM({a})|, 1)", Some("ROUND(<number>[, digits])"));
        check("round ( 1 , 2 |", Some("ROUND(number[, <digits>])"));
        check("SPLIT('a,b', |", Some("SPLIT_PART(text, <separator>, place)"));
        check("1 + |", None);
        check("ROUND|(1)", None);
        check("ROUND(1)|", None);
    }

    #[test]
    fn brackets_that_group_belong_to_the_call_around() {
        check("ROUND(({a} + |", Some("ROUND(<number>[, digits])"));
        check("ROUND({a} IN (1, 2, |", Some("ROUND(<number>[, digits])"));
        check("ROUND({a} LIKE (|", Some("ROUND(<number>[, digits])"));
        check("frobnicate(|", None);
        check("ROUND(frobnicate(|", None);
    }

    #[test]
    fn what_repeats_stays_active_and_what_is_too_much_is_not() {
        check("COALESCE(1, 2, 3, 4|", Some("COALESCE(value[, <other> ..])"));
        check("ABS(1, |", Some("ABS(number)"));
        check("PI(|", Some("PI()"));
    }

    #[test]
    fn clauses_are_no_parameters() {
        check("SUM({a} WHERE |", Some("SUM(number)"));
        check("SUM({a} WHERE IF(|", Some("IF(<condition>, value[, otherwise])"));
        check("LAG({a}, 1 PARTITION BY {b}, |", Some("LAG(value[, offset])"));
        check("COUNTR(|WHERE", Some("COUNTR()"));
    }

    #[test]
    fn casts_and_unfinished_texts_are_known() {
        check("CAST(|", Some("CAST(<value>, type)"));
        check("CAST({a}, |", Some("CAST(value, <type>)"));
        check("ROUND('a, |", Some("ROUND(<number>[, digits])"));
        check("ROUND({a, |", Some("ROUND(<number>[, digits])"));
        check("ROUND(CASE WHEN {a} THEN 1, |", Some("ROUND(number[, <digits>])"));
        check("ROUND(1 /* , */ , |", Some("ROUND(number[, <digits>])"));
    }
}
