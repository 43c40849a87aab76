//! Tokens to a tree: operators by precedence climbing, everything else by descent.
//!
//! The tree grows on the heap as it is built, so that a level of the formula costs little of the stack.

mod call;
mod case;
mod cast;
mod clause;
mod hints;
mod operand;
mod operators;
mod recover;
mod tokens;

use crate::lexer::{Lexer, Token, TokenKind};
use crate::limits::{MAX_DEPTH, MAX_NESTING, MAX_NODES, MAX_SOURCE_BYTES};
use crate::precedence::Precedence;
use crate::tree::{Expr, ExprKind, Literal};
use crate::{Error, Span};

/// Reads a formula.
///
/// Keywords and names of functions may be in any case. Names in braces are taken as they stand, no one is asked whether
/// they exist.
///
/// # Errors
///
/// The text is no formula, calls a function that does not exist, or passes a limit: [`MAX_SOURCE_BYTES`],
/// [`MAX_DEPTH`] (brackets may be twice as deep), [`MAX_NODES`], [`MAX_TEXT_BYTES`](crate::MAX_TEXT_BYTES).
///
/// ```
/// use drillcore_formulas::parse;
///
/// assert!(parse("SUM({distance} WHERE {carrier} IN ('UA', 'DL') FIXED {origin}) / COUNTR()").is_ok());
/// let error = parse("1 < {x} < 3").unwrap_err();
/// assert_eq!(error.message(), "put brackets around the comparison before `<`");
/// assert_eq!(error.span().start(), 8);
/// ```
pub fn parse(source: &str) -> Result<Expr, Error> {
    fits(source)?;
    Parser::new(source).formula()
}

/// Reads a formula as [`parse`] does, but goes on behind an error where that makes sense: at the next comma of the
/// brackets that it stands in, or where these close. For editors, which show all errors at once.
///
/// # Errors
///
/// Those of [`parse`], at most [`MAX_ERRORS`](crate::MAX_ERRORS) and at least one. The first is the one that [`parse`]
/// gives.
///
/// ```
/// use drillcore_formulas::{Error, parse, parse_all};
///
/// let source = "IF({late} > , SUMM({x}), @2024-13-01)";
/// let errors = parse_all(source).unwrap_err();
/// let messages: Vec<_> = errors.iter().map(Error::message).collect();
/// assert_eq!(messages, [
///     "expected a value, found `,`",
///     "there is no function `SUMM`; did you mean `SUM`?",
///     "there is no month 13",
/// ]);
/// assert_eq!(parse(source).unwrap_err(), errors[0]);
/// ```
pub fn parse_all(source: &str) -> Result<Expr, Vec<Error>> {
    fits(source).map_err(|error| vec![error])?;
    let mut parser = Parser::new(source);
    parser.recovering = true;
    let read = parser.formula();
    let mut errors = parser.errors;
    match read {
        Ok(formula) if errors.is_empty() => return Ok(formula),
        Ok(_) => {}
        Err(error) => errors.push(error),
    }
    Err(errors)
}

/// Whether a text is short enough.
pub(crate) fn fits(source: &str) -> Result<(), Error> {
    if source.len() <= MAX_SOURCE_BYTES {
        return Ok(());
    }
    let message = format!("the formula has {} bytes; the most are {MAX_SOURCE_BYTES}", source.len());
    Err(Error::new(Span::at(0), message))
}

#[derive(Debug)]
struct Parser<'s> {
    lexer: Lexer<'s>,
    /// The token that is not used yet.
    next: Token,
    /// How many nodes were made.
    nodes: usize,
    /// How many expressions are open.
    nesting: usize,
    /// How many round brackets are open.
    open: usize,
    /// Whether reading goes on behind an error.
    recovering: bool,
    /// The errors behind which it went on.
    errors: Vec<Error>,
}

/// A tree and its depth.
#[derive(Debug)]
struct Built {
    expr: Box<Expr>,
    depth: usize,
}

impl<'s> Parser<'s> {
    fn new(source: &'s str) -> Self {
        let mut lexer = Lexer::new(source);
        let next = lexer.token();
        Self { lexer, next, nodes: 0, nesting: 0, open: 0, recovering: false, errors: Vec::new() }
    }

    /// All of the text.
    fn formula(&mut self) -> Result<Expr, Error> {
        let built = self.expression(Precedence::Or)?;
        if self.next.kind == TokenKind::End {
            Ok(*built.expr)
        } else {
            Err(self.expected_operator("an operator or the end"))
        }
    }

    /// A value and the operators behind it that hold at least so tightly.
    fn expression(&mut self, least: Precedence) -> Result<Built, Error> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(self.too_deep(self.next.span));
        }
        let mut left = self.operand(least)?;
        let mut compared = false;
        while let Some(infix) = self.infix_ahead().filter(|infix| infix.precedence() >= least) {
            // What binds tighter was taken by the right side; it can only stand behind `IS NULL` or a list.
            if compared && infix.precedence() >= Precedence::Compare {
                let message = format!("put brackets around the comparison before {}", self.found());
                return Err(Error::new(self.next.span, message));
            }
            compared |= infix.precedence() == Precedence::Compare;
            left = self.infix(left, infix)?;
        }
        self.nesting -= 1;
        Ok(left)
    }

    /// A node above parts of at most this depth.
    fn make(&mut self, kind: ExprKind, span: Span, below: usize) -> Result<Built, Error> {
        self.count(span)?;
        if below >= MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        Ok(Built { expr: Box::new(Expr { kind, span }), depth: below + 1 })
    }

    /// What takes the place of something that is wrong.
    fn nothing(&mut self, span: Span) -> Result<Built, Error> {
        self.make(ExprKind::Literal(Literal::Null), span, 0)
    }

    /// One more node.
    fn count(&mut self, span: Span) -> Result<(), Error> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        Err(self.last(Error::new(span, format!("the formula has more than {MAX_NODES} parts"))))
    }

    fn too_deep(&mut self, span: Span) -> Error {
        self.last(Error::new(span, format!("the formula is nested too deeply; the most are {MAX_DEPTH} levels")))
    }
}

#[cfg(test)]
mod tests;
