//! Window calculations, both ways.

use serde_json::{Map, Value};

use super::filters::scalar;
use super::items;
use super::node::Node;
use super::object::{Later, Object};
use super::write::{self, set, set_list};
use crate::error::{Error, Result};
use crate::query::{Window, WindowFunction, WindowTotal};

pub(super) const FIELDS: [&str; 10] =
    ["as", "function", "of", "size", "n", "offset", "default", "order_by", "partition_by", "total"];
const LATER: &Later = &[("formula", "window formulas are")];

pub(super) fn window(node: &Node) -> Result<Window> {
    let object = node.object("a window calculation")?;
    object.only(&FIELDS, &[LATER])?;
    let function =
        object.read("function", |node| node.one_of("function", &WindowFunction::ALL, WindowFunction::as_str))?;
    let function = function.ok_or_else(|| Error::query("expected a `function`"))?;
    let total = object.read("total", |node| node.one_of("rule for totals", &WindowTotal::ALL, WindowTotal::as_str))?;
    let partition = if object.has("partition_by") { Some(object.texts("partition_by")?) } else { None };
    Ok(Window {
        name: object.text("as")?.ok_or_else(|| Error::query("expected a name in `as`"))?,
        function,
        of: object.text("of")?,
        size: size(object, function)?,
        offset: object.whole("offset")?,
        default: object.read("default", scalar)?,
        order_by: object.list("order_by", items::order)?,
        partition_by: partition,
        total: total.unwrap_or_default(),
    })
}

/// What the model holds as one number is called `n` for parts and `size` for rows.
fn size_field(function: WindowFunction) -> &'static str {
    if function == WindowFunction::Ntile { "n" } else { "size" }
}

fn size(object: Object<'_>, function: WindowFunction) -> Result<Option<u64>> {
    let (own, other) = if function == WindowFunction::Ntile { ("n", "size") } else { ("size", "n") };
    if object.has(other) {
        let message = format!("`{}` takes no `{other}`", function.as_str());
        return Err(Error::query(message).at(format!("/{other}")));
    }
    object.whole(own)
}

pub(super) fn write(window: &Window) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "as", Some(window.name.as_str()));
    set(&mut fields, "function", Some(window.function.as_str()));
    set(&mut fields, "of", window.of.as_deref());
    set(&mut fields, size_field(window.function), window.size);
    set(&mut fields, "offset", window.offset);
    set(&mut fields, "default", window.default.as_ref().map(write::literal));
    set_list(&mut fields, "order_by", &window.order_by, write::order);
    set(&mut fields, "partition_by", window.partition_by.clone());
    set(&mut fields, "total", (window.total != WindowTotal::default()).then(|| window.total.as_str()));
    fields.into()
}
