//! The wildcards of SQL: a pattern is parted at its `%`, and each part is looked for where the one before ended. A part
//! stands for a fixed number of characters, so the first place that fits is the best, and no step is ever taken back.

/// The longest pattern, in characters.
const LONGEST: usize = 1_000;

/// A pattern with wildcards, read once.
#[derive(Debug)]
pub(super) enum Wildcards {
    /// Without `%`.
    Whole(Part),
    /// What a text begins with, has inside in this order, and ends with.
    Around { first: Part, inner: Vec<Part>, last: Part },
}

/// What stands between two `%`.
#[derive(Debug)]
pub(super) enum Part {
    /// This text.
    Text(String),
    /// These characters, where none is any character.
    Characters(Vec<Option<char>>),
}

impl Wildcards {
    /// Reads a pattern; none if it is too long.
    pub(super) fn of(pattern: &str) -> Option<Self> {
        if pattern.chars().nth(LONGEST).is_some() {
            return None;
        }
        let mut parts = Vec::new();
        let mut part = Vec::new();
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            match character {
                '%' => parts.push(Part::of(std::mem::take(&mut part))),
                '_' => part.push(None),
                '\\' => part.push(characters.next().or(Some('\\'))),
                character => part.push(Some(character)),
            }
        }
        let last = Part::of(part);
        if parts.is_empty() {
            return Some(Self::Whole(last));
        }
        let first = parts.remove(0);
        // Parts without characters are found anywhere.
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Some(Self::Around { first, inner: parts, last })
    }

    /// Whether the whole text has that form.
    pub(super) fn fit(&self, text: &str) -> bool {
        match self {
            Self::Whole(part) => part.behind_start(text) == Some(""),
            Self::Around { first, inner, last } => {
                let between = first.behind_start(text).and_then(|rest| last.before_end(rest));
                between.and_then(|rest| inner.iter().try_fold(rest, |rest, part| part.behind_first(rest))).is_some()
            }
        }
    }
}

impl Part {
    fn of(characters: Vec<Option<char>>) -> Self {
        characters.iter().copied().collect::<Option<String>>().map_or(Self::Characters(characters), Self::Text)
    }

    /// What follows the part at the start of a text, if that starts with it.
    fn behind_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(part) => text.strip_prefix(part.as_str()),
            Self::Characters(part) => {
                let mut rest = text.chars();
                part.iter().all(|wanted| rest.next().is_some_and(|found| fits(*wanted, found))).then_some(rest.as_str())
            }
        }
    }

    /// What stands before the part at the end of a text, if that ends with it.
    fn before_end<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(part) => text.strip_suffix(part.as_str()),
            Self::Characters(part) => {
                let mut rest = text.chars();
                let found = part.iter().rev().all(|wanted| rest.next_back().is_some_and(|found| fits(*wanted, found)));
                found.then_some(rest.as_str())
            }
        }
    }

    /// What follows the first place of the part in a text, if it is there.
    fn behind_first<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(part) => text.split_once(part.as_str()).map(|(_, behind)| behind),
            Self::Characters(_) => {
                let starts = text.char_indices().map(|(start, _)| start).chain([text.len()]);
                starts.filter_map(|start| text.get(start..)).find_map(|rest| self.behind_start(rest))
            }
        }
    }
}

/// Whether a character is the wanted one, or any is.
fn fits(wanted: Option<char>, found: char) -> bool {
    wanted.is_none_or(|wanted| wanted == found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Wildcards;

    /// By trying every way to part the text.
    fn fits(text: &[char], pattern: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['%', rest @ ..] => (0..=text.len()).any(|start| fits(&text[start..], rest)),
            ['\\', wanted, rest @ ..] => text.first() == Some(wanted) && fits(&text[1..], rest),
            [wanted, rest @ ..] => {
                text.first().is_some_and(|found| *wanted == '_' || found == wanted) && fits(&text[1..], rest)
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn steps_are_never_taken_back(text in "[abé_\\\\]{0,10}", pattern in "[abé%_\\\\]{0,8}") {
            let (characters, wanted): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
            prop_assert_eq!(Wildcards::of(&pattern).unwrap().fit(&text), fits(&characters, &wanted));
        }
    }

    #[test]
    fn patterns_have_a_longest() {
        assert!(Wildcards::of(&"é".repeat(1_000)).unwrap().fit(&"é".repeat(1_000)));
        assert!(Wildcards::of(&"é".repeat(1_001)).is_none());
    }
}
