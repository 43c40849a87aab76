//! The functions of formulas, over columns. Each group of the `drillcore-formulas` crate has its file here; the meaning
//! of a function is what its entry there says and its reference does.
//!
//! | file | |
//! |---|---|
//! | `function` | the function of DataFusion that all of them are |
//! | `call` | the arguments of a call and how results are gathered |
//! | `number`, `text`, `pattern`, `calendar`, `clock`, `conversion` | the groups |

mod calendar;
mod call;
mod clock;
mod conversion;
mod function;
mod number;
mod pattern;
mod text;

pub(crate) use function::scalar_expr;
