//! `drillcore formula docs`: what each function does.

use clap::Args;
use drillcore_formulas::{Function, function_markdown, reference_markdown};

use crate::failure::{Failure, Outcome};
use crate::output;

const EXAMPLES: &str = "\
Examples:
  drillcore formula docs
  drillcore formula docs split_part";

/// Shows what a function does, in Markdown.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct DocsArgs {
    /// The function, by its name or another one that it has, in any case; all of them without it.
    name: Option<String>,
}

/// Writes the reference of one function or of all.
pub(super) fn run(args: &DocsArgs) -> Outcome {
    output::answer(&text(args.name.as_deref())?)
}

fn text(name: Option<&str>) -> Outcome<String> {
    let Some(name) = name else { return Ok(reference_markdown()) };
    match Function::find(name) {
        Ok(function) => Ok(function_markdown(function)),
        Err(message) => Err(Failure::new(message).hint("`drillcore formula docs` lists all functions")),
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn functions_are_found_by_any_of_their_names() {
        for name in ["SPLIT_PART", "split_part", "Split"] {
            assert!(text(Some(name)).unwrap().starts_with("#### SPLIT_PART\n"), "{name}");
        }
        assert!(text(None).unwrap().contains("\n#### SPLIT_PART\n"));
    }

    #[test]
    fn what_is_no_function_is_told() {
        assert_eq!(
            text(Some("split_prat")).unwrap_err().render(),
            "error: there is no function `split_prat`; did you mean `SPLIT_PART`?\n  \
             hint: `drillcore formula docs` lists all functions\n"
        );
    }
}
