//! What operators stand between: constants, names, brackets, calls.

use super::recover::Until;
use super::{Built, Parser, hints};
use crate::lexer::{Keyword, TokenKind, at_literal, number_literal};
use crate::limits::MAX_TEXT_BYTES;
use crate::precedence::Precedence;
use crate::tree::{Expr, ExprKind, Literal};
use crate::typed::Arithmetic;
use crate::{Error, Function};

impl Parser<'_> {
    /// A value with the signs before it, in a place that holds it so tightly.
    pub(super) fn operand(&mut self, least: Precedence) -> Result<Built, Error> {
        match &mut self.next.kind {
            TokenKind::Number => self.number(false),
            TokenKind::At => {
                let read = at_literal(self.text(self.next.span), self.next.span);
                self.constant(read)
            }
            TokenKind::Text(text) => {
                let text = std::mem::take(text);
                self.text_constant(text)
            }
            TokenKind::Reference(_) => {
                let reference = self.name()?;
                let span = reference.span;
                self.make(ExprKind::Reference(reference), span, 0)
            }
            TokenKind::LeftBracket => self.brackets(),
            TokenKind::Arithmetic(Arithmetic::Subtract) => self.negated(),
            TokenKind::Keyword(Keyword::True) => self.constant(Ok(Literal::Boolean(true))),
            TokenKind::Keyword(Keyword::False) => self.constant(Ok(Literal::Boolean(false))),
            TokenKind::Keyword(Keyword::Null) => self.constant(Ok(Literal::Null)),
            TokenKind::Keyword(Keyword::Not) if least <= Precedence::Not => {
                let start = self.advance().span;
                let inner = self.expression(Precedence::Not)?;
                let span = start.to(inner.expr.span);
                self.make(ExprKind::Not(inner.expr), span, inner.depth)
            }
            TokenKind::Keyword(Keyword::Not) => {
                Err(Error::new(self.next.span, "put brackets around NOT and what it applies to"))
            }
            TokenKind::Keyword(Keyword::Case) => self.case(),
            TokenKind::Keyword(Keyword::Cast) => self.cast(),
            TokenKind::Word => self.word(),
            _ => Err(self.expected("a value")),
        }
    }

    /// The next token as a constant. What is wrong inside it does not hinder reading on.
    fn constant(&mut self, read: Result<Literal, Error>) -> Result<Built, Error> {
        let span = self.advance().span;
        match read {
            Ok(literal) => self.make(ExprKind::Literal(literal), span, 0),
            Err(error) => {
                self.report(error)?;
                self.nothing(span)
            }
        }
    }

    fn number(&mut self, negative: bool) -> Result<Built, Error> {
        let span = self.next.span;
        let read = number_literal(self.text(span), negative).map_err(|message| Error::new(span, message));
        self.constant(read)
    }

    fn text_constant(&mut self, text: String) -> Result<Built, Error> {
        let read = if text.len() <= MAX_TEXT_BYTES {
            Ok(Literal::Text(text))
        } else {
            let message = format!("the text has {} bytes; the most are {MAX_TEXT_BYTES}", text.len());
            Err(Error::new(self.next.span, message))
        };
        self.constant(read)
    }

    /// `-a`. A sign before a number is part of it, or the least integer could not be written.
    fn negated(&mut self) -> Result<Built, Error> {
        let start = self.advance().span;
        if self.next.kind == TokenKind::Number {
            let mut number = self.number(true)?;
            number.expr.span = start.to(number.expr.span);
            return Ok(number);
        }
        let inner = self.expression(Precedence::Negate)?;
        let span = start.to(inner.expr.span);
        self.make(ExprKind::Negate(inner.expr), span, inner.depth)
    }

    fn brackets(&mut self) -> Result<Built, Error> {
        let start = self.advance().span;
        let inside = self.inside();
        let mut inner = match self.bracketed() {
            Ok(inner) => inner,
            Err(error) => {
                self.recovered(error, inside, Until::Closing)?;
                self.nothing(start)?
            }
        };
        let end = self.expect(&TokenKind::RightBracket, "`)`")?;
        inner.expr.span = start.to(end);
        Ok(inner)
    }

    /// What stands in brackets, up to the closing one.
    fn bracketed(&mut self) -> Result<Built, Error> {
        let inner = self.expression(Precedence::Or)?;
        if self.next.kind == TokenKind::RightBracket {
            Ok(inner)
        } else {
            Err(self.expected_operator("an operator or `)`"))
        }
    }

    /// The list behind `IN`.
    pub(super) fn list(&mut self, left: Built, negated: bool) -> Result<Built, Error> {
        self.expect(&TokenKind::LeftBracket, "`(` and a list behind IN")?;
        let inside = self.inside();
        let (mut list, mut depth) = (Vec::new(), left.depth);
        loop {
            if let Err(error) = self.item(&mut list, &mut depth) {
                self.recovered(error, inside, Until::NextPart)?;
            }
            if self.eat(&TokenKind::Comma).is_none() {
                break;
            }
        }
        let end = self.expect(&TokenKind::RightBracket, "`,` or `)`")?;
        let span = left.expr.span.to(end);
        self.make(ExprKind::In { value: left.expr, list, negated }, span, depth)
    }

    fn item(&mut self, list: &mut Vec<Expr>, depth: &mut usize) -> Result<(), Error> {
        let item = self.expression(Precedence::Or)?;
        *depth = item.depth.max(*depth);
        list.push(*item.expr);
        match self.next.kind {
            TokenKind::Comma | TokenKind::RightBracket => Ok(()),
            _ => Err(self.expected_operator("an operator, `,` or `)`")),
        }
    }

    /// A call; or a word that has no meaning, mostly a name without its braces.
    fn word(&mut self) -> Result<Built, Error> {
        let span = self.advance().span;
        if self.next.kind == TokenKind::LeftBracket {
            return self.call(span);
        }
        let name = self.shown(span);
        if name.eq_ignore_ascii_case("IF") {
            return Err(Error::new(span, hints::IF_THEN));
        }
        let text_follows = matches!(self.next.kind, TokenKind::Text(_));
        let message = if let Some(hint) = hints::before_text(&name).filter(|_| text_follows) {
            self.advance();
            hint.to_owned()
        } else if Function::from_name(&name).is_some() {
            format!("`{name}` is the name of a function; `(` is missing behind it, or braces around it: {{{name}}}")
        } else {
            format!("`{name}` has no meaning here; names of columns are written in braces: {{{name}}}")
        };
        self.report(Error::new(span, message))?;
        self.nothing(span)
    }
}
