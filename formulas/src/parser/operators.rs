//! What stands behind a value: operators and comparisons.

use super::{Built, Parser};
use crate::lexer::{Keyword, TokenKind};
use crate::precedence::Precedence;
use crate::tree::{Call, Expr, ExprKind};
use crate::typed::{Arithmetic, Comparison};
use crate::{Error, Function, Span};

/// The word, and the function that it calls.
const LIKE: &str = "LIKE";

#[derive(Debug, Clone, Copy)]
pub(super) enum Infix {
    Or,
    And,
    Compare(Comparison),
    Is,
    In,
    Between,
    Like,
    /// `NOT IN`, `NOT BETWEEN` or `NOT LIKE`.
    Not,
    Concat,
    Arithmetic(Arithmetic),
}

impl Infix {
    pub(super) fn precedence(self) -> Precedence {
        match self {
            Self::Or => Precedence::Or,
            Self::And => Precedence::And,
            Self::Compare(_) | Self::Is | Self::In | Self::Between | Self::Like | Self::Not => Precedence::Compare,
            Self::Concat => Precedence::Concat,
            Self::Arithmetic(how) => how.precedence(),
        }
    }
}

impl Parser<'_> {
    /// The operator that comes next, if one does.
    pub(super) fn infix_ahead(&self) -> Option<Infix> {
        match &self.next.kind {
            TokenKind::Keyword(Keyword::Or) => Some(Infix::Or),
            TokenKind::Keyword(Keyword::And) => Some(Infix::And),
            TokenKind::Keyword(Keyword::Is) => Some(Infix::Is),
            TokenKind::Keyword(Keyword::In) => Some(Infix::In),
            TokenKind::Keyword(Keyword::Between) => Some(Infix::Between),
            TokenKind::Keyword(Keyword::Not) => Some(Infix::Not),
            TokenKind::Word if self.is_word(LIKE) => Some(Infix::Like),
            TokenKind::Comparison(how) => Some(Infix::Compare(*how)),
            TokenKind::Concat => Some(Infix::Concat),
            TokenKind::Arithmetic(how) => Some(Infix::Arithmetic(*how)),
            _ => None,
        }
    }

    /// The operator that comes next, and what stands behind it.
    pub(super) fn infix(&mut self, left: Built, infix: Infix) -> Result<Built, Error> {
        match infix {
            Infix::Or => self.chain(left, Keyword::Or, Precedence::And, ExprKind::Or),
            Infix::And => self.chain(left, Keyword::And, Precedence::Not, ExprKind::And),
            Infix::Compare(how) => self.binary(left, infix, |left, right| ExprKind::Compare(how, left, right)),
            Infix::Concat => self.binary(left, infix, ExprKind::Concat),
            Infix::Arithmetic(how) => self.binary(left, infix, |left, right| ExprKind::Arithmetic(how, left, right)),
            Infix::Like => self.like(left, false),
            Infix::Is => {
                self.advance();
                let negated = self.eat_keyword(Keyword::Not).is_some();
                let end = self.expect_keyword(Keyword::Null)?;
                let span = left.expr.span.to(end);
                self.make(ExprKind::IsNull { value: left.expr, negated }, span, left.depth)
            }
            Infix::In => {
                self.advance();
                self.list(left, false)
            }
            Infix::Between => {
                self.advance();
                self.between(left, false)
            }
            Infix::Not => {
                self.advance();
                if self.eat_keyword(Keyword::In).is_some() {
                    self.list(left, true)
                } else if self.eat_keyword(Keyword::Between).is_some() {
                    self.between(left, true)
                } else if self.is_word(LIKE) {
                    self.like(left, true)
                } else {
                    Err(self.expected("IN, BETWEEN or LIKE behind NOT"))
                }
            }
        }
    }

    /// `left AND b AND c ..`, flat.
    fn chain(
        &mut self,
        left: Built,
        between: Keyword,
        least: Precedence,
        kind: impl FnOnce(Vec<Expr>) -> ExprKind,
    ) -> Result<Built, Error> {
        let (mut span, mut depth, mut parts) = (left.expr.span, left.depth, vec![*left.expr]);
        while self.eat_keyword(between).is_some() {
            let part = self.expression(least)?;
            span = span.to(part.expr.span);
            depth = depth.max(part.depth);
            parts.push(*part.expr);
        }
        self.make(kind(parts), span, depth)
    }

    fn binary(
        &mut self,
        left: Built,
        infix: Infix,
        kind: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind,
    ) -> Result<Built, Error> {
        self.advance();
        let right = self.expression(infix.precedence().tighter())?;
        let span = left.expr.span.to(right.expr.span);
        self.make(kind(left.expr, right.expr), span, left.depth.max(right.depth))
    }

    /// The ends behind `BETWEEN`.
    fn between(&mut self, left: Built, negated: bool) -> Result<Built, Error> {
        let low = self.expression(Precedence::Concat)?;
        self.expect_keyword(Keyword::And)?;
        let high = self.expression(Precedence::Concat)?;
        let span = left.expr.span.to(high.expr.span);
        let depth = left.depth.max(low.depth).max(high.depth);
        self.make(ExprKind::Between { value: left.expr, low: low.expr, high: high.expr, negated }, span, depth)
    }

    /// `LIKE` and the pattern behind it: another way to write a call.
    fn like(&mut self, left: Built, negated: bool) -> Result<Built, Error> {
        let name_span = self.advance().span;
        let function = self.function(LIKE, name_span)?;
        let pattern = self.expression(Precedence::Concat)?;
        let (span, depth) = (left.expr.span.to(pattern.expr.span), left.depth.max(pattern.depth));
        let arguments = vec![*left.expr, *pattern.expr];
        let call = match function {
            Some(function) => self.make(plain_call(function, name_span, arguments), span, depth)?,
            None => self.nothing(span)?,
        };
        if negated { self.make(ExprKind::Not(call.expr), span, call.depth) } else { Ok(call) }
    }
}

fn plain_call(function: Function, name_span: Span, arguments: Vec<Expr>) -> ExprKind {
    ExprKind::Call(Call {
        function,
        name_span,
        arguments,
        filter: None,
        grain: None,
        partition: None,
        order: Vec::new(),
    })
}
