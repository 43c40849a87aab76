//! Derived columns, and what is done with the groups: comparison, top, totals and pivot. Both ways.

use serde_json::{Map, Value};

use super::node::Node;
use super::object::{each, unknown};
use super::periods;
use super::references::{self, reference};
use super::write::{direction, set, set_reference};
use crate::error::{Error, Result};
use crate::query::{Compare, Derived, Pivot, Shift, Top, Totals, TotalsOver};

pub(super) const DERIVED: [&str; 2] = ["as", "expression"];
pub(super) const TOTALS: [&str; 3] = ["grand", "levels", "over"];
pub(super) const TOP: [&str; 6] = ["of", "n", "by", "order", "per", "other"];
/// Beside those of the reference.
pub(super) const COMPARE: [&str; 3] = ["shift", "measures", "trim_running"];
pub(super) const PIVOT: [&str; 2] = ["columns", "max_columns"];

const PREVIOUS_PERIOD: &str = "previous_period";

pub(super) fn derived(node: &Node) -> Result<Derived> {
    let object = node.object("a derived column")?;
    object.only(&DERIVED, &[])?;
    let missing = |field: &str| Error::query(format!("a derived column needs `{field}`"));
    Ok(Derived {
        name: object.text("as")?.ok_or_else(|| missing("as"))?,
        expression: object.text("expression")?.ok_or_else(|| missing("expression"))?,
    })
}

pub(super) fn write_derived(derived: &Derived) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "as", Some(derived.name.as_str()));
    set(&mut fields, "expression", Some(derived.expression.as_str()));
    fields.into()
}

pub(super) fn totals(node: &Node) -> Result<Totals> {
    let object = node.object("totals")?;
    object.only(&TOTALS, &[])?;
    let over = object.read("over", |node| node.one_of("rows of totals", &TotalsOver::ALL, TotalsOver::as_str))?;
    Ok(Totals {
        grand: object.boolean("grand")?.unwrap_or_default(),
        levels: object.list("levels", |node| each(node.list()?, |name| name.text().map(str::to_owned)))?,
        over: over.unwrap_or_default(),
    })
}

pub(super) fn write_totals(totals: &Totals) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "grand", totals.grand.then_some(true));
    set(&mut fields, "levels", (!totals.levels.is_empty()).then(|| totals.levels.clone()));
    set(&mut fields, "over", (totals.over != TotalsOver::default()).then(|| totals.over.as_str()));
    fields.into()
}

pub(super) fn top(node: &Node) -> Result<Top> {
    let object = node.object("a top")?;
    object.only(&TOP, &[])?;
    let ascending = object.read("order", |node| node.one_of("direction", &[true, false], |up| direction(!up)))?;
    Ok(Top {
        of: object.text("of")?,
        n: object.whole("n")?.ok_or_else(|| Error::query("`top` needs `n`, the number of members"))?,
        by: object.text("by")?.ok_or_else(|| Error::query("`top` needs `by`, the name of a measure"))?,
        ascending: ascending.unwrap_or_default(),
        per: object.texts("per")?,
        other: object.boolean("other")?.unwrap_or_default(),
    })
}

pub(super) fn write_top(top: &Top) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "of", top.of.as_deref());
    set(&mut fields, "n", Some(top.n));
    set(&mut fields, "by", Some(top.by.as_str()));
    set(&mut fields, "order", Some(direction(!top.ascending)));
    set(&mut fields, "per", (!top.per.is_empty()).then(|| top.per.clone()));
    set(&mut fields, "other", top.other.then_some(true));
    fields.into()
}

pub(super) fn compare(node: &Node) -> Result<Compare> {
    let object = node.object("a comparison")?;
    references::only(object, &COMPARE, &[])?;
    Ok(Compare {
        reference: reference(object)?,
        shift: object.read("shift", shift)?.ok_or_else(|| Error::query("a comparison needs a `shift`"))?,
        measures: object.texts("measures")?,
        trim_running: object.boolean("trim_running")?.unwrap_or_default(),
    })
}

fn shift(node: &Node) -> Result<Shift> {
    match node {
        Node::Text(name) if name == PREVIOUS_PERIOD => Ok(Shift::PreviousPeriod),
        Node::Text(name) => Err(unknown("shift", name, [PREVIOUS_PERIOD])),
        Node::Object(_) => periods::period(node).map(|(quantity, unit)| Shift::By { quantity, unit }),
        other => Err(other.expected("a period or `previous_period`")),
    }
}

pub(super) fn write_compare(compare: &Compare) -> Value {
    let mut fields = Map::new();
    set_reference(&mut fields, &compare.reference, None);
    let shift = match compare.shift {
        Shift::By { quantity, unit } => periods::write(Some(quantity), unit),
        Shift::PreviousPeriod => PREVIOUS_PERIOD.into(),
    };
    set(&mut fields, "shift", Some(shift));
    set(&mut fields, "measures", (!compare.measures.is_empty()).then(|| compare.measures.clone()));
    set(&mut fields, "trim_running", compare.trim_running.then_some(true));
    fields.into()
}

pub(super) fn pivot(node: &Node) -> Result<Pivot> {
    let object = node.object("a pivot")?;
    object.only(&PIVOT, &[])?;
    Ok(Pivot { columns: object.texts("columns")?, max_columns: object.whole("max_columns")? })
}

pub(super) fn write_pivot(pivot: &Pivot) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "columns", Some(pivot.columns.clone()));
    set(&mut fields, "max_columns", pivot.max_columns);
    fields.into()
}
