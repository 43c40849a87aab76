//! The reference of all functions, as Markdown, out of the registry.

mod words;
mod wrap;

use super::signature::signature;
use crate::{Function, ScalarFunction};
use words::{example_value, given, joined, null_rule, sentence, taken};
use wrap::wrapped;

/// Functions that stand together.
#[derive(Debug)]
struct Group {
    title: &'static str,
    intro: &'static str,
    holds: fn(Function) -> bool,
}

/// All groups; each function is in one.
const GROUPS: &[Group] = &[
    Group {
        title: "Choices",
        intro: "Conditions and alternatives. All values of a choice are brought to one type.",
        holds: |function| matches!(function, Function::Choice(_)),
    },
    Group {
        title: "Numbers",
        intro: "Integers and decimals are computed exactly; roots, powers, logarithms and angles in floats, whose last \
                digit may differ between platforms.",
        holds: |function| matches!(function, Function::Scalar(ScalarFunction::Number(_))),
    },
    Group {
        title: "Text",
        intro: "They count in characters (Unicode scalar values), know no language, and tell upper case from lower. \
                Places count from 1.",
        holds: |function| matches!(function, Function::Scalar(ScalarFunction::Text(_))),
    },
    Group {
        title: "Patterns",
        intro: "A regular expression is found anywhere in the text unless `^` and `$` bind it, and tells upper case \
                from lower unless it begins with `(?i)`. There is no look-around and there are no back-references, so a \
                search takes time linear in the text.",
        holds: |function| matches!(function, Function::Scalar(ScalarFunction::Pattern(_))),
    },
    Group {
        title: "Calendar",
        intro: "Parts and periods of dates and times, and distances between them. An instant is looked at on the wall \
                clock of the query's zone. The years are 1 to 9999: what lies outside is NULL.",
        holds: |function| matches!(function, Function::Scalar(ScalarFunction::Calendar(_))),
    },
    Group {
        title: "Clock",
        intro: "Making, reading and writing dates and times; zones; the clock. The years are 1 to 9999: what lies \
                outside is NULL.",
        holds: |function| matches!(function, Function::Scalar(ScalarFunction::Clock(_))),
    },
    Group {
        title: "Conversion",
        intro: "Beside `CAST`, which is strict, these are the lenient and the other ways between types.",
        holds: |function| matches!(function, Function::Scalar(ScalarFunction::Conversion(_))),
    },
    Group {
        title: "Aggregates",
        intro: "One value for the rows of a group. Behind the arguments may stand `WHERE` and one of `FULL`, `FIXED`, \
                `INCLUDE` and `EXCLUDE`. Where the type is that of a number, sums have room for more digits.",
        holds: |function| matches!(function, Function::Aggregate(_)),
    },
    Group {
        title: "Window functions",
        intro: "A value over the rows of an answer. Behind the arguments may stand `PARTITION BY` and `ORDER BY`. \
                Where the type is that of a number, sums have room for more digits.",
        holds: |function| matches!(function, Function::Window(_)),
    },
];

/// The reference of all functions, as Markdown: a heading for each group, and below it what
/// [`function_markdown`] says of each. Ends with a line break.
#[must_use]
pub fn reference_markdown() -> String {
    let mut text = String::new();
    for group in GROUPS {
        let functions: Vec<Function> = Function::all().filter(|function| (group.holds)(*function)).collect();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("### {}\n\n{}\n\n{}\n", group.title, wrapped(group.intro), index(&functions)));
        for function in functions {
            text.push('\n');
            text.push_str(&function_markdown(function));
        }
    }
    text
}

/// What is known of a function, as Markdown: its signature, its other names, what it gives, what it takes, what NULL
/// does, and examples. Ends with a line break.
///
/// ```
/// use drillcore_formulas::{Function, function_markdown};
///
/// let text = function_markdown(Function::find("now")?);
/// assert_eq!(text, "#### NOW\n\n`NOW()` gives a datetime. Also `CURRENT_TIMESTAMP` and `GETDATE`.\n\n\
///                   The instant at which the query is asked, the same in every row.\n");
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn function_markdown(function: Function) -> String {
    let entry = function.entry();
    let aliases: Vec<String> = entry.aliases.iter().map(|alias| format!("`{alias}`")).collect();
    let aliases = if aliases.is_empty() { String::new() } else { format!(" Also {}.", joined(&aliases)) };
    let call = format!("`{}` gives {}.{aliases}", signature(entry), given(entry));
    let mut text = format!("#### {}\n\n{}\n\n{}\n", entry.name, wrapped(&call), wrapped(&sentences(function)));
    let taken = taken(entry);
    if !taken.is_empty() {
        text.push_str(&format!("\n{}\n", wrapped(&taken)));
    }
    if !entry.examples.is_empty() {
        let width = entry.examples.iter().map(|(formula, _)| formula.chars().count()).max().unwrap_or_default();
        text.push_str("\n```text\n");
        for (formula, value) in entry.examples {
            text.push_str(&format!("{formula:<width$}  {}\n", example_value(value)));
        }
        text.push_str("```\n");
    }
    text
}

/// What a function gives and what NULL does, in sentences.
pub(super) fn sentences(function: Function) -> String {
    let entry = function.entry();
    let summary = sentence(entry.summary);
    match null_rule(entry) {
        Some(rule) => format!("{summary} {rule}"),
        None => summary,
    }
}

/// Links to the headings of functions.
fn index(functions: &[Function]) -> String {
    let links = functions.iter().map(|function| format!("[{}](#{})", function.name(), function.name().to_lowercase()));
    wrapped(&links.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests;
