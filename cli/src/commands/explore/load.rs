//! From what is asked to the rows that are shown.

use drillcore::{
    Cell, Clicked, Engine, Error, Literal, Member, MemberCell, MemberKind, MemberPath, QueryResult, Scope,
};
use ratatui::style::Color;

use super::list::{List, Row};
use super::numbers::{NULL, number, share, shown};
use super::state::State;
use super::world::World;
use crate::plain::plain;

/// How far a sum of floats may be from the total and still be the same.
const ROUNDING: f64 = 1e-9;

/// Asks the engine.
///
/// # Errors
///
/// What drilling and the engine refuse.
pub(super) async fn load(engine: &Engine, scope: &Scope, world: &World, state: &State) -> Result<List, Error> {
    let drilled = state.drilled(world)?;
    let answer = Box::pin(engine.query(drilled.query(), scope)).await?;
    let adds_up = world.measures.get(state.measure()).and_then(|choice| choice.adds_up);
    Ok(listed(&answer, &world.dataset, adds_up))
}

/// An answer of members and their values. Where it is not known whether they add up, they themselves tell.
fn listed(answer: &QueryResult, dataset: &str, adds_up: Option<bool>) -> List {
    let level = answer.columns().first().and_then(|column| column.level.as_deref());
    let mut rows: Vec<Row> = answer.rows().map(|cells| row(&cells, level)).collect();
    let members = answer.total_rows().unwrap_or_else(|| u64::try_from(rows.len()).unwrap_or(u64::MAX));
    let total =
        answer.totals().first().and_then(|totals| totals.rows().next()).and_then(|cells| cells.into_iter().nth(1));
    let total = total.unwrap_or(Cell::Null);
    let all = number(&total);
    let is_complete = u64::try_from(rows.len()).is_ok_and(|count| count >= members);
    let adds_up = adds_up.unwrap_or_else(|| is_complete && all.is_some_and(|all| sums_up(&rows, all)));
    if let Some(all) = all.filter(|_| adds_up) {
        for row in &mut rows {
            row.share = row.number.and_then(|part| share(part, all));
        }
    }
    List { rows, members, total: shown(&total), adds_up, origin: origin(answer, dataset) }
}

fn row(cells: &[Cell], level: Option<&str>) -> Row {
    let (member, value) = (cells.first().unwrap_or(&Cell::Null), cells.get(1).unwrap_or(&Cell::Null));
    Row {
        clicked: clicked(member),
        label: label(member, level),
        color: color(member),
        number: number(value),
        value: shown(value),
        share: None,
    }
}

/// Whether the values of two members or more add up to the total.
fn sums_up(rows: &[Row], total: f64) -> bool {
    let values = || rows.iter().filter_map(|row| row.number);
    let sizes: f64 = values().map(f64::abs).sum();
    rows.len() > 1 && (values().sum::<f64>() - total).abs() <= sizes * ROUNDING
}

/// `snapshot, version 3`
fn origin(answer: &QueryResult, dataset: &str) -> String {
    let provenance = answer.provenance();
    let path = provenance.path.as_str();
    match provenance.snapshots.iter().find(|held| held.dataset == dataset) {
        Some(held) => format!("{path}, version {}", held.version),
        None => path.to_owned(),
    }
}

/// What a click on a cell is.
fn clicked(cell: &Cell) -> Option<Clicked> {
    let value = match cell {
        Cell::Null => return Some(Clicked::Null),
        Cell::Member(member) => return self::member(member).map(Clicked::Member),
        Cell::Boolean(value) => Literal::from(*value),
        Cell::Integer(number) => {
            i64::try_from(*number).map(Literal::from).or_else(|_| Literal::decimal(&number.to_string())).ok()?
        }
        Cell::Decimal(digits) => Literal::decimal(digits).ok()?,
        Cell::Float(number) => Literal::from(*number),
        Cell::Text(text) => Literal::from(text.as_str()),
        Cell::Date(_) | Cell::Datetime(_) | Cell::LocalDatetime(_) => Literal::from(cell.to_string()),
        _ => return None,
    };
    Some(Clicked::Value(value))
}

/// The member of a cell, as queries name it.
fn member(cell: &MemberCell) -> Option<Member> {
    let path = MemberPath::from_members(cell.path.iter().cloned());
    Some(match cell.kind {
        MemberKind::Member | MemberKind::Virtual => Member::Path(path),
        MemberKind::Own => Member::Own(path),
        MemberKind::Unassigned => Member::Unassigned,
        _ => return None,
    })
}

/// A member as people read it; a bucket of a datetime without what its level does not tell.
fn label(cell: &Cell, level: Option<&str>) -> String {
    match (cell, level) {
        (Cell::Null, _) => NULL.to_owned(),
        (Cell::Date(_), Some(level)) => bucket(&cell.to_string(), level),
        (Cell::Datetime(_) | Cell::LocalDatetime(_), _) => cell.to_string().replacen('T', " ", 1),
        _ => plain(&cell.to_string()),
    }
}

/// `2013`, `2013 Q2`, `2013-04`, or the day it begins.
fn bucket(day: &str, level: &str) -> String {
    let mut parts = day.rsplitn(3, '-');
    let (Some(_), Some(month), Some(year)) = (parts.next(), parts.next(), parts.next()) else { return day.to_owned() };
    match (level, month) {
        ("year", "01") => year.to_owned(),
        ("quarter", "01") => format!("{year} Q1"),
        ("quarter", "04") => format!("{year} Q2"),
        ("quarter", "07") => format!("{year} Q3"),
        ("quarter", "10") => format!("{year} Q4"),
        ("month", month) => format!("{year}-{month}"),
        _ => day.to_owned(),
    }
}

/// The colour of a member that has one.
fn color(cell: &Cell) -> Option<Color> {
    let Cell::Member(MemberCell { color: Some(text), .. }) = cell else { return None };
    let [_, red, green, blue] = u32::from_str_radix(text.strip_prefix('#')?, 16).ok()?.to_be_bytes();
    Some(Color::Rgb(red, green, blue))
}

#[cfg(test)]
mod tests {
    use drillcore::{Cell, Clicked, Literal};

    use super::{bucket, clicked};

    #[test]
    fn buckets_are_short() {
        for (day, level, expected) in [
            ("2013-01-01", "year", "2013"),
            ("2013-07-01", "quarter", "2013 Q3"),
            ("2013-02-01", "month", "2013-02"),
            ("2013-02-04", "week", "2013-02-04"),
            ("2013-02-04", "day", "2013-02-04"),
            // The years of an odd fiscal year are told by the day they begin.
            ("2013-03-01", "year", "2013-03-01"),
            ("-0001-01-01", "year", "-0001"),
            ("+10000-04-01", "quarter", "+10000 Q2"),
        ] {
            assert_eq!(bucket(day, level), expected);
        }
    }

    #[test]
    fn cells_are_clicked_as_they_stand() {
        let value = |literal: Literal| Some(Clicked::Value(literal));
        assert_eq!(clicked(&Cell::Null), Some(Clicked::Null));
        assert_eq!(clicked(&Cell::Boolean(true)), value(Literal::from(true)));
        assert_eq!(clicked(&Cell::Integer(7)), value(Literal::from(7)));
        let long = "12345678901234567890";
        assert_eq!(clicked(&Cell::Integer(long.parse().unwrap())), value(Literal::decimal(long).unwrap()));
        assert_eq!(clicked(&Cell::Text("null".to_owned())), value(Literal::from("null")));
        assert_eq!(clicked(&Cell::Other), None);
    }
}
