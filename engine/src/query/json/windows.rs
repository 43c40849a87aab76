//! Window calculations, both ways.

use serde_json::{Map, Value};

use super::filters::scalar;
use super::items;
use super::node::Node;
use super::object::{Later, Object};
use super::write::{self, set, set_list, set_reference};
use crate::error::{Error, Result};
use crate::query::{Reference, Target, Window, WindowFunction, WindowTotal, WindowValue};

pub(super) const FIELDS: [&str; 12] = [
    "as",
    "function",
    "formula",
    "dataset_id",
    "of",
    "size",
    "n",
    "offset",
    "default",
    "order_by",
    "partition_by",
    "total",
];
const LATER: &Later = &[("formula_id", "stored window formulas are")];

pub(super) fn window(node: &Node) -> Result<Window> {
    let object = node.object("a window calculation")?;
    object.only(&FIELDS, &[LATER])?;
    let value = value(object)?;
    let total = object.read("total", |node| node.one_of("rule for totals", &WindowTotal::ALL, WindowTotal::as_str))?;
    let partition = if object.has("partition_by") { Some(object.texts("partition_by")?) } else { None };
    Ok(Window {
        name: object.text("as")?.ok_or_else(|| Error::query("expected a name in `as`"))?,
        of: object.text("of")?,
        size: size(object, &value)?,
        offset: object.whole("offset")?,
        default: object.read("default", scalar)?,
        order_by: object.list("order_by", items::order)?,
        partition_by: partition,
        total: total.unwrap_or_default(),
        value,
    })
}

/// What is computed: by a function, or by a formula and the dataset of its bare columns.
fn value(object: Object<'_>) -> Result<WindowValue> {
    let function =
        object.read("function", |node| node.one_of("function", &WindowFunction::ALL, WindowFunction::as_str))?;
    let dataset = object.text("dataset_id")?;
    match (function, object.text("formula")?) {
        (Some(_), Some(_)) => Err(Error::query("expected either a `function` or a `formula`, found both")),
        (None, None) => Err(Error::query("expected a `function` or a `formula`")),
        (Some(function), None) if dataset.is_some() => Err(refused(function.as_str(), "dataset_id")),
        (Some(function), None) => Ok(WindowValue::Function(function)),
        (None, Some(text)) => Ok(WindowValue::Formula(Reference { dataset, target: Target::Formula(text) })),
    }
}

fn refused(taker: &str, field: &str) -> Error {
    Error::query(format!("`{taker}` takes no `{field}`")).at(format!("/{field}"))
}

/// What the model holds as one number is called `n` for parts and `size` for rows.
fn size_field(value: &WindowValue) -> &'static str {
    if *value == WindowValue::Function(WindowFunction::Ntile) { "n" } else { "size" }
}

fn size(object: Object<'_>, value: &WindowValue) -> Result<Option<u64>> {
    let own = size_field(value);
    let other = if own == "n" { "size" } else { "n" };
    if object.has(other) {
        return Err(match value {
            WindowValue::Function(function) => refused(function.as_str(), other),
            WindowValue::Formula(_) => Error::query(format!("a `formula` takes no `{other}`")).at(format!("/{other}")),
        });
    }
    object.whole(own)
}

pub(super) fn write(window: &Window) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "as", Some(window.name.as_str()));
    match &window.value {
        WindowValue::Function(function) => set(&mut fields, "function", Some(function.as_str())),
        WindowValue::Formula(reference) => set_reference(&mut fields, reference, None),
    }
    set(&mut fields, "of", window.of.as_deref());
    set(&mut fields, size_field(&window.value), window.size);
    set(&mut fields, "offset", window.offset);
    set(&mut fields, "default", window.default.as_ref().map(write::literal));
    set_list(&mut fields, "order_by", &window.order_by, write::order);
    set(&mut fields, "partition_by", window.partition_by.clone());
    set(&mut fields, "total", (window.total != WindowTotal::default()).then(|| window.total.as_str()));
    fields.into()
}
