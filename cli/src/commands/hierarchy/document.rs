//! Documents, from a file or from standard input.

use std::fs;
use std::io;
use std::path::Path;

use drillcore::Hierarchy;

use crate::failure::{Failure, Outcome};

/// A text, and what it is called in messages.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) name: String,
    pub(super) text: String,
}

impl Document {
    /// Reads a file; `-` is standard input.
    pub(super) fn read(file: &Path) -> Outcome<Self> {
        let from_input = file == Path::new("-");
        let text = if from_input { io::read_to_string(io::stdin()) } else { fs::read_to_string(file) };
        let name = if from_input { "standard input".to_owned() } else { format!("`{}`", file.display()) };
        match text {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => Err(Failure::new(format!("{name} cannot be read: {error}"))),
        }
    }

    /// The definition that the text is.
    pub(super) fn definition(&self) -> Outcome<Hierarchy> {
        serde_json::from_str(&self.text).map_err(|error| {
            Failure::new(format!("{} is no definition of a hierarchy: {error}", self.name))
                .hint("what Luzmo writes is imported with --format luzmo or --format luzmo-updates")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Document;

    #[track_caller]
    fn check(text: &str, part: &str) {
        let document = Document { name: "`geo.json`".to_owned(), text: text.to_owned() };
        let refusal = document.definition().unwrap_err().render();
        assert!(refusal.starts_with("error: `geo.json` is no definition of a hierarchy: "), "{refusal}");
        assert!(refusal.contains(part), "{refusal}");
    }

    #[test]
    fn what_is_no_definition_is_refused_with_the_reason() {
        check("{", "line 1");
        check(r#"{"id":"geo","dataset_id":"shops","kind":"levels"}"#, "missing field `levels`");
        check(r#"[{"id":"","children":[]}]"#, "hint: what Luzmo writes is imported with --format luzmo");
    }
}
