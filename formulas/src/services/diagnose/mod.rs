//! Everything that is wrong with a formula.

mod faults;
mod parts;
mod warnings;

use crate::{Error, Names, Setting, Span, parse_all};
use faults::Faults;

/// What a formula is evaluated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormulaLevel {
    /// Each row; [`check_row`](crate::check_row).
    Row,
    /// Each group; [`check_aggregate`](crate::check_aggregate).
    Aggregate,
    /// Each row of an answer; [`check_window`](crate::check_window).
    Window,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The formula means nothing.
    Error,
    /// The formula means something, but hardly what was meant.
    Warning,
}

/// Something that is wrong with a formula, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The bytes of the text that are meant.
    pub span: Span,
    /// What is wrong, in one line.
    pub message: String,
}

impl Diagnostic {
    /// Position and message, and below them the line of the text with the place marked; as
    /// [`Error::render`](crate::Error::render). `source` is the text that was looked at.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        let severity = if self.severity == Severity::Warning { "warning: " } else { "" };
        format!("{}: {severity}{}\n{}", self.span.position(source), self.message, self.span.render(source))
    }
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self { severity: Severity::Error, span: error.span(), message: error.message().to_owned() }
    }
}

/// Everything that is wrong with a formula, in the order of its text; nothing if it can be used.
///
/// A text that is no formula has the errors of [`parse_all`](crate::parse_all). Else its names, types and levels are
/// checked part by part, so that a fault in one argument does not hide that of another. Whatever holds a fault counts
/// as NULL in what is around it, which fits everywhere: no fault is told twice, and none that another one causes. At
/// most [`MAX_ERRORS`](crate::MAX_ERRORS) are told. There are no warnings beside errors of the syntax.
///
/// `names` is asked about the same names again and again.
///
/// ```
/// use drillcore_formulas::{
///     AggregateFunction, Diagnostic, FormulaLevel, Names, Reference, Setting, Type, diagnose, did_you_mean,
/// };
///
/// struct Sales;
///
/// impl Names for Sales {
///     type Column = ();
///     type Measure = ();
///
///     fn column(&mut self, reference: &Reference) -> Result<((), Type), String> {
///         let hint = did_you_mean(&reference.name, ["price"]);
///         if reference.name == "price" { Ok(((), Type::Float)) } else {
///             Err(format!("there is no column `{}`{hint}", reference.name))
///         }
///     }
///     fn measure(&mut self, _: &Reference) -> Result<((), Type), String> {
///         Err("there are no measures".to_owned())
///     }
///     fn aggregate_type(&self, _: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
///         Ok(argument.unwrap_or(Type::Integer))
///     }
/// }
///
/// let source = "IF({pryce} > 3, 'a' + 1, NULL)";
/// let found = diagnose(source, &Setting::default(), FormulaLevel::Row, &mut Sales);
/// assert_eq!(found.iter().map(|one| one.message.as_str()).collect::<Vec<_>>(), [
///     "there is no column `pryce`; did you mean `price`?",
///     "`+` takes numbers, not text; `||` joins texts",
/// ]);
/// assert_eq!(found[0].render(source), "line 1, column 4: there is no column `pryce`; did you mean `price`?\n\
///                                      1 | IF({pryce} > 3, 'a' + 1, NULL)\n  |    ^^^^^^^\n");
/// ```
#[must_use]
pub fn diagnose<N: Names>(source: &str, setting: &Setting, level: FormulaLevel, names: &mut N) -> Vec<Diagnostic> {
    let formula = match parse_all(source) {
        Ok(formula) => formula,
        Err(errors) => return errors.into_iter().map(Diagnostic::from).collect(),
    };
    let warnings = warnings::of(&formula);
    let errors = Faults::of(formula, setting, level, names);
    let mut found: Vec<Diagnostic> = errors.into_iter().map(Diagnostic::from).chain(warnings).collect();
    found.sort_by_key(|one| (one.span.start(), one.span.end(), one.severity));
    found
}

#[cfg(test)]
mod tests;
