//! `drillcore hierarchy import`: keeps a hierarchy, or edits one.

use std::path::{Path, PathBuf};

use clap::Args;
use drillcore::{Engine, ErrorKind, Hierarchy, HierarchyKind};
use drillcore_hierarchies::luzmo;

use super::described::{described, kind};
use super::document::Document;
use super::format::Format;
use super::{faults, known};
use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore hierarchy import airports zones.json
  drillcore hierarchy import airports zones.json --id zones_2024
  drillcore hierarchy import airports tree.json --format luzmo --column faa --id coasts
  drillcore hierarchy import airports changes.json --format luzmo-updates --id coasts
  drillcore hierarchy export coasts | drillcore --store other hierarchy import airports -";

/// Keeps a hierarchy under its id, in place of the one that has it, and shows what was made.
///
/// A definition of drillcore is kept as it is, but for the dataset, and for the id where --id gives one.
///
/// A tree of Luzmo takes the place of all members of the tree that has the id; its name, its levels and what it hides
/// stay. Updates of Luzmo add members to such a tree and change those that it has. All of a document is done, or
/// nothing.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct ImportArgs {
    /// The dataset whose members they are.
    dataset: String,
    /// The document in JSON; - is standard input.
    file: PathBuf,
    /// The id that queries use: by default the one in the definition, and for the shapes of Luzmo the column.
    #[arg(long, value_name = "NAME")]
    id: Option<String>,
    /// The column whose values are the members of a tree of Luzmo; by default that of the tree that has the id.
    #[arg(long, value_name = "COLUMN")]
    column: Option<String>,
    /// How the document is written.
    #[arg(long, value_enum, default_value_t = Format::Drillcore)]
    format: Format,
}

/// Makes or edits the hierarchy.
pub(super) async fn run(dir: &Path, args: &ImportArgs) -> Outcome {
    args.check()?;
    let document = Document::read(&args.file)?;
    let engine = store::existing(dir).await?;
    let made = Box::pin(imported(&engine, args, &document)).await?;
    output::answer(&described(&made))?;
    output::note(&format!("next: drillcore hierarchy show {}", made.id));
    Ok(())
}

/// The hierarchy as it is then.
pub(super) async fn imported(engine: &Engine, args: &ImportArgs, document: &Document) -> Outcome<Hierarchy> {
    let made = match args.format {
        Format::Drillcore => definition(args, document)?,
        Format::Luzmo => {
            let before = match Box::pin(engine.hierarchy(args.tree_id()?)).await {
                Ok(before) => Some(before),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(error.into()),
            };
            tree(args, document, before)?
        }
        Format::LuzmoUpdates => return Box::pin(updated(engine, args, document)).await,
    };
    Box::pin(engine.save_hierarchy(made.clone())).await?;
    Ok(made)
}

/// A definition, whose faults are told a line each before the store sees it.
fn definition(args: &ImportArgs, document: &Document) -> Outcome<Hierarchy> {
    let mut made = document.definition()?;
    args.dataset.clone_into(&mut made.dataset);
    if let Some(id) = &args.id {
        id.clone_into(&mut made.id);
    }
    made.validate().map_err(|error| faults::told(&document.name, &error))?;
    Ok(made)
}

/// A tree of Luzmo, with what is known of the one whose members it replaces.
fn tree(args: &ImportArgs, document: &Document, before: Option<Hierarchy>) -> Outcome<Hierarchy> {
    let id = args.tree_id()?;
    let mut made = match (before, &args.column) {
        (Some(before), _) => before,
        (None, Some(column)) => Hierarchy::tree(id, &args.dataset, column, []),
        (None, None) => {
            return Err(Failure::usage(format!("there is no tree `{id}` yet, so it has no column"))
                .hint("name the column whose values are the members with --column COLUMN"));
        }
    };
    check_dataset(args, &made)?;
    let HierarchyKind::Tree { column, elements, .. } = &mut made.kind else { return Err(no_tree(&made)) };
    let read = luzmo::import(&document.text).map_err(|error| faults::told(&document.name, &error))?;
    if let Some(given) = &args.column {
        given.clone_into(column);
    }
    *elements = read.elements;
    if !read.all.is_empty() {
        made.all = read.all;
    }
    Ok(made)
}

/// Does updates of Luzmo to a tree.
async fn updated(engine: &Engine, args: &ImportArgs, document: &Document) -> Outcome<Hierarchy> {
    let id = args.tree_id()?;
    let before = known(engine, id).await?;
    check_dataset(args, &before)?;
    let HierarchyKind::Tree { column, elements, .. } = &before.kind else { return Err(no_tree(&before)) };
    if let Some(given) = args.column.as_ref().filter(|given| *given != column) {
        return Err(Failure::new(format!("hierarchy `{id}` is a tree over `{column}`, not over `{given}`"))
            .hint("updates do not change the column; leave --column out and name the tree with --id"));
    }
    let edits =
        luzmo::import_updates(&document.text, elements).map_err(|error| faults::told(&document.name, &error))?;
    let edited = Box::pin(engine.edit_hierarchy(id, &edits)).await;
    edited.map_err(|error| faults::told_by_engine(&document.name, error))
}

/// A tree of another dataset is not the one that is meant.
fn check_dataset(args: &ImportArgs, before: &Hierarchy) -> Outcome {
    if before.dataset == args.dataset {
        return Ok(());
    }
    let message =
        format!("hierarchy `{}` is one of dataset `{}`, not of `{}`", before.id, before.dataset, args.dataset);
    Err(Failure::new(message).hint("give another id with --id NAME"))
}

fn no_tree(before: &Hierarchy) -> Failure {
    let message = format!("hierarchy `{}` is of kind {}; the shapes of Luzmo hold trees", before.id, kind(before));
    Failure::new(message).hint("give another id with --id NAME")
}

impl ImportArgs {
    /// Refuses what does not go together.
    fn check(&self) -> Outcome {
        match self.format {
            Format::Drillcore if self.column.is_some() => {
                Err(Failure::usage("a definition names its columns itself").hint("leave --column out"))
            }
            Format::Drillcore => Ok(()),
            Format::Luzmo | Format::LuzmoUpdates => self.tree_id().map(drop),
        }
    }

    /// The id of a tree in the shapes of Luzmo, in which it does not stand.
    fn tree_id(&self) -> Outcome<&str> {
        self.id.as_deref().or(self.column.as_deref()).ok_or_else(|| {
            Failure::usage("what Luzmo writes holds no id of a hierarchy")
                .hint("give it with --id NAME, or name the column with --column COLUMN")
        })
    }
}
