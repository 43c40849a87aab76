//! `drillcore hierarchy show`: hierarchies, and the members that they have over the data.

use std::path::Path;

use clap::Args;
use drillcore::{
    Cell, Engine, Error, ErrorKind, Hierarchy, MemberKind, MemberPath, Query, QueryResult, Scope, Totals, count,
    hierarchy,
};

use super::known;
use super::list::list;
use super::outline::{Line, draw};
use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore hierarchy show
  drillcore hierarchy show coasts
  drillcore hierarchy show coasts --depth 1 --locale nl
  drillcore hierarchy show coasts --under '[\"west\"]' --limit 20";

/// How rows without a value are shown, as in every table.
const NULL: &str = "∅";

/// Lists the hierarchies of the store, or shows the members of one with their rows.
///
/// Of a hierarchy those members are shown that have rows, each above those under it, with their numbers of rows. What
/// the hierarchy hides is not shown, and counts in everything above it. (own) stands for the rows of a member that has
/// others under it, (unassigned) for the values that have no place, ∅ for the rows without a value.
///
/// The list counts the members that stand in definitions; a dash says that they come from the data.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct ShowArgs {
    /// The hierarchy; all of them, a line each, without it.
    id: Option<String>,
    /// Show what is under this member: the ids on the way to it, as a JSON array.
    #[arg(long, value_name = "PATH", requires = "id", value_parser = path)]
    under: Option<MemberPath>,
    /// Show so many levels; members that are deeper count in those above them.
    #[arg(long, value_name = "N", requires = "id", default_value_t = Query::MAX_EXPAND_DEPTH,
        value_parser = clap::value_parser!(u16).range(1..=i64::from(Query::MAX_EXPAND_DEPTH)))]
    depth: u16,
    /// Show so many members at most; the others are counted.
    #[arg(long, value_name = "N", requires = "id", default_value_t = 100,
        value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// Show the names in this locale.
    #[arg(long, value_name = "LOCALE", requires = "id", default_value = "en")]
    locale: String,
}

/// Shows the hierarchies, or one of them.
pub(super) async fn run(dir: &Path, args: &ShowArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    let Some(id) = &args.id else {
        let found = Box::pin(engine.hierarchies()).await?;
        if found.is_empty() {
            output::note("the store has no hierarchies; `drillcore hierarchy import` makes one");
            return Ok(());
        }
        return output::answer(&list(&found));
    };
    let definition = known(&engine, id).await?;
    let shown = Box::pin(shown(&engine, &definition, args)).await?;
    if shown.lines.is_empty() {
        output::note("no rows are under that member, or there is none");
        return Ok(());
    }
    output::answer(&draw(&shown.lines, shown.more))
}

/// The members that are shown, the one above all others first, and the number of those that are not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) lines: Vec<Line>,
    pub(super) more: u64,
}

/// Asks for the members with rows.
pub(super) async fn shown(engine: &Engine, definition: &Hierarchy, args: &ShowArgs) -> Outcome<Shown> {
    let under = args.under.as_ref().filter(|path| path.depth() > 0);
    let mut members = hierarchy(&definition.id).expanded(args.depth);
    // The member itself comes before those under it, and before it all on the way to it; values without a place are one
    // step further from the root than their paths are long.
    let mut above = 0;
    if let Some(path) = under {
        members = members.under(path.clone());
        above = path.depth() + 1;
    }
    let above = u64::try_from(above).unwrap_or(u64::MAX);
    let query = Query::on(&definition.dataset)
        .dimension(members.named("member"))
        .measure(count().named("rows"))
        .totals(Totals::grand())
        .locale(&args.locale)
        .limit(args.limit.saturating_add(above))
        .total_rows();
    let answer = Box::pin(engine.query(&query, &Scope::unrestricted())).await.map_err(refused)?;
    let mut members = answer.rows().map(member).collect::<Outcome<Vec<Member>>>()?;
    let (top, skipped) = match under {
        None => (root(definition, &answer, &args.locale)?, 0),
        Some(path) => {
            let way: Vec<Option<&str>> = path.members().collect();
            let Some(place) = members.iter().position(|member| member.is_at(&way)) else {
                return Ok(Shown { lines: Vec::new(), more: 0 });
            };
            let below = members.split_off(place + 1);
            let Some(top) = members.pop() else { return Err(no_tree()) };
            members = below;
            (top, place + 1)
        }
    };
    members.truncate(usize::try_from(args.limit).unwrap_or(usize::MAX));
    let told = u64::try_from(skipped + members.len()).unwrap_or(u64::MAX);
    let more = answer.total_rows().map_or(0, |all| all.saturating_sub(told));
    let depth = top.line.depth;
    let mut lines = vec![top.line];
    lines.extend(members.into_iter().map(|member| member.line));
    for line in &mut lines {
        line.depth = line.depth.saturating_sub(depth);
    }
    Ok(Shown { lines, more })
}

/// The query is not that of a user, so no place in it is told.
fn refused(error: Error) -> Failure {
    match error.kind() {
        ErrorKind::InvalidQuery => Failure::new(error.message()),
        _ => Failure::from(error),
    }
}

/// A member of the answer.
#[derive(Debug)]
struct Member {
    path: Vec<Option<String>>,
    /// With the depth below the root.
    line: Line,
}

impl Member {
    /// Whether this is the member at the end of a path. Own rows have the path of their member, and come behind it.
    fn is_at(&self, way: &[Option<&str>]) -> bool {
        self.path.iter().map(Option::as_deref).eq(way.iter().copied())
    }
}

/// A row of the answer.
fn member(row: Vec<Cell>) -> Outcome<Member> {
    let mut cells = row.into_iter();
    let (Some(shown), Some(rows), None) = (cells.next(), cells.next(), cells.next()) else { return Err(no_tree()) };
    let rows = rows_of(&rows)?;
    match shown {
        // The rows without a value are a child of the root.
        Cell::Null => {
            let line = Line { depth: 1, member: NULL.to_owned(), name: String::new(), rows };
            Ok(Member { path: vec![None], line })
        }
        Cell::Member(shown) => {
            let (id, name) = match shown.kind {
                MemberKind::Own => ("(own)".to_owned(), None),
                MemberKind::Unassigned => ("(unassigned)".to_owned(), None),
                _ => (shown.id.unwrap_or_else(|| NULL.to_owned()), shown.name),
            };
            let depth = shown.depth.and_then(|depth| usize::try_from(depth).ok()).ok_or_else(no_tree)?;
            let hidden = shown.hidden_children.map(|hidden| format!(" ({hidden} hidden)")).unwrap_or_default();
            let line = Line { depth, member: format!("{id}{hidden}"), name: name.unwrap_or_default(), rows };
            Ok(Member { path: shown.path, line })
        }
        _ => Err(no_tree()),
    }
}

/// The root with all rows, hidden ones among them.
fn root(definition: &Hierarchy, answer: &QueryResult, locale: &str) -> Outcome<Member> {
    let total = answer.totals().first().and_then(|totals| totals.rows().next());
    let rows = match total.as_deref() {
        Some([.., rows]) => rows_of(rows)?,
        _ => 0,
    };
    let name = definition.all.get(locale).filter(|name| !name.is_empty()).unwrap_or("All");
    Ok(Member { path: Vec::new(), line: Line { depth: 0, member: name.to_owned(), name: String::new(), rows } })
}

fn rows_of(cell: &Cell) -> Outcome<u64> {
    match cell {
        Cell::Integer(rows) => u64::try_from(*rows).map_err(|_| no_tree()),
        _ => Err(no_tree()),
    }
}

fn no_tree() -> Failure {
    Failure::new("the answer holds no members of a hierarchy").hint("this is a fault of drillcore: please report it")
}

/// Reads a path.
fn path(text: &str) -> Result<MemberPath, String> {
    text.parse().map_err(|error: drillcore_hierarchies::Error| {
        format!("{error}; write a JSON array, for example [\"west\", \"LAX\"]")
    })
}
