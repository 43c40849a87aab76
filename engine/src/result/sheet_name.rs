//! The names of sheets, which Excel wants short, without some characters, and each once.

use std::collections::HashSet;

/// In units of UTF-16.
const LONGEST: usize = 31;

/// The names that a workbook has already, in lower case.
#[derive(Debug, Default)]
pub(super) struct SheetNames {
    taken: HashSet<String>,
}

impl SheetNames {
    /// A name for the sheet of a query that is called so, and takes it.
    pub(super) fn free(&mut self, wanted: Option<&str>) -> String {
        let stem = valid(wanted.unwrap_or("query"));
        let mut name = shortened(&stem, LONGEST);
        let mut number = 1_u64;
        while !self.taken.insert(name.to_lowercase()) {
            number += 1;
            let end = format!(" ({number})");
            name = format!("{}{end}", shortened(&stem, LONGEST - end.len()));
        }
        name
    }
}

fn valid(name: &str) -> String {
    let forbidden = |character: char| character.is_control() || "[]:*?/\\\u{fffe}\u{ffff}".contains(character);
    let name: String = name.chars().map(|character| if forbidden(character) { '_' } else { character }).collect();
    // At an end, an apostrophe would read as the quote of a reference.
    match name.trim_matches(|character: char| character == '\'' || character.is_whitespace()) {
        "" => "query".to_owned(),
        // Excel keeps that one to itself.
        history if history.eq_ignore_ascii_case("history") => format!("{history}_"),
        name => name.to_owned(),
    }
}

fn shortened(name: &str, longest: usize) -> String {
    let mut units = 0;
    let fits = |character: &char| {
        units += character.len_utf16();
        units <= longest
    };
    let short: String = name.chars().take_while(fits).collect();
    short.trim_end_matches(|character: char| character == '\'' || character.is_whitespace()).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::SheetNames;

    #[test]
    fn names_are_made_valid_and_different() {
        let mut names = SheetNames::default();
        let mut check = |wanted: Option<&str>, expected: &str| assert_eq!(names.free(wanted), expected);
        check(Some("by_month"), "by_month");
        check(Some("By_Month"), "By_Month (2)");
        check(Some("by_month"), "by_month (3)");
        check(None, "query");
        check(Some(""), "query (2)");
        check(Some("'a/b'"), "a_b");
        check(Some("[x]:*?\\"), "_x_____");
        check(Some("History"), "History_");
        check(Some(&"x".repeat(40)), &"x".repeat(31));
        check(Some(&"x".repeat(40)), &format!("{} (2)", "x".repeat(27)));
        check(Some(&"\u{1f600}".repeat(20)), &"\u{1f600}".repeat(15));
    }

    proptest! {
        #[test]
        fn every_name_is_one_that_excel_takes(wanted in proptest::collection::vec("\\PC{0,40}|['x]{0,33}", 1..20)) {
            let mut names = SheetNames::default();
            let mut seen = std::collections::HashSet::new();
            for wanted in &wanted {
                let name = names.free(Some(wanted));
                prop_assert!((1..=31).contains(&name.encode_utf16().count()), "{name}");
                prop_assert!(!name.contains(['[', ']', ':', '*', '?', '/', '\\']), "{name}");
                prop_assert!(!name.starts_with('\'') && !name.ends_with('\''), "{name}");
                prop_assert!(seen.insert(name.to_lowercase()), "{name}");
            }
        }
    }
}
