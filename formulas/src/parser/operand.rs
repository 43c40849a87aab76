//! What operators stand between: constants, names, brackets, `CASE`.

use super::{Built, Parser};
use crate::lexer::{Keyword, TokenKind, number_literal};
use crate::precedence::Precedence;
use crate::tree::{Expr, ExprKind, Literal};
use crate::typed::Arithmetic;
use crate::{Error, Function};

impl Parser<'_> {
    /// A value with the signs before it, in a place that holds it so tightly.
    pub(super) fn operand(&mut self, least: Precedence) -> Result<Built, Error> {
        match &mut self.next.kind {
            TokenKind::Number => self.number(false),
            TokenKind::Text(text) => {
                let text = std::mem::take(text);
                self.constant(Literal::Text(text))
            }
            TokenKind::Reference(reference) => {
                let kind = ExprKind::Reference(reference.clone());
                let span = self.advance()?.span;
                self.make(kind, span, 0)
            }
            TokenKind::LeftBracket => self.brackets(),
            TokenKind::Arithmetic(Arithmetic::Subtract) => self.negated(),
            TokenKind::Keyword(Keyword::True) => self.constant(Literal::Boolean(true)),
            TokenKind::Keyword(Keyword::False) => self.constant(Literal::Boolean(false)),
            TokenKind::Keyword(Keyword::Null) => self.constant(Literal::Null),
            TokenKind::Keyword(Keyword::Not) if least <= Precedence::Not => {
                let start = self.advance()?.span;
                let inner = self.expression(Precedence::Not)?;
                let span = start.to(inner.expr.span);
                self.make(ExprKind::Not(Box::new(inner.expr)), span, inner.depth)
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

    fn constant(&mut self, literal: Literal) -> Result<Built, Error> {
        let span = self.advance()?.span;
        self.make(ExprKind::Literal(literal), span, 0)
    }

    fn number(&mut self, negative: bool) -> Result<Built, Error> {
        let text = self.next.span.text(self.lexer.source()).unwrap_or_default();
        match number_literal(text, negative) {
            Ok(literal) => self.constant(literal),
            Err(message) => Err(Error::new(self.next.span, message)),
        }
    }

    /// `-a`. A sign before a number is part of it, or the least integer could not be written.
    fn negated(&mut self) -> Result<Built, Error> {
        let start = self.advance()?.span;
        if self.next.kind == TokenKind::Number {
            let mut number = self.number(true)?;
            number.expr.span = start.to(number.expr.span);
            return Ok(number);
        }
        let inner = self.expression(Precedence::Negate)?;
        let span = start.to(inner.expr.span);
        self.make(ExprKind::Negate(Box::new(inner.expr)), span, inner.depth)
    }

    fn brackets(&mut self) -> Result<Built, Error> {
        let start = self.advance()?.span;
        let mut inner = self.expression(Precedence::Or)?;
        let end = self.expect(&TokenKind::RightBracket, "an operator or `)`")?;
        inner.expr.span = start.to(end);
        Ok(inner)
    }

    fn case(&mut self) -> Result<Built, Error> {
        let start = self.advance()?.span;
        if self.next.kind != TokenKind::Keyword(Keyword::When) {
            return Err(self.expected("WHEN and a condition"));
        }
        let (mut branches, mut depth) = (Vec::new(), 0);
        while self.eat_keyword(Keyword::When)?.is_some() {
            let condition = self.expression(Precedence::Or)?;
            self.expect_keyword(Keyword::Then)?;
            let value = self.expression(Precedence::Or)?;
            depth = condition.depth.max(value.depth).max(depth);
            branches.push((condition.expr, value.expr));
        }
        let mut otherwise: Option<Box<Expr>> = None;
        if self.eat_keyword(Keyword::Else)?.is_some() {
            let value = self.expression(Precedence::Or)?;
            depth = value.depth.max(depth);
            otherwise = Some(Box::new(value.expr));
        }
        let end = self.expect_keyword(Keyword::End)?;
        self.make(ExprKind::Case { branches, otherwise }, start.to(end), depth)
    }

    fn word(&mut self) -> Result<Built, Error> {
        let word = self.advance()?.span;
        if self.next.kind == TokenKind::LeftBracket {
            return self.call(word);
        }
        let name = self.shown(word);
        let message = match Function::from_name(&name) {
            Some(function) => format!("`{}` is a function; `(` is missing behind it", function.name()),
            None => format!("`{name}` has no meaning here; names of columns are written in braces: {{{name}}}"),
        };
        Err(Error::new(word, message))
    }
}
