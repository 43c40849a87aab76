//! `drillcore explore`: a dataset walked with the arrow keys, from the members of a dimension to those below them.

mod app;
mod axis;
mod bars;
mod footer;
mod help;
mod keys;
mod list;
mod load;
mod measure;
mod numbers;
mod run;
mod script;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod view;
mod world;

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;

use clap::Args;
use drillcore::Engine;
use ratatui::layout::Size;

use self::app::App;
use self::state::State;
use self::world::{Wanted, World};
use super::scope::ScopeArgs;
use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore explore flights
  drillcore explore flights --dimension time_hour --measure distance
  drillcore explore flights --hierarchy plane.fleet --measure 'SUM({distance}) / COUNTR()'
  drillcore explore flights --keys 'down right shot'
  drillcore explore flights --keys @walk.txt --size 100x30 > screens.txt";

/// The screen of a script that does not say how large it is.
const USUAL: Size = Size { width: 80, height: 24 };
/// A larger screen would be of no use.
const MOST_CELLS: u16 = 500;

/// Walks a dataset in the terminal: its members with bars, drilled with the arrow keys.
///
/// Shows the members of a dimension with a measure: of a hierarchy, of a text or boolean column, or of a datetime by its
/// levels. The right arrow goes below the marked member, the left one back; Tab goes to the next dimension, m to the
/// next measure, and f keeps the marked member as a filter. The key ? tells all of them.
///
/// With --keys it presses keys itself and prints the screen as text: after each key, or only where the script says
/// `shot`.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ExploreArgs {
    /// The dataset.
    dataset: String,
    /// Start with this hierarchy: ID, or LINK.ID where it belongs to a linked dataset.
    #[arg(long, value_name = "ID", conflicts_with = "dimension")]
    hierarchy: Option<String>,
    /// Start with this column: COLUMN, or LINK.COLUMN for one of a linked dataset.
    #[arg(long, value_name = "COLUMN")]
    dimension: Option<String>,
    /// Start with this measure: count, a numeric column, a stored formula, or the text of a formula.
    #[arg(long, value_name = "MEASURE", allow_hyphen_values = true)]
    measure: Option<String>,
    /// The locale of shown names.
    #[arg(long, value_name = "LOCALE")]
    locale: Option<String>,
    /// The IANA zone in which datetimes are bucketed; UTC without it.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Press these keys and print the screens instead of using the terminal; @FILE reads them from a file.
    ///
    /// Words with blanks between them: up, down, left, right, enter, backspace, esc, tab, backtab, pageup, pagedown,
    /// home, end, space, a single character such as m, and type:abc, which presses a, b and c. A # at the start of a
    /// word makes the rest of the line a comment.
    #[arg(long, value_name = "SCRIPT")]
    keys: Option<String>,
    /// The screen of --keys; 80x24 without it.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size, requires = "keys")]
    size: Option<Size>,
    #[command(flatten)]
    scope: ScopeArgs,
}

/// Walks the dataset.
pub(crate) async fn run(dir: &Path, args: &ExploreArgs) -> Outcome {
    if args.keys.is_none() && !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(Failure::usage("there is no terminal to show the members in")
            .hint("press keys by a script: drillcore explore .. --keys 'down right shot'"));
    }
    let engine = store::existing(dir).await?;
    match &args.keys {
        Some(keys) => output::answer(&Box::pin(screens(&engine, args, keys)).await?),
        None => Box::pin(interactive(&engine, args)).await,
    }
}

async fn interactive(engine: &Engine, args: &ExploreArgs) -> Outcome {
    let scope = args.scope.scope();
    let mut app = Box::pin(start(engine, args)).await?;
    Box::pin(run::run(engine, &scope, &mut app)).await
}

/// What a script shows.
async fn screens(engine: &Engine, args: &ExploreArgs, keys: &str) -> Outcome<String> {
    let text = match keys.strip_prefix('@') {
        Some(file) => {
            fs::read_to_string(file).map_err(|error| Failure::new(format!("`{file}` cannot be read: {error}")))?
        }
        None => keys.to_owned(),
    };
    let words = keys::script(&text).map_err(Failure::usage)?;
    let scope = args.scope.scope();
    let mut app = Box::pin(start(engine, args)).await?;
    let size = args.size.unwrap_or(USUAL);
    Ok(Box::pin(script::play(engine, &scope, &mut app, &words, size)).await)
}

/// The first list. What cannot be asked at all is a failure of the command.
async fn start(engine: &Engine, args: &ExploreArgs) -> Outcome<App> {
    let wanted = Wanted {
        hierarchy: args.hierarchy.as_deref(),
        dimension: args.dimension.as_deref(),
        measure: args.measure.as_deref(),
    };
    let mut world = Box::pin(World::gather(engine, &args.dataset, args.locale.as_deref())).await?;
    world.timezone.clone_from(&args.timezone);
    let (axis, measure) = world.choose(&wanted)?;
    let state = State::new(&world.axes, axis, measure);
    let list = Box::pin(load::load(engine, &args.scope.scope(), &world, &state)).await?;
    Ok(App::new(world, state, list))
}

/// `80x24`
fn size(text: &str) -> Result<Size, String> {
    let side = |text: &str| text.parse::<u16>().ok().filter(|cells| (1..=MOST_CELLS).contains(cells));
    let (width, height) = text.split_once('x').ok_or("write WIDTHxHEIGHT, for example 80x24")?;
    match (side(width), side(height)) {
        (Some(width), Some(height)) => Ok(Size { width, height }),
        _ => Err(format!("both sides are numbers from 1 to {MOST_CELLS}")),
    }
}
