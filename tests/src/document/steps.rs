//! Comparison, top, windows and totals of a document.

use serde_json::{Map, Value, json};

use crate::spec::{Compare, Shift, Top, Totals, Window, WindowFunction, WindowTotal};

use super::literal::literal;
use super::{Document, cell_names};

/// The names of dimensions.
pub(super) fn dimension_names(dimensions: &[usize]) -> Vec<String> {
    dimensions.iter().map(|index| format!("d{index}")).collect()
}

pub(super) fn top(top: &Top) -> Value {
    let mut fields = Map::new();
    if top.named {
        fields.insert("of".into(), format!("d{}", top.of).into());
    }
    fields.insert("n".into(), top.n.into());
    fields.insert("by".into(), format!("m{}", top.by).into());
    if top.ascending {
        fields.insert("order".into(), "asc".into());
    }
    if !top.per.is_empty() {
        fields.insert("per".into(), dimension_names(&top.per).into());
    }
    if top.other {
        fields.insert("other".into(), true.into());
    }
    fields.into()
}

pub(super) fn totals(totals: &Totals) -> Value {
    let mut fields = Map::new();
    if totals.grand {
        fields.insert("grand".into(), true.into());
    }
    if !totals.levels.is_empty() {
        let levels: Vec<Vec<String>> = totals.levels.iter().map(|level| dimension_names(level)).collect();
        fields.insert("levels".into(), json!(levels));
    }
    if totals.all_rows {
        fields.insert("over".into(), "all_rows".into());
    }
    fields.into()
}

impl Document<'_> {
    pub(super) fn compare(&self, compare: &Compare) -> Value {
        let mut fields = self.column(compare.at);
        let shift = match compare.shift {
            Shift::By { quantity, unit } => json!({"quantity": quantity, "unit": unit.name()}),
            Shift::Previous => "previous_period".into(),
        };
        fields.insert("shift".into(), shift);
        let measures: Vec<String> = compare.measures.iter().map(|index| format!("m{index}")).collect();
        fields.insert("measures".into(), measures.into());
        if compare.trim_running {
            fields.insert("trim_running".into(), true.into());
        }
        fields.into()
    }

    pub(super) fn window(&self, window: &Window, index: usize) -> Value {
        let mut fields = Map::new();
        fields.insert("as".into(), format!("w{index}").into());
        fields.insert("function".into(), window.function.name().into());
        if let Some(of) = window.of {
            fields.insert("of".into(), cell_names(self.spec)[of].clone().into());
        }
        if let Some(size) = window.size {
            let field = if window.function == WindowFunction::Ntile { "n" } else { "size" };
            fields.insert(field.into(), size.into());
        }
        if let Some(offset) = window.offset {
            fields.insert("offset".into(), offset.into());
        }
        if let Some(default) = &window.default {
            fields.insert("default".into(), literal(default));
        }
        if !window.order.is_empty() {
            let order: Vec<Value> = window.order.iter().map(|key| self.key(key)).collect();
            fields.insert("order_by".into(), order.into());
        }
        if let Some(partition) = &window.partition {
            fields.insert("partition_by".into(), dimension_names(partition).into());
        }
        match window.total {
            WindowTotal::None => {}
            WindowTotal::Native => drop(fields.insert("total".into(), "native".into())),
            WindowTotal::SumOfRows => drop(fields.insert("total".into(), "sum_of_rows".into())),
        }
        fields.into()
    }
}
