//! One level down.

use super::Clicked;
use super::crumb::Step;
use super::rows::{is_value, kept_under, same_member};
use crate::error::{Error, Result};
use crate::model::Level;
use crate::query::{DatetimeLevel, Dimension, Field, Filter, Literal, Member, MemberLevel, Members, Query, Target};

/// What takes the place of a dimension, and the filters that come with it.
#[derive(Debug)]
pub(super) struct Below {
    pub(super) step: Step,
    pub(super) dimension: Dimension,
    pub(super) filters: Vec<Filter>,
}

/// The dimension one level below what was clicked in it.
///
/// # Errors
///
/// `InvalidInput` where there is nothing below.
pub(super) fn below(query: &Query, name: &str, dimension: &Dimension, clicked: &Clicked) -> Result<Below> {
    if let Some(members) = dimension.reference.members() {
        return below_member(name, dimension, members, clicked.member(name)?);
    }
    let value = clicked.value(name)?;
    let what = match (dimension.level, &dimension.discretization) {
        (Some(DatetimeLevel::Bucket(level)), None) => return below_bucket(query, name, dimension, level, value),
        (Some(DatetimeLevel::Cyclic(_)), _) => "cyclic parts",
        (_, Some(_)) => "bins or groups",
        (None, None) => "plain values",
    };
    Err(Error::input(format!("`{name}` shows {what}, which have no level below; go `to` another dimension")))
}

fn below_bucket(
    query: &Query,
    name: &str,
    dimension: &Dimension,
    level: Level,
    value: Option<&Literal>,
) -> Result<Below> {
    let next = finer(level).ok_or_else(|| {
        let level = level.name();
        Error::input(format!("`{name}` shows each {level}, which has no level below; go `to` another dimension"))
    })?;
    let start = match value {
        Some(start) if matches!(start, Literal::Text(_)) => start,
        Some(_) => return Err(Error::input(format!("expected the start of a bucket of `{name}` as text"))),
        None => return Err(Error::input(format!("in `{name}` nothing is below NULL; go `to` another dimension"))),
    };
    let field = Field { reference: dimension.reference.clone(), level: dimension.level };
    let filters = vec![is_value(query, field, Some(start))];
    let dimension = Dimension { level: Some(DatetimeLevel::Bucket(next)), ..dimension.clone() };
    Ok(Below { step: Step::Down, dimension, filters })
}

/// The next finer level whose buckets never cross those of this one. Weeks do in months, so they stand aside.
fn finer(level: Level) -> Option<Level> {
    match level {
        Level::Year => Some(Level::Quarter),
        Level::Quarter => Some(Level::Month),
        Level::Month | Level::Week => Some(Level::Day),
        Level::Day => Some(Level::Hour),
        Level::Hour => Some(Level::Minute),
        Level::Minute => Some(Level::Second),
        Level::Second => Some(Level::Millisecond),
        Level::Millisecond => None,
    }
}

fn below_member(name: &str, dimension: &Dimension, members: &Members, clicked: Member) -> Result<Below> {
    match &clicked {
        Member::Own(_) => {
            let message = format!("in `{name}` nothing is below the own rows of a member; go `to` another dimension");
            return Err(Error::input(message));
        }
        Member::Path(path) if path.depth() == 0 => {
            return Err(Error::input(format!(
                "in `{name}` the root is no member to go below: it is all that is shown"
            )));
        }
        _ => {}
    }
    let mut next = members.clone();
    let mut filters = Vec::new();
    let step = if let Some(expand) = &mut next.expand {
        if expand.open.iter().any(|open| same_member(open, &clicked)) {
            return Err(Error::input(format!("this member of `{name}` is open already")));
        }
        expand.open.push(clicked);
        Step::Open
    } else {
        filters.extend(kept_under(name, &dimension.reference, members, &clicked)?);
        next.level = level_below(name, members)?;
        next.under = Some(clicked);
        Step::Down
    };
    let mut dimension = dimension.clone();
    dimension.reference.target = Target::Hierarchy(next);
    Ok(Below { step, dimension, filters })
}

/// The level below the one shown. None stands for the one right below the member that was clicked: a name does not tell
/// which name comes next, and neither does a member tell how deep it is.
fn level_below(name: &str, members: &Members) -> Result<Option<MemberLevel>> {
    match (&members.level, &members.under) {
        (Some(MemberLevel::Number(number)), _) => match number.checked_add(1) {
            Some(next) => Ok(Some(MemberLevel::Number(next))),
            None => Err(Error::input(format!("`{name}` shows the deepest level that can be named"))),
        },
        (None, None) => Ok(Some(MemberLevel::Number(2))),
        (Some(MemberLevel::Name(_)), _) | (None, Some(_)) => Ok(None),
    }
}
