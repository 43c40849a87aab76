//! The formula language of drillcore: text to a typed tree.
//!
//! A formula computes a value from names: `{late} / {flights}`, `SUM({price} * {pieces})`. [`parse`] reads its text and
//! gives a tree of what is written, an [`Expr`], which can be printed again. [`check_row`] or [`check_aggregate`] then
//! ask the caller what the names stand for and give a [`Typed`] tree, where every value has a [`Type`] and every
//! conversion is a node. Whoever evaluates that tree needs no more rules; [`evaluate`] is the plain way to do so, one
//! row at a time.
//!
//! ```
//! use drillcore_formulas::{AggregateFunction, Names, Reference, Setting, Type, Value, check_row, evaluate, parse};
//!
//! struct Flights;
//!
//! impl Names for Flights {
//!     type Column = &'static str;
//!     type Measure = ();
//!
//!     fn column(&mut self, reference: &Reference) -> Result<(&'static str, Type), String> {
//!         match reference.name.as_str() {
//!             "distance" => Ok(("distance", Type::Integer)),
//!             "air_time" => Ok(("air_time", Type::Float)),
//!             other => Err(format!("there is no column `{other}`")),
//!         }
//!     }
//!     fn measure(&mut self, _: &Reference) -> Result<((), Type), String> {
//!         Err("there are no measures".to_owned())
//!     }
//!     fn aggregate_type(&self, _: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
//!         Ok(argument.unwrap_or(Type::Integer))
//!     }
//! }
//!
//! let speed = check_row(&parse("{distance} / ({air_time} / 60)")?, &Setting::default(), &mut Flights)?;
//! assert_eq!(speed.value_type, Type::Float);
//! let value = evaluate(&speed, &mut |column| match *column {
//!     "distance" => Value::Integer(1400),
//!     _ => Value::Float(210.0),
//! });
//! assert_eq!(value, Value::Float(400.0));
//!
//! let source = "{distance} + {carrier}";
//! let error = check_row(&parse(source)?, &Setting::default(), &mut Flights).unwrap_err();
//! assert_eq!(error.render(source), "line 1, column 14: there is no column `carrier`\n\
//!                                   1 | {distance} + {carrier}\n  |              ^^^^^^^^^\n");
//! # Ok::<(), drillcore_formulas::Error>(())
//! ```
//!
//! # Language
//!
//! | | |
//! |---|---|
//! | names | `{column}`, `{dataset:column}`, `{link.link:column}`, `{"a:b":"c"}`; `}}` is a brace inside a name |
//! | constants | `12`, `12.50` (exact), `1.25e3` (float), `'it''s'` or `"text"`, `TRUE`, `FALSE`, `NULL` |
//! | times | `@2024-03-01`, `@2024-03-01T10:30` (wall clock), `@2024-03-01T10:30Z` (instant), `@1d12h` (a number of seconds) |
//! | operators, tightest first | `-a`; `*` `/`; `+` `-`; `\|\|`; comparisons; `NOT`; `AND`; `OR` |
//! | comparisons | `=` `<>` `!=` `<` `<=` `>` `>=`, `IS [NOT] NULL`, `[NOT] IN (..)`, `[NOT] BETWEEN a AND b`, `[NOT] LIKE`; they do not chain |
//! | choices | `CASE WHEN a THEN b ELSE c END`, `CASE x WHEN a THEN b END` |
//! | conversions | `CAST(a, hierarchy)` or `text`, `numeric` or `float`, `integer`, `decimal(p, s)`, `boolean`, `date`, `datetime`, `local_datetime` |
//! | functions | [`Function::all`], each with its [`Entry`]; [`reference_markdown`] writes them down |
//! | aggregates | may end in a condition and a grain: `SUM({a} WHERE {b} > 3)`, `COUNTR(FULL)`, `SUM({a} FIXED {c})`, `AVG(SUM({a} INCLUDE {c}))`, `SUM({a} EXCLUDE {c})` |
//! | windows | may end in `PARTITION BY {a}, ..` or `PARTITION BY ()` and `ORDER BY {a} DESC NULLS FIRST, ..` |
//! | comments | `-- to the end of the line`, `/* between */` |
//!
//! Keywords and functions may be in any case.
//!
//! # Levels
//!
//! A formula of row level has one value per row and cannot hold aggregates but those that are `FIXED`; [`check_row`].
//! One of aggregate level has one value per group: `{x}` is a measure of the same query, and only inside an aggregate a
//! column; [`check_aggregate`]. Aggregates nest only over finer groups: `AVG(SUM({a} INCLUDE {c}))`. One of window level
//! has one value per row of an answer, and its window functions look at the other rows; [`check_window`].
//!
//! # NULL and faults of the data
//!
//! A formula never fails on data: what has no value is NULL. That is arithmetic past the range of its type, also of
//! integers, which never wrap; a division by zero; a result that is infinite; a text that is no number in a `CAST`. A
//! NULL operand makes the result NULL, but for `IS NULL` and [three-valued](Node::And) `AND` and `OR`; a condition that
//! is NULL counts as not true. `a IN (b, NULL)` is true or NULL, never false. Floats are never NaN, infinite or -0.0.
//!
//! # Untrusted input
//!
//! Formulas may come from anybody. Nothing here panics on any text, or on any span, also one that belongs to another
//! text; what is shown of a text is cut to [`Span::SHOWN_CHARS`] characters, and control characters are not shown as
//! they are. Time and memory are bounded by [`MAX_SOURCE_BYTES`], [`MAX_DEPTH`], [`MAX_NODES`] and
//! [`MAX_TYPED_NODES`]; within them every tree that was parsed can be printed, checked, evaluated and dropped on a stack
//! of 2 MiB. The names in a formula are only names: who may see what they stand for is up to the caller.
//!
//! The crate knows nothing of queries, datasets, Arrow or DataFusion. The engine knows it, never the other way round.

mod check;
mod date_format;
mod error;
mod function;
mod functions;
mod interpret;
mod levels;
mod lexer;
mod limits;
mod parser;
mod pattern;
mod precedence;
mod print;
mod references;
mod registry;
mod rename;
mod services;
mod setting;
mod span;
mod suggest;
mod tree;
mod typed;
mod types;

pub use check::{Names, check_aggregate, check_row, check_window};
pub use date_format::{DateFormat, DateFormatPart};
pub use error::Error;
pub use function::Function;
pub use functions::{
    AggregateFunction, CalendarFunction, ChoiceFunction, ClockFunction, ConversionFunction, NumberFunction,
    PatternFunction, ScalarFunction, TextFunction, WindowFunction,
};
pub use interpret::{Decimal, Value, evaluate};
pub use levels::{Aggregate, AggregateLeaf, Finer, Groups, Nested, Window, WindowLeaf};
pub use limits::{
    MAX_DEPTH, MAX_ERRORS, MAX_GROWN_BYTES, MAX_NODES, MAX_SOURCE_BYTES, MAX_TEXT_BYTES, MAX_TYPED_NODES,
};
pub use parser::{parse, parse_all};
pub use pattern::pattern;
pub use references::{References, references};
pub use registry::{Entry, Kind, NullRule, Parameter, Presence, ResultType};
pub use rename::renamed;
pub use services::{
    Candidate, CandidateKind, Completion, CompletionKind, Diagnostic, FormulaLevel, ParameterHelp, Severity,
    SignatureHelp, Subtype, aggregate_subtype, complete, diagnose, did_you_mean, function_markdown, infer_subtype,
    reference_markdown, signature, signature_help, window_subtype,
};
pub use setting::Setting;
pub use span::{Position, Span};
pub use tree::{Call, CastTarget, Expr, ExprKind, Grain, GrainKind, Literal, OrderKey, Reference};
pub use typed::{Arithmetic, Comparison, Constant, Node, Typed};
pub use types::Type;
