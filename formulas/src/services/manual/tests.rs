use super::{GROUPS, reference_markdown, sentences};
use crate::services::signature;
use crate::{Function, NullRule};

#[test]
fn every_function_is_in_one_group() {
    for function in Function::all() {
        let groups = GROUPS.iter().filter(|group| (group.holds)(function)).count();
        assert_eq!(groups, 1, "{}", function.name());
    }
}

#[test]
fn every_function_is_in_the_reference() {
    let text = reference_markdown();
    for function in Function::all() {
        let entry = function.entry();
        assert!(text.contains(&format!("\n#### {}\n", entry.name)), "{}", entry.name);
        assert!(text.contains(&format!("\n`{}` gives ", signature(entry))), "{}", signature(entry));
        assert!(text.contains(&format!("[{}](#{})", entry.name, entry.name.to_lowercase())), "{}", entry.name);
        for alias in entry.aliases {
            assert!(text.contains(&format!("`{alias}`")), "{alias}");
        }
        for (formula, _) in entry.examples {
            assert!(text.contains(formula), "{formula}");
        }
        if let NullRule::Seen(rule) = entry.null {
            let behind_first: String = rule.chars().skip(1).collect();
            assert!(sentences(function).contains(&behind_first), "{rule}");
        }
    }
}

#[test]
fn lines_can_be_read() {
    let mut in_block = false;
    for line in reference_markdown().lines() {
        assert!(line.trim_end() == line, "a blank behind: {line}");
        if line.starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            assert!(line.chars().count() <= 120 || !line.contains(' '), "{line}");
            assert!(line.matches('`').count().is_multiple_of(2), "{line}");
        }
    }
    assert!(!in_block);
}
