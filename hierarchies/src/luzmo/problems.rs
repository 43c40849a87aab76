//! What is wrong with the shape of a text.

use crate::error::{Error, Result};

/// How many places an error names. A place deep in a tree is long: no more than these are ever written.
const MOST_NAMED: usize = 20;

/// Places of a text, as JSON pointers, with what was expected there.
#[derive(Debug, Default)]
pub(super) struct Problems {
    named: Vec<(String, &'static str)>,
    unnamed: usize,
}

impl Problems {
    pub(super) fn add(&mut self, at: impl FnOnce() -> String, message: &'static str) {
        if self.named.len() < MOST_NAMED {
            self.named.push((at(), message));
        } else {
            self.unnamed += 1;
        }
    }

    /// # Errors
    ///
    /// One error of all problems, at the place of the first.
    pub(super) fn finish(self) -> Result<()> {
        let mut problems = self.named.into_iter();
        let Some((at, first)) = problems.next() else { return Ok(()) };
        let mut message = first.to_owned();
        for (place, next) in problems {
            message.extend(["; at ", place.as_str(), ": ", next]);
        }
        if self.unnamed > 0 {
            message.extend(["; and ", self.unnamed.to_string().as_str(), " more"]);
        }
        Err(Error::definition(at, message))
    }
}

/// A name as a part of a JSON pointer.
pub(super) fn pointer_part(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::{MOST_NAMED, Problems, pointer_part};

    #[test]
    fn all_are_in_one_error_and_no_more_than_some_are_named() {
        assert_eq!(Problems::default().finish(), Ok(()));
        let mut problems = Problems::default();
        for index in 0..MOST_NAMED + 2 {
            problems.add(|| format!("/{index}"), "expected a text");
        }
        let error = problems.finish().unwrap_err();
        assert_eq!(error.at(), Some("/0"));
        let message = error.to_string();
        assert!(message.contains("expected a text; at /1: expected a text; "), "{message}");
        assert!(message.contains("; at /19: expected a text; and 2 more"), "{message}");
        assert!(!message.contains("/20"), "{message}");
    }

    #[test]
    fn slashes_and_tildes_are_escaped() {
        assert_eq!(pointer_part("a/b~c~1"), "a~1b~0c~01");
    }
}
