//! Window calculations.

use super::check_key;
use super::columns::check_reference;
use super::names::{Names, at_most, not_empty};
use super::values::{one_or_more, scalar};
use crate::error::{Error, Result};
use crate::query::{Literal, Query, Reference, Target, Window, WindowFunction, WindowValue};

impl Query {
    /// The names of the windows are added to the others.
    pub(super) fn check_windows(&self, names: &mut Names) -> Result<()> {
        at_most(self.windows.len(), Self::MAX_WINDOWS, "window calculations").map_err(|error| error.at("/window"))?;
        for (index, window) in self.windows.iter().enumerate() {
            names
                .window(&window.name)
                .and_then(|()| check_window(window, names))
                .map_err(|error| error.within(&format!("/window/{index}")))?;
        }
        Ok(())
    }
}

fn check_window(window: &Window, names: &Names) -> Result<()> {
    match &window.value {
        WindowValue::Function(function) => check_function(window, *function)?,
        WindowValue::Formula(reference) => check_formula(window, reference)?,
    }
    check_order(window)?;
    window.partition_by.as_ref().map_or(Ok(()), |partition| names.list_of_dimensions(partition, "partition_by"))
}

/// A formula says itself what the fields of a function say.
fn check_formula(window: &Window, reference: &Reference) -> Result<()> {
    check_reference(reference)?;
    match &reference.target {
        Target::Formula(_) => {}
        Target::StoredFormula(_) => return Err(Error::not_supported("a stored window formula").at("/formula_id")),
        _ => return Err(Error::query("a window is computed by a `function` or a `formula`")),
    }
    let given = [
        ("of", window.of.is_some()),
        ("size", window.size.is_some()),
        ("offset", window.offset.is_some()),
        ("default", window.default.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((field, _)) => Err(Error::query(format!("a `formula` takes no `{field}`")).at(format!("/{field}"))),
        None => Ok(()),
    }
}

fn check_function(window: &Window, function: WindowFunction) -> Result<()> {
    let refused =
        |field: &str| Error::query(format!("`{}` takes no `{field}`", function.as_str())).at(format!("/{field}"));
    let needs = |what: &str| Error::query(format!("`{}` needs {what}", function.as_str()));
    match &window.of {
        Some(_) if function.is_rank() => return Err(refused("of")),
        None if !function.is_rank() => return Err(needs("`of`, the name of a column of the answer")),
        Some(of) if *of == window.name => {
            return Err(Error::query("a window cannot be computed from itself").at("/of"));
        }
        of => not_empty(of.as_deref(), "/of")?,
    }
    let (size, wanted) = match function {
        WindowFunction::Ntile => ("n", Some("`n`, the number of parts")),
        WindowFunction::MovingAverage => ("size", Some("`size`, the number of rows")),
        _ => ("size", None),
    };
    match (window.size, wanted) {
        (None, Some(wanted)) => return Err(needs(wanted)),
        (Some(_), None) => return Err(refused(size)),
        (given, _) => one_or_more(given, &format!("/{size}"))?,
    }
    let moves = matches!(function, WindowFunction::Lag | WindowFunction::Lead);
    let changes = matches!(function, WindowFunction::Difference | WindowFunction::PercentChange);
    if window.offset.is_some() && !moves && !changes {
        return Err(refused("offset"));
    }
    one_or_more(window.offset, "/offset")?;
    if let Some(default) = &window.default {
        check_default(default, moves).unwrap_or_else(|| Err(refused("default")))?;
    }
    if function.is_rank() && window.order_by.is_empty() {
        return Err(needs("an `order_by`"));
    }
    Ok(())
}

/// The check of a default, if the function has one.
fn check_default(default: &Literal, allowed: bool) -> Option<Result<()>> {
    allowed.then(|| {
        if *default == Literal::Null {
            return Err(Error::query("without a default it is NULL; leave it out").at("/default"));
        }
        scalar(default).map_err(|error| error.at("/default"))
    })
}

fn check_order(window: &Window) -> Result<()> {
    at_most(window.order_by.len(), Query::MAX_COLUMNS, "keys of the order").map_err(|error| error.at("/order_by"))?;
    for (index, order) in window.order_by.iter().enumerate() {
        let only_answer =
            |field: &str| Err(Error::query("only the order of the whole answer takes this").at(format!("/{field}")));
        match (order.tiered, order.at.is_empty()) {
            (true, _) => only_answer("tiered"),
            (false, false) => only_answer("at"),
            (false, true) => check_key(&order.key),
        }
        .map_err(|error| error.within(&format!("/order_by/{index}")))?;
    }
    Ok(())
}
