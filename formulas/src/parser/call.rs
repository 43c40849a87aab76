//! Calls of functions, and `CAST`, which looks like one.

use super::{Built, Parser};
use crate::lexer::{Keyword, TokenKind};
use crate::precedence::Precedence;
use crate::suggest::nearest;
use crate::tree::{Call, CastTarget, ExprKind};
use crate::{Error, Function, Span};

/// The names of types that a `CAST` can have.
const TARGETS: &[(&str, CastTarget)] = &[
    ("hierarchy", CastTarget::Text),
    ("text", CastTarget::Text),
    ("numeric", CastTarget::Float),
    ("float", CastTarget::Float),
    ("integer", CastTarget::Integer),
];

/// Types that exist, but that nothing is converted to.
const NOT_YET: &[&str] = &["boolean", "date", "datetime", "decimal", "local_datetime", "time"];

impl Parser<'_> {
    /// The call of a function whose name was read; its bracket follows.
    pub(super) fn call(&mut self, name_span: Span) -> Result<Built, Error> {
        let name = self.shown(name_span);
        let Some(function) = Function::from_name(&name) else {
            let hint = Function::meant_by(&name).map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            return Err(Error::new(name_span, format!("there is no function `{name}`{hint}")));
        };
        self.advance()?;
        let (mut arguments, mut filter, mut depth) = (Vec::new(), None, 0);
        let closed = [TokenKind::RightBracket, TokenKind::Keyword(Keyword::Where)];
        if !closed.contains(&self.next.kind) {
            loop {
                let argument = self.expression(Precedence::Or)?;
                depth = argument.depth.max(depth);
                arguments.push(argument.expr);
                if self.eat(&TokenKind::Comma)?.is_none() {
                    break;
                }
            }
        }
        if let Some(place) = self.eat_keyword(Keyword::Where)? {
            if !matches!(function, Function::Aggregate(_)) {
                return Err(Error::new(place, format!("only aggregates take a condition, not {}", function.name())));
            }
            let condition = self.expression(Precedence::Or)?;
            depth = condition.depth.max(depth);
            filter = Some(Box::new(condition.expr));
        }
        let rest = if filter.is_some() { "an operator or `)`" } else { "an operator, `,` or `)`" };
        let end = self.expect(&TokenKind::RightBracket, rest)?;
        let call = Call { function, name_span, arguments, filter };
        self.make(ExprKind::Call(call), name_span.to(end), depth)
    }

    /// `CAST(value, type)`, where the type is a bare word.
    pub(super) fn cast(&mut self) -> Result<Built, Error> {
        let start = self.advance()?.span;
        self.expect(&TokenKind::LeftBracket, "`(` behind CAST")?;
        let value = self.expression(Precedence::Or)?;
        self.expect(&TokenKind::Comma, "`,` and a type")?;
        if self.next.kind != TokenKind::Word {
            return Err(self.expected("a type: hierarchy, numeric or integer"));
        }
        let target = self.target()?;
        let end = self.expect(&TokenKind::RightBracket, "`)`")?;
        self.make(ExprKind::Cast { value: Box::new(value.expr), target }, start.to(end), value.depth)
    }

    fn target(&mut self) -> Result<CastTarget, Error> {
        let word = self.shown(self.next.span);
        let known = TARGETS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&word));
        if let Some((_, target)) = known {
            self.advance()?;
            return Ok(*target);
        }
        let message = if NOT_YET.iter().any(|name| name.eq_ignore_ascii_case(&word)) {
            format!("CAST to {} is not supported yet", word.to_ascii_lowercase())
        } else {
            let meant = nearest(&word, TARGETS.iter().map(|(name, _)| *name));
            let hint = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            format!("there is no type `{word}`{hint}")
        };
        Err(Error::new(self.next.span, message))
    }
}
