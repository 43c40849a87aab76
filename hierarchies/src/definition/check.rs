//! What must hold of a definition, whatever the data.

use std::collections::HashSet;

use super::hierarchy::{Hierarchy, Kind};
use crate::editing::validate;
use crate::error::{Error, Result};
use crate::fault::Quoted;
use crate::{MOST_DEPTH, MOST_ID_BYTES};

/// The levels of a datetime, the coarsest first. A week lies within no month or quarter, but may stand below them.
pub const DATETIME_LEVELS: [&str; 9] =
    ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond"];

/// The most levels that a definition has.
pub const MOST_LEVELS: usize = MOST_DEPTH;

impl Hierarchy {
    /// Checks what can be known without the dataset: the id, the levels and their names, and the elements of a tree.
    /// Whether there are such columns, and of the right types, is up to the caller.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong: a place [`at`](Error::at) which it is, or all [`faults`](Error::faults) of the
    /// elements.
    ///
    /// ```
    /// use drillcore_hierarchies::Hierarchy;
    ///
    /// let error = Hierarchy::datetime("when", "flights", "time_hour", ["month", "year"]).validate().unwrap_err();
    /// assert_eq!(error.at(), Some("/levels/1"));
    /// assert_eq!(error.to_string(), "at /levels/1: `year` is not finer than `month`, the level before it");
    /// ```
    pub fn validate(&self) -> Result<()> {
        check_name(&self.id, || "/id".to_owned())?;
        let names = self.level_names();
        if names.len() > MOST_LEVELS {
            let message = format!("there are {} levels; the most are {MOST_LEVELS}", names.len());
            return Err(Error::definition("/levels", message));
        }
        if names.is_empty() && matches!(self.kind, Kind::Levels { .. } | Kind::Datetime { .. }) {
            return Err(Error::definition("/levels", "a hierarchy of this kind needs at least one level"));
        }
        match &self.kind {
            Kind::Datetime { .. } => check_datetime_levels(&names),
            Kind::Tree { elements, .. } => {
                check_level_names(&names)?;
                validate(elements)
            }
            Kind::Levels { .. } | Kind::ParentChild { .. } => check_level_names(&names),
        }
    }
}

fn check_level_names(names: &[&str]) -> Result<()> {
    let mut seen = HashSet::new();
    for (index, name) in names.iter().enumerate() {
        let at = || format!("/levels/{index}/name");
        check_name(name, at)?;
        if !seen.insert(*name) {
            return Err(Error::definition(at(), format!("another level is called {}", Quoted(name))));
        }
    }
    Ok(())
}

/// Names may be any text that a person can type and see.
fn check_name(name: &str, at: impl Fn() -> String) -> Result<()> {
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(Error::definition(at(), "a name needs a visible character and no control character"));
    }
    if name.len() > MOST_ID_BYTES {
        let message = format!("a name of {} bytes; the most are {MOST_ID_BYTES}", name.len());
        return Err(Error::definition(at(), message));
    }
    Ok(())
}

fn check_datetime_levels(names: &[&str]) -> Result<()> {
    let mut before: Option<(usize, &str)> = None;
    for (index, name) in names.iter().enumerate() {
        let wrong = |message: String| Err(Error::definition(format!("/levels/{index}"), message));
        let Some(rank) = DATETIME_LEVELS.iter().position(|level| level == name) else {
            let known = DATETIME_LEVELS.join(", ");
            return wrong(format!("{} is no level of a datetime, which are {known}", Quoted(name)));
        };
        if let Some((coarser, level)) = before
            && rank <= coarser
        {
            return wrong(format!("`{name}` is not finer than `{level}`, the level before it"));
        }
        before = Some((rank, *name));
    }
    Ok(())
}
