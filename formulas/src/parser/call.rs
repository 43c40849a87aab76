//! Calls of functions.

use super::recover::{Inside, Until};
use super::{Built, Parser};
use crate::lexer::TokenKind;
use crate::precedence::Precedence;
use crate::tree::{Call, Expr, ExprKind, Grain, OrderKey, Reference};
use crate::typed::Arithmetic;
use crate::{Error, Function, Span};

/// What stands in the brackets of a call.
#[derive(Debug, Default)]
pub(super) struct Parts {
    arguments: Vec<Expr>,
    pub(super) filter: Option<Box<Expr>>,
    pub(super) grain: Option<Grain>,
    pub(super) partition: Option<Vec<Reference>>,
    pub(super) order: Vec<OrderKey>,
    /// The greatest depth of what there is.
    pub(super) depth: usize,
}

impl Parser<'_> {
    /// The call of a function whose name was read; its bracket follows.
    pub(super) fn call(&mut self, name_span: Span) -> Result<Built, Error> {
        let name = self.shown(name_span);
        let function = self.function(&name, name_span)?;
        self.advance();
        let inside = self.inside();
        let mut parts = Parts::default();
        if let Err(error) = self.parts(function, &mut parts, inside) {
            self.recovered(error, inside, Until::Closing)?;
        }
        let span = name_span.to(self.expect(&TokenKind::RightBracket, "`)`")?);
        let Some(function) = function else { return self.nothing(span) };
        let Parts { arguments, filter, grain, partition, order, depth } = parts;
        let call = Call { function, name_span, arguments, filter, grain, partition, order };
        self.make(ExprKind::Call(call), span, depth)
    }

    /// The function of a name. That there is none does not hinder reading on.
    pub(super) fn function(&mut self, name: &str, span: Span) -> Result<Option<Function>, Error> {
        let function = Function::from_name(name);
        if function.is_none() {
            let hint = Function::meant_by(name).map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            self.report(Error::new(span, format!("there is no function `{name}`{hint}")))?;
        }
        Ok(function)
    }

    /// What stands in the brackets, up to the closing one.
    fn parts(&mut self, function: Option<Function>, parts: &mut Parts, inside: Inside) -> Result<(), Error> {
        self.no_star_or_distinct()?;
        if self.next.kind != TokenKind::RightBracket && self.clause_ahead().is_none() {
            loop {
                if let Err(error) = self.argument(parts) {
                    self.recovered(error, inside, Until::NextPart)?;
                }
                if self.eat(&TokenKind::Comma).is_none() {
                    break;
                }
            }
        }
        let rest = self.clauses(function, parts)?;
        if self.next.kind == TokenKind::RightBracket { Ok(()) } else { Err(self.expected(rest)) }
    }

    fn argument(&mut self, parts: &mut Parts) -> Result<(), Error> {
        if self.clause_ahead().is_some() {
            return Err(self.expected("a value"));
        }
        let argument = self.expression(Precedence::Or)?;
        parts.depth = parts.depth.max(argument.depth);
        parts.arguments.push(*argument.expr);
        match self.next.kind {
            TokenKind::Comma | TokenKind::RightBracket => Ok(()),
            _ if self.clause_ahead().is_some() => Ok(()),
            _ => Err(self.expected_operator("an operator, `,` or `)`")),
        }
    }

    /// `COUNT(*)` and `COUNT(DISTINCT a)` have names of their own.
    fn no_star_or_distinct(&mut self) -> Result<(), Error> {
        let message = if self.next.kind == TokenKind::Arithmetic(Arithmetic::Multiply) {
            "`*` is no value; COUNTR() counts the rows"
        } else if self.is_word("DISTINCT") {
            "DISTINCT does not stand here; COUNTD(a) counts the different values"
        } else {
            return Ok(());
        };
        let span = self.advance().span;
        self.report(Error::new(span, message))
    }
}
