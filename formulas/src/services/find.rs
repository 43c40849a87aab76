//! Names that people type, and what they probably meant.

use crate::Function;
use crate::suggest::nearest;

/// The most characters of a name that a message shows.
const SHOWN: usize = 32;

impl Function {
    /// The function of a name or an alias, in any case, for names that somebody typed.
    ///
    /// # Errors
    ///
    /// There is none; the message, which is one line, says what was probably meant.
    ///
    /// ```
    /// use drillcore_formulas::Function;
    ///
    /// assert_eq!(Function::find("average")?.name(), "AVG");
    /// assert_eq!(Function::find("medain").unwrap_err(), "there is no function `medain`; did you mean `MEDIAN`?");
    /// # Ok::<(), String>(())
    /// ```
    pub fn find(name: &str) -> Result<Self, String> {
        Self::from_name(name).ok_or_else(|| {
            let hint = Self::meant_by(name).map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            format!("there is no function `{}`{hint}", shown(name))
        })
    }
}

/// ``; did you mean `x`?`` with the candidate that is nearest to a name that does not exist, to be put behind a
/// message. Empty if none is near. Case does not matter.
///
/// ```
/// use drillcore_formulas::did_you_mean;
///
/// let columns = ["carrier", "distance"];
/// assert_eq!(did_you_mean("distence", columns), "; did you mean `distance`?");
/// assert_eq!(did_you_mean("weight", columns), "");
/// ```
#[must_use]
pub fn did_you_mean<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    nearest(name, candidates).map_or_else(String::new, |found| format!("; did you mean `{found}`?"))
}

/// A name in a message: not too long, and without characters that command a terminal.
fn shown(name: &str) -> String {
    let visible = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut text: String = name.chars().take(SHOWN).map(visible).collect();
    if name.chars().nth(SHOWN).is_some() {
        text.push_str("..");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, shown};
    use crate::Function;

    #[test]
    fn every_name_and_alias_leads_to_its_function() {
        for function in Function::all() {
            let entry = function.entry();
            for name in entry.aliases.iter().chain([&entry.name]) {
                assert_eq!(Function::find(name), Ok(function));
                assert_eq!(Function::find(&name.to_lowercase()), Ok(function));
            }
        }
    }

    #[test]
    fn names_are_shown_safely() {
        assert_eq!(Function::find("frobnicate"), Err("there is no function `frobnicate`".to_owned()));
        assert_eq!(Function::find("a\u{1b}[2J\n"), Err("there is no function `a\u{fffd}[2J\u{fffd}`".to_owned()));
        assert_eq!(shown(&"é".repeat(40)), format!("{}..", "é".repeat(32)));
    }

    #[test]
    fn near_names_are_suggested() {
        assert_eq!(did_you_mean("DISTANC", ["distance"]), "; did you mean `distance`?");
        assert_eq!(did_you_mean("x", []), "");
    }
}
