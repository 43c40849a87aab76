//! A formula over the columns of a table, as the formula crate understands it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use drillcore_formulas::{Expr, Setting, Typed, Value, check_row, evaluate, parse};

use super::names::Columns;
use super::table::Column;

/// A formula of row level; its leaves are places of columns.
#[derive(Debug, Clone)]
pub struct Formula {
    /// The text.
    pub text: String,
    /// What is written.
    pub tree: Expr,
    /// What it means.
    pub typed: Typed<usize>,
}

impl Formula {
    /// The formula of a text.
    ///
    /// # Errors
    /// The text is no formula, or has no meaning over these columns.
    pub fn new(text: &str, setting: &Setting, columns: &[Column]) -> Result<Self, drillcore_formulas::Error> {
        let tree = parse(text)?;
        let typed = check_row(&tree, setting, &mut Columns(columns))?;
        Ok(Self { text: text.to_owned(), tree, typed })
    }

    /// What the reference gives for a row.
    ///
    /// # Errors
    /// It panics.
    pub fn value(&self, row: &[Value]) -> Result<Value, String> {
        value_of(&self.typed, row)
    }

    /// Whether the text that its tree is printed as is the same formula.
    ///
    /// # Errors
    /// It is not.
    pub fn check_printing(&self) -> Result<(), String> {
        let printed = self.tree.to_string();
        match parse(&printed) {
            Err(error) => Err(format!("is printed as what cannot be read: {printed}\n{}", error.render(&printed))),
            Ok(again) if again.clone().without_spans() != self.tree.clone().without_spans() => {
                Err(format!("is printed as another formula: {printed}\nwhich is {again}"))
            }
            Ok(_) => Ok(()),
        }
    }
}

/// What the reference gives for a row.
pub(super) fn value_of(typed: &Typed<usize>, row: &[Value]) -> Result<Value, String> {
    let evaluated = catch_unwind(AssertUnwindSafe(|| evaluate(typed, &mut |column: &usize| row[*column].clone())));
    evaluated.map_err(|panic| format!("the reference panics: {}", told(panic.as_ref())))
}

/// What a panic said.
pub(super) fn told(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".to_owned())
}
