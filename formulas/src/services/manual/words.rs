//! What is known of a function, in sentences.

use crate::tree::Literal;
use crate::{Entry, Kind, NullRule, Presence, ResultType, Type};

/// A type that decimals are shown by.
const DECIMAL: Type = Type::Decimal { precision: 10, scale: 2 };

/// A sentence: upper case at its start, a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", rest.as_str())
}

/// Things with commas and an `and` between them.
pub(super) fn joined(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What NULL does, if there is anything that can be NULL.
pub(super) fn null_rule(entry: &Entry) -> Option<String> {
    let varies = entry.parameters.iter().filter(|parameter| !parameter.kind.is_constant()).count();
    match entry.null {
        NullRule::Seen(rule) => Some(sentence(rule)),
        NullRule::Spreads if varies == 0 => None,
        NullRule::Spreads if entry.parameters.len() == 1 => Some("NULL if the argument is NULL.".to_owned()),
        NullRule::Spreads => Some("NULL if an argument is NULL.".to_owned()),
    }
}

/// The type of the value.
pub(super) fn given(entry: &Entry) -> String {
    match entry.result {
        ResultType::Always(value_type @ Type::Integer) => format!("an {value_type}"),
        ResultType::Always(value_type) => format!("a {value_type}"),
        ResultType::Of(place) => {
            let name = entry.parameter(place).map_or("value", |parameter| parameter.name);
            format!("the type of `{name}`")
        }
        ResultType::Alike => "the common type of its values".to_owned(),
        ResultType::From(rule) => by_example(entry, rule),
    }
}

/// What a rule makes of some types: `integer for integer, float for float`.
fn by_example(entry: &Entry, rule: fn(&[Type]) -> Type) -> String {
    let least = entry.least_arguments();
    let moments = entry.parameters.first().is_some_and(|first| first.kind == Kind::Moment);
    let types =
        if moments { [Type::Date, Type::LocalDatetime, Type::Datetime] } else { [Type::Integer, DECIMAL, Type::Float] };
    let cases = types.map(|one| format!("{} for {one}", rule(&vec![one; least.max(1)])));
    cases.join(", ")
}

/// What stands in the brackets, by its names; nothing of what the name tells already.
pub(super) fn taken(entry: &Entry) -> String {
    let mut kinds: Vec<(String, Vec<String>)> = Vec::new();
    for parameter in entry.parameters {
        let often = if parameter.presence == Presence::Repeated { ", any number of times" } else { "" };
        let kind = format!("{}{often}", parameter.kind);
        if kind == parameter.name {
            continue;
        }
        let name = format!("`{}`", parameter.name);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, names)) => names.push(name),
            None => kinds.push((kind, vec![name])),
        }
    }
    let sentences: Vec<String> = kinds.iter().map(|(kind, names)| format!("{}: {kind}.", joined(names))).collect();
    sentences.join(" ")
}

/// The value of an example: as it is, or in quotes where it could not be seen.
pub(super) fn example_value(value: &str) -> String {
    let plain = !value.is_empty() && value.trim() == value;
    if plain { value.to_owned() } else { Literal::Text(value.to_owned()).to_string() }
}

#[cfg(test)]
mod tests {
    use super::{example_value, given, joined, null_rule, sentence, taken};
    use crate::Function;

    #[test]
    fn texts_become_sentences() {
        assert_eq!(sentence("the text; NULL if it is not there"), "The text; NULL if it is not there.");
        assert_eq!(sentence("1 for a number"), "1 for a number.");
        assert_eq!(sentence("älter"), "Älter.");
        assert_eq!(joined(&["a", "b", "c"].map(str::to_owned)), "a, b and c");
        assert_eq!(joined(&["a"].map(str::to_owned)), "a");
        assert_eq!([example_value("a b"), example_value(""), example_value(" a")], ["a b", "''", "' a'"]);
    }

    #[test]
    fn results_are_told_by_their_rule() {
        for (name, expected) in [
            ("LENGTH", "an integer"),
            ("TO_UNIX", "a decimal(19,6)"),
            ("ABS", "the type of `number`"),
            ("IF", "the common type of its values"),
            ("ROUND", "integer for integer, decimal(11,2) for decimal(10,2), float for float"),
            ("DIV", "integer for integer, decimal(10,0) for decimal(10,2), float for float"),
            ("TIME_ADD", "local_datetime for date, local_datetime for local_datetime, datetime for datetime"),
        ] {
            assert_eq!(given(Function::find(name).unwrap().entry()), expected, "{name}");
        }
    }

    #[test]
    fn arguments_and_nulls_are_told() {
        let entry = |name: &str| Function::find(name).unwrap().entry();
        assert_eq!(taken(entry("TRANSLATE")), "`from` and `to`: text.");
        assert_eq!(taken(entry("JOIN")), "`separator`: text. `more`: text, any number of times.");
        assert_eq!(taken(entry("ABS")), "");
        assert_eq!(null_rule(entry("NOW")), None);
        assert_eq!(null_rule(entry("ABS")).as_deref(), Some("NULL if the argument is NULL."));
        assert_eq!(null_rule(entry("TRANSLATE")).as_deref(), Some("NULL if an argument is NULL."));
        assert_eq!(null_rule(entry("IS_BLANK")).as_deref(), Some("NULL is blank."));
    }
}
