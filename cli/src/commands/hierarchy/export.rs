//! `drillcore hierarchy export`: writes a hierarchy as JSON.

use std::path::Path;

use clap::Args;
use drillcore::{Hierarchy, HierarchyKind};
use drillcore_hierarchies::luzmo;

use super::described::kind;
use super::format::Format;
use super::known;
use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore hierarchy export coasts > coasts.json
  drillcore hierarchy export coasts --format luzmo > tree.json
  drillcore hierarchy export coasts | drillcore --store other hierarchy import airports -";

/// Writes a hierarchy as JSON to standard output, so that `import` reads it back.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct ExportArgs {
    /// The hierarchy.
    id: String,
    /// How it is written. The shapes of Luzmo hold trees only.
    #[arg(long, value_enum, default_value_t = Format::Drillcore)]
    format: Format,
}

/// Writes the hierarchy.
pub(super) async fn run(dir: &Path, args: &ExportArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    let definition = known(&engine, &args.id).await?;
    output::answer(&written(&definition, args.format)?)
}

/// The hierarchy in a format.
fn written(definition: &Hierarchy, format: Format) -> Outcome<String> {
    let tree = match &definition.kind {
        HierarchyKind::Tree { elements, .. } => Some(elements),
        _ => None,
    };
    match (format, tree) {
        (Format::Drillcore, _) => serde_json::to_string_pretty(definition)
            .map_err(|error| Failure::new(format!("the hierarchy cannot be written as JSON: {error}"))),
        (Format::Luzmo, Some(elements)) => Ok(format!("{:#}", luzmo::export(elements, &definition.all))),
        (Format::LuzmoUpdates, Some(elements)) => Ok(format!("{:#}", luzmo::export_updates(elements))),
        (Format::Luzmo | Format::LuzmoUpdates, None) => {
            let (id, kind) = (&definition.id, kind(definition));
            Err(Failure::new(format!("hierarchy `{id}` is of kind {kind}; the shapes of Luzmo hold trees"))
                .hint("write it with --format drillcore"))
        }
    }
}

#[cfg(test)]
mod tests {
    use drillcore::{Element, Hierarchy};
    use drillcore_hierarchies::{apply, luzmo};

    use super::{Format, written};

    #[test]
    fn trees_are_read_back_from_every_format() {
        let elements = [Element::group("west").named("West"), Element::value("LAX").under("west").ordered(0.5)];
        let tree = Hierarchy::tree("coasts", "airports", "faa", elements.clone()).all_named("Everywhere");
        let text = |format| written(&tree, format).unwrap();
        assert_eq!(serde_json::from_str::<Hierarchy>(&text(Format::Drillcore)).unwrap(), tree);
        let imported = luzmo::import(&text(Format::Luzmo)).unwrap();
        assert_eq!((imported.elements.as_slice(), &imported.all), (elements.as_slice(), &tree.all));
        let edits = luzmo::import_updates(&text(Format::LuzmoUpdates), &[]).unwrap();
        assert_eq!(apply(&[], &edits).unwrap(), elements);
    }

    #[test]
    fn what_is_no_tree_has_no_shape_of_luzmo() {
        let when = Hierarchy::datetime("when", "flights", "day", ["year", "month"]);
        assert!(written(&when, Format::Drillcore).is_ok());
        for format in [Format::Luzmo, Format::LuzmoUpdates] {
            let refusal = written(&when, format).unwrap_err().render();
            assert!(refusal.starts_with("error: hierarchy `when` is of kind datetime; "), "{refusal}");
        }
    }
}
