//! Smaller formulas that may still show what a formula showed.

use std::time::{Duration, Instant};

use drillcore_formulas::{Expr, ExprKind, Setting, Value};

use super::class::Class;
use super::formula::Formula;
use super::literal::{of_value, plain};
use super::table::Column;
use super::tree::all_parts;

/// What a smaller formula is worth.
const PATIENCE: Duration = Duration::from_secs(20);

/// Puts smaller things in the place of parts as long as the formula still fails and patience lasts. `row` is one in
/// which it fails, if there is such a row.
pub(super) fn shrink(
    formula: &Formula,
    setting: &Setting,
    columns: &[Column],
    row: Option<&[Value]>,
    fails: impl Fn(&Formula) -> bool,
) -> Formula {
    let started = Instant::now();
    let mut smallest = formula.clone();
    loop {
        let size = size(&smallest.tree);
        let smaller = candidates(&smallest, setting, columns, row)
            .into_iter()
            .filter_map(|text| Formula::new(&text, setting, columns).ok())
            .find(|one| self::size(&one.tree) < size && started.elapsed() < PATIENCE && fails(one));
        match smaller {
            Some(found) => smallest = found,
            None => return smallest,
        }
    }
}

/// The number of parts; then that of names, so that a constant is smaller.
fn size(tree: &Expr) -> (usize, usize) {
    let parts = all_parts(tree);
    let names = parts.iter().filter(|part| matches!(part.kind, ExprKind::Reference(_))).count();
    (parts.len(), names)
}

/// Texts with one part replaced by something simple, larger parts first.
fn candidates(formula: &Formula, setting: &Setting, columns: &[Column], row: Option<&[Value]>) -> Vec<String> {
    let text = formula.text.as_str();
    let parts = all_parts(&formula.tree);
    let mut found = Vec::new();
    for part in &parts {
        let (start, end) = (part.span.start(), part.span.end());
        let (Some(before), Some(own), Some(behind)) = (text.get(..start), text.get(start..end), text.get(end..)) else {
            continue;
        };
        let mut put = |replacement: &str| found.push(format!("{before}({replacement}){behind}"));
        for inner in all_parts(part).into_iter().skip(1) {
            put(inner.span.text(text).unwrap_or_default());
        }
        let Ok(alone) = Formula::new(own, setting, columns) else { continue };
        let class = Class::of(alone.typed.value_type);
        if let Some(literal) = row.and_then(|row| alone.value(row).ok()).and_then(|value| of_value(&value)) {
            put(&literal);
        }
        put("NULL");
        put(plain(class));
        for column in columns.iter().filter(|column| Class::of(column.value_type) == class) {
            put(&format!("{{{}}}", column.name));
        }
    }
    found
}
