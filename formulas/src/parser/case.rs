//! `CASE`, with and without a value that is compared.

use super::{Built, Parser};
use crate::Error;
use crate::lexer::{Keyword, TokenKind};
use crate::precedence::Precedence;
use crate::tree::ExprKind;

impl Parser<'_> {
    pub(super) fn case(&mut self) -> Result<Built, Error> {
        let start = self.advance().span;
        let (mut subject, mut branches, mut otherwise, mut depth) = (None, Vec::new(), None, 0);
        match self.next.kind {
            TokenKind::Keyword(Keyword::When | Keyword::Then | Keyword::Else | Keyword::End) | TokenKind::End => {}
            _ => {
                let value = self.expression(Precedence::Or)?;
                depth = value.depth;
                subject = Some(value.expr);
            }
        }
        if self.next.kind != TokenKind::Keyword(Keyword::When) {
            let what = if subject.is_some() { "WHEN and a value" } else { "WHEN and a condition" };
            return Err(self.expected(what));
        }
        while self.eat_keyword(Keyword::When).is_some() {
            let condition = self.expression(Precedence::Or)?;
            self.expect_keyword(Keyword::Then)?;
            let value = self.expression(Precedence::Or)?;
            depth = depth.max(condition.depth).max(value.depth);
            branches.push((*condition.expr, *value.expr));
        }
        if self.eat_keyword(Keyword::Else).is_some() {
            let value = self.expression(Precedence::Or)?;
            depth = depth.max(value.depth);
            otherwise = Some(value.expr);
        }
        let end = self.expect_keyword(Keyword::End)?;
        self.make(ExprKind::Case { subject, branches, otherwise }, start.to(end), depth)
    }
}
