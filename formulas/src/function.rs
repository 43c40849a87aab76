//! Functions by name.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::suggest::nearest;
use crate::{AggregateFunction, ChoiceFunction, Entry, ScalarFunction, WindowFunction};

/// What a formula can call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// A choice between values.
    Choice(ChoiceFunction),
    /// One value of single values.
    Scalar(ScalarFunction),
    /// One value for the rows of a group.
    Aggregate(AggregateFunction),
    /// A value over the rows of an answer.
    Window(WindowFunction),
}

/// Names that other systems have for what is written in another way here.
const ELSEWHERE: &[(&str, &str)] = &[("ISNULL", "IS NULL"), ("DATEADD", "DATE_ADD")];

/// All names, in upper case, aliases included.
static NAMES: LazyLock<HashMap<&str, Function>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for function in Function::all() {
        names.insert(function.name(), function);
        names.extend(function.entry().aliases.iter().map(|alias| (*alias, function)));
    }
    names
});

impl Function {
    /// All that there are, group by group.
    pub fn all() -> impl Iterator<Item = Self> {
        let choices = ChoiceFunction::ALL.iter().copied().map(Self::Choice);
        let aggregates = AggregateFunction::ALL.iter().copied().map(Self::Aggregate);
        let windows = WindowFunction::ALL.iter().copied().map(Self::Window);
        choices.chain(ScalarFunction::all().map(Self::Scalar)).chain(aggregates).chain(windows)
    }

    /// What is known of it.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        match self {
            Self::Choice(function) => function.entry(),
            Self::Scalar(function) => function.entry(),
            Self::Aggregate(function) => function.entry(),
            Self::Window(function) => function.entry(),
        }
    }

    /// The function of a name or an alias, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.get(name.to_ascii_uppercase().as_str()).copied()
    }

    /// Its name, in upper case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// What was probably meant by a name that there is not.
    pub(crate) fn meant_by(name: &str) -> Option<&'static str> {
        let elsewhere = ELSEWHERE.iter().find(|(foreign, _)| foreign.eq_ignore_ascii_case(name)).map(|(_, ours)| *ours);
        // In order, so that the same one is found each time.
        elsewhere.or_else(|| nearest(name, Self::all().map(Self::name)))
    }

    /// What is wrong with a number of arguments, if anything is.
    pub(crate) fn refuses(self, given: usize) -> Option<String> {
        let entry = self.entry();
        let (name, least, most) = (entry.name, entry.least_arguments(), entry.most_arguments());
        let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
        match most {
            _ if given < least && most != Some(least) => {
                Some(format!("{name} takes at least {least} {}", plural(least)))
            }
            Some(0) if given > 0 && self == Self::Aggregate(AggregateFunction::CountRows) => {
                Some("COUNTR takes no argument; COUNT counts the values of one".to_owned())
            }
            Some(0) if given > 0 => Some(format!("{name} takes no argument")),
            Some(most) if most == least && given != most => {
                Some(format!("{name} takes {most} {}, not {given}", plural(most)))
            }
            Some(most) if given > most => Some(format!("{name} takes at most {most} {}, not {given}", plural(most))),
            _ => None,
        }
    }
}

impl AggregateFunction {
    /// Its name in a formula, in upper case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{ELSEWHERE, Function};
    use crate::{Kind, Presence};

    #[test]
    fn every_name_finds_its_function_in_any_case() {
        let mut seen = HashSet::new();
        for function in Function::all() {
            let names = function.entry().aliases.iter().chain([&function.entry().name]);
            for name in names {
                assert!(seen.insert(*name), "{name} is taken twice");
                assert_eq!(name.to_ascii_uppercase(), **name);
                assert_eq!(Function::from_name(name), Some(function));
                assert_eq!(Function::from_name(&name.to_lowercase()), Some(function));
            }
        }
        assert_eq!(Function::from_name("SUMM"), None);
        assert_eq!(Function::from_name(""), None);
    }

    #[test]
    fn there_are_at_least_120() {
        assert!(Function::all().count() >= 120, "{}", Function::all().count());
    }

    #[test]
    fn entries_can_be_read() {
        for function in Function::all() {
            let entry = function.entry();
            assert!(!entry.summary.ends_with('.') && !entry.summary.is_empty(), "{}", entry.name);
            let presences = entry.parameters.iter().map(|parameter| match parameter.presence {
                Presence::Required => 0,
                Presence::Optional => 1,
                Presence::Repeated => 2,
            });
            assert!(presences.clone().is_sorted() && presences.filter(|one| *one == 2).count() <= 1, "{}", entry.name);
            for parameter in entry.parameters {
                if let Kind::Word(words) = parameter.kind {
                    assert!(words.iter().all(|word| word.to_ascii_lowercase() == **word), "{}", entry.name);
                }
            }
        }
    }

    #[test]
    fn names_from_elsewhere_are_no_names_here() {
        for (foreign, _) in ELSEWHERE {
            assert_eq!(Function::from_name(foreign), None, "{foreign}");
        }
        assert_eq!(Function::meant_by("isnull"), Some("IS NULL"));
        assert_eq!(Function::meant_by("medain"), Some("MEDIAN"));
        assert_eq!(Function::meant_by("frobnicate"), None);
    }

    #[test]
    fn a_wrong_number_of_arguments_is_told() {
        for (name, given, message) in [
            ("SUM", 2, Some("SUM takes 1 argument, not 2")),
            ("COUNTR", 1, Some("COUNTR takes no argument; COUNT counts the values of one")),
            ("COALESCE", 0, Some("COALESCE takes at least 1 argument")),
            ("COALESCE", 99, None),
            ("IF", 1, Some("IF takes at least 2 arguments")),
            ("IF", 3, None),
            ("IF", 4, Some("IF takes at most 3 arguments, not 4")),
            ("FIRST", 1, Some("FIRST takes 2 arguments, not 1")),
        ] {
            assert_eq!(Function::from_name(name).unwrap().refuses(given).as_deref(), message, "{name} {given}");
        }
    }
}
